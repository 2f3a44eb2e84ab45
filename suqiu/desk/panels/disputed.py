"""How often did it change hands, and what has the question whose it is cost so far?"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse

from suqiu.dispatch import rules as dispatch

from ..queries import Opened


def dispute(opened: Opened) -> dict[str, Any] | None:
    """Nothing where nobody ever disputed it. Read from the lines, whose columns say when a dispute was open."""
    spans = _spans(opened)
    if not spans and not opened.case.hops:
        return None
    is_ruled = any(line.step == "object" for line in opened.lines)
    return {
        "hops": opened.case.hops,
        "lost": dispatch.days_lost(spans) if spans else 0,
        "url": reverse("desk:ruling", args=[opened.case.number]) if is_ruled else "",
    }


def _spans(opened: Opened) -> list[tuple[datetime, datetime]]:
    found, since = [], None
    for line in opened.lines:
        if line.columns.get("dispute") and since is None:
            since = line.at
        elif not line.columns.get("dispute") and since is not None:
            found.append((since, line.at))
            since = None
    return found + ([(since, max(opened.until or opened.now, since))] if since else [])
