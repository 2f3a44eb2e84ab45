"""派单: two levels, one outer clock; a return climbs one level; the first department stays named to the end."""

from __future__ import annotations

from datetime import timedelta

import pytest

from suqiu.cases import periodic
from suqiu.cases.models import Case, Dispute
from suqiu.directory.models import Grant, Role
from suqiu.directory.queries import first_stop, owner_of
from tests.cast import MONDAY
from tests.reading import clock, due, holders, last, refused, running, steps, words, written

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
CENTRE, BUREAU, TOWN = "K-510824", "B-510824-HOUSING", "T-510824100"
GROUNDS = {"ground": "not_our_duty", "basis": "《权责清单》第 3 项", "words": "告诉他转给市场监管局"}


def in_county(cast, at=MONDAY, **columns) -> Case:
    """A case from a town of 苍溪, which goes through its centre."""
    return cast.accepted(at=at, area=cast.area("510824100"), **columns)


def send(cast, case: Case, unit: str, at=MONDAY + HOUR, by=None, **more):
    by = by or cast.dispatcher
    return cast.do(
        "dispatch", case, by, at=at, matter=case.matter or cast.matter(), department=cast.department(unit), **more
    )


def send_on(cast, case: Case, unit: str = BUREAU, at=MONDAY + 2 * HOUR, **more):
    return cast.do("send_on", case, cast.county_dispatcher, at=at, department=cast.department(unit), **more)


def ask_return(cast, case: Case, unit: str = "C-HOUSING", at=MONDAY + 2 * HOUR):
    contact = {"way": "phone", "outcome": "connected", "words": "说了"}
    cast.do("contact", case, cast.handler(unit), at=at - timedelta(minutes=10), **contact)
    return cast.do("return_case", case, cast.reviewer(unit), at=at, **GROUNDS)


def uphold(cast, case: Case, by=None, at=MONDAY + 3 * HOUR, is_upheld="yes"):
    return cast.do("decide_return", case, by or cast.other_dispatcher, at=at, is_upheld=is_upheld, words="目录第 3 行")


# ---- the city


def test_the_city_sends_to_a_unit(cast):
    case = cast.accepted()
    line = send(cast, case, "C-HOUSING")
    assert written(line) == (
        "dispatch",
        "officer",
        "pd01",
        "HOTLINE",
        {"matter": case.matter.pk, "department": "C-HOUSING"},
    )
    assert (case.state, case.lead_department_id, case.first_department_id, case.hops) == (
        "S",
        "C-HOUSING",
        "C-HOUSING",
        0,
    )
    assert line.columns["first_department_id"] == "C-HOUSING" and case.dispatched_at == MONDAY + HOUR
    assert holders(case) == [("lead", "HOTLINE"), ("lead", "C-HOUSING"), ("first", "C-HOUSING")]
    assert running(case) == "contact outer sign_in unit" and clock(case, "dispatch").stopped_by == "dispatch"


def test_the_dispatcher_chooses_the_matter_and_with_it_the_class_of_evidence(cast):
    case = cast.accepted(matter=None)
    assert case.evidence_class == ""
    cast.do(
        "dispatch", case, cast.dispatcher, at=MONDAY + HOUR, matter=cast.matter("plan"), department=cast.department()
    )
    assert (case.matter, case.evidence_class) == (cast.matter("plan"), "plan")


def test_a_class_that_was_corrected_stays_when_the_matter_does(cast):
    case = cast.accepted()
    cast.do("correct", case, cast.shift_lead, at=MONDAY + HOUR, evidence_class="explanation", words="问的是收费")
    cast.do("confirm_correction", case, cast.other_shift_lead, at=MONDAY + HOUR, is_right="yes", words="对")
    send(cast, case, "C-HOUSING", at=MONDAY + 2 * HOUR)
    assert case.evidence_class == "explanation"


