"""Which rows hold all these words, newest first? Read window by window, so that neither rare nor common words are slow.

One scan of the GIN index over (window_no, seen_by, words) intersects all three; at most one window's hits are ever sorted.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection, models

from .models import WINDOW


def newest(
    model: type[models.Model],
    question: str,
    *,
    below: int | None = None,
    seen_by: Iterable[str] | None = None,
    at_most: int = 20,
) -> list[int]:
    """Keys of the rows of a SearchRow table, largest first, below a key; `seen_by` None: whoever may find them."""
    if not question:
        return []
    table, key = model._meta.db_table, model._meta.pk.column
    values: dict = {"question": question, "at_most": at_most, "window": WINDOW, "below": below}
    only = ""
    if below is not None:
        only += f" AND {key} < %(below)s"
    if seen_by is not None:
        only += " AND seen_by && %(seen_by)s::varchar[]"
        values["seen_by"] = list(seen_by)
    top = f"coalesce(%(below)s::bigint, (SELECT max({key}) FROM {table}))"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT hit.id FROM generate_series(({top} / %(window)s)::int, 0, -1) AS w, LATERAL ("
            f"SELECT {key} AS id FROM {table} WHERE window_no = w AND words @@ %(question)s::tsquery{only}"
            f" ORDER BY {key} + 0 DESC LIMIT %(at_most)s) AS hit LIMIT %(at_most)s",  # + 0: not along the primary key
            values,
        )
        return [row[0] for row in cursor.fetchall()]
