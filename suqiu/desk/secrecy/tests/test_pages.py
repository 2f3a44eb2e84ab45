"""Do the pages of secrecy do what their buttons say, for whom they should, and for nobody else?"""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from suqiu.cases import own_data, taking_out
from suqiu.cases.models import Breach, DataRequest, ExportRequest, Look
from suqiu.desk.tests.conftest import *  # noqa: F403  the clock and the seats of the desk
from suqiu.desk.tests.conftest import NOW, said
from suqiu.directory.models import OfficeLine
from tests.hands import Form

EXPORTS, BREACHES, DATA, LEAK = (f"/desk/secrecy/{p}/" for p in ("exports", "breaches", "data", "leak"))


def posted(desk, address: str, **fields):
    """The form of that page, filled and sent."""
    values = Form(desk.open(address).content.decode(), having="key").values
    return desk.send(address, values | fields)


# ---- exports


def test_asked_agreed_taken(cast, seated):
    case = cast.in_hand()
    asker, second = seated("c-housing-sh"), seated("db01")
    answer = posted(asker, EXPORTS, why="季度总结，交局办公室", columns=["number", "title", "phone"], format="csv")
    asked = ExportRequest.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, f"{EXPORTS}{asked.pk}/")
    address = f"{EXPORTS}{asked.pk}/"
    assert 'name="agree"' not in asker.open(address).content.decode()
    page = second.open(address)
    assert "季度总结" in said(page) and 'name="agree"' in page.content.decode()
    assert second.send(address, {"agree": "1"}).status_code == 303
    assert second.send(f"{address}file/").status_code == 403, "the second person does not get it"
    got = asker.send(f"{address}file/")
    text = got.content.decode("utf-8-sig")
    assert got["Content-Disposition"].startswith("attachment") and "no-store" in got["Cache-Control"]
    assert case.number in text and "c-housing-sh" in text and cast.caller_phone not in text
    assert asker.open(f"{address}file/").status_code == 303, "a link takes nothing"
    assert list(Look.objects.filter(what="export").values_list("case", flat=True)) == [case.pk]


def test_one_posting_sent_twice_is_one_application(cast, seated):
    cast.in_hand()
    desk = seated("c-housing-sh")
    form = Form(desk.open(EXPORTS).content.decode(), having="key").values
    said_so = form | {"why": "季度总结", "columns": ["number"], "format": "csv"}
    assert desk.send(EXPORTS, said_so)["Location"] == desk.send(EXPORTS, said_so)["Location"]
    assert ExportRequest.objects.count() == 1


@pytest.mark.parametrize(
    "fields",
    [{"why": ""}, {"columns": ["person"]}, {"format": "exe"}, {"since": "昨天"}, {"why": "字" * 5000}, {"columns": []}],
)
def test_bad_words_are_said_at_their_field_and_nothing_is_kept(cast, seated, fields):
    cast.in_hand()
    answer = posted(
        seated("c-housing-sh"), EXPORTS, **({"why": "季度总结", "columns": ["number"], "format": "csv"} | fields)
    )
    assert answer.status_code in (413, 422) and not ExportRequest.objects.exists()


def test_an_application_of_somebody_else_does_not_exist(cast, seated):
    """peers 16."""
    cast.in_hand()
    asked = taking_out.ask(by=cast.reviewer(), at=NOW, key="k", why="季度总结", columns=["number"])
    for who in ("c-market-sh", "pd01", "c-housing-fz"):
        assert seated(who).open(f"{EXPORTS}{asked.pk}/").status_code == 404
        assert seated(who).send(f"{EXPORTS}{asked.pk}/", {"agree": "1"}).status_code == 404
        assert seated(who).send(f"{EXPORTS}{asked.pk}/file/").status_code == 404
    assert not Look.objects.exists()


