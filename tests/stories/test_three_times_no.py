"""Not solved, not solved, not solved: two redos, then a leader, who gives it a date of his own."""

from suqiu.cases.models import Cycle
from tests.reading import due, on, refused, running, steps


def handled_again(cast, case, day: str) -> None:
    cast.prove(case, at=on(f"{day} 09:00"))
    cast.reply(case, at=on(f"{day} 09:00"))
    cast.do("approve", case, cast.reviewer(), at=on(f"{day} 16:00"))


def test_the_third_no_is_the_leaders(cast):
    case = cast.sent(at=on("06-08 09:00"))
    cast.ask_back(case, at=on("06-09 08:30"), solved="no", satisfied="1", words="第二天又停了")
    assert (case.state, case.cycle, case.evidence_held) == ("H", 2, [])
    assert (due(case, "redo"), due(case, "contact")) == ("06-12 17:00", "06-10 17:00")

    # What was shown the first time proves nothing the second time.
    with refused(422, "还差：联系记录、到现场、现场照片"):
        cast.reply(case, at=on("06-09 09:00"))
    with refused(409, "已经到过现场，不能再退"):
        cast.do("contact", case, cast.handler(), at=on("06-09 09:00"), way="phone", outcome="connected", words="道歉")
        cast.do(
            "return_case",
            case,
            cast.reviewer(),
            at=on("06-09 09:10"),
            ground="no_power",
            basis="没有权限",
            words="说了",
        )
    handled_again(cast, case, "06-09")
    cast.ask_back(case, at=on("06-10 08:30"), solved="no")
    handled_again(cast, case, "06-10")
    cast.ask_back(case, at=on("06-11 10:00"), solved="no", words="三次了")
    assert (case.state, case.cycle, due(case, "leader")) == ("L", 3, "06-15 17:00")

    # The leader reads the whole story and sends it back with a date; this time it holds.
    cast.do(
        "decide",
        case,
        cast.leader,
        at=on("06-12 09:00"),
        choice="handle",
        plan_on=on("06-22 00:00").date(),
        words="局长带队",
    )
    assert (case.state, case.cycle, running(case), due(case, "redo")) == ("H", 4, "contact redo", "06-22 17:00")
    handled_again(cast, case, "06-15")
    cast.ask_back(case, at=on("06-16 10:00"), solved="yes", satisfied="4")
    assert (case.state, case.verdict) == ("C", "solved")
    told = list(Cycle.objects.filter(case=case).values_list("no", "why", "verdict"))
    assert told == [(1, "received", "no"), (2, "redo", "no"), (3, "redo", "no"), (4, "leader", "solved")]
    assert steps(case).count("redo") == 2


def test_half_solved_is_looked_at_by_a_second_person(cast):
    case = cast.sent(at=on("06-08 09:00"))
    cast.ask_back(case, at=on("06-09 10:00"), solved="half", satisfied="3", words="电梯好了，钱没说清")
    assert (case.state, running(case), due(case, "confirm")) == ("F", "confirm", "06-10 17:00")
    with refused(422, "不能按解决了办结", field="verdict"):
        cast.do("close", case, cast.shift_lead, at=on("06-09 14:00"), verdict="solved", words="基本解决")
    cast.do("redo", case, cast.shift_lead, at=on("06-09 14:00"), words="资金去向没有答")
    assert (case.state, case.cycle) == ("H", 2)
