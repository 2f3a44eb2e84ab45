"""Which tables are kept at the administrator's desk, in the order in which a new city fills them?"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from procrastinate.exceptions import AlreadyEnqueued

from suqiu.cases.periodic import follow_calendar
from suqiu.cases.profiles import TERMS
from suqiu.cases.sampling import SHARES
from suqiu.directory import tables as directory
from suqiu.directory.tabular import Column, Key, Table, Values
from suqiu.gateways.wordings import MESSAGES
from suqiu.worktime import actions as worktime
from suqiu.worktime.models import CalendarDay

YEARS = range(2020, 2101)


def _days() -> dict[Key, Values]:
    rows = CalendarDay.objects.values("day", "is_working", "name")
    return {(r["day"].isoformat(),): r | {"day": r["day"].isoformat()} for r in rows}


def _check_days(after: dict[Key, Values], rows: list[dict[str, Any]]) -> list[tuple[list[str], str]]:
    return [(row["key"], _("年份不对")) for row in rows if date.fromisoformat(row["key"][0]).year not in YEARS]


def _load_years(
    *, rows: list[dict[str, Any]], after: dict[Key, Values], options: dict[str, Any], at: datetime, **_more: Any
) -> dict:
    """Each year that a row touches is loaded whole; the worker then recomputes the clocks that move."""
    years = sorted({int(row["key"][0][:4]) for row in rows})
    versions = {}
    for year in years:
        days = [
            (date.fromisoformat(v["day"]), v["is_working"], v["name"])
            for v in after.values()
            if v["day"].startswith(str(year))
        ]
        versions[str(year)] = worktime.load_year(year=year, days=days, source=options["source"]).version
    try:
        with transaction.atomic():  # the refusal of a second one must not end the change with it
            follow_calendar.defer(timestamp=int(at.timestamp()))
    except AlreadyEnqueued:
        pass  # it waits already, and will find this calendar too
    return {"years": versions}


CALENDAR = Table(
    "calendar", gettext_lazy("工作日历"), gettext_lazy("和平常一周不同的日子：放假、调休上班；改一次那一年出一个新版本"), "calendar",
    (
        Column("day", gettext_lazy("日期"), "day"),
        Column("is_working", gettext_lazy("上班"), "flag", help=gettext_lazy("调休上班写 是，放假写 否")),
        Column("name", gettext_lazy("名目"), is_required=False, limit=40, help=gettext_lazy("例如 国庆节、国庆调休")),
    ),
    ("day",), _days, _check_days, _load_years, removes=gettext_lazy("删去"),
    options=(Column("source", gettext_lazy("依据"), limit=200, help=gettext_lazy("哪份通知，写文号")),),
    is_version=True,
)  # fmt: skip

TABLES = (*directory.TABLES, TERMS, CALENDAR, SHARES, MESSAGES)
FIXED = {"shares", "messages"}  # their rows are the program's own: changed, never added
BY_NAME = {table.name: table for table in TABLES}


def table_named(name: str) -> Table:
    if name not in BY_NAME:
        raise Http404
    return BY_NAME[name]
