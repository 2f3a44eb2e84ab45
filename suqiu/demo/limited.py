"""限制来电: who rings on about what was put right and signed for. One is limited; one is not; one was right, and his limit is lifted."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from suqiu.cases.models import Case
from suqiu.intake import caller_limits
from suqiu.intake.models import CallerLimit

from .hands import KEY, Hands, Thing, rows, things
from .people import Caller


def build(hands: Hands) -> list[Case]:
    """Each rests on the third case of a family, after the families."""
    return [case for more in rows("limit") for case in _limit(hands, more)]


def _limit(hands: Hands, more: dict) -> list[Case]:
    thing = things("family")[more["family"]][0]
    signed = Case.objects.select_related("person").get(key=f"{KEY}family-{more['family']}-2")
    made = [_told_again(hands, more, n, thing, signed) for n in range(len(more["told"]))]
    limit = _decided(hands, more, signed)
    if "under" in more:
        made.append(_answered_by_the_system(hands, more, thing, limit))
    if "new" in more:
        made.append(_something_else(hands, more, thing, limit))
    if more["ending"] == "lifted":
        _lifted(hands, more, limit)
        _to_the_unit_after_all(hands, more, thing, made[-1])
    return made


def _call(hands: Hands, key: str, thing: Thing, signed: Case, at: datetime, text: str) -> Case:
    return hands.call(key, thing, at, Caller(signed.person.name, signed.person.phone), text)


def _key(more: dict, what: object) -> str:
    return f"limit-{more['family']}-{what}"


def _told_again(hands: Hands, more: dict, n: int, thing: Thing, signed: Case) -> Case:
    days, text = more["told"][n]
    at = hands.around_the_clock(days, 1.5)
    case = _call(hands, _key(more, n), thing, signed, at, text)
    hands.tell_again(case, thing, at, signed)
    return case


def _decided(hands: Hands, more: dict, signed: Case) -> CallerLimit:
    """Proposed in the morning, decided by another in the afternoon."""
    first, second = (hands.ground.officer(login) for login in more["by"])
    asked = {"ground": "again", "words": more["words"], "until": hands.day + timedelta(days=more["until"])}
    limit = caller_limits.propose(
        case=signed, by=first, at=hands.at(more["days"], 1), key=KEY + _key(more, "proposed"), **asked
    )
    is_agreed, words = more["ending"] != "refused", more["decision"]
    return caller_limits.decide(
        limit=limit, by=second, at=hands.at(more["days"], 5.5), is_agreed=is_agreed, words=words
    )


def _answered_by_the_system(hands: Hands, more: dict, thing: Thing, limit: CallerLimit) -> Case:
    days, text = more["under"]
    at = max(hands.around_the_clock(days, 2), limit.decided_at + timedelta(hours=1))
    case = _call(hands, _key(more, "under"), thing, limit.case, at, text)
    caller_limits.answer(case, at + timedelta(minutes=1))
    return case


def _something_else(hands: Hands, more: dict, thing: Thing, limit: CallerLimit) -> Case:
    """The limit closes no door: last evening's call waits for a person, like everybody's."""
    at, text = hands.around_the_clock(1, 11.2), more["new"]
    case = _call(hands, _key(more, "new"), thing.in_words(text), limit.case, at, text)
    caller_limits.answer(case, at + timedelta(minutes=1))
    return case


def _lifted(hands: Hands, more: dict, limit: CallerLimit) -> None:
    """He objects the day after the system answered him; a third person listens to the calls."""
    at = max(hands.around_the_clock(more["under"][0] - 1, 10.5), limit.decided_at + timedelta(hours=3))
    caller_limits.appeal(limit=limit, by=None, at=at, words=more["appeal"])
    judged_at = max(hands.at(more["under"][0] - 2, 1), at + timedelta(hours=1))
    leader, words = hands.ground.officer("ld01"), more["judgement"]
    caller_limits.judge(limit=limit, by=leader, at=judged_at, is_lifted=True, words=words)


def _to_the_unit_after_all(hands: Hands, more: dict, thing: Thing, case: Case) -> None:
    days = more["under"][0] - 2
    hands.do("not_answered", case, "citizen", hands.around_the_clock(days, 2), words=more["not_answered"])
    hands.dispatch(case, thing, hands.at(days, 3))
    hands.contact(case, replace(thing, contact=more["contact"]), hands.at(days, 4.5))
