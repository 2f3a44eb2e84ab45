"""Several cases ticked and one step for all: each its own step, each refusal names its row, the rest is done."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any

from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from suqiu.cases.flow import BY_NAME, Step
from suqiu.cases.models import Case
from suqiu.cases.visibility import CONFIDENTIAL
from suqiu.directory.models import Officer
from suqiu.errors import Refused

from . import registry
from .queues import Queue
from .seats import COUNTY, HOTLINE, UNIT, Seat
from .worklist import hidden_title

OF_LISTS = ("sign_in", "assign", "remind")
AT_MOST = 50
PLACE_OF = {"hotline": HOTLINE, "lead": UNIT, "assist": UNIT, "first": UNIT, "county": COUNTY, "superior": COUNTY}
WORDS_LIMIT = 500


@dataclass
class Ticked:
    """A row as it was ticked: number, and the last line that the list showed."""

    number: str
    seen: int

    @classmethod
    def read(cls, value: str) -> Ticked:
        number, _dot, line = value.partition(".")
        if not (number.isalnum() and line.isdecimal() and len(value) <= 40):
            raise Refused(_("勾选的这一行认不出来：%(value)s") % {"value": value[:40]}, status=400)
        return cls(number, int(line))


@dataclass
class Outcome:
    """What became of it: numbers done, and for each that was not its title and why."""

    done: list[str] = field(default_factory=list)
    refused: list[tuple[str, str, Refused]] = field(default_factory=list)

    @property
    def status(self) -> int:
        return max((no.status for _number, _title, no in self.refused), default=200)


def offered(queue: Queue, seat: Seat) -> list[Step]:
    """The steps that can be taken from this list by this officer, in some of its states."""
    return [row for row in map(BY_NAME.get, OF_LISTS) if row and _fits(row, queue, seat)]


def _fits(row: Step, queue: Queue, seat: Seat) -> bool:
    held = (word.partition("@") for word in row.who if "@" in word)
    return bool(set(row.start) & set(queue.states)) and any(
        PLACE_OF.get(relation) == queue.place and seat.has(queue.place, role) for role, _at, relation in held
    )


def read(posted: Any, queue: Queue, seat: Seat) -> tuple[Step, list[Ticked], dict[str, Any]]:
    """Step, rows and what the step asks for, from a form; refused with 422 where something lacks."""
    row = next((r for r in offered(queue, seat) if r.name == posted.get("step")), None)
    if row is None:
        raise Refused(_("这个队列里没有这一步"), status=422, field="step")
    ticked = [Ticked.read(value) for value in dict.fromkeys(posted.getlist("case"))]
    if not ticked:
        raise Refused(
            _("一件也没有勾"), who_can=_("先在左边勾上要做的，再按「%(step)s」") % {"step": row.label}, status=422
        )
    if len(ticked) > AT_MOST:
        raise Refused(_("一次最多 %(n)d 件") % {"n": AT_MOST}, status=422)
    return row, ticked, _fields(row, posted, seat)


def _fields(row: Step, posted: Any, seat: Seat) -> dict[str, Any]:
    if row.name == "assign":
        officer = _colleague(posted.get("officer", ""), seat)
        if officer is None:
            raise Refused(_("分给谁，请选一个人"), status=422, field="officer")
        return {"officer": officer, "substitute": _colleague(posted.get("substitute", ""), seat)}
    if row.name == "remind":
        words = posted.get("words", "").strip()
        if len(words) > WORDS_LIMIT or "\0" in words:
            raise Refused(_("最多 %(n)d 个字") % {"n": WORDS_LIMIT}, status=422, field="words")
        return {"words": words} if words else {}
    return {}


def colleagues(seat: Seat) -> list[tuple[int, str]]:
    """Whom one can assign to: the officers of one's own units."""
    return [(p.pk, p.name) for unit in sorted(seat.units) for p in registry.people(unit)]


def _colleague(value: str, seat: Seat) -> Officer | None:
    if not value:
        return None
    if not value.isdecimal() or int(value) not in dict(colleagues(seat)):
        raise Refused(_("没有这位同事"), status=422, field="officer")
    return Officer.objects.get(pk=int(value))


def take(row: Step, ticked: list[Ticked], seat: Seat, key: str, fields: dict[str, Any]) -> Outcome:
    """One step for each, in the order of the list. Asked twice with one key, what is done is not done again."""
    action, outcome = import_string(row.action), Outcome()
    found = {c.number: c for c in Case.objects.visible_to(seat.officer).filter(number__in=[t.number for t in ticked])}
    for t in ticked:
        case = found.get(t.number)
        try:
            if case is None:
                raise Refused(_("没有这件，或者它已经不在您这里"), status=404)
            action(case=case, by=seat.officer, at=seat.now, key=_key(row, t, seat, key, fields), seen=t.seen, **fields)
            outcome.done.append(t.number)
        except Refused as no:
            outcome.refused.append((t.number, _title(case, seat), no))
    return outcome


def _key(row: Step, t: Ticked, seat: Seat, key: str, fields: dict[str, Any]) -> str:
    """Of this posting, this row and these words: who comes back and changes his words has said something else."""
    said = repr((key, row.name, t.number, sorted((n, getattr(v, "pk", v)) for n, v in fields.items())))
    return f"batch:{seat.officer.pk}:{hashlib.sha256(said.encode()).hexdigest()[:48]}"


def _title(case: Case | None, seat: Seat) -> str:
    if case is None:
        return ""
    return hidden_title(case.matter_id) if case.secrecy in CONFIDENTIAL and not seat.is_hotline else case.title
