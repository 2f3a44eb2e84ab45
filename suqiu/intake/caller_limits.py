"""限制来电: who rings again and again about what was answered, limited by two for a while, and heard by a third if he objects.

A limit closes no door. Every call is taken down and numbered; about the same thing, with nothing new and no word of danger in it,
the system answers as before; all else goes the ordinary way.
"""

from __future__ import annotations

from datetime import date, datetime

from django.conf import settings
from django.db import connection, transaction
from django.db.models import BigIntegerField, Count, Exists, OuterRef, Q
from django.db.models.fields.json import KT
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext as _

from suqiu.cases import families, terms
from suqiu.cases.advance import SYSTEM, are_reactions_muted
from suqiu.cases.models import Case, ClockKind, Content, Line, State
from suqiu.cases.telling import in_callers_language, officers_of
from suqiu.citizens import confirming
from suqiu.directory import office
from suqiu.directory.models import Officer
from suqiu.directory.notices import ring
from suqiu.directory.queries import hotline
from suqiu.errors import Refused
from suqiu.gateways import outbox, wordings
from suqiu.worktime.arithmetic import due_at
from suqiu.worktime.queries import calendar_now

from . import limit_rules, repeats
from .emergency import is_emergency
from .models import CallerLimit


@transaction.atomic
def propose(*, case: Case, by: Officer, at: datetime, key: str, ground: str, words: str, until: date) -> CallerLimit:
    """提请: the first of two; nothing follows from it yet. `case`: the one whose answer stands. The same key is the same proposal."""
    limit_rules.check_person(by)
    case = Case.objects.select_for_update(of=("self",)).select_related("person").get(pk=case.pk)
    _wait_for_others(case)
    if found := CallerLimit.objects.filter(key=key).first():
        return found
    check_case(case)
    ends = calendar_now().close(until)
    limit_rules.check_proposal(ground, ends, at)
    if open_limits(at).filter(person=case.person_id).exists():
        raise Refused(_("这个来电人已经有一条限制，在等人定或者在走"), who_can=_("等它定完或到期"))
    limit = CallerLimit(
        person=case.person, case=case, key=key, ground=ground, words=limit_rules.reason(words), until=ends
    )
    limit.proposed_by, limit.proposed_at = by, at
    limit.save(force_insert=True)
    _note("propose_limit", limit, by, at, ground=ground, until=ends)
    _ring(limit, "propose", _("限制来电，等第二个人认定"), at, limit_rules.MAY, but=(by.pk,))
    return limit


@transaction.atomic
def decide(*, limit: CallerLimit, by: Officer, at: datetime, is_agreed: bool, words: str) -> CallerLimit:
    """认定: by another person. Agreed, the caller is told ground, end and how to appeal. Pressed twice it stands as decided."""
    limit_rules.check_person(by)
    limit = _locked(limit)
    if limit.decided_by_id == by.pk and limit.is_agreed == is_agreed:
        return limit
    limit_rules.check_can_decide(limit, by, at)
    if is_agreed:
        check_case(limit.case)
    limit.decision = limit_rules.reason(words)
    limit.decided_by, limit.decided_at, limit.is_agreed = by, at, is_agreed
    limit.save()
    _note("agree_limit" if is_agreed else "refuse_limit", limit, by, at)
    if is_agreed:
        _tell(limit, "caller_limited", at)
    return limit


@transaction.atomic
def appeal(*, limit: CallerLimit, by: Officer | None, at: datetime, words: str) -> CallerLimit:
    """申诉: by the caller himself, or through the operator `by` who has him on the line. Until it is judged the limit stands still."""
    limit, said = _locked(limit), limit_rules.reason(words, limit_rules.APPEAL_LIMIT)
    if limit.appealed_at and limit.appeal == said:
        return limit
    limit_rules.check_can_appeal(limit, at)
    term = terms.allowance(ClockKind.APPEAL, limit.case, terms.profile_at(at))
    limit.appealed_at, limit.appealed_through, limit.appeal = at, by, said
    limit.appeal_due_at = due_at(at, term, calendar_now()).at
    limit.save()
    _note("appeal_limit", limit, by, at)
    _ring(limit, "appeal", _("来电人申诉限制，等第三个人审"), at, limit_rules.JUDGES, but=_panel(limit))
    return limit


