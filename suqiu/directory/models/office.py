"""What is told to officers (提醒), written of their acts (台账), changed in the tables (变更), and set for this city?"""

from django.db import models
from django.db.models import F, Q
from django.db.models.fields.json import KT
from django.utils.translation import gettext_lazy as _

from .people import Officer


class Notice(models.Model):
    """铃声: what an officer is told inside the desk."""

    officer = models.ForeignKey(Officer, models.PROTECT, related_name="notices", help_text="告诉谁")
    key = models.CharField(_("键"), max_length=120, help_text="同一件事只告诉一次")
    text = models.CharField(_("内容"), max_length=200, help_text="一句话，不含来电人的个人信息")
    case_number = models.CharField(_("诉求编号"), max_length=24, blank=True, help_text="点开到哪件诉求")
    at = models.DateTimeField(_("时间"), help_text="什么时候")
    read_at = models.DateTimeField(_("看过时间"), null=True, blank=True, help_text="本人什么时候看的")

    class Meta:
        ordering = ["-at", "-id"]
        verbose_name = _("提醒")
        constraints = [models.UniqueConstraint(fields=["officer", "key"], name="notice_once")]
        indexes = [
            models.Index(fields=["officer", "read_at"]),
            models.Index(fields=["case_number"], condition=~Q(case_number=""), name="notice_case"),
        ]


class OfficeLine(models.Model):
    """台账: an act or look that is not a step of a case, chained per department and year. Append-only by trigger."""

    chain = models.CharField(_("链"), max_length=60, help_text="单位代码/年份")
    no = models.PositiveIntegerField(_("行号"), help_text="链内从 1 起")
    act = models.CharField(_("行为"), max_length=40, help_text="例如 reveal、export、grant、catalogue")
    by_id = models.BigIntegerField(_("谁"), null=True, help_text="工作人员的编号；空为系统")
    at = models.DateTimeField(_("时间"), help_text="什么时候")
    says = models.JSONField(_("内容"), help_text="编号、枚举和数字，不含姓名电话")
    prev = models.CharField(_("前一行的哈希"), max_length=64, blank=True, help_text="链的上一环")
    hash = models.CharField(_("哈希"), max_length=64, help_text="本行规范形式的 SHA-256")

    class Meta:
        ordering = ["chain", "no"]
        verbose_name = _("台账行")
        constraints = [models.UniqueConstraint(fields=["chain", "no"], name="office_line_once")]
        indexes = [
            models.Index(fields=["by_id", "at"], name="office_line_by"),
            models.Index(KT("says__case"), name="office_line_case"),
        ]


class Change(models.Model):
    """变更: rows of one table as they stood and as they are to stand. What the administrator edits goes through one of these."""

    class State(models.TextChoices):
        DRAFT = "draft", _("待确认")
        WAITING = "waiting", _("待第二人")
        DONE = "done", _("已生效")
        REFUSED = "refused", _("没有同意")
        DROPPED = "dropped", _("已撤回")

    table = models.CharField(_("表"), max_length=20, help_text="改的是哪张表，例如 departments、grants")
    rows = models.JSONField(_("逐行"), help_text="每行的键、类别（add、change、remove）、原值和新值")
    options = models.JSONField(_("整批的话"), default=dict, help_text="整批共有的：生效时间、说明、依据")
    effects = models.JSONField(_("影响"), default=list, help_text="提出时算的：哪些没办结的诉求会变，只有编号和时间")
    source = models.CharField(_("来源"), max_length=120, blank=True, help_text="上传的文件名；空为表单")
    key = models.CharField(_("幂等键"), max_length=120, unique=True, help_text="同一份表单只提一次")
    state = models.CharField(_("状态"), max_length=8, choices=State, default=State.DRAFT, help_text="走到哪一步")
    by = models.ForeignKey(Officer, models.PROTECT, related_name="+", help_text="谁提的")
    at = models.DateTimeField(_("提出时间"), help_text="什么时候提的")
    second = models.ForeignKey(
        Officer, models.PROTECT, null=True, blank=True, related_name="+", help_text="第二人；不需要第二人的为空"
    )
    decided_at = models.DateTimeField(_("决定时间"), null=True, blank=True, help_text="什么时候生效、没同意或撤回")
    words = models.CharField(_("理由"), max_length=200, blank=True, help_text="第二人不同意的理由")

    class Meta:
        ordering = ["-id"]
        verbose_name = _("变更")
        indexes = [models.Index(fields=["state", "-id"])]
        constraints = [
            models.CheckConstraint(condition=Q(second=None) | ~Q(second=F("by")), name="second_person_is_someone_else"),
            models.CheckConstraint(
                condition=Q(state__in=("draft", "waiting")) | Q(decided_at__isnull=False), name="change_ends_at_a_time"
            ),
        ]


class Setting(models.Model):
    """A named value of this city that staff change at run time, for example the demo's progress or the last seal."""

    key = models.CharField(_("名"), max_length=60, primary_key=True, help_text="设置的名字")
    value = models.JSONField(_("值"), help_text="设置的值")
