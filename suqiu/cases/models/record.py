"""What is written about a case (日志), what lies beside the chain, who looked, and what seals it?"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from suqiu.directory.models import Department, Officer

from .case import Case


class Line(models.Model):
    """日志行: what happened, in the same transaction as the change. Append-only, hash-chained; texts lie in Content."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="lines", help_text="哪件诉求")
    no = models.PositiveIntegerField(_("行号"), help_text="从 1 起，不缺不重")
    step = models.CharField(_("步骤"), max_length=24, help_text="流程表里的名字")
    actor = models.CharField(_("谁"), max_length=8, help_text="officer、citizen 或 system")
    officer = models.ForeignKey(
        Officer, models.PROTECT, null=True, related_name="+", help_text="工作人员；替来电人办的也记在这里"
    )
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, related_name="+", help_text="以哪个单位的身份"
    )
    at = models.DateTimeField(_("时间"), help_text="这一步的时间")
    says = models.JSONField(_("内容"), help_text="编号、枚举、时间和数字")
    columns = models.JSONField(_("各列"), help_text="这一步之后工单的各列")
    contents = models.JSONField(_("文字摘要"), default=dict, help_text="文字和附件的加盐摘要")
    prev = models.CharField(_("前一行的哈希"), max_length=64, blank=True, help_text="链的上一环")
    hash = models.CharField(_("哈希"), max_length=64, help_text="本行规范形式的 SHA-256")
    key = models.CharField(_("幂等键"), max_length=80, null=True, unique=True, help_text="同一份提交只走一步")

    class Meta:
        ordering = ["case_id", "no"]
        verbose_name = _("日志行")
        constraints = [models.UniqueConstraint(fields=["case", "no"], name="line_once")]
        indexes = [
            models.Index(fields=["step", "at"]),
            models.Index(fields=["officer", "at"]),
            models.Index(fields=["at"], name="line_at"),
        ]


class Content(models.Model):
    """日志之外的文字: can be removed by law; then its salt goes with it and the chain still verifies."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="contents", help_text="哪件诉求")
    line_no = models.PositiveIntegerField(_("行号"), help_text="随哪一行写下")
    name = models.CharField(_("名"), max_length=24, help_text="哪一栏，例如 text、reply、account")
    body = models.TextField(_("文字"), help_text="原文")
    salt = models.CharField(_("盐"), max_length=64, blank=True, help_text="删除文字时一起删掉")
    removed_at = models.DateTimeField(_("删除时间"), null=True, blank=True, help_text="依法删除的时间")

    class Meta:
        ordering = ["case_id", "line_no", "name"]
        verbose_name = _("文字")
        constraints = [models.UniqueConstraint(fields=["case", "line_no", "name"], name="content_once")]


class Attachment(models.Model):
    """附件: a photo or a document, kept outside the web root."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="attachments", help_text="哪件诉求")
    line_no = models.PositiveIntegerField(_("行号"), help_text="随哪一行交来")
    kind = models.CharField(_("种类"), max_length=12, help_text="demand、before、after、proof 之一")
    name = models.CharField(_("文件名"), max_length=120, help_text="去掉路径和控制字符后的原名")
    mime = models.CharField(_("类型"), max_length=60, help_text="按内容认出的类型")
    size = models.PositiveIntegerField(_("大小"), help_text="字节")
    path = models.CharField(_("存放"), max_length=120, help_text="附件目录下的相对路径")
    sha256 = models.CharField(_("摘要"), max_length=64, help_text="原文件的 SHA-256")
    salt = models.CharField(_("盐"), max_length=64, blank=True, help_text="日志里的摘要用的盐")
    taken_at = models.DateTimeField(_("拍摄时间"), null=True, blank=True, help_text="手机或照片里的时间")
    longitude = models.FloatField(_("经度"), null=True, blank=True, help_text="拍摄处，WGS84")
    latitude = models.FloatField(_("纬度"), null=True, blank=True, help_text="拍摄处，WGS84")
    facts_from = models.CharField(
        _("来源"), max_length=12, blank=True, help_text="时间地点来自 phone（手机）或 exif（照片）"
    )
    removed_at = models.DateTimeField(_("删除时间"), null=True, blank=True, help_text="依法删除的时间")

    class Meta:
        ordering = ["id"]
        verbose_name = _("附件")


class Look(models.Model):
    """查看: every look at a case by staff. Append-only, not chained; the day's digest is in the seal."""

    class What(models.TextChoices):
        PAGE = "page", _("看工单")
        CONTACT = "contact", _("看电话")
        FILE = "file", _("看附件")
        PRINT = "print", _("打印")
        EXPORT = "export", _("导出")
        SEARCH = "search", _("查找时看到一段")

    case = models.ForeignKey(Case, models.PROTECT, related_name="looks", help_text="哪件诉求")
    officer = models.ForeignKey(Officer, models.PROTECT, related_name="+", help_text="谁看的")
    at = models.DateTimeField(_("时间"), help_text="什么时候")
    what = models.CharField(_("看什么"), max_length=8, choices=What, help_text="看了什么")
    reason = models.CharField(_("理由"), max_length=20, blank=True, help_text="看电话的理由，五选一")
    words = models.CharField(_("说明"), max_length=120, blank=True, help_text="选“其他”时写的话")

    class Meta:
        ordering = ["-id"]
        verbose_name = _("查看")
        indexes = [models.Index(fields=["case", "what", "-id"]), models.Index(fields=["at"])]


class Seal(models.Model):
    """封存: the day's heads of all chains that moved, chained to the day before, and sent outside."""

    day = models.DateField(_("日"), primary_key=True, help_text="封的是哪一天")
    leaves = models.PositiveIntegerField(_("条数"), help_text="封了多少条链")
    root = models.CharField(_("根"), max_length=64, help_text="当天所有链头的根哈希")
    root_before = models.CharField(_("前一根"), max_length=64, blank=True, help_text="前一次封存的根")
    at = models.DateTimeField(_("时间"), help_text="什么时候封的")

    class Meta:
        ordering = ["-day"]
        verbose_name = _("封存")
