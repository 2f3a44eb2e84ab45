"""Who works here (工作人员), what may he do, who stands in for him, and who is on duty?"""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .places import Area, Department


class Role(models.TextChoices):
    """角色 (domain 2.5). A grant gives one of them in one department, for one area."""

    OPERATOR = "operator", _("话务员")
    SHIFT_LEAD = "shift_lead", _("班长")
    INTAKE_REVIEWER = "intake_reviewer", _("受理审核员")
    DISPATCHER = "dispatcher", _("派单员")
    HANDLER = "handler", _("经办人")
    REVIEWER = "reviewer", _("单位审核人")
    UNIT_LEADER = "unit_leader", _("单位负责人")
    FOLLOW_UP = "follow_up", _("回访员")
    SUPERVISOR = "supervisor", _("督办员")
    RULER = "ruler", _("裁定人")
    LEADER = "leader", _("市领导")
    DISCIPLINE = "discipline", _("纪检干部")
    ADMINISTRATOR = "administrator", _("系统管理员")


class OfficerManager(BaseUserManager):
    def create_user(self, username: str, password: str | None = None, **fields) -> Officer:
        officer = self.model(username=username, **fields)
        officer.set_password(password)
        officer.save(using=self._db)
        return officer

    def get_by_natural_key(self, username: str) -> Officer:
        return self.get(username=username)


class Officer(AbstractBaseUser):
    """工作人员: one person, one account; what they may do comes from grants alone."""

    username = models.CharField(_("账号"), max_length=60, unique=True, help_text="登录用")
    full_name = models.CharField(_("姓名"), max_length=60, help_text="本人姓名")
    post = models.CharField(_("职务"), max_length=60, blank=True, help_text="给公众看的称呼，例如 物业科科员")
    department = models.ForeignKey(Department, models.PROTECT, related_name="officers", help_text="人事关系所在单位")
    phone = models.CharField(_("工作手机"), max_length=20, blank=True, help_text="只用于发工作短信")
    email = models.EmailField(_("邮箱"), blank=True, help_text="只用于发每日摘要")
    is_third_party = models.BooleanField(
        _("第三方人员"), default=False, help_text="外包坐席：可以记录，不能办理、办结、裁定"
    )
    is_active = models.BooleanField(_("在岗"), default=True, help_text="离岗后不能登录，名字仍留在记录里")
    has_one_time_password = models.BooleanField(
        _("一次性密码"), default=False, help_text="管理员发的密码还没换成自己的；换了才能用工作台"
    )
    one_time_until = models.DateTimeField(
        _("一次性密码到期"), null=True, blank=True, help_text="过了不能再用它登录；空为没有一次性密码，或不会过期"
    )

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["full_name"]
    objects = OfficerManager()

    class Meta:
        ordering = ["username"]
        verbose_name = _("工作人员")

    def __str__(self) -> str:
        return self.full_name

    def set_password(self, raw_password: str | None) -> None:
        """Also by manage.py changepassword: what is set by hand does not expire."""
        super().set_password(raw_password)
        self.one_time_until = None

    @property
    def has_own_password(self) -> bool:
        """He has signed in before, or has a password that nobody issued to him."""
        return bool(self.last_login) or (self.has_usable_password() and not self.has_one_time_password)

    @property
    def shown_to_citizen(self) -> str:
        """岗位加姓: post and surname, never the full name."""
        post = self.post or _("工作人员")
        return f"{self.department.name} {post} {self.full_name[:1]}**".strip()

    def grants_now(self) -> list[Grant]:
        """Grants in force, read once per object: a request asks many times."""
        if not hasattr(self, "_grants_now"):
            today = timezone.localdate()
            held = self.grants.filter(since__lte=today).filter(Q(until=None) | Q(until__gte=today))
            self._grants_now = list(held.select_related("department", "area"))
        return self._grants_now

    def has_role(self, *roles: str) -> bool:
        return any(g.role in roles for g in self.grants_now())

    def departments_as(self, *roles: str) -> set[str]:
        """Codes of the departments in which this officer holds one of the roles (any role if none is named)."""
        return {g.department_id for g in self.grants_now() if not roles or g.role in roles}

    def hotline_grants(self) -> list[Grant]:
        """热线中心的授权: what makes somebody one of the hotline; a grant elsewhere gives nothing there."""
        return [g for g in self.grants_now() if g.department.kind == Department.Kind.HOTLINE]

    def is_at_hotline_as(self, *roles: str) -> bool:
        """One of the hotline, in one of the roles."""
        return any(g.role in roles for g in self.hotline_grants())


class Grant(models.Model):
    """授权: this officer holds this role in this department, for this area, from one day to another."""

    officer = models.ForeignKey(Officer, models.PROTECT, related_name="grants", help_text="谁")
    role = models.CharField(_("角色"), max_length=20, choices=Role, help_text="什么角色")
    department = models.ForeignKey(Department, models.PROTECT, related_name="grants", help_text="在哪个单位")
    area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, help_text="限于哪个区划；空为单位的全部")
    since = models.DateField(_("起"), default=timezone.localdate, help_text="从哪天起")
    until = models.DateField(_("止"), null=True, blank=True, help_text="到哪天止，含当天；空为长期")

    class Meta:
        ordering = ["officer_id", "role", "department_id"]
        verbose_name = _("授权")
        constraints = [
            models.UniqueConstraint(
                fields=["officer", "role", "department", "area"], name="grant_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="grant_ends_after_it_begins"
            ),
        ]


class Substitute(models.Model):
    """AB 岗: who takes over while the other is away."""

    officer = models.ForeignKey(Officer, models.PROTECT, related_name="substitutes", help_text="A 岗")
    substitute = models.ForeignKey(Officer, models.PROTECT, related_name="stands_in_for", help_text="B 岗")
    since = models.DateField(_("起"), default=timezone.localdate, help_text="从哪天起")
    until = models.DateField(_("止"), null=True, blank=True, help_text="到哪天止；空为长期")

    class Meta:
        ordering = ["officer_id", "id"]
        verbose_name = _("替岗")
        constraints = [models.CheckConstraint(condition=~Q(officer=F("substitute")), name="substitute_is_someone_else")]


class Duty(models.Model):
    """值班: whom to wake at night when life is in danger."""

    department = models.ForeignKey(Department, models.PROTECT, related_name="duties", help_text="哪个单位")
    officer = models.ForeignKey(Officer, models.PROTECT, related_name="duties", help_text="谁值班")
    starts_at = models.DateTimeField(_("起"), help_text="接班时间")
    ends_at = models.DateTimeField(_("止"), help_text="交班时间")

    class Meta:
        ordering = ["starts_at", "id"]
        verbose_name = _("值班")
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="duty_ends_after_it_starts")
        ]
        indexes = [models.Index(fields=["department", "starts_at"])]
