"""What is a case (诉求工单), who holds it, what was asked and promised, which clocks run, and what is written about it?"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from suqiu.citizens.models import Person
from suqiu.directory.models import Area, Department, EvidenceClass, Matter, Officer
from suqiu.language.models import SearchRow

from .visibility import CaseQuerySet


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
    RULED = "ruled", _("已裁定")
    REVIEWED = "reviewed", _("已复核")


class Event(models.Model):
    """同一事件: what many callers report. Members keep number, reply, rating and clock."""

    title = models.CharField(_("名称"), max_length=80, help_text="一句话说清是什么事")
    lead = models.ForeignKey("Case", models.PROTECT, null=True, related_name="leads", help_text="主办的那一件")
    opened_at = models.DateTimeField(_("开始时间"), help_text="第一次发现")

    class Meta:
        ordering = ["id"]
        verbose_name = _("同一事件")


class Case(models.Model):
    """诉求工单. Its columns are the current facts, so that every list is one indexed query; history is the journal."""

    number = models.CharField(_("编号"), max_length=24, unique=True, help_text="前缀、年月日和当日序号")
    key = models.CharField(_("幂等键"), max_length=80, unique=True, help_text="同一份提交只收一次")
    query_code_hash = models.CharField(_("查询码"), max_length=64, blank=True, help_text="8 位查询码的带密钥摘要")
    kind = models.CharField(_("种类"), max_length=12, choices=Kind, default=Kind.CITIZEN, help_text="群众、企业或隐患")
    channel = models.CharField(_("渠道"), max_length=40, help_text="从哪里来：phone、web、import 或来件写明的渠道")
    source_system = models.CharField(_("来源系统"), max_length=60, blank=True, help_text="外部系统的名字")
    source_number = models.CharField(_("来源编号"), max_length=80, blank=True, help_text="它在来源系统里的编号")
    source_due_at = models.DateTimeField(
        _("来源时限"), null=True, blank=True, help_text="来源系统给的时限；与本市时限取早的"
    )
    person = models.ForeignKey(Person, models.PROTECT, related_name="cases", help_text="来电人")
    title = models.CharField(_("标题"), max_length=120, help_text="一句话，不写姓名电话")
    place = models.CharField(_("地点"), max_length=200, blank=True, help_text="来电人说的地点")
    longitude = models.FloatField(_("经度"), null=True, blank=True, help_text="WGS84，度")
    latitude = models.FloatField(_("纬度"), null=True, blank=True, help_text="WGS84，度")
    area_as_written = models.CharField(
        _("来件所写区划"), max_length=120, blank=True, help_text="导入时认不出的区划，原样留着"
    )
    type_as_written = models.CharField(
        _("来件所写类型"), max_length=40, blank=True, help_text="导入时认不出的类型，原样留着"
    )
    is_date_known = models.BooleanField(_("日期可靠"), default=True, help_text="历史件没有日期时为假，用导入当天")
    language = models.CharField(_("语言"), max_length=8, default="zh-hans", help_text="来电人用的语言")

    # chained columns: every change of one of these needs a line of equal values (see CHAINED and the trigger)
    state = models.CharField(_("状态"), max_length=1, choices=State, help_text="见流程表")
    cycle = models.PositiveSmallIntegerField(_("轮次"), default=1, help_text="重办一次加一")
    demand_type = models.CharField(_("诉求类型"), max_length=12, choices=DemandType, blank=True, help_text="六类之一")
    routing_class = models.CharField(
        _("分类处置"), max_length=12, choices=RoutingClass, blank=True, help_text="66 号文五类之一"
    )
    urgency = models.CharField(
        _("紧急程度"), max_length=10, choices=Urgency, default=Urgency.NORMAL, help_text="决定时限"
    )
    secrecy = models.CharField(
        _("保密级别"), max_length=14, choices=Secrecy, default=Secrecy.GENERAL, help_text="谁能看到什么"
    )
    matter = models.ForeignKey(Matter, models.PROTECT, null=True, blank=True, help_text="目录里的事项，连同版本")
    evidence_class = models.CharField(
        _("证据类"), max_length=12, choices=EvidenceClass, blank=True, help_text="来自事项；改动是热线的一步"
    )
    evidence_held = ArrayField(models.CharField(max_length=20), default=list, blank=True, help_text="本轮已有的证据")
    area = models.ForeignKey(
        Area, models.PROTECT, null=True, blank=True, related_name="cases", db_index=False, help_text="事发区划"
    )  # found by case_area
    event = models.ForeignKey(
        Event, models.PROTECT, null=True, blank=True, related_name="members", help_text="并入的同一事件"
    )
    lead_department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", help_text="现在谁办：最深一级的承办"
    )
    lead_officer = models.ForeignKey(
        Officer, models.PROTECT, null=True, blank=True, related_name="+", help_text="现在谁手里"
    )
    first_department = models.ForeignKey(
        Department,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="首办单位：一直向来电人负责到底",
    )
    about_department = models.ForeignKey(  # found by case_about_department, which holds the few that have one
        Department,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        help_text="被反映的单位，它看不到这件",
    )
    about_officer = models.ForeignKey(
        Officer,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        help_text="被反映的人，他看不到这件",
    )
    dispute = models.CharField(
        _("争议"), max_length=12, choices=DisputeState, blank=True, help_text="没有结的争议；空为没有"
    )
    hops = models.PositiveSmallIntegerField(_("转手次数"), default=0, help_text="承办换过几次单位")
    verdict = models.CharField(_("结论"), max_length=16, choices=Verdict, blank=True, help_text="办结时的结论")
    received_at = models.DateTimeField(_("收到时间"), help_text="总时限从这里起算")
    dispatched_at = models.DateTimeField(_("派出时间"), null=True, blank=True, help_text="本轮派到单位的时间")
    closed_at = models.DateTimeField(_("办结时间"), null=True, blank=True, help_text="办结、告知或撤单的时间")
    next_due_at = models.DateTimeField(_("最近时限"), null=True, blank=True, help_text="正在走的时限里最早的")
    next_due_kind = models.CharField(_("最近时限的种类"), max_length=16, blank=True, help_text="哪一个时限")

    line_no = models.PositiveIntegerField(_("日志行数"), default=0, help_text="最后一行的行号，也是并发锁")
    head = models.CharField(_("链头"), max_length=64, blank=True, help_text="最后一行的哈希")

    objects = CaseQuerySet.as_manager()

    CHAINED = (
        "number state cycle demand_type routing_class urgency secrecy matter_id evidence_class evidence_held area_id event_id "
        "lead_department_id lead_officer_id first_department_id about_department_id about_officer_id dispute hops verdict "
        "received_at dispatched_at closed_at next_due_at next_due_kind"
    ).split()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("诉求工单")
        indexes = [
            models.Index(
                fields=["lead_department", "next_due_at", "id"],
                condition=Q(state__in=OPEN_STATES),
                name="case_worklist",
            ),
            models.Index(fields=["state", "next_due_at", "id"], name="case_queue"),
            models.Index(
                fields=["lead_officer", "next_due_at", "id"], condition=Q(state__in=OPEN_STATES), name="case_mine"
            ),
            models.Index(fields=["first_department"], condition=Q(state__in=OPEN_STATES), name="case_first"),
            models.Index(fields=["received_at"], name="case_received"),
            models.Index(fields=["area", "received_at"], name="case_area"),
            models.Index(
                fields=["about_department"], condition=Q(about_department__isnull=False), name="case_about_department"
            ),
            models.Index(fields=["about_officer"], condition=Q(about_officer__isnull=False), name="case_about_officer"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=DISPATCHED_STATES) | Q(first_department__isnull=False),
                name="dispatched_case_has_first",
            ),
            models.CheckConstraint(
                condition=Q(state__in="AXCQMZ") | Q(lead_department__isnull=False), name="open_case_is_held"
            ),
            models.CheckConstraint(condition=~Q(state="C") | ~Q(verdict=""), name="closed_case_has_verdict"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def is_confidential(self) -> bool:
        return self.secrecy in (Secrecy.CONFIDENTIAL, Secrecy.ANONYMOUS)

    @property
    def spoken_number(self) -> str:
        """Grouped for reading aloud: XX 260309 0218."""
        prefix = self.number.rstrip("0123456789")
        digits = self.number[len(prefix) :]
        return f"{prefix} {digits[:6]} {digits[6:]}"


class CaseWords(SearchRow):
    """诉求的检索行: what a case can be found by (suqiu/cases/searching.py)."""

    case = models.OneToOneField(Case, models.CASCADE, primary_key=True, related_name="words", help_text="哪件诉求")

    class Meta:
        verbose_name = _("检索行")
        indexes = [GinIndex("window_no", "seen_by", "words", name="case_words", fastupdate=False)]


class Holding(models.Model):
    """承办: who holds a case, at which level, from when to when."""

    class Role(models.TextChoices):
        LEAD = "lead", _("主办")
        ASSIST = "assist", _("协办")
        FIRST = "first", _("首办")

    class Level(models.TextChoices):
        CITY = "city", _("市")
        COUNTY = "county", _("县（区）")
        UNIT = "unit", _("单位")

    DEPTH = {"city": 0, "county": 1, "unit": 2}

    case = models.ForeignKey(Case, models.PROTECT, related_name="holdings", help_text="哪件诉求")
    department = models.ForeignKey(Department, models.PROTECT, related_name="holdings", help_text="哪个单位")
    officer = models.ForeignKey(
        Officer, models.PROTECT, null=True, blank=True, related_name="+", help_text="单位里的经办人"
    )
    substitute = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, related_name="+", help_text="B 岗")
    role = models.CharField(_("身份"), max_length=8, choices=Role, help_text="主办、协办或首办")
    level = models.CharField(_("层级"), max_length=8, choices=Level, help_text="市、县或单位")
    cycle = models.PositiveSmallIntegerField(_("轮次"), default=1, help_text="从哪一轮起")
    since = models.DateTimeField(_("起"), help_text="从什么时候起")
    until = models.DateTimeField(_("止"), null=True, blank=True, help_text="到什么时候；空为现在还是")
    signed_at = models.DateTimeField(_("签收时间"), null=True, blank=True, help_text="签收不影响时限")
    outcome = models.TextField(_("协办结果"), blank=True, help_text="协办单位办了什么")
    has_visited = models.BooleanField(_("到过现场"), default=False, help_text="第一次到现场之后不能再退单")
    has_replied = models.BooleanField(_("拟过答复"), default=False, help_text="拟过答复的单位不能再退单")
    has_returned = models.BooleanField(_("退过单"), default=False, help_text="每轮每单位只能退一次")

    class Meta:
        ordering = ["since", "id"]
        verbose_name = _("承办")
        constraints = [
            models.UniqueConstraint(
                fields=["case", "level"], condition=Q(role="lead", until=None), name="one_open_lead_per_level"
            ),
            models.UniqueConstraint(fields=["case"], condition=Q(role="first", until=None), name="one_open_first"),
            models.UniqueConstraint(
                fields=["case", "department", "role"], condition=Q(until=None), name="one_open_holding_per_department"
            ),
        ]
        indexes = [
            models.Index(fields=["department", "until", "case"]),
            models.Index(fields=["officer", "until"], name="holding_officer"),
        ]


class Cycle(models.Model):
    """轮次: a redo opens the next; the old one keeps its verdict."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="cycles", help_text="哪件诉求")
    no = models.PositiveSmallIntegerField(_("轮"), help_text="第几轮")
    opened_at = models.DateTimeField(_("开始"), help_text="这一轮什么时候开始")
    ended_at = models.DateTimeField(_("结束"), null=True, blank=True, help_text="这一轮什么时候有了结论")
    why = models.CharField(_("起因"), max_length=20, help_text="received、redo、leader、reopened 之一")
    verdict = models.CharField(
        _("结论"), max_length=16, blank=True, help_text="这一轮的结论：solved、half、no 等，以后不改"
    )

    class Meta:
        ordering = ["case_id", "no"]
        verbose_name = _("轮次")
        constraints = [models.UniqueConstraint(fields=["case", "no"], name="cycle_once")]


