"""Seals one day and keeps the seal outside the database."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date, timedelta

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from suqiu.cases import journal
from suqiu.errors import Refused
from suqiu.gateways import seals


class Command(BaseCommand):
    help = "Seals a day that is over (yesterday unless --day says another) and writes its file into SUQIU_SEALS."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--day", metavar="YYYY-MM-DD", help="which day, in city time")

    def handle(self, *, day: str | None, **options) -> None:
        today = timezone.localdate()
        try:
            sealed_day = date.fromisoformat(day) if day else today - timedelta(days=1)
        except ValueError:
            raise CommandError(_("不是日期：%(written)s。请写成 2026-07-31") % {"written": day}) from None
        if sealed_day >= today:
            raise CommandError(_("%(day)s 还没过完，过完才能封存") % {"day": sealed_day})
        try:
            row, text = journal.seal(sealed_day)
        except Refused as refusal:
            raise CommandError(str(refusal.reason)) from refusal
        if not text:
            raise CommandError(
                _("%(day)s 早就封存过，此后有迟到的行，不能照原样再写一份；请用当时存下的文件") % {"day": sealed_day}
            )
        path = seals.keep(sealed_day, text)
        if path.read_text(encoding="utf-8") != text:
            raise CommandError(_("%(path)s 里是另一份封存，没有动它。数据库和外面存的对不上，请查明") % {"path": path})
        told = {"day": row.day, "leaves": row.leaves, "root": row.root, "path": path}
        self.stdout.write(_("封存了 %(day)s：%(leaves)d 条链，根 %(root)s，存在 %(path)s") % told)
