"""Who calls about one thing, and how does one more come in, without a script and without a slip?"""

from __future__ import annotations

from datetime import timedelta

from suqiu.cases.models import Case
from suqiu.desk.tests.conftest import NOW, Seated, cost_the_same, said

WHY = {"words": "同一部电梯，同一天"}


def of_many(cast, callers: int) -> Case:
    lead = cast.in_hand()
    for n in range(callers):
        cast.caller_phone = f"1580000{9000 + n}"
        cast.do("merge", cast.case(at=NOW), cast.operator, at=NOW, into=lead, words="同一部电梯")
    return lead


def form_of(desk: Seated, case: Case) -> dict:
    from tests.hands import Form

    return Form(desk.open(f"/desk/event/{case.number}/join/").content.decode(), having="seen").values


def test_two_callers_cost_as_many_queries_as_sixty(cast, seated, django_assert_max_num_queries):
    few, many = of_many(cast, 2), of_many(cast, 60)
    for desk in (seated("pd01"), seated("c-housing-jb1")):
        cost_the_same(desk, [f"/desk/event/{c.number}/" for c in (few, many)], 16, django_assert_max_num_queries)
        cost_the_same(desk, [f"/desk/case/{c.number}/" for c in (few, many)], 12, django_assert_max_num_queries)
    page = seated("pd01").open(f"/desk/event/{many.number}/")
    assert page.context["counts"]["all"] == 60 and len(page.context["rows"]) == 50 and page.context["pager"]["next_url"]


def test_a_unit_reads_how_many_and_not_who(cast, seated):
    lead = of_many(cast, 3)
    page = said(seated("c-housing-jb1").open(f"/desk/event/{lead.number}/"))
    members = Case.objects.filter(state="M")
    assert "还有 3 个来电人" in page and not any(m.number in page for m in members)
    assert seated("c-market-jb1").open(f"/desk/event/{lead.number}/").status_code == 404


def test_one_case_goes_into_the_one_that_is_ticked(cast, seated):
    lead, case = cast.in_hand(), cast.case(at=NOW - timedelta(hours=1))
    desk = seated("hw01")
    page = desk.open(f"/desk/event/{case.number}/join/?into={lead.number}")
    assert page.context["chosen"] == lead.number and [row["number"] for row in page.context["alike"]] == [lead.number]
    answer = desk.send(f"/desk/event/{case.number}/join/", form_of(desk, case) | WHY | {"chosen": lead.number})
    assert answer.status_code == 303 and Case.objects.get(pk=case.pk).event.lead_id == lead.pk
    assert desk.open(f"/desk/event/{case.number}/")["Location"] == f"/desk/event/{lead.number}/"


def test_ticked_one_and_written_another_is_refused(cast, seated):
    lead, other, case = cast.in_hand(), cast.in_hand(), cast.case(at=NOW)
    desk = seated("hw01")
    sent = form_of(desk, case) | WHY | {"chosen": lead.number, "into": other.number}
    answer = desk.send(f"/desk/event/{case.number}/join/", sent)
    assert answer.status_code == 422 and "只留一处" in said(answer) and Case.objects.get(pk=case.pk).state == "R"


def test_what_is_not_there_is_not_there_and_nothing_too_long_is_taken(cast, seated):
    secret, case = cast.accepted(secrecy="confidential", text="有人收回扣"), cast.case(at=NOW)
    desk = seated("hw02")  # an operator who did not take that call sees no confidential case
    for into in ("GY000", secret.number, "x" * 5000):
        answer = desk.send(f"/desk/event/{case.number}/join/", form_of(desk, case) | WHY | {"into": into})
        assert answer.status_code in (413, 422) and "回扣" not in said(answer)
    assert Case.objects.get(pk=case.pk).state == "R"


def test_several_are_taken_in_at_once_and_a_double_press_does_it_once(cast, seated):
    lead, cases = cast.in_hand(), [cast.case(at=NOW) for _n in range(3)]
    desk = seated("pd01")
    sent = {"key": "1" * 36, "numbers": [c.number for c in cases]} | WHY
    for _press in range(2):
        assert desk.send(f"/desk/event/{lead.number}/", sent).status_code == 303
    assert {Case.objects.get(pk=c.pk).state for c in cases} == {"M"}
    assert desk.send(f"/desk/event/{lead.number}/", {"key": "2" * 36} | WHY).status_code == 422
    assert seated("c-housing-jb1").send(f"/desk/event/{lead.number}/", sent).status_code == 403
