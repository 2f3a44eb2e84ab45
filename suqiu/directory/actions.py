"""What does an administrator do to the city's own tables, and what becomes of a password? Each verb inside the caller's transaction."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.auth import password_validation
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import ProtectedError, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from suqiu.errors import Refused
from suqiu.speech import sentences

from . import office, rules, table_rules
from .models import Area, CatalogueVersion, Department, Grant, Matter, Officer, Role, Substitute
from .notices import ring
from .tabular import ADD, REMOVE, Key, Values, shown

Rows = Iterable[dict[str, Any]]
ONE_TIME_FOR = timedelta(hours=24)
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is taken for another when read aloud


def put_areas(rows: Rows, **_more: Any) -> dict[str, Any]:
    for row in sorted(rows, key=lambda r: (r["kind"] == REMOVE, len(r["key"][0]))):
        if row["kind"] == REMOVE:
            _remove(Area.objects.filter(pk=row["key"][0]), row)
            continue
        values = _without(row["new"], "code", parent_id=row["new"]["parent"] or None)
        Area.objects.update_or_create(code=row["key"][0], defaults=values)
    return {}


def put_departments(rows: Rows, **_more: Any) -> dict[str, Any]:
    for row in _parents_first(list(rows)):
        new = row["new"]
        values = _without(new, "code", parent_id=new["parent"] or None, area_id=new["area"])
        Department.objects.update_or_create(code=row["key"][0], defaults=values)
    return {}


def put_officers(rows: Rows, **_more: Any) -> dict[str, Any]:
    """A new officer has no password until one is issued to him."""
    made = []
    for row in rows:
        values = _without(row["new"], "username", department_id=row["new"]["department"])
        if row["kind"] == ADD:
            made.append(Officer(username=row["key"][0], password=make_password(None), **values))
        else:
            Officer.objects.filter(username=row["key"][0]).update(**values)
    Officer.objects.bulk_create(made)
    _keep_an_administrator()
    return {}


def put_grants(rows: Rows, *, at: datetime, **_more: Any) -> dict[str, Any]:
    people, today = _by_login(rows), timezone.localtime(at).date()
    for row in rows:
        login, role, department, area = row["key"]
        held = {"officer": people[login], "role": role, "department_id": department, "area_id": area or None}
        if row["kind"] == REMOVE:
            _end(Grant.objects.filter(**held), today)
        else:
            dates = {"since": row["new"]["since"], "until": row["new"]["until"]}
            Grant.objects.update_or_create(**held, defaults=dates)
    _keep_an_administrator()
    return {}


def put_substitutes(rows: Rows, **_more: Any) -> dict[str, Any]:
    people = _by_login(rows)
    for row in rows:
        officer, substitute, since = row["key"]
        named = {"officer": people[officer], "substitute": people[substitute], "since": since}
        if row["kind"] == REMOVE:
            Substitute.objects.filter(**named).delete()
        else:
            Substitute.objects.update_or_create(**named, defaults={"until": row["new"]["until"]})
    return {}


def new_catalogue(
    *, after: Mapping[Key, Values], options: Mapping[str, Any], at: datetime, **_more: Any
) -> dict[str, Any]:
    """派单目录的新版本: all items anew; cases keep the item of the version under which they got it."""
    newest = CatalogueVersion.objects.order_by("-number").first()
    valid_from = max(moment_of(options.get("valid_from"), at), newest.valid_from if newest else at)
    number = newest.number + 1 if newest else 1
    version = CatalogueVersion.objects.create(number=number, valid_from=valid_from, note=options.get("note", ""))
    made: dict[str, Matter] = {}
    for length in (2, 4, 6):
        found = [v for _key, v in sorted(after.items()) if len(v["code"]) == length]
        items = [Matter(version=version, level=length // 2, parent=made.get(v["code"][:-2]), **v) for v in found]
        made |= {m.code: m for m in Matter.objects.bulk_create(items)}
    return {"version": number, "valid_from": valid_from}


def moment_of(written: Any, at: datetime) -> datetime:
    """When a version begins: as asked, never before the moment it is written; what was asked at no hour begins at once."""
    return max(datetime.fromisoformat(written), at) if written else at


# ---- passwords


@transaction.atomic
def issue_password(
    *, officer: Officer, by: Officer | None, at: datetime, send: Callable[[Officer, str], None] | None = None
) -> str:
    """发一次性密码: the person must choose another one at once. Returns what is told to who asked, or nothing.

    `send`: puts it on the officer's own telephone. An administrator reads it only as long as the officer has never signed in:
    later he could read as that officer what his own role never shows. `by` nobody: on the machine itself.
    """
    if by:
        if not rules.may_administer(by):
            raise Refused(_("只有系统管理员能发密码"), status=403)
        rules.check_password_for(officer, by)
    password, is_for_his_eyes = one_time_password(), bool(by and officer.has_own_password)
    _give(officer, make_password(password), by, at, way="sms" if is_for_his_eyes else "shown")
    if by and is_for_his_eyes:
        if send is None:
            raise TypeError("the password of somebody who has his own is sent to him")
        send(officer, password)
        _tell(officer, by, at)
    return "" if is_for_his_eyes else password


def _tell(officer: Officer, by: Officer, at: datetime) -> None:
    with override("zh-hans"):
        text = _("%(who)s 给您重发了密码，已发到您的工作手机。不是您要的，请马上告诉班长") % {"who": by}
    ring(officers=[officer], key=f"password:{at.isoformat()}", text=text, at=at)


@transaction.atomic
def issue_first_passwords(*, by: Officer, at: datetime) -> list[tuple[Officer, str]]:
    """For everybody active who has never signed in and has none of his own. Again, if the sheet was lost: the earlier ones end."""
    if not rules.may_administer(by):
        raise Refused(_("只有系统管理员能发密码"), status=403)
    fresh = without_password()
    issued = [(officer, one_time_password()) for officer in fresh]
    hashed = [make_password(password) for _officer, password in issued]  # slow: before the office journal is held
    for (officer, _password), kept in zip(issued, hashed, strict=True):
        _give(officer, kept, by, at, way="sheet")
    return issued


def without_password() -> list[Officer]:
    """Active, never signed in, and without a password of their own."""
    waiting = Officer.objects.filter(is_active=True, last_login=None).select_related("department").order_by("username")
    return [o for o in waiting if not o.has_own_password]


def _give(officer: Officer, hashed: str, by: Officer | None, at: datetime, *, way: str) -> None:
    officer.password, officer.has_one_time_password, officer.one_time_until = hashed, True, at + ONE_TIME_FOR
    officer.save(update_fields=["password", "has_one_time_password", "one_time_until"])
    office.write(act="password", by=by, at=at, officer=officer.pk, way=way)


@transaction.atomic
def choose_password(*, officer: Officer, old: str, new: str, at: datetime) -> None:
    """换密码: by its owner, who knows the old one."""
    if rules.is_over(officer, at):
        raise Refused(_("一次性密码过了 24 小时，不能用了"), who_can=_("请管理员再发一个"), status=422, field="old")
    if not officer.check_password(old):
        raise Refused(_("现在的密码不对"), status=422, field="old")
    if old == new:
        raise Refused(_("新密码和现在的一样"), status=422, field="new")
    try:
        password_validation.validate_password(new, officer)
    except ValidationError as error:
        raise Refused(sentences(error.messages), status=422, field="new") from error
    officer.set_password(new)
    officer.has_one_time_password, officer.one_time_until = False, None
    officer.save(update_fields=["password", "has_one_time_password", "one_time_until"])
    office.write(act="own_password", by=officer, at=at)


def one_time_password() -> str:
    return "-".join("".join(secrets.choice(LETTERS) for _n in range(4)) for _group in range(3))


# ---- rows


def _without(values: Values, *names: str, **more: Any) -> dict[str, Any]:
    """The columns as the model's fields: the key's own and those given otherwise left out."""
    given = set(names) | {name.removesuffix("_id") for name in more}
    return {k: v for k, v in values.items() if k not in given} | more


def _parents_first(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    waiting, done, ordered = {row["key"][0]: row for row in rows}, set[str](), []
    while waiting:
        ready = [r for r in waiting.values() if r["new"]["parent"] not in waiting or r["new"]["parent"] in done]
        for row in ready:
            ordered.append(waiting.pop(row["key"][0]))
            done.add(row["key"][0])
    return ordered


def _by_login(rows: Rows) -> dict[str, Officer]:
    logins = {name for row in rows for name in (row["key"][0], row["key"][1])}
    return {o.username: o for o in Officer.objects.filter(username__in=logins)}


def _end(grants, today: date) -> None:
    """At once: the day before was its last; one that began today has never been."""
    for grant in grants:
        yesterday = today - timedelta(days=1)
        if grant.since > yesterday:
            grant.delete()
        elif grant.until is None or grant.until > yesterday:
            Grant.objects.filter(pk=grant.pk).update(until=yesterday)


def _remove(found, row: dict[str, Any]) -> None:
    try:
        found.delete()
    except ProtectedError as error:
        raise Refused(
            _("%(key)s 还在用，不能删：有单位、授权或诉求指着它") % {"key": shown(row["key"])},
            who_can=_("请撤回，先把指着它的改到别处"),
        ) from error


def _keep_an_administrator() -> None:
    today = timezone.localdate()
    held = Grant.objects.filter(
        role=Role.ADMINISTRATOR, department__kind=Department.Kind.HOTLINE, officer__is_active=True
    )
    held = held.filter(since__lte=today).filter(Q(until=None) | Q(until__gte=today))
    table_rules.check_last_administrator(held.count())