def test_refused_with_a_reason(cast, seated):
    cast.in_hand()
    asked = taking_out.ask(by=cast.reviewer(), at=NOW, key="k", why="季度总结", columns=["number"])
    address, second = f"{EXPORTS}{asked.pk}/", seated("bz01")
    assert second.send(address, {"refuse": "1", "words": ""}).status_code == 422
    assert second.send(address, {"nothing": "1"}).status_code == 422
    assert second.send(address, {"refuse": "1", "words": "没说给谁"}).status_code == 303
    assert "没说给谁" in said(seated("c-housing-sh").open(address))


# ---- the leak report


def test_a_number_in_and_everyone_who_saw_it(cast, seated):
    case = cast.in_hand()
    seated("c-housing-sh").case(case)
    seated("c-housing-jb1").send(f"/desk/case/{case.number}/reveal/", {"reason": "verify", "key": "k"})
    page = seated("db01").open(LEAK, data={"number": case.spoken_number.lower()})
    text = said(page)
    assert page.status_code == 200 and "这里查不到的" in page.content.decode()
    assert cast.reviewer().full_name in text and cast.handler().full_name in text and "看过电话" in text
    assert cast.unit_leader().full_name not in text and cast.caller_phone not in page.content.decode()
    assert OfficeLine.objects.filter(act="leak_report").count() == 1


def test_a_number_that_is_none_says_so(cast, seated):
    for number in ("GY2601019999", "<script>", "字" * 90, "' or 1=1 --"):
        assert seated("db01").open(LEAK, data={"number": number}).status_code == 404


def test_a_search_leaves_a_look_at_each_case_it_showed(cast, seated):
    case = cast.in_hand()
    seated("c-housing-jb1").open("/desk/search/", data={"q": "电梯"})
    look = Look.objects.get()
    assert (look.case, look.what) == (case, "search")


def test_a_file_leaves_a_look_that_names_it(cast, seated):
    case = cast.proven()
    file = case.attachments.get()
    seated("c-housing-jb1").open(f"/desk/file/{file.pk}/")
    assert Look.objects.get().reason == f"file:{file.pk}"


def test_as_many_queries_for_fifty_looks_as_for_one(cast, seated, django_assert_max_num_queries):
    case, desk = cast.in_hand(), seated("db01")
    desk.open(LEAK, data={"number": case.number})
    spent = set()
    for n in (1, 49):
        Look.objects.bulk_create(Look(case=case, officer=cast.handler(), at=NOW, what="page") for _n in range(n))
        with django_assert_max_num_queries(40) as counted:
            desk.open(LEAK, data={"number": case.number})
        spent.add(len(counted))
    assert len(spent) == 1


# ---- breaches


def test_reported_by_a_unit_handled_by_the_hotline(cast, seated):
    case = cast.in_hand()
    unit, boss, other = seated("c-housing-jb1"), seated("db01"), seated("ld01")
    answer = posted(unit, BREACHES, numbers=case.number, words="物业群里有截图")
    breach = Breach.objects.get()
    address = f"{BREACHES}{breach.pk}/"
    assert (
        answer["Location"] == address
        and '<button class="button button-main" name=' not in unit.open(address).content.decode()
    )
    assert unit.send(address, {"tell": "1"}).status_code == 403
    assert seated("c-market-jb1").open(address).status_code == 404
    assert case.spoken_number in said(boss.open(address))
    assert boss.send(address, {"ask": "1", "finding": "查清了谁"}).status_code == 422
    assert boss.send(address, {"tell": "1"}).status_code == 303
    assert boss.send(address, {"authority_told": "1", "authority": "市网信办，回执 3 号"}).status_code == 303
    assert boss.send(address, {"ask": "1", "finding": "是一名外包人员"}).status_code == 303
    assert boss.send(address, {"close": "1"}).status_code == 403
    assert other.send(address, {"close": "1"}).status_code == 303
    breach.refresh_from_db()
    assert breach.state == "closed"


