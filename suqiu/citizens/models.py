"""Who asks (来电人)? Contact data encrypted at rest, found again by a keyed index, masked unless revealed; and whose number it is."""

from __future__ import annotations

import re
from collections.abc import Callable

from cryptography.exceptions import InvalidTag
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .contact import HIDDEN, decrypt, encrypt, index_of, mask_name, mask_phone


def _masked(mask: Callable[[str], str], sealed: bytes | memoryview) -> str:
    """What cannot be read is hidden whole: a list never breaks, and never shows, because one row was tampered with."""
    try:
        return mask(decrypt(sealed))
    except (InvalidTag, ValueError):
        return HIDDEN


class PersonQuerySet(models.QuerySet):
    def by_phone(self, phone: str):
        return self.filter(phone_index=index_of(phone)) if phone else self.none()


class Person(models.Model):
    """来电人: one who asks. Two calls from one number are one person; without a number each call is a new one."""

    name_sealed = models.BinaryField(_("姓名（密文）"), blank=True, default=b"", help_text="AES-256-GCM 密文")
    phone_sealed = models.BinaryField(_("电话（密文）"), blank=True, default=b"", help_text="AES-256-GCM 密文")
    phone_index = models.CharField(_("电话索引"), max_length=64, blank=True, help_text="带密钥的摘要，用来按号码查找")
    is_phone_confirmed = models.BooleanField(_("号码已验证"), default=False, help_text="来电显示或短信验证码确认过")
    preferred_time = models.CharField(_("方便接听"), max_length=60, blank=True, help_text="来电人说的方便时间，原话")
    language = models.CharField(_("语言"), max_length=8, default="zh-hans", help_text="短信和页面用的语言")
    removed_at = models.DateTimeField(_("删除时间"), null=True, blank=True, help_text="个人信息依法删除的时间")

    objects = PersonQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        verbose_name = _("来电人")
        indexes = [models.Index(fields=["phone_index"])]

    def __str__(self) -> str:
        return self.masked_name

    @property
    def name(self) -> str:
        return decrypt(self.name_sealed)

    @name.setter
    def name(self, value: str) -> None:
        self.name_sealed = encrypt(value)

    @property
    def phone(self) -> str:
        return decrypt(self.phone_sealed)

    @phone.setter
    def phone(self, value: str) -> None:
        self.phone_sealed, self.phone_index = encrypt(value), index_of(value) if value else ""

    @property
    def masked_name(self) -> str:
        return _masked(mask_name, self.name_sealed)

    @property
    def masked_phone(self) -> str:
        return _masked(mask_phone, self.phone_sealed)

    def is_named_in(self, words: str) -> bool:
        """Whether his name or number stands there, however it is spaced: what others read must not hold it."""
        plain = re.sub(r"[\s-]", "", words)
        return any(len(known) > 1 and known in plain for known in (self.phone, self.name))

    def forget(self) -> None:
        """Deletes what the law says must be forgotten; the row stays as a tombstone."""
        self.name_sealed = self.phone_sealed = b""
        self.phone_index, self.preferred_time, self.removed_at = "", "", timezone.now()
        self.save()


class PhoneCode(models.Model):
    """短信验证码: sent to a number to see that it is his who left it. Holds neither number nor code, only keyed digests."""

    subject = models.CharField(_("为哪件"), max_length=24, help_text="诉求编号")
    phone_index = models.CharField(_("电话索引"), max_length=64, help_text="发到哪个号码，带密钥的摘要")
    code_hash = models.CharField(_("验证码"), max_length=64, help_text="6 位数字连同编号的带密钥摘要")
    made_at = models.DateTimeField(_("发出时间"), help_text="什么时候发的；10 分钟有效")
    tries = models.PositiveSmallIntegerField(_("试过"), default=0, help_text="试了几次；最多 5 次")
    used_at = models.DateTimeField(_("对上时间"), null=True, blank=True, help_text="什么时候对上的；空为还没有")

    class Meta:
        ordering = ["-made_at", "-id"]
        verbose_name = _("短信验证码")
        indexes = [
            models.Index(fields=["subject", "-made_at"], name="phone_code_subject"),
            models.Index(fields=["phone_index", "made_at"], name="phone_code_number"),
            models.Index(fields=["made_at"], condition=models.Q(used_at=None), name="phone_code_unused"),
        ]