class Ask(models.Model):
    """诉求点: one of the several things a citizen asks; answered, declined with a basis, or planned."""

    class Outcome(models.TextChoices):
        NONE = "", _("还没有答")
        ANSWERED = "answered", _("办了")
        DECLINED = "declined", _("不能办，有依据")
        PLANNED = "planned", _("列入计划")

    case = models.ForeignKey(Case, models.PROTECT, related_name="asks", help_text="哪件诉求")
    no = models.PositiveSmallIntegerField(_("序号"), help_text="第几点，从 1 起")
    text = models.CharField(_("要什么"), max_length=300, help_text="一句话，动词开头")
    outcome = models.CharField(
        _("结果"), max_length=10, choices=Outcome, default="", blank=True, help_text="办了、不能办或列入计划"
    )
    basis = models.CharField(_("依据"), max_length=300, blank=True, help_text="不能办时的依据")
    cycle = models.PositiveSmallIntegerField(_("轮次"), default=1, help_text="结果是哪一轮给的")

    class Meta:
        ordering = ["case_id", "no"]
        verbose_name = _("诉求点")
        constraints = [models.UniqueConstraint(fields=["case", "no"], name="ask_once")]


class Promise(models.Model):
    """承诺: what, by when, by whom. Kept, missed or renegotiated with the citizen, never edited."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="promises", help_text="哪件诉求")
    department = models.ForeignKey(Department, models.PROTECT, related_name="promises", help_text="哪个单位许的")
    officer = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+", help_text="谁许的")
    what = models.CharField(_("承诺"), max_length=300, help_text="许了什么")
    due_at = models.DateTimeField(_("期限"), help_text="到什么时候")
    made_at = models.DateTimeField(_("许诺时间"), help_text="什么时候许的")
    kept_at = models.DateTimeField(_("做到时间"), null=True, blank=True, help_text="什么时候做到")
    replaced_by = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="replaces", help_text="改期后的新承诺"
    )

    class Meta:
        ordering = ["due_at", "id"]
        verbose_name = _("承诺")
        indexes = [
            models.Index(
                fields=["department", "due_at"], condition=Q(kept_at=None, replaced_by=None), name="promise_open"
            )
        ]


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
    HAND_OVER = "hand_over", _("告知转手")
    FIRST_SEES = "first_sees", _("首办看答复")
    ASSIST = "assist", _("协办")
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


class Dispute(models.Model):
    """争议: a return and what became of it; one open per case."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="disputes", help_text="哪件诉求")
    holding = models.ForeignKey(Holding, models.PROTECT, related_name="disputes", help_text="谁退的")
    state = models.CharField(_("进展"), max_length=12, choices=DisputeState, help_text="到了哪一步")
    ground = models.CharField(
        _("理由"), max_length=20, help_text="not_our_duty、not_our_area、no_power、wrong_matter 之一"
    )
    opened_at = models.DateTimeField(_("提出"), help_text="什么时候提出")
    decided_at = models.DateTimeField(_("决定"), null=True, blank=True, help_text="什么时候决定")
    is_open = models.BooleanField(_("未结"), default=True, help_text="结了为假")

    class Meta:
        ordering = ["id"]
        verbose_name = _("争议")
        constraints = [models.UniqueConstraint(fields=["case"], condition=Q(is_open=True), name="one_open_dispute")]


