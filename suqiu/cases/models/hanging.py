"""What is planned for a hard case (挂账), until when, who is responsible, and which leader signed?"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from suqiu.directory.models import Officer

from .case import Case


class Hanging(models.Model):
    """挂账: a hard case with a plan and a date, signed by a leader, looked at again each month."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="hangings", help_text="哪件诉求")
    plan = models.CharField(_("怎么解决"), max_length=300, help_text="办法，来电人看得到")
    plan_on = models.DateField(_("到哪天"), help_text="期限；领导签的时候可以改")
    officer = models.ForeignKey(
        Officer, models.PROTECT, null=True, related_name="+", help_text="谁负责；空为早先没有写的"
    )
    asked_at = models.DateTimeField(_("申请时间"), help_text="什么时候申请；领导直接定的为签字时间")
    signed_by = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+", help_text="哪位领导签的")
    signed_at = models.DateTimeField(_("签字时间"), null=True, help_text="什么时候")
    ended_at = models.DateTimeField(_("销账时间"), null=True, help_text="什么时候销账")

    class Meta:
        ordering = ["id"]
        verbose_name = _("挂账")
