from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone

from suqiu.cases.models import Case, Content, Line
from suqiu.portal import locks
from suqiu.portal.models import Try
from tests.cast import photo

WORDS = "翠屏社区 3 栋的路灯从上周起不亮，晚上老人摔了一跤。"


def test_words_become_a_case_with_number_and_code(citizen):
    answer = citizen.hand_in(
        words=WORDS, area="510802001", place="3 栋门口", name="王桂芳", phone="138 1234 2217", lon="105.84", lat="32.43", accuracy="12",
        photos=[photo("灯.jpg"), photo("灯2.jpg")],
    )  # fmt: skip
    assert (answer.status_code, answer["Location"]) == (303, "/submitted/")
    case = Case.objects.get()
    assert (case.state, case.channel, case.area_id, case.place, case.secrecy) == (
        "R",
        "web",
        "510802001",
        "3 栋门口",
        "general",
    )
    assert (case.longitude, case.latitude, case.language) == (105.84, 32.43, "zh-hans")
    assert (case.person.name, case.person.phone) == ("王桂芳", "138 1234 2217")
    assert case.attachments.count() == 2
    line = Line.objects.get(case=case)
    assert (line.step, line.actor, line.officer_id) == ("receive", "citizen", None)
    assert Content.objects.get(case=case).body == WORDS


def test_the_code_is_shown_for_ten_minutes_and_opens_the_case(citizen, clock):
    citizen.hand_in(words=WORDS)
    case = Case.objects.get()
    first = citizen.open("/submitted/")
    code = first.context["code"]
    assert len(code) == 9 and code in first.content.decode() and case.spoken_number in first.content.decode()
    clock.shift(timedelta(minutes=9))
    assert code in citizen.open("/submitted/").content.decode(), "a reload, or a message fetched, loses nothing"
    assert code.replace(" ", "") not in str(dict(citizen.browser.session)), (
        "sealed: the sessions' table holds no code to be read"
    )
    clock.shift(timedelta(minutes=2))
    citizen.open("/track/")
    assert citizen.browser.session["portal.code"]["code"] == "", "gone, whatever page he opens"
    again = citizen.open("/submitted/")
    assert code not in again.content.decode() and "已经显示过了" in again.content.decode()
    clock.shift(timedelta(minutes=-5))
    assert code not in citizen.open("/submitted/").content.decode(), "once gone it stays gone"
    assert first["Cache-Control"] == again["Cache-Control"] and "no-store" in first["Cache-Control"]

    somebody_else = type(citizen)()
    assert somebody_else.prove(case, code).status_code == 303
    assert somebody_else.open(f"/case/{case.number}/").status_code == 200


def test_what_is_promised_has_dates(citizen):
    citizen.hand_in(words=WORDS)
    promised = [p["what"] for p in citizen.open("/submitted/").context["promises"]]
    assert promised == [
        "今天 11:00 前告诉您受不受理",
        "受理的话，明天 09:00 前派到该管的单位",
        "最晚 7 月 2 日 17:00 前书面答复您",
    ]


def test_nothing_was_handed_in(citizen):
    answer = citizen.open("/submitted/")
    assert (answer.status_code, answer["Location"]) == (303, "/")


def test_the_same_form_twice_is_one_case_and_the_same_answer(citizen):
    form = citizen.open("/submit/").context["form"]
    said = {"key": form["key"].value(), "words": WORDS, "secrecy": "general"}
    first, second = citizen.send("/submit/", said), citizen.send("/submit/", said)
    assert (first.status_code, first["Location"]) == (second.status_code, second["Location"]) == (303, "/submitted/")
    assert Case.objects.count() == 1
    assert len(citizen.open("/submitted/").context["code"]) == 9


def test_two_presses_at_one_moment(citizen, monkeypatch):
    """The second finds the number taken by the first only when it writes: it gets the first one's answer."""
    from suqiu.portal import views

    form = citizen.open("/submit/").context["form"]
    said = {"key": form["key"].value(), "words": WORDS, "secrecy": "general"}
    citizen.send("/submit/", said)
    real, calls = views.receive, []

    def receive(**asked):
        calls.append(1)
        if len(calls) == 1:
            with connection.cursor() as cursor:  # what the database says when two insert the same key
                cursor.execute(
                    "INSERT INTO cases_numbercounter (day, last) VALUES ('2020-01-01', 1), ('2020-01-01', 1)"
                )
        return real(**asked)

    monkeypatch.setattr(views, "receive", receive)
    answer = citizen.send("/submit/", said)
    assert (answer.status_code, len(calls), Case.objects.count()) == (303, 2, 1)


