"""What may this officer take out as a table, and how is it written so that no sheet obeys what a citizen wrote?"""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import xlsxwriter
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suqiu.directory import office
from suqiu.directory.models import Officer, Role
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
LABELS = {  # as a form names them
    "id": gettext_lazy("编号"), "received_at": gettext_lazy("时间"), "channel": gettext_lazy("渠道"), "type": gettext_lazy("类型"),
    "name": gettext_lazy("姓名"), "phone": gettext_lazy("电话"), "area": gettext_lazy("区域"), "address": gettext_lazy("地址"),
    "longitude": gettext_lazy("经度"), "latitude": gettext_lazy("纬度"), "title": gettext_lazy("标题"), "text": gettext_lazy("内容"),
    "number": gettext_lazy("诉求编号"), "state": gettext_lazy("状态"),
}  # fmt: skip
ALL = (*COLUMNS, *OF_THE_CASE)
MARK = "mark"  # the last column: who took it out, when, with whose consent; in every row, so that one copied row still tells
SECONDS = (Role.SHIFT_LEAD, Role.SUPERVISOR, Role.LEADER)  # who may agree, at the hotline
OBEYED = tuple("=+-@＝＋－＠")  # what a spreadsheet takes for the beginning of a formula
CASES_A_PAGE = 500
ROWS_OF_A_SHEET = 1_048_576 - 1


def export(
    *,
    path: Path,
    by: Officer,
    at: datetime,
    second: Officer,
    since: date | None = None,
    until: date | None = None,
    columns: Sequence[str] = ALL,
    request: int = 0,
    on_row: Callable[[], Any] = lambda: None,
) -> int:
    """Writes what `by` may see, received from `since` to `until` (days, both included). Returns how many cases.

    `second` agreed to it; `request`: the number of the application it was asked for by. The file appears whole, after the
    looks at its cases and the line in the office journal are kept, or not at all.
    """
    check_second(by, second)
    write = WRITERS.get(path.suffix.lower())
    if write is None:
        raise Refused(_("只能导出成 .csv 或 .xlsx，不是 %(name)s") % {"name": path.name}, status=422)
    cases = chosen(by, since, until)
    if path.suffix.lower() == ".xlsx" and cases.count() > ROWS_OF_A_SHEET:
        raise Refused(_("超过一张表能放的行数，请导出成 .csv，或用 --since、--until 分开导"), status=413)
    part, taken = path.with_name(f".{path.name}.{os.getpid()}.part"), list[int]()
    try:
        part.touch(mode=0o600)
        mark = mark_of(by, second, at, request)
        write(part, [*columns, MARK], _noted(_rows(cases, by, columns, mark), taken, on_row), mark)
        _keep_record(taken, by, second, at, path.name, since, until, request)
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


def may_second(officer: Officer) -> bool:
    return not officer.is_third_party and officer.is_active and officer.is_at_hotline_as(*SECONDS)


def check_second(by: Officer, second: Officer) -> None:
    """Another person, who looks after what leaves the house; staff of a contractor never."""
    if by.is_third_party:
        raise Refused(_("第三方人员不能导出"), status=403)
    if second.pk == by.pk:
        raise Refused(_("导出要另一个人同意，不能自己同意自己"), status=403)
    if not may_second(second):
        raise Refused(_("这个人不能做导出的第二人"), who_can=_("热线中心的班长、督办员或市领导可以"), status=403)


def mark_of(by: Officer, second: Officer, at: datetime, request: int = 0) -> str:
    """In every row and on every printed page."""
    told = {"by": by.full_name, "login": by.username, "second": second.full_name}
    when = f"{timezone.localtime(at):%Y-%m-%d %H:%M}"
    said = _("%(by)s（%(login)s）%(when)s 导出，%(second)s 同意") % (told | {"when": when})
    return f"{said} #{request}" if request else said


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
    taken: list[int],
    by: Officer,
    second: Officer,
    at: datetime,
    name: str,
    since: date | None,
    until: date | None,
    request: int,
) -> None:
    reason = f"export:{request}" if request else ""
    looks = (Look(case_id=pk, officer=by, at=at, what=Look.What.EXPORT, reason=reason) for pk in taken)
    Look.objects.bulk_create(looks, batch_size=1000)
    told = {"count": len(taken), "format": Path(name).suffix[1:], "since": since, "until": until}
    office.write(act="export", by=by, at=at, second=second.pk, request=request, **told)


# ---- the rows


def _rows(cases: QuerySet, by: Officer, columns: Sequence[str], mark: str) -> Iterator[tuple[int, list]]:
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
            written = _row(case, by, texts, areas) | {MARK: mark}
            yield case.pk, [defused(written[name]) for name in (*columns, MARK)]


def _texts(page: list[Case]) -> dict[tuple[int, str], str]:
    """(case, name) -> the caller's own words, and the latest rewritten ones."""
    kept = Content.objects.filter(case__in=page, name__in=("text", "rewritten")).order_by("line_no")
    return {(c.case_id, c.name): REMOVED if c.removed_at else c.body for c in kept}


def _row(case: Case, by: Officer, texts: dict[tuple[int, str], str], areas: dict[str, str]) -> dict[str, Any]:
    held = relations(by, case, list(case.holdings.all()))
    is_whole = sees_original(case, held)
    person = case.person if sees_contact(by, case, held) else None
    if case.area and case.area.pk not in areas:
        areas[case.area.pk] = case.area.full_name
    return {
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


# ---- the files


def _write_csv(path: Path, heading: list[str], rows: Iterator[list], mark: str) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as out:
        sheet = csv.writer(out)
        sheet.writerow(heading)
        sheet.writerows(rows)
        out.flush()
        os.fsync(out.fileno())


def _write_xlsx(path: Path, heading: list[str], rows: Iterator[list], mark: str) -> None:
    plain = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with path.open("wb") as out, xlsxwriter.Workbook(out, plain) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, heading)
        sheet.set_header("&C" + mark.replace("&", "&&")[:200])
        for no, row in enumerate(rows, 1):
            sheet.write_row(no, 0, row)


WRITERS = {".csv": _write_csv, ".xlsx": _write_xlsx}
