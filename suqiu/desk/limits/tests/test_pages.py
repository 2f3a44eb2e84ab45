"""Do the pages of limits say whose turn it is, refuse what must be refused, and keep what was typed?"""

from __future__ import annotations

from datetime import timedelta

import pytest

from suqiu.desk.tests.conftest import NOW, clock, cost_the_same, said, seated  # noqa: F401
from suqiu.intake import caller_limits
from suqiu.intake.models import CallerLimit
from tests.hands import Form
from tests.limits import DAY, asked_three_times, decide, limited, propose

GIVEN = {"ground": "again", "words": "四次都是同一部电梯", "until": "2026-06-20"}


@pytest.fixture
def answered(cast):
    return asked_three_times(cast, at=NOW - DAY)


def address(case) -> str:
    return f"/desk/limits/propose/{case.number}/"


def filled(desk, case, **fields) -> dict:
    return Form(desk.open(address(case)).content.decode(), having="words").values | GIVEN | fields


def test_offered_on_the_case_to_who_may_and_only_where_it_can_be(cast, answered, seated):  # noqa: F811
    link = f'href="{address(answered)}"'
    assert link in seated("bz01").case(answered).content.decode()
    assert link not in seated("hw01").case(answered).content.decode()
    limited(cast, answered, at=NOW)
    page = seated("bz01").case(answered).content.decode()
    assert link not in page and "/desk/limits/" in page
    assert "有一条限制" in said(seated("hw01").case(answered))
    assert "看这条限制" not in said(seated("hw01").case(answered))


def test_the_form_handed_in_twice_is_one_proposal(answered, seated):  # noqa: F811
    desk = seated("bz01")
    form = filled(desk, answered)
    first, second = desk.send(address(answered), form), desk.send(address(answered), form)
    assert (first.status_code, second.status_code) == (303, 303) and first["Location"] == second["Location"]
    assert CallerLimit.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "part"),
    [
        ({"ground": "annoying"}, "annoying"), ({"until": "2026-09-01"}, "最长 30 天"), ({"until": "明天"}, "日期写成"),
        ({"words": ""}, "还没有填"), ({"words": "又" * 401}, "最多写 400 个字"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(answered, seated, wrong, part):  # noqa: F811
    desk = seated("bz01")
    page = desk.send(address(answered), filled(desk, answered, **wrong))
    assert page.status_code == 422 and part in said(page)
    assert (wrong.get("words", GIVEN["words"])) in page.content.decode() and not CallerLimit.objects.exists()


def test_a_form_older_than_what_it_rests_on_is_refused(cast, answered, seated):  # noqa: F811
    desk = seated("bz01")
    form = filled(desk, answered)
    cast.citizen("appeal", answered, at=NOW, words="不是这一部")
    cast.do("decide_appeal", answered, cast.other_shift_lead, at=NOW, is_upheld="yes", words="再看")
    page = desk.send(address(answered), form)
    assert page.status_code == 409 and "要有一次办结的答复" in said(page) and GIVEN["words"] in page.content.decode()


def test_two_buttons_for_the_second_none_for_the_first(cast, answered, seated):  # noqa: F811
    limit = propose(cast, answered, at=NOW)
    page = f"/desk/limits/{limit.pk}/"
    assert "同意限制" in said(seated("sl01").open(page)) and "同意限制" not in said(seated("bz01").open(page))
    assert seated("sl01").send(page, {"agree": "1"}).status_code == 422
    assert seated("sl01").send(page, {"perhaps": "1", "words": "看看"}).status_code == 422
    assert seated("sl01").send(page, {"refuse": "1", "words": "第三次是货梯"}).status_code == 303
    assert seated("db01").send(page, {"agree": "1", "words": "同意"}).status_code == 409  # opened before, pressed after
    limit.refresh_from_db()
    assert limit.is_agreed is False


def test_a_case_kept_from_an_officer_keeps_its_limit_too(cast, answered, seated):  # noqa: F811
    limit = propose(cast, answered, at=NOW)
    cast.do(
        "correct",
        again := cast.case(at=NOW),
        cast.intake_reviewer,
        at=NOW,
        about_officer=cast.supervisor,
        words="反映督办员",
    )
    assert again.about_officer and seated("db01").open(f"/desk/limits/{limit.pk}/").status_code == 200
    other = CallerLimit.objects.get(pk=limit.pk)
    other.pk, other.key, other.case, other.person = None, "hidden", again, again.person
    other.save(force_insert=True)
    assert seated("db01").open(f"/desk/limits/{other.pk}/").status_code == 404
    assert again.number not in seated("db01").open("/desk/limits/").content.decode()


def test_refused_and_lifted_ones_are_counted_beside_the_rest(cast, answered, seated):  # noqa: F811
    decide(cast, propose(cast, answered, at=NOW - timedelta(hours=2)), at=NOW, yes=False)
    limited(cast, answered, at=NOW - timedelta(hours=1))
    page = seated("ld01").open("/desk/limits/")
    assert [(c["label"], c["n"]) for c in page.context["counts"]][:3] == [
        ("一共提请", 2),
        ("第二人同意", 1),
        ("第二人不同意", 1),
    ]
    for show, n in (("waiting", 0), ("running", 1), ("over", 1)):
        assert len(seated("ld01").open(f"/desk/limits/?show={show}").context["rows"]) == n


def test_the_operator_reads_it_by_the_number_and_writes_down_the_objection(cast, answered, seated):  # noqa: F811
    limit, desk = limited(cast, answered, at=NOW), seated("hw01")
    assert "有一条限制" in desk.send("/desk/phone/look/", {"phone": cast.caller_phone}).content.decode()
    own = f"/desk/phone/caller/{answered.number}/"
    assert desk.open(f"{own}limit/").status_code == 303  # not proved
    proof = {"number": answered.number, "way": "number", "said": cast.caller_phone}
    assert desk.send("/desk/phone/caller/", proof).status_code == 303
    assert "替他申诉限制" in said(desk.open(own))
    form = Form(desk.open(f"{own}limit/").content.decode(), having="words").values | {"words": "第三次说的是货梯"}
    assert desk.send(f"{own}limit/", form | {"words": ""}).status_code == 422
    assert desk.send(f"{own}limit/", form).status_code == 303 and desk.send(f"{own}limit/", form).status_code == 303
    limit.refresh_from_db()
    assert (limit.appeal, limit.appealed_through) == ("第三次说的是货梯", cast.operator)
    assert "记下他的申诉" not in said(desk.open(f"{own}limit/"))
    other = cast.closed(at=NOW - 3 * DAY, text="路灯不亮三个月了")
    desk.send("/desk/phone/caller/", proof | {"number": other.number})
    assert desk.open(f"/desk/phone/caller/{other.number}/limit/").status_code == 404


def test_the_list_costs_the_same_for_one_and_for_many(cast, answered, seated, django_assert_max_num_queries):  # noqa: F811
    limit = limited(cast, answered, at=NOW)
    desk = seated("ld01")
    cost_the_same(desk, ["/desk/limits/"], 12, django_assert_max_num_queries)
    with django_assert_max_num_queries(12) as one:
        desk.open("/desk/limits/")
    for n in range(20):
        limit.pk, limit.key = None, f"more-{n}"
        limit.save(force_insert=True)
    with django_assert_max_num_queries(12) as many:
        desk.open("/desk/limits/")
    assert len(one) == len(many) and caller_limits.counts(NOW)["proposed"] == 21
