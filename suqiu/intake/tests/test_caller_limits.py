"""Who rings again and again: limited by two, heard by a third, and never kept from help."""

from __future__ import annotations

import csv
from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from suqiu.cases import anonymising
from suqiu.cases.advance import CITIZEN
from suqiu.cases.models import Case
from suqiu.citizens.models import PhoneCode
from suqiu.directory.models import Notice, OfficeLine, Officer
from suqiu.gateways.models import Message
from suqiu.intake import actions as intake
from suqiu.intake import caller_limits, emergency
from suqiu.intake.demand import Demand
from suqiu.intake.models import CallerLimit
from tests.cast import MONDAY, photo, run_jobs
from tests.limits import DAY, SAID, asked_three_times, decide, limited, propose
from tests.reading import last, refused, steps

HOUR = timedelta(hours=1)


@pytest.fixture
def answered(cast) -> Case:
    return asked_three_times(cast)


def call(cast, text: str = SAID, *, at=MONDAY + DAY, **known) -> Case:
    """He rings once more, and the worker has done its work."""
    case = cast.case(at=at, text=text, is_phone_confirmed=True, **known)
    caller_limits.answer(case, at)
    return Case.objects.get(pk=case.pk)


def sent(case: Case, key: str) -> list[str]:
    return list(Message.objects.filter(case_number=case.number, key__startswith=key).values_list("body", flat=True))


def reopen(cast, case: Case) -> None:
    cast.citizen("appeal", case, at=MONDAY, words="试的不是我这一部")
    cast.do("decide_appeal", case, cast.other_shift_lead, at=MONDAY, is_upheld="yes", words="去看另一部")


def acts() -> list[str]:
    return list(OfficeLine.objects.filter(act__contains="limit").order_by("pk").values_list("act", flat=True))


# ---- by two


def test_one_proposes_and_nothing_follows_until_another_agrees(cast, answered):
    limit = propose(cast, answered, at=MONDAY)
    assert call(cast).state == "R" and not sent(answered, "caller_limited")
    decide(cast, limit, at=MONDAY + HOUR)
    (told,) = sent(answered, "caller_limited")
    assert all(
        word in told
        for word in ("同一件事反复来电", "2026-06-22", "紧急的事不受影响", f"/case/{answered.number}/limit/")
    )
    assert acts() == ["propose_limit", "agree_limit"]
    line = OfficeLine.objects.get(act="propose_limit")
    assert (line.by_id, line.says["case"], line.says["ground"]) == (cast.shift_lead.pk, answered.number, "again")


def test_the_bell_rings_for_who_can_be_the_second(cast, answered):
    propose(cast, answered, at=MONDAY)
    rung = set(Notice.objects.filter(text__contains="限制来电").values_list("officer__username", flat=True))
    assert {"bz02", "sl01", "db01"} <= rung and "bz01" not in rung and "hw01" not in rung


def test_never_by_the_same_person_nor_by_who_may_not(cast, answered):
    with refused(403, "班长、受理审核员、督办员"):
        propose(cast, answered, at=MONDAY, by=cast.operator)
    Officer.objects.filter(username="bz02").update(is_third_party=True)
    with refused(403, "外包人员不能定"):
        propose(cast, answered, at=MONDAY, by=cast.other_shift_lead)
    limit = propose(cast, answered, at=MONDAY)
    with refused(403, "另一个人认定"):
        decide(cast, limit, at=MONDAY, by=cast.shift_lead)
    with refused(403, "外包人员不能定"):
        decide(cast, limit, at=MONDAY, by=cast.other_shift_lead)
    with pytest.raises(IntegrityError), transaction.atomic():
        CallerLimit.objects.filter(pk=limit.pk).update(decided_by=cast.shift_lead, decided_at=MONDAY, is_agreed=True)


def test_not_agreed_it_does_nothing_and_he_is_not_troubled(cast, answered):
    limit = decide(cast, propose(cast, answered, at=MONDAY), at=MONDAY, yes=False)
    assert limit.stands(MONDAY) == "refused" and call(cast).state == "R"
    assert not sent(answered, "caller_limited") and acts()[-1] == "refuse_limit"


