"""Who may change the city's own tables, and who must agree? What may stand in them is in table_rules.py."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from suqiu.errors import Refused
from suqiu.speech import listed

from .models import Change, Officer, Role
from .tabular import ADD, CHANGE, REMOVE

Rows = list[dict[str, Any]]

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


def is_in_force(since: date, until: date | None, today: date) -> bool:
    return since <= today and (until is None or until >= today)
