"""Which cases speak of this? The words of a case are kept beside it in the same transaction, and found within what a person may see."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Count, Max, Q, QuerySet

from suqiu.directory.models import Area, Officer, Role
from suqiu.language.models import WINDOW
from suqiu.language.search import newest
from suqiu.language.words import VERSION, phrases, plain, question, wanted_runs, words_of

from .models import Case, CaseWords, Content, Holding, Line
from .visibility import CONFIDENTIAL, HOTLINE_ROLES

PAGE = 20
BATCHES = (24, 60, 60, 60, 60)  # most of what the index finds may be seen: first hardly more than a page
CASES_A_PAGE = 500
SAID_IN = {  # what of which step can be found; the internal account never
    "receive": ("text",),
    "archive": ("text",),
    "caller_adds": ("words",),
    "answer_at_once": ("answer",),
    "draft_reply": ("reply",),
    "event_answered": ("reply",),
}
MOVES = {"dispatch", "send_on", "send_up", "decide_return", "add_assist", "accept", "event_answered"}
CORRECTIONS = {"correct", "confirm_correction"}  # what was kept before may be wrong now
TEXTS = sorted({name for names in SAID_IN.values() for name in names})
OWN = 4  # of a case's texts these are its own: title, place, area as it was written, area as it stands


@dataclass(frozen=True)
class Found:
    """A page of hits: ids newest first, the piece of text each was found by, and where the next page begins."""

    ids: list[int]
    pieces: dict[int, str]
    below: int | None


def note(line: Line, case: Case, said: dict[str, str]) -> None:
    """Keeps the words of this step and who may find the case. A confidential case is found by the hotline alone."""
    if line.step in CORRECTIONS:
        return _cut(case)
    texts = [said[name] for name in SAID_IN.get(line.step, ()) if name in said]
    if line.no == 1:
        texts += [case.title, case.place, case.area_as_written]
    if line.no == 1 or line.step == "accept":
        texts += _names([case.area_id]).values()
    if texts or line.step in MOVES:
        _write(case.pk, words_of(*texts))


def find(user: Officer, wanted: str, *, below: int | None = None) -> Found:
    """The newest cases of this officer that hold all that is wanted."""
    asked, units = question(wanted), _units(user)
    ids: list[int] = []
    pieces: dict[int, str] = {}
    for at_most in BATCHES:
        hits = newest(CaseWords, asked, below=below, seen_by=units, at_most=at_most)
        for pk, piece in _really(user, hits, wanted, units):
            if len(ids) == PAGE:
                return Found(ids, pieces, ids[-1])
            ids.append(pk)
            pieces[pk] = piece
        if len(hits) < at_most:
            return Found(ids, pieces, None)
        below = hits[-1]
    return Found(ids, pieces, below)


def catch_up() -> Iterator[int]:
    """Cuts what was never cut, or by an earlier version; yields how many at a time."""
    last = 0
    while True:
        behind = Case.objects.filter(Q(words=None) | ~Q(words__version=VERSION), pk__gt=last).order_by("id")
        page = list(behind.values_list("pk", flat=True)[:CASES_A_PAGE])
        if not page:
            return
        for pk in page:
            _cut_anew(pk)
        last = page[-1]
        yield len(page)


@transaction.atomic
def _cut_anew(pk: int) -> None:
    """Under the lock of the case, as every step: what is said meanwhile is not lost, what is removed meanwhile does not come back."""
    _cut(Case.objects.select_for_update().get(pk=pk))


def _cut(case: Case) -> None:
    """All of a case that is locked, as it stands now: what it was called before is found no more."""
    said = (body for _pk, _at, body in _said([case.pk]))
    where = _names([case.area_id]).values()
    _write(case.pk, words_of(case.title, case.place, case.area_as_written, *where, *said), anew=True)


def _really(user: Officer, hits: list[int], wanted: str, units: list[str] | None) -> Iterator[tuple[int, str]]:
    """The hits that this officer may see, in which what he may read holds all that is wanted, not only its pairs."""
    may = Case.objects.visible_to(user).filter(pk__in=hits)
    if not _is_hotline(user):
        may = may.exclude(secrecy__in=CONFIDENTIAL)
    own = _own(may) if hits else {}
    said = {pk: own[pk] for pk in hits if pk in own}
    lost = _lost(said, units) if said and units is not None else {}
    for pk, at, body in _said(said) if said else ():
        if pk not in lost or at <= lost[pk]:
            said[pk].append(body)
    runs = wanted_runs(wanted)
    for pk, texts in said.items():
        if all(any(run in plain(text) for text in texts) for run in runs):
            yield pk, _piece(texts[OWN:] or texts, wanted)


def _own(cases: QuerySet[Case]) -> dict[int, list[str]]:
    """Case -> the texts it has of its own, OWN of them."""
    rows = list(cases.values_list("pk", "area", "title", "place", "area_as_written"))
    names = _names(code for _pk, code, *_texts in rows)
    return {pk: [*texts, names.get(code, "")] for pk, code, *texts in rows}


def _names(codes: Iterable[str | None]) -> dict[str, str]:
    """Area -> how it is called, from its county down, in both languages. The code of an area begins with those above it."""
    above = {code: [code[:end] for end in (6, 9, 12) if len(code) >= end] for code in codes if code}
    if not above:
        return {}
    wanted = {code for chain in above.values() for code in chain}
    rows = Area.objects.filter(code__in=wanted).exclude(kind=Area.Kind.CITY).values_list("code", "name", "name_en")
    names = {code: (name, name_en) for code, name, name_en in rows}
    return {
        code: f"{''.join(names[c][0] for c in chain if c in names)} {' '.join(names[c][1] for c in chain if c in names)}"
        for code, chain in above.items()
    }


def _lost(ids: Iterable[int], units: list[str]) -> dict[int, datetime]:
    """When those who held it once and hold it no more lost it: what came later is not theirs to read."""
    held = Holding.objects.filter(case__in=ids, department__in=units).order_by().values("case")
    held = held.annotate(last=Max("until"), now=Count("pk", filter=Q(until=None))).filter(now=0)
    return dict(held.values_list("case", "last"))


def _said(ids: Iterable[int]) -> Iterator[tuple[int, datetime, str]]:
    """(case, when, words) of steps that can be found; words of the same name in other steps are not among them."""
    lines = Line.objects.filter(case__in=ids, step__in=SAID_IN).values_list("case_id", "no", "step", "at")
    steps = {(pk, no): (step, at) for pk, no, step, at in lines}
    texts = Content.objects.filter(case__in=ids, name__in=TEXTS, removed_at=None).order_by("case_id", "line_no")
    for pk, no, name, body in texts.values_list("case_id", "line_no", "name", "body"):
        step, at = steps.get((pk, no), ("", None))
        if name in SAID_IN.get(step, ()):
            yield pk, at, body


def _piece(texts: list[str], wanted: str) -> str:
    """Some words around the first place where it is said."""
    for sought in (*phrases(wanted), *plain(wanted).split()):
        for text in texts:
            at = plain(text).find(sought)
            if at >= 0:
                begin = max(at - 20, 0)
                return ("…" if begin else "") + " ".join(text[begin : at + 60].split())
    return " ".join(texts[0][:80].split()) if texts else ""


def _units(user: Officer) -> list[str] | None:
    """Departments through which this officer finds cases; None for those who look over all of them."""
    if _is_hotline(user) or user.has_role(Role.DISCIPLINE):
        return None
    return sorted(user.departments_as())


def _is_hotline(user: Officer) -> bool:
    return user.is_at_hotline_as(*HOTLINE_ROLES)


def _write(pk: int, words: list[str], *, anew: bool = False) -> None:
    kept = "" if anew else "cases_casewords.words || "
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO cases_casewords (case_id, window_no, seen_by, words, version)"
            " SELECT c.id, c.id / %(window)s, CASE WHEN c.secrecy IN ('confidential', 'anonymous') THEN '{}' ELSE"
            " ARRAY(SELECT DISTINCT department_id FROM cases_holding h WHERE h.case_id = c.id ORDER BY 1) END,"
            " array_to_tsvector(%(words)s::text[]), %(version)s FROM cases_case c WHERE c.id = %(pk)s"
            f" ON CONFLICT (case_id) DO UPDATE SET seen_by = EXCLUDED.seen_by, words = {kept}EXCLUDED.words,"
            " version = EXCLUDED.version",
            {"pk": pk, "words": words, "window": WINDOW, "version": VERSION},
        )
