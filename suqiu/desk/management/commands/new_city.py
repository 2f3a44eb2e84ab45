"""Starts an empty city: its area, its hotline, its first administrator; calendars, terms and messages as they come. No demo."""

from __future__ import annotations

import re
from argparse import ArgumentParser
from pathlib import Path

from django.core.cache import cache
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from suqiu.cases import profiles
from suqiu.cases.models import Case
from suqiu.desk import registry
from suqiu.directory import actions, office
from suqiu.directory.changes import SETTING_UP
from suqiu.directory.models import Area, CatalogueVersion, Department, Grant, Officer, Role, Setting
from suqiu.errors import Refused
from suqiu.worktime import actions as worktime
from suqiu.worktime.models import CalendarYear

CALENDARS = Path(worktime.__file__).with_name("calendars.csv")
HOTLINE = "HOTLINE"


class Command(BaseCommand):
    help = (
        "An empty city in an empty database: manage.py new_city --name 某某市 --code 990100 --prefix MM --admin zhang01"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--name", required=True, help="the city's official name")
        parser.add_argument("--name-en", default="", help="its English name, for English pages")
        parser.add_argument("--code", required=True, help="its area code, six digits")
        parser.add_argument("--prefix", required=True, help="what case numbers begin with: one to four capital letters")
        parser.add_argument("--admin", required=True, metavar="LOGIN", help="the account of the first administrator")
        parser.add_argument("--admin-name", default="", metavar="NAME", help="his name; his login if not given")

    def handle(self, **given) -> None:
        _check(given)
        try:
            with transaction.atomic():
                password = _build(**{k: given[k] for k in ("name", "name_en", "code", "prefix", "admin", "admin_name")})
        except Refused as refused:
            raise CommandError(str(refused.reason)) from refused
        cache.clear()
        registry.forget()
        self.stdout.write(_("%(name)s 建好了。第一位管理员：%(admin)s") % given)
        self.stdout.write(_("一次性密码（只显示这一次，登录后要马上换）：%(password)s") % {"password": password})
        self.stdout.write(_("接着在「管理」里交区划、单位、工作人员、授权和派单目录，见 docs/operations.md"))


def _check(given: dict[str, str]) -> None:
    rules = (
        ("name", r"\S.{0,118}", _("--name 是城市的全称，120 个字以内")),
        ("code", r"\d{6}", _("--code 是 6 位区划代码")),
        ("prefix", r"[A-Z]{1,4}", _("--prefix 是 1 到 4 个大写字母")),
        ("admin", r"[A-Za-z0-9._@-]{2,60}", _("--admin 是账号：字母、数字、. _ @ -，两个字以上")),
    )
    for name, pattern, words in rules:
        if not re.fullmatch(pattern, given[name]):
            raise CommandError(words)


def _build(*, name: str, name_en: str, code: str, prefix: str, admin: str, admin_name: str) -> str:
    """The rows without which nothing works; the rest comes through the administrator's desk. Returns the password."""
    _check_empty()
    at = timezone.now()
    city = Area.objects.create(code=code, name=name, name_en=name_en, kind=Area.Kind.CITY)
    hotline = Department.objects.create(
        code=HOTLINE, name=f"{name}12345政务服务便民热线中心", name_en=f"{name_en or name} 12345 Hotline Centre",
        kind=Department.Kind.HOTLINE, duty="hotline", area=city,
    )  # fmt: skip
    first = Officer.objects.create(username=admin, full_name=admin_name or admin, department=hotline, post="")
    Grant.objects.create(officer=first, role=Role.ADMINISTRATOR, department=hotline)
    profiles.new_profile(terms=profiles.default_terms(), valid_from=at, note="默认时限，逐行注明出处")
    if not CalendarYear.objects.exists():
        worktime.load_file(CALENDARS)
    Setting.objects.create(key="number_prefix", value=prefix)
    Setting.objects.create(key=SETTING_UP, value=True)
    office.write(act="new_city", by=None, at=at, code=code, prefix=prefix, administrator=first.pk)
    return actions.issue_password(officer=first, by=None, at=at)


def _check_empty() -> None:
    there = [m._meta.verbose_name for m in (Area, Department, Officer, CatalogueVersion, Case) if m.objects.exists()]
    if there:
        raise Refused(
            _("这里已经有数据（%(what)s），不能再建一座城市。请换一个空的数据目录或数据库")
            % {"what": "、".join(map(str, there))}
        )
