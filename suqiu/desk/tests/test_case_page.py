"""What does each officer read of one case, and what not?"""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from suqiu.cases.models import Attachment, Case, Look
from suqiu.directory.models import OfficeLine
from tests.cast import MONDAY, photo

from .conftest import NOW, cost_the_same, said
from .test_queues import _answered, _appealed, _assisted, _half, _moved, _promised, _returned, _with_leader

QUERIES_AT_MOST = 12


def _full(cast, times: int = 1) -> Case:
    """A case with much on its page."""
    case = cast.proven()
    for n in range(times):
        cast.do("caller_adds", case, cast.operator, at=NOW, words=f"补充 {n}", photos=[photo()])
        cast.do("contact", case, cast.handler(), at=NOW, way="phone", outcome="connected", words=f"联系 {n}")
        cast.do("promise", case, cast.handler(), at=NOW, what=f"承诺 {n}", due_at=NOW + timedelta(days=n + 1))
        cast.do("visit", case, cast.handler(), at=NOW, visited_at=NOW, place="楼下", words="看了", after=[photo()])
    return case


@pytest.mark.parametrize("who", ["hw01", "pd01", "c-housing-jb1", "c-housing-sh"])
def test_a_page_costs_the_same_for_a_short_and_a_long_case(who, cast, seated, django_assert_max_num_queries):
    short, long = cast.in_hand(), _full(cast, 6)
    officer = seated(who)
    pages = [f"/desk/case/{case.number}/" for case in (short, long)]
    cost_the_same(officer, pages, QUERIES_AT_MOST, django_assert_max_num_queries)


def test_opening_the_page_is_a_look(cast, seated):
    case = cast.in_hand()
    seated("c-housing-jb1").case(case)
    seated("c-housing-jb1").open(f"/desk/case/{case.number}/step/contact/")
    assert (
        list(Look.objects.values_list("case", "officer__username", "what", "at"))
        == [(case.pk, "c-housing-jb1", "page", NOW)] * 2
    )


def test_no_look_is_written_for_who_may_not_see_it(cast, seated):
    assert seated("c-market-jb1").case(cast.in_hand()).status_code == 404
    assert not Look.objects.exists()


def test_one_sentence_says_state_holder_and_what_lacks(cast, seated):
    case = cast.in_hand()
    sentence = seated("c-housing-jb1").case(case).context["sentence"]
    assert (sentence["state"], sentence["rest"]) == ("办理中", "，在您手里。差：联系记录、到现场、现场照片。")
    other = seated("pd01").case(case).context["sentence"]
    assert other["rest"].startswith(f"，在市住房和城乡建设局 {cast.handler().full_name} 手里。")


@pytest.mark.parametrize(
    ("make", "who", "expected"),
    [
        (lambda c: c.case(), "sl01", "accept"),
        (lambda c: c.accepted(), "pd01", "dispatch"),
        (lambda c: c.dispatched(), "c-housing-jb1", "sign_in"),
        (lambda c: c.in_hand(), "c-housing-jb1", "contact"),
        (lambda c: c.proven(), "c-housing-jb1", "draft_reply"),
        (lambda c: c.replied(), "c-housing-sh", "approve"),
        (lambda c: c.sent(), "hf01", "attempt"),
        (_returned, "pd02", "decide_return"),
        (_assisted, "c-city_mgmt-jb1", "file_outcome"),
        (_appealed, "sl02", "decide_appeal"),
        (_answered, "sl01", "review_answer"),
        (_with_leader, "ld01", "decide"),
    ],
)
def test_the_first_button_is_the_next_work(make, who, expected, cast, seated):
    assert seated(who).offered(make(cast))[0] == expected


def test_a_step_that_must_wait_says_why_and_who_can(cast, seated):
    case = cast.in_hand()
    assert seated("c-housing-jb1").refused(case) == {"draft_reply": "还差：联系记录、到现场、现场照片。补上就能做。"}
    reviewer = seated("c-housing-sh").refused(cast.proven())
    assert "已经到过现场，不能再退" in reviewer["return_case"]


