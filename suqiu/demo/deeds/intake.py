"""受理: what callers and the hotline do with a demand before a unit has it."""

from __future__ import annotations

from datetime import timedelta

from suqiu.cases.advance import CITIZEN, SYSTEM
from suqiu.cases.models import ClockKind, Secrecy
from suqiu.cases.recounting import moved_by_calendar
from suqiu.intake import actions
from suqiu.intake.demand import Demand

from .. import pictures
from ..living import Living
from ..problems import words
from .citizen import stranger

REASON_OF_USE = {
    "in_court": ("legal", "in_court"),
    "petition": ("legal", "petition"),
    "discipline": ("legal", "discipline"),
    "disclosure": ("legal", "disclosure"),
    "other_government": ("explain", "other_government"),
    "secret": ("explain", "secret"),
    "unlawful": ("explain", "unlawful"),
    "closed_nothing_new": ("explain", "closed_nothing_new"),
    "malicious": ("malicious", "malicious"),
}
EMERGENCY_OF_DUTY = {"police": "110", "traffic_police": "110", "health": "120"}  # else the fire brigade
OPEN_OF_HUNDRED, PHOTO_OF_HUNDRED, MATTER_OF_HUNDRED = 12, 22, 82
SECRET_OF_HUNDRED = 74  # of reports by people who gave their name


def receive(c: Living, _argument: str) -> None:
    planned, key = c.planned, c.planned.key
    if c.problem.use == "archive":
        c.case = actions.archive(demand=_demand(c), by=SYSTEM, at=c.until - timedelta(days=119, hours=-3), key=key)
        return
    by = CITIZEN if planned.channel == "web" else c.operator()
    c.case, _code = actions.receive(demand=_demand(c), by=by, at=planned.received_at, key=key)


def _demand(c: Living) -> Demand:
    planned, problem = c.planned, c.problem
    demand = Demand(
        text=planned.text, title=problem.title, area_code=planned.place.town, place=planned.where, channel=planned.channel,
        longitude=planned.longitude, latitude=planned.latitude, language=problem.language, secrecy=_secrecy(c),
        received_at=planned.received_at if problem.use == "archive" else None, kind=problem.kind,
        known_event=c.ground.known_event_for(planned),
    )  # fmt: skip
    if planned.caller:
        demand.name, demand.phone = planned.caller.name, planned.caller.phone
        demand.preferred_time = planned.caller.preferred_time
        demand.is_phone_confirmed = planned.channel == "phone" or c.rng.random() < 0.8
    if planned.channel == "web":
        demand.demand_type = problem.type
        if problem.facts.evidence_class == "on_site" and c.rng.randrange(100) < PHOTO_OF_HUNDRED:
            demand.files = [_photo(c, planned.received_at - timedelta(minutes=c.rng.randrange(5, 900)))]
    return demand


def _photo(c: Living, taken_at):
    return pictures.photo(c.picture(), False, taken_at, c.planned.longitude, c.planned.latitude)


def _secrecy(c: Living) -> str:
    if c.planned.caller is None:
        return Secrecy.ANONYMOUS
    if c.problem.type == "report":
        return Secrecy.CONFIDENTIAL if c.rng.randrange(100) < SECRET_OF_HUNDRED else Secrecy.GENERAL
    return Secrecy.OPEN if c.rng.randrange(100) < OPEN_OF_HUNDRED else Secrecy.GENERAL


def accept(c: Living, _argument: str) -> None:
    """By telephone the same operator accepts while they speak; from the web an intake reviewer does."""
    at = c.moment("accept_web" if c.planned.channel == "web" else "accept")
    by = c.author_of("receive") or c.hotline("sl01", "sl02")
    fields = {"about_department": c.ground.departments[c.problem.about]} if c.problem.about else {}
    if c.rng.randrange(100) < MATTER_OF_HUNDRED or c.problem.use:
        fields["matter"] = matter(c)
    c.step(
        "accept", by, at, demand_type=c.problem.type, area=c.ground.areas[_area_written(c)], urgency=c.problem.urgency,
        secrecy=c.case.secrecy, ask_lines="\n".join(c.problem.asks), **fields,
    )  # fmt: skip


def _area_written(c: Living) -> str:
    """Too high by a level where somebody puts it right later."""
    return c.place.county if "correct" in c.life.table.split() else c.place.town


def matter(c: Living):
    return c.ground.matters[c.problem.matter]


def ask_caller(c: Living, _argument: str) -> None:
    c.exchange = c.pick("ask_caller")
    c.step("ask_caller", c.hotline("sl01", "sl02", "bz01"), c.moment("ask_caller"), words=c.exchange[0])


def caller_answers(c: Living, _argument: str) -> None:
    at = c.moment("caller_answers")
    if c.case.state == "W":
        c.step("resume", c.citizen(), at, words=c.exchange[1])


def nobody_answers(c: Living, _argument: str) -> None:
    """At the cap the system goes on without an answer."""
    c.come_to(c.case.clocks.get(kind=ClockKind.PAUSE, stopped_at=None).due_at + timedelta(minutes=1))


def answer(c: Living, _argument: str) -> None:
    """A reply that needs no visit: the one of the two without a date of work, where there is one."""
    at = c.moment("answer")
    texts = sorted(c.problem.reply, key=lambda text: "{date}" in text)
    filled = c.fill(texts[0], date=c.spoken(at.date()), later=c.spoken(c.day_in(5, 12)))
    by = c.author_of("receive", "accept") or c.operator()
    c.step("answer_at_once", by, at, answer=filled, source=c.problem.basis)


def right(c: Living, _argument: str) -> None:
    _review(c, "yes", c.say("review_right"))


