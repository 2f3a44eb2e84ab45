"""How does a change of the city's own tables come into force? Shown, confirmed as shown, where needed by a second person; in the office journal."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from suqiu.errors import Refused
from suqiu.speech import listed

from . import chain, office, rules
from .models import Change, Department, Grant, Officer, Role, Setting
from .notices import ring
from .tabular import ADD, CHANGE, REMOVE, Table, after, stale

SETTING_UP = "setting_up"  # a city that new_city began, as long as there is nobody who could be the second person
ENDS_SETTING_UP = (Role.ADMINISTRATOR, Role.SHIFT_LEAD)
ROWS_AT_MOST = 20_000
State = Change.State
_COUNTED = ((ADD, "added"), (CHANGE, "changed"), (REMOVE, "removed"))


def propose(
    *,
    table: Table,
    rows: list[dict[str, Any]],
    by: Officer,
    at: datetime,
    key: str,
    options: dict[str, Any] | None = None,
    effects: list[dict[str, Any]] | None = None,
    source: str = "",
) -> Change:
    """Keeps a difference, to be looked at; nothing is changed yet. The same key gives the same change again."""
    if done := Change.objects.filter(key=key).first():
        return done
    _check_may(by)
    if not rows:
        raise Refused(_("和现在的一样，没有要改的"), status=422)
    if len(rows) > ROWS_AT_MOST:
        raise Refused(_("一次最多改 %(n)d 行，请分几份") % {"n": ROWS_AT_MOST}, status=413)
    kept = {"table": table.name, "rows": rows, "options": chain.plain(options or {}), "effects": effects or []}
    change, _is_new = Change.objects.get_or_create(
        key=key, defaults={**kept, "source": source[:120], "by": by, "at": at}
    )
    return change


def propose_ruled(
    *, table: Table, rows: list[dict[str, Any]], by: Officer, at: datetime, key: str, note: str
) -> Change:
    """What a ruling wants to be so from now on: who ruled asks, a second person brings it into force as a version of its own."""
    if not by.is_at_hotline_as(Role.RULER):
        raise Refused(_("只有裁定人能随裁定提请"), status=403)
    kept = {"table": table.name, "rows": rows, "options": {"note": note}, "effects": []}
    change, is_new = Change.objects.get_or_create(
        key=key, defaults={**kept, "source": note[:120], "by": by, "at": at, "state": State.WAITING}
    )
    if is_new:
        _note(change, "change_asked", by, at)
        _ring_seconds(change, table, at)
    return change


@transaction.atomic
def confirm(
    *, change: Change, table: Table, by: Officer, at: datetime, seen: str, check: Callable[[Change], None]
) -> Change:
    """Its author confirms what he was shown; or the second person agrees. Asked twice, the answer is the same.

    `seen`: the state in which the form stood. `check`: what the floors above have to say, e.g. that a department to be
    closed answers for no open case.
    """
    change = Change.objects.select_for_update().get(pk=change.pk)
    if change.state == State.DONE and by.pk in (change.by_id, change.second_id):
        return change
    if change.state == State.WAITING and by.pk == change.by_id and seen == State.DRAFT:
        return change
    _check_open(change)
    if change.state == State.WAITING:
        rules.check_second(change, by)
        return _apply(change, table, by, at, check, second=by)
    _check_may(by)
    if change.by_id != by.pk:
        raise Refused(_("这是别人还没确认的草稿"), status=403)
    if rules.needs_second(change.table, change.rows) and not _is_alone(by):
        return _wait(change, table, at, check)
    return _apply(change, table, by, at, check, second=None)


@transaction.atomic
def refuse(*, change: Change, by: Officer, at: datetime, words: str) -> Change:
    """The second person does not agree, and says why."""
    change = Change.objects.select_for_update().get(pk=change.pk)
    if change.state == State.REFUSED and change.second_id == by.pk:
        return change
    _check_open(change)
    if change.state != State.WAITING:
        raise Refused(_("它的作者还没有确认"), state=change.get_state_display())
    rules.check_second(change, by)
    if not words.strip():
        raise Refused(_("请写为什么不同意"), status=422, field="words")
    change.words, change.second = words.strip()[:200], by
    return _end(change, State.REFUSED, by, at)


@transaction.atomic
def drop(*, change: Change, by: Officer, at: datetime) -> Change:
    """Its author takes it back."""
    change = Change.objects.select_for_update().get(pk=change.pk)
    if change.state == State.DROPPED and change.by_id == by.pk:
        return change
    _check_open(change)
    if change.by_id != by.pk:
        raise Refused(_("只有提的人能撤回"), status=403)
    return _end(change, State.DROPPED, by, at)


def is_setting_up() -> bool:
    return Setting.objects.filter(key=SETTING_UP, value=True).exists()


def _is_alone(by: Officer) -> bool:
    """Only while the city is being set up, and only until a second person has been named: then never again."""
    return is_setting_up() and not _others(by).exists()


def _others(by: Officer):
    today = timezone.localdate()
    held = Grant.objects.filter(role__in=ENDS_SETTING_UP, department__kind=Department.Kind.HOTLINE, since__lte=today)
    return held.exclude(officer=by).filter(officer__is_active=True)


def _wait(change: Change, table: Table, at: datetime, check: Callable[[Change], None]) -> Change:
    _check_fresh(change, table)
    check(change)
    change.state = State.WAITING
    change.save()
    _note(change, "change_asked", change.by, at)
    _ring_seconds(change, table, at)
    return change


def _apply(
    change: Change, table: Table, by: Officer, at: datetime, check: Callable[[Change], None], second: Officer | None
) -> Change:
    stands = _check_fresh(change, table)
    check(change)
    wrong = table.check(after(stands, change.rows), change.rows)
    if wrong:
        key, reason = wrong[0]
        raise Refused(f"{listed(key)}：{reason}", state=change.get_state_display(), who_can=_("请撤回，改好再提"))
    said = table.write(rows=change.rows, after=after(stands, change.rows), options=change.options, by=change.by, at=at)
    change.second = second
    _end(change, State.DONE, by, at, **said)
    if is_setting_up() and change.table == "grants" and _others(change.by).exists():
        Setting.objects.filter(key=SETTING_UP).delete()
    return change


def _check_fresh(change: Change, table: Table) -> dict:
    """Exactly what was shown is applied, or nothing: two changes of one table wait for each other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"change:{change.table}"])
    stands = table.stands()
    if old := stale(stands, change.rows):
        told = {"n": len(old), "keys": listed(old[:5])}
        raise Refused(
            _("提出之后，有 %(n)d 行被别人改过：%(keys)s") % told,
            state=change.get_state_display(),
            who_can=_("请撤回，重新导出、改好再提"),
        )
    return stands