def test_who_comes_back_and_says_something_else_is_heard(citizen):
    form = citizen.open("/submit/").context["form"]
    said = {"key": form["key"].value(), "words": WORDS, "secrecy": "general"}
    citizen.send("/submit/", said)
    citizen.send("/submit/", said | {"words": "另外一件：垃圾三天没人收。"})
    assert Case.objects.count() == 2


def test_anonymous_takes_neither_name_nor_telephone(citizen):
    citizen.hand_in(words=WORDS, secrecy="anonymous", name="王桂芳", phone="13812342217")
    person = Case.objects.get().person
    assert (person.name, person.phone, person.phone_index) == ("", "", "")
    assert "姓名和电话都没有存" in citizen.open("/submitted/").content.decode()


def test_a_known_number_shows_nothing_of_whoever_left_it_before(citizen, cast):
    cast.case(text="上个月的事，早就说过了。")
    citizen.hand_in(words=WORDS, phone=cast.caller_phone)
    shown = citizen.open("/submitted/").content.decode()
    assert "王" not in shown.split("<main")[1] and "上个月的事" not in shown


def test_the_words_of_the_home_page_stand_in_the_form(citizen):
    answer = citizen.send("/submit/", {"begin": "1", "words": "<b>路灯</b>不亮"})
    assert answer.status_code == 200 and "&lt;b&gt;路灯&lt;/b&gt;不亮" in answer.content.decode()
    assert not Case.objects.exists()


KEPT = {
    "place": "利州区某路口",
    "name": "赵德福",
    "phone": "13900001111",
    "area": "510802001",
    "secrecy": "confidential",
}
TEXT_FILE = SimpleUploadedFile("灯.jpg", b"#!/bin/sh\necho not a picture\n" * 40, content_type="image/jpeg")
BROKEN = SimpleUploadedFile("灯.jpg", photo().read()[:300], content_type="image/jpeg")
NOTHING = SimpleUploadedFile("灯.jpg", b"", content_type="image/jpeg")


@pytest.mark.parametrize(
    ("said", "status", "told"),
    [
        ({"words": ""}, 422, "还没有写内容"),
        ({"words": " \n\t　"}, 422, "还没有写内容"),
        ({"words": "\x00\x01\x02"}, 422, "还没有写内容"),
        ({"words": "灯" * 20_001}, 413, "最多收 20000 个"),
        ({"words": WORDS, "phone": "1381234"}, 422, "电话号码好像不对"),
        ({"words": WORDS, "phone": "不告诉你"}, 422, "电话号码好像不对"),
        ({"words": WORDS, "area": "999999"}, 422, "没有这个区划"),
        ({"words": WORDS, "area": "510802001001"}, 422, "没有这个区划"),
        ({"words": WORDS, "place": "长" * 201}, 422, "200"),
        ({"words": WORDS, "secrecy": "open"}, 422, "open"),
        ({"words": WORDS, "photos": TEXT_FILE}, 415, "不是照片或 PDF"),
        ({"words": WORDS, "photos": BROKEN}, 422, "打不开"),
        ({"words": WORDS, "photos": NOTHING}, 422, "空"),
        ({"words": WORDS, "photos": [photo(f"{n}.jpg") for n in range(10)]}, 413, "最多 9 个文件"),
    ],
)
def test_bad_input_is_told_and_everything_typed_is_kept(citizen, said, status, told):
    for upload in (
        said.get("photos", []) if isinstance(said.get("photos"), list) else [said["photos"]] if "photos" in said else []
    ):
        upload.seek(0)
    answer = citizen.hand_in(**(KEPT | said))
    page = answer.content.decode()
    assert (answer.status_code, Case.objects.count()) == (status, 0)
    assert told in page
    form = answer.context["form"]
    for name, value in (KEPT | {k: v for k, v in said.items() if k != "photos"}).items():
        assert form[name].value() == value
    assert ("照片要再选一次" in page) == ("photos" in said)
    if "area" not in said:
        assert '<option value="510802001" selected>' in page


def test_a_file_too_big(citizen, settings):
    settings.UPLOAD_LIMIT = 500
    answer = citizen.hand_in(words=WORDS, photos=photo(size=(200, 200)))
    assert answer.status_code == 413 and "太大" in answer.content.decode() and not Case.objects.exists()


