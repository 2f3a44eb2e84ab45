"""回访电话: how is a call made? Served one at a time, dialled without showing the number, each answer saved as it is given."""

from __future__ import annotations

import logging
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from suqiu.cases import rules as flow_rules
from suqiu.cases.models import Case, Line, Look, State
from suqiu.cases.telling import in_callers_language
from suqiu.cases.visibility import relations
from suqiu.directory import office
from suqiu.directory.models import Officer
from suqiu.errors import Refused
from suqiu.gateways import outbox, telephony, wordings

from . import queries, rules
from .actions import attempt, check_free, check_never_held
from .links import make_link
from .models import FollowUpCall

log = logging.getLogger("suqiu.followup")
WORDS_LIMIT = 2000
TAPS_AT_MOST = 200
DIAL_AGAIN_AFTER = timedelta(seconds=10)  # sooner, it is the same press come twice


# ---- who has which case


@transaction.atomic
def serve_next(*, by: Officer, at: datetime) -> FollowUpCall | None:
    """The next case to ring, now in this caller's hands; the one he has open already first. None: nobody can be rung now."""
    if mine := begun(by=by):
        return _touch(mine, at)
    let_go(by=by, at=at)
    for one in queries.line_up(by, at)[0]:
        if call := _hold_if_free(one.pk, by, at):
            return call
    return None


def begun(*, by: Officer) -> FollowUpCall | None:
    """The call in which something was said and nothing written down yet."""
    mine = FollowUpCall.objects.select_related("case").filter(officer=by, ended_at=None, case__state=State.FOLLOW_UP)
    return mine.filter(cycle=F("case__cycle")).exclude(taps=[], words="").order_by("id").first()


@transaction.atomic
def take(*, case: Case, by: Officer, at: datetime) -> FollowUpCall:
    """This very case, chosen by hand. Refused while another caller has it in his hands."""
    locked = Case.objects.select_for_update().get(pk=case.pk)
    _check_may_call(locked, by)
    check_free(locked, by, at)
    call = locked.calls.filter(ended_at=None).first()
    if call and call.officer_id == by.pk and call.cycle == locked.cycle:
        return _touch(call, at)
    if call:
        _end(call, at)
    let_go(by=by, at=at)
    return _hold(locked, by, at)


def _check_may_call(case: Case, by: Officer) -> None:
    held = relations(by, case, list(case.holdings.select_related("department")))
    if no := flow_rules.refusal(attempt.row, case, "officer", held):
        raise no.error(case)
    check_never_held(case, by)


@transaction.atomic
def put_back(*, call: FollowUpCall, at: datetime) -> None:
    """放回队列: nothing was asked. What was answered is written down, not put back, unless the case has moved on by itself."""
    call = _mine(call)
    if rules.said_of(rules.answers_of(call.taps)) and _is_asking(call):
        raise Refused(_("他已经答了，请按「记下」。只答了一半也记下，会再打"), status=422)
    _end(call, at)


@transaction.atomic
def let_go(*, by: Officer, at: datetime) -> None:
    """Calls in which nothing was said do not keep a case: this caller's own, and everybody's that was left.

    In one order, and past whatever somebody has under his fingers this moment: two who ask for the next never wait for each other.
    """
    is_left = Q(officer=by) | Q(touched_at__lte=at - rules.HELD_FOR)
    empty = FollowUpCall.objects.filter(is_left, ended_at=None, taps=[], words="")
    free = empty.order_by("id").select_for_update(skip_locked=True).values_list("pk", flat=True)
    FollowUpCall.objects.filter(pk__in=list(free)).update(ended_at=at)


def _hold_if_free(pk: int, by: Officer, at: datetime) -> FollowUpCall | None:
    case = Case.objects.select_for_update(skip_locked=True).filter(pk=pk, state=State.FOLLOW_UP).first()
    if case is None or case.calls.filter(ended_at=None).exists():
        return None
    return _hold(case, by, at)


def _hold(case: Case, by: Officer, at: datetime) -> FollowUpCall:
    return FollowUpCall.objects.create(case=case, cycle=case.cycle, officer=by, opened_at=at, touched_at=at)


def _touch(call: FollowUpCall, at: datetime) -> FollowUpCall:
    call.touched_at = at
    call.save(update_fields=["touched_at"])
    return call


def _end(call: FollowUpCall, at: datetime) -> None:
    call.ended_at, call.words = at, ""
    call.save(update_fields=["ended_at", "words"])


def _is_asking(call: FollowUpCall) -> bool:
    return call.case.state == State.FOLLOW_UP and call.case.cycle == call.cycle


def _mine(call: FollowUpCall) -> FollowUpCall:
    """The call, locked; refused when it is over. The case before the call, as every step does, so that two never wait for each other."""
    Case.objects.select_for_update().get(pk=call.case_id)
    call = FollowUpCall.objects.select_for_update(of=("self",)).select_related("case").get(pk=call.pk)
    if call.ended_at:
        raise _over()
    return call


def _over() -> Refused:
    return Refused(_("这个电话已经记下或放回了"), who_can=_("打下一件"))


# ---- dial


