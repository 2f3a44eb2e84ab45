"""How long does a deed take, and which deeds does the night not stop?"""

from __future__ import annotations

from .problems import Problem

# How long it takes, by the deed: normal, urgent, critical. See moments.after.
PACE = {
    "accept": ("2-7m",),
    "accept_web": ("9-95m", "5-40m", "2-15m"),
    "ask_caller": ("6-50m",),
    "caller_answers": ("2-40h",),
    "answer": ("2-9m",),
    "review": ("2-26h",),
    "settled": ("0-2D",),
    "missed": ("0-2D",),
    "suspect": ("1-6m",),
    "told": ("0-1m",),
    "new_calendar": ("1-2h",),
    "divert": ("3-30m", "1-6m", "1-3m"),
    "appeal": ("1-5D",),
    "decide_appeal": ("2-12w",),
    "own_will": ("2-14w",),
    "new_time": ("0.3-3w",),
    "correct": ("10-50m",),
    "confirm": ("0.5-5w",),
    "adds": ("4-40h",),
    "withdraw": ("1-3D",),
    "dispatch": ("6-70m", "4-25m", "1-6m"),
    "send_on": ("0.3-3.2w", "10-50m", "3-12m"),
    "send_up": ("0.4-3w",),
    "return": ("0.3-0.8w",),
    "decide_return": ("0.8-6w",),
    "hand_over": ("0.2-2.5w", "10-60m"),
    "object": ("0.5-3w",),
    "view": ("0.5-3w",),
    "rule": ("2-9w",),
    "panel": ("1-4w",),
    "assist": ("0.5-5w",),
    "assisted": ("1-2d",),
    "sign": ("0.2-2.6w", "6-50m", "2-9m"),
    "assign": ("5-45m", "4-15m", "2-5m"),
    "contact": ("0.3-3.5w", "0.3-4h", "4-30m"),
    "again": ("0.5-3w", "0.5-4h", "10-60m"),
    "visit": ("1-9w", "0.6-5h", "15-80m"),
    "call_meeting": ("1-5w",),
    "promise": ("0.1-2w",),
    "keep": ("1-2d",),
    "extend": ("1-2d",),
    "decide_extension": ("0.6-5w",),
    "draft": ("2-18w", "1-7w", "1-4h"),
    "draft_patient": ("1-7d", "1-9w", "1-4h"),
    "draft_question": ("0.5-4w",),
    "send_back": ("0.5-5w",),
    "redraft": ("1-7w",),
    "first_sees": ("0.3-3w",),
    "approve": ("0.4-6w", "0.3-3h", "0.2-1.5h"),
    "ask_to_hang": ("1-3d",),
    "hang": ("1-2d",),
    "recheck": ("27-29D",),
    "off_ledger": ("2-9d",),
    "remind": ("1-6w",),
    "asked": ("0-1e",),
    "rings": ("0-1D",),
    "taps": ("1-30h",),
    "confirm_half": ("1-6w",),
    "lawful": ("2-6w",),
    "close_lawful": ("2-8w",),
    "recheck_on_spot": ("2-7d",),
    "decide": ("2-10w",),
    "sign_family": ("3-14w",),
}
AT_ANY_HOUR = (
    "accept",
    "accept_web",
    "answer",
    "told",
    "suspect",
    "divert",
    "ask_caller",
    "correct",
)  # the hotline never sleeps
WHEN_URGENT = (
    "dispatch",
    "send_on",
    "sign",
    "assign",
)  # nor do these, when it cannot wait; danger to life wakes everybody
NIGHT = (22, 7)
URGENCIES = ("normal", "urgent", "critical")


def pace(deed: str, urgency: str) -> str:
    """The delay of this deed; the last one that is written where there is none for so urgent a case."""
    row = PACE[deed]
    return row[min(URGENCIES.index(urgency), len(row) - 1)]


def is_awake(deed: str, problem: Problem) -> bool:
    if problem.urgency == "critical" or problem.use == "storm":
        return True
    return deed in AT_ANY_HOUR or (problem.urgency == "urgent" and deed in WHEN_URGENT)