@pytest.mark.parametrize("content_type", ["multipart/form-data", "application/x-www-form-urlencoded"])
def test_ten_megabytes_of_text(citizen, content_type):
    from urllib.parse import urlencode

    said = {"key": "", "words": "x" * 10_000_000, "secrecy": "general"}
    given = {"data": urlencode(said), "content_type": content_type} if "urlencoded" in content_type else {"data": said}
    answer = citizen.browser.post("/submit/", **given)
    page = answer.content.decode()
    assert answer.status_code == 413 and "最多收 20000" in page and not Case.objects.exists()
    assert said["words"] in page, "nothing of what was written is lost"


def test_more_than_can_be_read_at_all(citizen):
    answer = citizen.browser.post("/submit/", {"key": "", "words": "x" * 13_000_000, "secrecy": "general"})
    page = answer.content.decode()
    assert answer.status_code == 413 and "内容太长" in page and 'data-draft="submit"' in page


def test_a_body_torn_off_in_the_middle(citizen):
    answer = citizen.browser.generic("POST", "/submit/", b"--x\r\nContent-Dis", content_type="multipart/form-data")
    assert answer.status_code == 400 and "传到一半断了" in answer.content.decode()


def test_control_characters_are_dropped(citizen):
    citizen.hand_in(words="路灯\x00不\x07亮\r\n\r\n\r\n三天了", name="王\x00桂\n芳", place="3\x1b栋")
    case = Case.objects.get()
    assert Content.objects.get(case=case).body == "路灯不亮\n\n三天了"
    assert (case.person.name, case.place) == ("王桂 芳", "3栋")


@pytest.mark.parametrize("lon, lat", [("105.8", ""), ("x", "32"), ("999", "32"), ("nan", "32"), ("", "")])
def test_half_a_place_is_no_place(citizen, lon, lat):
    citizen.hand_in(words=WORDS, lon=lon, lat=lat)
    case = Case.objects.get()
    assert (case.longitude, case.latitude) == (None, None)


def test_english_is_remembered_with_the_case(citizen):
    citizen.open("/?lang=en")
    citizen.hand_in(words="The street lamp at block 3 has been dark for a week.")
    assert Case.objects.get().language == "en"


def test_a_whole_village_behind_one_address(citizen):
    """A thousand an hour from one address are taken, a flood is not; what was typed stays."""
    mark = locks._mark("submission", "127.0.0.1")
    Try.objects.bulk_create(Try(mark=mark, at=timezone.now() - timedelta(minutes=n % 59)) for n in range(1000))
    assert citizen.hand_in(words=WORDS).status_code == 303
    Try.objects.bulk_create(Try(mark=mark, at=timezone.now()) for n in range(400))
    answer = citizen.hand_in(words="又一件事。", place="门口")
    assert (answer.status_code, Case.objects.count()) == (429, 1)
    assert answer.context["form"]["place"].value() == "门口" and "12345" in answer.content.decode()
    assert elsewhere(citizen).hand_in(words=WORDS).status_code == 303


def test_one_browser_hands_in_thirty_an_hour_and_its_neighbour_is_not_asked(citizen, monkeypatch, clock):
    monkeypatch.setitem(locks.SUBMISSIONS, "session", 3)
    for n in range(3):
        assert citizen.hand_in(words=f"第 {n} 件：{WORDS}").status_code == 303
    answer = citizen.hand_in(words="第四件。")
    assert (answer.status_code, Case.objects.count()) == (429, 3) and "第四件。" in answer.content.decode()
    assert type(citizen)().hand_in(words=WORDS).status_code == 303, "the same address, another browser"
    clock.shift(timedelta(hours=1, minutes=1))
    assert citizen.hand_in(words="第四件。").status_code == 303


def elsewhere(citizen):
    return type(citizen)(REMOTE_ADDR="10.9.8.7")


def test_a_form_without_its_token_is_refused(citizen):
    strict = type(citizen)(enforce_csrf_checks=True)
    answer = strict.send("/submit/", {"words": WORDS, "secrecy": "general"})
    assert answer.status_code == 403 and not Case.objects.exists()


def test_a_form_with_its_token_is_taken(citizen):
    strict = type(citizen)(enforce_csrf_checks=True)
    form = strict.open("/submit/").context
    said = {
        "key": form["form"]["key"].value(),
        "words": WORDS,
        "secrecy": "general",
        "csrfmiddlewaretoken": str(form["csrf_token"]),
    }
    assert strict.send("/submit/", said).status_code == 303 and Case.objects.count() == 1