@transaction.atomic
def judge(*, limit: CallerLimit, by: Officer, at: datetime, is_lifted: bool, words: str) -> CallerLimit:
    """审申诉: by a third person, neither of the two. The caller hears it either way."""
    limit = _locked(limit)
    if limit.judged_by_id == by.pk and limit.is_lifted == is_lifted:
        return limit
    limit_rules.check_can_judge(limit, by, at)
    limit.judgement = limit_rules.reason(words)
    limit.judged_by, limit.judged_at, limit.is_lifted = by, at, is_lifted
    limit.save()
    _note("lift_limit" if is_lifted else "keep_limit", limit, by, at)
    _tell(limit, "limit_lifted" if is_lifted else "limit_stays", at)
    return limit


# ---- what a limit does


def look_later(case: Case, at: datetime) -> None:
    """Where a limit runs, a job looks whether the system may answer this one; a case of anybody else costs one question."""
    if in_force(case.person_id, at) is not None:
        from .tasks import answer_under_limit

        answer_under_limit.configure(lock=f"limit:{case.person_id}").defer(case_id=case.pk)


@transaction.atomic
def answer(case: Case, at: datetime) -> CallerLimit | None:
    """The system gives the earlier result. None: it goes the ordinary way. Called twice it answers once.

    The case is looked at under its lock: what an operator took in hand, or the caller added, a moment ago counts.
    """
    case = Case.objects.select_for_update(of=("self",)).select_related("person").get(pk=case.pk)
    limit = in_force(case.person_id, at)
    if limit is None or not may_be_answered(case, limit):
        return None
    try:
        repeats.answer_again(case=case, by=SYSTEM, at=at, key=f"limit:{case.pk}", earlier=limit.case, limit=limit.pk)
    except Refused:
        return None
    return limit


def may_be_answered(case: Case, limit: CallerLimit) -> bool:
    """Received and not yet touched; surely his own; the same thing; and nothing in it that somebody should read."""
    if case.state != State.RECEIVED or limit_rules.is_spared(case) or case.attachments.exists():
        return False
    by_form = case.channel == "web"
    if not confirming.is_confirmed(person=case.person, subject=case.number, is_by_form=by_form):
        return False  # who merely types his number would read what he was answered
    text = repeats.text_of(case)
    family = families.family(case)
    if is_emergency(text) or limit.case_id not in {c.pk for c in family}:
        return False
    return not limit_rules.says_something_new(text, _told_before(case, family))


def _told_before(case: Case, family: list[Case]) -> list[str]:
    earlier = [c for c in family if c.pk != case.pk and c.received_at <= case.received_at]
    said = Content.objects.filter(case__in=earlier, name__in=("text", "words"), removed_at=None)
    return [*said.values_list("body", flat=True), *(f"{c.title}\n{c.place}" for c in earlier)]


# ---- which there are


def open_limits(at: datetime):
    """Proposed, or agreed and not over: no second one beside it."""
    return CallerLimit.objects.filter(until__gt=at, is_lifted=False).exclude(is_agreed=False)


def running(at: datetime):
    """Agreed by two, not over, not lifted, not under appeal, and resting on an answer that stands."""
    found = CallerLimit.objects.filter(is_agreed=True, is_lifted=False, until__gt=at, case__state=State.CLOSED)
    return found.exclude(appealed_at__isnull=False, judged_at=None)


def in_force(person_id: int, at: datetime) -> CallerLimit | None:
    return running(at).filter(person=person_id).select_related("case").first()


def of_person(person_ids: list[int], at: datetime) -> list[CallerLimit]:
    """What somebody who has this caller before him should know: what runs, what waits, what he objects to."""
    return list(open_limits(at).filter(person__in=person_ids).select_related("case"))


