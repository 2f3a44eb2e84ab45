"""A city of any size for measuring: the first demo cases copied by the server itself, each copy older than the one after it.

Open cases come only with the newest copies, as in a real city; the oldest copies speak of things nobody speaks of any more.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from functools import cache

from django.apps import apps
from django.db import connection, models, transaction
from django.db.models import Max, Q
from tqdm import tqdm

from suqiu.cases.models import OPEN_STATES, Case, CaseWords, State
from suqiu.citizens.models import Person
from suqiu.directory.models import Setting
from suqiu.language.models import WINDOW
from suqiu.language.words import words_of

COPIES_WITH_OPEN = 12
COPIES_A_STEP = 40
LINES_OF_MOST = 6
DAYS = 3 * 365
OLD_SHARE = 0.05
OLD_WORDS = ("煤球", "粮票", "传呼")  # of the oldest copies alone
NOT_COPIED = {"intake_draft"}


@cache
def template_tables() -> list[type[models.Model]]:
    """Persons, cases, and every table of the product with a row that belongs to a case, in the order of their keys."""
    found: list[type[models.Model]] = [Person, Case]
    candidates = [m for m in apps.get_models() if m.__module__.startswith("suqiu.") and m not in found]
    while more := [
        m for m in candidates if m not in found and _belongs(m, found) and _knows_only(m, found, candidates)
    ]:
        found += more
    return [m for m in found if m._meta.db_table not in NOT_COPIED]


def grow(to: int) -> int:
    """Copies until there are so many cases; says how many there are."""
    tables = template_tables()
    stride = _strides()[Case._meta.db_table]
    closed, opened = _template(stride)
    at_first = Case.objects.filter(pk__lt=stride).count()
    done = max(
        (m.objects.aggregate(n=Max("pk"))["n"] or 0) // _strides()[m._meta.db_table] for m in tables if _counts(m)
    )
    copies = max((to - at_first) // len(closed), done)
    with (
        connection.cursor() as cursor,
        tqdm(total=copies, initial=done, unit=" copies", disable=not sys.stderr.isatty()) as bar,
    ):
        index = CaseWords._meta.indexes[0]
        cursor.execute(f'DROP INDEX "{index.name}"')  # built once at the end: ten times faster
        for begin in range(done + 1, copies + 1, COPIES_A_STEP):
            end = min(begin + COPIES_A_STEP - 1, copies)
            with transaction.atomic():
                cursor.execute("SET LOCAL session_replication_role = replica")  # copies of rows that held together
                for table in tables:
                    _copy(cursor, table, closed, begin, end, copies)
            bar.update(end - begin + 1)
        if not Case.objects.filter(pk__gte=stride, state__in=OPEN_STATES).exists():
            with transaction.atomic():
                cursor.execute("SET LOCAL session_replication_role = replica")
                for table in tables:
                    _copy(cursor, table, opened, copies + 1, copies + COPIES_WITH_OPEN, copies + COPIES_WITH_OPEN)
        _speak_of_old_things(cursor, int(copies * OLD_SHARE) * stride, stride)
        _go_on_counting(cursor, tables)
        with connection.schema_editor() as editor:
            editor.add_index(CaseWords, index)
        cursor.execute("VACUUM ANALYZE")
    return Case.objects.count()


@cache
def _strides() -> dict[str, int]:
    """Table -> how far a copy's ids lie from those of the copy before: ids stay as dense as in a real city."""
    kept, _is_new = Setting.objects.get_or_create(
        key="bench-strides",
        defaults={"value": {m._meta.db_table: (m.objects.aggregate(n=Max("pk"))["n"] or 0) + 1 for m in template_tables()}},
    )  # fmt: skip
    return kept.value


def _counts(model: type[models.Model]) -> bool:
    """Its rows get numbers of their own; others bear the number of what they belong to."""
    return isinstance(model._meta.pk, models.AutoField)


def _go_on_counting(cursor, tables: list[type[models.Model]]) -> None:
    """What is stored from now on gets ids after the last copy's."""
    for model in tables:
        if _counts(model):
            at = [model._meta.db_table, model._meta.pk.column]
            cursor.execute(f"SELECT setval(pg_get_serial_sequence(%s, %s), max({at[1]})) FROM {at[0]}", at)


