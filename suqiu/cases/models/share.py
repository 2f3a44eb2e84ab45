"""How many of a hundred does this city look at again, where it has set a number of its own (抽查比例)?"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Share(models.Model):
    """抽查比例: a city's own share of one kind; without a row the default of suqiu/cases/sampling.py is in force."""

    kind = models.CharField(
        _("哪一种"),
        max_length=20,
        primary_key=True,
        help_text="on_spot 实地抽查，look_back 回头看，withdrawn_asked 问撤单",
    )
    percent = models.PositiveSmallIntegerField(_("百分之几"), help_text="一百件里抽几件；管理页上不能低于程序定的下限")
    source = models.CharField(_("出处"), max_length=120, help_text="哪条规定，或谁定的")

    class Meta:
        ordering = ["kind"]
        verbose_name = _("抽查比例")
        constraints = [models.CheckConstraint(condition=Q(percent__lte=100), name="case_share_of_a_hundred")]
