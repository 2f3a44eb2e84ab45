"""Does the journal hold? Verification of every chain, the daily seal, and the receipt a citizen can check."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from suqiu.directory import chain
from suqiu.directory.models import OfficeLine
from suqiu.directory.office import hashed as office_hashed

from .advance import columns, hashed
from .models import Attachment, Case, Content, Line, Look, Seal


@dataclass
class Finding:
    """Something that does not hold: in which chain, at which line, in which column."""

    chain: str
    line: int
    column: str
    what: str

    def __str__(self) -> str:
        return f"{self.chain} line {self.line} {self.column}: {self.what}"


@dataclass
class Report:
    chains: int = 0
    lines: int = 0
    removed: int = 0
    findings: list[Finding] = field(default_factory=list)


def verify(*, seals: Path | None = None, number: str | None = None, on_progress=None) -> Report:
    """Checks every case chain (or one), every office chain, the columns of every case, and what the seals say of them."""
    report = Report()
    leaves = read_seals(seals, report) if seals else _own_seals(report)
    cases = Case.objects.filter(number=number) if number else Case.objects.all()
    for case in cases.order_by("id").iterator(chunk_size=200):
        _verify_case(case, leaves.get(case.number, []), report)
        if on_progress:
            on_progress()
    if not number:
        for name in OfficeLine.objects.order_by("chain").values_list("chain", flat=True).distinct():
            _verify_office(name, leaves.get(f"office:{name}", []), report)
        known = set(Case.objects.values_list("number", flat=True))
        for name in leaves:
            if not name.startswith(("office:", "looks:")) and name not in known:
                report.findings.append(Finding(name, 0, "case", "sealed, and now gone"))
    return report


def _verify_case(case: Case, sealed: list[tuple[int, str]], report: Report) -> None:
    report.chains += 1
    lines = list(case.lines.order_by("no"))
    texts = {(c.line_no, c.name): c for c in Content.objects.filter(case=case)}
    files = {(a.line_no, f"file:{a.pk}"): a for a in Attachment.objects.filter(case=case)}
    prev, heads, before = "", {}, None
    for expected, line in enumerate(lines, 1):
        report.lines += 1
        at = (case.number, line.no)
        if line.no != expected:
            report.findings.append(Finding(*at, "no", f"expected line {expected}"))
        if line.prev != prev:
            report.findings.append(Finding(*at, "prev", "does not name the line before"))
        if chain.link(hashed(line, case.number)) != line.hash:
            report.findings.append(Finding(*at, "hash", "the line is not what was hashed"))
        _verify_contents(line, texts, files, at, report)
        prev, before = line.hash, line
        heads[line.no] = (line.hash, line)
    _verify_columns(case, before, report)
    for length, head in sealed:
        if length not in heads or heads[length][0] != head:
            column = _changed_column(heads.get(length, (None, None))[1])
            report.findings.append(Finding(case.number, length, column, "differs from the seal"))


def _verify_contents(line: Line, texts: dict, files: dict, at: tuple, report: Report) -> None:
    for name, digest in line.contents.items():
        found = texts.get((line.no, name)) or files.get((line.no, name))
        if found is None:
            report.findings.append(Finding(*at, name, "its text is gone without a removal"))
        elif found.removed_at:
            report.removed += 1
        elif chain.digest(found.salt, _body(found)) != digest:
            report.findings.append(Finding(*at, name, "the text is not what was written"))


def _body(found: Content | Attachment) -> bytes:
    return found.sha256.encode() if isinstance(found, Attachment) else found.body.encode()


def _verify_columns(case: Case, last: Line | None, report: Report) -> None:
    if last is None:
        report.findings.append(Finding(case.number, 0, "line_no", "a case without a line"))
        return
    if (case.line_no, case.head) != (last.no, last.hash):
        report.findings.append(Finding(case.number, last.no, "head", "the case does not name its last line"))
    now = columns(case)
    for name in Case.CHAINED:
        if now[name] != last.columns.get(name):
            report.findings.append(
                Finding(case.number, last.no, name, f"is {now[name]!r}, the journal says {last.columns.get(name)!r}")
            )


def _changed_column(line: Line | None) -> str:
    """The seal keeps heads, not columns, so the nearest thing to name is what this line changed or says."""
    if line is None:
        return "line missing"
    before = Line.objects.filter(case=line.case_id, no=line.no - 1).first()
    changed = [n for n in Case.CHAINED if before and line.columns.get(n) != before.columns.get(n)]
    return "/".join(changed) or "/".join(line.says) or line.step


def _verify_office(name: str, sealed: list[tuple[int, str]], report: Report) -> None:
    report.chains += 1
    prev, heads = "", {}
    for expected, line in enumerate(OfficeLine.objects.filter(chain=name).order_by("no"), 1):
        report.lines += 1
        if line.no != expected or line.prev != prev or chain.link(office_hashed(line)) != line.hash:
            report.findings.append(Finding(f"office:{name}", line.no, "hash", "the line is not what was hashed"))
        prev = line.hash
        heads[line.no] = line.hash
    for length, head in sealed:
        if heads.get(length) != head:
            report.findings.append(Finding(f"office:{name}", length, "hash", "differs from the seal"))


# ---- seals


@transaction.atomic
def seal(day: date, at: datetime | None = None) -> tuple[Seal, str]:
    """Seals every chain that moved since the last seal, up to the end of `day` in city time. Returns the row and its file's text.

    Never cut by id, since commits are not in id order: a chain moved if its length differs from its last sealed length.
    """
    at = at or timezone.now()
    if done := Seal.objects.filter(day=day).first():
        return done, ""
    before = Seal.objects.filter(day__lt=day).order_by("-day").first()
    leaves = list(_leaves(day, before.day if before else None))
    root = _root(leaves, before.root if before else "")
    row = Seal.objects.create(day=day, leaves=len(leaves), root=root, root_before=before.root if before else "", at=at)
    text = "".join(json.dumps(leaf, ensure_ascii=False, sort_keys=True) + "\n" for leaf in leaves)
    foot = {"day": day.isoformat(), "leaves": len(leaves), "root": root, "root_before": row.root_before}
    return row, text + json.dumps(foot, sort_keys=True) + "\n"


def _leaves(day: date, since: date | None) -> Iterator[dict]:
    end = _end_of(day)
    moved = Line.objects.filter(at__lt=end)
    moved = moved.filter(at__gte=_end_of(since)) if since else moved
    heads = (
        Line.objects.filter(case__in=moved.values("case"))
        .filter(at__lt=end)
        .order_by("case_id", "-no")
        .distinct("case_id")
    )
    for number, no, head in heads.values_list("case__number", "no", "hash"):
        yield {"chain": number, "length": no, "head": head}
    offices = OfficeLine.objects.filter(at__lt=end).order_by("chain", "-no").distinct("chain")
    for name, no, head in offices.values_list("chain", "no", "hash"):
        yield {"chain": f"office:{name}", "length": no, "head": head}
    yield {"chain": f"looks:{day.isoformat()}", "length": 0, "head": looks_digest(day)}


def looks_digest(day: date) -> str:
    """One digest over the day's looks, in the order they were written."""
    total = hashlib.sha256()
    looks = Look.objects.filter(at__gte=_end_of(day - timedelta(days=1)), at__lt=_end_of(day)).order_by("id")
    for row in looks.values_list("case_id", "officer_id", "at", "what", "reason").iterator():
        total.update(repr(chain.plain(row)).encode())
    return total.hexdigest()


