"""Which tables of people and duties does an administrator keep, and what stands in them?"""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from . import actions, table_rules
from .models import Area, CatalogueVersion, Department, EvidenceClass, Grant, Matter, Officer, Role, Substitute
from .tabular import Column, Key, Table, Values

POWERS = (("city", _("市")), ("county", _("县（区）")), ("town", _("乡镇（街道）")))
NAME_EN = Column("name_en", _("英文名"), is_required=False, limit=160)
SINCE = Column("since", _("起"), "day", start=lambda: timezone.localdate().isoformat(), help=_("空为从今天起"))
UNTIL = Column("until", _("止"), "day", is_required=False, help=_("含当天；空为长期"))


def areas() -> dict[Key, Values]:
    rows = Area.objects.values("code", "name", "name_en", "kind", "parent_id", "is_through_centre")
    return {(r["code"],): _renamed(r, parent_id="parent") for r in rows}


def departments() -> dict[Key, Values]:
    rows = Department.objects.values("code", "name", "name_en", "kind", "duty", "area_id", "parent_id", "is_active")
    return {(r["code"],): _renamed(r, area_id="area", parent_id="parent") for r in rows}


def officers() -> dict[Key, Values]:
    rows = Officer.objects.values(
        "username", "full_name", "post", "department_id", "phone", "email", "is_third_party", "is_active"
    )
    return {(r["username"],): _renamed(r, department_id="department") for r in rows}


def grants() -> dict[Key, Values]:
    found = {}
    for r in Grant.objects.values("officer__username", "role", "department_id", "area_id", "since", "until"):
        values = _renamed(r, officer__username="officer", department_id="department", area_id="area")
        found[values["officer"], values["role"], values["department"], values["area"]] = _dated(values)
    return found


def substitutes() -> dict[Key, Values]:
    found = {}
    for r in Substitute.objects.values("officer__username", "substitute__username", "since", "until"):
        values = _dated(_renamed(r, officer__username="officer", substitute__username="substitute"))
        found[values["officer"], values["substitute"], values["since"]] = values
    return found


def catalogue() -> dict[Key, Values]:
    """Of the newest version, in force or announced: a change stands on top of it."""
    newest = CatalogueVersion.objects.order_by("-number").first()
    columns = ("code", "name", "name_en", "owner_duty", "power", "evidence_class", "types")
    return {(r["code"],): r for r in Matter.objects.filter(version=newest).values(*columns)}


def _renamed(row: dict[str, Any], **names: str) -> Values:
    return {names.get(k, k): "" if v is None and k in names else v for k, v in row.items()}


def _dated(values: Values) -> Values:
    return values | {"since": values["since"].isoformat(), "until": values["until"] and values["until"].isoformat()}


def _departments_of() -> dict[str, set[str]]:
    today, found = timezone.localdate(), dict[str, set[str]]()
    held = Grant.objects.filter(officer__is_active=True).filter(Q(until=None) | Q(until__gte=today))
    for login, code in held.values_list("officer__username", "department_id"):
        found.setdefault(login, set()).add(code)
    return found


def _check_departments(after: dict[Key, Values], rows: list) -> table_rules.Reasons:
    return table_rules.check_departments(after, rows, dict(Area.objects.values_list("code", "kind")))


def _check_officers(after: dict[Key, Values], rows: list) -> table_rules.Reasons:
    return table_rules.check_officers(rows, set(Department.objects.values_list("code", flat=True)))


def _check_grants(after: dict[Key, Values], rows: list) -> table_rules.Reasons:
    people = {u: (a, t) for u, a, t in Officer.objects.values_list("username", "is_active", "is_third_party")}
    units = {c: (k, a) for c, k, a in Department.objects.values_list("code", "kind", "is_active")}
    return table_rules.check_grants(rows, people, units, set(Area.objects.values_list("code", flat=True)))


def _check_catalogue(after: dict[Key, Values], rows: list) -> table_rules.Reasons:
    duties = set(Department.objects.filter(is_active=True).values_list("duty", flat=True))
    return table_rules.check_catalogue(after, rows, duties)


def _choices(choices) -> Any:
    return lambda: choices


AREAS = Table(
    "areas", _("各级区划"), _("市、县（区）、乡镇、村，一棵树"), "map-pin",
    (
        Column("code", _("代码"), "code", pattern=r"\d{6}|\d{9}|\d{12}", help=_("6、9 或 12 位数字")),
        Column("name", _("名称")),
        NAME_EN,
        Column("kind", _("层级"), "choice", _choices(Area.Kind.choices)),
        Column("parent", _("上一级"), "ref", is_required=False, limit=12, help=_("上一级的代码；市空着")),
        Column("is_through_centre", _("经县中心"), "flag", start=True, help=_("市里派给本县的，先到县中心再转派")),
    ),
    ("code",), areas, lambda after, rows: table_rules.check_areas(after, rows), actions.put_areas, removes=_("删去"),
)  # fmt: skip