def told_on(case: Case) -> CallerLimit | None:
    """The latest limit that the caller of this case may read of on its page: it rests on this case, or answered it."""
    used = Line.objects.filter(case=case, step="answer_again", says__has_key="limit")
    numbers = used.annotate(n=Cast(KT("says__limit"), BigIntegerField())).values("n")
    found = CallerLimit.objects.filter(Q(case=case) | Q(pk__in=numbers), person=case.person_id, is_agreed=True)
    return found.select_related("case").first()


def waiting_for(officer: Officer, at: datetime) -> Exists:
    """Of a case: a limit that rests on it waits for this officer: to be decided as the second, or its appeal as the third."""
    of_case = CallerLimit.objects.filter(case=OuterRef("pk"))
    undecided = Q(decided_at=None, until__gt=at) & ~Q(proposed_by=officer)
    appealed = Q(appealed_at__isnull=False, judged_at=None) & ~Q(proposed_by=officer) & ~Q(decided_by=officer)
    return Exists(of_case.filter(appealed | undecided if limit_rules.may_decide(officer) else appealed))


def appeal_is_late(at: datetime) -> Exists:
    late = CallerLimit.objects.filter(case=OuterRef("pk"), judged_at=None, appeal_due_at__lt=at)
    return Exists(late)


def counts(at: datetime) -> dict[str, int]:
    """All there ever were, whoever looks: nobody sees the running ones without those that were refused or lifted."""
    undecided, agreed = Q(decided_at=None), Q(is_agreed=True)
    pending = Q(appealed_at__isnull=False, judged_at=None)
    found = CallerLimit.objects.aggregate(
        proposed=Count("pk"),
        waiting=Count("pk", filter=undecided & Q(until__gt=at)),
        lapsed=Count("pk", filter=undecided & Q(until__lte=at)),
        agreed=Count("pk", filter=agreed),
        refused=Count("pk", filter=Q(is_agreed=False)),
        appealed=Count("pk", filter=Q(appealed_at__isnull=False)),
        pending=Count("pk", filter=pending),
        lifted=Count("pk", filter=Q(is_lifted=True)),
    )
    found |= {"running": running(at).count()}
    return found | {"answered": Line.objects.filter(step="answer_again", actor="system").count()}


def check_case(case: Case) -> None:
    """Whether a limit may rest on this case, now."""
    family = families.family(case)
    limit_rules.check_matter(case, len(family), repeats.answer_of(case), repeats.is_sure(case))


def _locked(limit: CallerLimit) -> CallerLimit:
    return CallerLimit.objects.select_for_update(of=("self",)).select_related("case__person").get(pk=limit.pk)


def _panel(limit: CallerLimit) -> tuple[int, int]:
    return limit.proposed_by_id, limit.decided_by_id


def _note(act: str, limit: CallerLimit, by: Officer | None, at: datetime, **more) -> None:
    office.write(act=act, by=by, at=at, limit=limit.pk, case=limit.case.number, **more)


def _ring(limit: CallerLimit, act: str, text: str, at: datetime, roles: tuple, *, but: tuple) -> None:
    if are_reactions_muted():
        return
    officers = [o for o in officers_of(hotline(), *roles) if o.pk not in but and not o.is_third_party]
    seen = [o for o in officers if Case.objects.visible_to(o).filter(pk=limit.case_id).exists()]
    ring(officers=seen, key=f"limit:{limit.pk}:{act}", text=text, at=at, case_number=limit.case.number)


def _tell(limit: CallerLimit, wording: str, at: datetime) -> None:
    case, person = limit.case, limit.case.person
    if not person.phone_sealed or are_reactions_muted():
        return
    with in_callers_language(case):
        said = {"number": case.number, "where": f"{settings.SITE_ADDRESS}/case/{case.number}/limit/"}
        said |= {"until": f"{timezone.localtime(limit.until):%Y-%m-%d}", "ground": limit.get_ground_display()}
        body = wordings.said(wording, **said)
    outbox.write(key=f"{wording}:{limit.pk}", channel="sms", to=person.phone, body=body, at=at, case_number=case.number)


def _wait_for_others(case: Case) -> None:
    """Two proposals about one person come one after the other, whichever case each names."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"limit:{case.person_id}"])
