"""Every page: both languages, large mode, no script or style inside, plain links and forms, few queries."""

import re
from html.parser import HTMLParser

import pytest

from suqiu.followup.links import make_link
from suqiu.followup.models import Attempt
from suqiu.portal import queries
from suqiu.portal.numbers import Share, shown, wilson
from suqiu.portal.queries import Answers

from .conftest import NOW

OPEN_TO_ALL = ["/", "/submit/", "/track/", "/verify/"]


@pytest.fixture
def pages(citizen, cast) -> list[str]:
    """Every page there is, for somebody who has just handed in and knows a case that waits for his rating."""
    case = cast.sent()
    token = make_link(case=case, at=NOW)
    citizen.prove(case)
    citizen.hand_in(words="路灯不亮三天了。")
    case_pages = [
        f"/case/{case.number}/",
        *(f"/case/{case.number}/do/{s}/" for s in ("attempt", "caller_adds", "withdraw")),
    ]
    return [*OPEN_TO_ALL, "/submitted/", *case_pages, f"/rate/{token}/"]


class Reader(HTMLParser):
    """Notes what may not stand in a page, and what must."""

    def __init__(self):
        super().__init__()
        self.faults, self.labels, self.inputs, self.ids = [], set(), [], []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "style" or (tag == "script" and "src" not in given):
            self.faults.append(f"inline <{tag}>")
        self.faults += [f"{tag} {name}" for name in given if name == "style" or name.startswith("on")]
        if tag == "label" and given.get("for"):
            self.labels.add(given["for"])
        if "id" in given:
            self.ids.append(given["id"])
        if tag in ("input", "select", "textarea") and given.get("type") not in ("hidden", "submit"):
            self.inputs.append(given.get("id"))
        if tag == "form" and given.get("method") != "post":
            self.faults.append("a form without post")


def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    return reader


@pytest.mark.parametrize("language, lang", [("zh", "zh-CN"), ("en", "en")])
@pytest.mark.parametrize("large", ["0", "1"])
def test_every_page(citizen, pages, language, lang, large):
    for address in pages:
        answer = citizen.open(f"{address}?lang={language}&large={large}")
        page = answer.content.decode()
        assert answer.status_code == 200, address
        assert f'<html lang="{lang}"' in page and ('data-size="large"' in page) == (large == "1"), address
        assert "unsafe-inline" not in answer["Content-Security-Policy"]
        reader = read(page)
        assert not reader.faults, (address, reader.faults)
        assert not set(reader.inputs) - reader.labels, address
        assert len(reader.ids) == len(set(reader.ids)), address
        assert page.count("<h1") == 1 and 'href="tel:110"' in page and 'href="tel:12345"' in page
        assert page.index("tel:110") < page.index("<h1")


def test_large_mode_is_remembered_and_forgotten(citizen, db):
    assert 'data-size="large"' not in citizen.open("/").content.decode()
    citizen.open("/?large=1")
    assert 'data-size="large"' in citizen.open("/track/").content.decode()
    citizen.open("/?large=0")
    assert 'data-size="large"' not in citizen.open("/track/").content.decode()


def test_places_are_named_in_the_readers_language(citizen, db):
    chinese, english = (citizen.open(f"/submit/?lang={language}").content.decode() for language in ("zh", "en"))
    assert '<optgroup label="利州区">' in chinese and '<optgroup label="Lizhou District">' in english
    assert chinese.count("<option") == english.count("<option") > 100


def test_pages_for_one_person_are_kept_by_no_cache(citizen, pages):
    for address in pages:
        if address not in ("/",):
            assert "no-store" in citizen.open(address)["Cache-Control"], address


def test_each_page_takes_few_queries(citizen, pages, django_assert_max_num_queries):
    for address in pages:
        citizen.open(address)
        with django_assert_max_num_queries(12):
            citizen.open(address)


def test_other_methods_are_refused(citizen, pages):
    for address in pages:
        assert citizen.browser.put(address).status_code == 405, address
    assert citizen.browser.post("/").status_code == citizen.browser.post("/submitted/").status_code == 405


def test_forms_stand_without_a_script(citizen, pages):
    """What only a script can do is marked so; every form has a button that submits."""
    for address in pages:
        page = citizen.open(address).content.decode()
        for form in re.findall(r"<form.*?</form>", page, re.S):
            assert re.search(r"<button(?![^>]*type=\"button\")", form), address


# ---- the home page's number


def answered(cast, n: int, solved: str) -> None:
    case = cast.sent()
    for cycle in range(n):
        Attempt.objects.create(
            case=case, cycle=cycle + 1, line_no=1, at=NOW, way="phone", outcome="answered", solved=solved
        )


def test_no_number_before_enough_people_answered(citizen, cast):
    answered(cast, 4, "yes")
    assert citizen.open("/").context["number"] is None


def test_few_people_are_named_without_a_per_cent(citizen, cast):
    answered(cast, 9, "yes")
    answered(cast, 3, "no")
    page = citizen.open("/")
    assert page.context["number"] == Share(of=12, said=9, not_reached=0)
    assert "回访到的 12 人里，9 人说解决了" in page.content.decode() and "honest-figure" not in page.content.decode()


def test_the_last_answer_of_a_round_counts_and_old_or_unreached_ones_do_not(cast, db):
    case = cast.sent()
    for line, (at, outcome, solved) in enumerate(
        [(NOW, "answered", "no"), (NOW, "answered", "yes"), (NOW, "no_answer", ""), (NOW.replace(year=2025), "answered", "yes")], 1
    ):  # fmt: skip
        Attempt.objects.create(
            case=case, cycle=1 if line < 4 else 2, line_no=line, at=at, way="phone", outcome=outcome, solved=solved
        )
    assert queries.answers(NOW) == Answers(reached=1, solved=1, not_reached=0)


def test_a_share_has_its_interval():
    assert shown(Answers(260, 214, 31)) == Share(of=260, said=214, not_reached=31, per_cent="82.3", low=77, high=86)
    assert shown(Answers(30, 30, 0)).high == 100 and shown(Answers(30, 0, 0)).low == 0
    low, high = wilson(214, 260)
    assert low == pytest.approx(0.7721, abs=1e-3) and high == pytest.approx(0.8647, abs=1e-3)
