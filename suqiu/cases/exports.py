"""What may this officer take out as a table, and how is it written so that no sheet obeys what a citizen wrote?"""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import xlsxwriter
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from suqiu.directory import office
from suqiu.directory.models import Officer
from suqiu.errors import Refused

from .anonymising import REMOVED
from .models import Case, Content, Look
from .visibility import relations, sees_contact, sees_original

# The columns that batch import knows without being told, with their Chinese headings; an export has them in this order
COLUMNS = {
    "id": "编号",
    "received_at": "时间",
    "channel": "渠道",
    "type": "类型",
    "name": "姓名",
    "phone": "电话",
    "area": "区域",
    "address": "地址",
    "longitude": "经度",
    "latitude": "纬度",
    "title": "标题",
    "text": "内容",
}
OF_THE_CASE = ("number", "state")  # follow the columns of the import, which passes over them
OBEYED = tuple("=+-@＝＋－＠")  # what a spreadsheet takes for the beginning of a formula
CASES_A_PAGE = 500
ROWS_OF_A_SHEET = 1_048_576 - 1


def export(
    *,
    path: Path,
    by: Officer,
    at: datetime,
    since: date | None = None,
    until: date | None = None,
    on_row: Callable[[], Any] = lambda: None,
) -> int:
    """Writes what `by` may see, received from `since` to `until` (days, both included). Returns how many cases.

    The file appears whole, after the looks at its cases and the line in the office journal are kept, or not at all.
    """
    write = WRITERS.get(path.suffix.lower())
    if write is None:
        raise Refused(_("只能导出成 .csv 或 .xlsx，不是 %(name)s") % {"name": path.name}, status=422)
    cases = chosen(by, since, until)
    if path.suffix.lower() == ".xlsx" and cases.count() > ROWS_OF_A_SHEET:
        raise Refused(_("超过一张表能放的行数，请导出成 .csv，或用 --since、--until 分开导"), status=413)
    part, taken = path.with_name(f".{path.name}.{os.getpid()}.part"), list[int]()
    try:
        part.touch(mode=0o600)
        write(part, _noted(_rows(cases, by), taken, on_row))
        _keep_record(taken, by, at, path.name, since, until)
        part.replace(path)
    except OSError as error:
        raise Refused(_("写不了 %(name)s：%(why)s") % {"name": path, "why": error.strerror}) from error
    finally:
        part.unlink(missing_ok=True)
    return len(taken)


def chosen(by: Officer, since: date | None, until: date | None) -> QuerySet:
    cases = Case.objects.visible_to(by)
    if since:
        cases = cases.filter(received_at__gte=_midnight(since))
    if until:
        cases = cases.filter(received_at__lt=_midnight(until + timedelta(days=1)))
    return cases


def defused(value: Any) -> Any:
    """A text that a sheet would take for a formula gets an apostrophe in front; numbers of ours stay numbers."""
    if isinstance(value, str) and (value.startswith(("\t", "\r")) or value.lstrip().startswith(OBEYED)):
        return f"'{value}"
    return value


def _midnight(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), timezone.get_default_timezone())


def _noted(rows: Iterator[tuple[int, list]], taken: list[int], on_row: Callable[[], Any]) -> Iterator[list]:
    for pk, row in rows:
        yield row
        taken.append(pk)
        on_row()


@transaction.atomic
def _keep_record(
    taken: list[int], by: Officer, at: datetime, name: str, since: date | None, until: date | None
) -> None:
    looks = (Look(case_id=pk, officer=by, at=at, what=Look.What.EXPORT) for pk in taken)
    Look.objects.bulk_create(looks, batch_size=1000)
    office.write(act="export", by=by, at=at, count=len(taken), format=Path(name).suffix[1:], since=since, until=until)


# ---- the rows


def _rows(cases: QuerySet, by: Officer) -> Iterator[tuple[int, list]]:
    """Page by page, in the order of their ids, four queries a page."""
    last, areas = 0, dict[str, str]()
    while page := list(
        cases.filter(pk__gt=last)
        .order_by("pk")
        .select_related("person", "area")
        .prefetch_related("holdings")[:CASES_A_PAGE]
    ):
        last, texts = page[-1].pk, _texts(page)
        for case in page:
            yield case.pk, _row(case, by, texts, areas)


def _texts(page: list[Case]) -> dict[tuple[int, str], str]:
    """(case, name) -> the caller's own words, and the latest rewritten ones."""
    kept = Content.objects.filter(case__in=page, name__in=("text", "rewritten")).order_by("line_no")
    return {(c.case_id, c.name): REMOVED if c.removed_at else c.body for c in kept}


def _row(case: Case, by: Officer, texts: dict[tuple[int, str], str], areas: dict[str, str]) -> list:
    held = relations(by, case, list(case.holdings.all()))
    is_whole = sees_original(case, held)
    person = case.person if sees_contact(by, case, held) else None
    if case.area and case.area.pk not in areas:
        areas[case.area.pk] = case.area.full_name
    written = {
        "id": case.source_number or case.number,
        "received_at": f"{timezone.localtime(case.received_at):%Y-%m-%d %H:%M:%S}" if case.is_date_known else "",
        "channel": case.channel,
        "type": str(case.get_demand_type_display()) if case.demand_type else case.type_as_written,
        "name": person.masked_name if person else "",
        "phone": person.masked_phone if person else "",
        "area": areas[case.area.pk] if case.area else case.area_as_written,
        "address": case.place if is_whole else "",
        "longitude": case.longitude if is_whole else None,
        "latitude": case.latitude if is_whole else None,
        "title": case.title if is_whole else _("保密件"),
        "text": texts.get((case.pk, "text" if is_whole else "rewritten"), ""),
        "number": case.number,
        "state": str(case.get_state_display()),
    }
    return [defused(written[name]) for name in (*COLUMNS, *OF_THE_CASE)]


# ---- the files


def _write_csv(path: Path, rows: Iterator[list]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as out:
        sheet = csv.writer(out)
        sheet.writerow([*COLUMNS, *OF_THE_CASE])
        sheet.writerows(rows)
        out.flush()
        os.fsync(out.fileno())


def _write_xlsx(path: Path, rows: Iterator[list]) -> None:
    plain = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with path.open("wb") as out, xlsxwriter.Workbook(out, plain) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, [*COLUMNS, *OF_THE_CASE])
        for no, row in enumerate(rows, 1):
            sheet.write_row(no, 0, row)


WRITERS = {".csv": _write_csv, ".xlsx": _write_xlsx}
