"""What waits to be sent to the world outside: one outbox with retries."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Message(models.Model):
    """发件: one SMS or e-mail. Written in the same transaction as what it tells of; sent by the worker."""

    class Channel(models.TextChoices):
        SMS = "sms", _("短信")
        EMAIL = "email", _("邮件")

    class Status(models.TextChoices):
        WAITING = "waiting", _("待发")
        SENT = "sent", _("已发")
        FAILED = "failed", _("发不出")

    key = models.CharField(_("键"), max_length=120, unique=True, help_text="同一件事对同一人只发一次")
    channel = models.CharField(_("方式"), max_length=8, choices=Channel, help_text="短信或邮件")
    to_sealed = models.BinaryField(_("收件人（密文）"), help_text="号码或地址的密文")
    to_masked = models.CharField(_("收件人"), max_length=60, help_text="打码后的号码或地址")
    body = models.TextField(_("内容"), help_text="发出的话")
    case_number = models.CharField(_("诉求编号"), max_length=24, blank=True, db_index=True, help_text="关于哪件诉求")
    status = models.CharField(_("状态"), max_length=8, choices=Status, default=Status.WAITING, help_text="发到哪一步")
    tries = models.PositiveSmallIntegerField(_("试过"), default=0, help_text="试了几次")
    why = models.CharField(_("原因"), max_length=200, blank=True, help_text="最近一次没发出的原因")
    at = models.DateTimeField(_("写下时间"), help_text="什么时候写进发件箱")
    next_try_at = models.DateTimeField(_("下次尝试"), null=True, blank=True, help_text="什么时候再试")
    sent_at = models.DateTimeField(_("发出时间"), null=True, blank=True, help_text="什么时候发出")

    class Meta:
        ordering = ["-at", "-id"]
        verbose_name = _("发件")
        indexes = [models.Index(fields=["status", "next_try_at"])]


class MessageTemplate(models.Model):
    """消息模板: this city's own wording of a message; where there is none, the wording of the program."""

    name = models.CharField(_("名"), max_length=40, help_text="哪一种消息，见程序里的清单")
    language = models.CharField(_("语言"), max_length=8, help_text="zh-hans 或 en")
    text = models.TextField(_("内容"), help_text="本市的写法，空位写成 {number} 这样")

    class Meta:
        ordering = ["name", "language"]
        verbose_name = _("消息模板")
        constraints = [models.UniqueConstraint(fields=["name", "language"], name="template_once")]
