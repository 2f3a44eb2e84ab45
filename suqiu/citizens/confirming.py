"""Is this number really his? Six digits sent to it, kept as a keyed hash, good for ten minutes and five tries."""

from __future__ import annotations

import hmac
import math
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils.translation import gettext as _

from suqiu.errors import Refused

from .contact import code_hash, index_of, normal_phone
from .models import Person, PhoneCode

DIGITS = 6
LIVES = timedelta(minutes=10)
TRIES_AT_MOST = 5
WAIT = timedelta(seconds=60)  # until the next one may be sent
SENT_A_DAY = 10  # to one number, whoever asks: nobody is flooded through us
KEPT = timedelta(days=1)  # an unused code; one that was right stays as the proof


@dataclass(frozen=True)
class Sent:
    """A new code: `pk` of its row, and the digits, known to the message alone."""

    pk: int
    code: str


def can_get_codes(phone: str) -> bool:
    """Text messages reach mobile numbers only."""
    return bool(re.fullmatch(r"1\d{10}", normal_phone(phone)))


@transaction.atomic
def new_code(*, subject: str, phone: str, at: datetime) -> Sent:
    """A code for the number left with `subject` (a case's number); earlier ones no longer count. Refuses (429) what comes too often."""
    index = index_of(phone)
    _alone(index)
    PhoneCode.objects.filter(used_at=None, made_at__lt=at - KEPT).delete()
    if seconds := seconds_to_wait(subject=subject, at=at):
        raise Refused(_("刚发过一条，再等 %(n)d 秒可以重发") % {"n": seconds}, status=429)
    if PhoneCode.objects.filter(phone_index=index, made_at__gt=at - timedelta(days=1)).count() >= SENT_A_DAY:
        raise Refused(
            _("这个号码今天收的验证码够多了，明天再发"), who_can=_("打 12345，请话务员核实号码"), status=429
        )  # fmt: skip
    code = "".join(secrets.choice("0123456789") for _digit in range(DIGITS))
    row = PhoneCode.objects.create(
        subject=subject, phone_index=index, code_hash=code_hash(f"{subject}{code}"), made_at=at
    )
    return Sent(row.pk, code)


def seconds_to_wait(*, subject: str, at: datetime) -> int:
    """Until another code may be sent for this subject; nothing when it may be now."""
    last = PhoneCode.objects.filter(subject=subject).order_by("-made_at", "-id").first()
    left = (last.made_at + WAIT - at).total_seconds() if last and not last.used_at else 0
    return max(math.ceil(left), 0)


def confirm(*, subject: str, code: str, at: datetime) -> bool:
    """True: the code is that of the last message. Every try stays counted; refuses when there is nothing left to try."""
    with transaction.atomic():
        row = PhoneCode.objects.select_for_update().filter(subject=subject).order_by("-made_at", "-id").first()
        if row is None:
            return False
        no = _spent(row, at)
        if no is None:
            is_right = hmac.compare_digest(row.code_hash, code_hash(f"{subject}{code}"))
            row.tries += 1
            row.used_at = row.used_at or (at if is_right else None)
            row.save(update_fields=["tries", "used_at"])
            if is_right:
                Person.objects.filter(phone_index=row.phone_index).update(is_phone_confirmed=True)
            return is_right
    raise no


def tries_left(*, subject: str) -> int:
    row = PhoneCode.objects.filter(subject=subject).order_by("-made_at", "-id").first()
    return max(TRIES_AT_MOST - row.tries, 0) if row else 0


def is_confirmed(*, person: Person, subject: str, is_by_form: bool) -> bool:
    """Whoever types a number into a form need not own it, even when its owner has called before: that demand has its own proof."""
    if not is_by_form:
        return person.is_phone_confirmed
    return PhoneCode.objects.filter(subject=subject, phone_index=person.phone_index).exclude(used_at=None).exists()


def _spent(row: PhoneCode, at: datetime) -> Refused | None:
    if at > row.made_at + LIVES:
        return Refused(_("验证码过了 %(n)d 分钟，请再发一条") % {"n": LIVES.seconds // 60}, status=410)
    if row.tries >= TRIES_AT_MOST:
        return Refused(_("这条验证码试错 %(n)d 次了，请再发一条") % {"n": TRIES_AT_MOST}, status=429)
    return None


def _alone(index: str) -> None:
    """Two presses at one moment send one message."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"phone-code:{index}"])
