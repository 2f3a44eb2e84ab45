"""Loads the demo city, prints its accounts, or writes it out to be compared."""

from __future__ import annotations

import shutil
import sys
from argparse import ArgumentParser
from datetime import date, datetime
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from tqdm import tqdm

from suqiu.cases.models import Case
from suqiu.demo import accounts, build, export, storm, tasks
from suqiu.directory.models import Setting
from suqiu.errors import Refused


class Command(BaseCommand):
    help = "The demo city: 2,000 cases of 120 days, 300 calls of a storm. SUQIU_DEMO_DAY=2026-03-09 sets its last day; without, the day of the first start."

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument(
            "--first", action="store_true", help="into an empty database: the first 200 now, the others by the worker"
        )
        what.add_argument("--all", action="store_true", help="everything now, in this process")
        what.add_argument(
            "--rebuild", action="store_true", help="throw away the whole database and load everything anew"
        )
        what.add_argument("--accounts", action="store_true", help="print whom one can be, and three cases to look at")
        what.add_argument("--export", metavar="FILE", help="write the demo cases as JSON lines, without ids and salts")

    def handle(self, **options) -> None:
        if not settings.DEMO:
            raise CommandError(
                "This is no demo installation (SUQIU_DEMO=0): nothing was loaded, printed or thrown away."
            )
        try:
            self._do(options)
        except Refused as refused:
            raise CommandError(str(refused.reason)) from refused

    def _do(self, options: dict) -> None:
        if options["first"]:
            self._first()
        elif options["all"]:
            self._all()
        elif options["rebuild"]:
            self._rebuild()
        elif options["accounts"]:
            self._accounts()
        else:
            self._export(Path(options["export"]))

    def _first(self) -> None:
        if Case.objects.exists():
            self.stdout.write("There are cases already; nothing was loaded.")
            return
        day = _day()
        with _progress(build.FIRST) as bar, transaction.atomic():
            build.build_first(day, on_case=bar.update)
            jobs = tasks.defer_the_rest(day)
        self.stdout.write(f"{build.FIRST} cases of {build.SIZE} are there; the worker loads the others ({jobs} jobs).")

    def _all(self) -> None:
        if _holds_a_real_city():
            raise CommandError("There are cases that do not belong to the demo city; nothing was loaded.")
        day = _day()
        count = build.SIZE + storm.storm().calls
        with _progress(count) as bar:
            build.build_first(day, on_case=bar.update)
            build.build_storm(day, bar.update)
            build.build_beside(day, bar.update)
            for begin, end in build.pages():
                build.build_slice(day, begin, end, bar.update)
        build.close_the_books(day)
        self.stdout.write(f"{count} cases up to {day.isoformat()}.")

    def _rebuild(self) -> None:
        day = _day(kept=False)
        if _holds_a_real_city():
            raise CommandError("This database holds cases that do not belong to the demo city; it is not thrown away.")
        with connection.cursor() as cursor:  # the journal refuses DELETE and TRUNCATE, also to its owner
            cursor.execute("DROP SCHEMA public CASCADE")
            cursor.execute("CREATE SCHEMA public")
        _put_aside(Path(settings.SEALS))
        shutil.rmtree(settings.ATTACHMENTS, ignore_errors=True)
        call_command("migrate", interactive=False, verbosity=0)
        self.stdout.write(f"The old city is gone; building the new one up to {day.isoformat()}.")
        self._all()

    def _accounts(self) -> None:
        people = accounts.accounts()
        if not people:
            raise CommandError("There is no demo city yet. Load it: manage.py demo --first")
        self.stdout.write(f"Accounts of the demo city (password of all: {people[0].password})")
        for account in people:
            self.stdout.write(f"  {account.login:<15} {account.who}")
        self.stdout.write("Without an account, by number and query code:")
        for citizen in accounts.citizens():
            self.stdout.write(
                f"  {citizen.number:<15} {citizen.code[:4]} {citizen.code[4:]}   {citizen.what}：{citizen.title}"
            )

        self.stdout.write("Telephone numbers with a history, for the phone desk:")
        for caller in accounts.callers():
            self.stdout.write(f"  {caller.phone:<15} {caller.name}")

    def _export(self, file: Path) -> None:
        part = file.with_name(f"{file.name}.part")
        with part.open("w", encoding="utf-8") as out:
            count = export.export(out)
        part.replace(file)
        self.stdout.write(f"{count} cases written to {file}.")


def _holds_a_real_city() -> bool:
    """Cases, and no demo city was ever loaded: a city that forgot to say SUQIU_DEMO=0. Without tables there is nothing."""
    tables = connection.introspection.table_names()
    return {Setting._meta.db_table, Case._meta.db_table} <= set(tables) and not build.state() and Case.objects.exists()


def _day(kept: bool = True) -> date:
    try:
        return build.demo_day(kept)
    except ValueError as wrong:
        raise CommandError("SUQIU_DEMO_DAY must be a date like 2026-03-09.") from wrong


def _progress(total: int) -> tqdm:
    return tqdm(total=total, desc="cases", unit="case", file=sys.stderr, disable=None, dynamic_ncols=True)


def _put_aside(folder: Path) -> None:
    """Seals of the city that was thrown away would contradict those of the new one; they are kept, but apart."""
    old = sorted(folder.glob("*.jsonl"))
    if old:
        aside = folder / f"before-{datetime.now():%Y%m%d-%H%M%S}"
        aside.mkdir()
        for file in old:
            file.rename(aside / file.name)
