"""派单: the way to the right unit, and the detours."""

from __future__ import annotations

from suqiu.cases.models import Case
from suqiu.directory.models import Department

from ..living import Living
from .intake import matter

QUICK = {"send_on": "5-35m"}
CITY, COUNTY = ("pd01", "pd02"), ("pd1", "pd2")


def dispatch(c: Living, argument: str) -> None:
    """From wherever it lies to the unit whose duty it is, through the county's centre where the county has one."""
    unit = owner(c)
    if _is_at_county(c):
        if _is_within(unit, c.lead):
            _send_on(c, unit, argument)
            return
        send_up(c, "")
    _give(c, unit, argument)


def owner(c: Living) -> Department:
    if c.life.unit or c.problem.unit:
        return c.ground.departments[c.life.unit or c.problem.unit]
    return c.ground.owner(matter(c).code, c.place)


def _give(c: Living, unit: Department, argument: str) -> None:
    stop = c.ground.stop_before(unit)
    _dispatch(c, c.ground.departments[stop.pk])
    if stop.pk != unit.pk:
        _send_on(c, unit, argument)


def _dispatch(c: Living, department: Department) -> None:
    fields = _override(c, department) | ({"rewritten": _rewritten(c)} if c.case.is_confidential else {})
    c.step("dispatch", c.hotline(*CITY), c.moment("dispatch"), matter=matter(c), department=department, **fields)


def _override(c: Living, department: Department) -> dict[str, str]:
    """A town that gets what is not its duty is told why."""
    is_needed = department.kind == Department.Kind.TOWN and matter(c).power != "town"
    return {"override": c.say("override")} if is_needed else {}


def _send_on(c: Living, unit: Department, argument: str) -> None:
    at = c.moment("send_on", QUICK["send_on"] if argument == "quick" else "")
    by = c.ground.of_unit(c.lead.code, c.rng.choice(COUNTY))
    c.step("send_on", by, at, department=unit, **_override(c, unit))


def _rewritten(c: Living) -> str:
    town, asks = f"{c.place.county_name}{c.place.town_name}", "；".join(c.problem.asks)
    return c.say("rewritten", place=town, title=c.problem.title, asks=asks)


def _is_at_county(c: Living) -> bool:
    return c.lead.kind == Department.Kind.COUNTY_CENTRE


def _is_within(unit: Department, centre: Department) -> bool:
    return unit.area_id.startswith(centre.area_id)


def at_county(c: Living, _argument: str) -> None:
    """To the county's centre, and no further yet."""
    _dispatch(c, c.ground.centre(c.place.county))


def wrong_turn(c: Living, argument: str) -> None:
    """To a unit that is easily mistaken for the right one."""
    right = owner(c)
    wrong, c.mistake = c.ground.mistaken_for(right, c.place)
    if argument in c.ground.departments:
        wrong = c.ground.departments[argument]
    _give(c, wrong, argument)


def send_up(c: Living, _argument: str) -> None:
    by = c.ground.of_unit(c.lead.code, c.rng.choice(COUNTY))
    c.step("send_up", by, c.moment("send_up"), ground="no_power", words=c.say("send_up"))


def give_back(c: Living, _argument: str) -> None:
    words, basis, told = c.pick(f"return_{c.mistake}")
    c.step("return_case", c.of_lead("sh"), c.moment("return"), ground=c.mistake, basis=basis, words=f"{words}{told}")


def return_upheld(c: Living, _argument: str) -> None:
    _decide(c, "yes", c.say("return_upheld"))


def return_overruled(c: Living, _argument: str) -> None:
    _decide(c, "no", c.say("return_overruled"))


def _decide(c: Living, is_upheld: str, why: str) -> None:
    """By the other dispatcher of the level above."""
    sender = c.author_of("dispatch", "send_on")
    others = [o for o in _level_above(c) if o != sender.username]
    by = c.ground.officer(c.rng.choice(others))
    c.step("decide_return", by, c.moment("decide_return"), is_upheld=is_upheld, words=why)


def _level_above(c: Living) -> list[str]:
    centre = _open_centre(c.case)
    return [f"{centre.lower()}-{post}" for post in COUNTY] if centre else list(CITY)


def _open_centre(case: Case) -> str:
    held = case.holdings.filter(until=None, role="lead", level="county").values_list("department_id", flat=True).first()
    return held or ""


def hand_over(c: Living, _argument: str) -> None:
    """The first unit tells the caller that another has it now."""
    if c.case.first_department_id == c.case.lead_department_id:
        return
    by = c.ground.of_unit(c.case.first_department_id, c.rng.choice(("jb1", "sh")))
    way = "phone" if c.planned.caller else "online"
    c.step("tell_hand_over", by, c.moment("hand_over"), way=way, words=c.say("tell_hand_over"))


def assist(c: Living, argument: str) -> None:
    """By the units that the catalogue suggests, or by the one that is named."""
    by = c.hotline(*CITY)
    helpers = [c.ground.departments[argument]] if argument else c.ground.partners(c.case, c.rng.randint(1, 2))
    days, words = c.rng.randint(2, 4), c.say(_for_urgency(c, "assist_asks"))
    c.step("add_assist", by, c.moment("assist"), departments=helpers, days=days, words=words)


def assisted(c: Living, _argument: str) -> None:
    """Each of them files its own outcome."""
    held = c.case.holdings.filter(role="assist", until=None, outcome="").order_by("id")
    for code in held.values_list("department_id", flat=True):
        words = c.say(_for_urgency(c, "assist_outcomes"))
        c.step("file_outcome", c.ground.of_unit(code, "jb1"), c.moment("assisted"), words=words)


def split(c: Living, _argument: str) -> None:
    """The last of several points goes to a unit that decides it; one point alone is not split."""
    points = list(c.case.asks.order_by("no").values_list("no", flat=True))
    if len(points) < 2:
        return
    helper, by = c.ground.partners(c.case, 1)[0], c.hotline(*CITY)
    fields = {"points": points[-1:], "department": helper, "days": c.rng.randint(2, 4), "words": c.say("splits")}
    c.step("split", by, c.moment("assist"), **fields)


def split_decided(c: Living, _argument: str) -> None:
    for ask in c.case.asks.exclude(department=None):
        by = c.ground.of_unit(ask.department_id, "jb1")
        words = c.say("assist_outcomes")
        c.step("decide_asks", by, c.moment("assisted"), asks={ask.no: {"outcome": "answered"}}, words=words)


def _for_urgency(c: Living, name: str) -> str:
    return f"{name}_critical" if c.problem.urgency == "critical" else name
