"""复答: the same caller, the same thing, nothing new: he is told politely, in one step, what he was answered before; and he may say what is new."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from suqiu.cases import clocks, events, families
from suqiu.cases.advance import Stepping, step
from suqiu.cases.models import Ask, Case, ClockKind, Content, State, Verdict
from suqiu.errors import Refused

from . import merge_rules
from .emergency import is_emergency

ANSWER_HOLDS = timedelta(days=366)
SAID_IN = {"approve": ("draft_reply", "reply"), "event_answered": ("event_answered", "reply")}
SAID_IN |= {name: (name, "answer") for name in ("answer_at_once", "answer_again")}
SURE = (Verdict.LAWFUL_UNSOLVED,)  # found by two persons: may be told again however often


@step("answer_again")
def answer_again(s: Stepping, *, earlier, limit: int | None = None) -> None:
    """By an operator; or by the system, of whom a limit (`limit`: its number) says that he only asks the same again."""
    case = s.case
    merge_rules.check_goes_alone(events.waiting(case).count())
    check(case, earlier, s.at)
    with override(case.language):
        asked_on = f"{timezone.localtime(earlier.received_at):%Y-%m-%d}"
        s.words["source"] = _("您 %(day)s 的诉求 %(number)s 的答复") % {"day": asked_on, "number": earlier.number}
    s.words["answer"] = answer_of(earlier)
    s.says["earlier"] = earlier.pk
    if limit:
        s.says["limit"] = limit
    give_answer(s)


def check(case: Case, earlier: Case, at) -> None:
    """Refused out loud where it is not the same, was not answered, or may be new."""
    if is_emergency(text_of(case)):
        raise Refused(_("他说的话里有紧急的词，不能复答"), who_can=_("照紧急件受理；危及生命的马上转 110、119、120"))
    if earlier.pk == case.pk or earlier.person_id != case.person_id:
        raise Refused(_("那一件不是这个来电人的"), status=422, field="earlier")
    if earlier.state != State.CLOSED or not answer_of(earlier):
        raise Refused(
            _("%(number)s 还没有办结，先告诉他办到哪一步") % {"number": earlier.number},
            who_can=_("用「补充·催办」记在那一件上"), status=422, field="earlier",
        )  # fmt: skip
    if earlier.closed_at < at - ANSWER_HOLDS:
        raise Refused(_("那一件办结一年多了，当新的办"), status=422, field="earlier")
    family = families.family(case)
    if earlier.pk not in {c.pk for c in family}:
        raise Refused(_("两件说的不是同一件事，当新的办"), status=422, field="earlier")
    if len(family) >= families.SIGNED_FROM and not is_sure(earlier):
        raise Refused(
            _("这是第 %(n)d 次反映，上次的答复没有经领导签批或两人认定，不能再照样答") % {"n": len(family)},
            who_can=_("派出去办；办完由市领导签批"), status=422, field="earlier",
        )  # fmt: skip


def is_sure(earlier: Case) -> bool:
    """Looked at by a leader, or found lawful by two."""
    signed = earlier.lines.filter(step="sign_family", says__is_upheld="yes")
    return earlier.verdict in SURE or signed.exists()


def answer_of(case: Case) -> str:
    """What he was answered last: the reply that went out, or the answer given at once."""
    line = case.lines.filter(step__in=SAID_IN).order_by("-no").first()
    if line is None:
        return ""
    step_name, name = SAID_IN[line.step]
    said = case.lines.filter(step=step_name, no__lte=line.no).order_by("-no").first()
    found = Content.objects.filter(case=case, line_no=said.no, name=name, removed_at=None).first()
    return found.body if found else ""


def text_of(case: Case) -> str:
    said = Content.objects.filter(case=case, name__in=("text", "words"), removed_at=None).values_list("body", flat=True)
    return "\n".join([case.title, case.place, *said])


def give_answer(s: Stepping) -> None:
    """Answered at once: the dispatch term stops, the outer one waits for his word."""
    case = s.case
    if not case.asks.exists():
        Ask.objects.create(case=case, no=1, text=case.title)
    case.asks.update(outcome=Ask.Outcome.ANSWERED)
    case.routing_class = case.routing_class or "accept"
    case.demand_type = case.demand_type or "consult"
    clocks.stop(s, ClockKind.ACCEPT, ClockKind.DISPATCH)
    if not clocks.running(case, ClockKind.OUTER):
        clocks.start(s, ClockKind.OUTER, anchor_at=case.received_at)
    clocks.pause(s)
    clocks.start(s, ClockKind.SETTLE)
    s.drop("answer_reviewed")
