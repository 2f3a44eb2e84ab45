"""评价链接: the citizen answers by taps, each saved at once; half an answer is an answer."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from suqiu.cases.models import Case
from suqiu.citizens.contact import token_hash
from suqiu.errors import Refused

from . import rules
from .models import Link


@transaction.atomic
def make_link(*, case: Case, at: datetime) -> str:
    """The one-time link of this cycle. Returns the token, which is stored only as a keyed hash; a later call makes a new token."""
    token = secrets.token_urlsafe(18)
    values = {"token_hash": token_hash(token), "made_at": at, "expires_at": at + timedelta(days=rules.LINK_DAYS)}
    Link.objects.update_or_create(case=case, cycle=case.cycle, defaults=values)
    return token


@transaction.atomic
def tap(*, link: Link, name: str, value: str, at: datetime) -> Link:
    """One tap, saved at once. A later tap on the same question replaces it until he is done."""
    link = Link.objects.select_for_update(of=("self",)).select_related("case").get(pk=link.pk)
    if link.used_at:
        raise Refused(_("您已经答完了，谢谢。要改的话请打 12345"))
    if at > link.expires_at or not is_asking(link):
        raise Refused(_("这个链接已经过期。凭编号和查询码还能答，也可以打 12345"), status=410)
    if name != "words":
        rules.check_answer(name, value)
    link.answers = {**link.answers, name: value}
    link.tapped_at = at
    link.save()
    return link


def is_asking(link: Link) -> bool:
    """Only in the round it was sent for, and while nothing is decided."""
    return link.case.state == "F" and link.case.cycle == link.cycle