class Line(models.Model):
    """日志行: what happened, in the same transaction as the change. Append-only, hash-chained; texts lie in Content."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="lines", help_text="哪件诉求")
    no = models.PositiveIntegerField(_("行号"), help_text="从 1 起，不缺不重")
    step = models.CharField(_("步骤"), max_length=24, help_text="流程表里的名字")
    actor = models.CharField(_("谁"), max_length=8, help_text="officer、citizen 或 system")
    officer = models.ForeignKey(
        Officer, models.PROTECT, null=True, related_name="+", help_text="工作人员；替来电人办的也记在这里"
    )
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, related_name="+", help_text="以哪个单位的身份"
    )
    at = models.DateTimeField(_("时间"), help_text="这一步的时间")
    says = models.JSONField(_("内容"), help_text="编号、枚举、时间和数字")
    columns = models.JSONField(_("各列"), help_text="这一步之后工单的各列")
    contents = models.JSONField(_("文字摘要"), default=dict, help_text="文字和附件的加盐摘要")
    prev = models.CharField(_("前一行的哈希"), max_length=64, blank=True, help_text="链的上一环")
    hash = models.CharField(_("哈希"), max_length=64, help_text="本行规范形式的 SHA-256")
    key = models.CharField(_("幂等键"), max_length=80, null=True, unique=True, help_text="同一份提交只走一步")

    class Meta:
        ordering = ["case_id", "no"]
        verbose_name = _("日志行")
        constraints = [models.UniqueConstraint(fields=["case", "no"], name="line_once")]
        indexes = [
            models.Index(fields=["step", "at"]),
            models.Index(fields=["officer", "at"]),
            models.Index(fields=["at"], name="line_at"),
        ]


class Content(models.Model):
    """日志之外的文字: can be removed by law; then its salt goes with it and the chain still verifies."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="contents", help_text="哪件诉求")
    line_no = models.PositiveIntegerField(_("行号"), help_text="随哪一行写下")
    name = models.CharField(_("名"), max_length=24, help_text="哪一栏，例如 text、reply、account")
    body = models.TextField(_("文字"), help_text="原文")
    salt = models.CharField(_("盐"), max_length=64, blank=True, help_text="删除文字时一起删掉")
    removed_at = models.DateTimeField(_("删除时间"), null=True, blank=True, help_text="依法删除的时间")

    class Meta:
        ordering = ["case_id", "line_no", "name"]
        verbose_name = _("文字")
        constraints = [models.UniqueConstraint(fields=["case", "line_no", "name"], name="content_once")]