def _end(change: Change, state: str, by: Officer, at: datetime, **said: Any) -> Change:
    change.state, change.decided_at = state, at
    change.save()
    _note(change, f"change_{state}", by, at, **said)
    return change


def _note(change: Change, act: str, by: Officer, at: datetime, **said: Any) -> None:
    """The line holds what kind of change it is and a digest of its rows, not the rows: they name people."""
    kinds = Counter(row["kind"] for row in change.rows)
    counts = {word: kinds[kind] for kind, word in _COUNTED if kinds[kind]}
    digest = hashlib.sha256(chain.canonical({"rows": change.rows, "options": change.options})).hexdigest()
    told = {"change": change.pk, "table": change.table, "proposed_by": change.by_id, "digest": digest}
    office.write(act=act, by=by, at=at, **told, **counts, **said)


def _ring_seconds(change: Change, table: Table, at: datetime) -> None:
    roles = rules.SECONDS[change.table]
    held = Grant.objects.filter(role__in=roles, department__kind=Department.Kind.HOTLINE).select_related("officer")
    today, about = timezone.localdate(), rules.concerned(change)
    found = [
        g.officer
        for g in held
        if rules.is_in_force(g.since, g.until, today) and g.officer.is_active and g.officer_id != change.by_id
    ]
    with override("zh-hans"):
        text = _("%(who)s 提的变更要第二人同意：%(table)s，%(n)d 行。见「变更」")
        told = {"who": change.by, "table": table.label, "n": len(change.rows)}
        ring(officers=[o for o in found if o.username not in about], key=f"change:{change.pk}", text=text % told, at=at)


def _check_may(by: Officer) -> None:
    if not rules.may_administer(by):
        raise Refused(_("只有系统管理员能改这里的表"), status=403)


def _check_open(change: Change) -> None:
    if change.state not in (State.DRAFT, State.WAITING):
        raise Refused(_("这项变更已经有了结果"), state=change.get_state_display())
