"""Who may come to the administrator's desk?"""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from suqiu.directory import rules
from suqiu.directory.models import Officer
from suqiu.doors import Page
from suqiu.errors import Refused

from ..shell import DeskRequest


def administrators(view: Page) -> Page:
    def only(request: DeskRequest, *args: Any, **named: Any) -> HttpResponse:
        if not rules.may_administer(request.user):
            raise Refused(_("这里是系统管理员的"), who_can=_("请找热线中心的系统管理员"), status=403)
        return view(request, *args, **named)

    return only


def deciders(view: Page) -> Page:
    """Administrators, and whoever may be the second person for some table."""

    def only(request: DeskRequest, *args: Any, **named: Any) -> HttpResponse:
        if not may_see_changes(request.user):
            raise Refused(_("变更由系统管理员提，班长、市领导做第二人"), status=403)
        return view(request, *args, **named)

    return only


def may_see_changes(officer: Officer) -> bool:
    return rules.may_administer(officer) or any(rules.may_second(officer, table) for table in rules.SECONDS)
