"""The one-time link: first whether it is solved; each tap is kept; used or old, it says what still works."""

from datetime import timedelta

import pytest

from suqiu.cases.models import Case
from suqiu.followup.links import make_link
from suqiu.followup.models import Link
from tests.cast import MONDAY

from .conftest import NOW


@pytest.fixture
def sent(cast):
    case = cast.sent(at=MONDAY)
    case.token = make_link(case=case, at=NOW)
    return case


def open_link(citizen, case):
    return citizen.open(f"/rate/{case.token}/")


def tap(citizen, case, **said):
    return citizen.send(f"/rate/{case.token}/", said)


def asked(answer) -> list[str]:
    return [q["name"] for q in answer.context["questions"]]


def test_solved_is_asked_first_alone_and_nothing_is_chosen(citizen, sent):
    answer = open_link(citizen, sent)
    page = answer.content.decode()
    assert answer.status_code == 200 and asked(answer) == ["solved"]
    assert 'aria-pressed="true"' not in page and "电梯门机板已换好" in page and answer.context["words_form"] is None


def test_every_tap_is_kept_at_once(citizen, sent):
    answer = tap(citizen, sent, solved="no")
    assert (answer.status_code, answer["Location"]) == (303, f"/rate/{sent.token}/#question-satisfied")
    assert Link.objects.get().answers == {"solved": "no"} and not sent.attempts.exists()
    shown = open_link(citizen, sent)
    assert asked(shown) == ["solved", "satisfied", "contacted", "is_true"] and "记下了" in shown.content.decode()
    tap(citizen, sent, solved="half")
    tap(citizen, sent, satisfied="2")
    assert Link.objects.get().answers == {"solved": "half", "satisfied": "2"}
    pressed = [
        c["value"] for q in open_link(citizen, sent).context["questions"] for c in q["choices"] if c["is_chosen"]
    ]
    assert pressed == ["half", "2"]


def test_half_an_answer_is_an_answer(citizen, sent):
    tap(citizen, sent, solved="yes")
    answer = tap(citizen, sent, finish="1", words="")
    assert (answer.status_code, answer["Location"]) == (303, f"/rate/{sent.token}/")
    case = Case.objects.get(pk=sent.pk)
    assert (case.state, case.verdict) == ("C", "solved")
    attempt = case.attempts.get()
    assert (attempt.by_id, attempt.way, attempt.solved, attempt.satisfied) == (None, "online", "yes", "")


def test_words_go_with_the_answer(citizen, sent):
    tap(citizen, sent, solved="no")
    tap(citizen, sent, finish="1", words="第二天又坏了。")
    case = Case.objects.get(pk=sent.pk)
    assert (case.state, case.cycle) == ("H", 2)
    assert case.contents.filter(name="words", body="第二天又坏了。").exists()


def test_a_second_press_on_the_end_says_thanks_again(citizen, sent):
    tap(citizen, sent, solved="yes")
    for _press in range(2):
        answer = tap(citizen, sent, finish="1")
    assert sent.attempts.count() == 1
    assert answer.status_code == 200 and "谢谢，记下了" in answer.content.decode()
    again = tap(citizen, sent, solved="no")
    assert "谢谢，记下了" in again.content.decode() and Case.objects.get(pk=sent.pk).verdict == "solved"


@pytest.mark.parametrize(
    "said", [{}, {"solved": "perhaps"}, {"solved": ""}, {"nonsense": "1"}, {"finish": "1"}, {"words": "x"}]
)
def test_what_is_no_answer_is_not_taken(citizen, sent, said):
    answer = tap(citizen, sent, **said)
    assert answer.status_code == 422 and 'role="alert"' in answer.content.decode() and asked(answer) == ["solved"]
    assert Link.objects.get().answers == {}


def test_too_many_words_are_kept_in_the_form(citizen, sent):
    tap(citizen, sent, solved="no")
    answer = tap(citizen, sent, finish="1", words="长" * 2001)
    assert answer.status_code == 413 and "长" * 2001 in answer.content.decode() and not sent.attempts.exists()
    assert tap(citizen, sent, finish="1", words="x" * 10_000_000).status_code == 413


def test_an_old_link_says_until_when_and_what_still_works(citizen, sent, clock):
    clock.shift(timedelta(days=15))
    answer = open_link(citizen, sent)
    page = answer.content.decode()
    assert (
        answer.status_code == 410
        and "链接到 6 月 24 日为止有效" in page
        and 'href="/track/"' in page
        and "编号和查询码还能用" in page
    )
    assert tap(citizen, sent, solved="yes").status_code == 410 and Link.objects.get().answers == {}


def test_a_link_of_an_earlier_round(citizen, cast, sent):
    cast.ask_back(sent, at=NOW, solved="no")
    answer = open_link(citizen, sent)
    assert answer.status_code == 410 and "之前那一轮" in answer.content.decode()


def test_no_such_link(citizen, db):
    answer = citizen.open("/rate/nothing/")
    assert (
        answer.status_code == 404
        and "没有这个链接" in answer.content.decode()
        and 'href="/track/"' in answer.content.decode()
    )


def test_a_link_opens_neither_the_case_nor_its_own_pictures(citizen, sent):
    open_link(citizen, sent)
    assert citizen.open(f"/case/{sent.number}/")["Location"].startswith("/track/")
    after = sent.attachments.get(kind="after")
    assert citizen.open(f"/a/{after.pk}/").status_code == 200


def test_queries_are_few(citizen, sent, django_assert_max_num_queries):
    tap(citizen, sent, solved="no")
    open_link(citizen, sent)
    with django_assert_max_num_queries(12):
        open_link(citizen, sent)
