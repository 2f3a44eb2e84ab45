import hashlib
from datetime import timedelta

import pytest

from suqiu.directory.tries import locked_until
from suqiu.portal.locks import TooMany, block_of
from suqiu.portal.models import Try
from tests.cast import MONDAY


def bare(answer) -> str:
    """The page without what differs anyway: the form's token and the number that was typed."""
    page = answer.content.decode()
    return page.replace(str(answer.context["csrf_token"]), "").replace(answer.context["form"]["number"].value(), "")


def test_number_and_code_open_the_case_however_they_are_typed(citizen, cast):
    case = cast.case()
    spoken = f" {case.spoken_number.lower()} "
    wide = "".join(chr(ord(c) + 0xFEE0) for c in case.code)
    answer = citizen.send("/track/", {"number": spoken, "code": f"{wide[:4]} {wide[4:]}"})
    assert (answer.status_code, answer["Location"]) == (303, f"/case/{case.number}/")


def test_a_wrong_code_and_no_such_number_are_one_answer(citizen, cast):
    """peers 24."""
    case = cast.case()
    wrong = citizen.send("/track/", {"number": case.number, "code": "00000000"})
    unknown = citizen.send("/track/", {"number": case.number[:-4] + "9999", "code": "00000000"})
    assert wrong.status_code == unknown.status_code == 422
    assert hashlib.sha256(bare(wrong).encode()).digest() == hashlib.sha256(bare(unknown).encode()).digest()


def test_a_case_without_a_code_opens_to_nobody(citizen, cast):
    from suqiu.cases.models import Case

    case = cast.case()
    Case.objects.filter(pk=case.pk).update(query_code_hash="")
    for code in ("", "0", "00000000"):
        assert citizen.send("/track/", {"number": case.number, "code": code}).status_code == 422


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"number": "GY1"},
        {"code": "12345678"},
        {"number": "x" * 41, "code": "1"},
        {"number": "\x00", "code": "\x00"},
    ],
)
def test_something_is_missing(citizen, said):
    answer = citizen.send("/track/", said)
    assert answer.status_code == 422 and "field-errors" in answer.content.decode()
    assert not Try.objects.exists()


@pytest.mark.parametrize("exists", [True, False])
def test_five_wrong_codes_lock_the_number_for_a_quarter_of_an_hour(citizen, cast, clock, exists):
    case = cast.case()
    number = case.number if exists else "GY2606089999"
    for _try in range(5):
        assert citizen.send("/track/", {"number": number, "code": "00000000"}).status_code == 422
    locked = citizen.send("/track/", {"number": number, "code": case.code})
    assert locked.status_code == 429
    assert "15 分钟" in locked.content.decode() and "12345" in locked.content.decode()

    clock.shift(timedelta(minutes=14, seconds=59))
    assert citizen.send("/track/", {"number": number, "code": case.code}).status_code == 429
    clock.shift(timedelta(seconds=2))
    assert citizen.send("/track/", {"number": number, "code": case.code}).status_code == (303 if exists else 422)


def test_another_number_is_not_locked_with_it(citizen, cast):
    case, other = cast.case(), cast.case(text="另一件事，井盖坏了。")
    for _try in range(5):
        citizen.send("/track/", {"number": case.number, "code": "00000000"})
    assert citizen.prove(other).status_code == 303


def test_who_has_proved_it_is_not_locked_out_by_a_guesser(citizen, cast):
    case = cast.case()
    citizen.prove(case)
    guesser = type(citizen)()
    for _try in range(6):
        guesser.send("/track/", {"number": case.number, "code": "00000000"})
    assert citizen.open(f"/case/{case.number}/").status_code == 200


def test_a_village_with_twenty_wrong_codes_is_not_locked_a_flood_from_it_is(citizen, cast, monkeypatch):
    case = cast.case()
    for number in range(20):
        fresh = type(citizen)(REMOTE_ADDR=f"10.1.2.{number}")
        assert fresh.send("/track/", {"number": f"GY26060800{number:02d}", "code": "00000000"}).status_code == 422
    assert type(citizen)(REMOTE_ADDR="10.1.2.200").prove(case).status_code == 303
    monkeypatch.setattr("suqiu.portal.locks.WRONG_PER_BLOCK", 20)
    locked = type(citizen)(REMOTE_ADDR="10.1.2.200").prove(case)
    assert locked.status_code == 429 and "/code/" in locked.content.decode(), "the way out is named"
    assert type(citizen)(REMOTE_ADDR="10.1.3.1").prove(case).status_code == 303


def test_twenty_wrong_codes_lock_the_browser_wherever_it_goes(citizen, cast):
    case = cast.case()
    citizen.open("/submit/")  # a session
    for n in range(20):
        citizen.send("/track/", {"number": f"GY26060800{n:02d}", "code": "00000000"}, REMOTE_ADDR=f"10.1.{n}.1")
    assert (
        citizen.send("/track/", {"number": case.number, "code": case.code}, REMOTE_ADDR="10.200.1.1").status_code == 429
    )


def test_right_codes_are_never_counted(citizen, cast):
    case = cast.case()
    for _try in range(30):
        assert citizen.prove(case).status_code == 303
    assert not Try.objects.exists()


def test_tries_hold_no_number_and_no_address_and_go_after_a_day(citizen, cast, clock):
    case = cast.case()
    citizen.send("/track/", {"number": case.number, "code": "00000000"})
    assert {len(t.mark) for t in Try.objects.all()} == {64}
    clock.shift(timedelta(days=2))
    citizen.send("/track/", {"number": case.number, "code": "00000000"})
    assert Try.objects.count() == 2


def test_the_session_changes_its_name_when_it_learns_a_case(citizen, cast):
    citizen.open("/submit/")
    before = citizen.browser.session.session_key
    citizen.prove(cast.case())
    assert citizen.browser.session.session_key != before


def test_behind_a_proxy_the_city_names(citizen, cast, settings, monkeypatch):
    case = cast.case()
    monkeypatch.setattr("suqiu.portal.locks.WRONG_PER_BLOCK", 20)
    settings.TRUSTED_PROXIES = ["127.0.0.1"]
    for n in range(20):
        citizen.send("/track/", {"number": f"GY26060800{n:02d}", "code": "0"}, HTTP_X_FORWARDED_FOR="1.1.1.1, 10.5.5.5")
    fresh = type(citizen)()
    said = {"number": case.number, "code": case.code}
    assert fresh.send("/track/", said, HTTP_X_FORWARDED_FOR="8.8.8.8, 10.5.5.9").status_code == 429
    assert fresh.send("/track/", said, HTTP_X_FORWARDED_FOR="10.5.5.9, 10.6.6.6").status_code == 303


def minutes(*since):
    return [MONDAY + timedelta(minutes=m) for m in since]


@pytest.mark.parametrize(
    ("times", "until"),
    [
        ([], None),
        (minutes(3, 2, 1, 0), None),
        (minutes(4, 3, 2, 1, 0), 19),
        (minutes(15, 3, 2, 1, 0), 30),
        (minutes(16, 3, 2, 1, 0), None),
        (minutes(20, 19, 18, 17, 16, 0), 35),
    ],
)
def test_locked_until(times, until):
    assert locked_until(times, 5) == (until and MONDAY + timedelta(minutes=until))


def test_blocks():
    assert block_of("10.1.2.3") == "10.1.2.0/24" == block_of("::ffff:10.1.2.9")
    assert block_of("2001:db8:1:2::7") == "2001:db8:1::/48"
    assert block_of("unix:") == "unix:"
    assert TooMany(3).minutes == 3
