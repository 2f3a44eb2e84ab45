"""更正: what was registered wrongly, or is counted over other days now: who may set it right, and what follows for the clocks?"""

from __future__ import annotations

from django.utils.translation import gettext as _

from suqiu.cases import recounting
from suqiu.cases.advance import Stepping, step
from suqiu.cases.models import Case, Holding
from suqiu.directory.models import Area, Department, Matter, Officer
from suqiu.directory.queries import owner_of
from suqiu.errors import Refused

from . import rules
from .models import Correction


@step("correct")
def correct(s: Stepping, *, words, rewritten="", **wanted) -> None:
    """更正: the old value stays in the journal; clocks are recomputed from their first anchors. A longer term and less secrecy wait
    for a second person; more secrecy, and whom it is about, never wait.
    """
    case = s.case
    if wanted.get("about_officer") and not wanted.get("about_department"):
        wanted["about_department"] = rules.unit_of_whom(wanted["about_officer"])
    new = {name: value for name, value in wanted.items() if value not in (None, "") and getattr(case, name) != value}
    if not new:
        raise Refused(_("没有改动。请至少改一项"), status=422)
    if "correction" in case.evidence_held:
        raise Refused(_("还有一项更正在等第二人复核"))
    rules.check_correction(case, new)
    rules.check_newly_secret(case, new, rewritten, has_left_hotline=_has_left_hotline(case))
    rules.check_about_is_no_holder(new, {h.department_id for h in s.holdings if h.level != "city"})
    plain_old, plain_new = rules.plain_columns({n: getattr(case, n) for n in new}), rules.plain_columns(new)
    is_longer = rules.is_longer(case, new, s.at) or rules.is_less_secret(case, new)
    rules.check_does_not_wait(new, case, waits=is_longer)
    s.says |= {"old": plain_old, "new": plain_new, "waits": is_longer}
    Correction.objects.create(
        case=case, by=s.officer, at=s.at, old=plain_old, new=plain_new, is_waiting=is_longer, is_applied=not is_longer
    )
    if is_longer:
        s.hold("correction")
    else:
        _apply(s, new)


@step("confirm_correction")
def confirm_correction(s: Stepping, *, is_right, words) -> None:
    correction = s.case.corrections.filter(is_waiting=True).latest("id")
    correction.is_waiting, correction.is_applied = False, is_right == "yes"
    correction.save()
    s.drop("correction")
    if correction.is_applied:
        s.says["new"] = correction.new
        _apply(s, _rows(correction.new))


@step("new_calendar")
def new_calendar(s: Stepping) -> None:
    """The clocks that run keep their own terms; only the days they are counted over are new."""
    moved = recounting.after_calendar(s)
    if not moved:
        raise Refused(_("日历变了，这件的时限没有变"))
    s.says["moved"] = moved


def _has_left_hotline(case: Case) -> bool:
    return case.holdings.exclude(level=Holding.Level.CITY).exists()


def _apply(s: Stepping, new: dict) -> None:
    if rules.is_newly_secret(s.case, new):
        s.case.asks.filter(text=s.case.title).update(text=rules.SECRET_ASK)
    for name, value in new.items():
        setattr(s.case, name, value)
    if "matter" in new and "evidence_class" not in new:
        s.case.evidence_class = new["matter"].evidence_class
    recounting.after_correction(s)
    if {"area", "matter"} & set(new):
        _say_whose_it_is_now(s)


def _say_whose_it_is_now(s: Stepping) -> None:
    """Another place or item may be another's duty. The unit keeps it until a dispatcher decides; the line says whose it would be."""
    case = s.case
    if not (case.dispatched_at and case.matter and case.area):
        return
    owner = owner_of(case.matter, case.area)
    if owner and owner.pk != case.lead_department_id:
        s.says["owner"] = owner.pk


def _rows(new: dict) -> dict:
    """Ids in a stored correction back to rows."""
    found = dict(new)
    if "area" in found:
        found["area"] = Area.objects.get(pk=found["area"])
    if "matter" in found:
        found["matter"] = Matter.objects.get(pk=found["matter"])
    if "about_department" in found:
        found["about_department"] = Department.objects.get(pk=found["about_department"])
    if "about_officer" in found:
        found["about_officer"] = Officer.objects.get(pk=found["about_officer"])
    return found
