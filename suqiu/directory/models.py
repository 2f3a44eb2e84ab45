"""Who is there to answer: areas, departments, officers and their grants, the matters catalogue, and the office journal (台账)."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class Named(models.Model):
    """Something with an official Chinese name and an English one."""

    name = models.CharField(_("名称"), max_length=120, help_text="官方中文全称")
    name_en = models.CharField(_("英文名"), max_length=160, blank=True, help_text="英文页面上显示的名称；空则显示中文")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name_en if self.name_en and (get_language() or "").startswith("en") else self.name


class Area(Named):
    """区划: the city, its counties and districts, towns, villages, as one tree."""

    class Kind(models.TextChoices):
        CITY = "city", _("市")
        COUNTY = "county", _("县（区）")
        TOWN = "town", _("乡镇（街道）")
        VILLAGE = "village", _("村（社区）")

    code = models.CharField(
        _("区划代码"), max_length=12, primary_key=True, help_text="国家统计局区划代码，6、9 或 12 位"
    )
    kind = models.CharField(_("层级"), max_length=8, choices=Kind, help_text="市、县、乡镇或村")
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", help_text="上一级"
    )
    is_through_centre = models.BooleanField(
        _("经县中心"), default=True, help_text="市里派给本县的诉求是否先到县中心，由它转派"
    )

    class Meta:
        ordering = ["code"]
        verbose_name = _("区划")

    def chain(self) -> list[Area]:
        """Itself and all above it, nearest first."""
        found, area = [], self
        while area:
            found.append(area)
            area = area.parent
        return found

    @property
    def county(self) -> Area | None:
        return next((a for a in self.chain() if a.kind == self.Kind.COUNTY), None)

    @property
    def full_name(self) -> str:
        names = [str(a) for a in reversed(self.chain()) if a.kind != self.Kind.CITY]
        return (", ".join(reversed(names)) if (get_language() or "").startswith("en") else "".join(names)) or str(self)


class Department(Named):
    """单位: whoever can hold a case, or the hotline itself."""

    class Kind(models.TextChoices):
        HOTLINE = "hotline", _("热线中心")
        CITY_BUREAU = "city_bureau", _("市级部门")
        UTILITY = "utility", _("公共服务企业")
        COUNTY_CENTRE = "county_centre", _("县（区）热线中心")
        COUNTY_BUREAU = "county_bureau", _("县（区）部门")
        TOWN = "town", _("乡镇（街道）")
        DISCIPLINE = "discipline", _("纪检监察")

    code = models.CharField(_("代码"), max_length=40, primary_key=True, help_text="本市内不变的单位代码")
    kind = models.CharField(_("类别"), max_length=16, choices=Kind, help_text="单位的类别")
    duty = models.CharField(_("职责"), max_length=32, help_text="目录里“谁管”用的职责词，例如 housing")
    area = models.ForeignKey(Area, models.PROTECT, related_name="departments", help_text="管辖的区划")
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", help_text="上一级单位"
    )
    is_active = models.BooleanField(_("在用"), default=True, help_text="撤并的单位不再接新诉求，老记录仍显示它的名字")

    class Meta:
        ordering = ["code"]
        verbose_name = _("单位")
        indexes = [models.Index(fields=["duty", "area"])]

    CENTRES = (Kind.HOTLINE, Kind.COUNTY_CENTRE)

    @property
    def is_centre(self) -> bool:
        return self.kind in self.CENTRES

    @property
    def level(self) -> str:
        """The level of a holding this department takes: city (hotline), county (centre) or unit."""
        return {self.Kind.HOTLINE: "city", self.Kind.COUNTY_CENTRE: "county"}.get(self.kind, "unit")


class CatalogueVersion(models.Model):
    """派单目录的版本: a change of the catalogue is a new version, never an edit."""

    number = models.PositiveIntegerField(_("版本号"), unique=True, help_text="从 1 起，只增不改")
    valid_from = models.DateTimeField(_("生效时间"), help_text="从这一刻起派单用它")
    note = models.TextField(_("说明"), blank=True, help_text="改了什么、为什么、谁定的")

    class Meta:
        ordering = ["-number"]
        verbose_name = _("目录版本")

    def __str__(self) -> str:
        return f"v{self.number}"


class EvidenceClass(models.TextChoices):
    """证据类: what a reply on this matter must rest on."""

    ON_SITE = "on_site", _("现场类")
    EXPLANATION = "explanation", _("解释类")
    PLAN = "plan", _("计划类")


class Matter(Named):
    """事项: an item of the catalogue, with whose duty it is and the proof its reply needs."""

    version = models.ForeignKey(CatalogueVersion, models.PROTECT, related_name="matters", help_text="所属目录版本")
    code = models.CharField(_("事项编码"), max_length=12, help_text="2、4、6 位，改名不改码")
    level = models.PositiveSmallIntegerField(_("级"), help_text="1 大类，2 中类，3 事项")
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", help_text="上一级"
    )
    owner_duty = models.CharField(_("主管职责"), max_length=32, blank=True, help_text="谁管：与单位的职责词对应")
    power = models.CharField(
        _("权限层级"), max_length=8, blank=True, help_text="city、county 或 town：依法能办的最低一级"
    )
    evidence_class = models.CharField(
        _("证据类"),
        max_length=12,
        choices=EvidenceClass,
        blank=True,
        help_text="答复要凭什么：属于事项，不由承办人挑",
    )
    types = models.CharField(_("适用类型"), max_length=80, blank=True, help_text="适用的诉求类型，以 | 分隔")

    class Meta:
        ordering = ["code"]
        verbose_name = _("事项")
        constraints = [models.UniqueConstraint(fields=["version", "code"], name="matter_once_per_version")]

    @property
    def path(self) -> str:
        names, item = [], self
        while item:
            names.append(str(item))
            item = item.parent
        return " › ".join(reversed(names))


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


class Notice(models.Model):
    """铃声: what an officer is told inside the desk."""

    officer = models.ForeignKey(Officer, models.PROTECT, related_name="notices", help_text="告诉谁")
    key = models.CharField(_("键"), max_length=120, help_text="同一件事只告诉一次")
    text = models.CharField(_("内容"), max_length=200, help_text="一句话，不含来电人的个人信息")
    case_number = models.CharField(_("诉求编号"), max_length=24, blank=True, help_text="点开到哪件诉求")
    at = models.DateTimeField(_("时间"), help_text="什么时候")
    read_at = models.DateTimeField(_("看过时间"), null=True, blank=True, help_text="本人什么时候看的")

    class Meta:
        ordering = ["-at", "-id"]
        verbose_name = _("提醒")
        constraints = [models.UniqueConstraint(fields=["officer", "key"], name="notice_once")]
        indexes = [models.Index(fields=["officer", "read_at"])]


class OfficeLine(models.Model):
    """台账: an act or look that is not a step of a case, chained per department and year. Append-only by trigger."""

    chain = models.CharField(_("链"), max_length=60, help_text="单位代码/年份")
    no = models.PositiveIntegerField(_("行号"), help_text="链内从 1 起")
    act = models.CharField(_("行为"), max_length=40, help_text="例如 reveal、export、grant、catalogue")
    by_id = models.BigIntegerField(_("谁"), null=True, help_text="工作人员的编号；空为系统")
    at = models.DateTimeField(_("时间"), help_text="什么时候")
    says = models.JSONField(_("内容"), help_text="编号、枚举和数字，不含姓名电话")
    prev = models.CharField(_("前一行的哈希"), max_length=64, blank=True, help_text="链的上一环")
    hash = models.CharField(_("哈希"), max_length=64, help_text="本行规范形式的 SHA-256")

    class Meta:
        ordering = ["chain", "no"]
        verbose_name = _("台账行")
        constraints = [models.UniqueConstraint(fields=["chain", "no"], name="office_line_once")]
        indexes = [models.Index(fields=["by_id", "at"], name="office_line_by")]


class Change(models.Model):
    """变更: rows of one table as they stood and as they are to stand. What the administrator edits goes through one of these."""

    class State(models.TextChoices):
        DRAFT = "draft", _("待确认")
        WAITING = "waiting", _("待第二人")
        DONE = "done", _("已生效")
        REFUSED = "refused", _("没有同意")
        DROPPED = "dropped", _("已撤回")

    table = models.CharField(_("表"), max_length=20, help_text="改的是哪张表，例如 departments、grants")
    rows = models.JSONField(_("逐行"), help_text="每行的键、类别（add、change、remove）、原值和新值")
    options = models.JSONField(_("整批的话"), default=dict, help_text="整批共有的：生效时间、说明、依据")
    effects = models.JSONField(_("影响"), default=list, help_text="提出时算的：哪些没办结的诉求会变，只有编号和时间")
    source = models.CharField(_("来源"), max_length=120, blank=True, help_text="上传的文件名；空为表单")
    key = models.CharField(_("幂等键"), max_length=120, unique=True, help_text="同一份表单只提一次")
    state = models.CharField(_("状态"), max_length=8, choices=State, default=State.DRAFT, help_text="走到哪一步")
    by = models.ForeignKey(Officer, models.PROTECT, related_name="+", help_text="谁提的")
    at = models.DateTimeField(_("提出时间"), help_text="什么时候提的")
    second = models.ForeignKey(
        Officer, models.PROTECT, null=True, blank=True, related_name="+", help_text="第二人；不需要第二人的为空"
    )
    decided_at = models.DateTimeField(_("决定时间"), null=True, blank=True, help_text="什么时候生效、没同意或撤回")
    words = models.CharField(_("理由"), max_length=200, blank=True, help_text="第二人不同意的理由")

    class Meta:
        ordering = ["-id"]
        verbose_name = _("变更")
        indexes = [models.Index(fields=["state", "-id"])]
        constraints = [
            models.CheckConstraint(condition=Q(second=None) | ~Q(second=F("by")), name="second_person_is_someone_else"),
            models.CheckConstraint(
                condition=Q(state__in=("draft", "waiting")) | Q(decided_at__isnull=False), name="change_ends_at_a_time"
            ),
        ]


class Setting(models.Model):
    """A named value of this city that staff change at run time, for example the demo's progress or the last seal."""

    key = models.CharField(_("名"), max_length=60, primary_key=True, help_text="设置的名字")
    value = models.JSONField(_("值"), help_text="设置的值")
