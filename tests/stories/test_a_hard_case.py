"""It cannot be done this year. A plan, a date, a leader's name; looked at each month; and when the money is there, done."""

from suqiu.cases.models import Hanging
from tests.reading import due, on, refused, running, steps


def test_on_the_ledger_and_off_it(cast):
    case = cast.proven(at=on("06-08 09:00"))
    plan = {"plan": "管网改造，先打临时泵", "plan_on": on("09-30 00:00").date(), "words": "主管要穿铁路"}
    plan["officer"] = cast.handler()
    with refused(403, "单位负责人"):
        cast.do("ask_to_hang", case, cast.handler(), at=on("06-09 09:00"), **plan)
    cast.do("ask_to_hang", case, cast.unit_leader(), at=on("06-09 09:00"), **plan)
    cast.do("hang", case, cast.leader, at=on("06-10 09:00"), words="同意，每月报我")
    assert (case.state, running(case), due(case, "plan"), due(case, "recheck")) == (
        "G",
        "plan recheck",
        "09-30 17:00",
        "07-10 09:00",
    )

    # The citizen may still speak, and each month the unit says what it has done.
    cast.citizen("caller_adds", case, at=on("06-20 20:00"), words="临时泵晚上很吵")
    cast.do("recheck", case, cast.handler(), at=on("07-09 10:00"), still="yes", words="铁路已批")
    assert due(case, "recheck") == "08-08 10:00"
    cast.do("off_ledger", case, cast.supervisor, at=on("08-03 10:00"), words="管道已穿过")
    assert (case.state, due(case, "redo"), Hanging.objects.get().ended_at) == ("H", "08-06 17:00", on("08-03 10:00"))

    cast.reply(case, at=on("08-04 04:00"), reply="主管已通，临时泵已撤。", account="铁路下穿 40 米。")
    cast.do("approve", case, cast.reviewer(), at=on("08-04 15:00"))
    cast.ask_back(case, at=on("08-05 10:00"), solved="yes", satisfied="5")
    assert case.verdict == "solved"
    assert steps(case).split()[-7:] == [
        "caller_adds",
        "recheck",
        "off_ledger",
        "draft_reply",
        "approve",
        "attempt",
        "close",
    ]


def test_lawful_and_unsolved_is_said_by_two(cast):
    case = cast.sent(at=on("06-08 09:00"))
    cast.ask_back(case, at=on("06-09 10:00"), solved="half", words="要拆掉邻居的棚")
    cast.do(
        "find_lawful",
        case,
        cast.caller_back,
        at=on("06-09 11:00"),
        basis="《民法典》第 288 条",
        words="相邻关系，可起诉",
    )
    cast.do("close_lawful", case, cast.shift_lead, at=on("06-10 09:00"), words="材料齐，同意")
    assert (case.state, case.verdict) == ("C", "lawful_unsolved")
