"""What is a case (诉求工单) now, which cycle (轮次) is it in, and what is it found by?"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from suqiu.citizens.models import Person
from suqiu.directory.models import Area, Department, EvidenceClass, Matter, Officer
from suqiu.language.models import SearchRow

from ..visibility import CaseQuerySet
from .choices import (
    DISPATCHED_STATES,
    OPEN_STATES,
    DemandType,
    DisputeState,
    Kind,
    RoutingClass,
    Secrecy,
    State,
    Urgency,
    Verdict,
)


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
            models.Index(
                fields=["next_due_at", "id"],
                condition=Q(evidence_held__contains=["appeal"]),
                name="case_appeal",
            ),
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


class Cycle(models.Model):
    """轮次: a redo opens the next; the old one keeps its verdict."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="cycles", help_text="哪件诉求")
    no = models.PositiveSmallIntegerField(_("轮"), help_text="第几轮")
    opened_at = models.DateTimeField(_("开始"), help_text="这一轮什么时候开始")
    ended_at = models.DateTimeField(_("结束"), null=True, blank=True, help_text="这一轮什么时候有了结论")
    why = models.CharField(
        _("起因"),
        max_length=20,
        help_text="received、redo、leader、reopened（申诉成立）、not_his_will（撤单不是本人的意思）、spot_check、look_back 之一",
    )
    verdict = models.CharField(
        _("结论"), max_length=16, blank=True, help_text="这一轮的结论：solved、half、no 等，以后不改"
    )

    class Meta:
        ordering = ["case_id", "no"]
        verbose_name = _("轮次")
        constraints = [models.UniqueConstraint(fields=["case", "no"], name="cycle_once")]


class NumberCounter(models.Model):
    """编号的当日序号."""

    day = models.DateField(_("日"), primary_key=True, help_text="哪一天")
    last = models.PositiveIntegerField(_("末号"), default=0, help_text="用到第几号")
