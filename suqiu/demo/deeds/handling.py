"""办理: what the units do."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from suqiu.cases.ledger import RECHECK_EVERY
from suqiu.cases.models import ClockKind, Promise

from .. import pictures
from ..living import Living

FAR = (25, 60)  # working days: when a plan is to be done
BEFORE_OF_HUNDRED = 45
MEETING_HOURS = ((9, 30), (10, 0), (14, 30), (15, 0), (16, 0))


def sign(c: Living, _argument: str) -> None:
    """By hand, unless four working hours have passed and the system has done it. A confidential case only by the reviewer.

    When life is in danger it is the one of them whom the roster names.
    """
    at = c.moment("sign")
    if _is_danger(c):
        c.desk = c.ground.on_duty(c.lead, at) or c.desk
    if c.case.state == "S":
        c.step("sign_in", c.of_lead("sh") if c.case.is_confidential else c.handler, at)


def assign(c: Living, _argument: str) -> None:
    other = {"jb1": "jb2", "jb2": "jb1"}[c.desk]
    by = c.of_lead(c.rng.choice(("sh", "sh", "fz")))
    c.step("assign", by, c.moment("assign"), officer=c.handler, substitute=c.of_lead(other))


def contact(c: Living, _argument: str) -> None:
    at = c.moment("contact" if c.case.cycle == 1 else "again")
    way, minutes = ("phone", c.rng.randint(1, 3 if _is_danger(c) else 14)) if c.planned.caller else ("online", None)
    c.step("contact", c.handler, at, way=way, outcome="connected", minutes=minutes, words=_note(c))


def _is_danger(c: Living) -> bool:
    return c.problem.urgency == "critical"


def _note(c: Living) -> str:
    """Two units that call one after the other do not write the same."""
    if not c.planned.caller:
        return c.say("contact_anonymous")
    if c.case.cycle > 1:
        return c.say("contact_again")
    c.calls += 1
    return c.of_problem(c.problem.contact, c.calls - 1)


def no_answer(c: Living, _argument: str) -> None:
    at = c.moment("again")
    if c.planned.caller:
        c.step("contact", c.handler, at, way="phone", outcome="no_answer", words=c.say("contact_no_answer"))


def texts_caller(c: Living, _argument: str) -> None:
    """Three attempts at different hours by two ways meet the contact clock."""
    at = c.moment("again")
    if c.planned.caller:
        c.step("contact", c.handler, at, way="sms", outcome="no_answer", words=c.say("contact_no_answer"))


def visit(c: Living, _argument: str) -> None:
    """Somebody goes and looks; writes it down at the place or soon after."""
    at = c.moment("visit")
    c.visits += 1
    arrived = at - timedelta(minutes=c.rng.randrange(1, 4) if _is_danger(c) else c.rng.randrange(8, 35))
    arrived = max(arrived, c.case.dispatched_at)
    lon, lat = (value + c.rng.uniform(-0.0005, 0.0005) for value in (c.planned.longitude, c.planned.latitude))
    number = c.picture()
    before = [pictures.photo(number, False, arrived, lon, lat)] if c.rng.randrange(100) < BEFORE_OF_HUNDRED else []
    c.step(
        "visit", c.handler, at, visited_at=arrived, place=c.planned.where, words=_finding(c),
        position=(round(lon, 6), round(lat, 6), float(c.rng.randint(5, 48))), before=before,
        after=[pictures.photo(number, True, at - timedelta(minutes=c.rng.randrange(1, 7)), lon, lat)],
    )  # fmt: skip


def _finding(c: Living) -> str:
    return c.of_problem(c.problem.finding, c.visits - 1) if c.case.cycle == 1 else c.say("visit_again")


def prove(c: Living, _argument: str) -> None:
    """What the class of the matter asks for: a call always, a visit where one must see it."""
    if "contact" not in c.case.evidence_held:
        contact(c, "")
    if c.case.evidence_class == "on_site" or (c.case.evidence_class == "plan" and c.rng.random() < 0.4):
        visit(c, "")


def call_meeting(c: Living, _argument: str) -> None:
    at = c.moment("call_meeting")
    hour, minute = c.rng.choice(MEETING_HOURS)
    c.meets_at = datetime.combine(c.day_in(1, 3, at), time(hour, minute), c.ground.calendar.zone)
    helpers = c.ground.partners(c.case, 2)
    c.step("call_meeting", c.handler, at, meets_at=c.meets_at, place=c.planned.where, departments=helpers)


def meet(c: Living, argument: str) -> None:
    """The lead writes down what the caller says, every other unit its own part; `silent`: the last one says nothing."""
    at = c.come_to(c.meets_at + timedelta(minutes=c.rng.randrange(35, 90)))
    c.step("meet", c.handler, at, came="yes", words=c.say("meeting_agrees"), citizen_agrees="yes")
    others = list(
        c.case.meetings.get().parts.filter(filed_at=None).order_by("id").values_list("department_id", flat=True)
    )
    for code in others[:-1] if argument == "silent" else others:
        at = c.come_to(c.now + timedelta(minutes=c.rng.randrange(3, 40)))
        came = "no_power" if c.rng.random() < 0.12 else "yes"
        c.step("meet", c.ground.of_unit(code, "jb1"), at, came=came, words=c.say("meeting_parts"))


def promise(c: Living, argument: str) -> None:
    at = c.moment("promise")
    day = c.day_in(1, 2, at) if argument == "soon" else c.day_in(3, 7, at)
    c.promised = c.pick("promises")
    what = c.fill(c.promised[0], later=c.spoken(day))
    c.step("promise", c.handler, at, what=what, due_at=c.ground.calendar.close(day))


def renegotiate(c: Living, _argument: str) -> None:
    row = _open_promise(c)
    if row is None:
        return
    at = c.come_to(c.now + (row.due_at - c.now) * c.rng.uniform(0.5, 0.85))
    later = c.ground.calendar.close(_some_days_after(c, row.due_at))
    c.step("renegotiate", c.handler, at, promise=row, due_at=later, words=c.say("renegotiated"))


def _some_days_after(c: Living, moment: datetime):
    day = moment.astimezone(c.ground.calendar.zone).date()
    for _n in range(c.rng.randint(2, 4)):
        day = c.ground.calendar.next_working_day(day)
    return day


def keep(c: Living, _argument: str) -> None:
    """What was promised is done, mostly in time."""
    row = _open_promise(c)
    if row is not None:
        at = c.come_to(c.now + max((row.due_at - c.now) * c.rng.uniform(0.55, 0.97), timedelta(minutes=30)))
        c.step("keep", c.handler, at, promise=row, words=c.promised[1])


def keep_plan(c: Living, _argument: str) -> None:
    """A date that stood in the reply: kept after the case is closed, by the unit that led it."""
    row = _open_promise(c)
    if row is not None:
        at = c.come_to(max(row.due_at - timedelta(hours=c.rng.randrange(1, 60)), c.now + timedelta(hours=1)))
        c.step("keep", c.ground.of_unit(row.department_id, c.desk), at, promise=row, words=c.say("kept"))


def _open_promise(c: Living) -> Promise | None:
    return c.case.promises.filter(kept_at=None, replaced_by=None).order_by("-id").first()


def extend(c: Living, _argument: str) -> None:
    """Asked before the term is over."""
    at = c.moment("extend")
    unit = c.case.clocks.filter(kind__in=(ClockKind.UNIT, ClockKind.REDO), stopped_at=None).order_by("-id").first()
    if unit and unit.due_at > at:
        c.step("ask_extension", c.of_lead("sh"), at, days=c.rng.randint(2, 7), words=c.say("extension_asks"))


def granted(c: Living, _argument: str) -> None:
    _decide_extension(c, "yes", c.say("extension_granted"))


def refused(c: Living, _argument: str) -> None:
    _decide_extension(c, "no", c.say("extension_refused"))


def _decide_extension(c: Living, is_upheld: str, why: str) -> None:
    at = c.moment("decide_extension")
    if "extension_asked" in c.case.evidence_held:
        c.step("decide_extension", c.hotline("pd01", "pd02"), at, is_upheld=is_upheld, words=why)


def draft(c: Living, _argument: str) -> None:
    at = c.moment(_draft_pace(c))
    later = c.day_in(*FAR, at) if c.case.evidence_class == "plan" else c.day_in(6, 20, at)
    text = _again(c) + c.of_problem(c.problem.reply, c.case.cycle - 1)
    filled = {"date": c.spoken(c.now.astimezone(c.ground.calendar.zone).date()), "later": c.spoken(later)}
    fields = {"basis": c.problem.basis, "account": c.say("accounts"), "asks": _outcomes(c)}
    if c.case.evidence_class == "plan" or ("{later}" in text and c.problem.plan and c.rng.random() < 0.4):
        fields |= {"plan": c.fill(c.problem.plan or text, **filled)[:300], "plan_on": later}
    c.step("draft_reply", c.handler, at, reply=c.fill(text, **filled), **fields)


def _again(c: Living) -> str:
    return c.say("reply_again") if c.case.cycle > 1 and c.problem.language != "en" else ""


def _draft_pace(c: Living) -> str:
    if c.case.lines.filter(step="send_back", no__gt=c.case.line_no - 2).exists():
        return "redraft"
    if c.problem.type == "consult":
        return "draft_question"
    return "draft_patient" if c.case.cycle == 1 and c.case.demand_type in ("complaint", "report") else "draft"


def _outcomes(c: Living) -> dict[int, dict]:
    """Each ask is answered; the last one planned where it cannot be done at once, or declined with its basis."""
    asks = list(c.case.asks.filter(department=None))  # what was split off is another's to say
    found = {a.no: {"outcome": "answered"} for a in asks}
    if c.case.evidence_class == "plan":
        found[asks[0].no] = {"outcome": "planned"}
    elif len(asks) > 1 and c.case.evidence_class == "explanation" and c.rng.random() < 0.25:
        found[asks[-1].no] = {"outcome": "declined", "basis": c.problem.basis}
    return found


def send_back(c: Living, _argument: str) -> None:
    c.step("send_back", c.of_lead("sh"), c.moment("send_back"), words=c.say("send_backs"))


def first_sees(c: Living, _argument: str) -> None:
    """The unit that had it first reads the reply, unless the system has gone on without it."""
    at = c.moment("first_sees")
    if c.case.first_department_id != c.case.lead_department_id and "first_saw" not in c.case.evidence_held:
        c.step("first_sees", c.ground.of_unit(c.case.first_department_id, "jb1"), at)


def approve(c: Living, _argument: str) -> None:
    at = c.moment("approve")
    waits = c.case.clocks.filter(kind=ClockKind.FIRST_SEES, stopped_at=None).first()
    if waits:
        at = c.come_to(max(at, waits.due_at + timedelta(minutes=c.rng.randrange(5, 50))))
    words = {"words": c.say("approvals")} if c.rng.random() < 0.6 else {}
    c.step("approve", c.of_lead("sh" if c.rng.random() < 0.8 else "fz"), at, **words)


def ask_to_hang(c: Living, argument: str) -> None:
    at = c.moment("ask_to_hang")
    day = c.day_in(18, 22, at) if argument == "soon" else c.day_in(60, 110, at)
    planned = {"plan": c.fill(c.problem.plan, later=c.spoken(day))[:200], "plan_on": day, "officer": c.handler}
    c.step("ask_to_hang", c.of_lead("fz"), at, words=c.say("hang_why"), **planned)


def hang(c: Living, argument: str) -> None:
    """month_ago: so that the monthly look is due on the last day."""
    at = c.come_to(c.working_time(c.until - RECHECK_EVERY)) if argument == "month_ago" else c.moment("hang")
    c.step("hang", c.hotline("ld01", "ld02"), at, words=c.say("hangs"))


def recheck(c: Living, _argument: str) -> None:
    """The unit says what it has done since; now and then the supervisor goes and looks himself."""
    by = c.hotline("db01", "db02") if c.rng.random() < 0.3 else c.handler
    c.step("recheck", by, c.moment("recheck"), still="yes", words=c.say("rechecks"))


def off_ledger(c: Living, _argument: str) -> None:
    c.step("off_ledger", c.hotline("db01", "db02"), c.moment("off_ledger"), words=c.say("off_ledgers"))
