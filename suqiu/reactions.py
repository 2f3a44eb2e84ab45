"""What follows a step? One screen. A reaction writes rows and the outbox, never calls a gateway, and is idempotent."""

from __future__ import annotations

from collections.abc import Callable

from suqiu.cases.models import Line
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
    "not_answered": [intake.ring_dispatchers],
    "divert": [intake.tell_caller],
    "appeal": [intake.ring_second_person],
    "decide_appeal": [intake.tell_caller],
    "correct": [intake.ring_second_person, intake.tell_caller],
    "dispatch": [handling.ring_unit, intake.tell_caller],
    "send_on": [handling.ring_unit, intake.tell_caller],
    "assign": [handling.ring_officer],
    "return_case": [intake.ring_dispatchers],
    "decide_return": [handling.ring_holders, intake.ring_dispatchers, intake.tell_caller],
    "add_assist": [handling.ring_holders],
    "call_meeting": [handling.ring_holders, intake.tell_caller],
    "invite": [handling.tell_guests],
    "confirm_meeting": [handling.ring_holders],
    "promise": [intake.tell_caller],
    "renegotiate": [intake.tell_caller],
    "ask_extension": [intake.ring_dispatchers],
    "decide_extension": [handling.ring_holders, intake.tell_caller],
    "draft_reply": [handling.ring_reviewers],
    "send_back": [handling.ring_officer],
    "approve": [followup.send_link, followup.ring_callers],
    "redo": [handling.ring_holders, intake.tell_caller],
    "refer_up": [followup.ring_leaders, intake.tell_caller],
    "decide": [handling.ring_holders, intake.tell_caller],
    "ask_to_hang": [followup.ring_leaders],
    "hang": [handling.ring_holders, intake.tell_caller],
    "recheck": [intake.tell_caller],
    "recheck_on_spot": [followup.ring_if_again, followup.tell_if_again],
    "look_back": [followup.ring_if_again, followup.tell_if_again],
    "remind": [handling.ring_holders],
    "close": [intake.tell_caller],
    "close_lawful": [intake.tell_caller],
    "close_unanswered": [intake.tell_caller],
    "withdraw": [handling.ring_holders],
    "new_calendar": [handling.ring_holders, intake.tell_new_term],
}
