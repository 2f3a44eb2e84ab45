"""回头看: who is due to be asked whether it is still solved gets one link. Written with the outbox row, so that a kill loses nothing."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import F

from suqiu.cases.models import State
from suqiu.cases.telling import in_callers_language
from suqiu.citizens.contact import token_hash
from suqiu.gateways import outbox, wordings

from . import rules
from .models import LookBack

AT_A_TIME = 200


def send_due(*, at: datetime) -> int:
    """Sends what is due, in the hours in which people are rung; returns how many. Once each, whoever runs it."""
    if not rules.is_calling_hour(at):
        return 0
    sent = 0
    for pk in list(_due(at).values_list("pk", flat=True)[:AT_A_TIME]):
        with transaction.atomic():
            row = _due(at).select_for_update(of=("self",), skip_locked=True).filter(pk=pk).first()
            if row is not None:
                make_link(row, at)
                sent += 1
    return sent


def _due(at: datetime):
    rows = LookBack.objects.filter(answered_at=None, sent_at=None, ask_from__lte=at, case__state=State.CLOSED)
    return rows.filter(case__cycle=F("cycle")).select_related("case__person").order_by("ask_from", "id")


def make_link(row: LookBack, at: datetime) -> str:
    """Returns the token, of which only the keyed hash is kept."""
    token, case = secrets.token_urlsafe(18), row.case
    row.token_hash, row.sent_at = token_hash(token), at
    row.save(update_fields=["token_hash", "sent_at"])
    with in_callers_language(case):
        link = f"{settings.SITE_ADDRESS}/still/{token}/"
        body = wordings.said("still_solved", number=case.number, link=link)
    to = case.person.phone if case.person.phone_sealed else ""
    outbox.write(key=f"look-back:{row.pk}", channel="sms", to=to, body=body, at=at, case_number=case.number)
    return token
