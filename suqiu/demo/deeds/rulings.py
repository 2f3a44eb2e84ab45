"""裁定: a unit says that it is another's, both sides say why, and a named authority decides."""

from __future__ import annotations

from suqiu.directory.models import Department

from ..living import Living
from . import routing

RULERS = ("cd01", "cd02")


def object_(c: Living, _argument: str) -> None:
    """By the leader of the unit; it names the one that it takes for the right one."""
    words, basis = c.pick("objections")
    c.step("object", c.of_lead("fz"), c.moment("object"), words=words, basis=basis, belongs_to=_other(c))


def _other(c: Living) -> Department:
    """The right one where it went wrong; else one that is easily taken for it."""
    right = routing.owner(c)
    return right if right.code != c.lead.code else c.ground.mistaken_for(right, c.place)[0]


def view(c: Living, _argument: str) -> None:
    """The unit that is named; then who dispatched."""
    is_second = c.case.lines.filter(step="state_view").exists()
    if is_second:
        by, words = c.hotline(*routing.CITY), c.say("views_of_dispatchers")
    else:
        by, words = c.ground.of_unit(_other(c).code, "fz"), c.say("views_of_units")
    c.step("state_view", by, c.moment("view"), words=words)


def ruled(c: Living, _argument: str) -> None:
    c.step("rule", c.hotline(*RULERS), c.moment("rule"), **_ruling(c))


def panel(c: Living, _argument: str) -> None:
    c.step("to_panel", c.hotline(*RULERS), c.moment("panel"), **_ruling(c))


def panel_confirms(c: Living, _argument: str) -> None:
    by = c.hotline(*RULERS, but=c.author_of("to_panel"))
    c.step("confirm_ruling", by, c.moment("rule"), is_right="yes", words=c.say("panel_agrees"))


def _ruling(c: Living) -> dict:
    """To the right unit, as the catalogue has it."""
    right = routing.owner(c)
    words, basis = c.pick("rulings_stay" if right.code == c.lead.code else "rulings_move")
    said = {"basis": basis, "words": words, "reach": c.rng.choice(("all", "area"))}
    return said | ({"outcome": "stays"} if right.code == c.lead.code else {"outcome": "moves", "department": right})
