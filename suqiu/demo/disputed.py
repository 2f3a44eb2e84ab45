"""Whose is it? A ruling that becomes a precedent, what is dispatched by it later, and a town that calls departments to the place."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from suqiu.cases.models import Case, Clock, ClockKind

from .hands import Hands, Thing, things


def ruled(hands: Hands) -> list[Case]:
    """Disputed and ruled; then one that went straight to the unit that was ruled; then one that has still to be dispatched."""
    (first, told), (second, later), (third, newest) = things("ruled")
    return [
        _ruled(hands, first, told),
        _by_precedent(hands, second, later["days"]),
        _to_be_dispatched(hands, third, newest["days"]),
    ]


def _ruled(hands: Hands, thing: Thing, more: dict) -> Case:
    days, own, other = more["days"], thing.unit.lower(), more["to"].lower()
    named = hands.ground.departments[more["to"]]
    case = hands.call("ruled-0", thing, hands.at(days))
    hands.to_unit(case, thing, hands.at(days))
    hands.contact(case, thing, hands.at(days, 2))
    words, basis = more["objection"], more["objection_basis"]
    hands.do("object", case, f"{own}-fz", hands.at(days, 5), words=words, basis=basis, belongs_to=named)
    hands.do("state_view", case, f"{other}-fz", hands.at(days - 1, 1), words=more["view"])
    hands.do("state_view", case, "pd02", hands.at(days - 1, 3), words=more["view_of_dispatcher"])
    ruling = {"outcome": "moves", "department": named, "reach": "all", "new_duty": True}
    hands.do("rule", case, "cd01", hands.at(days - 2, 1), basis=more["ruling_basis"], words=more["ruling"], **ruling)
    hands.do("sign_in", case, f"{other}-jb1", hands.at(days - 2, 2))
    told = "已经裁定由市住建局换井盖，围挡先不撤，他们今天和您联系。"
    hands.do("tell_hand_over", case, f"{own}-jb1", hands.at(days - 2, 3), way="phone", words=told)
    hands.answer(case, thing, hands.at(days - 3))
    hands.ask(case, hands.at(days - 6, 9.5), satisfied="4", words="换得快，就是先等了两天定归谁。")
    return case


def _by_precedent(hands: Hands, thing: Thing, days: int) -> Case:
    case = hands.call("ruled-1", thing, hands.at(days))
    hands.to_unit(case, thing, hands.at(days))
    hands.answer(case, thing, hands.at(days, 2))
    hands.ask(case, hands.at(days - 2, 9.5), words="当天就盖上了。")
    return case


def _to_be_dispatched(hands: Hands, thing: Thing, days: int) -> Case:
    """The form shows the ruling beside the catalogue."""
    case = hands.call("ruled-2", thing, hands.around_the_clock(days, 11.8))
    hands.accept(case, thing, hands.around_the_clock(days, 12))
    return case


def whistle(hands: Hands) -> list[Case]:
    """吹哨报到: one came and could decide, one came and could not, one did not come; and one whose hour is still to come."""
    (old, told), (new, to_come) = things("whistle")
    return [_whistle(hands, old, told), _called(hands, "whistle-1", new, to_come, hands.at(to_come["days"] - 2, 7))]


def _called(hands: Hands, key: str, thing: Thing, more: dict, at: datetime) -> Case:
    days, town = more["days"], thing.unit.lower()
    case = hands.call(key, thing, hands.at(days))
    hands.to_unit(case, thing, hands.at(days))
    hands.contact(case, thing, hands.at(days, 3))
    units = [hands.ground.departments[code] for code in more["departments"]]
    meets_at = _next_morning(hands, at)
    hands.do("call_meeting", case, f"{town}-jb1", at, meets_at=meets_at, place=thing.place, departments=units)
    return case


def _next_morning(hands: Hands, at: datetime) -> datetime:
    day = hands.ground.calendar.next_working_day(at.date())
    return datetime.combine(day, time(10), hands.ground.calendar.zone)


def _whistle(hands: Hands, thing: Thing, more: dict) -> Case:
    days = more["days"]
    case = _called(hands, "whistle-0", thing, more, hands.at(days, 5))
    at = case.meetings.get().meets_at + timedelta(minutes=50)
    came, no_power, late = (f"{code.lower()}-jb1" for code in more["departments"])
    agrees = {"citizen_agrees": "yes", "came": "yes", "words": more["meeting_words"]}
    hands.do("meet", case, hands.handler(case), at, **agrees)
    hands.do("meet", case, came, at + timedelta(minutes=20), came="yes", words=more["part_yes"])
    hands.do("meet", case, no_power, at + timedelta(minutes=40), came="no_power", words=more["part_no_power"])
    over = Clock.objects.filter(case=case, kind=ClockKind.MEETING, stopped_at=None).get().due_at
    hands.do(
        "remind", case, "db01", over + timedelta(hours=1), words="约好的时间有一家没到、一家定不了，请今天补上并说明。"
    )
    hands.do("meet", case, late, over + timedelta(hours=3), came="no", words=more["late_part"])
    said = {"agrees": "yes", "words": "水是排了，来的人里有说不上话的，下次请派能定的人。"}
    hands.do("confirm_meeting", case, "citizen", over + timedelta(hours=5), **said)
    hands.visit(case, thing, hands.at(days - 7))
    hands.reply(case, thing, hands.at(days - 8))
    hands.ask(case, hands.at(days - 9, 9.5), satisfied="4", words="路平了，水也没有再积。")
    return case