def test_the_same_form_twice_is_one_and_a_decision_stands(cast, answered):
    limit = propose(cast, answered, at=MONDAY, key="k")
    assert propose(cast, answered, at=MONDAY, key="k") == limit and CallerLimit.objects.count() == 1
    with refused(409, "已经有一条限制"):
        propose(cast, answered, at=MONDAY, key="another")
    decide(cast, limit, at=MONDAY)
    decide(cast, limit, at=MONDAY)
    assert acts() == ["propose_limit", "agree_limit"] and len(sent(answered, "caller_limited")) == 1
    with refused(409, "已经有人定过了"):
        decide(cast, limit, at=MONDAY, by=cast.supervisor, yes=False)


# ---- on whom, and on which ground


def test_not_before_three_calls_about_the_same_thing(cast):
    case = cast.closed(at=MONDAY - 9 * DAY)
    cast.case(at=MONDAY - DAY)
    cast.case(at=MONDAY - DAY, text="路灯不亮三个月了")
    with refused(409, "只来过 2 次"):
        propose(cast, case, at=MONDAY)


def test_not_before_an_answer_that_more_than_one_person_stands_for(cast):
    first = cast.closed(at=MONDAY - 9 * DAY)
    cast.case(at=MONDAY - 2 * DAY)
    open_one = cast.in_hand(at=MONDAY - DAY)
    with refused(409, "要有一次办结的答复"):
        propose(cast, open_one, at=MONDAY)
    with refused(409, "没有经市领导签批"):
        propose(cast, first, at=MONDAY)


@pytest.mark.parametrize("columns", [{"secrecy": "confidential"}, {"demand_type": "report", "secrecy": "general"}])
def test_who_reports_wrongdoing_is_never_limited(cast, columns):
    with refused(409, "举报的、保密的"):
        propose(cast, asked_three_times(cast, **columns), at=MONDAY)


def test_ground_end_and_words_are_asked_for(cast, answered):
    with refused(422, "没有这个原因", field="ground"):
        propose(cast, answered, at=MONDAY, ground="annoying")
    for days in (-1, 31):
        with refused(422, "最长 30 天", field="until"):
            propose(cast, answered, at=MONDAY, until=(MONDAY + days * DAY).date())
    with refused(422, "还没有写理由", field="words"):
        propose(cast, answered, at=MONDAY, words=" ")
    with refused(422, "最多写 400 个字", field="words"):
        propose(cast, answered, at=MONDAY, words="又" * 401)
    assert not CallerLimit.objects.exists()


def test_reopened_meanwhile_it_cannot_be_agreed_to_and_does_nothing(cast, answered):
    """A stale form: what the proposal rests on is gone."""
    waiting = propose(cast, answered, at=MONDAY)
    reopen(cast, answered)
    with refused(409, "要有一次办结的答复"):
        decide(cast, waiting, at=MONDAY + HOUR)


def test_an_answer_that_no_longer_stands_carries_no_limit(cast, answered):
    limit = limited(cast, answered, at=MONDAY)
    reopen(cast, answered)
    limit = CallerLimit.objects.get(pk=limit.pk)
    assert limit.stands(MONDAY) == "idle" and call(cast).state == "R"


# ---- what it does, and what it does not touch


def test_every_call_is_taken_down_and_answered_as_before(cast, answered):
    limit = limited(cast, answered, at=MONDAY)
    case = call(cast)
    assert (steps(case), case.state, last(case).actor) == ("receive answer_again", "A", "system")
    assert last(case).says == {"earlier": answered.pk, "limit": limit.pk} and case.number
    assert caller_limits.answer(case, MONDAY + DAY) is None and steps(case) == "receive answer_again"
    cast.citizen("not_answered", case, at=MONDAY + DAY + HOUR, words="今天是另一部电梯")
    assert case.state == "D"
    cast.do(
        "review_answer",
        fresh := call(cast, at=MONDAY + 2 * DAY),
        cast.intake_reviewer,
        at=MONDAY + 3 * DAY,
        is_right="no",
        words="有新情况",
    )
    assert fresh.state == "D"