def _template(stride: int) -> tuple[list[int], list[int]]:
    """(closed cases with a short story, as most have: answered at once, sent another way; open cases)."""
    cases = Case.objects.filter(pk__lt=stride)
    opened = list(cases.filter(state__in=OPEN_STATES).values_list("pk", flat=True))
    waits = Q(state=State.ANSWERED) | Q(evidence_held__contains=["appeal"])  # for a rating, for a second person
    closed = cases.exclude(pk__in=opened).exclude(waits).filter(line_no__lte=LINES_OF_MOST)
    return list(closed.values_list("pk", flat=True)), opened


def _belongs(model: type[models.Model], found: Iterable[type[models.Model]]) -> bool:
    return any(
        f.remote_field.model in found
        for f in model._meta.concrete_fields
        if f.is_relation and f.remote_field.model != Person
    )


def _knows_only(model, found, candidates) -> bool:
    """Every row it points to is one already copied, or of a table that is shared by all cases."""
    to = {f.remote_field.model for f in model._meta.concrete_fields if f.is_relation} - {model}
    return not any(t in candidates and t not in found and _belongs(t, found) for t in to)


def _copy(cursor, model: type[models.Model], cases: list[int], begin: int, end: int, last: int) -> None:
    names, values = [], []
    for field in model._meta.concrete_fields:
        names.append(f'"{field.column}"')
        values.append(_shifted(model, field))
    table = model._meta.db_table
    cursor.execute(
        f"INSERT INTO {table} ({', '.join(names)}) SELECT {', '.join(values)} FROM {table} t"
        f" CROSS JOIN generate_series(%(begin)s, %(end)s) AS g WHERE {_of_cases(model)}",
        {"cases": cases, "begin": begin, "end": end, "last": last, "days": DAYS},
    )


def _shifted(model: type[models.Model], field: models.Field) -> str:
    """The same value, a stride further and so many days earlier."""
    column, own = f't."{field.column}"', template_tables()
    if field.is_relation and field.remote_field.model in own:
        return f"{column} + g * {_strides()[field.remote_field.model._meta.db_table]}::bigint"
    if field.primary_key:
        return f"{column} + g * {_strides()[model._meta.db_table]}::bigint"
    if field.name == "window_no":
        return f"(t.case_id + g * {_strides()[Case._meta.db_table]}::bigint) / {WINDOW}"
    if isinstance(field, models.DateTimeField):
        return f"{column} - (%(last)s - g) * (%(days)s::float / %(last)s) * interval '1 day'"
    if field.unique or field.name in _unique_together(model):
        return f"{column} || lpad(g::text, 5, '0')" if isinstance(field, models.CharField) else column
    return column


def _unique_together(model: type[models.Model]) -> set[str]:
    """Text columns of constraints that do not name the case."""
    lists = [c.fields for c in model._meta.constraints if isinstance(c, models.UniqueConstraint)]
    own = set(template_tables())
    relations = {f.name for f in model._meta.concrete_fields if f.is_relation and f.remote_field.model in own}
    return {name for fields in lists if not relations & set(fields) for name in fields}


def _of_cases(model: type[models.Model]) -> str:
    """The rows of the template that belong to these cases."""
    if model is Case:
        return "t.id = ANY(%(cases)s)"
    if model is Person:
        return "t.id IN (SELECT person_id FROM cases_case WHERE id = ANY(%(cases)s))"
    for field in model._meta.concrete_fields:
        if field.is_relation and field.remote_field.model is Case:
            return f't."{field.column}" = ANY(%(cases)s)'
    through = next(
        f
        for f in model._meta.concrete_fields
        if f.is_relation and f.remote_field.model in template_tables() and f.remote_field.model is not Person
    )
    inner = _of_cases(through.remote_field.model).replace("t.", "u.")
    return f't."{through.column}" IN (SELECT u.id FROM {through.remote_field.model._meta.db_table} u WHERE {inner})'


def _speak_of_old_things(cursor, until: int, stride: int) -> None:
    """In the titles of the oldest copies, and in their words."""
    for n, word in enumerate(OLD_WORDS, 2):
        those = {"word": word, "pairs": words_of(word), "from": stride, "until": until, "n": n}
        here = "BETWEEN %(from)s AND %(until)s AND {} %% %(n)s = 0"
        with transaction.atomic():
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute(f"UPDATE cases_case SET title = title || %(word)s WHERE id {here.format('id')}", those)
            cursor.execute(
                "UPDATE cases_casewords SET words = words || array_to_tsvector(%(pairs)s)"
                f" WHERE case_id {here.format('case_id')}",
                those,
            )
