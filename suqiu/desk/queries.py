"""What does this officer read of one case? Everything the page shows, in a handful of queries, cut to what he may see."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.core.cache import cache
from django.db.models import Count, Exists, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, JSONObject
from django.http import Http404

from suqiu.cases.models import Ask, Attachment, Case, Clock, Content, Holding, Line, Look, Seal, State
from suqiu.cases.visibility import may_be_put_through, relations, sees_contact, sees_original
from suqiu.directory.models import Officer
from suqiu.followup.models import LookBack, SpotCheck
from suqiu.handling.models import Doubt, PhotoMatch
from suqiu.intake.caller_limits import open_limits

from .seats import Seat
from .statements import CASE, NOW, NUMBER, objects_of

LOOKS_SHOWN = 20
OF_THE_CALLER = {
    "receive", "caller_adds", "resume", "not_answered", "appeal", "withdraw", "attempt", "archive", "ask_new_time",
    "confirm_meeting", "look_back",
}  # fmt: skip
SEAL_SECONDS = 60


@dataclass
class Opened:
    """One case as one officer may read it. `until`: he held it once; what came later is not his to read."""

    case: Case
    seat: Seat
    holdings: list[Holding] = field(default_factory=list)
    held: set[str] = field(default_factory=set)  # role@relation words
    lines: list[Line] = field(default_factory=list)
    clocks: list[Clock] = field(default_factory=list)
    until: datetime | None = None

    @property
    def now(self) -> datetime:
        return self.seat.now

    @property
    def is_past(self) -> bool:
        return self.until is not None

    @property
    def sees_contact(self) -> bool:
        return not self.is_past and sees_contact(self.seat.officer, self.case, self.held)

    @property
    def may_ring(self) -> bool:
        """Through the exchange, which shows him no number."""
        return self.sees_contact or (not self.is_past and may_be_put_through(self.case, self.held))

    @property
    def sees_original(self) -> bool:
        return sees_original(self.case, self.held)

    @property
    def open_holdings(self) -> list[Holding]:
        return [h for h in self.holdings if h.until is None]

    @property
    def state(self) -> str:
        """As it is; for who held it once, as it was when he lost it."""
        return self.lines[-1].columns["state"] if self.is_past and self.lines else self.case.state

    def texts(self, line: Line) -> dict[str, str]:
        """Field -> words of a line; nothing of the caller's own words where they are kept from this officer."""
        if not self.sees_original and line.step in OF_THE_CALLER:
            return {}
        return {t["name"]: t["body"] for t in line.texts if not t["removed"]}

    def has_removed(self, line: Line) -> bool:
        return any(t["removed"] for t in line.texts)

    def last(self, *steps: str) -> Line | None:
        return next((line for line in reversed(self.lines) if line.step in steps), None)

    def last_by(self, officer: Officer) -> Line | None:
        """His own latest step in this case, in whatever role."""
        return next((line for line in reversed(self.lines) if line.officer_id == officer.pk), None)

    def in_cycle(self, *steps: str) -> list[Line]:
        """The lines of these steps in the cycle that runs now."""
        return [ln for ln in self.lines if ln.step in steps and ln.columns["cycle"] == self.case.cycle]

    def sees_file(self, kind: str, line_no: int) -> bool:
        return line_no in {line.no for line in self.lines} and (self.sees_original or kind != "demand")

    @property
    def files(self) -> list[dict[str, Any]]:
        return [f for f in self.case.kept_files if self.sees_file(f["kind"], f["line_no"])]


def open_case(number: str, seat: Seat) -> Opened:
    """The case with all its page needs, in four queries; Http404 for what he may not see, as for what does not exist."""
    opened = find(number, seat)
    opened.lines = _of_case("lines", _lines, opened)
    opened.clocks = _of_case("clocks", _clocks, opened)
    _cut(opened)
    return opened


def find(number: str, seat: Seat) -> Opened:
    """The case and its holdings alone."""
    found = objects_of((seat.key, "case"), lambda: _cases(seat.at(NOW)), seat.now, number, seat.places)
    if not found:
        raise Http404
    opened = Opened(found[0], seat)
    opened.holdings = _of_case("holdings", _holdings, opened)
    opened.held = relations(seat.officer, opened.case, opened.holdings)
    opened.until = _lost_at(seat, opened.holdings)
    return opened


def _cases(seat: Seat) -> QuerySet[Case]:
    cases = Case.objects.visible_to(seat.officer).filter(number=NUMBER).order_by()
    cases = cases.select_related(
        "person", "area__parent__parent", "matter", "lead_department", "lead_officer", "first_department", "about_department", "event__lead__lead_department"
    )  # fmt: skip
    return cases.annotate(
        callers_waiting=_callers(state=State.MERGED),
        callers_with_it=_callers(),
        kept_asks=ArraySubquery(_asks()),
        kept_files=ArraySubquery(_files()),
        kept_looks=ArraySubquery(_looks()),
        kept_doubts=ArraySubquery(_doubts()),
        kept_matches=ArraySubquery(_matches(seat)),
        is_drawn=Exists(_drawn()),
        look_back_from=Subquery(_look_backs()),
        is_caller_limited=Exists(open_limits(seat.now).filter(person=OuterRef("person"))),
    )


