"""Which terms (时限) does a case have, on which version of the rules, and which of them run?"""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .asked import Promise
from .case import Case
from .choices import DemandType, Urgency
from .holding import Holding


class ClockKind(models.TextChoices):
    """时限: each a row, anchored at a named event."""

    ACCEPT = "accept", _("受理")
    DISPATCH = "dispatch", _("派单")
    SUB_TERM = "sub_term", _("县中心转派")
    OUTER = "outer", _("总时限")
    UNIT = "unit", _("单位答复")
    CONTACT = "contact", _("首次联系")
    SIGN_IN = "sign_in", _("签收")
    RETURN_REVIEW = "return_review", _("退单审核")
    RULING = "ruling", _("裁定")
    HAND_OVER = "hand_over", _("告知转手")
    FIRST_SEES = "first_sees", _("首办看答复")
    ASSIST = "assist", _("协办")
    MEETING = "meeting", _("到场记录")
    EXTENSION = "extension", _("延期审批")
    FOLLOW_UP = "follow_up", _("回访")
    CONFIRM = "confirm", _("重办复核")
    REDO = "redo", _("重办")
    LEADER = "leader", _("领导定")
    SETTLE = "settle", _("等本人评价")
    PAUSE = "pause", _("等本人补充")
    PLAN = "plan", _("挂账到期")
    RECHECK = "recheck", _("月度复核")
    PROMISE = "promise", _("承诺")
    APPEAL = "appeal", _("申诉复核")
    EVENT = "event", _("同一事件里最早的")


class ClockProfile(models.Model):
    """时限规则的版本: a clock keeps the version it was started under."""

    number = models.PositiveIntegerField(_("版本号"), unique=True, help_text="从 1 起，只增不改")
    valid_from = models.DateTimeField(_("生效时间"), help_text="从这一刻起开始的时限用它")
    note = models.TextField(_("说明"), blank=True, help_text="依据什么、谁定的")

    class Meta:
        ordering = ["-number"]
        verbose_name = _("时限规则版本")


class ClockTerm(models.Model):
    """时限规则的一行: how long a clock of this kind runs, for this type or urgency. The shortest matching row wins."""

    profile = models.ForeignKey(ClockProfile, models.PROTECT, related_name="terms", help_text="所属版本")
    kind = models.CharField(_("时限"), max_length=16, choices=ClockKind, help_text="哪一种时限")
    demand_type = models.CharField(_("诉求类型"), max_length=12, choices=DemandType, blank=True, help_text="空为各类")
    urgency = models.CharField(_("紧急程度"), max_length=10, choices=Urgency, blank=True, help_text="空为各级")
    amount = models.PositiveSmallIntegerField(_("数"), help_text="多少个单位")
    unit = models.CharField(_("单位"), max_length=12, help_text="working_day、working_hour、hour 或 day")
    source = models.CharField(_("出处"), max_length=120, blank=True, help_text="哪条规定；ours 为本系统默认")

    class Meta:
        ordering = ["profile_id", "kind", "demand_type", "urgency"]
        verbose_name = _("时限规则")
        constraints = [models.UniqueConstraint(fields=["profile", "kind", "demand_type", "urgency"], name="term_once")]


class Clock(models.Model):
    """一个在走或走过的时限: anchor, allowance, pinned versions, paused segments, due time with its explanation."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="clocks", help_text="哪件诉求")
    kind = models.CharField(_("时限"), max_length=16, choices=ClockKind, help_text="哪一种时限")
    cycle = models.PositiveSmallIntegerField(_("轮次"), default=1, help_text="哪一轮")
    holding = models.ForeignKey(
        Holding, models.PROTECT, null=True, blank=True, related_name="clocks", help_text="谁的时限"
    )
    promise = models.ForeignKey(
        Promise, models.PROTECT, null=True, blank=True, related_name="clocks", help_text="哪个承诺的时限"
    )
    anchor_at = models.DateTimeField(_("起点"), help_text="从哪一刻起算")
    anchor = models.CharField(_("起点事件"), max_length=40, help_text="哪一步开始的")
    amount = models.PositiveSmallIntegerField(_("数"), help_text="多少个单位；0 为到约定的时刻")
    unit = models.CharField(_("单位"), max_length=12, help_text="working_day、working_hour、hour、day 或 fixed")
    due_at = models.DateTimeField(_("到期"), help_text="什么时候到")
    is_provisional = models.BooleanField(_("暂定"), default=False, help_text="跨到还没公布放假安排的年份")
    profile_no = models.PositiveIntegerField(_("规则版本"), default=0, help_text="按哪一版时限规则")
    calendar_no = models.PositiveIntegerField(_("日历版本"), default=0, help_text="按哪一版工作日历")
    explanation = models.JSONField(_("怎么算的"), default=list, help_text="逐行的（词，值）")
    segments = models.JSONField(_("停表"), default=list, help_text="[停, 走] 的时刻对，只因等来电人补充")
    paused_at = models.DateTimeField(_("停表时间"), null=True, blank=True, help_text="现在停着则为停的时刻")
    stopped_at = models.DateTimeField(_("止"), null=True, blank=True, help_text="什么时候停止")
    stopped_by = models.CharField(_("止于"), max_length=40, blank=True, help_text="哪一步使它停止")

    class Meta:
        ordering = ["due_at", "id"]
        verbose_name = _("时限")
        indexes = [
            models.Index(fields=["due_at", "id"], condition=Q(stopped_at=None, paused_at=None), name="clock_running"),
            models.Index(fields=["case", "kind"]),
        ]
        constraints = [models.CheckConstraint(condition=Q(due_at__gte=F("anchor_at")), name="clock_due_after_anchor")]

    @property
    def is_running(self) -> bool:
        return self.stopped_at is None and self.paused_at is None