def test_who_did_it_is_told_that_another_must_judge_it(cast, seated):
    case = cast.accepted()
    cast.do("dispatch", case, cast.dispatcher, at=NOW, matter=case.matter, department=cast.department())
    cast.do("sign_in", case, cast.handler(), at=NOW)
    case = _returned(cast, case)
    assert "decide_return" in seated("pd02").offered(case)
    assert "decide_return" not in seated("pd01").offered(case)


def test_evidence_says_when_and_who_or_which_button_supplies_it(cast, seated):
    case = cast.in_hand()
    rows = seated("c-housing-jb1").case(case).context["evidence"]["rows"]
    assert [(r["label"], r["done"], r["step_url"].split("/")[-2]) for r in rows] == [
        ("联系记录", False, "contact"),
        ("到现场", False, "visit"),
        ("现场照片", False, "visit"),
    ]
    cast.prove(case, at=MONDAY)
    evidence = seated("c-housing-jb1").case(case).context["evidence"]
    assert (evidence["needed"], evidence["held"]) == (3, 3)
    assert evidence["rows"][0]["fact"] == "今天 11:00，电话，4 分钟"
    assert {r["who"] for r in evidence["rows"]} == {cast.handler().full_name}


def test_proof_of_an_earlier_cycle_is_not_proof_of_this_one(cast, seated):
    case = cast.sent(at=MONDAY - timedelta(days=7))
    cast.ask_back(case, at=NOW - timedelta(hours=2), solved="no", satisfied="1")
    evidence = seated("c-housing-jb1").case(case).context["evidence"]
    assert (evidence["held"], {r["fact"] for r in evidence["rows"]}) == (0, {""})
    assert "重办第 1 次" in said(seated("c-housing-jb1").case(case))


def test_every_clock_explains_itself(cast, seated):
    page = seated("c-housing-jb1").case(cast.in_hand())
    labels = {str(c["label"]): c for c in page.context["clocks"]}
    assert set(labels) == {"首次联系", "单位答复", "总时限"}
    assert labels["总时限"]["lines"][0].startswith("从 2026-06-08 09:00 起算")
    assert "怎么算的" in page.content.decode()


def test_reply_and_internal_account_stand_side_by_side_with_the_demand(cast, seated):
    case = cast.replied()
    page = seated("c-housing-sh").open(f"/desk/case/{case.number}/step/approve/")
    body = page.content.decode()
    assert "电梯门机板已换好" in body and "更换门机板一块" in body and "电梯坏了三天" in body
    assert page.context["replies"][0]["is_sent"] is False
    cast.do("approve", case, cast.reviewer(), at=NOW)
    assert seated("hf01").open(f"/desk/case/{case.number}/step/attempt/").context["replies"][0]["is_sent"] is True


def test_promises_photos_and_looks_are_shown(cast, seated):
    case = _full(cast)
    seated("hw01").case(case)
    page = seated("c-housing-jb1").case(case)
    assert [p["what"] for p in page.context["promises"]] == ["承诺 0"]
    assert sorted(str(a["label"]) for a in page.context["attachments"]) == ["办理后", "办理后", "来电人交的"]
    assert cast.operator.full_name in {look["who"] for look in page.context["looks"]}


def test_the_journal_is_whole_until_somebody_changes_it(cast, seated):
    case = cast.in_hand()
    assert seated("pd01").case(case).context["journal_foot"]["is_whole"]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE cases_line SET at = at + interval '1 hour' WHERE case_id = %s AND no = 2", [case.pk])
        cursor.execute("SET LOCAL session_replication_role = origin")
    page = seated("pd01").case(case)
    assert not page.context["journal_foot"]["is_whole"]
    assert "链对不上" in page.content.decode()


# ---- who had it once


