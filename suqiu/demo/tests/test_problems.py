"""Is every hand-written problem whole, and are no two texts the same story?"""

import csv
import tomllib
from collections import Counter

import pytest

from suqiu.cases.asking import LINE_LIMIT
from suqiu.cases.models import DemandType, RoutingClass, Urgency
from suqiu.demo import plan, problems
from suqiu.demo.problems import HERE, all_problems, english, events, matters, specials
from suqiu.intake.rules import REASONS_OF_CLASS

DAY = plan.date(2026, 11, 24)
GRAM = 5
AT_MOST = 0.6  # of the shorter text's 5-grams
HANDLED = [p for p in (*problems.problems(), *english(), *events(), *specials()) if p.matter]
STOCK = ("高度重视", "责成", "予以", "积极协调", "该诉求人")


def test_all_files_are_there():
    assert (len(problems.problems()), len(english()), len(events())) == (450, 20, 4)
    assert Counter(p.use for p in specials())["about"] == 8
    assert sum(len(p.tellings) for p in problems.problems()) == 2250


@pytest.mark.parametrize("problem", HANDLED, ids=lambda p: p.title)
def test_a_problem_that_is_handled_is_whole(problem):
    assert problem.matter in matters()
    assert problem.type in DemandType.values and problem.urgency in Urgency.values
    assert problem.where in ("any", "urban", "rural")
    assert all(text.count("{place}") == 1 for text in problem.tellings)
    assert 1 <= len(problem.asks) <= 3
    assert problem.contact and problem.finding and problem.reply and problem.basis and problem.plan and problem.unsolved
    assert not [word for reply in problem.reply for word in STOCK if word in reply]
    left = [text.replace("{date}", "").replace("{later}", "") for text in (*problem.reply, problem.plan)]
    assert not [text for text in left if "{" in text]


def test_a_question_has_an_answer_and_its_source():
    asked = problems.questions()
    assert len(asked) >= 60 and len({p.title for p in asked}) == len(asked)
    for problem in asked:
        assert problem.matter in matters(), problem.title
        assert all(text.count("{place}") == 1 for text in problem.tellings), problem.title
        assert problem.asks and problem.reply and 0 < len(problem.basis) <= LINE_LIMIT, problem.title
        assert not [text for text in problem.reply if "{" in text or any(word in text for word in STOCK)], problem.title


def test_the_type_is_one_that_the_catalogue_names():
    types: dict[str, list[str]] = {}
    for file in sorted((HERE / "matters").glob("*.csv")):
        with file.open(encoding="utf-8", newline="") as lines:
            types |= {r["code"]: r["types"].split("|") for r in csv.DictReader(lines)}
    assert not [p.title for p in (*HANDLED, *problems.questions()) if p.type not in types[p.matter]]


def test_who_is_sent_another_way_is_told_where_and_why():
    for problem in specials():
        if problem.use in ("about", "archive"):
            continue
        assert problem.way and problem.told and problem.basis, problem.title
        if problem.reason:
            routing_class, reason = problem.reason.split("/")
            assert routing_class in RoutingClass.values and reason in REASONS_OF_CLASS[routing_class]


def test_the_lists_of_words_have_no_sentence_twice():
    lists = tomllib.loads((HERE / "words.toml").read_text(encoding="utf-8"))
    said = Counter(s for sentences in lists.values() for s in sentences if isinstance(s, str))
    assert [s for s, n in said.items() if n > 1] == []
    assert sum(len(sentences) for name, sentences in lists.items() if name.startswith(("openings", "closings"))) >= 80


def test_no_two_cases_tell_the_same_story():
    """Told by one happening they may; otherwise two texts share at most 60 % of the shorter one's 5-grams."""
    planned = plan.plan(DAY)
    assert alike([(p.key, p.text, p.problem.event or p.key) for p in planned]) == []


def test_what_is_alike_is_found():
    text = "楼下的烧烤摊每天半夜还在吵，油烟全进了我家窗户。"
    assert alike([("a", text, "a"), ("b", "你好，" + text, "b")]) == [("a", "b")]
    assert alike([("a", text, "one"), ("b", text, "one")]) == []


def alike(texts: list[tuple[str, str, str]]) -> list[tuple[str, str]]:
    """(key, text, group) -> pairs of different groups that share too much; by an inverted index."""
    grams = [{text[i : i + GRAM] for i in range(len(text) - GRAM + 1)} for _key, text, _group in texts]
    where: dict[str, list[int]] = {}
    found = []
    for at, own in enumerate(grams):
        shared = Counter(other for gram in own for other in where.get(gram, ()))
        for other, count in shared.items():
            if count > AT_MOST * min(len(own), len(grams[other])) and texts[at][2] != texts[other][2]:
                found.append((texts[other][0], texts[at][0]))
        for gram in own:
            where.setdefault(gram, []).append(at)
    return found


def test_all_texts_of_the_files_differ_too():
    """All 2,343 tellings, not only the 2,000 that are used."""
    texts = [(p, n, text.replace("{place}", "")) for p in all_problems() for n, text in enumerate(p.tellings)]
    assert alike([(f"{p.title} {n}", text, p.event or f"{p.title} {n}") for p, n, text in texts]) == []