def test_the_county_route_is_required_where_the_county_says_so(cast):
    case = in_county(cast)
    with refused(422, "苍溪县 的诉求先派给它的中心", field="department"):
        send(cast, case, BUREAU)
    direct = cast.accepted()
    send(cast, direct, "B-510802-HOUSING")
    assert direct.state == "S"


def test_a_town_is_an_exception_with_a_reason_that_is_kept(cast):
    case = cast.accepted()
    with refused(422, "派给乡镇要写明破例理由", field="override"):
        send(cast, case, "T-510802001")
    line = send(cast, case, "T-510802001", override="山洪，就近先处置")
    assert words(line) == {"override": "山洪，就近先处置"} and case.lead_department_id == "T-510802001"


def test_a_demand_about_a_unit_is_not_sent_to_it(cast):
    case = cast.accepted(about_department=cast.department())
    with refused(422, "不能交给它自己办", field="department"):
        send(cast, case, "C-HOUSING")
    with refused(422, "只能交给它的上级主管部门或纪检", field="department"):
        send(cast, case, "C-MARKET")
    send(cast, case, "C-DISCIPLINE")
    assert case.lead_department_id == "C-DISCIPLINE"


def test_a_demand_about_a_county_bureau_passes_its_county_by(cast):
    """The county's centre sits beside those it is about: the city's own department of that trade takes it."""
    about = cast.department("B-510824-HOUSING")
    case = cast.accepted(about_department=about, area=cast.area("510824100"))
    for unit in ("K-510824", "B-510824-HOUSING"):
        with refused(422, "", field="department"):
            send(cast, case, unit)
    send(cast, case, "C-HOUSING")
    assert case.lead_department_id == "C-HOUSING"


@pytest.mark.parametrize("secrecy", ["confidential", "anonymous"])
def test_a_confidential_case_goes_out_rewritten_or_not_at_all(cast, secrecy):
    case = cast.accepted(demand_type="report", secrecy=secrecy)
    with refused(422, "保密件要先改写", field="rewritten"):
        send(cast, case, "C-HOUSING")
    line = send(cast, case, "C-HOUSING", rewritten="有人反映某小区电梯停运")
    assert words(line) == {"rewritten": "有人反映某小区电梯停运"} and case.state == "S"


# ---- two levels


def test_the_county_sends_on_inside_the_outer_clock(cast):
    case = in_county(cast)
    outer = due(case, "outer")
    line = send(cast, case, CENTRE)
    assert (case.state, case.lead_department_id, case.first_department_id) == ("D", CENTRE, None)
    assert line.columns["state"] == "D" and holders(case) == [("lead", "HOTLINE"), ("lead", CENTRE)]
    assert running(case) == "outer sub_term" and due(case, "sub_term") == "06-08 15:00"  # four working hours from 10:00
    line = send_on(cast, case)
    assert written(line) == ("send_on", "officer", "k-510824-pd1", CENTRE, {"department": BUREAU})
    assert (case.state, case.lead_department_id, case.first_department_id) == ("S", BUREAU, BUREAU)
    assert holders(case) == [("lead", "HOTLINE"), ("lead", CENTRE), ("lead", BUREAU), ("first", BUREAU)]
    assert (due(case, "outer"), clock(case, "outer").anchor_at) == (outer, MONDAY)
    assert running(case) == "contact outer sign_in unit" and clock(case, "unit").anchor_at == MONDAY + 2 * HOUR


def test_a_county_sends_on_to_its_own_and_to_no_centre(cast):
    case = in_county(cast)
    send(cast, case, CENTRE)
    for outside in ("C-HOUSING", "B-510802-HOUSING"):
        with refused(422, "只能转派给本县（区）的单位", field="department"):
            send_on(cast, case, outside)
    for centre in (CENTRE, "K-510821", "HOTLINE"):
        with refused(422, "不能派给中心自己", field="department"):
            send_on(cast, case, centre)
    with refused(422, "破例理由", field="override"):
        send_on(cast, case, TOWN)
    assert words(send_on(cast, case, TOWN, override="镇里已在抢修")) == {"override": "镇里已在抢修"}


