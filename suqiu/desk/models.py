"""How often has a wrong password been tried? Counted for a while under keyed digests."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class WrongPassword(models.Model):
    """错的密码: one try of one account from one address. Holds neither of them, only a keyed digest of both together."""

    mark = models.CharField(_("记号"), max_length=64, help_text="账号和地址合在一起的带密钥摘要")
    at = models.DateTimeField(_("时间"), db_index=True, help_text="什么时候；一天后删除")

    class Meta:
        ordering = ["-at", "-id"]
        verbose_name = _("错的密码")
        indexes = [models.Index(fields=["mark", "at"])]
