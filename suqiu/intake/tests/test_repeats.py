"""Who calls again about what was answered: told once more, politely. What is new, what is dangerous, what was never settled is not."""

from __future__ import annotations

import csv
from datetime import timedelta

import pytest

from suqiu.intake import emergency
from tests.cast import MONDAY
from tests.reading import last, refused, running, words

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LATER = MONDAY + 5 * DAY


def again(cast, case, earlier, by=None, at=LATER):
    return cast.do("answer_again", case, by or cast.operator, at=at, earlier=earlier)


def test_in_one_step_with_the_earlier_result_and_its_number(cast):
    earlier, case = cast.closed(), cast.case(at=LATER)
    again(cast, case, earlier)
    assert words(last(case)) == {
        "answer": "电梯门机板已换好，今天下午恢复运行。", "source": f"您 2026-06-08 的诉求 {earlier.number} 的答复"
    }  # fmt: skip
    assert (case.state, running(case), last(case).says["earlier"]) == ("A", "outer settle", earlier.pk)


def test_he_says_what_is_new_and_it_goes_to_a_unit(cast):
    earlier, case = cast.closed(), cast.case(at=LATER)
    again(cast, case, earlier)
    cast.citizen("not_answered", case, at=LATER + HOUR, words="今天又坏了，是另一部")
    assert (case.state, running(case)) == ("D", "dispatch outer")


def test_another_person_samples_it(cast):
    earlier, case = cast.closed(), cast.case(at=LATER)
    again(cast, case, earlier, cast.shift_lead)
    with refused(403, "「复答」是您做的"):
        cast.do("review_answer", case, cast.shift_lead, at=LATER, is_right="yes", words="对")
    cast.do("review_answer", case, cast.other_shift_lead, at=LATER, is_right="no", words="有新情况")
    assert case.state == "D"


def test_refused_where_it_is_not_his_not_the_same_not_closed_or_too_old(cast):
    open_one, closed, old = cast.in_hand(), cast.closed(), cast.closed(at=MONDAY - 400 * DAY)
    case, other = cast.case(at=LATER), cast.case(at=LATER, text="路灯不亮三个月了")
    for earlier, said in ((open_one, "还没有办结"), (case, "不是这个来电人的"), (old, "一年多了")):
        with refused(422, said, field="earlier"):
            again(cast, case, earlier)
    with refused(422, "不是同一件事", field="earlier"):
        again(cast, other, closed)
    cast.caller_phone = "13900001111"
    stranger = cast.case(at=LATER)
    with refused(422, "不是这个来电人的", field="earlier"):
        again(cast, stranger, closed)


def test_the_third_time_only_what_a_leader_signed_or_two_found_is_told_again(cast):
    earlier = cast.closed()
    cast.case(at=MONDAY + 3 * DAY)
    case = cast.case(at=LATER)
    with refused(422, "第 3 次反映", field="earlier"):
        again(cast, case, earlier)
    signed = cast.sent(at=LATER)
    cast.ask_back(signed, at=LATER + DAY, solved="yes", satisfied="5")
    cast.do("sign_family", signed, cast.leader, at=LATER + 2 * DAY, is_upheld="yes", words="换了主机")
    again(cast, case, signed, at=LATER + 3 * DAY)
    assert case.state == "A"


DANGER = (
    "电梯坏了三天，老人被困在里面",
    "电梯坏了三天，有煤 气 味",
    "Lift broken, somebody is TRAPPED",
    "她不想活了，电梯坏了三天",
)


@pytest.mark.parametrize("text", DANGER)
def test_a_word_of_danger_always_passes(cast, text):
    earlier, case = cast.closed(), cast.case(at=LATER, text=text)
    with refused(409, "紧急的词", "110"):
        again(cast, case, earlier)
    assert case.state == "R"


def test_a_word_of_danger_added_later_counts_too(cast):
    earlier, case = cast.closed(), cast.case(at=LATER)
    cast.citizen("caller_adds", case, at=LATER, words="楼道里着火了")
    with refused(409, "紧急的词"):
        again(cast, case, earlier)


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("楼下着火了", True), ("闻到煤气味", True), ("There is a gas   leak here", True), ("ＦＩＲＥ in the kitchen", True),
        ("路灯不亮", False), ("firewood is stacked in the corridor", False), ("电梯坏了三天", False), ("", False),
    ],
)  # fmt: skip
def test_danger_is_known_by_the_words_of_the_list(text, is_one):
    assert emergency.is_emergency(text) is is_one


def test_each_word_of_the_list_is_found_in_a_sentence():
    with emergency.WORDS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) > 70 and {row["language"] for row in rows} == {"zh", "en"}
    assert [r["words"] for r in rows if not emergency.is_emergency(f"我家这里 {r['words']} 快来, please")] == []