def test_only_the_dispatchers_of_its_own_level_move_it(cast):
    case = in_county(cast)
    for officer in (cast.county_dispatcher, cast.shift_lead, cast.leader):
        with refused(403, "「派单」不由您来做", "市热线中心的派单员"):
            send(cast, case, CENTRE, by=officer)
    send(cast, case, CENTRE)
    with refused(403, "「派单」不由您来做"):
        send(cast, case, CENTRE, at=MONDAY + 2 * HOUR)
    for officer in (cast.dispatcher, cast.officer("k-510821-pd1")):
        with refused(403, "「转派」不由您来做"):
            cast.do("send_on", case, officer, at=MONDAY + 2 * HOUR, department=cast.department(BUREAU))


def test_a_county_gives_back_what_is_not_its_own(cast):
    case = in_county(cast)
    send(cast, case, CENTRE)
    line = cast.do("send_up", case, cast.county_dispatcher, at=MONDAY + 2 * HOUR, ground="not_our_area", words="在邻县")
    assert written(line) == ("send_up", "officer", "k-510824-pd1", CENTRE, {"ground": "not_our_area"})
    assert (case.state, case.lead_department_id, case.hops, case.first_department_id) == ("D", "HOTLINE", 1, None)
    assert holders(case) == [("lead", "HOTLINE")] and running(case) == "dispatch outer"
    assert due(case, "dispatch") == "06-09 11:00" and clock(case, "outer").anchor_at == MONDAY


# ---- the catalogue


@pytest.mark.parametrize(
    ("duty", "power", "area", "owner", "stop"),
    [
        ("housing", "county", "510802001", "B-510802-HOUSING", "B-510802-HOUSING"),  # up the tree: town, then county
        ("housing", "county", "510824100", BUREAU, CENTRE),
        ("housing", "county", "510821", "K-510821", "K-510821"),  # no such bureau there: its centre stands in
        ("housing", "county", "510800", "C-HOUSING", "C-HOUSING"),
        ("town", "town", "510824100", TOWN, CENTRE),
        ("town", "town", "510824104", CENTRE, CENTRE),  # a town without an office of its own here
    ],
)
def test_the_catalogue_names_the_owner_and_the_first_stop(cast, duty, power, area, owner, stop):
    found = owner_of(
        cast.matter("on_site" if duty != "town" else "explanation", duty=duty, power=power), cast.area(area)
    )
    assert (found.code, first_stop(found).code) == (owner, stop)


# ---- 退单


def test_a_return_stops_no_clock_and_waits_for_an_answer(cast):
    case = cast.in_hand()
    before = {k: due(case, k) for k in ("outer", "unit")}
    line = ask_return(cast, case)
    assert written(line) == ("return_case", "officer", "c-housing-sh", "C-HOUSING", {"ground": "not_our_duty"})
    assert words(line) == {"basis": GROUNDS["basis"], "words": GROUNDS["words"]}
    assert (case.state, case.dispute, line.columns["dispute"]) == ("H", "returned", "returned")
    assert {k: due(case, k) for k in before} == before and {"outer", "unit"} <= set(running(case).split())
    assert due(case, "return_review") == "06-09 17:00" and not case.clocks.exclude(paused_at=None).exists()
    assert list(Dispute.objects.values_list("state", "ground", "is_open")) == [("returned", "not_our_duty", True)]


def test_a_return_needs_a_contact_record(cast):
    case = cast.in_hand()
    with refused(422, "还差：联系记录"):
        cast.do("return_case", case, cast.reviewer(), at=MONDAY + 2 * HOUR, **GROUNDS)
    for lacking in GROUNDS:
        with refused(422, "还", field=""):
            cast.do("return_case", case, cast.reviewer(), at=MONDAY + 2 * HOUR, **(GROUNDS | {lacking: ""}))


