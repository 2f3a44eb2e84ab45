"""What leaves in bulk (导出), what does its citizen ask of his data (个人信息请求), and what got out (泄露)?"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from suqiu.citizens.contact import decrypt, encrypt
from suqiu.directory.models import Officer

from .case import Case


class ExportRequest(models.Model):
    """导出申请: which cases, which columns, why; made once, when a second person agrees, and gone after two days."""

    class State(models.TextChoices):
        WAITING = "waiting", _("待第二人")
        MADE = "made", _("已导出")
        REFUSED = "refused", _("没有同意")
        EXPIRED = "expired", _("文件已删除")

    key = models.CharField(_("幂等键"), max_length=120, unique=True, help_text="同一份表单只申请一次")
    by = models.ForeignKey(Officer, models.PROTECT, related_name="+", help_text="谁要导出；按他的权限导")
    at = models.DateTimeField(_("申请时间"), help_text="什么时候申请的")
    since = models.DateField(_("从哪天"), null=True, blank=True, help_text="这一天起收到的，含当天")
    until = models.DateField(_("到哪天"), null=True, blank=True, help_text="到这一天为止收到的，含当天")
    columns = ArrayField(models.CharField(max_length=16), help_text="要哪几栏")
    format = models.CharField(_("格式"), max_length=4, default="xlsx", help_text="xlsx 或 csv")
    why = models.CharField(_("用途"), max_length=200, help_text="给谁、做什么用")
    asked_for = models.PositiveIntegerField(_("申请时的件数"), help_text="申请时符合的有多少件，第二人看得到")
    state = models.CharField(
        _("状态"), max_length=8, choices=State, default=State.WAITING, help_text="等第二人、已导出、没有同意或已删除"
    )
    second = models.ForeignKey(
        Officer, models.PROTECT, null=True, blank=True, related_name="+", help_text="第二人，不能是申请人"
    )
    decided_at = models.DateTimeField(_("决定时间"), null=True, blank=True, help_text="第二人什么时候决定的")
    words = models.CharField(_("理由"), max_length=200, blank=True, help_text="第二人不同意的理由")
    count = models.PositiveIntegerField(_("导出件数"), default=0, help_text="文件里有多少件")
    path = models.CharField(_("存放"), max_length=120, blank=True, help_text="附件目录下的相对路径；过期后为空")
    sha256 = models.CharField(_("摘要"), max_length=64, blank=True, help_text="文件的 SHA-256，用来认出流出去的那一份")
    expires_at = models.DateTimeField(_("过期时间"), null=True, blank=True, help_text="到这时文件删除")
    taken = models.PositiveIntegerField(_("下载次数"), default=0, help_text="申请人下载过几次，每次记台账")

    class Meta:
        ordering = ["-id"]
        verbose_name = _("导出申请")
        indexes = [models.Index(fields=["expires_at"], condition=Q(state="made"), name="export_expires")]
        constraints = [
            models.CheckConstraint(condition=Q(second=None) | ~Q(second=F("by")), name="export_by_two_persons"),
            models.CheckConstraint(
                condition=Q(state="waiting") | Q(second__isnull=False, decided_at__isnull=False), name="export_decided"
            ),
        ]


class DataRequest(models.Model):
    """个人信息请求: the citizen asks that his data be corrected or deleted; answered in time, a deletion by two persons."""

    class Kind(models.TextChoices):
        CORRECT = "correct", _("更正我的信息")
        DELETE = "delete", _("删除我的信息")

    class State(models.TextChoices):
        WAITING = "waiting", _("待答复")
        SECOND = "second", _("待第二人")
        DONE = "done", _("已办")
        DECLINED = "declined", _("不能办，有依据")

    case = models.ForeignKey(Case, models.PROTECT, related_name="data_requests", help_text="凭哪件诉求提的")
    kind = models.CharField(_("要什么"), max_length=8, choices=Kind, help_text="更正或删除")
    key = models.CharField(_("幂等键"), max_length=120, unique=True, help_text="同一份表单只提一次")
    words = models.TextField(_("原话"), blank=True, help_text="本人写的；删除信息时一起删")
    name_sealed = models.BinaryField(_("改成的姓名（密文）"), blank=True, default=b"", help_text="AES-256-GCM 密文")
    preferred_time = models.CharField(_("改成的方便时间"), max_length=60, blank=True, help_text="空为不改")
    asked_at = models.DateTimeField(_("提出时间"), help_text="什么时候提的，答复时限从这里起算")
    due_at = models.DateTimeField(_("答复时限"), help_text="最晚什么时候答复")
    explanation = models.JSONField(_("怎么算的"), default=list, help_text="逐行的（词，值）")
    state = models.CharField(_("状态"), max_length=8, choices=State, default=State.WAITING, help_text="到了哪一步")
    is_whole = models.BooleanField(
        _("全部删除"), default=False, help_text="真为连同内容和附件；假为只删姓名电话，内容留到期满"
    )
    by = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, related_name="+", help_text="谁答复的")
    answered_at = models.DateTimeField(_("答复时间"), null=True, blank=True, help_text="什么时候答复的")
    answer = models.TextField(_("答复"), blank=True, help_text="对本人说的话，本人看得到")
    basis = models.CharField(_("依据"), max_length=200, blank=True, help_text="不能办的依据哪一条")
    second = models.ForeignKey(
        Officer, models.PROTECT, null=True, blank=True, related_name="+", help_text="删除的第二人，不能是答复人"
    )
    decided_at = models.DateTimeField(_("办结时间"), null=True, blank=True, help_text="什么时候办完的")

    class Meta:
        ordering = ["-id"]
        verbose_name = _("个人信息请求")
        indexes = [
            models.Index(
                fields=["due_at", "id"], condition=Q(state__in=("waiting", "second")), name="data_request_open"
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "kind"],
                condition=Q(state__in=("waiting", "second")),
                name="one_open_data_request_of_a_kind",
            ),
            models.CheckConstraint(condition=Q(second=None) | ~Q(second=F("by")), name="data_request_by_two_persons"),
            models.CheckConstraint(
                condition=~Q(state="done", kind="delete") | Q(second__isnull=False), name="deletion_needs_a_second"
            ),
        ]

    @property
    def name(self) -> str:
        return decrypt(self.name_sealed)

    @name.setter
    def name(self, value: str) -> None:
        self.name_sealed = encrypt(value)

    @property
    def is_open(self) -> bool:
        return self.state in (self.State.WAITING, self.State.SECOND)


class Breach(models.Model):
    """泄露事件: data got out. Reported, the citizens told, the authority told, closed by two persons."""

    class State(models.TextChoices):
        OPEN = "open", _("处置中")
        CLOSING = "closing", _("待第二人")
        CLOSED = "closed", _("已结")

    key = models.CharField(_("幂等键"), max_length=120, unique=True, help_text="同一份表单只报一次")
    cases = models.ManyToManyField(Case, related_name="breaches", help_text="泄露了哪几件")
    by = models.ForeignKey(Officer, models.PROTECT, related_name="+", help_text="谁报的")
    at = models.DateTimeField(_("报告时间"), help_text="什么时候报的，时限从这里起算")
    words = models.TextField(_("情况"), help_text="怎么发现的、流出去了什么；不写来电人姓名电话")
    state = models.CharField(_("状态"), max_length=8, choices=State, default=State.OPEN, help_text="到了哪一步")
    tell_by = models.DateTimeField(_("告知本人的时限"), help_text="最晚什么时候告诉来电人")
    authority_by = models.DateTimeField(_("报告主管部门的时限"), help_text="最晚什么时候报告")
    told_at = models.DateTimeField(_("告知本人"), null=True, blank=True, help_text="短信什么时候发出的")
    told_by = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, related_name="+", help_text="谁告知的")
    told_count = models.PositiveIntegerField(_("发了短信"), default=0, help_text="给多少位来电人发了短信")
    untold_count = models.PositiveIntegerField(_("没有号码"), default=0, help_text="多少位没留号码、告知不到")
    authority_told_at = models.DateTimeField(_("报告主管部门"), null=True, blank=True, help_text="什么时候报告的")
    authority_told_by = models.ForeignKey(
        Officer, models.PROTECT, null=True, blank=True, related_name="+", help_text="谁报告的"
    )
    authority = models.CharField(_("哪个部门"), max_length=200, blank=True, help_text="报告给谁、文号或回执")
    finding = models.TextField(_("查明的结果"), blank=True, help_text="谁、怎么流出去的、怎么补救、怎么处理")
    asked_by = models.ForeignKey(
        Officer, models.PROTECT, null=True, blank=True, related_name="+", help_text="谁提请结案"
    )
    asked_at = models.DateTimeField(_("提请结案"), null=True, blank=True, help_text="什么时候提请的")
    closed_by = models.ForeignKey(
        Officer, models.PROTECT, null=True, blank=True, related_name="+", help_text="第二人，不能是提请的人"
    )
    closed_at = models.DateTimeField(_("结案"), null=True, blank=True, help_text="什么时候结的")

    class Meta:
        ordering = ["-id"]
        verbose_name = _("泄露事件")
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_by=None) | ~Q(closed_by=F("asked_by")), name="breach_closed_by_two_persons"
            ),
            models.CheckConstraint(
                condition=~Q(state="closed")
                | Q(told_at__isnull=False, authority_told_at__isnull=False, closed_by__isnull=False),
                name="closed_breach_is_told",
            ),
        ]
