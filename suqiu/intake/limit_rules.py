"""When may a caller be limited, by whom, and what does a limit not touch? Answers from values."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from suqiu.cases.models import Case, State
from suqiu.directory.models import Officer, Role
from suqiu.errors import Refused
from suqiu.language.likeness import pairs

from .demand import clean_words
from .models import CallerLimit

MAY = (Role.SHIFT_LEAD, Role.INTAKE_REVIEWER, Role.SUPERVISOR)  # propose and decide
JUDGES = (*MAY, Role.LEADER)  # of an appeal: there is always a third
LONGEST = timedelta(days=30)
CALLS_WANTED = 3  # about the same thing, before anybody may propose it
WORDS_LIMIT, APPEAL_LIMIT = 400, 1000
NEW_PAIRS, NEW_SHARE = 12, 0.4  # about a sentence of new words, or so much of all he said


def may_decide(officer: Officer) -> bool:
    return not officer.is_third_party and officer.is_at_hotline_as(*MAY)


def may_judge(officer: Officer) -> bool:
    return not officer.is_third_party and officer.is_at_hotline_as(*JUDGES)


def check_person(by: Officer) -> None:
    if not may_decide(by):
        raise Refused(
            _("限制来电人由热线的班长、受理审核员、督办员定，外包人员不能定"),
            who_can=_("热线中心的班长、受理审核员、督办员"), status=403,
        )  # fmt: skip


def check_matter(case: Case, calls: int, answer: str, is_sure: bool) -> None:
    """Only who was answered, and answered by more than one pair of eyes, can be said to ask the same again."""
    if is_spared(case):
        raise Refused(_("举报的、保密的诉求不能限制来电人"), state=case.get_state_display())
    if case.person.removed_at or not case.person.phone_sealed:
        raise Refused(_("没有来电人的号码，不知道是不是同一个人，不能限制"))
    if case.state != State.CLOSED or not answer:
        raise Refused(_("要有一次办结的答复，才谈得上反复"), state=case.get_state_display(), who_can=_("先把这件办结"))
    if calls < CALLS_WANTED:
        raise Refused(_("为这件事只来过 %(n)d 次，满 %(wanted)d 次才能提请") % {"n": calls, "wanted": CALLS_WANTED})
    if not is_sure:
        raise Refused(
            _("这次答复没有经市领导签批，也没有两人认定依法办了，不能拿它挡来电人"),
            who_can=_("在他最近办结、签批过的那一件上提请"),
        )  # fmt: skip


def check_proposal(ground: str, ends: datetime, at: datetime) -> None:
    if ground not in CallerLimit.Ground.values:
        raise Refused(_("没有这个原因，请点一个"), status=422, field="ground")
    if not at < ends <= at + LONGEST:
        raise Refused(_("要在今天之后，最长 %(n)d 天") % {"n": LONGEST.days}, status=422, field="until")


def check_can_decide(limit: CallerLimit, by: Officer, at: datetime) -> None:
    if by.pk == limit.proposed_by_id:
        raise Refused(
            _("是您提请的，要由另一个人认定"), who_can=_("班长、受理审核员、督办员中的另一位"), status=403
        )  # fmt: skip
    if limit.decided_at:
        raise Refused(_("这条已经有人定过了"), state=limit.stands(at).label)
    if limit.until <= at:
        raise Refused(_("提请写的日子已经过了，要限制就重新提请"), state=limit.stands(at).label)


def check_can_appeal(limit: CallerLimit, at: datetime) -> None:
    if limit.appealed_at:
        raise Refused(_("这条限制申诉过了，每条申诉一次"), state=limit.stands(at).label)
    if not limit.is_agreed or limit.until <= at:
        raise Refused(_("这条限制没有在走，不用申诉"), state=limit.stands(at).label)


def check_can_judge(limit: CallerLimit, by: Officer, at: datetime) -> None:
    if not may_judge(by):
        raise Refused(_("限制的申诉由热线的班长、受理审核员、督办员、市领导审"), status=403)
    if by.pk in (limit.proposed_by_id, limit.decided_by_id):
        raise Refused(_("这条限制您定过，申诉要由第三个人审"), who_can=_("没有提请、也没有认定它的另一位"), status=403)
    if not limit.appealed_at or limit.judged_at:
        raise Refused(_("没有等着审的申诉"), state=limit.stands(at).label)


def reason(words: str, limit: int = WORDS_LIMIT) -> str:
    found = clean_words(words)
    if len(found) > limit:
        raise Refused(_("最多写 %(n)d 个字") % {"n": limit}, status=422, field="words")
    if len(found) < 2:
        raise Refused(_("还没有写理由"), status=422, field="words")
    return found


def is_spared(case: Case) -> bool:
    """Who reports wrongdoing, or asks that his name be kept, is never limited, nor answered by the rule."""
    return case.is_confidential or case.demand_type == "report"


def says_something_new(text: str, told_before: list[str]) -> bool:
    """Rather once too often: a sentence that he has not said before is enough for a person to read it."""
    said = pairs(text)
    new = said - {pair for told in told_before for pair in pairs(told)}
    return len(new) > NEW_PAIRS or len(new) > NEW_SHARE * len(said)