def test_a_return_overruled_stays_and_is_not_asked_again(cast):
    case = cast.in_hand()
    ask_return(cast, case)
    line = uphold(cast, case, is_upheld="no")
    assert written(line) == ("decide_return", "officer", "pd02", "HOTLINE", {"is_upheld": "no"})
    assert (case.state, case.dispute, case.lead_department_id, case.hops) == ("H", "", "C-HOUSING", 0)
    assert list(Dispute.objects.values_list("state", "is_open", "decided_at")) == [
        ("overruled", False, MONDAY + 3 * HOUR)
    ]
    assert "return_review" not in running(case) and "unit" in running(case)
    with refused(409, "这一轮已经退过一次"):
        cast.do("return_case", case, cast.reviewer(), at=MONDAY + 4 * HOUR, **GROUNDS)


def test_a_return_upheld_climbs_to_the_city(cast):
    case = cast.in_hand()
    ask_return(cast, case)
    line = uphold(cast, case)
    assert written(line) == ("decide_return", "officer", "pd02", "HOTLINE", {"is_upheld": "yes"})
    assert (case.state, case.dispute, case.lead_department_id, case.first_department_id, case.hops) == (
        "D",
        "",
        "HOTLINE",
        "C-HOUSING",
        1,
    )
    assert {
        "hops": 1,
        "lead_department_id": "HOTLINE",
        "first_department_id": "C-HOUSING",
    }.items() <= line.columns.items()
    assert holders(case) == [("lead", "HOTLINE"), ("first", "C-HOUSING")]
    assert running(case) == "dispatch outer" and due(case, "dispatch") == "06-09 12:00"
    assert case.evidence_held == []  # the next unit makes contact anew


def test_a_return_upheld_in_the_county_climbs_to_the_centre_and_then_to_the_city(cast):
    case = in_county(cast)
    send(cast, case, CENTRE)
    send_on(cast, case)
    ask_return(cast, case, BUREAU, at=MONDAY + 3 * HOUR)
    with refused(403, "「审退单」不由您来做", "上一级中心的派单员"):
        uphold(cast, case)  # the city is two levels up
    line = uphold(cast, case, cast.other_county_dispatcher, at=MONDAY + 4 * HOUR)
    assert written(line) == ("decide_return", "officer", "k-510824-pd2", CENTRE, {"is_upheld": "yes"})
    assert (case.state, case.lead_department_id, case.first_department_id, case.hops) == ("D", CENTRE, BUREAU, 1)
    assert running(case) == "outer sub_term" and due(case, "sub_term") == "06-08 17:00"
    cast.do("send_up", case, cast.county_dispatcher, at=MONDAY + 5 * HOUR, ground="no_power", words="权限在市里")
    assert (case.state, case.lead_department_id, case.first_department_id, case.hops) == ("D", "HOTLINE", BUREAU, 2)
    assert running(case) == "dispatch outer" and holders(case) == [("lead", "HOTLINE"), ("first", BUREAU)]


def test_whoever_dispatched_does_not_judge_the_return(cast):
    case = cast.in_hand()
    ask_return(cast, case)
    with refused(403, "「派单」是您做的"):
        uphold(cast, case, cast.dispatcher)
    county = in_county(cast)
    send(cast, county, CENTRE)
    send_on(cast, county)
    ask_return(cast, county, BUREAU, at=MONDAY + 3 * HOUR)
    with refused(403, "「转派」是您做的"):
        uphold(cast, county, cast.county_dispatcher, at=MONDAY + 4 * HOUR)


def test_the_window_closes_after_a_working_day(cast):
    """Dispatched Monday 09:30: Tuesday 17:00 is the last moment."""
    just, late = cast.in_hand(), cast.in_hand()
    ask_return(cast, just, at=MONDAY + DAY + 8 * HOUR)
    with refused(409, "退单到 6 月 9 日 17:00 截止"):
        ask_return(cast, late, at=MONDAY + DAY + 8 * HOUR + timedelta(seconds=1))


