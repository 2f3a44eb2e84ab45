"""线下代办: who cannot go online is filed for, with his consent in his own words, by a town, by the hotline, by telephone."""

from __future__ import annotations

from datetime import timedelta

from suqiu.cases.models import Case
from suqiu.intake import filing
from suqiu.intake.channels import assisted

from .hands import KEY, Hands, Thing, things
from .people import LANDLINE, Caller

# between those of the plan: nobody can get a message there, the code is printed for him
FIRST_LANDLINE, APART = 144, 71


def build(hands: Hands) -> list[Case]:
    """Ended and asked; in a unit's hands; and come in last evening."""
    made = [_file(hands, n, thing, more) for n, (thing, more) in enumerate(things("filed"))]
    (ended, old), (in_hand, new), _last = things("filed")
    hands.to_unit(made[0], ended, hands.at(old["days"], 1))
    hands.answer(made[0], ended, hands.at(old["days"] - 1))
    hands.ask(made[0], hands.at(old["days"] - 5, 9.5), words="钱到折子上了，谢谢那个帮我写的小同志。")
    hands.to_unit(made[1], in_hand, hands.at(new["days"], 1))
    hands.contact(made[1], in_hand, hands.at(new["days"], 4))
    return made


def _file(hands: Hands, number: int, thing: Thing, more: dict) -> Case:
    is_hotline = more["by"] == "hotline"
    by = hands.ground.officer("sl01" if is_hotline else f"{more['by'].lower()}-jb1")
    at = hands.around_the_clock(1, 11.4) if more["days"] < 1 else hands.at(more["days"])
    caller = Caller(more["name"], f"{LANDLINE}{FIRST_LANDLINE + APART * number:04d}")
    demand = hands.demand(thing, caller)
    demand.channel, demand.secrecy = assisted.name, "general"
    consent = filing.Consent(more["way"], at - timedelta(minutes=12), more["consent"])
    case, _code = filing.file_for(demand=demand, consent=consent, by=by, at=at, key=f"{KEY}filed-{number}")
    return hands.with_code(case)
