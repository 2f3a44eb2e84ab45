"""What does dispatch keep? How such a case was ruled before (先例)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from suqiu.cases.models import Case
from suqiu.directory.models import Area, Change, Department, Matter, Officer


class Precedent(models.Model):
    """先例: whose a matter is, as a ruling said it, cited when the next one of its kind is dispatched. Never edited."""

    matter = models.ForeignKey(Matter, models.PROTECT, related_name="precedents", help_text="哪个事项，连同目录版本")
    area = models.ForeignKey(
        Area, models.PROTECT, null=True, blank=True, related_name="+", help_text="只在哪个县（区）；空为全市"
    )
    department = models.ForeignKey(Department, models.PROTECT, related_name="precedents", help_text="裁定由谁办")
    basis = models.CharField(_("依据"), max_length=200, help_text="哪条规定")
    reason = models.TextField(_("理由"), help_text="为什么归它，不写来电人")
    ruled_by = models.ForeignKey(Officer, models.PROTECT, related_name="+", help_text="谁裁定的")
    second = models.ForeignKey(
        Officer, models.PROTECT, null=True, blank=True, related_name="+", help_text="两人合议的第二人"
    )
    ruled_at = models.DateTimeField(_("裁定时间"), help_text="什么时候")
    case = models.ForeignKey(Case, models.PROTECT, related_name="precedents", help_text="出自哪件诉求")
    line_no = models.PositiveIntegerField(_("行号"), help_text="裁定的那一行")
    change = models.ForeignKey(
        Change, models.PROTECT, null=True, blank=True, related_name="+", help_text="随裁定提请的目录变更"
    )

    class Meta:
        ordering = ["-ruled_at", "-id"]
        verbose_name = _("先例")
        constraints = [models.UniqueConstraint(fields=["case", "line_no"], name="precedent_once")]
