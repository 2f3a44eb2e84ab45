"""Which words may stand in the columns of a case (诉求工单)?"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """状态: the letters of the table of steps."""

    RECEIVED = "R", _("待受理")
    WAITING = "W", _("待补充")
    TO_DISPATCH = "D", _("待派单")
    TO_SIGN = "S", _("待签收")
    HANDLING = "H", _("办理中")
    IN_REVIEW = "V", _("待审核")
    FOLLOW_UP = "F", _("待回访")
    WITH_LEADER = "L", _("待领导定")
    HUNG = "G", _("挂账")
    MERGED = "M", _("已并单")
    ANSWERED = "A", _("已即时答复")
    DIVERTED = "X", _("已告知途径")
    CLOSED = "C", _("已办结")
    WITHDRAWN = "Q", _("已撤单")
    ARCHIVED = "Z", _("已归档")


OPEN_STATES = tuple("RWDSHVFLG")
DISPATCHED_STATES = tuple("SHVFLG")


class Kind(models.TextChoices):
    CITIZEN = "citizen", _("群众诉求")
    ENTERPRISE = "enterprise", _("涉企诉求")
    HAZARD = "hazard", _("安全隐患")


class DemandType(models.TextChoices):
    """诉求类型."""

    CONSULT = "consult", _("咨询")
    HELP = "help", _("求助")
    COMPLAINT = "complaint", _("投诉")
    REPORT = "report", _("举报")
    SUGGEST = "suggest", _("意见建议")
    PRAISE = "praise", _("表扬")


class RoutingClass(models.TextChoices):
    """分类处置 (国办函〔2025〕66号, 二)."""

    ACCEPT = "accept", _("受理")
    EMERGENCY = "emergency", _("紧急转接")
    LEGAL = "legal", _("法定途径告知")
    EXPLAIN = "explain", _("解释说明")
    MALICIOUS = "malicious", _("恶意扰乱")


class Urgency(models.TextChoices):
    CRITICAL = "critical", _("特急")
    URGENT = "urgent", _("紧急")
    NORMAL = "normal", _("一般")


class Secrecy(models.TextChoices):
    OPEN = "open", _("公开")
    GENERAL = "general", _("一般")
    CONFIDENTIAL = "confidential", _("保密")
    ANONYMOUS = "anonymous", _("匿名")


class Verdict(models.TextChoices):
    """办结结论: by the citizen's own answer, or named as what it is."""

    SOLVED = "solved", _("本人说解决了")
    HALF = "half", _("本人说解决了一半，不再重办")
    LAWFUL_UNSOLVED = "lawful_unsolved", _("依法办了，没能解决")
    UNANSWERED = "unanswered", _("没回访到")
    ANSWERED = "answered", _("即时答复，本人认可")
    UNRATED = "unrated", _("即时答复，没有评价")


class DisputeState(models.TextChoices):
    """争议: its own small table beside the flow."""

    RETURNED = "returned", _("已退单，待审")
    UPHELD = "upheld", _("准退")
    OVERRULED = "overruled", _("不准退")
    OBJECTED = "objected", _("已提裁定")
    PANEL = "panel", _("两人合议")
    RULED = "ruled", _("已裁定")
    REVIEWED = "reviewed", _("已复核")
    LAPSED = "lapsed", _("随办理了结")
