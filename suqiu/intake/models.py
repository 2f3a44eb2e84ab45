"""What intake keeps: proposed corrections, what a batch import brought, calls half written down, and what is known of an event."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from suqiu.cases.models import Case, Event
from suqiu.directory.models import Area, Department, Matter, Officer


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


class CallDraft(models.Model):
    """来电草稿: what an operator has typed of a call that is not registered yet; sealed, since it names the caller."""

    officer = models.ForeignKey(Officer, models.CASCADE, related_name="call_drafts", help_text="谁在接这个电话")
    key = models.CharField(_("键"), max_length=36, help_text="登记表的幂等键；登记以后草稿就没了")
    revision = models.BigIntegerField(_("第几次存"), default=0, help_text="晚到的旧稿不盖新稿")
    sealed = models.BinaryField(_("内容（密文）"), help_text="各栏的 JSON，AES-256-GCM 密文")
    begun_at = models.DateTimeField(_("开始"), help_text="第一个字什么时候写的")
    saved_at = models.DateTimeField(_("存下"), help_text="最近一次什么时候存的；过 7 天删除")

    class Meta:
        ordering = ["-saved_at", "-id"]
        verbose_name = _("来电草稿")
        constraints = [models.UniqueConstraint(fields=["officer", "key"], name="call_draft_once")]
        indexes = [models.Index(fields=["saved_at"], name="call_draft_saved")]


class KnownEventQuerySet(models.QuerySet):
    def open(self, at: datetime):
        """Those that operators may use now."""
        return self.filter(ended_at=None, valid_from__lte=at, valid_until__gt=at)


class KnownEvent(models.Model):
    """突发口径: what is known of an event and may be said at once; its callers are promised word when it is over."""

    event = models.OneToOneField(Event, models.PROTECT, related_name="known", help_text="同一事件；来电记在它下面")
    key = models.CharField(_("幂等键"), max_length=80, unique=True, help_text="同一份表单只发布一次")
    text = models.CharField(_("口径"), max_length=400, help_text="对来电人说的话，也是即时答复")
    words = models.CharField(
        _("认得出的词"), max_length=200, blank=True, help_text="地名、小区、路名、说法，以空格分开；来电说到就提示"
    )
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", help_text="影响到哪个区划")
    matter = models.ForeignKey(
        Matter, models.PROTECT, null=True, blank=True, related_name="+", help_text="目录里的事项；说不准就空着"
    )
    valid_from = models.DateTimeField(_("起"), help_text="从什么时候起可用")
    valid_until = models.DateTimeField(_("止"), help_text="到什么时候；过了就不再提示，恢复短信仍要发")
    made_by = models.ForeignKey(Officer, models.PROTECT, related_name="+", help_text="谁发布的")
    made_at = models.DateTimeField(_("发布时间"), help_text="什么时候发布的")
    ended_by = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, related_name="+", help_text="谁结束的")
    ended_at = models.DateTimeField(_("结束时间"), null=True, blank=True, help_text="什么时候结束的；空为还没有")
    all_clear = models.CharField(
        _("恢复短信"), max_length=200, blank=True, help_text="结束时发给记在下面的每个来电人的话"
    )

    objects = KnownEventQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-id"]
        verbose_name = _("突发口径")
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__gt=F("valid_from")), name="known_event_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None) | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="known_event_is_ended_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["valid_until"], condition=Q(ended_at=None), name="known_event_open")]

    def __str__(self) -> str:
        return self.event.title


class Filing(models.Model):
    """线下代办: for whom (the caller of the case) and by whom; how and when he agreed. His words lie beside the first line."""

    class ConsentWay(models.TextChoices):
        SPOKEN = "spoken", _("当面说的")
        SIGNED = "signed", _("签了字")
        PHONE = "phone", _("电话里说的")

    class CodeWay(models.TextChoices):
        SMS = "sms", _("短信发给本人")
        PAPER = "paper", _("打印给本人")

    case = models.OneToOneField(Case, models.PROTECT, related_name="filing", help_text="哪件诉求；替谁办的是它的来电人")
    by = models.ForeignKey(Officer, models.PROTECT, related_name="+", help_text="谁代办的；他不因此多看、多办什么")
    department = models.ForeignKey(Department, models.PROTECT, related_name="+", help_text="代办人当时的单位")
    consent_way = models.CharField(_("怎么同意的"), max_length=8, choices=ConsentWay, help_text="当面、签字或电话")
    consent_at = models.DateTimeField(_("同意时间"), help_text="他什么时候同意的")
    code_way = models.CharField(_("查询码怎么给的"), max_length=8, choices=CodeWay, help_text="能收短信的只发短信")

    class Meta:
        ordering = ["case_id"]
        verbose_name = _("线下代办")


class ProofTry(models.Model):
    """核对身份: a caller said who he is, by his number or his code; kept to lock softly after too many wrong ones."""

    class Way(models.TextChoices):
        NUMBER = "number", _("来电号码")
        CODE = "code", _("查询码")

    officer = models.ForeignKey(Officer, models.PROTECT, related_name="+", help_text="谁在接电话")
    number = models.CharField(_("诉求编号"), max_length=24, help_text="来电人说的编号，未必有这一件")
    way = models.CharField(_("凭什么"), max_length=8, choices=Way, help_text="号码或查询码")
    is_right = models.BooleanField(_("对得上"), default=False, help_text="对上了为真")
    at = models.DateTimeField(_("时间"), help_text="什么时候；一天后删除")

    class Meta:
        ordering = ["-at", "-id"]
        verbose_name = _("核对身份")
        indexes = [
            models.Index(fields=["number", "at"]),
            models.Index(fields=["officer", "at"]),
            models.Index(fields=["at"]),
        ]


class Membership(models.Model):
    """并入: a case that follows another one, from when to when, how alike they were, and what it goes back to when that is undone."""

    class Ending(models.TextChoices):
        ANSWERED = "answered", _("随主件答复了")
        UNDONE = "undone", _("撤并")
        APPEAL = "appeal", _("申诉成立")
        WITHDRAWN = "withdrawn", _("本人撤回")

    event = models.ForeignKey(Event, models.PROTECT, related_name="memberships", help_text="哪个同一事件")
    case = models.ForeignKey(Case, models.PROTECT, related_name="memberships", help_text="并进去的诉求")
    merged_by = models.ForeignKey(Officer, models.PROTECT, related_name="+", help_text="谁并的")
    merged_at = models.DateTimeField(_("并入时间"), help_text="什么时候并的")
    since = models.DateTimeField(_("跟着主件"), help_text="从什么时候起跟着现在的主件；之前的答复不是给它的")
    line_no = models.PositiveIntegerField(_("行号"), help_text="随哪一行并的")
    alike = models.PositiveSmallIntegerField(_("相像"), help_text="0 到 100：并的时候两件说的有多像，只供人看")
    before = models.JSONField(_("并入之前"), help_text="状态、所属事件和各列；撤并时回到这里")
    ended_at = models.DateTimeField(_("离开时间"), null=True, blank=True, help_text="什么时候不再跟着；空为现在还是")
    ending = models.CharField(_("怎么离开的"), max_length=10, choices=Ending, blank=True, help_text="为什么不再跟着")

    class Meta:
        ordering = ["merged_at", "id"]
        verbose_name = _("并入")
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(ended_at=None), name="merged_into_one"),
            models.CheckConstraint(
                condition=Q(ended_at=None, ending="") | (Q(ended_at__isnull=False) & ~Q(ending="")),
                name="membership_ends_somehow",
            ),
        ]
