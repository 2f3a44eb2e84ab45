"""Cuts the words of cases that were never cut or by an earlier version; the worker does the same each night."""

from __future__ import annotations

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _
from tqdm import tqdm

from suqiu.cases import searching


class Command(BaseCommand):
    help = "Makes every case findable by its words; safe to stop and to repeat."

    def handle(self, **options) -> None:
        with tqdm(unit="") as bar:
            for count in searching.catch_up():
                bar.update(count)
        self.stdout.write(_("%(count)d 件可以按内容查到了") % {"count": bar.n})
