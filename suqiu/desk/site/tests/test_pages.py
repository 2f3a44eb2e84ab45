"""Today's places, a visit, a contact and a call, by a browser without a script: what is shown, what is kept, what is refused."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image

from suqiu.cases.models import Attachment, Case, Look
from suqiu.desk.site.phone import account_of
from suqiu.desk.tests.conftest import NOW, said
from suqiu.directory.models import OfficeLine
from suqiu.gateways import telephony
from suqiu.handling import photo_rules
from suqiu.handling.models import Contact, SiteVisit
from tests.cast import MONDAY, photo
from tests.hands import Form
from tests.reading import last, words

HOUR = timedelta(hours=1)
LIST = "/desk/site/"
HERE = {"HTTP_X_SUQIU_PLACE": "105.8452,32.4341"}
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>alert(1)</script></svg>'


@pytest.fixture
def mine(seated):
    return seated("c-housing-jb1")


def at(case: Case, what: str) -> str:
    return f"/desk/site/{case.number}/{what}/"


def form_of(seat, case: Case, what: str) -> dict:
    page = seat.open(at(case, what))
    assert page.status_code == 200, said(page)
    return Form(page.content.decode(), having="seen").values


def record(seat, case: Case, what: str, **fields):
    return seat.send(at(case, what), form_of(seat, case, what) | fields)


def numbers(page) -> list[str]:
    return [place["number"] for place in page.context["places"]]


# ---- today's places


def test_only_what_is_in_his_hands_and_must_still_be_seen(cast, mine):
    todo, proven, others = cast.in_hand(), cast.proven(), cast.in_hand(unit="C-MARKET")
    plan = cast.in_hand(matter=cast.matter("explanation"))
    page = mine.open(LIST)
    assert numbers(page) == [todo.number]
    assert not {proven.number, others.number, plan.number} & set(numbers(page))
    assert "今天去 1 处" in page.content.decode() and "修好电梯" in said(page)


def test_a_substitute_goes_too_and_a_colleague_does_not(cast, seated):
    case = cast.in_hand()
    cast.do(
        "assign",
        case,
        cast.reviewer(),
        at=MONDAY + HOUR,
        officer=cast.handler(),
        substitute=cast.officer("c-housing-jb2"),
    )
    assert numbers(seated("c-housing-jb2").open(LIST)) == [case.number]
    assert numbers(seated("c-housing-sh").open(LIST)) == []


def test_what_was_promised_for_today_is_a_place_to_go(cast, mine):
    case = cast.proven()
    due = NOW + HOUR
    cast.do("promise", case, cast.handler(), at=NOW - HOUR, what="下午装好门", due_at=due)
    page = mine.open(LIST)
    assert numbers(page) == [case.number] and "下午装好门" in page.context["places"][0]["promised"]


def test_the_nearest_is_first_from_where_the_phone_is(cast, mine):
    far, near = cast.in_hand(at=NOW - HOUR), cast.in_hand(at=NOW - HOUR)
    Case.objects.filter(pk=far.pk).update(longitude=105.95, latitude=32.43)
    Case.objects.filter(pk=near.pk).update(longitude=105.85, latitude=32.43)
    page = mine.open(LIST, **HERE)
    assert numbers(page) == [near.number, far.number] and page.context["is_from_here"]
    assert [p["distance"] for p in page.context["places"]] == ["641 米", "9.4 公里"]
    assert numbers(mine.open(LIST, HTTP_X_SUQIU_PLACE="105.96,32.43")) == [far.number, near.number]


@pytest.mark.parametrize("header", ["", "here", "105.8", "nan,nan", "999,12", "1,2,3,4" + "5" * 9000])
def test_a_place_that_is_none_is_as_if_nothing_came(cast, mine, header):
    cast.in_hand()
    page = mine.open(LIST, HTTP_X_SUQIU_PLACE=header)
    assert page.status_code == 200 and page.context["is_from_here"] is (header[:3] == "1,2")


def test_a_confidential_case_tells_neither_place_nor_caller(cast, seated):
    case = cast.dispatched(secrecy="confidential")
    cast.do("sign_in", case, cast.reviewer(), at=MONDAY + HOUR)
    cast.do("assign", case, cast.reviewer(), at=MONDAY + HOUR, officer=cast.handler())
    Case.objects.filter(pk=case.pk).update(place="三栋二单元 501", longitude=105.85, latitude=32.43)
    page = seated("c-housing-jb1").open(LIST, **HERE)
    place = page.context["places"][0]
    assert (place["place"], place["longitude"], place["distance"], place["caller"]) == ("", None, "", "")
    assert "501" not in page.content.decode() and case.title not in page.content.decode()


def test_where_nothing_is_to_be_seen_the_page_says_so(cast, seated):
    assert "今天没有要去的地方" in said(seated("c-housing-jb1").open(LIST))
    assert "没有承办单位的岗位" in said(seated("hw01").open(LIST))


def test_the_list_asks_as_often_for_many_as_for_one(cast, mine):
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert mine.open(LIST).status_code == 200
        return len(asked)

    cast.in_hand()
    mine.open(LIST)
    one = queries()
    for _n in range(34):
        cast.in_hand()
    page = mine.open(LIST)
    assert len(numbers(page)) == 30 and page.context["is_more"]
    assert queries() == one <= 8


def test_signing_leads_straight_to_the_form(cast, mine):
    case = cast.dispatched()
    cast.do("assign", case, cast.reviewer(), at=MONDAY + HOUR, officer=cast.handler())
    page = mine.open(LIST)
    assert page.context["places"][0]["is_to_sign"] and "签收，到现场" in said(page)
    for _twice in range(2):
        answer = mine.send(at(case, "sign"), {"key": page.context["places"][0]["key"]})
        assert (answer.status_code, answer["Location"]) == (303, at(case, "visit"))
    assert case.lines.filter(step="sign_in").count() == 1 and mine.open(at(case, "visit")).status_code == 200


# ---- a visit


def test_a_visit_without_a_script(cast, mine):
    case = cast.in_hand()
    answer = record(
        mine, case, "visit", place="3 栋", found="later", met="yes", words="等门机板", after=photo("后.jpg")
    )
    assert (answer.status_code, answer["Location"]) == (303, LIST)
    line = last(case)
    assert line.says == {"visited_at": line.says["visited_at"], "found": "later", "met": "yes", "doubts": ["bare"]}
    assert words(line) == {"place": "3 栋", "words": "等门机板"}
    assert Attachment.objects.get().kind == "after" and SiteVisit.objects.get().recorded_at is None
    page = mine.open(LIST)
    assert numbers(page) == [] and "今天去过 1 处" in page.content.decode()


def test_who_only_taps_has_said_enough(cast, mine):
    case = cast.in_hand()
    record(mine, case, "visit", place="3 栋", found="solved")
    assert words(last(case))["words"] == "当场解决了"
    record(mine, case, "contact", way="phone", outcome="no_answer")
    assert words(last(case))["words"] == "没接通"
    answer = record(mine, case, "contact", way="phone", outcome="connected")
    assert answer.status_code == 422 and "点一个结果，或者写一句" in said(answer)
    assert Contact.objects.count() == 1


def test_a_phone_that_knows_where_it_is_need_not_be_told(cast, mine):
    case = cast.in_hand()
    lost = record(mine, case, "visit", found="solved")
    assert lost.status_code == 422 and "没有定位，写一句到了哪里" in said(lost)
    where = {"position-lon": "105.84", "position-lat": "32.43", "position-accuracy": "12"}
    assert record(mine, case, "visit", found="solved", **where).status_code == 303
    assert words(last(case))["place"] == "手机定位，利州区东坝街道"
    assert SiteVisit.objects.get().accuracy == 12


def picture(kind: str, size=(64, 48), name="后.jpg") -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB" if kind == "HEIF" else "L", size).save(out, kind)
    return SimpleUploadedFile(name, out.getvalue())


@pytest.mark.filterwarnings("error::PIL.Image.DecompressionBombWarning")  # as when the service runs
@pytest.mark.parametrize(
    "upload, status, reason",
    [
        (lambda: picture("JPEG", (8000, 6400)), 413, "像素太多"),
        (lambda: SimpleUploadedFile("后.jpg", SVG), 415, "不是照片或 PDF"),
        (lambda: SimpleUploadedFile("后.jpg", b"#!/bin/sh\necho\n" * 9), 415, "不是照片或 PDF"),
        (lambda: SimpleUploadedFile("后.jpg", photo().read()[:300]), 422, "打不开"),
        (lambda: SimpleUploadedFile("../../后.jpg", b"\xff\xd8\xff" + b"\0" * (20 * 1024 * 1024)), 413, "太大"),
        (lambda: SimpleUploadedFile("空.jpg", b""), 422, ""),
    ],
    ids=["50 megapixels", "svg", "script", "cut off", "20 MB", "empty"],
)
def test_a_picture_that_is_none_takes_nothing_else_with_it(cast, mine, upload, status, reason):
    case = cast.in_hand()
    answer = record(mine, case, "visit", place="3 栋", found="solved", words="换了门机板", after=upload())
    assert answer.status_code == status and reason in said(answer)
    page = answer.content.decode()
    kept = Form(page, having="seen").values
    assert (kept["words"].strip(), kept["place"], kept["found"]) == ("换了门机板", "3 栋", "solved")
    assert "照片要再选一次" in page and not SiteVisit.objects.exists() and not Attachment.objects.exists()


def test_a_picture_of_a_phone_that_saves_heic_is_taken(cast, mine):
    case = cast.in_hand()
    answer = record(mine, case, "visit", place="3 栋", found="solved", after=picture("HEIF", name="IMG_1.HEIC"))
    assert answer.status_code == 303 and Attachment.objects.get().mime == "image/heic"


def test_ten_pictures_are_one_too_many(cast, mine):
    case = cast.in_hand()
    many = {"before": [photo() for _n in range(5)], "after": [photo() for _n in range(5)]}
    answer = record(mine, case, "visit", place="3 栋", found="solved", words="看了", **many)
    assert answer.status_code == 422 and "一次最多 9 个文件" in said(answer)


def test_a_step_that_is_not_his_is_said_before_anything_is_typed(cast, mine):
    case = cast.sent()
    page = mine.open(at(case, "visit"))
    assert page.status_code == 409 and page.context["form"] is None and "现在还不能记" in said(page)


def test_the_first_picture_is_laid_over_the_camera(cast, mine):
    case = cast.in_hand()
    cast.do(
        "visit",
        case,
        cast.handler(),
        at=NOW - HOUR,
        visited_at=NOW - HOUR,
        place="楼下",
        words="看了",
        before=[photo("前.jpg")],
    )
    page = mine.open(at(case, "visit"))
    first = Attachment.objects.get()
    assert f'src="/desk/file/{first.pk}/"' in page.content.decode() and page.context["first"]["label"] == "办理前"


def test_a_look_is_written_when_the_form_is_opened(cast, mine):
    case = cast.in_hand()
    mine.open(LIST)
    assert not Look.objects.exists()
    mine.open(at(case, "visit"))
    assert Look.objects.get().what == "page"


# ---- a call


def test_a_call_goes_through_the_exchange_and_shows_no_number(cast, mine, monkeypatch):
    case, rung = cast.in_hand(), []
    monkeypatch.setattr(telephony, "dial", lambda **order: rung.append(order))
    page = mine.open(at(case, "contact"))
    key = Form(page.content.decode(), having="key").values["key"]
    for _twice in range(2):
        answer = mine.send(at(case, "call"), {"key": key})
        assert (answer.status_code, answer["Location"]) == (303, at(case, "contact"))
    assert [(o["to"], o["seat"]) for o in rung] == [("13812342217", "c-housing-jb1")]
    page = mine.open(at(case, "contact"))
    assert "热线总机先响您的电话" in said(page) and "1381234" not in page.content.decode()
    look = Look.objects.get(what="contact")
    assert look.reason == "before_visit" and OfficeLine.objects.filter(act="reveal").count() == 1


def test_an_exchange_that_does_not_answer_is_said(cast, mine, monkeypatch):
    case = cast.in_hand()

    def dead(**order):
        raise telephony.NotDialled("ConnectionRefusedError")

    monkeypatch.setattr(telephony, "dial", dead)
    answer = mine.send(at(case, "call"), {"key": "a" * 36})
    assert answer.status_code == 503 and "没有拨出去" in answer.content.decode()
    assert "ConnectionRefused" not in answer.content.decode()


def test_nobody_rings_who_may_not(cast, seated, monkeypatch):
    monkeypatch.setattr(telephony, "dial", lambda **order: pytest.fail("it rang"))
    case = cast.in_hand()
    assert seated("c-market-jb1").send(at(case, "call")).status_code == 404
    secret = cast.dispatched(secrecy="anonymous")
    assert seated("c-housing-sh").send(at(secret, "call")).status_code == 403
    assert not Look.objects.filter(what="contact").exists()


def test_the_worker_reaches_no_further_than_these_pages(stranger):
    answer = stranger.open("/desk/site/worker.js")
    assert answer["Content-Type"].startswith("text/javascript") and answer["Cache-Control"] == "no-cache"
    assert "Service-Worker-Allowed" not in answer and b"suqiu-site" in b"".join(answer)


def test_the_shells_hold_nothing_of_anybody(cast, mine):
    case = cast.in_hand()
    him = cast.handler()
    for name in ("list", "visit", "contact"):
        page = mine.open(f"/desk/site/shell/{name}/").content.decode()
        assert "data-shell" in page and 'class="screen-mark"' not in page
        assert not [word for word in (case.number, him.full_name, him.username, account_of(him)) if word in page]
    assert mine.open("/desk/site/shell/other/").status_code == 404


def test_the_name_for_the_mark_comes_with_whose_phone_it_is(cast, mine):
    """The same words that the server itself draws, without its time: the script adds the phone's."""
    told, page = mine.open("/desk/site/me/").json(), mine.open("/desk/site/").content.decode()
    assert told["mark"] == f"{cast.handler().full_name} c-housing-jb1" and f">{told['mark']} 2026-06-08 17:00<" in page
    assert f'data-account="{told["account"]}"' in page, (
        "by this the script knows that the page has its own mark already"
    )


def test_times_are_said_in_the_readers_language(cast, seated):
    case = cast.in_hand()
    seen = timezone.localtime(NOW - 2 * HOUR)
    cast.do(
        "visit",
        case,
        cast.handler(),
        at=NOW,
        visited_at=seen,
        recorded_at=seen,
        place="3 栋",
        words="看了",
        found="solved",
    )
    assert "手机上 今天 15:00 记下，今天 17:00 收到" in said(seated("c-housing-jb1").case(case))


@pytest.mark.parametrize("is_shell", [False, True])
def test_without_a_script_the_word_on_what_does_not_agree_stands_open(cast, mine, is_shell):
    """A script folds it away by the record's own numbers; a page without one, and one kept on the phone, have them too."""
    case = cast.in_hand(at=NOW - HOUR)
    page = mine.open(f"{LIST}shell/visit/" if is_shell else f"{LIST}{case.number}/visit/").content.decode()
    assert (
        f'<div data-why data-far="{photo_rules.FAR}" data-drift="{photo_rules.DRIFT}">' in page and 'name="why"' in page
    )