def _lost(cast) -> Case:
    """Housing had it, gave it back, and city management goes on."""
    case = _moved(cast)
    cast.do("sign_in", case, cast.handler("C-CITY_MGMT"), at=NOW)
    return case


def test_the_first_department_goes_on_reading(cast, seated):
    case = _lost(cast)
    page = seated("c-housing-jb1").case(case)
    assert page.status_code == 200
    assert {s["name"] for s in page.context["steps_allowed"]} >= {"tell_hand_over"}
    assert "13812342217"[-4:] in page.context["caller"]["phone"]


def _passed_on(cast) -> Case:
    """City management got it second, gave it back too: it is neither lead nor first."""
    case = _lost(cast)
    cast.do("contact", case, cast.handler("C-CITY_MGMT"), at=NOW, way="phone", outcome="connected", words="我们看看")
    cast.do(
        "return_case", case, cast.reviewer("C-CITY_MGMT"), at=NOW, ground="no_power", basis="权责清单", words="说了"
    )
    cast.do(
        "decide_return", case, cast.other_dispatcher, at=NOW + timedelta(minutes=5), is_upheld="yes", words="在市场监管"
    )
    later = NOW + timedelta(hours=1)
    cast.do("dispatch", case, cast.dispatcher, at=later, matter=case.matter, department=cast.department("C-MARKET"))
    cast.do("caller_adds", case, cast.operator, at=later, words="后来又说的话", photos=[photo("后来.jpg")])
    return case


def test_a_past_holder_reads_what_there_was_until_he_lost_it(cast, seated, clock):
    case = _passed_on(cast)
    clock.shift(timedelta(hours=3))
    officer = seated("c-city_mgmt-jb1")
    page = officer.case(case)
    body = page.content.decode()
    assert page.status_code == 200
    assert "后来又说的话" not in body and "市市场监督管理局" not in body and "后来.jpg" not in body
    assert "我们看看" in body and "以后不在您单位" in page.context["sentence"]["rest"]
    assert (page.context["caller"]["phone"], page.context["caller"]["reveal_url"]) == ("", "")
    assert page.context["steps_allowed"] == [] and page.context["clocks"] == []
    assert officer.open(f"/desk/case/{case.number}/step/contact/").status_code == 403
    assert officer.send(f"/desk/case/{case.number}/reveal/", {"reason": "verify"}).status_code == 403
    late = Attachment.objects.get(case=case, name="后来.jpg")
    assert officer.open(f"/desk/file/{late.pk}/").status_code == 404
    assert seated("c-market-jb1").open(f"/desk/file/{late.pk}/").status_code == 200


def test_after_closure_everybody_who_held_it_reads_it_to_the_end_without_the_number(cast, seated, clock):
    case = cast.closed()
    clock.shift(timedelta(days=3))
    page = seated("c-housing-jb1").case(case)
    assert page.status_code == 200 and "回访" in said(page)
    assert page.context["caller"]["phone"] == "" and "13812342217" not in page.content.decode()


# ---- confidential


def _secret(cast, **more) -> Case:
    case = cast.accepted(secrecy="confidential", demand_type="report", **more)
    cast.do("caller_adds", case, cast.shift_lead, at=NOW, words="我住 2 单元 601", photos=[photo("我家.jpg")])
    cast.do(
        "dispatch",
        case,
        cast.dispatcher,
        at=NOW,
        matter=case.matter,
        department=cast.department(),
        rewritten="有人反映某小区电梯停运",
    )
    cast.do("sign_in", case, cast.handler(), at=NOW)
    return case


def test_a_unit_reads_a_confidential_case_rewritten(cast, seated):
    case = _secret(cast)
    officer = seated("c-housing-jb1")
    page = officer.case(case)
    body = page.content.decode()
    for kept in ("电梯坏了三天", "601", "我家.jpg", "王**", "2217", case.title):
        assert kept not in body, kept
    assert "有人反映某小区电梯停运" in body
    assert page.context["caller"]["reveal_url"] == ""
    assert officer.send(f"/desk/case/{case.number}/reveal/", {"reason": "verify"}).status_code == 403
    assert officer.open(f"/desk/file/{Attachment.objects.get(name='我家.jpg').pk}/").status_code == 404
    row = officer.queue("mine").content.decode()
    assert case.title not in row and "王**" not in row and "保密" in row