def test_the_window_of_a_short_term_is_a_quarter_of_it(cast):
    """Consultation, due for the unit on Wednesday 17:00: 20.5 working hours from Monday 09:30, a quarter is 5 h 7 min."""
    just, late = cast.in_hand(demand_type="consult"), cast.in_hand(demand_type="consult")
    limit = MONDAY + timedelta(hours=6, minutes=37, seconds=30)
    ask_return(cast, just, at=limit)
    with refused(409, "退单到 6 月 8 日 15:37 截止"):
        ask_return(cast, late, at=limit + timedelta(seconds=1))


def test_after_the_first_visit_it_is_not_given_back(cast):
    case = cast.in_hand()
    at = MONDAY + 2 * HOUR
    cast.do("visit", case, cast.handler(), at=at, visited_at=at, place="三栋", words="看了")
    with refused(409, "已经到过现场，不能再退"):
        ask_return(cast, case, at=MONDAY + 3 * HOUR)


def test_after_a_reply_it_is_not_given_back(cast):
    case = cast.in_hand(matter=cast.matter("explanation"))
    cast.do("contact", case, cast.handler(), at=MONDAY + HOUR, way="phone", outcome="connected", words="说了")
    cast.reply(case, at=MONDAY - 4 * HOUR, basis="收费办法")
    cast.do("send_back", case, cast.reviewer(), at=MONDAY + 3 * HOUR, words="缺日期")
    with refused(409, "本单位已经答复过这件"):
        cast.do("return_case", case, cast.reviewer(), at=MONDAY + 4 * HOUR, **GROUNDS)


def test_sent_to_the_same_unit_again_it_has_had_its_return(cast):
    """Once per unit and cycle: a new holding is not a new unit."""
    case = cast.in_hand()
    ask_return(cast, case)
    uphold(cast, case)
    send(cast, case, "C-HOUSING", at=MONDAY + 4 * HOUR)
    with refused(409, "这一轮已经退过一次"):
        ask_return(cast, case, at=MONDAY + 5 * HOUR)


def test_another_unit_has_a_return_of_its_own(cast):
    case = cast.in_hand()
    ask_return(cast, case)
    uphold(cast, case)
    send(cast, case, "C-MARKET", at=MONDAY + 4 * HOUR)
    with refused(422, "还差：联系记录"):
        cast.do("return_case", case, cast.reviewer("C-MARKET"), at=MONDAY + 5 * HOUR, **GROUNDS)
    ask_return(cast, case, "C-MARKET", at=MONDAY + 5 * HOUR)
    uphold(cast, case, at=MONDAY + 6 * HOUR)
    assert (case.hops, case.first_department_id, case.disputes.count()) == (2, "C-HOUSING", 2)


def test_while_a_return_is_open_nothing_is_replied_or_returned_again(cast):
    case = cast.in_hand()
    ask_return(cast, case)
    with refused(409, "有一项争议还没有结：已退单，待审"):
        cast.do("return_case", case, cast.reviewer(), at=MONDAY + 3 * HOUR, **GROUNDS)
    with refused(409, "有一项争议还没有结"):
        cast.reply(case, at=MONDAY)
    uphold(cast, case, is_upheld="no")
    with refused(409, "现在没有要审的退单"):
        uphold(cast, case)


def test_a_redo_is_not_given_back(cast):
    case = cast.sent()
    cast.ask_back(case, at=MONDAY + DAY, solved="no")
    with refused(409, "已经到过现场"):
        ask_return(cast, case, at=MONDAY + DAY + 2 * HOUR)


# ---- 首办


def handed_over(cast, at=MONDAY) -> Case:
    """Housing was first; market has it now."""
    case = cast.in_hand(at=at)
    ask_return(cast, case, at=at + 2 * HOUR)
    uphold(cast, case, at=at + 3 * HOUR)
    send(cast, case, "C-MARKET", at=at + 4 * HOUR)
    return case


