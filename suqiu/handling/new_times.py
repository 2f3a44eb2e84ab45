"""新的时间: he cannot be there. What hour does he ask for, what does the unit say, and what became of the promise?"""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from suqiu.cases.advance import Stepping, step
from suqiu.cases.models import Promise
from suqiu.errors import Refused

from . import meetings, promises, rules
from .models import NewTime


@step("ask_new_time")
def ask_new_time(s: Stepping, *, promise, due_at, words="") -> None:
    """请改时间: by the caller. What was promised stands until both agree; asked again, the later hour counts."""
    promises.check_open(s, promise)
    rules.check_future(due_at, s.at, "due_at")
    if due_at == promise.due_at:
        raise Refused(_("这就是原来约的时间"), status=422, field="due_at")
    _end(s)
    NewTime.objects.create(case=s.case, cycle=s.case.cycle, promise=promise, due_at=due_at, is_his=True, at=s.at)
    s.hold("new_time_asked")


@step("decide_new_time")
def decide_new_time(s: Stepping, *, is_accepted, words, due_at=None) -> None:
    """应改时间: the unit takes his hour, or offers another one; it cannot simply say no."""
    asked = _waiting(s, is_his=True)
    if is_accepted == "yes":
        _agree(s, asked)
        return
    if due_at is None:
        raise Refused(_("这个时间不行的，请提另一个时间"), status=422, field="due_at")
    rules.check_future(due_at, s.at, "due_at")
    promise = asked.promise
    _end(s)
    NewTime.objects.create(case=s.case, cycle=s.case.cycle, promise=promise, due_at=due_at, is_his=False, at=s.at)
    s.hold("new_time_offered")


@step("take_new_time")
def take_new_time(s: Stepping) -> None:
    """同意新时间: by the caller. Who does not want it asks for another; the old hour stands meanwhile."""
    _agree(s, _waiting(s, is_his=False))


def _agree(s: Stepping, offer: NewTime) -> None:
    promises.check_open(s, offer.promise)
    if offer.due_at <= s.at:
        _refuse_past(offer.due_at)
    put_off(s, offer.promise, offer.due_at)
    s.says |= {"old": offer.promise_id, "due_at": offer.due_at}
    _end(s)


def put_off(s: Stepping, promise: Promise, due_at: datetime) -> None:
    """The old promise stays as it was, replaced by the new one; a meeting called for that hour moves with it."""
    meeting = meetings.promised_by(promise)
    if meeting is None:
        promises.put_off(s, promise, due_at)
        return
    meetings.move(s, meeting, due_at)
    promises.put_off(s, promise, due_at, meetings.spoken(meeting))
    s.says["meeting"] = meeting.pk


def _refuse_past(due_at: datetime) -> None:
    raise Refused(
        _("%(when)s 已经过了，请另提一个时间") % {"when": rules.spoken(due_at)},
        who_can=_("来电人再提一个，或单位另提一个"),
    )


def _waiting(s: Stepping, *, is_his: bool) -> NewTime:
    return NewTime.objects.select_related("promise").get(case=s.case, is_waiting=True, is_his=is_his)


def _end(s: Stepping) -> None:
    s.drop("new_time_asked", "new_time_offered")
    NewTime.objects.filter(case=s.case, is_waiting=True).update(is_waiting=False)


def forget(s: Stepping, promise: Promise) -> None:
    """What is kept or put off otherwise is no longer asked about."""
    if NewTime.objects.filter(case=s.case, promise=promise, is_waiting=True).exists():
        _end(s)
