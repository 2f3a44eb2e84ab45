"""How does a file of demands become cases? Row by row, safe to repeat, safe to kill; what cannot be taken goes to a file with its reason."""

from __future__ import annotations

import csv
import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, TextIO

from django.db import DataError, connection
from django.utils import timezone
from django.utils.translation import gettext as _

from suqiu.cases.advance import SYSTEM, reactions_muted
from suqiu.cases.exports import COLUMNS, defused
from suqiu.cases.models import Case
from suqiu.directory import office
from suqiu.directory.models import Area
from suqiu.errors import Refused

from . import actions
from .channels import batch as channel
from .models import ImportBatch
from .tables import Row, Table

NEW, HISTORY = "new", "history"
ROWS_A_COUNT = 100  # so often the counts of a running import are kept
AHEAD = timedelta(days=1)  # so far a file's clock may be ahead of ours


@dataclass
class Import:
    """批量导入: one run over one file."""

    path: Path
    mode: str = NEW
    columns: dict[str, str] = field(
        default_factory=dict
    )  # field -> the file's column, where it is not named as the field
    source: str = ""  # the system it comes from; the file's name where nobody says
    clock: Callable[[], datetime] = timezone.now

    def __post_init__(self):
        unknown = sorted(set(self.columns) - set(COLUMNS))
        if unknown:
            names = {"unknown": "、".join(unknown), "known": "、".join(COLUMNS)}
            raise Refused(_("--map 里不认识 %(unknown)s。能用的有：%(known)s") % names, status=422)
        self.source = (self.source or stem(self.path))[:60]
        self.table = Table(self.path, lambda cells: "text" in self._places(cells))
        self.places = self._checked_places()
        self.areas = AreaNames()
        self.done = ImportBatch(file_name=self.path.name[:200], digest=self.table.digest, mode=self.mode)

    @property
    def errors_path(self) -> Path:
        """Beside the file; in the current folder where files are only read from there."""
        folder = self.path.parent if os.access(self.path.parent, os.W_OK) else Path.cwd()
        return folder / f"{stem(self.path)}.errors.csv"

    def run(self, on_row: Callable[[], Any] = lambda: None) -> ImportBatch:
        """Each row is a transaction of its own. Stopped anywhere, the same call again takes what is missing."""
        self.done.started_at = self.clock()
        with _alone(self.table.digest), BadRows(self.errors_path, self.table.heading) as bad:
            self.done.save()
            try:
                for row in self.table.rows():
                    self._count(row, bad)
                    on_row()
                self.done.finished_at = self.clock()
            finally:
                self.done.save()
        counts = {"good": self.done.good, "again": self.done.again, "bad": self.done.bad}
        office.write(act="import", by=None, at=self.clock(), digest=self.table.digest, mode=self.mode, **counts)
        return self.done

    def _count(self, row: Row, bad: BadRows) -> None:
        try:
            if row.problem:
                raise Refused(row.problem, status=422)
            is_new = self._take(row)
        except (Refused, DataError) as refusal:
            bad.write(row, str(getattr(refusal, "reason", refusal)))
            self.done.bad += 1
        else:
            self.done.good, self.done.again = self.done.good + is_new, self.done.again + (not is_new)
        if row.no % ROWS_A_COUNT == 0:
            self.done.save()

    def _take(self, row: Row) -> bool:
        """Makes the row a case; false when it is one already."""
        payload = {name: row.cells[place] for name, place in self.places.items() if place < len(row.cells)}
        demand, own_id = channel.read(payload), channel.one_line(payload.get("id"))
        key = self._key(row, own_id, channel.words(payload))
        if self._is_known(key, own_id):
            return False
        demand.source_system = self.source
        demand.area_code = self.areas.code_of(demand.area_as_written)
        demand.area_as_written = "" if demand.area_code else demand.area_as_written
        now = self.clock()
        if self.mode == NEW:
            actions.receive(demand=demand, by=SYSTEM, at=now, key=key)
            return True
        if demand.received_at and demand.received_at > now + AHEAD:
            raise Refused(_("时间在将来：%(at)s") % {"at": f"{demand.received_at:%Y-%m-%d}"}, status=422)
        with reactions_muted():
            actions.archive(demand=demand, by=SYSTEM, at=now, key=key)
        return True

    def _key(self, row: Row, own_id: str, words: str) -> str:
        """The id with the words, since two systems may count alike; without an id the file's digest and the row."""
        if own_id:
            return f"import:{_short(own_id)}:{_short(words)}"
        return f"import:{self.table.digest[:32]}:{row.no}"

    def _is_known(self, key: str, own_id: str) -> bool:
        if Case.objects.filter(key=key).exists():
            return True
        if not own_id:
            return False
        if Case.objects.filter(number=own_id).exists():  # a row of our own export
            return True
        same = Case.objects.filter(key__startswith=f"import:{_short(own_id)}:", source_system=self.source).first()
        if same:
            names = {"id": own_id[:40], "number": same.number}
            raise Refused(
                _(
                    "编号 %(id)s 已经收过（%(number)s），内容和这次不同。是另一个系统的编号就加 --source；是内容改了就在那一件里补充"
                )
                % names
            )
        return False

    def _places(self, heading: list[str]) -> dict[str, int]:
        """Field -> where its column stands: as mapped, else by the field's own name or its Chinese one."""
        at = {_plain(cell): place for place, cell in reversed(list(enumerate(heading))) if cell}
        names = {name: (self.columns[name],) if name in self.columns else (name, COLUMNS[name]) for name in COLUMNS}
        found = {name: [at[_plain(n)] for n in named if _plain(n) in at] for name, named in names.items()}
        return {name: places[0] for name, places in found.items() if places}

    def _checked_places(self) -> dict[str, int]:
        heading, places = self.table.heading, self._places(self.table.heading)
        names = {"columns": "、".join(cell for cell in heading if cell), "file": self.path.name}
        missing = [column for name, column in self.columns.items() if name not in places]
        if missing:
            names["missing"] = "、".join(missing)
            raise Refused(_("%(file)s 里没有 %(missing)s 这一列。有的列：%(columns)s") % names, status=422)
        if "text" not in places:
            names["guess"] = self._longest_column()
            raise Refused(
                _(
                    "%(file)s 里没有内容列（text 或 内容）。有的列：%(columns)s。请指明哪一列是内容，例如 --map text=%(guess)s"
                )
                % names,
                status=422,
            )
        return places

    def _longest_column(self) -> str:
        """The column that holds the most, which is likely the words."""
        sizes = dict.fromkeys(range(len(self.table.heading)), 0)
        for row in self.table.rows():
            for place in sizes:
                sizes[place] += len(str(row.cells[place])) if place < len(row.cells) else 0
            if row.no == ROWS_A_COUNT:
                break
        return self.table.heading[max(sizes, key=lambda place: (bool(self.table.heading[place]), sizes[place]))]


