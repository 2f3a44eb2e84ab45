"""Is a case found by what was said in it, by those who may see it, and by nobody else?"""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from suqiu.cases import anonymising, searching
from suqiu.cases.models import Case, CaseWords
from suqiu.language import search
from tests.cast import MONDAY
from tests.reading import refused


def found(user, wanted: str, **more) -> list[str]:
    ids = searching.find(user, wanted, **more).ids
    numbers = dict(Case.objects.values_list("pk", "number"))
    return [numbers[pk] for pk in ids]


def test_a_case_is_found_by_the_callers_words_the_place_and_the_reply(cast):
    case = cast.replied(text="窨井盖半夜响，睡不着")
    lead = cast.shift_lead
    cast.citizen("caller_adds", case, at=MONDAY, words="孩子要中考")
    for wanted in ("窨井盖", "井盖", "半夜", "中考", "窨井盖 中考", "门机板"):
        assert found(lead, wanted) == [case.number], wanted
    assert found(lead, "水表") == [] and found(lead, "井盖半天") == []
    assert searching.find(lead, "睡不着").pieces[case.pk] == "窨井盖半夜响，睡不着"


def test_pairs_that_do_not_meet_are_no_phrase(cast):
    cast.case(text="路灯不亮。灯杆倒了，不亮堂")
    whole = cast.case(text="楼道里灯不亮了")
    assert found(cast.shift_lead, "灯不亮了") == [whole.number]


def test_one_character_finds_what_begins_with_it(cast):
    case = cast.case(text="涪江边上有人钓鱼")
    assert found(cast.shift_lead, "涪") == [case.number]


def test_a_unit_finds_only_what_it_has_held(cast):
    ours, theirs = cast.in_hand(text="自来水发黄"), cast.in_hand(text="自来水发臭", unit="C-MARKET")
    assert found(cast.handler(), "自来水") == [ours.number]
    assert found(cast.handler("C-MARKET"), "自来水") == [theirs.number]
    assert found(cast.shift_lead, "自来水") == [theirs.number, ours.number]


def test_a_confidential_case_is_not_found_by_the_words_of_a_whistle_blower(cast):
    case = cast.case(text="工头姓秦，拖欠工资")
    cast.do("accept", case, cast.shift_lead, at=MONDAY, demand_type="report", area=cast.area(), urgency="normal",
            secrecy="confidential", matter=cast.matter())  # fmt: skip
    cast.do(
        "dispatch", case, cast.dispatcher, at=MONDAY, matter=case.matter, department=cast.department(), rewritten="改写"
    )
    assert found(cast.reviewer(), "拖欠工资") == []
    assert found(cast.shift_lead, "拖欠工资") == [case.number]


def test_made_confidential_later_it_is_no_longer_found_by_the_unit(cast):
    case = cast.in_hand(text="自来水发黄")
    assert found(cast.handler(), "自来水") == [case.number]
    secret = {"secrecy": "confidential", "words": "来电人怕报复"}
    with refused(422, "要同时写好改写后的内容", field="rewritten"):
        cast.do("correct", case, cast.shift_lead, at=MONDAY, **secret)
    assert found(cast.handler(), "自来水") == [case.number], "refused whole: it is as secret as it was"
    cast.do("correct", case, cast.shift_lead, at=MONDAY, rewritten="有住户反映饮水问题", **secret)
    assert found(cast.handler(), "自来水") == []
    assert found(cast.shift_lead, "自来水") == [case.number]


AREA_OLD, AREA_NEW = "510802001", "510824100"  # 东坝街道, 陵江镇


def test_a_case_is_found_by_the_names_of_where_it_happened(cast):
    case, area = cast.case(text="窨井盖半夜响"), cast.area(AREA_OLD)
    assert (
        found(cast.shift_lead, area.name) == [case.number] == found(cast.shift_lead, f"{area.county.name}{area.name}")
    )
    assert found(cast.shift_lead, area.name_en) == [case.number]
    assert found(cast.shift_lead, f"{area.name} 窨井盖") == [case.number] and found(cast.shift_lead, "广元市") == []


def test_an_area_settled_at_the_acceptance_counts(cast):
    case = cast.accepted(area=cast.area(AREA_NEW))
    assert found(cast.shift_lead, cast.area(AREA_NEW).name) == [case.number]
    assert found(cast.shift_lead, cast.area(AREA_OLD).name) == []


