"""It went to the wrong unit. The handling moves on, the answerability stays, and the caller hears who has it now."""

from suqiu.cases import periodic
from tests.reading import due, holders, last, on, refused, running, steps


def test_the_first_department_stays_answerable_to_the_end(cast):
    # A blocked drain is sent to housing; housing rings the caller and sees that it is the market bureau's.
    case = cast.dispatched(at=on("06-08 09:00"))
    cast.do("sign_in", case, cast.handler(), at=on("06-08 10:00"))
    with refused(422, "还差：联系记录"):
        cast.do(
            "return_case",
            case,
            cast.reviewer(),
            at=on("06-08 10:10"),
            ground="not_our_duty",
            basis="清单",
            words="没联系",
        )
    cast.do(
        "contact",
        case,
        cast.handler(),
        at=on("06-08 10:20"),
        way="phone",
        outcome="connected",
        words="说明会转给市场监管局",
    )
    ground = {"ground": "not_our_duty", "basis": "《权责清单》市监 17 项", "words": "来电人知道要转"}
    cast.do("return_case", case, cast.reviewer(), at=on("06-08 11:00"), **ground)
    assert "unit" in running(case) and "outer" in running(case)  # a return stops nothing

    # Not the dispatcher who sent it decides, but the other one. It climbs one level.
    with refused(403, "「派单」是您做的"):
        cast.do("decide_return", case, cast.dispatcher, at=on("06-08 14:00"), is_upheld="yes", words="目录 17 项")
    cast.do("decide_return", case, cast.other_dispatcher, at=on("06-08 14:10"), is_upheld="yes", words="目录 17 项")
    assert (case.state, case.hops, case.first_department_id) == ("D", 1, "C-HOUSING")
    market = {"matter": case.matter, "department": cast.department("C-MARKET")}
    cast.do("dispatch", case, cast.dispatcher, at=on("06-08 14:30"), **market)
    assert holders(case) == [("lead", "HOTLINE"), ("first", "C-HOUSING"), ("lead", "C-MARKET")]

    # Housing tells the caller within a day that market has it and that housing still answers for it.
    assert due(case, "hand_over") == "06-09 14:30"
    cast.do(
        "tell_hand_over", case, cast.handler(), at=on("06-08 16:00"), way="phone", words="由市场监管局办，我们继续负责"
    )
    assert "hand_over" not in running(case)

    # Market handles and replies; the reply waits until housing has seen it, four working hours at most.
    cast.do("sign_in", case, cast.handler("C-MARKET"), at=on("06-08 16:30"))
    cast.prove(case, at=on("06-09 09:00"), unit="C-MARKET")
    cast.reply(case, at=on("06-09 09:00"), unit="C-MARKET")
    with refused(422, "还差：首办看过答复"):
        cast.do("approve", case, cast.reviewer("C-MARKET"), at=on("06-09 15:30"))
    assert due(case, "first_sees") == "06-10 11:00"
    assert periodic.steps_of_the_system(on("06-10 11:00")) == 1
    case.refresh_from_db()
    assert (last(case).step, last(case).actor) == ("first_sees", "system")
    cast.do("approve", case, cast.reviewer("C-MARKET"), at=on("06-10 11:20"))

    # Only the closure lets housing go; the citizen's page names both to the end.
    cast.ask_back(case, at=on("06-11 10:00"), solved="yes", satisfied="5")
    assert (case.state, holders(case)) == ("C", [])
    assert (case.first_department_id, case.lead_department_id, case.hops) == ("C-HOUSING", "C-MARKET", 1)
    assert steps(case).split()[5:10] == ["return_case", "decide_return", "dispatch", "tell_hand_over", "sign_in"]
