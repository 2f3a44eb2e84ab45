"""Which open cases may be the same thing as this one? Shown to whoever may merge, the likest first, with what both say."""

from __future__ import annotations

from typing import Any

from suqiu.cases.models import State
from suqiu.intake.merge_rules import TAKES_IN
from suqiu.language.likeness import shared_words

from .. import registry
from ..phone.suggestions import Typed, similar
from ..queries import Opened
from ..shell import to_case, when

ALIKE = 0.2  # below that nothing is said
SHOWN = 12


def alike(opened: Opened, most: int = SHOWN) -> list[dict[str, Any]]:
    """One query however many cases there are, and one more for the words of this one."""
    case = opened.case
    told = opened.texts(opened.lines[0]).get("text", "")
    typed = Typed(words=f"{case.title}。{told}", place=case.place, area=case.area_id or "", matter=case.matter_id)
    found = []
    for score, other in similar(typed, typed.area, opened.seat):
        if other.pk == case.pk or score < ALIKE or other.state not in TAKES_IN:
            continue
        found.append(
            {
                "number": other.number,
                "title": other.title,
                "url": to_case(other.number),
                "state": State(other.state).label,
                "at": when(other.received_at, opened.now),
                "place": other.place or registry.area_name(other.area_id),
                "percent": min(99, round(100 * score)),
                "is_his": other.person_id == case.person_id,
                "shared": shared_words(typed.said, f"{other.place}，{other.title}，{other.told or ''}"),
            }
        )
    return found[:most]