def dial(*, call: FollowUpCall, at: datetime, key: str) -> FollowUpCall:
    """Rings the officer's seat, then the caller. The look is written before anything rings; pressed twice, it rings once."""
    with transaction.atomic():
        call = _mine(call)
        is_same = key and call.dial_key == key
        if is_same or (call.dialled_at and not call.problem and call.dialled_at > at - DIAL_AGAIN_AFTER):
            return call
        person = call.case.person
        if not person.phone_sealed:
            raise Refused(_("他没有留电话"), who_can=_("他可以凭编号和查询码在网上答"))
        Look.objects.create(case=call.case, officer=call.officer, at=at, what=Look.What.CONTACT, reason="follow_up")
        call.reference = secrets.token_hex(8)
        office.write(act="dial", by=call.officer, at=at, case=call.case.number, reason="follow_up", call=call.reference)
        call.dial_key, call.dialled_at, call.touched_at, call.problem = key[:36], at, at, ""
        call.save()
        number = person.phone
    try:
        telephony.dial(to=number, seat=call.officer.username, reference=call.reference)
    except telephony.NotDialled as error:
        call.problem, call.dial_key = str(error)[:200], ""
        call.save(update_fields=["problem", "dial_key"])
    return call


# ---- ask


@transaction.atomic
def tap(*, call: FollowUpCall, name: str, value: str, at: datetime, key: str = "") -> FollowUpCall:
    """One answer, saved at once. Nothing is overwritten: the last tap on a question counts, the first is kept."""
    call = _mine(call)
    if key and any(t["key"] == key for t in call.taps):
        return call  # sent again after a lost connection
    if len(call.taps) >= TAPS_AT_MOST:
        raise Refused(_("这个电话点得太多了，请记下"), status=422)
    _check_tap(call, name, value, at)
    call.taps = [*call.taps, {"name": name, "value": value, "at": at.isoformat(), "key": key[:36]}]
    call.touched_at = at
    call.save(update_fields=["taps", "touched_at"])
    return call


@transaction.atomic
def note(*, call: FollowUpCall, words: str, at: datetime) -> FollowUpCall:
    """His own words, as far as they are typed."""
    call = _mine(call)
    if len(words) > WORDS_LIMIT:
        raise Refused(_("原话最多写 %(n)d 个字") % {"n": WORDS_LIMIT}, status=413, field="words")
    call.words, call.touched_at = words, at
    call.save(update_fields=["words", "touched_at"])
    return call


def _check_tap(call: FollowUpCall, name: str, value: str, at: datetime) -> None:
    if name == "outcome":
        rules.check_ending(rules.answers_of(call.taps), value)
    elif name == "next":
        moment = parse_datetime(value) if len(value) < 40 else None
        if moment is None or timezone.is_naive(moment) or not at < moment < at + timedelta(days=30):
            raise Refused(_("没有看懂下次什么时候打，请再选一次"), status=422, field="next")
    elif name in rules.QUESTIONS and value == rules.NO_WORD:
        pass
    else:
        rules.check_answer(name, value)


# ---- write down


@transaction.atomic
def record(*, call: FollowUpCall, at: datetime) -> Line:
    """What was tapped becomes one attempt, and the rule acts on it. Pressed twice, the same line."""
    Case.objects.select_for_update().get(pk=call.case_id)  # the case before the call, as every step does
    call = FollowUpCall.objects.select_for_update(of=("self",)).select_related("case__person").get(pk=call.pk)
    key = f"call:{call.pk}"
    if call.ended_at and call.attempt_id:
        return Line.objects.get(key=key)
    answers = rules.answers_of(call.taps)
    outcome, way = rules.ending_of(answers, call.cycle, call.words)
    if not outcome:
        raise Refused(_("还没有点。接通了问四句，没接通点「没接通」"), status=422, field="solved")
    if call.ended_at and _is_asking(call):  # by another page of the same officer
        raise _over()
    if call.ended_at or not _is_asking(call):
        raise Refused(
            _("这件已经不等回访了：他自己在网上答了，或者别人动过"), state=call.case.get_state_display(),
            who_can=_("看现在的情况，再打下一件"),
        )  # fmt: skip
    later = answers.get("next", "") if outcome == "later" else ""
    line = attempt(
        case=call.case, by=call.officer, at=at, key=key, outcome=outcome, way=way, words=call.words,
        first=rules.first_said(call.taps), next_at=parse_datetime(later) if later else None, **rules.said_of(answers),
    )  # fmt: skip
    call.attempt = call.case.attempts.get(line_no=line.no)
    call.ended_at, call.words = at, ""
    call.save()
    if way == "sms" and call.case.state == State.FOLLOW_UP:
        _send_link_again(call, at)
    return line


def _send_link_again(call: FollowUpCall, at: datetime) -> None:
    """The second way: the link once more, in his language. The earlier link no longer works, what he tapped on it is kept."""
    case = call.case
    with in_callers_language(case):
        link = f"{settings.SITE_ADDRESS}/rate/{make_link(case=case, at=at)}/"
        body = wordings.said("link_again", number=case.number, link=link)
    outbox.write(key=f"call:{call.pk}", channel="sms", to=case.person.phone, body=body, at=at, case_number=case.number)


def finish_left(*, at: datetime) -> int:
    """Calls left in the middle, by a crash or the end of a shift: what was answered is written down. Returns how many."""
    done = 0
    left = FollowUpCall.objects.select_related("case").filter(ended_at=None, touched_at__lte=at - rules.STOPPED_AFTER)
    for call in left.order_by("id"):
        try:
            with transaction.atomic():
                record(call=call, at=at)
            done += 1
        except Refused as no:
            log.info("call %s ended without an attempt: %s", call.pk, no.reason)
            _end(call, at)
    return done