def test_late_is_said(cast, seated, clock):
    case = cast.in_hand()
    posted(seated("db01"), BREACHES, numbers=case.number, words="物业群里有截图")
    address = f"{BREACHES}{Breach.objects.get().pk}/"
    assert "过了时限" not in said(seated("db01").open(address))
    clock.shift(timedelta(hours=25))
    assert "过了时限" in said(seated("db01").open(address))


# ---- the citizen's data


def test_a_deletion_by_two(cast, seated):
    case = cast.closed()
    asked = own_data.ask(case=case, kind="delete", at=NOW, key="k")
    first, second, address = seated("sl01"), seated("bz01"), f"{DATA}{asked.pk}/"
    assert case.spoken_number in said(first.open(DATA))
    assert first.send(address, {"decline": "1", "words": "要留着"}).status_code == 422
    assert first.send(address, {"grant": "1", "words": "可以删"}).status_code == 303
    assert first.send(address, {"confirm": "1"}).status_code == 403
    assert second.send(address, {"confirm": "1"}).status_code == 303
    case.refresh_from_db()
    assert case.person.removed_at and DataRequest.objects.get().state == "done"


def test_of_a_case_about_himself_he_sees_no_request(cast, seated):
    """peers 16: neither in the list nor by its address."""
    case = cast.closed(about_officer=cast.shift_lead)
    asked = own_data.ask(case=case, kind="delete", at=NOW, key="k")
    assert case.spoken_number not in said(seated("bz01").open(DATA))
    assert seated("bz01").open(f"{DATA}{asked.pk}/").status_code == 404
    assert seated("bz02").open(f"{DATA}{asked.pk}/").status_code == 200


# ---- the mark


def test_every_page_of_the_desk_bears_the_name_of_who_looks_and_the_time(cast, seated):
    case = cast.in_hand()
    for who, addresses in {
        "db01": ("/desk/", f"/desk/case/{case.number}/", LEAK, EXPORTS, BREACHES, "/desk/search/?q=电梯", "/desk/notices/"),
        "c-housing-jb1": ("/desk/site/", f"/desk/site/{case.number}/contact/", f"/desk/case/{case.number}/step/contact/"),
        "hw01": ("/desk/intake/", "/desk/phone/caller/"), "hf01": ("/desk/calls/next/",), "bz01": ("/desk/shift/",),
        "gl01": ("/desk/administration/",),
    }.items():  # fmt: skip
        for address in addresses:
            page = seated(who).open(address)
            marks = re.findall(r'class="screen-mark".*?<text[^>]*>(.*?)</text>', page.content.decode(), re.S)
            assert page.status_code == 200 and len(marks) == 1, address
            assert marks[0] == f"{cast.officer(who).full_name} {who} 2026-06-08 17:00"
            assert "style=" not in page.content.decode()


def test_of_a_secret_case_the_unit_is_put_through_and_learns_neither_name_nor_number(cast, seated):
    case = cast.in_hand(secrecy="confidential")
    desk = seated("c-housing-sh")
    page = desk.open(f"/desk/site/{case.number}/contact/").content.decode()
    assert f"/desk/site/{case.number}/call/" in page
    assert desk.send(f"/desk/site/{case.number}/call/", {"key": "k"}).status_code == 303
    page += desk.open(f"/desk/site/{case.number}/contact/").content.decode() + desk.case(case).content.decode()
    assert not any(word in page for word in (cast.caller_phone, "138****2217", "王**", "王桂芳"))
    look = Look.objects.get(what="contact")
    assert (look.officer, look.reason, look.words) == (
        cast.reviewer(),
        "before_visit",
        "经总机中转，没有看到姓名和号码",
    )
    assert desk.send(f"/desk/case/{case.number}/reveal/", {"reason": "verify", "key": "k2"}).status_code == 403
    for who, status in (("c-market-sh", 404), ("c-housing-fz", 404), ("hw01", 403), ("bz01", 303)):
        case.refresh_from_db()
        assert seated(who).send(f"/desk/site/{case.number}/call/", {"key": who}).status_code == status, who