def _callers(**columns: Any) -> Coalesce:
    """How many others this case is or was handled for."""
    members = Case.objects.filter(event__lead=OuterRef("pk"), **columns).exclude(pk=OuterRef("pk"))
    counted = members.order_by().values("event__lead").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def _holdings() -> QuerySet[Holding]:
    return Holding.objects.filter(case=CASE).select_related("department", "officer", "substitute")


def _lines() -> QuerySet[Line]:
    return (
        Line.objects.filter(case=CASE).select_related("officer").order_by("no").annotate(texts=ArraySubquery(_texts()))
    )


def _clocks() -> QuerySet[Clock]:
    return (
        Clock.objects.filter(case=CASE)
        .select_related("promise__department", "promise__officer", "holding")
        .order_by("id")
    )


def _of_case(what: str, build: Callable[[], QuerySet], opened: Opened) -> list:
    found = objects_of(what, build, opened.now, opened.case.pk)
    for row in found:
        row.case = opened.case
    return found


def _lost_at(seat: Seat, holdings: list[Holding]) -> datetime | None:
    """When who held it once lost it; None for the hotline, the discipline office, and who holds it now."""
    own = [h for h in holdings if h.department_id in seat.units | seat.centres]
    if seat.is_hotline or seat.roles.get("discipline") or not own or any(h.until is None for h in own):
        return None
    return max(h.until for h in own)


def _cut(opened: Opened) -> None:
    if opened.until is None:
        return
    opened.lines = [line for line in opened.lines if line.at <= opened.until]
    opened.clocks = [clock for clock in opened.clocks if clock.promise and clock.anchor_at <= opened.until]
    opened.holdings = [h for h in opened.holdings if h.since <= opened.until]


def _texts():
    said = Content.objects.filter(case=OuterRef("case"), line_no=OuterRef("no")).order_by("name")
    return said.values(t=JSONObject(name="name", body="body", removed="removed_at"))


def _asks():
    asks = Ask.objects.filter(case=OuterRef("pk")).order_by("no")
    return asks.values(a=JSONObject(no="no", text="text", outcome="outcome", basis="basis", department="department"))


def _files():
    files = Attachment.objects.filter(case=OuterRef("pk"), removed_at=None).order_by("id")
    return files.values(
        f=JSONObject(
            id="id", kind="kind", name="name", mime="mime", line_no="line_no", taken_at="taken_at", has_facts="fact__pk",
            time_from="fact__time_from", place_from="fact__place_from", metres="fact__metres", drift="fact__drift_minutes",
            exif="fact__exif", editor="fact__editor",
        )
    )  # fmt: skip


def _doubts():
    rows = Doubt.objects.filter(case=OuterRef("pk")).order_by("line_no")
    said = JSONObject(
        line_no="line_no", cycle="cycle", department="department_id", kinds="kinds", explained_line="explained_line"
    )
    return rows.values(d=said)


def _matches(seat: Seat):
    """Where a photo of this case was used before; in which case, only who may see that one reads."""
    may_see = Exists(Case.objects.visible_to(seat.officer).filter(pk=OuterRef("earlier__attachment__case")).order_by())
    rows = PhotoMatch.objects.filter(photo__attachment__case=OuterRef("pk")).order_by("photo_id", "apart", "earlier_id")
    return rows.annotate(may_see=may_see).values(
        m=JSONObject(
            photo="photo__attachment_id", case="earlier__attachment__case_id", number="earlier__attachment__case__number",
            kind="earlier__attachment__kind", at="earlier__made_at", apart="apart", may_see="may_see",
        )
    )  # fmt: skip


def _drawn():
    """Drawn for a re-check on the spot, and nobody has gone yet."""
    return SpotCheck.objects.filter(case=OuterRef("pk"), cycle=OuterRef("cycle"), by=None)


def _look_backs():
    waits = LookBack.objects.filter(case=OuterRef("pk"), cycle=OuterRef("cycle"), answered_at=None)
    return waits.values("ask_from")[:1]


def _looks():
    looks = Look.objects.filter(case=OuterRef("pk")).order_by("-id")
    return looks.values(
        k=JSONObject(
            at="at", who="officer__full_name", post="officer__post", what="what", reason="reason", words="words"
        )
    )[:LOOKS_SHOWN]


def last_sealed_day():
    """The last day that is sealed, read at most once a minute per process."""
    found = cache.get("desk:sealed")
    if found is None:
        found = Seal.objects.order_by("-day").values_list("day", flat=True).first() or ""
        cache.set("desk:sealed", found, SEAL_SECONDS)
    return found