def test_the_hotline_reads_it_as_it_was_said(cast, seated):
    case = _secret(cast)
    body = seated("sl01").case(case).content.decode()
    assert "电梯坏了三天" in body and "601" in body
    assert seated("hw02").case(case).status_code == 404  # not his call, and confidential
    assert seated("hw01").case(case).status_code == 200  # he took the call


def test_only_the_named_officer_his_substitute_and_the_reviewer_see_it_in_the_unit(cast, seated):
    case = _secret(cast)
    assert [seated(f"c-housing-{who}").case(case).status_code for who in ("jb1", "jb2", "sh", "fz")] == [
        200,
        200,
        200,
        404,
    ]


def test_a_title_that_is_not_shown_cannot_be_searched(cast, seated):
    case = _secret(cast)
    assert seated("c-housing-jb1").numbers("mine") == [case.number]
    assert seated("c-housing-jb1").numbers("mine", text="电梯") == []
    assert seated("db01").queue("late", text="电梯").status_code == 200


# ---- about me


def test_a_demand_about_a_department_does_not_exist_for_it(cast, seated):
    case = cast.dispatched(unit="C-DISCIPLINE", about_department=cast.department("C-HOUSING"))
    for who in ("c-housing-jb1", "c-housing-sh", "c-housing-fz"):
        officer = seated(who)
        assert officer.case(case).status_code == 404
        assert officer.open(f"/desk/case/{case.number}/step/contact/").status_code == 404
    page = seated("c-discipline-jj").case(case)
    assert page.status_code == 200 and page.context["steps_allowed"] == []
    assert "反映 市住房和城乡建设局" in said(page)


def test_the_page_of_an_unknown_case_and_of_a_hidden_one_are_the_same(cast, seated):
    hidden = seated("c-market-jb1").case(cast.in_hand())
    unknown = seated("c-market-jb1").open("/desk/case/GY2601019999/")
    strip = lambda page: re.sub(r'csrf-token" content="\w+"', "", page.content.decode())  # noqa: E731
    assert (hidden.status_code, unknown.status_code) == (404, 404)
    assert strip(hidden) == strip(unknown)


# ---- the caller's number


def test_a_reveal_shows_the_number_once_and_the_caller_sees_who_looked(cast, seated):
    case, officer = cast.in_hand(), seated("c-housing-jb1")
    assert "13812342217" not in officer.case(case).content.decode()
    key = officer.case(case).context["caller"]["key"]
    page = officer.send(f"/desk/case/{case.number}/reveal/", {"reason": "first_contact", "key": key})
    assert page.status_code == 200 and "13812342217" in page.content.decode() and "王桂芳" in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    assert "13812342217" not in officer.case(case).content.decode()
    look = Look.objects.get(what="contact")
    assert (look.officer.username, look.reason, look.at) == ("c-housing-jb1", "first_contact", NOW)
    line = OfficeLine.objects.get(act="reveal")
    assert (line.by_id, line.says["case"], line.says["reason"]) == (cast.handler().pk, case.number, "first_contact")
    assert "13812342217" not in str(line.says)


