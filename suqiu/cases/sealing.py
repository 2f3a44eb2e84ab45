"""What is sealed each day, and what does a seal kept outside say? A leaf per chain that moved, and a root over all leaves."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from suqiu.directory import chain
from suqiu.directory.models import OfficeLine
from suqiu.errors import Refused

from .models import Case, Line, Look, Seal

PARTS = {
    "case": ["step", "actor", "officer_id", "department_id", "at", "says", "contents", *Case.CHAINED],
    "office": ["act", "by_id", "at", "says"],
}
MARK_DIGITS = 4  # a mark only names what changed; that something changed is proved by the head
LATE = timedelta(days=2)  # a step of the system bears the time its clock ran out, which may lie before the last seal


@dataclass
class Finding:
    """Something that does not hold: in which chain, at which line, in which column."""

    chain: str
    line: int
    column: str
    what: str

    def __str__(self) -> str:
        return _("%(chain)s 第 %(line)d 行 %(column)s：%(what)s") % vars(self)


@transaction.atomic
def seal(day: date, at: datetime | None = None) -> tuple[Seal, str]:
    """Seals every chain that moved since the last seal, up to the end of `day` in city time. Returns the row and its file's text.

    Never cut by id, since commits are not in id order. Asked again it seals nothing, and returns the text once more as
    long as it still comes out with the same root (a kill may have come between the row and its file), else "".
    """
    done = Seal.objects.filter(day=day).first()
    if not done and (later := Seal.objects.filter(day__gt=day).order_by("day").first()):
        raise Refused(_("%(later)s 已经封存，不能再补它前面的 %(day)s") % {"later": later.day, "day": day})
    before = Seal.objects.filter(day__lt=day).order_by("-day").first()
    leaves, root_before = list(_leaves(day, before.day if before else None)), before.root if before else ""
    foot = {"day": day.isoformat(), "leaves": len(leaves), "root_before": root_before, "parts": PARTS}
    foot["key"] = _mark("key", 0, "day", day)
    root = root_of(leaves, foot)
    text = "".join(_written(part) + "\n" for part in [*leaves, foot | {"root": root}])
    if done:
        return done, text if done.root == root else ""
    row = Seal(day=day, leaves=len(leaves), root=root, root_before=root_before, at=at or timezone.now())
    row.save(force_insert=True)
    return row, text


def root_of(leaves: list[dict], foot: dict) -> str:
    """Over every leaf and all the foot says, the root before among it."""
    rest = {name: value for name, value in foot.items() if name != "root"}
    return hashlib.sha256("\n".join(_written(part) for part in [*leaves, rest]).encode()).hexdigest()


def looks_digest(day: date) -> str:
    """One digest over the day's looks, in the order they were written."""
    looks = Look.objects.filter(at__gte=_end_of(day - timedelta(days=1)), at__lt=_end_of(day)).order_by("id")
    total = hashlib.sha256()
    for row in looks.values_list("case_id", "officer_id", "at", "what", "reason", "words").iterator():
        total.update(repr(chain.plain(row)).encode())
    return total.hexdigest()


def _leaves(day: date, since: date | None) -> Iterator[dict]:
    yield from _moved(Line.objects.annotate(chain=F("case__number")).order_by("case_id", "no"), "case", day, since)
    yield from _moved(OfficeLine.objects.order_by("chain", "no"), "office", day, since)
    yield {"chain": f"looks:{day.isoformat()}", "length": 0, "head": looks_digest(day)}


def _moved(lines: QuerySet, kind: str, day: date, since: date | None) -> Iterator[dict]:
    """One leaf per chain: its length, its head, and marks of the lines it grew by."""
    lines = lines.filter(at__lt=_end_of(day))
    lines = lines.filter(at__gte=_end_of(since) - LATE) if since else lines
    for bare, of_chain in groupby(lines.iterator(chunk_size=2000), key=lambda line: line.chain):
        name, grown = bare if kind == "case" else f"office:{bare}", list(of_chain)
        marks = {str(line.no): _marks(name, line, PARTS[kind]) for line in grown}
        yield {"chain": name, "length": grown[-1].no, "head": grown[-1].hash, "lines": marks}


def _marks(name: str, line: Line | OfficeLine, parts: list[str]) -> str:
    return "".join(_mark(name, line.no, part, value_of(line, part)) for part in parts)


def _mark(name: str, no: int, part: str, value: Any) -> str:
    """Keyed, because a seal is published and most columns have few values; with the line's place, so that equals look different."""
    key = hashlib.sha256(f"seal {settings.CONTACT_KEY}".encode()).digest()
    said = json.dumps([name, no, part, chain.plain(value)], ensure_ascii=False, sort_keys=True)
    return hmac.digest(key, said.encode(), "sha256").hex()[:MARK_DIGITS]


def value_of(line: Line | OfficeLine, part: str) -> Any:
    return line.columns.get(part) if part in Case.CHAINED and isinstance(line, Line) else getattr(line, part)


