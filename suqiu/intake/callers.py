"""Is he who he says he is? A caller proves a case by his number or his code; a lost code goes to the number he left, and nowhere else."""

from __future__ import annotations

import hmac
import secrets
import unicodedata
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from suqiu.cases.models import Case
from suqiu.cases.telling import tracking_address
from suqiu.citizens.contact import code_hash, index_of
from suqiu.directory import office
from suqiu.directory.models import Officer, Role
from suqiu.directory.tries import WINDOW, locked_until, minutes_until
from suqiu.errors import Refused
from suqiu.gateways import outbox, wordings
from suqiu.gateways.models import Message

from .models import Filing, ProofTry

WRONG_PER_NUMBER, WRONG_PER_OFFICER = 5, 20  # within the window
KEPT = timedelta(days=1)
MAY = (Role.OPERATOR, Role.SHIFT_LEAD, Role.INTAKE_REVIEWER)
CODES_A_DAY = 3
CODE_DIGITS = 8


def may_act_for_callers(officer: Officer) -> bool:
    return officer.is_at_hotline_as(*MAY)


def prove(*, by: Officer, number: str, way: str, said: str, at: datetime) -> Case | None:
    """The case of this number, if the caller's telephone number or query code (`said`) is its own; else None, whatever is wrong.

    A try is written before it is judged, and stays written whatever follows. Raises Refused (429) while locked.
    """
    check_person(by)
    number = number[:24]
    tried = ProofTry.objects.create(officer=by, number=number, way=way, at=at)
    _check_lock(tried)
    case = Case.objects.select_related("person").filter(number=number).first()
    if case and Filing.objects.filter(case=case, by=by).exists():
        raise Refused(_("这件是您替他登记的，不能再由您替他评、撤或申诉"), who_can=_("请换一位同事来接"), status=403)
    if not _matches(case, way, said):
        office.write(act="caller_not_proved", by=by, at=at, way=way)
        return None
    tried.is_right = True
    tried.save(update_fields=["is_right"])
    office.write(act="caller_proved", by=by, at=at, case=case.number, way=way)
    return case


def check_person(by: Officer) -> None:
    if not may_act_for_callers(by):
        raise Refused(_("替来电人办由热线的受理岗来做"), who_can=_("热线中心的话务员、班长、受理审核员"), status=403)


@transaction.atomic
def replace_code(*, case: Case, by: Officer, at: datetime, key: str) -> bool:
    """补发查询码: a new code, sent to the registered number only; the old one no longer counts. The same key again sends nothing."""
    check_person(by)
    locked = Case.objects.select_for_update().select_related(None).get(pk=case.pk)
    person = case.person
    if not person.phone_sealed:
        raise Refused(
            _("这件没有登记电话，查询码补发不了"), who_can=_("他记得编号和内容的，可以另登记一件，写上这件的编号"), status=422
        )  # fmt: skip
    message = f"code:{case.pk}:{key}"
    sent = Message.objects.filter(case_number=locked.number, key__startswith="code:", at__gt=at - timedelta(days=1))
    if sent.filter(key=message).exists():
        return False
    if sent.count() >= CODES_A_DAY:
        raise Refused(_("这件今天已经补发过 %(n)d 次，请让他先找找短信") % {"n": CODES_A_DAY}, status=429)
    code = "".join(secrets.choice("0123456789") for _digit in range(CODE_DIGITS))
    Case.objects.filter(pk=locked.pk).update(query_code_hash=code_hash(code))
    with translation.override(case.language):
        shown = f"{code[:4]} {code[4:]}"
        body = wordings.said("new_query_code", number=locked.number, code=shown, where=tracking_address(locked))
    outbox.write(key=message, channel="sms", to=person.phone, body=body, at=at, case_number=locked.number)
    office.write(act="replace_code", by=by, at=at, case=locked.number)
    return True


def _matches(case: Case | None, way: str, said: str) -> bool:
    if way == ProofTry.Way.CODE:
        kept = case.query_code_hash if case else ""
        return hmac.compare_digest(kept or "0" * 64, code_hash(said)) and bool(kept)
    kept = case.person.phone_index if case else ""
    return hmac.compare_digest(kept or "0" * 64, index_of(said)) and bool(kept)


def _check_lock(tried: ProofTry) -> None:
    """A soft lock on one case, so that nobody guesses its code; and on one officer, so that nobody tries many cases."""
    ProofTry.objects.filter(at__lt=tried.at - KEPT).delete()
    wrong = ProofTry.objects.filter(is_right=False, at__gt=tried.at - 2 * WINDOW).exclude(pk=tried.pk)
    limits = (
        (wrong.filter(number=tried.number), WRONG_PER_NUMBER),
        (wrong.filter(officer=tried.officer), WRONG_PER_OFFICER),
    )
    until = [u for rows, most in limits if (u := locked_until(list(rows.values_list("at", flat=True)[:most]), most))]
    if until and (minutes := minutes_until(max(until), tried.at)):
        tried.delete()
        raise Refused(
            _("对错太多次了，请等 %(n)d 分钟再核对") % {"n": minutes},
            who_can=_("急的先照新来电登记，写上他说的编号"), status=429,
        )  # fmt: skip


def plain_number(written: str) -> str:
    """As it is kept: full-width made narrow, letters large, no gaps."""
    narrow = unicodedata.normalize("NFKC", written).upper()
    return "".join(c for c in narrow if c.isalnum())
