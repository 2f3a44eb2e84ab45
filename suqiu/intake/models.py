"""What intake keeps: proposed corrections, and what a batch import brought."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from suqiu.cases.models import Case
from suqiu.directory.models import Officer


class Correction(models.Model):
    """更正: a change of what was registered; one that lengthens a term waits for a second person."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="corrections", help_text="哪件诉求")
    by = models.ForeignKey(Officer, models.PROTECT, related_name="+", help_text="谁提的")
    at = models.DateTimeField(_("时间"), help_text="什么时候")
    old = models.JSONField(_("原值"), help_text="改之前的各列")
    new = models.JSONField(_("新值"), help_text="要改成的各列")
    is_waiting = models.BooleanField(_("待复核"), default=False, help_text="时限变长的要第二人同意")
    is_applied = models.BooleanField(_("已生效"), default=False, help_text="改了为真")

    class Meta:
        ordering = ["id"]
        verbose_name = _("更正")


class ImportBatch(models.Model):
    """批量导入: one run over one file; safe to repeat."""

    file_name = models.CharField(_("文件名"), max_length=200, help_text="原文件名")
    digest = models.CharField(_("摘要"), max_length=64, help_text="文件的 SHA-256")
    mode = models.CharField(_("方式"), max_length=8, help_text="new 新件，history 历史")
    started_at = models.DateTimeField(_("开始"), help_text="什么时候开始")
    finished_at = models.DateTimeField(_("结束"), null=True, help_text="什么时候结束；空为没跑完")
    good = models.PositiveIntegerField(_("收进"), default=0, help_text="收进几行")
    again = models.PositiveIntegerField(_("已有"), default=0, help_text="以前收过几行")
    bad = models.PositiveIntegerField(_("坏行"), default=0, help_text="写进错误文件几行")

    class Meta:
        ordering = ["-id"]
        verbose_name = _("导入批次")
