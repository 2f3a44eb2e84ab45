"""来电人一方: what he does not agree with, and what is asked when he took it back."""

from __future__ import annotations

from datetime import timedelta

from suqiu.directory.models import Officer

from ..living import Living

SECONDS = ("bz01", "bz02", "sl01", "sl02")


def appeal_closing(c: Living, _argument: str) -> None:
    c.step("appeal", c.citizen(), c.moment("appeal"), words=c.say("appeals_closing"))


def closing_upheld(c: Living, _argument: str) -> None:
    _decide(c, "yes", c.say("closing_upheld"))


def closing_rejected(c: Living, _argument: str) -> None:
    _decide(c, "no", c.say("closing_rejected"))


def _decide(c: Living, is_upheld: str, why: str) -> None:
    c.step("decide_appeal", stranger(c), c.moment("decide_appeal"), is_upheld=is_upheld, words=why)


def stranger(c: Living) -> Officer:
    """A second person who has had no part in this case."""
    had_part = set(c.case.lines.values_list("officer__username", flat=True))
    return c.hotline(*(name for name in SECONDS if name not in had_part))


def own_will(c: Living, argument: str) -> None:
    """yes, no, or nobody picks up: one sentence of the hotline's own follow-up."""
    if "to_ask_withdrawn" not in c.case.evidence_held or not c.planned.caller:
        return
    said = {"is_own_will": argument, "words": c.say(f"own_will_{argument}")} if argument else {}
    c.step(
        "ask_withdrawn",
        c.hotline("hf01", "hf02"),
        c.moment("own_will"),
        outcome="answered" if argument else "no_answer",
        **said,
    )


def new_time(c: Living, _argument: str) -> None:
    """He asks for another hour for what was promised, while that is still to come."""
    promise = _promise(c)
    if promise is None:
        return
    at = c.come_to(c.now + (promise.due_at - c.now) * c.rng.uniform(0.1, 0.4))
    c.step(
        "ask_new_time",
        c.citizen(),
        at,
        promise=promise,
        due_at=_days_later(c, promise, 2),
        words=c.say("new_time_asks"),
    )


def time_taken(c: Living, _argument: str) -> None:
    if "new_time_asked" in c.case.evidence_held:
        c.step("decide_new_time", c.handler, c.moment("new_time"), is_accepted="yes", words=c.say("new_time_taken"))


def other_time(c: Living, _argument: str) -> None:
    if "new_time_asked" in c.case.evidence_held:
        at, due = c.moment("new_time"), _days_later(c, _promise(c), 4)
        c.step("decide_new_time", c.handler, at, is_accepted="no", due_at=due, words=c.say("new_time_other"))


def other_taken(c: Living, _argument: str) -> None:
    if "new_time_offered" in c.case.evidence_held:
        c.step("take_new_time", c.citizen(), c.moment("new_time"))


def _promise(c: Living):
    return c.case.promises.filter(kept_at=None, replaced_by=None).order_by("-id").first()


def _days_later(c: Living, promise, days: int):
    return promise.due_at + timedelta(days=days)
