"""When does the hall open? Answered at once; one caller is content, one says nothing, one says that it was no answer."""

from suqiu.cases import periodic
from tests.reading import clock, due, on, refused, steps

ANSWER = {"answer": "工作日 9 点到 17 点，周六上午也开。", "source": "《市政务服务大厅办事指南》第 2 页"}


def asked(cast):
    case = cast.case(at=on("06-08 09:00"), text="政务大厅周六开门吗？")
    cast.do("answer_at_once", case, cast.operator, at=on("06-08 09:05"), **ANSWER)
    return case


def test_one_caller_is_content(cast):
    case = asked(cast)
    cast.citizen("settle", case, at=on("06-08 12:00"))
    assert (case.state, case.verdict, steps(case)) == ("C", "answered", "receive answer_at_once settle")


def test_one_says_nothing_and_is_not_counted_as_content(cast):
    case = asked(cast)
    assert due(case, "settle") == "06-15 17:00"
    periodic.steps_of_the_system(on("06-15 18:00"))
    case.refresh_from_db()
    assert (case.state, case.verdict) == ("C", "unrated")


def test_to_one_it_was_no_answer(cast):
    # He wanted to know whether the counter for property certificates opens, not the hall.
    case = asked(cast)
    cast.citizen("not_answered", case, at=on("06-09 09:05"), words="问的是不动产窗口")
    assert case.state == "D"
    # The first clock runs on from Monday; only the day on which he had an answer in hand is left out.
    assert clock(case, "outer").anchor_at == on("06-08 09:00") and due(case, "outer") == "06-12 17:00"
    matter = cast.matter("explanation")
    cast.do("dispatch", case, cast.dispatcher, at=on("06-09 09:30"), matter=matter, department=cast.department())
    cast.do("sign_in", case, cast.handler(), at=on("06-09 10:00"))
    cast.do(
        "contact", case, cast.handler(), at=on("06-09 10:30"), way="phone", outcome="connected", words="解释了窗口时间"
    )
    with refused(422, "还差：依据"):
        cast.reply(case, at=on("06-09 05:00"))
    cast.reply(
        case, at=on("06-09 05:00"), reply="不动产窗口周六不开。", account="查值班表。", basis="《不动产登记窗口公告》"
    )
    cast.do("approve", case, cast.reviewer(), at=on("06-09 12:00"))
    cast.ask_back(case, at=on("06-10 10:00"), solved="yes", satisfied="4")
    assert (case.state, case.verdict) == ("C", "solved")


def test_a_second_person_finds_it_wrong(cast):
    case = asked(cast)
    cast.do("review_answer", case, cast.shift_lead, at=on("06-08 15:00"), is_right="no", words="周六上午不开，指南已改")
    assert (case.state, due(case, "dispatch")) == ("D", "06-09 15:00")
