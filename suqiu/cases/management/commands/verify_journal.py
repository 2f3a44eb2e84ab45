"""Does the journal hold? Exit 0 when it does, 1 when something was found."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from tqdm import tqdm

from suqiu.cases import journal
from suqiu.cases.models import Case


class Command(BaseCommand):
    help = "Checks every chain of the journal, or that of one receipt; --seals compares with what was kept outside."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--receipt", metavar="CODE", help="NUMBER:HEAD as on the receipt, or the receipt's file")
        parser.add_argument(
            "--seals", type=Path, metavar="FILE|DIR", help="seals kept outside: one day's file, or a folder"
        )

    def handle(self, *, receipt: str | None, seals: Path | None, **options) -> None:
        if seals and not seals.exists():
            raise CommandError(_("没有这个封存文件：%(path)s") % {"path": seals})
        number, head = _read_receipt(receipt) if receipt else (None, "")
        total = 1 if number else Case.objects.count()
        with tqdm(total=total, unit=_("件"), file=sys.stderr, disable=not sys.stderr.isatty()) as bar:
            report = journal.verify(seals=seals, number=number, on_progress=bar.update)
        if number:
            report.findings += self._check_receipt(number, head)
        self._tell(report, seals)
        if report.findings:
            sys.exit(1)

    def _check_receipt(self, number: str, head: str) -> list[journal.Finding]:
        line = journal.line_on_receipt(number, head)
        if line is None:
            return [journal.Finding(number, 0, "head", _("日志里没有凭证上的校验码 %(head)s") % {"head": head})]
        told = {"number": number, "no": line.no, "since": line.case.line_no - line.no}
        self.stdout.write(_("凭证是 %(number)s 的第 %(no)d 行；之后又添了 %(since)d 行") % told)
        return []

    def _tell(self, report: journal.Report, seals: Path | None) -> None:
        for finding in report.findings:
            self.stdout.write(str(finding))
        told = {
            "chains": report.chains,
            "lines": report.lines,
            "removed": report.removed,
            "found": len(report.findings),
        }
        self.stdout.write(
            _("查了 %(chains)d 条链、%(lines)d 行；依法删除的文字和附件 %(removed)d 处；对不上的 %(found)d 处") % told
        )
        if not seals:
            self.stdout.write(_("没有和外面的封存对照；加 --seals 文件或文件夹"))


def _read_receipt(code: str) -> tuple[str, str]:
    """Number and head, of a receipt's file or as NUMBER:HEAD."""
    path = Path(code)
    if path.is_file():
        try:
            found = json.loads(path.read_text(encoding="utf-8-sig"))
            return str(found["number"]), str(found["head"]).lower()
        except (OSError, ValueError, KeyError, TypeError):
            raise CommandError(_("这不是凭证文件：%(path)s") % {"path": code}) from None
    number, colon, head = code.partition(":")
    if not (number and colon and head):
        raise CommandError(_("--receipt 要写成 编号:校验码，或凭证文件的路径：%(code)s") % {"code": code})
    number = number.replace(" ", "").upper()
    if not Case.objects.filter(number=number).exists():
        raise CommandError(_("没有编号 %(number)s 的诉求") % {"number": number})
    return number, head.strip().lower()