def test_the_handling_moves_and_the_answerability_stays(cast):
    case = handed_over(cast)
    assert (case.lead_department_id, case.first_department_id) == ("C-MARKET", "C-HOUSING")
    assert holders(case) == [("lead", "HOTLINE"), ("first", "C-HOUSING"), ("lead", "C-MARKET")]
    assert "hand_over" in running(case) and due(case, "hand_over") == "06-09 13:00"  # one day round the clock
    assert clock(case, "hand_over").holding.department_id == "C-HOUSING"


def test_only_its_own_message_stops_the_hand_over_clock(cast):
    case = handed_over(cast)
    cast.do("sign_in", case, cast.handler("C-MARKET"), at=MONDAY + 5 * HOUR)
    cast.prove(case, at=MONDAY + 4 * HOUR, unit="C-MARKET")
    cast.reply(case, at=MONDAY + 4 * HOUR, unit="C-MARKET")
    cast.do("first_sees", case, cast.reviewer(), at=MONDAY + 11 * HOUR)
    cast.do("approve", case, cast.reviewer("C-MARKET"), at=MONDAY + 12 * HOUR)
    cast.ask_back(case, at=MONDAY + DAY, solved="no")
    assert (case.state, case.cycle) == ("H", 2) and "hand_over" in running(case)
    plan = {
        "plan": "换新",
        "plan_on": (MONDAY + 60 * DAY).date(),
        "words": "要立项",
        "officer": cast.handler("C-MARKET"),
    }
    contact = {"way": "phone", "outcome": "connected", "words": "说了"}
    cast.do("contact", case, cast.handler("C-MARKET"), at=MONDAY + DAY + HOUR, **contact)
    cast.do("ask_to_hang", case, cast.unit_leader("C-MARKET"), at=MONDAY + DAY + 2 * HOUR, **plan)
    cast.do("hang", case, cast.leader, at=MONDAY + DAY + 3 * HOUR, words="同意")
    assert case.state == "G" and running(case) == "hand_over plan recheck"
    with refused(403, "「告知转手」不由您来做", "首办单位"):
        cast.do("tell_hand_over", case, cast.handler("C-MARKET"), at=MONDAY + DAY + 4 * HOUR, way="phone", words="说了")
    line = cast.do(
        "tell_hand_over", case, cast.handler(), at=MONDAY + DAY + 4 * HOUR, way="phone", words="现在由市场监管局办"
    )
    assert written(line) == ("tell_hand_over", "officer", "c-housing-jb1", "C-HOUSING", {"way": "phone"})
    assert clock(case, "hand_over").stopped_by == "tell_hand_over" and running(case) == "plan recheck"


def test_who_gets_it_back_untold_still_has_to_tell(cast):
    """Away and back again within the day: the caller has been left guessing, and the clock says so until he is told."""
    case = handed_over(cast)
    ask_return(cast, case, "C-MARKET", at=MONDAY + 5 * HOUR)
    uphold(cast, case, at=MONDAY + 6 * HOUR)
    send(cast, case, "C-HOUSING", at=MONDAY + 7 * HOUR)
    assert case.lead_department_id == case.first_department_id == "C-HOUSING" and "hand_over" in running(case)
    cast.do("tell_hand_over", case, cast.handler(), at=MONDAY + 8 * HOUR, way="sms", words="还是由我们办")
    assert "hand_over" not in running(case)
    with refused(422, "还差：换过承办单位"):
        cast.do("tell_hand_over", case, cast.handler(), at=MONDAY + 9 * HOUR, way="sms", words="再说一次")


def test_there_is_nothing_to_tell_without_a_hand_over(cast):
    with refused(422, "还差：换过承办单位"):
        cast.do("tell_hand_over", cast.in_hand(), cast.handler(), at=MONDAY + 2 * HOUR, way="phone", words="说了")


