"""Forgets what one case says of a person."""

from __future__ import annotations

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from suqiu.cases import anonymising
from suqiu.cases.models import Case
from suqiu.directory.models import Officer
from suqiu.errors import Refused


class Command(BaseCommand):
    help = "Removes the texts, files and person of one closed case for good. Look first with --dry-run."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("number", metavar="NUMBER")
        parser.add_argument("--as", dest="username", metavar="USERNAME", help="who does it; else the system")
        sure = parser.add_mutually_exclusive_group(required=True)
        sure.add_argument("--dry-run", action="store_true", help="only say what would be removed")
        sure.add_argument("--yes", action="store_true", help="remove it; this cannot be undone")

    def handle(self, *, number: str, username: str | None, dry_run: bool, **options) -> None:
        case = Case.objects.select_related("person").filter(number=number.replace(" ", "").upper()).first()
        if case is None:
            raise CommandError(_("没有编号 %(number)s 的诉求") % {"number": number})
        by = Officer.objects.filter(username=username, is_active=True).first() if username else None
        if username and by is None:
            raise CommandError(_("没有 %(username)s 这个在岗的账号") % {"username": username})
        if dry_run:
            self._tell(_("会删除"), anonymising.found(case))
            return
        try:
            self._tell(_("已删除"), anonymising.anonymise(case=case, by=by, at=timezone.now()))
        except Refused as refusal:
            raise CommandError(f"{refusal.reason}。{refusal.who_can}") from refusal

    def _tell(self, what: str, count: dict[str, int]) -> None:
        told = {"what": what} | count
        self.stdout.write(
            _(
                "%(what)s：文字 %(texts)d 段，附件 %(files)d 个，诉求点 %(asks)d 条，承诺 %(promises)d 条，"
                "短信 %(messages)d 条，提醒 %(notices)d 条，来电人 %(person)d 位"
            )
            % told
        )
