"""抽查比例: how many of a hundred are looked at again, and which? Chance draws them at the moment itself: nobody can choose or know.

The number that decides is made of the head of the case's own chain (which holds salts nobody can guess) under the server's
key; so a step that is tried again draws the same lot. A changed share is of draws from then on: what is drawn stays drawn.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suqiu.directory.tabular import Column, Key, Table, Values

from .models import Case, Share

OURS = "ours"
ON_SPOT, LOOK_BACK, WITHDRAWN_ASKED = "on_spot", "look_back", "withdrawn_asked"


@dataclass(frozen=True)
class Kind:
    """`floor`: at it, who does wrong in `often` such cases is found at least once with seven in eight: no unit can count on luck."""

    label: Any
    default: int
    floor: int
    often: int


KINDS = {  # of a hundred; ours: no published figure says how many
    ON_SPOT: Kind(gettext_lazy("实地抽查：办结的现场件，换人去看"), 5, 2, 100),
    LOOK_BACK: Kind(gettext_lazy("回头看：办结一个月，再问来电人"), 10, 5, 40),
    WITHDRAWN_ASKED: Kind(gettext_lazy("问撤单：单位联系过又撤回的，问是不是自己要撤"), 30, 10, 20),
}


def percent(kind: str) -> int:
    own = Share.objects.filter(kind=kind).values_list("percent", flat=True).first()
    return KINDS[kind].default if own is None else own


def is_drawn(case: Case, kind: str) -> bool:
    return lot(case, kind) % 10_000 < percent(kind) * 100


def lot(case: Case, kind: str) -> int:
    said = f"{kind}:{case.number}:{case.cycle}:{case.head}"
    return int.from_bytes(salted_hmac("suqiu.cases.lot", said, algorithm="sha256").digest()[:8], "big")


# ---- as a table of the administrator's


def stands() -> dict[Key, Values]:
    """Every kind: the city's share and where it comes from, or ours."""
    own = {s.kind: (s.percent, s.source) for s in Share.objects.filter(kind__in=KINDS)}
    found = {}
    for name, kind in KINDS.items():
        share, source = own.get(name, (kind.default, OURS))
        found[(name,)] = {"kind": name, "percent": share, "source": source}
    return found


def check(after: Mapping[Key, Values], rows: list[dict[str, Any]]) -> list[tuple[list[str], str]]:
    return [(row["key"], reason) for row in rows if row["new"] and (reason := _wrong(row["new"]))]


def _wrong(new: Values) -> str:
    kind = KINDS[new["kind"]]
    if new["percent"] > 100:
        return _("最多 100")
    if new["percent"] < kind.floor:
        told = {"floor": kind.floor, "often": kind.often}
        return _("不能低于 %(floor)d：再低，做假 %(often)d 件也多半碰不上一次抽查") % told
    return ""


def write(*, rows: list[dict[str, Any]], **_more: Any) -> dict[str, Any]:
    """Noted with what it was and what it is: the shares name nobody."""
    for row in rows:
        new = row["new"]
        kept = {"percent": new["percent"], "source": new["source"]}
        Share.objects.update_or_create(kind=new["kind"], defaults=kept)
    return {"shares": {row["key"][0]: [row["old"]["percent"], row["new"]["percent"]] for row in rows}}


def _kinds() -> list[tuple[str, str]]:
    told = _("%(what)s（默认 %(default)d，不低于 %(floor)d）")
    return [(n, told % {"what": k.label, "default": k.default, "floor": k.floor}) for n, k in KINDS.items()]


SHARES = Table(
    "shares", gettext_lazy("抽查比例"), gettext_lazy("办结和撤单的，一百件里抽几件再看；改了只管以后的抽，要第二人"), "search",
    (
        Column("kind", gettext_lazy("抽什么"), "choice", _kinds),
        Column("percent", gettext_lazy("百分之几"), "number", help=gettext_lazy("一百件里抽几件；不能低于下限")),
        Column("source", gettext_lazy("出处"), help=gettext_lazy("哪条规定，或谁定的、为什么；ours 为本系统默认")),
    ),
    ("kind",), stands, check, write,
)  # fmt: skip
