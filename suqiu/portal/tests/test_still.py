"""The link of a month later: one tap, once; old, overtaken, wrong or half answers change nothing and say what still works (peers 10)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from suqiu.cases.models import Case
from suqiu.followup import looking_back
from suqiu.followup.models import LookBack
from suqiu.portal.still_views import WORDS_LIMIT

from .conftest import NOW

DAY = timedelta(days=1)


@pytest.fixture
def asked(cast):
    """Closed a month ago, drawn, and asked today."""
    case = cast.drawn(at=NOW - 32 * DAY)
    case.token = looking_back.make_link(LookBack.objects.select_related("case__person").get(), NOW)
    return case


def tap(citizen, case, **said):
    return citizen.send(f"/still/{case.token}/", said)


def lines(case) -> int:
    return case.lines.filter(step="look_back").count()


def test_the_link_shows_what_was_answered_then_and_two_taps(citizen, asked):
    page = citizen.open(f"/still/{asked.token}/")
    text = page.content.decode()
    assert page.status_code == 200 and "电梯门机板已换好" in text and "no-store" in page["Cache-Control"]
    assert [c["value"] for c in page.context["question"]["choices"]] == ["yes", "no"]
    assert 'aria-pressed="true"' not in text and lines(asked) == 0


def test_yes_is_one_tap_and_the_case_stays_closed(citizen, asked):
    answer = tap(citizen, asked, still="yes")
    assert (answer.status_code, answer["Location"]) == (303, f"/still/{asked.token}/")
    assert "谢谢，记下了" in citizen.open(f"/still/{asked.token}/").content.decode()
    case, row = Case.objects.get(pk=asked.pk), LookBack.objects.get()
    assert (case.state, case.verdict, row.is_still_solved, row.answered_at) == ("C", "solved", True, NOW)
    line = case.lines.get(step="look_back")
    assert (line.actor, line.officer_id, line.says["still"]) == ("citizen", None, "yes")


def test_no_goes_on_under_the_same_number_with_his_words(citizen, asked):
    tap(citizen, asked, still="no", words="上周又停了\x00")
    page = citizen.open(f"/still/{asked.token}/").content.decode()
    assert "还是这个编号" in page
    case = Case.objects.get(pk=asked.pk)
    assert (case.state, case.cycle, case.number) == ("H", 2, asked.number)
    assert case.contents.get(line_no=case.lines.get(step="look_back").no).body == "上周又停了"


def test_a_double_tap_counts_once_and_another_mind_afterwards_not_at_all(citizen, asked):
    for _press in range(2):
        answer = tap(citizen, asked, still="yes")
    assert lines(asked) == 1 and answer.status_code == 200 and "谢谢，记下了" in answer.content.decode()
    assert "谢谢，记下了" in tap(citizen, asked, still="no").content.decode()
    assert Case.objects.get(pk=asked.pk).state == "C" and LookBack.objects.get().is_still_solved is True


@pytest.mark.parametrize(
    "said", [{}, {"words": "又坏了"}, {"still": ""}, {"still": "perhaps"}, {"still": "half"}, {"yes": "1"}]
)
def test_half_an_answer_is_none_here_and_what_was_typed_stays(citizen, asked, said):
    answer = tap(citizen, asked, **said)
    text = answer.content.decode()
    assert answer.status_code == 422 and 'role="alert"' in text and lines(asked) == 0
    assert said.get("words", "") in text and LookBack.objects.get().answered_at is None


def test_too_many_words_change_nothing(citizen, asked):
    answer = tap(citizen, asked, still="no", words="长" * (WORDS_LIMIT + 1))
    assert answer.status_code == 413 and "长" * 20 in answer.content.decode() and lines(asked) == 0
    assert tap(citizen, asked, still="no", words="x" * 10_000_000).status_code == 413 and lines(asked) == 0


@pytest.mark.parametrize("token", ["nothing", "x" * 500, "..%2f", "a b"])
def test_no_such_link(citizen, db, token):
    answer = citizen.open(f"/still/{token}/")
    assert answer.status_code == 404
    assert citizen.send(f"/still/{token}/", {"still": "no"}).status_code == 404


def test_one_letter_off_is_another_link(citizen, asked):
    other = asked.token[:-1] + ("a" if asked.token[-1] != "a" else "b")
    answer = citizen.send(f"/still/{other}/", {"still": "no"})
    assert answer.status_code == 404 and "没有这个链接" in answer.content.decode() and lines(asked) == 0


def test_an_old_link_says_until_when_and_what_still_works(citizen, asked, clock):
    clock.shift(15 * DAY)
    page = citizen.open(f"/still/{asked.token}/")
    text = page.content.decode()
    assert page.status_code == 410 and "链接到 6 月 24 日为止有效" in text and 'href="/track/"' in text
    assert tap(citizen, asked, still="no").status_code == 410 and lines(asked) == 0


def test_the_last_day_is_a_whole_day(citizen, asked, clock):
    clock.shift(14 * DAY)
    assert tap(citizen, asked, still="yes").status_code == 303 and lines(asked) == 1


def test_what_went_on_meanwhile_is_not_asked_about(citizen, cast, asked):
    """He has appealed by his code, and it is handled again: the link of the round before reopens nothing."""
    asked.refresh_from_db()
    cast.citizen("look_back", asked, at=NOW, outcome="answered", still="no")
    LookBack.objects.update(answered_at=None)
    answer = tap(citizen, asked, still="no")
    assert answer.status_code == 410 and "往前走了" in answer.content.decode() and lines(asked) == 1


def test_the_link_opens_neither_the_case_nor_another_one(citizen, cast, asked):
    citizen.open(f"/still/{asked.token}/")
    assert citizen.open(f"/case/{asked.number}/")["Location"].startswith("/track/")
    assert citizen.open(f"/rate/{asked.token}/").status_code == 404


def test_a_form_without_its_token_is_asked_again(asked, db):
    from .conftest import Citizen

    answer = Citizen(enforce_csrf_checks=True).send(f"/still/{asked.token}/", {"still": "no"})
    assert answer.status_code == 403 and lines(asked) == 0