def replied_by_market(cast) -> Case:
    case = handed_over(cast)
    cast.do("sign_in", case, cast.handler("C-MARKET"), at=MONDAY + 5 * HOUR)
    cast.prove(case, at=MONDAY + DAY, unit="C-MARKET")
    cast.reply(case, at=MONDAY + DAY, unit="C-MARKET")
    return case


def test_approval_waits_for_the_first_department_to_see_it(cast):
    case = replied_by_market(cast)
    assert due(case, "first_sees") == "06-10 11:00"  # drafted on Tuesday at 15:00: two hours, and two on Wednesday
    with refused(422, "还差：首办看过答复"):
        cast.do("approve", case, cast.reviewer("C-MARKET"), at=MONDAY + DAY + 7 * HOUR)
    with refused(403, "「首办已看答复」不由您来做"):
        cast.do("first_sees", case, cast.reviewer("C-MARKET"), at=MONDAY + DAY + 7 * HOUR)
    line = cast.do("first_sees", case, cast.handler(), at=MONDAY + DAY + 7 * HOUR)
    assert written(line) == ("first_sees", "officer", "c-housing-jb1", "C-HOUSING", {})
    assert (case.evidence_held.count("first_saw"), clock(case, "first_sees").stopped_by) == (1, "first_sees")
    cast.do("approve", case, cast.reviewer("C-MARKET"), at=MONDAY + DAY + 8 * HOUR)
    assert case.state == "F"


def test_or_for_four_working_hours(cast):
    case = replied_by_market(cast)
    at = clock(case, "first_sees").due_at
    assert periodic.steps_of_the_system(at - timedelta(seconds=1)) == 0
    assert periodic.steps_of_the_system(at) == 1
    case.refresh_from_db()
    assert written(last(case)) == ("first_sees", "system", "", None, {}) and last(case).at == at
    cast.do("approve", case, cast.reviewer("C-MARKET"), at=at + HOUR)
    assert case.state == "F"


def test_a_reply_written_anew_is_seen_anew(cast):
    case = replied_by_market(cast)
    cast.do("first_sees", case, cast.handler(), at=MONDAY + DAY + 7 * HOUR)
    cast.do("send_back", case, cast.reviewer("C-MARKET"), at=MONDAY + DAY + 7 * HOUR, words="缺日期")
    cast.reply(case, at=MONDAY + DAY + 2 * HOUR, unit="C-MARKET")
    with refused(422, "还差：首办看过答复"):
        cast.do("approve", case, cast.reviewer("C-MARKET"), at=MONDAY + DAY + 9 * HOUR)


def test_closure_releases_the_first_department_and_nothing_else_does(cast):
    case = replied_by_market(cast)
    cast.do("first_sees", case, cast.handler(), at=MONDAY + DAY + 7 * HOUR)
    cast.do("approve", case, cast.reviewer("C-MARKET"), at=MONDAY + DAY + 8 * HOUR)
    for at in (MONDAY + 2 * DAY,):
        cast.ask_back(case, at=at, solved="no")
        assert ("first", "C-HOUSING") in holders(case)
        cast.prove(case, at=at, unit="C-MARKET")
        cast.reply(case, at=at, unit="C-MARKET")
        cast.do("first_sees", case, cast.handler(), at=at + 7 * HOUR)
        cast.do("approve", case, cast.reviewer("C-MARKET"), at=at + 8 * HOUR)
    assert ("first", "C-HOUSING") in holders(case)
    cast.ask_back(case, at=MONDAY + 3 * DAY, solved="yes", satisfied="4")
    assert (case.state, holders(case), running(case)) == ("C", [], "")
    assert case.first_department_id == "C-HOUSING"  # named to the citizen to the end
    assert "hand_over" not in running(case) and clock(case, "hand_over").stopped_by == "close"


# ---- 协办


