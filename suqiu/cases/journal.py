"""Does the journal hold? Every chain and every case's columns checked, against seals kept outside too; and the citizen's receipt."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from suqiu.directory import chain
from suqiu.directory.models import OfficeLine
from suqiu.directory.office import hashed as office_hashed

from .advance import columns, hashed
from .models import Attachment, Case, Content, Line, Seal
from .sealing import Finding, Sealed, looks_digest, read_seals, seal

__all__ = ["Finding", "Report", "is_unbroken", "line_on_receipt", "looks_digest", "read_seals", "seal", "verify"]

CASES_A_PAGE = 200
HEAD_AT_LEAST = 8  # hexadecimal digits by which a receipt names a line


@dataclass
class Report:
    chains: int = 0
    lines: int = 0
    removed: int = 0  # texts and files deleted by law; their digests stay in the lines
    findings: list[Finding] = field(default_factory=list)


def verify(
    *, seals: Path | None = None, number: str | None = None, on_progress: Callable[[], None] | None = None
) -> Report:
    """Checks every case chain (or one), every office chain, the columns of every case, and what the seals say of them."""
    report = Report()
    sealed = read_seals(seals, report.findings) if seals else _own_seals(report)
    cases = Case.objects.filter(number=number) if number else Case.objects.all()
    for case, kept in _with_all_kept(cases):
        _verify_case(case, kept, sealed, report)
        if on_progress:
            on_progress()
    if not number:
        _verify_offices(sealed, report)
        _verify_nothing_gone(sealed, report)
    return report


def line_on_receipt(number: str, head: str) -> Line | None:
    """The line whose hash (or its first digits) a receipt names; None when this case has none such."""
    if not re.fullmatch(rf"[0-9a-f]{{{HEAD_AT_LEAST},64}}", head):
        return None
    return Line.objects.filter(case__number=number, hash__startswith=head).order_by("no").first()


def is_unbroken(lines: Iterable[Line], case: Case) -> bool:
    """Do the case's lines follow each other, unchanged, to its head? Texts and seals are what `verify` looks at."""
    prev = ""
    for expected, line in enumerate(lines, 1):
        if line.no != expected or line.prev != prev or chain.link(hashed(line, case.number)) != line.hash:
            return False
        prev = line.hash
    return prev == case.head


@dataclass
class _Kept:
    """What is kept of one case."""

    lines: list[Line] = field(default_factory=list)
    texts: dict[tuple[int, str], Content | Attachment] = field(default_factory=dict)
    is_removal_recorded: bool = False


def _with_all_kept(cases: QuerySet) -> Iterator[tuple[Case, _Kept]]:
    """Page by page, three queries a page, however many cases there are."""
    recorded = set(OfficeLine.objects.filter(act="anonymise").values_list("says__case", flat=True))
    last = 0
    while page := list(cases.filter(pk__gt=last).order_by("pk")[:CASES_A_PAGE]):
        last = page[-1].pk
        kept: dict[int, _Kept] = defaultdict(_Kept)
        for line in Line.objects.filter(case__in=page).order_by("case_id", "no"):
            kept[line.case_id].lines.append(line)
        for text in Content.objects.filter(case__in=page):
            kept[text.case_id].texts[text.line_no, text.name] = text
        for file in Attachment.objects.filter(case__in=page):
            kept[file.case_id].texts[file.line_no, f"file:{file.pk}"] = file
        for case in page:
            kept[case.pk].is_removal_recorded = case.number in recorded
            yield case, kept[case.pk]


def _verify_case(case: Case, kept: _Kept, sealed: Sealed, report: Report) -> None:
    report.chains += 1
    prev, unnamed = "", dict(kept.texts)
    for expected, line in enumerate(kept.lines, 1):
        report.lines += 1
        at = (case.number, line.no)
        if line.no != expected:
            report.findings.append(Finding(*at, "no", _("应是第 %(no)d 行") % {"no": expected}))
        if line.prev != prev:
            report.findings.append(Finding(*at, "prev", _("没有接着前一行")))
        if chain.link(hashed(line, case.number)) != line.hash:
            report.findings.append(Finding(*at, "hash", _("这一行不是当时写下的")))
        for name, digest in line.contents.items():
            _verify_text(unnamed.pop((line.no, name), None), digest, (*at, name), kept, report)
        prev = line.hash
    report.findings += [Finding(case.number, no, name, _("没有一行提到这段文字")) for no, name in unnamed]
    report.findings += _differing_columns(case, kept.lines)
    report.findings += sealed.compare(case.number, kept.lines)


def _verify_text(
    found: Content | Attachment | None, digest: str, at: tuple[str, int, str], kept: _Kept, report: Report
) -> None:
    if found is None:
        report.findings.append(Finding(*at, _("文字没有了，也没有删除的记录")))
    elif found.removed_at:
        report.removed += 1
        if not kept.is_removal_recorded:
            number, no, name = at
            report.findings.append(Finding(f"removed:{number}", no, name, _("删掉了，台账里没有这次删除")))
    elif chain.digest(found.salt, _body(found)) != digest:
        report.findings.append(Finding(*at, _("文字不是当时写下的")))


def _body(found: Content | Attachment) -> bytes:
    return found.sha256.encode() if isinstance(found, Attachment) else found.body.encode()


def _differing_columns(case: Case, lines: list[Line]) -> Iterator[Finding]:
    if not lines:
        yield Finding(case.number, 0, "line_no", _("一件没有日志的诉求"))
        return
    last, now = lines[-1], columns(case)
    if (case.line_no, case.head) != (last.no, last.hash):
        yield Finding(case.number, last.no, "head", _("工单记的不是最后一行"))
    for name in Case.CHAINED:
        if now[name] != last.columns.get(name):
            says = {"now": now[name], "then": last.columns.get(name)}
            yield Finding(case.number, last.no, name, _("现在是 %(now)r，日志里是 %(then)r") % says)


def _verify_offices(sealed: Sealed, report: Report) -> None:
    names = list(OfficeLine.objects.order_by("chain").values_list("chain", flat=True).distinct())
    for name in names:
        report.chains += 1
        prev, lines = "", list(OfficeLine.objects.filter(chain=name).order_by("no"))
        for expected, line in enumerate(lines, 1):
            report.lines += 1
            if line.no != expected or line.prev != prev or chain.link(office_hashed(line)) != line.hash:
                report.findings.append(Finding(f"office:{name}", line.no, "hash", _("这一行不是当时写下的")))
            prev = line.hash
        report.findings += sealed.compare(f"office:{name}", lines)


def _verify_nothing_gone(sealed: Sealed, report: Report) -> None:
    known = set(Case.objects.filter(number__in=sealed.heads).values_list("number", flat=True))
    known |= {f"office:{name}" for name in OfficeLine.objects.values_list("chain", flat=True).distinct()}
    for name in sorted(set(sealed.heads) - known):
        length = max(length for length, _head in sealed.heads[name])
        report.findings.append(Finding(name, length, "case", _("封存过，现在整条没有了")))


def _own_seals(report: Report) -> Sealed:
    """Without a file from outside only the chain of roots can be checked."""
    before = ""
    for row in Seal.objects.order_by("day"):
        if row.root_before != before:
            report.findings.append(Finding(f"seal:{row.day}", 0, "root_before", _("没有接着前一次封存")))
        before = row.root
    return Sealed()
