"""泄露事件: data got out. Who is concerned is told, the authority is told, and two persons close it. Each with its clock."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from suqiu.directory import office
from suqiu.directory.models import Officer, Role
from suqiu.errors import Refused
from suqiu.gateways import outbox
from suqiu.gateways.wordings import said
from suqiu.worktime.arithmetic import Allowance, due_at
from suqiu.worktime.queries import calendar_now

from . import secrecy_bells
from .models import Breach, Case

State = Breach.State
# The law says "at once" (个人信息保护法 57 条); so many hours of the clock, nights and holidays too, are ours.
AUTHORITY_TERM, TELL_TERM = Allowance(24, "hour"), Allowance(72, "hour")
CASES_AT_MOST = 200  # of one report
WORDS_AT_LEAST = 4
HANDLERS = (Role.SHIFT_LEAD, Role.SUPERVISOR, Role.LEADER)


def may_report(officer: Officer) -> bool:
    """Whoever works with cases may say that one got out: nobody needs a post to say so."""
    return bool(officer.grants_now())


def may_handle(officer: Officer) -> bool:
    return not officer.is_third_party and officer.is_at_hotline_as(*HANDLERS)


@transaction.atomic
def report(*, by: Officer, at: datetime, key: str, words: str, numbers: list[str]) -> Breach:
    """Both clocks run from here. The same key gives the same report again."""
    if done := Breach.objects.filter(key=key).first():
        return done
    if not may_report(by):
        raise Refused(_("您不能报泄露事件"), status=403)
    words = _words(words, "words", _("写明怎么发现的、流出去了什么"))
    cases = _cases(by, numbers)
    calendar = calendar_now()
    breach = Breach.objects.create(
        key=key, by=by, at=at, words=words,
        tell_by=due_at(at, TELL_TERM, calendar).at, authority_by=due_at(at, AUTHORITY_TERM, calendar).at,
    )  # fmt: skip
    breach.cases.set(cases)
    _note("breach_reported", breach, by, at, cases=sorted(c.number for c in cases))
    secrecy_bells.breach_reported(breach, HANDLERS)
    return breach


@transaction.atomic
def tell(*, breach: Breach, by: Officer, at: datetime) -> Breach:
    """A message to each caller concerned; who left no number is counted, not passed over in silence."""
    breach = _locked(breach, by)
    if breach.told_at:
        return breach
    _check_open(breach)
    for case in breach.cases.select_related("person").order_by("pk"):
        if case.person.phone_sealed:
            with translation.override(case.language):
                body = said("breach", number=case.number)
            outbox.write(
                key=f"breach:{breach.pk}:{case.pk}", channel="sms", to=case.person.phone, body=body, at=at,
                case_number=case.number,
            )  # fmt: skip
            breach.told_count += 1
        else:
            breach.untold_count += 1
    breach.told_at, breach.told_by = at, by
    breach.save()
    _note("breach_told", breach, by, at, told=breach.told_count, untold=breach.untold_count)
    return breach


@transaction.atomic
def tell_authority(*, breach: Breach, by: Officer, at: datetime, authority: str) -> Breach:
    breach = _locked(breach, by)
    if breach.authority_told_at and breach.authority == authority.strip():
        return breach
    _check_open(breach)
    if breach.authority_told_at:
        raise Refused(_("已经报告过了"), state=breach.authority)
    breach.authority = _words(authority, "authority", _("写明报告了哪个部门、文号或回执"))[:200]
    breach.authority_told_at, breach.authority_told_by = at, by
    breach.save()
    _note("breach_authority_told", breach, by, at)
    return breach


@transaction.atomic
def ask_to_close(*, breach: Breach, by: Officer, at: datetime, finding: str) -> Breach:
    """Only once everybody who must be told has been told."""
    breach = _locked(breach, by)
    _check_open(breach)
    lacking = [
        label
        for label, done in ((_("告知本人"), breach.told_at), (_("报告主管部门"), breach.authority_told_at))
        if not done
    ]
    if lacking:
        raise Refused(_("还差：%(what)s") % {"what": "、".join(lacking)}, state=breach.get_state_display(), status=422)
    breach.finding = _words(finding, "finding", _("写明谁、怎么流出去的、怎么补救"))
    breach.state, breach.asked_by, breach.asked_at = State.CLOSING, by, at
    breach.save()
    _note("breach_close_asked", breach, by, at)
    secrecy_bells.breach_closing(breach, HANDLERS, at)
    return breach


@transaction.atomic
def close(*, breach: Breach, by: Officer, at: datetime) -> Breach:
    breach = _locked(breach, by)
    if breach.state == State.CLOSED and breach.closed_by_id == by.pk:
        return breach
    if breach.state != State.CLOSING:
        raise Refused(_("还没有人提请结案"), state=breach.get_state_display())
    if by.pk in (breach.asked_by_id, breach.by_id):
        raise Refused(_("报告的人和提请结案的人不能做第二人"), who_can=_("请另一位班长、督办员或市领导"), status=403)
    breach.state, breach.closed_by, breach.closed_at = State.CLOSED, by, at
    breach.save()
    _note("breach_closed", breach, by, at)
    return breach


@transaction.atomic
def back(*, breach: Breach, by: Officer, at: datetime, words: str) -> Breach:
    """The second person does not agree: it stays open, and the line says that he was asked."""
    breach = _locked(breach, by)
    if breach.state != State.CLOSING:
        raise Refused(_("还没有人提请结案"), state=breach.get_state_display())
    if by.pk == breach.asked_by_id:
        raise Refused(_("要另一个人来看"), status=403)
    _words(words, "words", _("写明还差什么"))
    breach.state, breach.asked_by, breach.asked_at = State.OPEN, None, None
    breach.finding = f"{breach.finding}\n—— {words.strip()}"
    breach.save()
    _note("breach_back", breach, by, at)
    return breach


def _cases(by: Officer, numbers: list[str]) -> list[Case]:
    """Those he may see; one that he may not see looks like one that does not exist."""
    wanted = {n.replace(" ", "").upper() for n in numbers if n.strip()}
    if not wanted or len(wanted) > CASES_AT_MOST:
        raise Refused(_("写 1 到 %(n)d 个编号") % {"n": CASES_AT_MOST}, status=422, field="numbers")
    found = list(Case.objects.visible_to(by).filter(number__in=wanted))
    if missing := sorted(wanted - {c.number for c in found}):
        raise Refused(_("没有这个编号：%(number)s") % {"number": missing[0][:40]}, status=422, field="numbers")
    return found


def _words(words: str, field: str, wanted: str) -> str:
    words = words.strip()
    if len(words) < WORDS_AT_LEAST or len(words) > 2000:
        raise Refused(wanted, status=422, field=field)
    return words


def _locked(breach: Breach, by: Officer) -> Breach:
    if not may_handle(by):
        raise Refused(_("泄露事件由热线中心的班长、督办员、市领导处置"), status=403)
    return Breach.objects.select_for_update().get(pk=breach.pk)


def _check_open(breach: Breach) -> None:
    if breach.state != State.OPEN:
        raise Refused(_("这件泄露事件不在处置中"), state=breach.get_state_display())


def _note(act: str, breach: Breach, by: Officer, at: datetime, **more: object) -> None:
    office.write(act=act, by=by, at=at, breach=breach.pk, **more)