@time_machine.travel(MONDAY + DAY, tick=False)
def test_the_worker_does_it_after_the_call_is_registered(cast, answered):
    limited(cast, answered, at=MONDAY)
    run_jobs()
    case = cast.case(at=MONDAY + DAY, is_phone_confirmed=True)
    assert case.state == "R"
    run_jobs()
    case.refresh_from_db()
    assert case.state == "A" and len(sent(case, "caller:")) == 2  # first that it was received, then the answer
    other = cast.case(at=MONDAY + DAY, text="路灯不亮三个月了", is_phone_confirmed=True)
    run_jobs()
    other.refresh_from_db()
    assert other.state == "R"


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("路灯不亮三个月了，请来修", {}),
        (SAID + "昨天半夜轿厢从六楼滑到三楼，吊绳磨断了两股，物业贴了封条就走", {}),
        (SAID, {"demand_type": "report"}),
        (SAID, {"secrecy": "confidential"}),
        (SAID, {"files": "photo"}),
    ],
    ids=["another matter", "new facts", "a report", "in confidence", "a new picture"],
)
def test_what_is_new_or_another_matter_goes_the_ordinary_way(cast, answered, text, known):
    limited(cast, answered, at=MONDAY)
    known = known | {"files": [photo("新照片.jpg")]} if known.get("files") else known
    assert call(cast, text, **known).state == "R"


def test_what_an_operator_has_taken_in_hand_stays_in_his(cast, answered):
    limited(cast, answered, at=MONDAY)
    case = cast.case(at=MONDAY + DAY, is_phone_confirmed=True)
    told = {"demand_type": "complaint", "urgency": "normal", "secrecy": "general", "area": cast.area()}
    cast.do("accept", case, cast.operator, at=MONDAY + DAY, **told)
    assert caller_limits.answer(case, MONDAY + DAY) is None and case.state == "D"


def test_somebody_elses_call_is_not_his(cast, answered):
    limited(cast, answered, at=MONDAY)
    cast.caller_phone = "13900001111"
    assert call(cast).state == "R"


def test_who_types_his_number_into_a_form_does_not_read_his_answer(cast, answered):
    limited(cast, answered, at=MONDAY)
    demand = Demand(text=SAID, name="王桂芳", phone=cast.caller_phone, channel="web", area_code="510802001")
    case, _code = intake.receive(demand=demand, by=CITIZEN, at=MONDAY + DAY, key="web")
    assert caller_limits.answer(case, MONDAY + DAY) is None
    code = {"subject": case.number, "phone_index": case.person.phone_index, "code_hash": "x", "made_at": MONDAY}
    PhoneCode.objects.create(**code, used_at=MONDAY)
    assert caller_limits.answer(case, MONDAY + DAY) is not None


def words_of_danger() -> list[str]:
    with emergency.WORDS.open(encoding="utf-8", newline="") as file:
        return [row["words"] for row in csv.DictReader(file)]


@pytest.mark.parametrize("word", ["着火了", "煤 气 泄 漏", "ＴＲＡＰＰＥＤ", "不想活了"])
def test_a_call_with_a_word_of_danger_goes_to_a_person(cast, answered, word):
    limited(cast, answered, at=MONDAY)
    assert call(cast, f"{SAID}{word}").state == "R"


def test_every_word_of_danger_passes_whatever_limits_exist(cast, answered):
    limit = limited(cast, answered, at=MONDAY)
    case = cast.case(at=MONDAY + DAY, is_phone_confirmed=True)
    held = []
    for word in words_of_danger():
        case.place = f"翠屏社区 {word} 3 栋"
        held += [word] if caller_limits.may_be_answered(case, limit) else []
    assert held == [] and len(words_of_danger()) > 70


def test_a_word_of_danger_passes_wherever_it_stands(cast, answered):
    """Property: whatever is around it, in title, place or words, split by gaps, wide or narrow."""
    limit = limited(cast, answered, at=MONDAY)
    case = cast.case(at=MONDAY + DAY, is_phone_confirmed=True)
    assert caller_limits.may_be_answered(case, limit)
    around = st.text(alphabet="电梯坏了，三天。 请修老人", max_size=12)

    @settings(max_examples=150, deadline=None)
    @given(st.sampled_from(words_of_danger()), around, around, st.sampled_from(["title", "place"]))
    def passes(word, before, after, column):
        case.title, case.place = "电梯坏了三天", ""
        setattr(case, column, f"{before} {word} {after}")
        assert not caller_limits.may_be_answered(case, limit)

    passes()


