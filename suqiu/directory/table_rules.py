"""What may stand in the city's own tables? Values in, reasons out; who may change them is in rules.py."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from suqiu.errors import Refused
from suqiu.speech import listed

from .models import Area, Department, EvidenceClass, Role
from .tabular import REMOVE, Key, Values

Rows = list[dict[str, Any]]
Reasons = list[tuple[list[str], str]]

LENGTHS = {Area.Kind.CITY: 6, Area.Kind.COUNTY: 6, Area.Kind.TOWN: 9, Area.Kind.VILLAGE: 12}
ABOVE = {Area.Kind.COUNTY: Area.Kind.CITY, Area.Kind.TOWN: Area.Kind.COUNTY, Area.Kind.VILLAGE: Area.Kind.TOWN}
SEAT = {  # at which level of area a department of this kind has its seat
    Department.Kind.HOTLINE: Area.Kind.CITY,
    Department.Kind.CITY_BUREAU: Area.Kind.CITY,
    Department.Kind.UTILITY: Area.Kind.CITY,
    Department.Kind.COUNTY_CENTRE: Area.Kind.COUNTY,
    Department.Kind.COUNTY_BUREAU: Area.Kind.COUNTY,
    Department.Kind.TOWN: Area.Kind.TOWN,
}
ROLES_AT = {  # which roles are had at which kind of place
    Department.Kind.HOTLINE: {
        Role.OPERATOR, Role.SHIFT_LEAD, Role.INTAKE_REVIEWER, Role.DISPATCHER, Role.FOLLOW_UP, Role.SUPERVISOR, Role.RULER,
        Role.LEADER, Role.ADMINISTRATOR,
    },
    Department.Kind.COUNTY_CENTRE: {Role.DISPATCHER},
    Department.Kind.DISCIPLINE: {Role.HANDLER, Role.REVIEWER, Role.UNIT_LEADER, Role.DISCIPLINE},
}  # fmt: skip
UNIT_ROLES = {Role.HANDLER, Role.REVIEWER, Role.UNIT_LEADER}
NOT_OF_A_THIRD_PARTY = {r for r in Role if r != Role.OPERATOR}
NUMBERS_SHOWN = 5


# ---- areas


def check_areas(after: Mapping[Key, Values], rows: Rows) -> Reasons:
    found: Reasons = []
    cities = [key for key, v in after.items() if v["kind"] == Area.Kind.CITY]
    if len(cities) != 1:
        found.append((["city"], _("要有且只有一个市，现在是 %(n)d 个") % {"n": len(cities)}))
    above = {v["parent"] for v in after.values()}
    for row in rows:
        code = row["key"][0]
        if row["kind"] == REMOVE and code in above:
            found.append((row["key"], _("它下面还有区划，先删下面的")))
        elif row["kind"] != REMOVE and (reason := _wrong_area(code, row, after)):
            found.append((row["key"], reason))
    return found


def _wrong_area(code: str, row: dict[str, Any], after: Mapping[Key, Values]) -> str:
    new, kind = row["new"], Area.Kind(row["new"]["kind"])
    if row["old"] and row["old"]["kind"] != new["kind"]:
        return _("层级不能改：别处按它认市、县和乡镇。请另建一条")
    if len(code) != LENGTHS[kind]:
        return _("%(kind)s的区划代码是 %(n)d 位") % {"kind": kind.label, "n": LENGTHS[kind]}
    if kind == Area.Kind.CITY:
        return _("市的上一级要空着") if new["parent"] else ""
    above = after.get((new["parent"],))
    if above is None:
        return _("没有上一级 %(code)s") % {"code": new["parent"] or "—"}
    if above["kind"] != ABOVE[kind]:
        return _("%(kind)s的上一级要是%(above)s") % {"kind": kind.label, "above": Area.Kind(ABOVE[kind]).label}
    if kind != Area.Kind.COUNTY and not code.startswith(new["parent"]):
        return _("代码要以上一级的 %(code)s 开头") % {"code": new["parent"]}
    return ""


# ---- departments


def check_departments(after: Mapping[Key, Values], rows: Rows, areas: Mapping[str, str]) -> Reasons:
    """`areas`: code -> kind."""
    found: Reasons = []
    hotlines = [key for key, v in after.items() if v["kind"] == Department.Kind.HOTLINE]
    if len(hotlines) != 1:
        found.append((["hotline"], _("要有且只有一个热线中心，现在是 %(n)d 个") % {"n": len(hotlines)}))
    centres = [v["area"] for v in after.values() if v["kind"] == Department.Kind.COUNTY_CENTRE and v["is_active"]]
    for row in rows:
        if reason := _wrong_department(row, after, areas, centres):
            found.append((row["key"], reason))
    return found


def _wrong_department(
    row: dict[str, Any], after: Mapping[Key, Values], areas: Mapping[str, str], centres: list[str]
) -> str:
    new, kind = row["new"], Department.Kind(row["new"]["kind"])
    if row["old"] and row["old"]["kind"] != new["kind"]:
        return _("类别不能改：没办结的诉求按它定层级。请另建一个单位，把这个停用")
    if new["area"] not in areas:
        return _("没有区划 %(code)s") % {"code": new["area"]}
    if (seat := SEAT.get(kind)) and areas[new["area"]] != seat:
        return _("%(kind)s的区划要是%(seat)s一级") % {"kind": kind.label, "seat": Area.Kind(seat).label}
    if kind == Department.Kind.HOTLINE:
        if not new["is_active"]:
            return _("热线中心不能停用")
        return _("热线中心的上一级要空着") if new["parent"] else ""
    if (new["parent"],) not in after:
        return _("没有上一级单位 %(code)s") % {"code": new["parent"] or "—"}
    if _is_under_itself(row["key"][0], after):
        return _("上一级绕回到了自己")
    if kind == Department.Kind.COUNTY_CENTRE and centres.count(new["area"]) > 1:
        return _("%(code)s 已经有一个县（区）中心") % {"code": new["area"]}
    return ""


def _is_under_itself(code: str, after: Mapping[Key, Values]) -> bool:
    seen, at = set(), code
    while at:
        if at in seen:
            return True
        seen.add(at)
        at = after[(at,)]["parent"] if (at,) in after else ""
    return False


def check_closing(name: str, numbers: list[str], total: int) -> None:
    """A department that answers for open cases is not closed under them."""
    if total:
        told = {"name": name, "n": total, "numbers": listed(numbers[:NUMBERS_SHOWN])}
        raise Refused(
            _("%(name)s 手里还有 %(n)d 件没办结的诉求，不能停用：%(numbers)s") % told,
            who_can=_("请派单员先改派（单位退单、派单员准退、再派），或等它们办结"),
        )


# ---- officers, grants, substitutes


def check_officers(rows: Rows, departments: set[str]) -> Reasons:
    return [
        (row["key"], _("没有单位 %(code)s") % {"code": row["new"]["department"]})
        for row in rows
        if row["new"]["department"] not in departments
    ]


def check_grants(
    rows: Rows, officers: Mapping[str, tuple[bool, bool]], departments: Mapping[str, tuple[str, bool]], areas: set[str]
) -> Reasons:
    """`officers`: login -> (is active, is third party); `departments`: code -> (kind, is active)."""
    found = [(row["key"], _wrong_grant(row["new"], officers, departments, areas)) for row in rows if row["new"]]
    return [(key, reason) for key, reason in found if reason]


def _wrong_grant(new: Values, officers: Mapping, departments: Mapping, areas: set[str]) -> str:
    if new["officer"] not in officers:
        return _("没有账号 %(who)s") % {"who": new["officer"]}
    if new["department"] not in departments:
        return _("没有单位 %(code)s") % {"code": new["department"]}
    if new["area"] and new["area"] not in areas:
        return _("没有区划 %(code)s") % {"code": new["area"]}
    if new["until"] and new["until"] < new["since"]:
        return _("止期早于起期")
    (is_active, is_third_party), (kind, is_open) = officers[new["officer"]], departments[new["department"]]
    if not is_active or not is_open:
        return _("人不在岗或单位已停用")
    if new["role"] not in ROLES_AT.get(Department.Kind(kind), UNIT_ROLES):
        return _("%(kind)s没有%(role)s这个角色") % {
            "kind": Department.Kind(kind).label,
            "role": Role(new["role"]).label,
        }
    if is_third_party and new["role"] in NOT_OF_A_THIRD_PARTY:
        return _("第三方人员只能做话务员：可以记录，不能办理、审核、裁定")
    return ""


def check_substitutes(rows: Rows, departments_of: Mapping[str, set[str]]) -> Reasons:
    """`departments_of`: login of an active officer -> the departments in which he has a grant now."""
    found: Reasons = []
    for row in (r for r in rows if r["new"]):
        new = row["new"]
        missing = [who for who in (new["officer"], new["substitute"]) if who not in departments_of]
        if missing:
            found.append((row["key"], _("没有在岗的账号 %(who)s") % {"who": listed(missing)}))
        elif new["officer"] == new["substitute"]:
            found.append((row["key"], _("B 岗要是另一个人")))
        elif not departments_of[new["officer"]] & departments_of[new["substitute"]]:
            found.append((row["key"], _("两个人要在同一个单位有授权")))
        elif new["until"] and new["until"] < new["since"]:
            found.append((row["key"], _("止期早于起期")))
    return found


def check_last_administrator(left: int) -> None:
    if left == 0:
        raise Refused(_("这样一来，一个系统管理员也没有了"), who_can=_("先给另一个人管理员的授权"))


# ---- the catalogue


def check_catalogue(after: Mapping[Key, Values], rows: Rows, duties: set[str]) -> Reasons:
    """The items of the rows within the whole; and items whose parent would go."""
    found: Reasons = []
    gone = {row["key"][0] for row in rows if row["kind"] == REMOVE}
    orphans = [key[0] for key in after if len(key[0]) > 2 and key[0][:-2] in gone]
    found += [([code], _("上一级要删去，它下面还有这一条")) for code in orphans]
    for row in (r for r in rows if r["new"]):
        if reason := _wrong_matter(row["key"][0], row["new"], after, duties):
            found.append((row["key"], reason))
    if not any(len(key[0]) == 6 for key in after):
        found.append((["catalogue"], _("整本目录一个事项也没有了")))
    return found


def _wrong_matter(code: str, new: Values, after: Mapping[Key, Values], duties: set[str]) -> str:
    if len(code) > 2 and (code[:-2],) not in after:
        return _("没有上一级 %(code)s") % {"code": code[:-2]}
    if len(code) < 6:
        return ""
    if not new["owner_duty"] or not new["power"] or not new["evidence_class"]:
        return _("事项要写明谁管、权限和证据类")
    if new["owner_duty"] not in duties:
        return _("没有哪个在用的单位有职责词 %(duty)s") % {"duty": new["owner_duty"]}
    if new["evidence_class"] not in EvidenceClass.values:
        return _("没有这个证据类：%(said)s") % {"said": new["evidence_class"]}
    return ""
