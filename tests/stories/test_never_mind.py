"""Never mind, it is mended. Only the caller can say so; for him, whoever takes his call at the hotline."""

from suqiu.cases.advance import SYSTEM, Actor
from tests.reading import holders, last, on, refused, running, steps, words


def test_only_the_caller_withdraws(cast):
    case = cast.proven(at=on("06-08 09:00"))
    everybody = [
        cast.handler(),
        cast.reviewer(),
        cast.unit_leader(),
        cast.shift_lead,
        cast.dispatcher,
        cast.leader,
        SYSTEM,
    ]
    for somebody in [*everybody, Actor("citizen", cast.unit_leader())]:
        with refused(403, "「撤单」不由您来做"):
            cast.do("withdraw", case, somebody, at=on("06-09 10:00"), words="来电人同意撤了")
    cast.do("withdraw", case, Actor("citizen", cast.operator), at=on("06-09 11:00"), words="本人来电：自己修好了")
    assert (last(case).actor, last(case).officer, words(last(case))) == (
        "citizen",
        cast.operator,
        {"words": "本人来电：自己修好了"},
    )
    assert (
        (case.state, case.verdict, running(case), holders(case))
        == (
            "Q",
            "",
            "follow_up",
            [],
        )
    )  # no verdict: it was not solved by anybody; the unit had been there, so he will be asked whether it was his own will
    assert steps(case).endswith("visit withdraw")
