"""How long does each kind of clock run, by which version of the terms? Read, checked, and written as a new version."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suqiu.directory.actions import moment_of
from suqiu.directory.tabular import REMOVE, Column, Key, Table, Values

from .models import ClockKind, ClockProfile, ClockTerm, DemandType, Urgency
from .terms import COLUMNS

DEFAULT = Path(__file__).with_name("terms.csv")
UNITS = (
    ("working_day", gettext_lazy("工作日")),
    ("working_hour", gettext_lazy("工作小时")),
    ("hour", gettext_lazy("小时")),
    ("day", gettext_lazy("天")),
)
# Without one of these a step of the flow could not start its clock, or the citizen would never be answered.
NEEDED = {
    ClockKind.ACCEPT, ClockKind.DISPATCH, ClockKind.SUB_TERM, ClockKind.CONTACT, ClockKind.SIGN_IN, ClockKind.RETURN_REVIEW,
    ClockKind.HAND_OVER, ClockKind.FIRST_SEES, ClockKind.EXTENSION, ClockKind.FOLLOW_UP, ClockKind.CONFIRM, ClockKind.REDO,
    ClockKind.LEADER, ClockKind.SETTLE, ClockKind.APPEAL,
}  # fmt: skip


def default_terms() -> list[Values]:
    """What a city starts with, each line with the rule it comes from."""
    with DEFAULT.open(encoding="utf-8", newline="") as lines:
        return [{**r, "amount": int(r["amount"])} for r in csv.DictReader(lines)]


def new_profile(*, terms: list[Values], valid_from: datetime, note: str) -> ClockProfile:
    """时限规则的新版本: clocks that run keep the version under which they started."""
    newest = ClockProfile.objects.order_by("-number").first()
    number = newest.number + 1 if newest else 1
    profile = ClockProfile.objects.create(number=number, valid_from=valid_from, note=note)
    ClockTerm.objects.bulk_create(ClockTerm(profile=profile, **term) for term in terms)
    return profile


def terms() -> dict[Key, Values]:
    """Of the newest version, in force or announced."""
    newest = ClockProfile.objects.order_by("-number").first()
    rows = ClockTerm.objects.filter(profile=newest).values(*COLUMNS)
    return {(r["kind"], r["demand_type"], r["urgency"]): r for r in rows}


def write(*, after: Mapping[Key, Values], options: Mapping[str, Any], at: datetime, **_more: Any) -> dict[str, Any]:
    newest = ClockProfile.objects.order_by("-number").first()
    valid_from = moment_of(options.get("valid_from"), at)
    if newest and valid_from <= newest.valid_from:  # of two that begin at once nobody could say which is in force
        valid_from = newest.valid_from + timedelta(microseconds=1)
    profile = new_profile(terms=list(after.values()), valid_from=valid_from, note=options.get("note", ""))
    return {"version": profile.number, "valid_from": profile.valid_from}


def check(after: Mapping[Key, Values], rows: list[dict[str, Any]]) -> list[tuple[list[str], str]]:
    found = []
    for row in (r for r in rows if r["kind"] != REMOVE):
        new = row["new"]
        if new["amount"] < 1:
            found.append((row["key"], _("至少是 1")))
        elif new["unit"] in ("working_day", "day") and new["amount"] > 366:
            found.append((row["key"], _("最长一年")))
    kinds = {key[0] for key in after}
    found += [([str(ClockKind(k).label)], _("这一种时限一行也没有了")) for k in sorted(NEEDED - kinds)]
    outer = {t for kind, t, urgency in after if kind == ClockKind.OUTER and not urgency}
    if "" not in outer:
        lacking = [t for t in DemandType.values if t not in outer]
        found += [
            ([str(ClockKind.OUTER.label)], _("「%(type)s」没有总时限") % {"type": DemandType(t).label}) for t in lacking
        ]
    return found


TERMS = Table(
    "terms", gettext_lazy("各类时限"), gettext_lazy("每种时限多长、依据哪条；改一次出一个新版本，要第二人"), "clock",
    (
        Column("kind", gettext_lazy("时限"), "choice", lambda: ClockKind.choices),
        Column("demand_type", gettext_lazy("诉求类型"), "choice", lambda: DemandType.choices, is_required=False, help=gettext_lazy("空为各类")),
        Column("urgency", gettext_lazy("紧急程度"), "choice", lambda: Urgency.choices, is_required=False, help=gettext_lazy("空为各级")),
        Column("amount", gettext_lazy("多长"), "number"),
        Column("unit", gettext_lazy("单位"), "choice", lambda: UNITS),
        Column("source", gettext_lazy("出处"), is_required=False, help=gettext_lazy("哪条规定；ours 为本系统默认")),
    ),
    ("kind", "demand_type", "urgency"), terms, check, write, removes=gettext_lazy("删去"),
    options=(
        Column("valid_from", gettext_lazy("生效时间"), "moment", is_required=False, help=gettext_lazy("空为第二人一同意就生效")),
        Column("note", gettext_lazy("说明"), "words", limit=500, help=gettext_lazy("依据什么、谁定的")),
    ),
    is_version=True,
)  # fmt: skip
