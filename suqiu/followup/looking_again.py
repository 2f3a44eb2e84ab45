"""再看一眼: was he made to withdraw, does the place look as the reply says, and is it still solved a month later?"""

from __future__ import annotations

from django.utils.translation import gettext as _

from suqiu.cases import clocks, files, reopening
from suqiu.cases.advance import Stepping, step
from suqiu.cases.models import Case, ClockKind, Holding
from suqiu.directory.models import Officer
from suqiu.errors import Refused

from . import rules
from .models import LookBack, SpotCheck


def check_never_held(case: Case, officer: Officer) -> None:
    """A unit never asks about its own work, whatever else its people may do."""
    own = officer.departments_as()
    if any(h.department_id in own for h in case.holdings.exclude(level=Holding.Level.CITY)):
        raise Refused(_("承办过这件的单位不能回访"), status=403)


@step("ask_withdrawn")
def ask_withdrawn(s: Stepping, *, outcome, is_own_will="", words="") -> None:
    """问撤单: was it his own will? "No" is taken up again where it was, and the supervisor sees it until it is closed."""
    check_never_held(s.case, s.officer)
    rules.check_withdrawn(outcome, is_own_will)
    if is_own_will:
        s.drop("to_ask_withdrawn")
        clocks.stop(s, ClockKind.FOLLOW_UP)
    elif s.case.lines.filter(step="ask_withdrawn").count() + 1 >= rules.ATTEMPTS_WANTED:
        s.drop("to_ask_withdrawn")  # never reached: it stays withdrawn, and is counted as not asked
        clocks.stop(s, ClockKind.FOLLOW_UP)
    if is_own_will == "no":
        reopening.reopen(s, "not_his_will")
        s.hold("not_his_will")


@step("recheck_on_spot")
def recheck_on_spot(s: Stepping, *, as_told, visited_at, words, photos, position=None) -> None:
    """实地抽查: somebody who neither handled it nor asked goes and looks. Not as told: it goes on, in a cycle of its own."""
    check_never_held(s.case, s.officer)
    drawn = _waiting_for(SpotCheck.objects.filter(by=None), s)
    if drawn is None:
        raise Refused(_("这件没有抽到，或者已经抽查过了"), who_can=_("抽哪件由系统随机定，谁也不能选"))
    rules.check_seen_at(visited_at, s.at, s.case.closed_at)
    for upload in photos:
        files.keep(s, upload, "proof")
    drawn.by, drawn.visited_at, drawn.is_as_told = s.officer, visited_at, as_told == "yes"
    drawn.longitude, drawn.latitude, drawn.accuracy = position or (None, None, None)
    drawn.save()
    if not drawn.is_as_told:
        reopening.reopen(s, "spot_check")


@step("look_back")
def look_back(s: Stepping, *, outcome, still="", words="") -> None:
    """回头看: still solved? "No" opens it again without a new demand; what was said at the closing stays."""
    if s.officer:
        check_never_held(s.case, s.officer)
    row = _waiting_for(LookBack.objects.filter(answered_at=None, ask_from__lte=s.at), s)
    if row is None:
        raise Refused(_("这件没有轮到回头看，或者已经问过了"))
    if outcome != "answered":
        row.tries, row.next_at = row.tries + 1, rules.next_attempt(s.at)
        row.save(update_fields=["tries", "next_at"])
        return
    if still not in ("yes", "no"):
        raise Refused(_("接通了，请问清「现在还好吗」"), status=422, field="still")
    row.answered_at, row.is_still_solved = s.at, still == "yes"
    row.save(update_fields=["answered_at", "is_still_solved"])
    if still == "no":
        reopening.reopen(s, "look_back")


def _waiting_for(drawn, s: Stepping):
    return drawn.select_for_update().filter(case=s.case, cycle=s.case.cycle).first()
