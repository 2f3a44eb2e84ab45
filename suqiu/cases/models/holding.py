"""Who holds a case (承办), at which level and since when, and who says that it is not his (争议)?"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from suqiu.directory.models import Department, Officer

from .case import Case
from .choices import DisputeState


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
    is_ruled = models.BooleanField(_("裁定所定"), default=False, help_text="裁定定了由它办：不能再退单，也不能再提异议")

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


class Dispute(models.Model):
    """争议: a return or an objection (异议) and what became of it; one open per case."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="disputes", help_text="哪件诉求")
    holding = models.ForeignKey(Holding, models.PROTECT, related_name="disputes", help_text="谁退的")
    state = models.CharField(_("进展"), max_length=12, choices=DisputeState, help_text="到了哪一步")
    ground = models.CharField(
        _("理由"),
        max_length=20,
        blank=True,
        help_text="not_our_duty、not_our_area、no_power、wrong_matter 之一；异议没有",
    )
    is_objection = models.BooleanField(_("异议"), default=False, help_text="单位负责人提裁定的为真，退单为假")
    belongs_to = models.ForeignKey(
        Department,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="提异议的单位说该归谁；空为没有指",
    )
    line_no = models.PositiveIntegerField(_("行号"), default=0, help_text="提出的那一行；陈述的文字在那里")
    opened_at = models.DateTimeField(_("提出"), help_text="什么时候提出")
    decided_at = models.DateTimeField(_("决定"), null=True, blank=True, help_text="什么时候决定")
    is_open = models.BooleanField(_("未结"), default=True, help_text="结了为假")

    class Meta:
        ordering = ["id"]
        verbose_name = _("争议")
        constraints = [models.UniqueConstraint(fields=["case"], condition=Q(is_open=True), name="one_open_dispute")]
