"""What was asked (诉求点), and what was promised (承诺)?"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from suqiu.directory.models import Department, Officer

from .case import Case


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

    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", help_text="拆给哪个单位定；空为主办"
    )

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
