"""Does the palette lead to a case however its number is typed, to queues, pages and steps, and never past what one may see?"""

from __future__ import annotations

import pytest

from suqiu.cases.models import Look
from tests.hands import Form  # noqa: F401

from .conftest import NOW
from .test_queues import _about


def _found(at_desk, typed: str, **more) -> list[str]:
    page = at_desk.open("/desk/go/", data={"q": typed} | more, headers={"HX-Request": "true"})
    assert page.status_code == 200
    return [place.url for _title, places in page.context["groups"] for place in places]


@pytest.mark.parametrize(
    "shape",
    ["{n}", "{spoken}", "{lower}", "{digits}", "{digits4} {last}", "{last}", "{short}", "{day}-{last}", "{wide}"],
)
def test_a_number_is_found_as_people_type_it(shape, cast, seated):
    case = cast.in_hand()
    digits = case.number[2:]
    typed = shape.format(
        n=case.number, spoken=case.spoken_number, lower=case.number.lower(), digits=digits, digits4=digits[2:6], last=digits[-4:],
        short=str(int(digits[-4:])), day=digits[4:6], wide=digits.translate({ord("0") + n: 0xFF10 + n for n in range(10)}),
    )  # fmt: skip
    assert f"/desk/case/{case.number}/" in _found(seated("c-housing-jb1"), typed)


def test_without_scripts_one_number_that_fits_is_gone_to(cast, seated):
    case = cast.in_hand()
    answer = seated("c-housing-jb1").open("/desk/go/", data={"q": case.spoken_number})
    assert (answer.status_code, answer["Location"]) == (302, f"/desk/case/{case.number}/")
    page = seated("c-housing-jb1").open("/desk/go/", data={"q": "本单位"})
    assert page.status_code == 200 and "/desk/queue/unit/" in page.content.decode()


def test_what_one_may_not_see_is_not_found(cast, seated):
    foreign, secret, about = cast.in_hand(unit="C-MARKET"), cast.in_hand(secrecy="confidential"), _about(cast)
    for case in (foreign, about):
        assert f"/desk/case/{case.number}/" not in _found(seated("c-housing-jb1"), case.number)
    assert f"/desk/case/{secret.number}/" in _found(seated("c-housing-sh"), secret.number)
    assert f"/desk/case/{secret.number}/" not in _found(seated("c-housing-sh"), "电梯")
    page = seated("c-housing-sh").open("/desk/go/", data={"q": secret.number}, headers={"HX-Request": "true"})
    assert secret.title not in page.content.decode()
    assert _found(seated("gl01"), foreign.number) == []


def test_what_is_no_place_is_looked_for_in_all_that_was_said(cast, seated):
    assert "/desk/search/?q=%E9%93%81%E9%94%85" in _found(seated("pd01"), "铁锅")
    assert _found(seated("gl01"), "铁锅") == []


def test_words_of_a_title_find_open_cases(cast, seated):
    case, closed = cast.in_hand(), cast.closed()
    found = _found(seated("c-housing-jb1"), "电梯")
    assert f"/desk/case/{case.number}/" in found and f"/desk/case/{closed.number}/" not in found


def test_queues_pages_and_matters_are_found_by_a_part_of_their_name(cast, seated):
    assert "/desk/queue/to-sign/" in _found(seated("c-housing-jb1"), "签收")
    assert "/desk/queue/to-dispatch/" not in _found(seated("c-housing-jb1"), "派单")
    assert "/desk/notices/" in _found(seated("c-housing-jb1"), "提醒")
    assert any(url.startswith("/desk/catalogue/?q=") for url in _found(seated("pd01"), "电梯"))


def test_the_steps_of_the_case_before_one_are_offered(cast, seated):
    case = cast.in_hand()
    assert f"/desk/case/{case.number}/step/contact/" in _found(seated("c-housing-jb1"), "联系", case=case.number)
    assert [url for url in _found(seated("c-market-jb1"), "联系", case=case.number) if case.number in url] == []


@pytest.mark.parametrize("typed", ["", "%", "'", "\\", "0" * 40, "长" * 60, "GY", "\0", "G" * 40])
def test_anything_can_be_typed(typed, cast, seated):
    cast.in_hand()
    assert seated("pd01").open("/desk/go/", data={"q": typed}, headers={"HX-Request": "true"}).status_code == 200


def test_a_look_beside_the_list_is_a_look_and_shows_no_more_than_the_page(cast, seated):
    case, foreign = cast.in_hand(), cast.in_hand(unit="C-MARKET")
    officer = seated("c-housing-jb1")
    page = officer.open(f"/desk/peek/{case.number}/", headers={"HX-Request": "true"})
    assert page.status_code == 200 and "电梯坏了三天" in page.content.decode() and "王桂芳" not in page.content.decode()
    assert Look.objects.filter(case=case, officer=cast.handler(), what="page", at=NOW).count() == 1
    assert officer.open(f"/desk/peek/{foreign.number}/", headers={"HX-Request": "true"}).status_code == 404
    assert not Look.objects.filter(case=foreign).exists()


def test_the_map_of_keys_is_a_page_too(seated):
    assert "去左边第几个队列" in seated("hf01").open("/desk/keys/").content.decode()
