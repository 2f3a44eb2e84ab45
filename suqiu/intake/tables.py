"""What stands in this file? CSV (also packed) or xlsx as rows of cells, each with its line; what is damaged is told, never skipped."""

from __future__ import annotations

import codecs
import csv
import gzip
import hashlib
import io
import re
import zlib
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, Any, cast

from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineWorkbook

from suqiu.errors import Refused

CHUNK = 1 << 20
HEADING_WITHIN = 10  # rows: tables from offices often begin with a title
GZIP, ZIP, OLE = b"\x1f\x8b", b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
DAMAGED = re.compile("[\udc80-\udcff]")  # what `surrogateescape` makes of a byte that is no text
WIDE = re.compile("[^\x00-\x7f]")

csv.field_size_limit(1 << 30)


@dataclass(frozen=True)
class Row:
    """A row below the heading: its number from 1, the line it begins at, its cells, and what is wrong with it."""

    no: int
    line: int
    cells: list[Any]
    problem: str = ""


class Table:
    """A file with a heading. `is_heading(cells)` says which of the first rows it is; else it is the first that is not empty."""

    def __init__(self, path: Path, is_heading: Callable[[list[str]], bool]):
        self.path = path
        try:
            with _opened(path) as file:
                beginning = file.read(4)
            self.is_sheet = beginning in (ZIP, OLE)
            self.encoding = "" if self.is_sheet else _encoding(path)
            self.digest = _digest(path)
        except FileNotFoundError:
            raise Refused(_("没有这个文件：%(path)s") % {"path": path}) from None
        except (OSError, EOFError, zlib.error) as error:
            raise Refused(_("读不了 %(path)s：%(why)s。文件可能没传完") % {"path": path, "why": error}) from error
        self.heading, self._heading_line = self._find_heading(is_heading)
        self.count = sum(1 for _row in self.rows())

    def rows(self) -> Iterator[Row]:
        below = ((line, cells, problem) for line, cells, problem in self._all() if line > self._heading_line)
        for no, (line, cells, problem) in enumerate(below, 1):
            yield Row(no, line, cells, problem or self._problem(cells))

    def _problem(self, cells: list[Any]) -> str:
        damaged = [no for no, cell in enumerate(cells, 1) if isinstance(cell, str) and DAMAGED.search(cell)]
        if damaged:
            return _("第 %(no)d 列有认不出的字节，文件可能坏了") % {"no": damaged[0]}
        if any(cells[len(self.heading) :]):
            return _("比表头多 %(n)d 列：多半是内容里有逗号，没有加引号") % {"n": len(cells) - len(self.heading)}
        return ""

    def _find_heading(self, is_heading: Callable[[list[str]], bool]) -> tuple[list[str], int]:
        first = [(line, [str(c).strip() for c in cells]) for line, cells, _p in islice(self._all(), HEADING_WITHIN)]
        if not first:
            raise Refused(_("%(path)s 是空的，连表头也没有") % {"path": self.path.name})
        line, cells = next(((n, cells) for n, cells in first if is_heading(cells)), first[0])
        return cells, line

    def _all(self) -> Iterator[tuple[int, list[Any], str]]:
        return _sheet_rows(self.path) if self.is_sheet else _csv_rows(self.path, self.encoding)


# ---- files


def _opened(path: Path) -> IO[bytes]:
    with path.open("rb") as file:
        is_packed = file.read(2) == GZIP
    return cast(IO[bytes], gzip.open(path)) if is_packed else path.open("rb")


def _chunks(path: Path) -> Iterator[bytes]:
    with _opened(path) as file:
        while chunk := file.read(CHUNK):
            yield chunk


def _digest(path: Path) -> str:
    """Of what is in the file, packed or not."""
    total = hashlib.sha256()
    for chunk in _chunks(path):
        total.update(chunk)
    return total.hexdigest()


def _encoding(path: Path) -> str:
    """UTF-8 unless GB18030 fits better: a file of one with a few bad bytes is not a file of the other."""
    beginning = next(_chunks(path), b"")[:2]
    if beginning in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return "utf-16"
    damage = _damage(path, "utf-8")
    return "utf-8-sig" if damage <= 0.1 or damage <= _damage(path, "gb18030") else "gb18030"


def _damage(path: Path, encoding: str) -> float:
    """Which part of what is not ASCII cannot be read as this encoding: 0 to 1."""
    decoder, wide, bad = codecs.getincrementaldecoder(encoding)("surrogateescape"), 0, 0
    for chunk in (*_chunks(path), b""):
        text = decoder.decode(chunk, final=not chunk)
        wide, bad = wide + len(WIDE.findall(text)), bad + len(DAMAGED.findall(text))
    return bad / wide if wide else 0.0


# ---- rows


def _sheet_rows(path: Path) -> Iterator[tuple[int, list[Any], str]]:
    """The first sheet that holds anything; a row's line is its number in the sheet."""
    try:
        with _opened(path) as file:
            book = CalamineWorkbook.from_filelike(io.BytesIO(file.read()))
        sheets = (book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names)
        rows = next((rows for rows in sheets if rows), [])
    except CalamineError as error:
        raise Refused(
            _("打不开 %(path)s：%(why)s。请用表格软件另存一份再试") % {"path": path.name, "why": error}
        ) from error
    for line, cells in enumerate(rows, 1):
        if any(cell != "" for cell in cells):
            yield line, cells, ""


def _csv_rows(path: Path, encoding: str) -> Iterator[tuple[int, list[Any], str]]:
    with _opened(path) as file, io.TextIOWrapper(file, encoding, "surrogateescape", newline="") as text:
        lines = _Lines(text)
        delimiter = max(",\t;", key=lines.peek().count)
        while (cells := next(csv.reader(lines, delimiter=delimiter), None)) is not None:
            taken = lines.taken()
            line = lines.no - len(taken) + 1
            if len(taken) > 1 and not _is_closed(taken, delimiter):
                lines.put_back(taken[1:])
                cells = next(csv.reader([taken[0]], delimiter=delimiter), [])
                yield line, cells, _("引号没有配对，后面的行不算在这一行里")
            elif any(cells):
                yield line, cells, ""


def _is_closed(taken: list[str], delimiter: str) -> bool:
    """A row over several lines is one only if its quotes pair; else an open quote swallowed the rows below."""
    try:
        return len(list(csv.reader(taken, delimiter=delimiter, strict=True))) == 1
    except csv.Error:
        return False


class _Lines:
    """The lines of a text, with those that the last row took, so that they can be put back."""

    def __init__(self, text: io.TextIOWrapper):
        self._text, self.no = text, 0
        self._back: deque[str] = deque()
        self._taken: list[str] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._back.popleft() if self._back else next(self._text)
        self._taken.append(line)
        self.no += 1
        return line

    def peek(self) -> str:
        line = next(self, "")
        self.put_back(self.taken())
        return line

    def taken(self) -> list[str]:
        taken, self._taken = self._taken, []
        return taken

    def put_back(self, lines: list[str]) -> None:
        self._back.extendleft(reversed(lines))
        self.no -= len(lines)