DEPARTMENTS = Table(
    "departments", _("各单位"), _("能承办诉求的，和热线自己；撤并的停用，不删"), "building-2",
    (
        Column("code", _("代码"), "code", limit=40, pattern=r"[A-Za-z0-9_-]+", help=_("字母、数字、- 和 _，定了不改")),
        Column("name", _("名称")),
        NAME_EN,
        Column("kind", _("类别"), "choice", _choices(Department.Kind.choices)),
        Column("duty", _("职责词"), "code", limit=32, pattern=r"[a-z0-9_]+", help=_("小写字母，目录里“谁管”用它")),
        Column("area", _("区划"), "ref", limit=12, help=_("管辖的区划代码")),
        Column("parent", _("上一级"), "ref", is_required=False, limit=40, help=_("上一级单位的代码")),
        Column("is_active", _("在用"), "flag", start=True, help=_("停用的不再接新诉求；手里还有没办结的，停不了")),
    ),
    ("code",), departments, _check_departments, actions.put_departments,
)  # fmt: skip

OFFICERS = Table(
    "officers", _("工作人员名册"), _("一个人一个账号；能做什么由授权定"), "user",
    (
        Column("username", _("账号"), "code", limit=60, pattern=r"[A-Za-z0-9._@-]{2,}", help=_("字母、数字、. _ @ -，两个字以上")),
        Column("full_name", _("姓名"), limit=60),
        Column("post", _("职务"), is_required=False, limit=60, help=_("给公众看的称呼")),
        Column("department", _("单位"), "ref", limit=40, help=_("人事关系所在单位的代码")),
        Column("phone", _("工作手机"), "code", is_required=False, limit=20, pattern=r"\+?[0-9 -]{5,20}", help=_("只发工作短信")),
        Column("email", _("邮箱"), is_required=False, limit=254, pattern=r"[^@\s]+@[^@\s]+", help=_("只发每日摘要")),
        Column("is_third_party", _("第三方人员"), "flag", help=_("外包坐席：可以记录，不能办理、办结、裁定")),
        Column("is_active", _("在岗"), "flag", start=True, help=_("离岗的不能登录，名字仍留在记录里")),
    ),
    ("username",), officers, _check_officers, actions.put_officers,
)  # fmt: skip

GRANTS = Table(
    "grants", _("角色授权"), _("谁在哪个单位有什么角色，从哪天到哪天；给出和放宽要第二人"), "key-round",
    (
        Column("officer", _("账号"), "ref", limit=60),
        Column("role", _("角色"), "choice", _choices(Role.choices)),
        Column("department", _("单位"), "ref", limit=40),
        Column("area", _("区划"), "ref", is_required=False, limit=12, help=_("限于哪个区划；空为单位的全部")),
        SINCE,
        UNTIL,
    ),
    ("officer", "role", "department", "area"), grants, _check_grants, actions.put_grants, removes=_("收回"),
)  # fmt: skip

SUBSTITUTES = Table(
    "substitutes", _("替岗安排"), _("AB 岗：起止之间，A 岗手里的诉求 B 岗也看得到、办得了"), "users",
    (
        Column("officer", _("A 岗"), "ref", limit=60),
        Column("substitute", _("B 岗"), "ref", limit=60),
        SINCE,
        UNTIL,
    ),
    ("officer", "substitute", "since"), substitutes,
    lambda after, rows: table_rules.check_substitutes(rows, _departments_of()), actions.put_substitutes, removes=_("取消"),
)  # fmt: skip

CATALOGUE = Table(
    "catalogue", _("派单目录"), _("事项归谁管、谁有权、答复凭什么；改一次出一个新版本"), "list",
    (
        Column("code", _("编码"), "code", pattern=r"\d{2}|\d{4}|\d{6}", help=_("2、4 或 6 位数字；6 位是能选的事项")),
        Column("name", _("名称")),
        NAME_EN,
        Column("owner_duty", _("谁管"), "code", is_required=False, limit=32, help=_("单位的职责词")),
        Column("power", _("权限"), "choice", _choices(POWERS), is_required=False, help=_("依法能办的最低一级")),
        Column("evidence_class", _("证据类"), "choice", _choices(EvidenceClass.choices), is_required=False),
        Column("types", _("适用类型"), "code", is_required=False, limit=80, pattern=r"[a-z]+(\|[a-z]+)*", help=_("以 | 分隔，例如 help|complaint")),
    ),
    ("code",), catalogue, _check_catalogue, actions.new_catalogue, removes=_("删去"),
    options=(
        Column("valid_from", _("生效时间"), "moment", is_required=False, help=_("空为一确认就生效")),
        Column("note", _("说明"), "words", limit=500, help=_("改了什么、为什么、谁定的")),
    ),
    is_version=True,
)  # fmt: skip

TABLES = (AREAS, DEPARTMENTS, OFFICERS, GRANTS, SUBSTITUTES, CATALOGUE)
