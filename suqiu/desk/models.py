"""What does the desk itself keep? Wrong passwords for a while, an officer's saved views, and the notes from shift to shift."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from suqiu.directory.models import Department, Officer


class WrongPassword(models.Model):
    """错的密码: one try of one account from one address. Holds neither of them, only a keyed digest of both together."""

    mark = models.CharField(_("记号"), max_length=64, help_text="账号和地址合在一起的带密钥摘要")
    at = models.DateTimeField(_("时间"), db_index=True, help_text="什么时候；一天后删除")

    class Meta:
        ordering = ["-at", "-id"]
        verbose_name = _("错的密码")
        indexes = [models.Index(fields=["mark", "at"])]


class SavedView(models.Model):
    """存的视图: filters of a queue under a name, of one officer; shown to his department when he shares it."""

    officer = models.ForeignKey(Officer, models.CASCADE, related_name="saved_views", help_text="谁存的")
    department = models.ForeignKey(
        Department,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        help_text="给哪个单位的同事看；空为只给自己",
    )
    name = models.CharField(_("名字"), max_length=30, help_text="左边显示的名字")
    queue = models.CharField(_("队列"), max_length=24, help_text="哪个队列")
    query = models.CharField(_("筛选"), max_length=400, blank=True, help_text="地址里问号后面的筛选和排序")
    made_at = models.DateTimeField(_("时间"), help_text="什么时候存的")

    class Meta:
        ordering = ["name", "id"]
        verbose_name = _("存的视图")
        constraints = [models.UniqueConstraint(fields=["officer", "name"], name="saved_view_once")]
        indexes = [models.Index(fields=["department"])]


class HandOver(models.Model):
    """交接班: what the leaving shift leader tells the coming one. Kept as it was written; read once, by somebody else."""

    written_by = models.ForeignKey(Officer, models.PROTECT, related_name="+", help_text="交班的班长")
    written_at = models.DateTimeField(_("交班时间"), help_text="什么时候写的")
    text = models.TextField(_("交班的话"), help_text="要接着盯的事，不写来电人的姓名电话")
    stood = models.JSONField(_("当时的数"), default=dict, help_text="交班时各栏的件数，由系统记下")
    read_by = models.ForeignKey(
        Officer, models.PROTECT, null=True, blank=True, related_name="+", help_text="接班的班长，不是写的人"
    )
    read_at = models.DateTimeField(_("接班时间"), null=True, blank=True, help_text="什么时候看过、接了班")
    answer = models.CharField(_("接班的话"), max_length=300, blank=True, help_text="接班的人补的一句")
    key = models.CharField(_("幂等键"), max_length=80, unique=True, help_text="同一份表单只写一次")

    class Meta:
        ordering = ["-written_at", "-id"]
        verbose_name = _("交接班")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(read_by=None) | ~models.Q(read_by=models.F("written_by")),
                name="hand_over_read_by_another",
            ),
            models.CheckConstraint(
                condition=models.Q(read_by__isnull=True, read_at__isnull=True)
                | models.Q(read_by__isnull=False, read_at__isnull=False),
                name="hand_over_read_at_by",
            ),
        ]
