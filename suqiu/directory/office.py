"""What was done or looked at that is not a step of a case? The office journal (台账), one chain per department and year."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from . import chain
from .models import OfficeLine, Officer

SYSTEM_CHAIN = "system"


@transaction.atomic
def write(*, act: str, by: Officer | None, at: datetime, **says: Any) -> OfficeLine:
    """Adds a line in the caller's transaction; two writers to one chain wait for each other."""
    name = f"{by.department_id if by else SYSTEM_CHAIN}/{timezone.localtime(at).year}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"office:{name}"])
    last = OfficeLine.objects.filter(chain=name).order_by("-no").first()
    line = OfficeLine(chain=name, no=last.no + 1 if last else 1, act=act, by_id=by.pk if by else None, at=at)
    line.says, line.prev = chain.plain(says), last.hash if last else ""
    line.hash = chain.link(hashed(line))
    line.save(force_insert=True)
    return line


def hashed(line: OfficeLine) -> dict[str, Any]:
    """The parts of an office line that its hash covers."""
    return {f: getattr(line, f) for f in ("chain", "no", "act", "by_id", "at", "says", "prev")}
