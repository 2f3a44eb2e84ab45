"""Forgets what the profile of retention says is kept no longer."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections import Counter

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _
from tqdm import tqdm

from suqiu.cases import retaining
from suqiu.cases.models import Secrecy
from suqiu.directory.models import Officer


class Command(BaseCommand):
    help = "Says what is kept no longer, by class and age; forgets it with --do-it. Broken off, the next run goes on."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--do-it", action="store_true", help="forget it; this cannot be undone")
        parser.add_argument("--as", dest="username", metavar="USERNAME", help="who does it; else the system")

    def handle(self, *, do_it: bool, username: str | None, **options) -> None:
        by = Officer.objects.filter(username=username, is_active=True).first() if username else None
        if username and by is None:
            raise CommandError(_("没有 %(username)s 这个在岗的账号") % {"username": username})
        at = timezone.now()
        waiting = retaining.left(at)
        for r in retaining.rules():
            told = {
                "deed": retaining.DEEDS[r.deed],
                "secrecy": Secrecy(r.secrecy).label,
                "years": r.years,
                "n": waiting.get((r.deed, r.secrecy), 0),
                "source": r.source,
            }
            self.stdout.write(_("%(secrecy)s，办结满 %(years)d 年，%(deed)s：%(n)d 件（%(source)s）") % told)
        if not do_it:
            self.stdout.write(_("这一次什么也没有删。确实要删，加 --do-it"))
            return
        done: Counter[str] = Counter()
        with tqdm(total=sum(waiting.values()), file=sys.stderr, disable=not sys.stderr.isatty()) as bar:
            for step in retaining.run(by=by, at=at):
                done += step
                bar.update(step["whole"] + step["person"])
        told = {name: done[name] for name in ("whole", "person", "files_left_behind", "exports", "passed_over")}
        self.stdout.write(
            _(
                "全部删除 %(whole)d 件，忘掉姓名电话 %(person)d 件，补删留下的附件 %(files_left_behind)d 个，"
                "过期的导出 %(exports)d 份，跳过 %(passed_over)d 件。请再跑 manage.py verify_journal"
            )
            % told
        )
