"""Takes a file of demands in: as new ones, received now, or as history with their own dates."""

from __future__ import annotations

import sys
import time
from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from tqdm import tqdm

from suqiu.cases.exports import COLUMNS
from suqiu.errors import Refused
from suqiu.intake.batch import HISTORY, NEW, Import
from suqiu.intake.models import ImportBatch

STOPPED = 130  # as a shell says it of Ctrl-C


class Command(BaseCommand):
    help = "Imports demands from FILE.csv, FILE.csv.gz or FILE.xlsx. Bad rows go to FILE.errors.csv; safe to repeat."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", metavar="FILE")
        parser.add_argument(
            "--map", nargs="+", action="extend", default=[], metavar="FIELD=COLUMN",
            help=f"which column of the file a field is in; fields: {', '.join(COLUMNS)}",
        )  # fmt: skip
        parser.add_argument("--as", dest="mode", choices=(NEW, HISTORY), default=NEW, help="new (default) or history")
        parser.add_argument("--source", default="", help="the system the ids come from; else the file's name")

    def handle(self, *, file: str | None, map: list[str], mode: str, source: str, **options) -> None:
        began = time.monotonic()
        if file is None and map and "=" not in map[-1]:
            *map, file = map  # written last, it looks like one more column
        if file is None:
            raise CommandError(_("请写上要导入的文件：import_demands 文件.csv"))
        try:
            run = Import(Path(file), mode, _columns(map), source)
        except Refused as refusal:
            raise CommandError(str(refusal.reason)) from refusal
        try:
            with tqdm(total=run.table.count, unit=_("行"), file=sys.stderr, disable=not sys.stderr.isatty()) as bar:
                run.run(bar.update)
        except Refused as refusal:
            raise CommandError(str(refusal.reason)) from refusal
        except OSError as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            self.stdout.write(_("停在半路：%(counts)s。再跑一次同样的命令，会接着收") % {"counts": _counts(run.done)})
            sys.exit(STOPPED)
        self._tell(run, time.monotonic() - began)

    def _tell(self, run: Import, seconds: float) -> None:
        rate = run.table.count / seconds if seconds else 0
        told = {"counts": _counts(run.done), "seconds": f"{seconds:.1f}", "rate": f"{rate:.0f}"}
        self.stdout.write(_("%(counts)s，用时 %(seconds)s 秒（每秒 %(rate)s 行）") % told)
        if run.done.bad:
            self.stdout.write(_("坏行和原因在 %(path)s，改好后可以直接导入它") % {"path": run.errors_path})


def _columns(given: list[str]) -> dict[str, str]:
    pairs = [item.partition("=") for item in given]
    if wrong := [name for name, equals, column in pairs if not (equals and name and column)]:
        raise Refused(_("--map 要写成 字段=列名，例如 text=内容；看不懂：%(wrong)s") % {"wrong": "、".join(wrong)})
    return {name.strip(): column.strip() for name, _equals, column in pairs}


def _counts(done: ImportBatch) -> str:
    numbers = {"good": done.good, "again": done.again, "bad": done.bad}
    return _("收进 %(good)d 行，以前收过 %(again)d 行，坏行 %(bad)d 行") % numbers
