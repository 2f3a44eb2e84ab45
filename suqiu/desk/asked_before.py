"""What would an action refuse whatever is typed? Said before anything is typed, from what the page has read already."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _

from suqiu.cases import rules
from suqiu.cases.models import ClockKind
from suqiu.dispatch import rules as dispatch
from suqiu.errors import Refused
from suqiu.followup.rules import REDOS_AT_MOST
from suqiu.intake import rules as intake

from .queries import Opened


def open_promises(opened: Opened) -> list:
    found = {c.promise.pk: c.promise for c in opened.clocks if c.promise}
    return [p for p in found.values() if p.kept_at is None and p.replaced_by_id is None]


def _return_is_open(opened: Opened) -> None:
    lead = rules.lead_of(opened.open_holdings)
    own = [h for h in opened.holdings if h.department_id == lead.department_id]
    unit = next((c for c in opened.clocks if c.kind == ClockKind.UNIT and c.stopped_at is None), None)
    dispatch.check_return(lead, own, opened.now, unit.due_at if unit else None)


def _may_object(opened: Opened) -> None:
    lead = rules.lead_of(opened.open_holdings)
    own = [h for h in opened.holdings if h.department_id == lead.department_id]
    has_objected = any(ln.step == "object" and ln.department_id == lead.department_id for ln in opened.lines)
    dispatch.check_object(own, has_objected, any(h.has_replied for h in own))


def _has_split(opened: Opened) -> None:
    if not any(a["department"] in opened.seat.units for a in opened.case.kept_asks):
        raise Refused(_("没有拆给本单位的点"))


def _not_extended(opened: Opened) -> None:
    if opened.last("ask_extension"):
        raise Refused(_("这件已经申请过一次延期，每件只有一次"))


def _redos_left(opened: Opened) -> None:
    if opened.case.cycle > REDOS_AT_MOST:
        raise Refused(_("已经重办过两次，这次要报市领导定"), who_can=_("请用「报领导」"))


def _redos_used(opened: Opened) -> None:
    if opened.case.cycle <= REDOS_AT_MOST:
        raise Refused(_("还没有重办满两次，先重办"), who_can=_("请用「重办」"))


def _not_asked_to_hang(opened: Opened) -> None:
    if "hang_asked" in opened.case.evidence_held:
        raise Refused(_("已经申请过了，等领导签"))


def _not_sampled(opened: Opened) -> None:
    if "answer_reviewed" in opened.case.evidence_held:
        raise Refused(_("这份答复已经有人抽查过了"))


def _has_open_promise(opened: Opened) -> None:
    if not open_promises(opened):
        raise Refused(_("现在没有等着做到的承诺"))


def _one_correction(opened: Opened) -> None:
    if "correction" in opened.case.evidence_held:
        raise Refused(_("还有一项更正在等第二人复核"))


def _one_appeal(opened: Opened) -> None:
    intake.check_appeal(opened.case, opened.now, opened.last("decide_appeal"))


def _to_explain(opened: Opened) -> None:
    own = [d for d in opened.case.kept_doubts if d["department"] in opened.seat.units]
    if not any(d["explained_line"] is None and d["cycle"] == opened.case.cycle for d in own):
        raise Refused(_("本单位这一轮没有要说明的出入"))


def _is_drawn(opened: Opened) -> None:
    if not opened.case.is_drawn:
        raise Refused(_("这件没有抽到，或者已经抽查过了"), who_can=_("抽哪件由系统随机定，谁也不能选"))


def _is_to_look_back(opened: Opened) -> None:
    if opened.case.look_back_from is None or opened.case.look_back_from > opened.now:
        raise Refused(_("这件没有轮到回头看，或者已经问过了"))


BEFORE: dict[str, Callable[[Opened], None]] = {
    "explain": _to_explain,
    "recheck_on_spot": _is_drawn,
    "look_back": _is_to_look_back,
    "return_case": _return_is_open,
    "object": _may_object,
    "decide_asks": _has_split,
    "ask_extension": _not_extended,
    "redo": _redos_left,
    "refer_up": _redos_used,
    "ask_to_hang": _not_asked_to_hang,
    "review_answer": _not_sampled,
    "keep": _has_open_promise,
    "renegotiate": _has_open_promise,
    "ask_new_time": _has_open_promise,
    "correct": _one_correction,
    "appeal": _one_appeal,
}