def wrong(c: Living, _argument: str) -> None:
    _review(c, "no", c.say("review_wrong"))


def _review(c: Living, is_right: str, why: str) -> None:
    second = c.hotline("bz01", "bz02", "sl01", "sl02", but=c.author_of("answer_at_once"))
    c.step("review_answer", second, c.moment("review"), is_right=is_right, words=why)


def missed(c: Living, _argument: str) -> None:
    c.step("not_answered", c.citizen(), c.moment("missed"), words=c.say("not_answered"))


def settled(c: Living, argument: str) -> None:
    """He has what he needs; some say how content they are."""
    c.step("settle", CITIZEN, c.moment("settled"), **({"satisfied": argument} if argument else {}))


def unrated(c: Living, _argument: str) -> None:
    """Nobody says anything: after five working days the system settles it."""
    c.come_to(c.case.clocks.get(kind=ClockKind.SETTLE, stopped_at=None).due_at + timedelta(minutes=1))


def emergency(c: Living, _argument: str) -> None:
    at = c.moment("divert")
    time = f"{at.astimezone(c.ground.calendar.zone):%H:%M}"
    said, way = words()[f"divert_{EMERGENCY_OF_DUTY.get(c.problem.facts.duty, '119')}"]
    c.step(
        "divert", c.author_of("receive") or c.hotline("sl01", "sl02"), at, routing_class="emergency", reason="danger",
        basis=c.problem.basis, way=c.fill(way, time=time), words=c.fill(said, time=time),
    )  # fmt: skip


def told(c: Living, _argument: str) -> None:
    """Recorded under what is known of the event, with its words, in the same breath."""
    known = c.ground.known_event
    source = f"突发口径：{known.event.title}（{known.made_by.full_name}发布）"
    c.step("answer_at_once", c.author_of("receive"), c.moment("told"), answer=known.text, source=source)


def divert(c: Living, _argument: str) -> None:
    _tell_the_way(c, c.author_of("receive") or c.hotline("sl01", "sl02"))


def not_malicious(c: Living, _argument: str) -> None:
    """A second person heard the calls: tiresome, but he has a matter. He is told why nothing more comes of it, and may appeal."""
    _tell_the_way(c, c.hotline("bz01", "bz02", but=c.author_of("suspect")))


def _tell_the_way(c: Living, by) -> None:
    routing_class, reason = c.problem.reason.split("/") if c.problem.reason else REASON_OF_USE[c.problem.use]
    c.step(
        "divert", by, c.moment("divert"), routing_class=routing_class, reason=reason, basis=c.problem.basis,
        way=c.problem.way, words=c.problem.told,
    )  # fmt: skip


def suspect(c: Living, _argument: str) -> None:
    by = c.author_of("receive") or c.operator()
    c.step("suspect", by, c.moment("suspect"), words=c.say("suspect", n=str(c.rng.randint(6, 41))))


def malicious(c: Living, _argument: str) -> None:
    """Found by a second person."""
    by = c.hotline("bz01", "bz02", but=c.author_of("suspect"))
    c.step(
        "divert", by, c.moment("divert"), routing_class="malicious", reason="malicious", basis=c.problem.basis,
        way=c.problem.way, words=c.problem.told,
    )  # fmt: skip


def appeal(c: Living, _argument: str) -> None:
    c.step("appeal", c.citizen(), c.moment("appeal"), words=c.say("appeals"))


def appeal_upheld(c: Living, _argument: str) -> None:
    _decide_appeal(c, "yes", c.say("appeal_upheld"))


def appeal_rejected(c: Living, _argument: str) -> None:
    _decide_appeal(c, "no", c.say("appeal_rejected"))


def _decide_appeal(c: Living, is_upheld: str, why: str) -> None:
    c.step("decide_appeal", stranger(c), c.moment("decide_appeal"), is_upheld=is_upheld, words=why)


def correct(c: Living, _argument: str) -> None:
    """The area was written down one level too high."""
    by = c.hotline("sl01", "sl02")
    c.step("correct", by, c.moment("correct"), area=c.ground.areas[c.place.town], words=c.say("correct"))


def correct_longer(c: Living, _argument: str) -> None:
    """From help to complaint: the term grows from 7 to 15 working days, so a second person looks."""
    by = c.hotline("sl01", "sl02", "bz01")
    c.step("correct", by, c.moment("correct"), demand_type="complaint", words=c.say("correct_longer"))


def confirmed(c: Living, _argument: str) -> None:
    second = c.hotline("bz01", "bz02", "sl01", "sl02", but=c.author_of("correct"))
    c.step("confirm_correction", second, c.moment("confirm"), is_right="yes", words=c.say("confirm_right"))


def plain_weeks(c: Living, _argument: str) -> None:
    """So far nobody knows which days will be free: clocks are counted over plain weeks."""
    c.ground.forget_holidays()


def new_calendar(c: Living, _argument: str) -> None:
    """The free days are announced: the clocks that run are counted again."""
    c.ground.announce_holidays()
    at = c.moment("new_calendar")
    if moved_by_calendar(c.case, at):
        c.step("new_calendar", SYSTEM, at)


def adds(c: Living, _argument: str) -> None:
    at = c.moment("adds")
    photos = [_photo(c, at - timedelta(minutes=c.rng.randrange(3, 90)))] if c.rng.random() < 0.3 else []
    c.step("caller_adds", c.citizen(), at, words=c.say("adds"), photos=photos)


def hurries(c: Living, _argument: str) -> None:
    c.step("caller_adds", c.citizen(), c.moment("adds"), words=c.say("hurries"), is_hurry=True)


def withdraw(c: Living, _argument: str) -> None:
    c.step("withdraw", c.citizen(), c.moment("withdraw"), words=c.say("withdraws"))
