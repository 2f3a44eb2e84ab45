"""回访: what the caller says of it, and what follows."""

from __future__ import annotations

from datetime import datetime, timedelta

from suqiu.cases.advance import CITIZEN

from ..living import Living

CALLERS = ("hf01", "hf02")


def asked(c: Living, argument: str) -> None:
    """solved, satisfied: a call in the evening; a caller without a number answers by his query code."""
    solved, satisfied = argument.split(",")
    if not c.planned.caller:
        taps(c, argument)
        return
    at = c.moment("asked")
    is_true = "no" if solved == "no" and c.rng.random() < 0.5 else "yes"
    c.step(
        "attempt", c.hotline(*CALLERS), at, outcome="answered", way="phone", contacted="yes", is_true=is_true,
        solved=solved, satisfied=satisfied, words=_own_words(c, solved, satisfied),
    )  # fmt: skip


def _own_words(c: Living, solved: str, satisfied: str) -> str:
    if solved == "no":
        return _unsolved(c)
    if solved == "half":
        return c.say("half")
    return c.say("unsatisfied" if satisfied in "12" else "satisfied")


def _unsolved(c: Living) -> str:
    return (c.say("unsolved_again") if c.case.cycle > 1 and c.problem.language != "en" else "") + c.problem.unsolved


def taps(c: Living, argument: str) -> None:
    """He answers on his telephone's screen, perhaps only the first question."""
    solved, _comma, satisfied = argument.partition(",")
    fields = {"solved": solved} | ({"satisfied": satisfied, "contacted": "yes", "is_true": "yes"} if satisfied else {})
    if solved == "no":
        fields["words"] = _unsolved(c)
    c.step("attempt", CITIZEN, c.moment("taps"), outcome="answered", way="online", **fields)


def rings(c: Living, _argument: str) -> None:
    _in_vain(c, "phone", "no_answer", c.say("no_reach"))


def texts(c: Living, _argument: str) -> None:
    _in_vain(c, "sms", "no_answer", "")


def rings_later(c: Living, _argument: str) -> None:
    _in_vain(c, "phone", "later", c.say("later"))


def _in_vain(c: Living, way: str, outcome: str, words: str) -> None:
    """Not twice in the same hour: three attempts must be at different hours."""
    at, before = c.moment("rings"), c.now
    if (at.date(), at.hour) == (before.date(), before.hour):
        at = c.come_to(at + timedelta(hours=1))
    if c.planned.caller and c.case.state == "F":
        c.step("attempt", c.hotline(*CALLERS), at, outcome=outcome, way=way, words=words)


def confirm_close(c: Living, _argument: str) -> None:
    """A second person closes: as half where he said half, as solved where he was only not satisfied."""
    verdict = "half" if _last_answer(c) == "half" else "solved"
    c.step("close", _second(c), c.moment("confirm_half"), verdict=verdict, words=c.say("confirm_close"))


def confirm_redo(c: Living, _argument: str) -> None:
    c.step("redo", _second(c), c.moment("confirm_half"), words=c.say("confirm_redo"))


def _second(c: Living):
    return c.hotline("bz01", "bz02", "db01", "db02")


def _last_answer(c: Living) -> str:
    return c.case.attempts.filter(outcome="answered").order_by("-id").values_list("solved", flat=True).first() or ""


def lawful(c: Living, _argument: str) -> None:
    by, basis = c.hotline(*CALLERS, "db01"), c.problem.basis or c.say("lawful_basis")
    c.step("find_lawful", by, c.moment("lawful"), basis=basis, words=c.say("lawful_found"))


def close_lawful(c: Living, _argument: str) -> None:
    c.step("close_lawful", c.hotline("bz01", "bz02", "ld02"), c.moment("close_lawful"), words=c.say("lawful_closed"))


def sign_family(c: Living, _argument: str) -> None:
    """The same caller for the third time about the same: a leader looks before it is closed."""
    c.step(
        "sign_family", c.hotline("ld01", "ld02"), c.moment("sign_family"), is_upheld="yes", words=c.say("signs_family")
    )


def remind(c: Living, _argument: str) -> None:
    """The hotline asks the unit how far it is."""
    c.step("remind", c.hotline("db01", "db02", "bz01"), c.moment("remind"), words=c.say("reminds"))


def leader_handle(c: Living, _argument: str) -> None:
    at = c.moment("decide")
    _decide(c, at, choice="handle", plan_on=c.day_in(6, 10, at), words=c.say("decide_handle"))


def leader_hang(c: Living, _argument: str) -> None:
    at = c.moment("decide")
    day = c.day_in(50, 90, at)
    plan = c.fill(c.problem.plan, later=c.spoken(day))[:200]
    _decide(c, at, choice="hang", plan_on=day, plan=plan, officer=c.handler, words=c.say("decide_hang"))


def _decide(c: Living, at: datetime, **said) -> None:
    c.step("decide", c.hotline("ld01", "ld02"), at, **said)
