"""What follows a step? One screen. A reaction writes rows and the outbox, never calls a gateway, and is idempotent."""

from __future__ import annotations

from collections.abc import Callable

from suqiu.cases.models import Line
from suqiu.dispatch import reactions as dispatch
from suqiu.followup import reactions as followup
from suqiu.handling import reactions as handling
from suqiu.intake import reactions as intake

AFTER: dict[str, list[Callable[[Line], None]]] = {
    "receive": [intake.tell_caller_received, intake.ring_intake],
    "accept": [intake.ring_dispatchers],
    "ask_caller": [intake.tell_caller],
    "resume": [handling.ring_holders],
    "caller_adds": [handling.ring_holders],
    "answer_at_once": [intake.tell_caller],
    "answer_again": [intake.tell_caller],
    "merge": [intake.tell_caller],
    "unmerge": [intake.tell_caller, handling.ring_holders, intake.ring_dispatchers],
    "event_answered": [followup.send_link],
    "not_answered": [intake.ring_dispatchers],
    "divert": [intake.tell_caller],
    "appeal": [intake.ring_second_person],
    "decide_appeal": [handling.ring_reopened, intake.ring_dispatchers_anew, intake.tell_caller],
    "correct": [intake.ring_second_person, intake.ring_if_anothers, intake.tell_caller],
    "confirm_correction": [intake.ring_if_anothers],
    "dispatch": [handling.ring_unit, intake.tell_caller],
    "send_on": [handling.ring_unit, intake.tell_caller],
    "assign": [handling.ring_officer],
    "return_case": [intake.ring_dispatchers],
    "decide_return": [handling.ring_holders, intake.ring_dispatchers, intake.tell_caller],
    "object": [dispatch.ring_rulers, dispatch.ring_named, intake.ring_dispatchers],
    "state_view": [dispatch.ring_rulers],
    "to_panel": [dispatch.ring_rulers],
    "rule": [handling.ring_holders, dispatch.ring_parties, intake.tell_ruled],
    "confirm_ruling": [handling.ring_holders, dispatch.ring_parties, intake.tell_ruled],
    "add_assist": [handling.ring_holders],
    "split": [handling.ring_holders],
    "decide_asks": [handling.ring_officer],
    "call_meeting": [handling.ring_holders, intake.tell_caller],
    "not_come": [handling.ring_holders, handling.ring_supervisors],
    "promise": [intake.tell_caller],
    "renegotiate": [intake.tell_caller],
    "ask_new_time": [handling.ring_holders],
    "decide_new_time": [intake.tell_caller],
    "take_new_time": [handling.ring_holders],
    "ask_extension": [intake.ring_dispatchers],
    "decide_extension": [handling.ring_holders, intake.tell_caller],
    "draft_reply": [handling.ring_reviewers],
    "send_back": [handling.ring_officer],
    "approve": [followup.send_link, followup.ring_callers, intake.answer_event],
    "redo": [handling.ring_holders, intake.tell_caller],
    "refer_up": [followup.ring_leaders, intake.tell_caller],
    "decide": [handling.ring_holders, intake.tell_caller],
    "ask_to_hang": [followup.ring_leaders],
    "hang": [handling.ring_holders, intake.tell_caller],
    "remind": [handling.ring_holders],
    "attempt": [followup.ring_signer],
    "find_lawful": [followup.ring_signer],
    "sign_family": [followup.ring_callers],
    "close": [intake.tell_caller],
    "close_lawful": [intake.tell_caller],
    "close_unanswered": [intake.tell_caller],
    "withdraw": [handling.ring_released, intake.tell_withdrawn, followup.ring_to_ask],
    "ask_withdrawn": [followup.ring_not_his_will, handling.ring_reopened, intake.ring_dispatchers_anew],
    "new_calendar": [handling.ring_holders, intake.tell_new_term],
}
