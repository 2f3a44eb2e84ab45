"""结论: closed, redone, sent to a leader, or found lawful: who says so, what must he rest on, and what follows for the case?"""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from suqiu.cases import clocks, families, holdings, ledger
from suqiu.cases.advance import Stepping, end_cycle, open_cycle, step
from suqiu.cases.models import ClockKind, Verdict
from suqiu.errors import Refused

from . import rules, shares


@step("close_unanswered")
def close_unanswered(s: Stepping) -> None:
    """没回访到: three attempts at different hours, two ways; its own verdict, never counted solved or satisfied."""
    _close(s, Verdict.UNANSWERED)


@step("close")
def close(s: Stepping, *, verdict, words="") -> None:
    if s.by.kind == "officer":
        _check_second_person(s)
        _check_follows_answer(s, verdict)
    _close(s, verdict)


@step("redo")
def redo(s: Stepping, *, words="") -> None:
    """重办: a new cycle with the same lead; evidence starts from nothing; at most two, then a leader."""
    if s.case.cycle > rules.REDOS_AT_MOST:
        raise Refused(_("已经重办过两次，这次要报市领导定"), who_can=_("请用「报领导」"))
    if s.by.kind == "officer":
        _check_second_person(s)
    end_cycle(s, _last_answer(s))
    _leave_event(s)
    start_again(s, "redo")


@step("refer_up")
def refer_up(s: Stepping, *, words="") -> None:
    """报领导: the rule on the third "no"; a second person on the third half or unsatisfied answer."""
    if s.case.cycle <= rules.REDOS_AT_MOST:
        raise Refused(_("还没有重办满两次，先重办"), who_can=_("请用「重办」"))
    if s.by.kind == "officer":
        _check_second_person(s)
    end_cycle(s, _last_answer(s))
    _leave_event(s)
    clocks.stop(s)
    clocks.start(s, ClockKind.LEADER)


@step("find_lawful")
def find_lawful(s: Stepping, *, basis, words) -> None:
    """认定依法办了: the first of two persons; a unit never finds this of itself."""
    s.hold("lawful_found")
    mind_family(s)


@step("close_lawful")
def close_lawful(s: Stepping, *, words) -> None:
    _close(s, Verdict.LAWFUL_UNSOLVED)


@step("decide")
def decide(s: Stepping, *, choice, plan_on, words, plan="", officer=None) -> None:
    """领导定: another cycle of its own, with a date; or the hard-case ledger, with what will be done and by whom."""
    if choice == "hang":
        rules.check_hang(plan, officer)
        hanging = ledger.ask(s, plan, plan_on, officer)
        s.to = "G"
        ledger.put_on(s, hanging)
        return
    if plan_on <= timezone.localtime(s.at).date():
        raise Refused(_("日期要在今天之后"), status=422, field="plan_on")
    clocks.stop(s)
    open_cycle(s, "leader")
    s.case.dispatched_at = s.at
    holdings.into_cycle(s)
    clocks.start_until(s, ClockKind.REDO, clocks.close_of(plan_on), holding=s.lead)
    clocks.start(s, ClockKind.CONTACT, holding=s.lead)


def start_again(s: Stepping, why: str) -> None:
    open_cycle(s, why)
    s.case.dispatched_at = s.at
    holdings.into_cycle(s)
    clocks.stop(s)
    clocks.start(s, ClockKind.REDO, holding=s.lead)
    clocks.start(s, ClockKind.CONTACT, holding=s.lead)


def mind_family(s: Stepping) -> None:
    """The third time the same caller asks for the same, it closes only with a leader's signature: once a cycle."""
    if "family_signed" in s.case.evidence_held or not families.needs_leader(s.case):
        return
    s.hold("family_waits")
    if not clocks.running(s.case, ClockKind.LEADER):
        clocks.start(s, ClockKind.LEADER)


def _leave_event(s: Stepping) -> None:
    """Answered with others, and not solved for him: from here on it is redone for him alone."""
    if s.case.event_id and s.case.lines.filter(step="event_answered").exists():
        s.says["left_event"] = s.case.event_id
        s.case.event = None


def _close(s: Stepping, verdict: str) -> None:
    shares.draw(s.case, verdict, s.at)
    s.case.verdict = verdict
    end_cycle(s, verdict)
    clocks.stop(s)
    holdings.end_all(s)


def _answers(s: Stepping):
    """The caller's answers in this cycle, the last first."""
    return s.case.attempts.filter(cycle=s.case.cycle, outcome="answered").order_by("-id")


def _last_answer(s: Stepping) -> str:
    """What he last said on "solved?"; empty when he never said."""
    return _answers(s).exclude(solved="").values_list("solved", flat=True).first() or ""


def _check_second_person(s: Stepping) -> None:
    """Who wrote the answer down does not act on it, whoever called after him."""
    last = _answers(s).first()
    if last and last.by_id == s.officer.pk:
        raise Refused(
            _("「%(step)s」是您做的，这一步要换一个人") % {"step": _("回访")},
            state=s.case.get_state_display(), who_can=_("请同岗的另一位同事来做"), status=403,
        )  # fmt: skip


def _check_follows_answer(s: Stepping, verdict: str) -> None:
    """A second person closes as the caller said, and makes nothing better than that."""
    answer = _last_answer(s)
    if answer == "half" and verdict != Verdict.HALF:
        raise Refused(_("来电人说的是「解决了一半」，不能按解决了办结"), status=422, field="verdict")
    if answer == "yes" and verdict != Verdict.SOLVED:
        raise Refused(_("来电人说的是「解决了」，请按解决了办结"), status=422, field="verdict")
    if answer not in ("yes", "half"):
        raise Refused(_("来电人没有说解决了，不能办结"))