def _written(part: dict) -> str:
    return json.dumps(part, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), datetime.min.time(), timezone.get_default_timezone())


# ---- reading what was kept outside


@dataclass
class Sealed:
    """What the seals say: of each chain its lengths with heads, and of its lines the marks with the parts they mark."""

    heads: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    marks: dict[str, dict[int, tuple[str, list[str]]]] = field(default_factory=dict)
    days: list[str] = field(default_factory=list)

    def compare(self, name: str, lines: Iterable[Line | OfficeLine]) -> Iterator[Finding]:
        """Where the lines of one chain differ from what was sealed: line and column, as near as the seals tell."""
        by_no = {line.no: line for line in lines}
        named = list(self._named(name, by_no))
        yield from named
        for length, head in self.heads.get(name, []):
            found = by_no.get(length)
            if found and found.hash != head and not any(f.line <= length for f in named):
                yield Finding(name, length, "hash", _("链头和封存的不一样：这一行或它前面的行改过"))
            if not found and not any(f.line == length for f in named):
                yield Finding(name, length, "line", _("封存时有这一行，现在没有了"))

    def _named(self, name: str, by_no: dict[int, Line | OfficeLine]) -> Iterator[Finding]:
        for no, (marks, parts) in sorted(self.marks.get(name, {}).items()):
            if no not in by_no:
                yield Finding(name, no, "line", _("封存时有这一行，现在没有了"))
                continue
            for place, part in enumerate(parts):
                if marks[place * MARK_DIGITS :][:MARK_DIGITS] != _mark(name, no, part, value_of(by_no[no], part)):
                    yield Finding(name, no, part, _("和封存的不一样"))


def read_seals(path: Path, findings: list[Finding]) -> Sealed:
    """A file of seals kept outside, or a folder of them. What does not hold together among them is a finding.

    One file vouches by its root for the one before it: older copies beside it, or in this system's own folder, are taken
    along as far as each is the one that the next names.
    """
    found, before = Sealed(), None
    files = sorted(path.glob("*.jsonl")) if path.is_dir() else [*_vouched_for(path), path]
    if not files:
        findings.append(Finding(str(path), 0, "seal", _("这个文件夹里没有封存文件（*.jsonl）")))
    for file in files:
        read = _read(file)
        if read is None:
            findings.append(Finding(file.name, 0, "root", _("封存文件对不上它自己的根，或看不懂")))
            continue
        leaves, foot = read
        if before is not None and foot["root_before"] != before:
            findings.append(Finding(f"seal:{foot['day']}", 0, "root_before", _("前一天的封存文件缺了，或被换过")))
        before = foot["root"]
        findings += _against_ours(leaves, foot)
        _take(found, leaves, foot)
    return found


def _read(file: Path) -> tuple[list[dict], dict] | None:
    """Leaves and foot; None when the file is no seal or its root does not come out."""
    try:
        *leaves, foot = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
        is_whole = (
            root_of(leaves, foot) == foot["root"] and foot["leaves"] == len(leaves) and date.fromisoformat(foot["day"])
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return (leaves, foot) if is_whole else None


def _vouched_for(path: Path) -> list[Path]:
    """Older files, oldest first: each has the root that the next one names as the root before."""
    read, chosen = _read(path), list[Path]()
    while read and read[1]["root_before"]:
        older = [
            f
            for folder in (path.parent, Path(settings.SEALS))
            for f in folder.glob("*.jsonl")
            if f.stem < read[1]["day"]
        ]
        nearest = max((f.stem for f in older), default="")
        candidates = [(f, _read(f)) for f in older if f.stem == nearest]
        fits = [(f, r) for f, r in candidates if r and r[1]["root"] == read[1]["root_before"]]
        if not fits:
            break
        chosen.insert(0, fits[0][0])
        read = fits[0][1]
    return chosen


def _against_ours(leaves: list[dict], foot: dict) -> Iterator[Finding]:
    ours = Seal.objects.filter(day=foot["day"]).first()
    if ours is None or ours.root != foot["root"]:
        yield Finding(f"seal:{foot['day']}", 0, "root", _("数据库里这一天的封存不是外面存的那一份"))
    for leaf in leaves:
        name = leaf["chain"]
        if name.startswith("looks:") and looks_digest(date.fromisoformat(name[6:])) != leaf["head"]:
            yield Finding(name, 0, "looks", _("这一天的查看记录改过"))


def _take(found: Sealed, leaves: list[dict], foot: dict) -> None:
    found.days.append(foot["day"])
    has_our_key = foot.get("key") == _mark("key", 0, "day", date.fromisoformat(foot["day"]))
    for leaf in leaves:
        name = leaf["chain"]
        if name.startswith("looks:"):
            continue
        found.heads.setdefault(name, []).append((leaf["length"], leaf["head"]))
        if has_our_key:
            parts = foot["parts"]["office" if name.startswith("office:") else "case"]
            of_chain = found.marks.setdefault(name, {})
            for no, marks in leaf.get("lines", {}).items():
                of_chain.setdefault(int(no), (marks, parts))  # the earliest word stands