def test_a_limit_that_is_over_does_nothing(cast, answered):
    limit = limited(cast, answered, at=MONDAY, until=(MONDAY + 3 * DAY).date())
    assert call(cast, at=limit.until - HOUR).state == "A"
    assert call(cast, at=limit.until + HOUR).state == "R"
    assert limit.stands(limit.until) == "ended"
    with refused(409, "没有在走"):
        caller_limits.appeal(limit=limit, by=None, at=limit.until, words="不同意")
    again = propose(cast, answered, at=limit.until + HOUR, until=(limit.until + 2 * DAY).date())
    with refused(409, "日子已经过了"):
        decide(cast, again, at=limit.until + 5 * DAY)
    assert again.stands(limit.until + 5 * DAY) == "lapsed"


# ---- appeal


def test_he_objects_and_until_a_third_has_judged_it_the_limit_stands_still(cast, answered):
    limit = limited(cast, answered, at=MONDAY)
    limit = caller_limits.appeal(limit=limit, by=None, at=MONDAY + DAY, words="三次不是同一部")
    assert limit.stands(MONDAY + DAY) == "appealed" and f"{limit.appeal_due_at:%m-%d}" == "06-12"
    assert call(cast).state == "R"
    for one in (cast.shift_lead, cast.intake_reviewer):
        with refused(403, "第三个人审"):
            caller_limits.judge(limit=limit, by=one, at=MONDAY + 2 * DAY, is_lifted=False, words="核过了")
    kept = caller_limits.judge(limit=limit, by=cast.supervisor, at=MONDAY + 2 * DAY, is_lifted=False, words="核过了")
    assert kept.stands(MONDAY + 3 * DAY) == "running" and call(cast, at=MONDAY + 3 * DAY).state == "A"
    assert "没有成立" in sent(answered, "limit_stays")[0]
    with refused(409, "每条申诉一次"):
        caller_limits.appeal(limit=kept, by=None, at=MONDAY + 3 * DAY, words="还是不同意")
    assert acts() == ["propose_limit", "agree_limit", "appeal_limit", "keep_limit"]


def test_upheld_it_is_lifted_at_once_and_he_is_told(cast, answered):
    limit = limited(cast, answered, at=MONDAY)
    caller_limits.appeal(limit=limit, by=cast.operator, at=MONDAY, words="三次不是同一部")
    caller_limits.appeal(limit=limit, by=cast.operator, at=MONDAY, words="三次不是同一部")
    lifted = caller_limits.judge(limit=limit, by=cast.leader, at=MONDAY + HOUR, is_lifted=True, words="确实是两部")
    caller_limits.judge(limit=limit, by=cast.leader, at=MONDAY + HOUR, is_lifted=True, words="确实是两部")
    assert lifted.stands(MONDAY + HOUR) == "lifted" and call(cast).state == "R"
    assert len(sent(answered, "limit_lifted")) == 1 and acts().count("appeal_limit") == 1 == acts().count("lift_limit")
    assert propose(cast, answered, at=MONDAY + 2 * DAY).stands(MONDAY + 2 * DAY) == "proposed"


def test_all_are_counted_whoever_looks(cast, answered):
    first = decide(cast, propose(cast, answered, at=MONDAY), at=MONDAY, yes=False)
    second = limited(cast, answered, at=MONDAY + HOUR)
    call(cast)
    caller_limits.appeal(limit=second, by=None, at=MONDAY + 2 * DAY, words="不同意")
    found = caller_limits.counts(MONDAY + 2 * DAY)
    assert first.pk != second.pk and found == {
        "proposed": 2, "waiting": 0, "lapsed": 0, "agreed": 1, "refused": 1, "running": 0, "appealed": 1, "pending": 1,
        "lifted": 0, "answered": 1,
    }  # fmt: skip


def test_what_was_written_of_him_goes_when_his_case_does(cast, answered):
    limit = limited(cast, answered, at=MONDAY)
    caller_limits.appeal(limit=limit, by=None, at=MONDAY, words="我叫王桂芳，三次不是同一部")
    anonymising.anonymise(case=answered, by=None, at=MONDAY + DAY)
    limit.refresh_from_db()
    assert "王桂芳" not in limit.appeal + limit.words and limit.ground == "again"
