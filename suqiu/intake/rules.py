"""What may be taken in, refused, corrected? Answers from values, with the reason a citizen can read."""

from __future__ import annotations

import re
from copy import copy
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from suqiu.cases import terms
from suqiu.cases.models import Case, ClockKind, Line, Secrecy, State
from suqiu.citizens.contact import normal_phone
from suqiu.directory import chain
from suqiu.directory.models import Department, Officer
from suqiu.errors import Refused
from suqiu.worktime.arithmetic import add_working, working_seconds
from suqiu.worktime.queries import calendar_now

from .demand import Demand

SECRET = (Secrecy.CONFIDENTIAL, Secrecy.ANONYMOUS)
SECRET_ASK = "查清并处理所反映的问题，结果告诉来电人"  # stands for his words where a unit reads the points
APPEAL_DAYS = 15
PAUSE_CAP_DAYS = 5  # working days a case, in all its pauses
ASKS_AT_MOST = 12
SPOKEN = ("contact", "visit", "meet")  # steps in which a unit met the caller
REASONS_OF_CLASS = {
    "emergency": {"danger"},
    "legal": {"in_court", "petition", "discipline", "disclosure"},
    "explain": {"other_government", "secret", "unlawful", "closed_nothing_new"},
    "malicious": {"malicious"},
}


def check_demand(text: str, demand: Demand) -> None:
    if len(re.sub(r"\s", "", text)) < 2:
        raise Refused(_("还没有写内容。请说说是什么事、在哪里"), status=422, field="text")
    if demand.phone and not phone_is_possible(demand.phone):
        raise Refused(
            _("电话号码好像不对：%(n)d 位。手机是 11 位，座机请带区号") % {"n": len(normal_phone(demand.phone))},
            status=422,
            field="phone",
        )
    if (demand.longitude is None) != (demand.latitude is None):
        raise Refused(_("位置只有一半，请重新点一次定位"), status=422, field="longitude")


def phone_is_possible(phone: str) -> bool:
    """A mobile number, a landline with area code, or a short service number."""
    digits = normal_phone(phone)
    return bool(re.fullmatch(r"1\d{10}|0\d{9,11}|[2-9]\d{6,7}|[19]\d{4,5}|400\d{7}", digits))


def check_secrecy(case: Case) -> None:
    """举报 is confidential unless the caller himself chose otherwise; nothing else may make it more open."""
    if case.demand_type == "report" and case.secrecy == Secrecy.OPEN:
        raise Refused(_("举报件不能公开，请选保密或一般"), status=422, field="secrecy")


def check_correction(case: Case, new: dict) -> None:
    check_secrecy(corrected(case, new))


def unit_of_whom(officer: Officer | None) -> Department | None:
    """Who is complained of works somewhere: his colleagues do not see it either. The hotline's own stays visible to it."""
    if officer is None or officer.department.kind == Department.Kind.HOTLINE:
        return None
    return officer.department


def only_ask(case: Case) -> str:
    """Where the operator wrote no points, the title stands for the whole; of a secret case it would tell the unit his words."""
    return SECRET_ASK if case.is_confidential else case.title


def is_newly_secret(case: Case, new: dict) -> bool:
    return new.get("secrecy") in SECRET and not case.is_confidential


def is_less_secret(case: Case, new: dict) -> bool:
    """Whoever opens what was confidential does not do it alone."""
    return "secrecy" in new and case.is_confidential and new["secrecy"] not in SECRET


def check_newly_secret(case: Case, new: dict, rewritten: str, *, has_left_hotline: bool) -> None:
    """A unit that read his own words yesterday reads the rewritten ones from this moment on: they are written now, not later."""
    if is_newly_secret(case, new) and has_left_hotline and not rewritten.strip():
        reason = _("已经派出的改成保密，要同时写好改写后的内容：去掉能认出来电人的一切")
        raise Refused(reason, status=422, field="rewritten")


def check_does_not_wait(new: dict, case: Case, *, waits: bool) -> None:
    """What protects somebody takes effect now: it is not put off by what needs a second person."""
    protects = is_newly_secret(case, new) or {"about_department", "about_officer"} & set(new)
    if waits and protects:
        raise Refused(_("保密和被反映的人马上生效，请单独改；要第二人复核的另外再改"), status=422)


