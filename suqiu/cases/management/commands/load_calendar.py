"""Loads the working calendar of a year, as announced, from a file; running clocks follow, the case's journal says how."""

from __future__ import annotations

import csv
from argparse import ArgumentParser
from datetime import date
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from suqiu.cases import calendars
from suqiu.worktime import actions

COLUMNS = ("day", "is_working", "name")


class Command(BaseCommand):
    help = "Loads FILE.csv (day,is_working,name: only days that differ from the plain week); each year in it is replaced whole."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.csv")

    def handle(self, *, file: Path, **options) -> None:
        try:
            with file.open(encoding="utf-8-sig", newline="") as lines:
                _check(csv.DictReader(lines))
        except OSError as error:
            raise CommandError(_("读不了 %(file)s：%(why)s") % {"file": file, "why": error.strerror}) from error
        except UnicodeDecodeError as error:
            raise CommandError(_("%(file)s 不是 UTF-8，请另存为 UTF-8") % {"file": file}) from error
        with transaction.atomic():
            years = actions.load_file(file)
        for year in years:
            told = {"year": year.year, "version": year.version, "source": year.source}
            self.stdout.write(_("%(year)d 年的工作日历换成了第 %(version)d 版（%(source)s）") % told)
        moved = calendars.recompute_all(timezone.now())
        self.stdout.write(_("%(count)d 件在办的诉求时限重新算过") % {"count": moved})


def _check(rows: csv.DictReader) -> None:
    """Names the first line that cannot be one of a calendar."""
    if missing := [name for name in COLUMNS if name not in (rows.fieldnames or ())]:
        raise CommandError(_("缺少列：%(missing)s。要有 day、is_working、name") % {"missing": "、".join(missing)})
    seen: set[date] = set()
    for row in rows:
        at = {"line": rows.line_num, "day": row["day"]}
        try:
            day = date.fromisoformat(row["day"] or "")
        except ValueError:
            raise CommandError(_("第 %(line)d 行的日期看不懂：%(day)s。请写成 2027-01-01") % at) from None
        if row["is_working"] not in ("0", "1"):
            raise CommandError(_("第 %(line)d 行（%(day)s）的 is_working 要写 1（上班）或 0（放假）") % at)
        if day in seen:
            raise CommandError(_("第 %(line)d 行：%(day)s 前面已经有了") % at)
        seen.add(day)
    if not seen:
        raise CommandError(_("文件里一天也没有"))
