"""Writes the cases that one officer may see into a table."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, ArgumentTypeError
from datetime import date
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _
from tqdm import tqdm

from suqiu.cases import exports
from suqiu.directory.models import Officer
from suqiu.errors import Refused


def day(written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise ArgumentTypeError(_("不是日期：%(written)s。请写成 2026-07-31") % {"written": written}) from None


def _officer(username: str) -> Officer:
    found = Officer.objects.filter(username=username, is_active=True).first()
    if found is None:
        raise CommandError(_("没有 %(username)s 这个在岗的账号") % {"username": username})
    return found


class Command(BaseCommand):
    help = "Exports to FILE.csv or FILE.xlsx what this officer may see; contact data masked, every case noted as looked at."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--as", dest="username", required=True, metavar="USERNAME", help="whose rights apply")
        parser.add_argument("--second", required=True, metavar="USERNAME", help="who agrees to it; another person")
        parser.add_argument("--since", type=day, metavar="DAY", help="received on this day or later")
        parser.add_argument("--until", type=day, metavar="DAY", help="received on this day or before")

    def handle(
        self, *, file: Path, username: str, second: str, since: date | None, until: date | None, **options
    ) -> None:
        by, agreeing = _officer(username), _officer(second)
        if since and until and since > until:
            raise CommandError(_("--since %(since)s 在 --until %(until)s 之后") % {"since": since, "until": until})
        try:
            count = self._export(file, by, agreeing, since, until)
        except Refused as refusal:
            raise CommandError(str(refusal.reason)) from refusal
        if count:
            self.stdout.write(_("导出 %(count)d 件到 %(file)s") % {"count": count, "file": file})
        else:
            told = {"who": by.full_name, "file": file}
            self.stdout.write(_("%(who)s 看得到的诉求里没有符合的，%(file)s 只有表头") % told)

    def _export(self, file: Path, by: Officer, second: Officer, since: date | None, until: date | None) -> int:
        total = exports.chosen(by, since, until).count()
        with tqdm(total=total, unit=_("件"), file=sys.stderr, disable=not sys.stderr.isatty()) as bar:
            said = {"by": by, "second": second, "at": timezone.now(), "since": since, "until": until}
            return exports.export(path=file, **said, on_row=bar.update)
