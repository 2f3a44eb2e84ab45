"""How is a promise (承诺) made, kept, and put off?"""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from suqiu.cases import clocks
from suqiu.cases.advance import Stepping
from suqiu.cases.models import ClockKind, Promise
from suqiu.directory.models import Department
from suqiu.errors import Refused


def make(s: Stepping, what: str, due_at: datetime, *, department: Department | None = None) -> Promise:
    """`department`: whose it stays when somebody else (the caller) takes the step."""
    by = department or s.holding.department
    held = next((h for h in s.holdings if h.department_id == by.pk and h.until is None), s.holding)
    officer = s.officer if s.by.kind == "officer" else held.officer
    row = Promise.objects.create(
        case=s.case, department=by, officer=officer, what=what[:300], due_at=due_at, made_at=s.at
    )
    clocks.start_until(s, ClockKind.PROMISE, due_at, holding=held, promise=row)
    s.says["promise"] = row.pk
    return row


def keep(s: Stepping, promise: Promise) -> None:
    promise.kept_at = s.at
    promise.save(update_fields=["kept_at"])
    _stop(s, promise)


def put_off(s: Stepping, promise: Promise, due_at: datetime, what: str = "") -> None:
    """It stays as it was, replaced by a new one of whoever gave it."""
    promise.replaced_by = make(s, what or promise.what, due_at, department=promise.department)
    promise.save(update_fields=["replaced_by"])
    _stop(s, promise)


def check_open(s: Stepping, promise: Promise) -> None:
    if promise.case_id != s.case.pk:
        raise Refused(_("这个承诺不是这件诉求的"), status=422, field="promise")
    if promise.kept_at or promise.replaced_by_id:
        raise Refused(_("这个承诺已经了结"))


def _stop(s: Stepping, promise: Promise) -> None:
    s.case.clocks.filter(promise=promise, stopped_at=None).update(stopped_at=s.at, stopped_by=s.row.name)
