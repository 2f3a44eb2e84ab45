"""How does a table leave as a sheet, and come back? The same columns both ways; what a person wrote is never a formula."""

from __future__ import annotations

import io
import re
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import xlsxwriter
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from suqiu.cases.exports import defused
from suqiu.directory.changes import ROWS_AT_MOST
from suqiu.directory.tabular import (  # fmt: skip
    LANGUAGES,
    Column,
    Given,
    Table,
    Unreadable,
    Values,
    Wrong,
    cell_value,
    key_of,
    plain_text,
    shown,
)
from suqiu.errors import Refused
from suqiu.intake import tables as sheets

BYTES_AT_MOST = 5 * 1024 * 1024
UNPACKED_AT_MOST = 80 * 1024 * 1024
CELLS_AT_MOST = 4_000_000
CELL = re.compile(rb"""<(?:\w+:)?(?:c|row)\s[^>]*?\br=["']([A-Z]{0,3})(\d{1,7})["']""")
REMOVED = "remove"
YES, NO = gettext_lazy("是"), gettext_lazy("否")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PLAIN = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def headings(table: Table) -> list[str]:
    return [str(c.label) for c in table.columns] + ([str(table.removes)] if table.removes else [])


def write(table: Table, rows: Iterable[Values]) -> bytes:
    """All rows, every cell a text, so that a code keeps its zeros; the column that removes a row stays empty."""
    cells = [[_written(c, row[c.name]) for c in table.columns] for row in rows]
    return sheet(headings(table), cells, notes=[str(c.help) for c in table.columns])


def answer(body: bytes, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    return HttpResponse(body, content_type=XLSX, headers=headers)


def sheet(heading: list[str], rows: Iterable[list[str]], notes: Iterable[str] = ()) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, PLAIN) as book:
        page, text = book.add_worksheet(), book.add_format({"num_format": "@"})
        page.set_column(0, len(heading) - 1, 18, text)
        page.freeze_panes(1, 0)
        for no, label in enumerate(heading):
            page.write_string(0, no, label, book.add_format({"bold": True}))
        for no, note in enumerate(notes):
            if note:
                page.write_comment(0, no, note)
        for line, row in enumerate(rows, 1):
            for no, value in enumerate(row):
                page.write_string(line, no, defused(value), text)
    return out.getvalue()


def _written(column: Column, value: Any) -> str:
    if column.kind == "flag":
        return str(YES if value else NO)
    if column.kind == "choice":
        return str(dict(column.choices()).get(value, value or ""))
    return "" if value is None else str(value)


# ---- in


def read(upload: UploadedFile, table: Table) -> tuple[list[Given], list[Wrong]]:
    """The rows of the file as given, and what cannot be read, each with its line. Refused when it is no table at all."""
    if upload.size > BYTES_AT_MOST:
        raise Refused(_("文件太大，最多 %(n)d MB") % {"n": BYTES_AT_MOST >> 20}, status=413, field="file")
    with tempfile.NamedTemporaryFile(suffix=".table") as kept:
        for chunk in upload.chunks():
            kept.write(chunk)
        kept.flush()
        _check_packed(Path(kept.name))
        return _rows(Path(kept.name), table)


def _check_packed(path: Path) -> None:
    """A few kilobytes can unpack to the whole memory of the machine."""
    if zipfile.is_zipfile(path):
        try:
            with zipfile.ZipFile(path) as packed:
                sheets_of = [
                    p for p in packed.infolist() if p.filename.startswith("xl/") and p.filename.endswith(".xml")
                ]
                is_big = sum(part.file_size for part in packed.infolist()) > UNPACKED_AT_MOST
                if is_big or any(_area(packed.read(part)) > CELLS_AT_MOST for part in sheets_of):
                    raise Refused(_("这个文件展开后太大，请只留要改的行"), status=413, field="file")
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
            raise Refused(_("读不了这个文件：%(why)s") % {"why": error}, status=422, field="file") from error
        if not sheets_of:  # another kind of packed table may name a million empty rows in one word
            raise Refused(_("请交 .xlsx 或 .csv，不要再压缩"), status=422, field="file")
    else:
        with path.open("rb") as file:
            if file.read(2) == sheets.GZIP:
                raise Refused(_("请交 .xlsx 或 .csv，不要再压缩"), status=422, field="file")


def _area(sheet: bytes) -> int:
    """Cells from the first to the last corner: one cell in the last corner of a sheet makes room for 17 thousand million."""
    columns, rows = 1, 1
    for column, row in CELL.findall(sheet):
        number = 0
        for letter in column:
            number = 26 * number + letter - 64
        columns, rows = max(columns, number), max(rows, int(row))
    return columns * rows


def _rows(path: Path, table: Table) -> tuple[list[Given], list[Wrong]]:
    known = _known(table)
    try:
        found = sheets.Table(path, lambda cells: any(c.casefold() in known for c in cells))
    except Refused as refused:
        reason = str(refused.reason).replace(f"{path.name} ", "").replace(str(path), "")
        raise Refused(_("读不了这个文件：%(why)s") % {"why": reason}, status=422, field="file") from refused
    if found.count > ROWS_AT_MOST:
        raise Refused(_("一次最多 %(n)d 行，请分几份") % {"n": ROWS_AT_MOST}, status=413, field="file")
    places = {known[h.casefold()]: no for no, h in enumerate(found.heading) if h.casefold() in known}
    if lacking := [str(c.label) for k in table.keys if (c := table.column(k)).is_required and k not in places]:
        raise Refused(
            _("表头里没有「%(what)s」这一列，认不出是哪一行。先导出一份，在上面改") % {"what": "、".join(lacking)},
            status=422, field="file",
        )  # fmt: skip
    return _given(found, table, places)


def _known(table: Table) -> dict[str, str]:
    """Heading in either language, or the column's own name -> the column."""
    found = {}
    for language in LANGUAGES:
        with override(language):
            found |= {str(c.label).casefold(): c.name for c in table.columns}
            found |= {str(table.removes).casefold(): REMOVED} if table.removes else {}
    return found | {c.name.casefold(): c.name for c in table.columns}


def _given(found: sheets.Table, table: Table, places: Mapping[str, int]) -> tuple[list[Given], list[Wrong]]:
    given, wrong = [], []
    for row in found.rows():
        cells = {name: row.cells[no] if no < len(row.cells) else "" for name, no in places.items()}
        values, reasons = _values(table, cells)
        key = shown(key_of(table.keys, values)) or shown(plain_text(cells[k]) for k in table.keys)
        reasons = [row.problem] if row.problem else reasons
        if reasons:
            wrong += [Wrong(row.line, key, reason) for reason in reasons]
        else:
            given.append(Given(row.line, values, plain_text(cells.get(REMOVED)).casefold() in ("1", "是", "yes", "y")))
    return given, wrong


def _values(table: Table, cells: Mapping[str, Any]) -> tuple[Values, list[str]]:
    values, reasons = {k: table.column(k).empty for k in table.keys if k not in cells}, []
    is_removed = plain_text(cells.get(REMOVED)) not in ("", "0", "否", "no")
    for column in table.columns:
        if column.name not in cells or (is_removed and column.name not in table.keys):
            continue
        try:
            values[column.name] = cell_value(column, cells[column.name])
        except Unreadable as why:
            reasons.append(str(why))
    return values, reasons