def test_a_place_corrected_later_is_found_under_its_new_name_and_no_more_under_the_old(cast):
    case = cast.in_hand(text="窨井盖半夜响")
    cast.citizen("caller_adds", case, at=MONDAY, words="孩子要中考")
    old, new = cast.area(AREA_OLD), cast.area(AREA_NEW)
    assert found(cast.handler(), old.name) == [case.number] and found(cast.handler(), new.name) == []
    cast.do("correct", case, cast.shift_lead, at=MONDAY, area=new, words="来电人说错了街道")
    assert case.area == new
    for user in (cast.handler(), cast.shift_lead):
        assert found(user, old.name) == [] and found(user, old.county.name) == []
        for wanted in (new.name, new.county.name, "窨井盖", "中考"):
            assert found(user, wanted) == [case.number], wanted
    kept = CaseWords.objects.values_list("words", flat=True).get(case=case)
    assert f"'{new.name[:2]}'" in kept and f"'{old.name[:2]}'" not in kept


def test_a_correction_that_waits_for_a_second_person_changes_nothing_yet(cast):
    case = cast.in_hand(text="窨井盖半夜响")
    line = cast.do(
        "correct", case, cast.shift_lead, at=MONDAY, area=cast.area(AREA_NEW), evidence_class="plan", words="改"
    )
    assert line.says["waits"] is True
    assert found(cast.shift_lead, cast.area(AREA_OLD).name) == [case.number]
    cast.do("confirm_correction", case, cast.other_shift_lead, at=MONDAY, is_right="yes", words="对")
    assert found(cast.shift_lead, cast.area(AREA_OLD).name) == []
    assert found(cast.shift_lead, cast.area(AREA_NEW).name) == [case.number]


def test_nobody_finds_a_demand_about_his_own_department(cast):
    case = cast.case(text="办事窗口没人")
    cast.do("accept", case, cast.shift_lead, at=MONDAY, demand_type="complaint", area=cast.area(), urgency="normal",
            secrecy="open", matter=cast.matter(), about_department=cast.department())  # fmt: skip
    assert found(cast.handler(), "窗口") == [] and found(cast.shift_lead, "窗口") == [case.number]


def test_pages_follow_each_other_without_gap_or_repeat(cast, monkeypatch):
    monkeypatch.setattr(searching, "BATCHES", (7, 7))
    monkeypatch.setattr(searching, "PAGE", 5)
    made = [cast.case(text="路灯不亮").number for _n in range(13)]
    page = searching.find(cast.shift_lead, "路灯")
    seen = list(page.ids)
    while page.below:
        page = searching.find(cast.shift_lead, "路灯", below=page.below)
        seen += page.ids
    assert [Case.objects.get(pk=pk).number for pk in seen] == made[::-1]


def test_windows_are_read_from_the_newest_down(cast, monkeypatch):
    monkeypatch.setattr(search, "WINDOW", 2)
    monkeypatch.setattr(searching, "WINDOW", 2)
    made = [cast.case(text="路灯不亮").number for _n in range(5)]
    assert found(cast.shift_lead, "路灯") == made[::-1]


def test_anonymised_words_are_found_no_more(cast):
    case = cast.closed(text="自来水发黄")
    anonymising.anonymise(case=case, by=None, at=MONDAY)
    assert found(cast.shift_lead, "自来水") == []


def test_a_case_is_cut_anew_under_its_lock(cast):
    case = cast.replied()
    CaseWords.objects.filter(case=case).update(version=0)
    with CaptureQueriesContext(connection) as asked:
        list(searching.catch_up())
    said = [q["sql"] for q in asked]
    lock = next(n for n, sql in enumerate(said) if "FOR UPDATE" in sql and "cases_case" in sql)
    assert lock < next(n for n, sql in enumerate(said) if 'FROM "cases_content"' in sql)


@pytest.mark.parametrize("spoil", ["missing", "old"])
def test_what_was_not_cut_or_cut_by_an_earlier_version_is_cut_anew(cast, spoil):
    case = cast.replied(text="自来水发黄")
    before = CaseWords.objects.values_list("words", "seen_by").get(case=case)
    CaseWords.objects.filter(case=case).update(version=0, words="")
    if spoil == "missing":
        CaseWords.objects.filter(case=case).delete()
    assert sum(searching.catch_up()) == 1 and sum(searching.catch_up()) == 0
    assert CaseWords.objects.values_list("words", "seen_by").get(case=case) == before
    assert found(cast.handler(), "自来水") == [case.number]
