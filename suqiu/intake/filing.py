"""线下代办: an officer files for somebody who cannot go online. Who agreed to it, how, and who gets the code?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from suqiu.cases.advance import Actor
from suqiu.cases.models import Case
from suqiu.cases.telling import in_callers_language, tracking_address
from suqiu.citizens import confirming
from suqiu.directory import office
from suqiu.directory.models import Officer, Role
from suqiu.errors import Refused
from suqiu.gateways import outbox, wordings

from .actions import receive
from .demand import Demand, clean_words
from .models import Filing

MAY = (Role.OPERATOR, Role.SHIFT_LEAD, Role.INTAKE_REVIEWER, Role.HANDLER)
AGREED_WITHIN = timedelta(days=30)


@dataclass(frozen=True)
class Consent:
    """同意: how, when, and in what words of his own."""

    way: str
    at: datetime
    words: str


def check_person(by: Officer) -> None:
    if not by.has_role(*MAY):
        raise Refused(
            _("线下代办由热线受理岗和各单位经办人来做"), who_can=_("话务员、班长、受理审核员、经办人"), status=403
        )


@transaction.atomic
def file_for(*, demand: Demand, consent: Consent, by: Officer, at: datetime, key: str) -> tuple[Case, str]:
    """The case, and its query code only where it has to be printed: who can get a message gets it himself, and nobody else sees it.

    The officer takes the step for the person; it gives him no relation to the case that he has not otherwise.
    """
    check_person(by)
    words = _checked(demand, consent, at)
    is_sent = confirming.can_get_codes(demand.phone)
    says = {"consent": consent.way, "consent_at": consent.at}
    case, code = receive(demand=demand, by=Actor("citizen", by), at=at, key=key, says=says, words={"consent": words})
    if not code:  # the same form once more
        return case, ""
    Filing.objects.create(
        case=case, by=by, department=by.department, consent_way=consent.way, consent_at=consent.at,
        code_way=Filing.CodeWay.SMS if is_sent else Filing.CodeWay.PAPER,
    )  # fmt: skip
    office.write(act="file_for", by=by, at=at, case=case.number, consent=consent.way)
    if not is_sent:
        return case, code
    with in_callers_language(case):
        told = {"who": str(by.department), "number": case.number, "code": f"{code[:4]} {code[4:]}"}
        body = wordings.said("filed_for", **told, where=tracking_address(case))
    outbox.write(key=f"filed:{case.pk}", channel="sms", to=case.person.phone, body=body, at=at, case_number=case.number)
    return case, ""


def _checked(demand: Demand, consent: Consent, at: datetime) -> str:
    if not demand.name.strip():
        raise Refused(_("替谁办的要写明姓名"), status=422, field="name")
    if demand.secrecy == "anonymous":
        raise Refused(_("代办的不能匿名：要能问本人是不是他的意思"), status=422, field="secrecy")
    if consent.way not in Filing.ConsentWay.values:
        raise Refused(_("请写明他怎么同意的"), status=422, field="consent_way")
    if not at - AGREED_WITHIN <= consent.at <= at + timedelta(minutes=5):
        raise Refused(_("同意的时间要在最近 %(n)d 天里") % {"n": AGREED_WITHIN.days}, status=422, field="consent_at")
    words = clean_words(consent.words, 500)
    if len(words) < 4:
        raise Refused(_("请照他的原话记下他怎么说的"), status=422, field="consent_words")
    return words
