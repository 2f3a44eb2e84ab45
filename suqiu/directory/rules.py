"""What may stand in the city's own tables, who may change them, and who must agree? Values in, reasons out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from suqiu.errors import Refused
from suqiu.speech import listed

from .models import Area, Change, Department, EvidenceClass, Officer, Role
from .tabular import ADD, CHANGE, REMOVE, Key, Values

Rows = list[dict[str, Any]]
Reasons = list[tuple[list[str], str]]

# Who can be the second person. A shift lead is at the hotline day and night and gains nothing by another's grant;
# how long the city takes to answer is for its leaders to say.
SECONDS = {
    "grants": (Role.ADMINISTRATOR, Role.SHIFT_LEAD),
    "officers": (Role.ADMINISTRATOR, Role.SHIFT_LEAD),
    "substitutes": (Role.ADMINISTRATOR, Role.SHIFT_LEAD),
    "terms": (Role.ADMINISTRATOR, Role.LEADER),
    "shares": (Role.ADMINISTRATOR, Role.LEADER),
    "catalogue": (Role.ADMINISTRATOR, Role.LEADER),  # only what a ruling asks for waits
}
NAMED = {"grants": 1, "officers": 1, "substitutes": 2}  # table -> how many first parts of its key are logins
CONFIRMERS = (Role.ADMINISTRATOR, Role.SHIFT_LEAD, Role.LEADER)
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


# ---- who may


def may_administer(officer: Officer) -> bool:
    """系统管理员 of the hotline; a grant elsewhere gives nothing here."""
    return _holds(officer, (Role.ADMINISTRATOR,))


def may_second(officer: Officer, table: str) -> bool:
    return table in SECONDS and _holds(officer, SECONDS[table])


def _holds(officer: Officer, roles: Iterable[str]) -> bool:
    return officer.is_at_hotline_as(*roles)


def needs_second(table: str, rows: Rows) -> bool:
    """What gives somebody more power, how long the city takes, and how much of it is looked at again. Taking power away never waits."""
    if table in ("terms", "shares"):
        return True
    widens = {"grants": _widens_grant, "officers": _widens_officer, "substitutes": _widens_substitute}.get(table)
    return widens is not None and any(widens(row) for row in rows)


def _widens_grant(row: dict[str, Any]) -> bool:
    if row["kind"] == REMOVE:
        return False
    if row["kind"] == ADD:
        return True
    old, new = row["old"], row["new"]
    is_longer = old["until"] is not None and (new["until"] is None or new["until"] > old["until"])
    return is_longer or new["since"] < old["since"]


def _widens_officer(row: dict[str, Any]) -> bool:
    """Somebody is let in again, no longer counts as a third party, goes to another department, or gets another telephone:
    to that one his one-time passwords are sent."""
    if row["kind"] != CHANGE:
        return False
    old, new = row["old"], row["new"]
    is_let_in = new["is_active"] and not old["is_active"]
    is_moved = any(old[name] != new[name] for name in ("department", "phone"))
    return is_let_in or is_moved or (old["is_third_party"] and not new["is_third_party"])


def _widens_substitute(row: dict[str, Any]) -> bool:
    """Who stands in opens the other's cases, the confidential ones too."""
    if row["kind"] != CHANGE:
        return row["kind"] == ADD
    old, new = row["old"]["until"], row["new"]["until"]
    return old is not None and (new is None or new > old)


def concerned(change: Change) -> set[str]:
    """Logins of those whom the change is about: they do not decide on it."""
    named = NAMED.get(change.table, 0)
    return {login for row in change.rows for login in row["key"][:named]}


def check_second(change: Change, by: Officer) -> None:
    if change.by_id == by.pk:
        raise Refused(_("这是您自己提的，要换一个人看"), who_can=_who_seconds(change.table), status=403)
    if not may_second(by, change.table):
        raise Refused(_("这一项不由您同意"), who_can=_who_seconds(change.table), status=403)
    if by.username in concerned(change):
        raise Refused(_("这项变更关系到您本人，要换一个人看"), who_can=_who_seconds(change.table), status=403)


def _who_seconds(table: str) -> str:
    roles = listed(Role(r).label for r in SECONDS.get(table, ()))
    return _("请热线中心的另一位来同意：%(roles)s") % {"roles": roles}


def check_password_for(officer: Officer, by: Officer) -> None:
    """Who can be a second person gets a new password on the machine itself, or a first administrator could be two persons."""
    if not officer.is_active:
        raise Refused(_("%(who)s 不在岗，不发密码") % {"who": officer}, status=409)
    if officer.pk != by.pk and officer.last_login and _holds(officer, CONFIRMERS):
        raise Refused(
            _("%(who)s 能做第二人，他的密码不能由管理员一个人换") % {"who": officer},
            who_can=_("请机房值班在服务器上用 manage.py changepassword 换"),
            status=403,
        )
    if officer.has_own_password and not officer.phone:
        raise Refused(
            _("%(who)s 登录过，新的一次性密码只发到他本人的工作手机，名册里没有") % {"who": officer},
            who_can=_("请先登记工作手机（要第二人同意），或请机房值班在服务器上用 manage.py changepassword 换"),
            status=409,
        )


def is_over(officer: Officer, at: datetime) -> bool:
    """His one-time password has expired: it opens nothing any more."""
    return officer.has_one_time_password and officer.one_time_until is not None and officer.one_time_until <= at


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


def is_in_force(since: date, until: date | None, today: date) -> bool:
    return since <= today and (until is None or until >= today)