def add_assist(cast, case: Case, *units: str, days: int = 3, at=MONDAY + 2 * HOUR, by=None):
    departments = [cast.department(u) for u in units]
    return cast.do(
        "add_assist", case, by or cast.dispatcher, at=at, departments=departments, days=days, words="请看线路"
    )


def test_an_assist_has_a_term_inside_the_outer_clock(cast):
    case = cast.in_hand()
    line = add_assist(cast, case, "C-MARKET", "C-FIRE")
    assert written(line) == (
        "add_assist",
        "officer",
        "pd01",
        "HOTLINE",
        {"departments": ["C-MARKET", "C-FIRE"], "days": 3},
    )
    assert holders(case)[3:] == [("assist", "C-MARKET"), ("assist", "C-FIRE")] and case.evidence_held == [
        "assists_open"
    ]
    assert [c.holding.department_id for c in case.clocks.filter(kind="assist")] == ["C-MARKET", "C-FIRE"]
    assert due(case, "assist") == "06-11 17:00"


def test_no_assist_runs_beyond_the_outer_clock(cast):
    case = cast.in_hand(demand_type="consult")
    add_assist(cast, case, "C-MARKET", days=9)
    assert due(case, "assist") == due(case, "outer") == "06-11 17:00"
    assert clock(case, "assist").explanation[-1][0] == "outer_ends"


def test_who_already_has_it_and_who_cannot_is_no_assist(cast):
    case = cast.in_hand()
    add_assist(cast, case, "C-MARKET")
    for unit in ("C-HOUSING", "C-MARKET", CENTRE, "HOTLINE"):
        with refused(422, "已经在办，或不能做协办", field="departments"):
            add_assist(cast, case, unit)
    for days in (0, 16, 9999):
        with refused(422, "协办 1 到 15 个工作日", field="days"):
            add_assist(cast, case, "C-HEALTH", days=days)


def test_only_who_may_look_into_it_is_asked_to_help_with_a_demand_about_a_unit(cast):
    case = cast.in_hand(about_department=cast.department("B-510802-HOUSING"))
    for unit in ("B-510802-HOUSING", "C-MARKET"):
        with refused(422, "已经在办，或不能做协办", field="departments"):
            add_assist(cast, case, unit)
    add_assist(cast, case, "C-DISCIPLINE")


def test_an_assist_that_becomes_the_lead_owes_no_outcome_to_itself(cast):
    case = cast.in_hand()
    add_assist(cast, case, "C-MARKET")
    ask_return(cast, case, at=MONDAY + 3 * HOUR)
    uphold(cast, case, at=MONDAY + 4 * HOUR)
    send(cast, case, "C-MARKET", at=MONDAY + 5 * HOUR)
    assert holders(case) == [("lead", "HOTLINE"), ("first", "C-HOUSING"), ("lead", "C-MARKET")]
    assert case.evidence_held == [] and "assist" not in running(case)


def test_a_dispatcher_of_two_centres_is_one_person(cast):
    """He sent it on for the county; that he also sits in the city does not make him another."""
    case = in_county(cast)
    send(cast, case, CENTRE)
    send_on(cast, case)
    both = cast.county_dispatcher
    Grant.objects.create(officer=both, role=Role.DISPATCHER, department_id="HOTLINE", since=MONDAY.date())
    ask_return(cast, case, BUREAU, at=MONDAY + 3 * HOUR)
    with refused(403, "「转派」是您做的"):
        uphold(cast, case, cast.county_dispatcher, at=MONDAY + 4 * HOUR)


def test_the_whole_way_is_in_the_journal(cast):
    case = handed_over(cast)
    assert steps(case) == "receive accept dispatch sign_in contact return_case decide_return dispatch"
    assert [line.columns["lead_department_id"] for line in case.lines.order_by("no")] == ["HOTLINE"] * 2 + [
        "C-HOUSING"
    ] * 4 + ["HOTLINE", "C-MARKET"]
