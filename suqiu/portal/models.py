"""How often has somebody tried? Wrong codes and submissions, counted for a while under keyed digests."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Try(models.Model):
    """试次: one wrong code, or one submission. Holds no number, no session, no address: only a keyed digest of them."""

    mark = models.CharField(_("记号"), max_length=64, help_text="编号、会话或地址的带密钥摘要，连同用途")
    at = models.DateTimeField(_("时间"), db_index=True, help_text="什么时候；一天后删除")

    class Meta:
        ordering = ["-at", "-id"]
        verbose_name = _("试次")
        indexes = [models.Index(fields=["mark", "at"])]