class BadRows:
    """坏行: FILE.errors.csv, with the line and the reason before the row as it was; mended, it can be imported itself."""

    def __init__(self, path: Path, heading: list[str]):
        self.path, self.heading = path, heading
        self._part = path.with_name(f".{path.name}.part")
        self._out: TextIO | None = None

    def __enter__(self) -> BadRows:
        return self

    def write(self, row: Row, reason: str) -> None:
        self._out = self._out or self._begun()
        csv.writer(self._out).writerow([row.line, reason, *(defused(cell) for cell in row.cells)])
        self._out.flush()

    def _begun(self) -> TextIO:
        try:
            out = self._part.open("w", encoding="utf-8-sig", errors="replace", newline="")
        except OSError as error:
            names = {"folder": self.path.parent, "why": error.strerror}
            raise OSError(_("坏行要写到 %(folder)s，那里写不了：%(why)s") % names) from error
        csv.writer(out).writerow(["line", "reason", *self.heading])
        return out

    def __exit__(self, error: type | None, *_rest) -> None:
        """Replaces what an earlier run left, since this run has judged the rows anew."""
        if self._out:
            self._out.close()
            self._part.replace(self.path)
        elif error is None:
            self._part.unlink(missing_ok=True)
            self.path.unlink(missing_ok=True)


class AreaNames:
    """What may a file call an area? Its code, its full name with or without the city's, its own name where only one bears it."""

    def code_of(self, written: str) -> str:
        plain = "".join(written.split())
        while plain.isdigit() and plain not in self._by_name and plain.endswith("000"):
            plain = plain[:-3]
        if plain not in self._by_name and self._city in plain:
            plain = plain.rpartition(self._city)[2] or self._city
        return self._by_name.get(plain, "")

    @cached_property
    def _areas(self) -> dict[str, Area]:
        return {area.code: area for area in Area.objects.all()}

    @cached_property
    def _city(self) -> str:
        return next((a.name for a in self._areas.values() if a.kind == Area.Kind.CITY and not a.parent_id), "\n")

    @cached_property
    def _by_name(self) -> dict[str, str]:
        """The longer a name, the surer: codes and full names stand before names that several may bear."""
        found: dict[str, str] = {}
        for name_of in (lambda a: a.name, self._full_name):
            named: dict[str, set[str]] = {}
            for area in self._areas.values():
                named.setdefault(name_of(area), set()).add(area.code)
            found |= {name: codes.pop() for name, codes in named.items() if len(codes) == 1}
        return found | {code: code for code in self._areas}

    def _full_name(self, area: Area) -> str:
        names = list[str]()
        while area.parent_id:
            names.insert(0, area.name)
            area = self._areas[area.parent_id]
        return "".join(names) or area.name


@contextmanager
def _alone(digest: str) -> Iterator[None]:
    """One import of a file at a time; given back by itself when this process ends, however it ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtext(%s))", [f"import:{digest}"])
        if not cursor.fetchone()[0]:
            raise Refused(_("这个文件正在导入，请等那一次结束"))
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(hashtext(%s))", [f"import:{digest}"])


def stem(path: Path) -> str:
    """The file's name without .csv, .csv.gz or .xlsx."""
    name = path.name[:-3] if path.name.lower().endswith(".gz") else path.name
    return Path(name).stem


def _short(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()[:24]


def _plain(cell: str) -> str:
    return cell.strip().lstrip("\ufeff").casefold()