def test_two_presses_of_one_reveal_are_one_look(cast, seated):
    case, officer = cast.in_hand(), seated("c-housing-jb1")
    for _press in range(2):
        assert (
            officer.send(f"/desk/case/{case.number}/reveal/", {"reason": "verify", "key": "k" * 36}).status_code == 200
        )
    assert Look.objects.filter(what="contact").count() == 1
    assert officer.send(f"/desk/case/{case.number}/reveal/", {"reason": "verify", "key": "l" * 36}).status_code == 200
    assert Look.objects.filter(what="contact").count() == 2


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({}, 422),
        ({"reason": "because"}, 422),
        ({"reason": "other"}, 422),
        ({"reason": "other", "words": "核对门牌"}, 200),
        ({"reason": "other", "words": "长" * 121}, 422),
    ],
)
def test_no_number_without_a_reason(given, status, cast, seated):
    case = cast.in_hand()
    page = seated("c-housing-jb1").send(f"/desk/case/{case.number}/reveal/", given)
    assert page.status_code == status
    assert ("13812342217" in page.content.decode()) == (status == 200)
    assert Look.objects.filter(what="contact").count() == (status == 200)


def test_a_reveal_asked_for_by_address_is_the_page_without_it(cast, seated):
    case = cast.in_hand()
    answer = seated("c-housing-jb1").open(f"/desk/case/{case.number}/reveal/")
    assert (answer.status_code, answer["Location"]) == (303, f"/desk/case/{case.number}/")


def test_masked_values_are_never_saved_back(cast, seated):
    """Reveal, accept, dispatch, contact, reply: name and number stay what the caller gave."""
    case = cast.case()
    seated("sl01").send(f"/desk/case/{case.number}/reveal/", {"reason": "verify"})
    seated("sl01").taken(case, "accept", demand_type="complaint", area="510802001", urgency="normal", secrecy="general")
    seated("sl01").taken(case, "correct", urgency="urgent", words="有老人")
    case.person.refresh_from_db()
    assert (case.person.name, case.person.phone) == ("王桂芳", "13812342217")
    for step in ("correct", "caller_adds"):
        assert "**" not in " ".join(seated("sl01").form(case, step).values())


# ---- files


def test_a_file_is_served_to_who_may_see_the_case_and_the_look_is_written(cast, seated):
    cast.proven()
    file = Attachment.objects.get()
    answer = seated("c-housing-jb1").open(f"/desk/file/{file.pk}/")
    assert answer.status_code == 200
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    assert {"no-store", "private"} <= set(answer["Cache-Control"].split(", "))
    assert answer.content[:3] == b"\xff\xd8\xff"
    assert Look.objects.get().what == "file"
    assert seated("c-market-jb1").open(f"/desk/file/{file.pk}/").status_code == 404
    assert seated("c-housing-jb1").open("/desk/file/999999/").status_code == 404
    assert Look.objects.count() == 1


def test_a_removed_file_is_gone(cast, seated):
    cast.proven()
    file = Attachment.objects.get()
    Attachment.objects.update(removed_at=timezone.now())
    assert seated("c-housing-jb1").open(f"/desk/file/{file.pk}/").status_code == 404


def test_pages_carry_no_inline_script_or_style(cast, seated):
    case = _promised(cast)
    for address in (
        "/desk/",
        f"/desk/case/{case.number}/",
        f"/desk/case/{case.number}/step/visit/",
        "/desk/queue/mine/",
        "/desk/catalogue/",
    ):
        page = seated("c-housing-jb1").open(address)
        body = page.content.decode()
        assert not re.search(r"<script(?![^>]*src=)|<style|\sstyle=|\son\w+=", body), address
        assert "unsafe-inline" not in page["Content-Security-Policy"]


def test_what_the_follow_up_has_tried_stands_beside_the_form(cast, seated):
    case = cast.sent()
    cast.do("attempt", case, cast.officer("hf02"), at=NOW, outcome="no_answer", way="phone")
    page = seated("hf01").open(f"/desk/case/{case.number}/step/attempt/")
    assert [t["outcome"] for t in page.context["tries"]] == ["电话，没接通"]
    assert "下次回访" in seated("hf01").queue("follow-up").content.decode()


def test_the_unit_reads_the_answer_of_a_second_person(cast, seated):
    assert "等第二人定" in said(seated("c-housing-jb1").case(_half(cast)))
