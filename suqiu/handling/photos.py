"""What does each photo say, which photo was used before, and what of a visit has to be explained?

Facts are written in the transaction that stores the picture. What came in by another door (a citizen's own photo) is looked at by the
worker: it goes by what has no facts yet, so that nothing is lost when it is killed.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import connection, transaction

from suqiu.cases.advance import Stepping
from suqiu.cases.files import PICTURES
from suqiu.cases.models import Attachment, Case
from suqiu.gateways import storage

from . import exif, likeness, photo_rules
from .models import Doubt, PhotoFact, PhotoHash, PhotoMatch

log = logging.getLogger("suqiu.photos")
ONE_AT_A_TIME = 0x50484F544F  # of the database's locks: two who store the same photo at one moment see each other
AT_A_TIME = 50
SAME = 24  # matches kept of one photo: more say nothing new


def look_at(kept: Attachment, *, at: datetime, stated_at: datetime | None = None) -> PhotoFact:
    """The facts of one stored picture, and what of earlier ones it is the same as."""
    found, prints = _read(kept)
    time_from = _source(found.has_time, kept.taken_at)
    place_from = _source(found.has_place, kept.longitude)
    row = PhotoFact.objects.create(
        attachment=kept, made_at=at, time_from=time_from, place_from=place_from, exif=found.kind, editor=found.editor,
        metres=photo_rules.metres(place_of(kept), place_of(kept.case)), is_plain=not prints,
        drift_minutes=photo_rules.drift(kept.taken_at, stated_at),
    )  # fmt: skip
    _one_at_a_time()
    _match(row, kept, prints)
    _keep(row, prints)
    return row


def _read(kept: Attachment) -> tuple[exif.Exif, list[int]]:
    try:
        with storage.read(kept.path) as file:
            data = file.read()
        return exif.read(data), likeness.hashes(data)
    except OSError as error:  # a lost file: said in the log, and what is known of it stays known
        log.error("picture %s cannot be looked at: %s", kept.pk, error)
        return exif.Exif("missing"), []


def _source(is_in_exif: bool, value: object) -> str:
    return "" if value is None else "exif" if is_in_exif else "phone"


def place_of(thing: Attachment | Case) -> tuple[float, float] | None:
    known = thing.longitude is not None and thing.latitude is not None
    return (thing.longitude, thing.latitude) if known else None


def _one_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_AT_A_TIME])


def _keep(row: PhotoFact, prints: Sequence[int]) -> None:
    PhotoHash.objects.bulk_create(hashed(row.pk, prints))


def hashed(photo_id: int, prints: Sequence[int]) -> list[PhotoHash]:
    made = []
    for variant, value in enumerate(prints):
        a, b, c, d = likeness.quarters(value)
        made.append(PhotoHash(photo_id=photo_id, variant=variant, hash=likeness.signed(value), a=a, b=b, c=c, d=d))
    return made


def _match(row: PhotoFact, kept: Attachment, prints: Sequence[int]) -> None:
    """Earlier pictures of any case. Of this one only copies, and of this very visit only the same file: there all are alike by nature."""
    near = near_to(prints)
    alike = Attachment.objects.filter(sha256=kept.sha256).exclude(pk=kept.pk).exclude(fact=None)
    near |= dict.fromkeys(alike.order_by("-pk").values_list("fact__pk", flat=True)[:SAME], 0)
    for pk in _own_and_not_copied(near, kept, prints):
        del near[pk]
    found = sorted((apart, pk) for pk, apart in near.items())[:SAME]
    PhotoMatch.objects.bulk_create(PhotoMatch(photo=row, earlier_id=pk, apart=apart) for apart, pk in found)


def _own_and_not_copied(near: dict[int, int], kept: Attachment, prints: Sequence[int]) -> list[int]:
    own = PhotoFact.objects.filter(pk__in=near, attachment__case=kept.case_id).exclude(attachment__sha256=kept.sha256)
    wholes = PhotoHash.objects.filter(photo__in=own, variant=0).values_list(
        "photo", "photo__attachment__line_no", "hash"
    )
    return [
        pk
        for pk, line_no, value in wholes
        if line_no == kept.line_no or likeness.apart(prints[0], value) > likeness.NEAR_IN_CASE
    ]


# ---- the search over all hashes

NEAR_SQL = """
SELECT photo_id, min(apart) FROM (
    SELECT photo_id, variant, bit_count((hash # %(hash)s)::bit(64)) AS apart FROM handling_photohash WHERE a = ANY(%(a)s)
    UNION ALL
    SELECT photo_id, variant, bit_count((hash # %(hash)s)::bit(64)) FROM handling_photohash WHERE b = ANY(%(b)s)
    UNION ALL
    SELECT photo_id, variant, bit_count((hash # %(hash)s)::bit(64)) FROM handling_photohash WHERE c = ANY(%(c)s)
    UNION ALL
    SELECT photo_id, variant, bit_count((hash # %(hash)s)::bit(64)) FROM handling_photohash WHERE d = ANY(%(d)s)
) AS probed WHERE apart <= %(near)s AND (%(whole)s OR variant = 0) GROUP BY photo_id
"""


def near_to(prints: Sequence[int]) -> dict[int, int]:
    """Photo -> bits apart, of all whose hash is at most six bits from one of these: exact (likeness.probes).

    The whole picture is held against wholes and crops, a crop against wholes alone: of two crops of two pictures nothing follows.
    """
    found: dict[int, int] = {}
    with connection.cursor() as cursor:
        for variant, value in enumerate(prints):
            for photo_id, apart in probed(cursor, value, whole=variant == 0):
                found[photo_id] = min(apart, found.get(photo_id, apart))
    return found


def probed(cursor, value: int, *, whole: bool = True) -> list[tuple[int, int]]:
    """(photo, bits apart) of all hashes at most six bits from this one; not whole: of whole pictures only."""
    asked = {part: likeness.probes(q) for part, q in zip("abcd", likeness.quarters(value), strict=True)}
    cursor.execute(NEAR_SQL, asked | {"hash": likeness.signed(value), "near": likeness.NEAR, "whole": whole})
    return cursor.fetchall()


# ---- what has to be explained


def doubt(
    s: Stepping, facts: Iterable[PhotoFact], *, metres: int | None = None, accuracy: float | None = None, why: str = ""
) -> None:
    """Writes down where the visit of this line does not agree; said at once (`why`), it is explained."""
    kinds = photo_rules.doubts(_known(facts), metres, accuracy)
    if not kinds:
        return
    row = Doubt(case=s.case, cycle=s.case.cycle, line_no=s.line_no, department=s.holding.department, kinds=kinds)
    if why:
        row.explained_at, row.explained_line = s.at, s.line_no
    row.save()
    s.says["doubts"] = kinds


def _known(facts: Iterable[PhotoFact]) -> list[photo_rules.Known]:
    facts = list(facts)
    used = set(PhotoMatch.objects.filter(photo__in=facts).values_list("photo_id", flat=True))
    return [
        photo_rules.Known(
            f.metres, f.drift_minutes, f.exif == PhotoFact.Exif.EDITED, f.pk in used, not (f.time_from or f.place_from)
        )
        for f in facts
    ]


def unexplained(s: Stepping):
    """Of the department in whose name he acts, in this cycle."""
    return Doubt.objects.filter(case=s.case, cycle=s.case.cycle, department=s.holding.department_id, explained_at=None)


# ---- the worker's part


def without_facts():
    kept = Attachment.objects.filter(mime__in=PICTURES, removed_at=None, fact=None)
    return kept.select_related("case").order_by("id")


def look_at_rest(*, at: datetime, at_most: int = AT_A_TIME) -> int:
    """Pictures that have no facts yet, the earliest first; each in a transaction of its own. Returns how many."""
    done = 0
    for pk in list(without_facts().values_list("pk", flat=True)[:at_most]):
        with transaction.atomic():
            kept = without_facts().select_for_update(of=("self",), skip_locked=True).filter(pk=pk).first()
            if kept is not None:
                look_at(kept, at=at)
                done += 1
    return done


@transaction.atomic
def forget_removed() -> int:
    """Of a picture that was deleted by law neither its likeness nor its place is kept. Returns how many."""
    gone = PhotoFact.objects.filter(attachment__removed_at__isnull=False).exclude(hashes=None, metres=None)
    found = list(gone.distinct().values_list("pk", flat=True))
    PhotoHash.objects.filter(photo__in=found).delete()
    PhotoFact.objects.filter(pk__in=found).update(metres=None, editor="")
    return len(found)
