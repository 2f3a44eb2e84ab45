"""What does a photo say of itself, which photos are the same, and where do the facts not agree (出入)?"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from suqiu.cases.models import Attachment, Case
from suqiu.directory.models import Department


class PhotoFact(models.Model):
    """照片事实: computed when the picture is stored; a picture without a row is looked at by the worker."""

    class Exif(models.TextChoices):
        WHOLE = "whole", _("照片信息完整")
        MISSING = "missing", _("没有照片信息")
        EDITED = "edited", _("照片改过")

    attachment = models.OneToOneField(Attachment, models.PROTECT, related_name="fact", help_text="哪个附件")
    made_at = models.DateTimeField(_("时间"), help_text="什么时候算的")
    time_from = models.CharField(_("时间来自"), max_length=8, blank=True, help_text="phone、exif；空为没有时间")
    place_from = models.CharField(_("地点来自"), max_length=8, blank=True, help_text="phone、exif；空为没有地点")
    metres = models.PositiveIntegerField(_("离诉求地点"), null=True, help_text="米；空为有一头不知道在哪里")
    drift_minutes = models.IntegerField(
        _("时间差"), null=True, help_text="拍摄时间减去说的到场时间，分钟；空为有一个不知道"
    )
    exif = models.CharField(_("照片信息"), max_length=8, choices=Exif, help_text="whole、missing、edited 之一")
    editor = models.CharField(_("修图软件"), max_length=60, blank=True, help_text="照片自己写着的；没写为空")
    is_plain = models.BooleanField(_("一片空白"), default=False, help_text="没有可比的图样，只比文件是否相同")

    class Meta:
        ordering = ["id"]
        verbose_name = _("照片事实")


class PhotoHash(models.Model):
    """照片指纹: 64 bits of the picture, or of one of its slight crops; the four quarters are what the search goes by."""

    photo = models.ForeignKey(PhotoFact, models.CASCADE, related_name="hashes", db_index=False, help_text="哪张照片")
    variant = models.PositiveSmallIntegerField(_("第几种"), help_text="0 为整张，其余为略裁的")
    hash = models.BigIntegerField(_("指纹"), help_text="64 位，作有符号数存")
    a = models.IntegerField(_("第一段"), help_text="最高的 16 位")
    b = models.IntegerField(_("第二段"), help_text="其次 16 位")
    c = models.IntegerField(_("第三段"), help_text="再次 16 位")
    d = models.IntegerField(_("第四段"), help_text="最低的 16 位")

    class Meta:
        ordering = ["photo_id", "variant"]
        verbose_name = _("照片指纹")
        constraints = [models.UniqueConstraint(fields=["photo", "variant"], name="photo_hash_once")]
        indexes = [
            models.Index(fields=[part], include=["hash", "photo", "variant"], name=f"photo_hash_{part}")
            for part in ("a", "b", "c", "d")
        ]


class PhotoMatch(models.Model):
    """同一张照片: found when the later one was stored. Whose case it was used in, only who may see that case reads."""

    photo = models.ForeignKey(PhotoFact, models.CASCADE, related_name="matches", help_text="后用的")
    earlier = models.ForeignKey(PhotoFact, models.CASCADE, related_name="used_again", help_text="先用的")
    apart = models.PositiveSmallIntegerField(_("差几位"), help_text="64 位里不同的位数；0 为一样")

    class Meta:
        ordering = ["photo_id", "apart", "earlier_id"]
        verbose_name = _("同一张照片")
        constraints = [models.UniqueConstraint(fields=["photo", "earlier"], name="photo_match_once")]


class Doubt(models.Model):
    """出入: what the facts of one visit or meeting do not agree on. It blocks nothing, and nobody can hide it; one sentence explains it."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="doubts", help_text="哪件诉求")
    cycle = models.PositiveSmallIntegerField(_("轮次"), help_text="第几轮")
    line_no = models.PositiveIntegerField(_("行号"), help_text="哪一行的到场")
    department = models.ForeignKey(Department, models.PROTECT, related_name="+", help_text="哪个单位到的场")
    kinds = ArrayField(models.CharField(max_length=12), help_text="far、drift、used、edited、bare 里的几样")
    explained_at = models.DateTimeField(_("说明时间"), null=True, help_text="什么时候说明的；空为没有说明")
    explained_line = models.PositiveIntegerField(_("说明在哪一行"), null=True, help_text="说明的话随哪一行")

    class Meta:
        ordering = ["line_no"]
        verbose_name = _("出入")
        constraints = [models.UniqueConstraint(fields=["case", "line_no"], name="doubt_once_a_line")]