def check_about_is_no_holder(new: dict, holders: set[str]) -> None:
    """He would go on being answerable for what he may not see."""
    about = new.get("about_department")
    if about is not None and about.pk in holders:
        raise Refused(
            _("这件正在 %(who)s 手里，先把它收回来") % {"who": about},
            who_can=_("请派单员准退，或提请裁定，派给它的上级或纪检；再来登记"),
            field="about_department",
        )


def corrected(case: Case, new: dict) -> Case:
    """A copy as it would be."""
    changed = copy(case)
    for name, value in new.items():
        setattr(changed, name, value)
    return changed


def ask_lines(words: str) -> list[str]:
    lines = [re.sub(r"^[\s\d、.．)）(（]+", "", line).strip() for line in words.splitlines()]
    found = [line[:300] for line in lines if line]
    if len(found) > ASKS_AT_MOST:
        raise Refused(_("最多分 %(n)d 点，请合并相近的") % {"n": ASKS_AT_MOST}, status=422, field="ask_lines")
    return found


def check_divert(s, routing_class: str, reason: str) -> None:
    if reason not in REASONS_OF_CLASS[routing_class]:
        raise Refused(_("这个原因不属于这一类，请重新选"), status=422, field="reason")
    if routing_class == "malicious":
        if "suspect" not in s.case.evidence_held:
            raise Refused(
                _("认定恶意要两个人：先由一人「提请认定恶意」，再由另一人认定"), who_can=_("受理岗的任何一位先提请")
            )
        suspected = s.case.lines.filter(step="suspect").latest("no")
        if s.officer and suspected.officer_id == s.officer.pk:
            raise Refused(_("是您提请的，要由另一人认定"), status=403)


def appeal_ends(case: Case) -> datetime:
    """The last moment at which he may appeal, for every door."""
    return case.closed_at + timedelta(days=APPEAL_DAYS)


def check_appeal(case: Case, at: datetime, last_decision: Line | None) -> None:
    """`last_decision`: the latest line that decided an appeal of this case; one before the present end was about another."""
    if "appeal" in case.evidence_held:
        raise Refused(_("您的申诉正在审，不用再提"))
    if case.state == State.MERGED:
        return
    if last_decision and last_decision.at >= case.closed_at:
        raise Refused(_("这件已经申诉过一次，结果不变。有新情况可以另提一件"))
    if at > appeal_ends(case):
        late = {
            State.CLOSED: _("申诉要在办结后 %(days)d 天内提。有新情况可以另提一件"),
            State.WITHDRAWN: _("申诉要在撤回后 %(days)d 天内提。有新情况可以另提一件"),
        }.get(case.state, _("申诉要在告知后 %(days)d 天内提。有新情况可以另提一件"))
        raise Refused(late % {"days": APPEAL_DAYS})


def can_appeal(case: Case, at: datetime, last_decision: Line | None) -> bool:
    try:
        check_appeal(case, at, last_decision)
    except Refused:
        return False
    return True


def anchor_of(case: Case) -> datetime:
    """From where the outer clock runs: from receipt; anew from the moment an appeal was upheld."""
    upheld = case.lines.filter(step="decide_appeal", says__is_upheld="yes").order_by("-no").first()
    return upheld.at if upheld else case.received_at


def pause_left(case: Case, at: datetime) -> float:
    """Working seconds of waiting that this case may still use."""
    calendar = calendar_now()
    used = sum(
        working_seconds(c.anchor_at, c.stopped_at or at, calendar) for c in case.clocks.filter(kind=ClockKind.PAUSE)
    )
    return PAUSE_CAP_DAYS * calendar.seconds_per_day - used


def pause_ends(at: datetime, left: float) -> datetime:
    return add_working(at, left, calendar_now())


def is_longer(case: Case, new: dict, at: datetime) -> bool:
    """Would the answer be due later than now, or rest on less than now?"""
    if "evidence_class" in new and case.evidence_class == "on_site":
        return True
    if "matter" in new and case.dispatched_at and case.evidence_class == "on_site" != new["matter"].evidence_class:
        return True
    if not {"demand_type", "urgency"} & set(new):
        return False
    changed, profile = corrected(case, new), terms.profile_at(at)
    for kind in (ClockKind.OUTER, ClockKind.DISPATCH, ClockKind.CONTACT):
        before, after = terms.allowance(kind, case, profile), terms.allowance(kind, changed, profile)
        if before and after and terms.rough_hours(after) > terms.rough_hours(before):
            return True
    return False


def plain_columns(values: dict) -> dict:
    return {name: chain.plain(value) for name, value in values.items()}
