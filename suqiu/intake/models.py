"""What intake keeps: proposed corrections, what a batch import brought, calls half written down, and what is known of an event."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from suqiu.cases.models import Case, Event
from suqiu.citizens.models import Person
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


class CallerLimit(models.Model):
    """限制来电: who rings again and again about what was answered; proposed by one, decided by another, told, open to appeal, never longer than a month."""

    class Ground(models.TextChoices):
        AGAIN = "again", _("同一件事反复来电，没有新情况")
        LINE = "line", _("为同一件事一天里多次来电，占着线路")
        ABUSE = "abuse", _("为同一件事来电时辱骂、威胁接线的人")

    class Stands(models.TextChoices):
        PROPOSED = "proposed", _("等第二人认定")
        LAPSED = "lapsed", _("没人认定，过期了")
        REFUSED = "refused", _("第二人不同意")
        RUNNING = "running", _("在走")
        IDLE = "idle", _("那一件又在办，停着")
        APPEALED = "appealed", _("申诉在审，停着")
        LIFTED = "lifted", _("申诉成立，撤销了")
        ENDED = "ended", _("到期了")

    person = models.ForeignKey(Person, models.PROTECT, related_name="limits", help_text="限制谁；只为下面这一件事")
    case = models.ForeignKey(
        Case, models.PROTECT, related_name="caller_limits", help_text="哪一件答复过他；再为这件事来电，照它的答复告诉他"
    )
    key = models.CharField(_("幂等键"), max_length=120, unique=True, help_text="同一份表单只提请一次")
    ground = models.CharField(_("原因"), max_length=8, choices=Ground, help_text="为什么限制；来电人看得到")
    words = models.CharField(_("提请的理由"), max_length=400, help_text="第几次、每次说了什么；来电人看得到")
    until = models.DateTimeField(_("到什么时候"), help_text="最长 30 天；过了就没有了")
    proposed_by = models.ForeignKey(Officer, models.PROTECT, related_name="+", help_text="谁提请的")
    proposed_at = models.DateTimeField(_("提请时间"), help_text="什么时候提请的")
    decided_by = models.ForeignKey(
        Officer, models.PROTECT, null=True, blank=True, related_name="+", help_text="谁认定的；不能是提请的人"
    )
    decided_at = models.DateTimeField(_("认定时间"), null=True, blank=True, help_text="空为还没有认定")
    is_agreed = models.BooleanField(
        _("认定了"), null=True, blank=True, help_text="真为同意限制，假为不同意；空为还没有"
    )
    decision = models.CharField(
        _("认定的理由"), max_length=400, blank=True, help_text="同意或不同意的理由；来电人看得到"
    )
    appealed_at = models.DateTimeField(
        _("申诉时间"), null=True, blank=True, help_text="每条限制申诉一次；审的时候限制停着"
    )
    appealed_through = models.ForeignKey(
        Officer, models.PROTECT, null=True, blank=True, related_name="+", help_text="谁在电话里替他记的；空为他自己提的"
    )
    appeal = models.CharField(_("申诉的话"), max_length=1000, blank=True, help_text="来电人说的")
    appeal_due_at = models.DateTimeField(_("申诉时限"), null=True, blank=True, help_text="什么时候前要有结果")
    judged_by = models.ForeignKey(
        Officer, models.PROTECT, null=True, blank=True, related_name="+", help_text="谁审的申诉；不能是前两个人"
    )
    judged_at = models.DateTimeField(_("审结时间"), null=True, blank=True, help_text="空为还没有审")
    is_lifted = models.BooleanField(_("撤销了"), default=False, help_text="申诉成立，从那一刻起没有限制")
    judgement = models.CharField(_("审申诉的理由"), max_length=400, blank=True, help_text="来电人看得到")

    class Meta:
        ordering = ["-id"]
        verbose_name = _("限制来电")
        constraints = [
            models.CheckConstraint(condition=Q(until__gt=F("proposed_at")), name="caller_limit_ends_later"),
            models.CheckConstraint(
                condition=Q(until__lte=F("proposed_at") + timedelta(days=31)), name="caller_limit_at_most_a_month"
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None, decided_at=None, is_agreed=None)
                | Q(decided_at__isnull=False, is_agreed__isnull=False)
                & Q(decided_by__isnull=False)
                & ~Q(decided_by=F("proposed_by")),
                name="caller_limit_is_decided_by_another",
            ),
            models.CheckConstraint(
                condition=Q(appealed_at=None) | Q(is_agreed=True, appeal_due_at__isnull=False),
                name="caller_limit_appealed_once_agreed",
            ),
            models.CheckConstraint(
                condition=Q(judged_by=None, judged_at=None, is_lifted=False)
                | Q(appealed_at__isnull=False, judged_at__isnull=False)
                & ~Q(judged_by=F("proposed_by"))
                & ~Q(judged_by=F("decided_by")),
                name="caller_limit_appeal_is_judged_by_a_third",
            ),
        ]
        indexes = [models.Index(fields=["person", "until"], name="caller_limit_of_whom")]

    def __str__(self) -> str:
        return f"{self.case.number} {self.get_ground_display()}"

    def stands(self, at: datetime) -> Stands:
        """How it stands now; an appeal that nobody judged in time stays open, and the limit stands still with it."""
        if self.decided_at is None:
            return self.Stands.PROPOSED if self.until > at else self.Stands.LAPSED
        if not self.is_agreed:
            return self.Stands.REFUSED
        if self.appealed_at and not self.judged_at:
            return self.Stands.APPEALED
        if self.is_lifted:
            return self.Stands.LIFTED
        if self.until <= at:
            return self.Stands.ENDED
        return self.Stands.RUNNING if self.case.state == "C" else self.Stands.IDLE