class Attachment(models.Model):
    """附件: a photo or a document, kept outside the web root."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="attachments", help_text="哪件诉求")
    line_no = models.PositiveIntegerField(_("行号"), help_text="随哪一行交来")
    kind = models.CharField(_("种类"), max_length=12, help_text="demand、before、after、proof 之一")
    name = models.CharField(_("文件名"), max_length=120, help_text="去掉路径和控制字符后的原名")
    mime = models.CharField(_("类型"), max_length=60, help_text="按内容认出的类型")
    size = models.PositiveIntegerField(_("大小"), help_text="字节")
    path = models.CharField(_("存放"), max_length=120, help_text="附件目录下的相对路径")
    sha256 = models.CharField(_("摘要"), max_length=64, help_text="原文件的 SHA-256")
    salt = models.CharField(_("盐"), max_length=64, blank=True, help_text="日志里的摘要用的盐")
    taken_at = models.DateTimeField(_("拍摄时间"), null=True, blank=True, help_text="手机或照片里的时间")
    longitude = models.FloatField(_("经度"), null=True, blank=True, help_text="拍摄处，WGS84")
    latitude = models.FloatField(_("纬度"), null=True, blank=True, help_text="拍摄处，WGS84")
    facts_from = models.CharField(
        _("来源"), max_length=12, blank=True, help_text="时间地点来自 phone（手机）或 exif（照片）"
    )
    removed_at = models.DateTimeField(_("删除时间"), null=True, blank=True, help_text="依法删除的时间")

    class Meta:
        ordering = ["id"]
        verbose_name = _("附件")


class Look(models.Model):
    """查看: every look at a case by staff. Append-only, not chained; the day's digest is in the seal."""

    class What(models.TextChoices):
        PAGE = "page", _("看工单")
        CONTACT = "contact", _("看电话")
        FILE = "file", _("看附件")
        PRINT = "print", _("打印")
        EXPORT = "export", _("导出")

    case = models.ForeignKey(Case, models.PROTECT, related_name="looks", help_text="哪件诉求")
    officer = models.ForeignKey(Officer, models.PROTECT, related_name="+", help_text="谁看的")
    at = models.DateTimeField(_("时间"), help_text="什么时候")
    what = models.CharField(_("看什么"), max_length=8, choices=What, help_text="看了什么")
    reason = models.CharField(_("理由"), max_length=20, blank=True, help_text="看电话的理由，五选一")
    words = models.CharField(_("说明"), max_length=120, blank=True, help_text="选“其他”时写的话")

    class Meta:
        ordering = ["-id"]
        verbose_name = _("查看")
        indexes = [models.Index(fields=["case", "what", "-id"]), models.Index(fields=["at"])]


class Seal(models.Model):
    """封存: the day's heads of all chains that moved, chained to the day before, and sent outside."""

    day = models.DateField(_("日"), primary_key=True, help_text="封的是哪一天")
    leaves = models.PositiveIntegerField(_("条数"), help_text="封了多少条链")
    root = models.CharField(_("根"), max_length=64, help_text="当天所有链头的根哈希")
    root_before = models.CharField(_("前一根"), max_length=64, blank=True, help_text="前一次封存的根")
    at = models.DateTimeField(_("时间"), help_text="什么时候封的")

    class Meta:
        ordering = ["-day"]
        verbose_name = _("封存")


class NumberCounter(models.Model):
    """编号的当日序号."""

    day = models.DateField(_("日"), primary_key=True, help_text="哪一天")
    last = models.PositiveIntegerField(_("末号"), default=0, help_text="用到第几号")
