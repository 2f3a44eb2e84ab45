"""Does the search page find what a person may see, in as many queries for one hit as for twenty?"""

from __future__ import annotations

import pytest
from django.urls import reverse


@pytest.fixture
def ask(client, cast):
    def get(user, wanted: str, **more):
        client.force_login(user)
        return client.get(reverse("desk:search"), {"q": wanted, **more})

    return get


def test_what_was_said_is_found_with_the_words_around_it(ask, cast):
    case = cast.in_hand(text="楼下烧烤店天天冒烟，开不了窗")
    page = ask(cast.handler(), "冒烟").content.decode()
    assert f"/desk/case/{case.number}/" in page and "楼下烧烤店天天冒烟，开不了窗" in page
    assert f"/desk/case/{case.number}/" not in ask(cast.handler("C-MARKET"), "冒烟").content.decode()


def test_a_number_opens_its_case_however_it_is_grouped(ask, cast):
    case = cast.in_hand()
    for written in (case.number, case.spoken_number, case.number.lower()):
        assert ask(cast.handler(), written)["Location"] == f"/desk/case/{case.number}/"
    assert ask(cast.handler("C-MARKET"), case.number).status_code == 200


def test_nothing_asked_and_nothing_found_say_what_to_do(ask, cast):
    assert "写事情、地点或编号" in ask(cast.operator, "").content.decode()
    assert "没有找到" in ask(cast.operator, "恐龙").content.decode()
    assert "没有找到" in ask(cast.operator, "'|&!:*\\").content.decode()


@pytest.mark.parametrize(
    ("more", "status"), [({"q": "水" * 61}, 422), ({"q": "水", "below": "x"}, 400), ({"q": "\0水"}, 200)]
)
def test_what_no_form_of_ours_would_send(client, cast, more, status):
    client.force_login(cast.operator)
    assert client.get(reverse("desk:search"), more).status_code == status


def test_the_next_page_goes_on_where_this_one_ended(ask, cast):
    made = [cast.case(text="路灯不亮").number for _n in range(23)]
    first = ask(cast.operator, "路灯")
    second = first.context["pager"]["next_url"]
    assert [n for n in reversed(made) if n in first.content.decode()] == made[:2:-1]
    page = ask(cast.operator, "路灯", below=second.rpartition("below=")[2]).content.decode()
    assert [n for n in reversed(made) if n in page] == made[2::-1]


def test_queries_are_the_same_for_one_hit_and_for_twenty(
    client, cast, django_assert_max_num_queries, django_assert_num_queries
):
    address = reverse("desk:search") + "?q=路灯"
    cast.case(text="路灯不亮")
    client.force_login(cast.operator)
    client.get(address)
    with django_assert_max_num_queries(13) as one:
        client.get(address)
    for _n in range(19):
        cast.case(text="路灯不亮")
    with django_assert_num_queries(len(one)):
        assert client.get(address).content.decode().count("case-row-title") == 20