def _root(leaves: list[dict], before: str) -> str:
    total = hashlib.sha256(before.encode())
    for leaf in leaves:
        total.update(f"{leaf['chain']} {leaf['length']} {leaf['head']}\n".encode())
    return total.hexdigest()


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), datetime.min.time(), timezone.get_default_timezone())


def read_seals(path: Path, report: Report) -> dict[str, list[tuple[int, str]]]:
    """A file of seals kept outside (or a folder of them): chain -> what it said. A broken root is a finding."""
    found: dict[str, list[tuple[int, str]]] = {}
    files = sorted(path.glob("*.jsonl")) if path.is_dir() else [path]
    before = None
    for file in files:
        leaves = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
        foot = leaves.pop()
        if _root(leaves, foot["root_before"]) != foot["root"] or (before is not None and foot["root_before"] != before):
            report.findings.append(Finding(f"seal {foot['day']}", 0, "root", "the seal file does not hold together"))
        before = foot["root"]
        ours = Seal.objects.filter(day=foot["day"]).first()
        if ours is None or ours.root != foot["root"]:
            report.findings.append(
                Finding(f"seal {foot['day']}", 0, "root", "the database's seal is not the one kept outside")
            )
        for leaf in leaves:
            found.setdefault(leaf["chain"], []).append((leaf["length"], leaf["head"]))
            if (
                leaf["chain"].startswith("looks:")
                and looks_digest(date.fromisoformat(leaf["chain"][6:])) != leaf["head"]
            ):
                report.findings.append(Finding(leaf["chain"], 0, "looks", "looks of that day were changed"))
    return found


def _own_seals(report: Report) -> dict[str, list[tuple[int, str]]]:
    """Without a file from outside only the chain of roots can be checked."""
    before = ""
    for row in Seal.objects.order_by("day"):
        if row.root_before != before:
            report.findings.append(Finding(f"seal {row.day}", 0, "root_before", "does not name the seal before"))
        before = row.root
    return {}
