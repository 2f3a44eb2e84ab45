"""Is each ticked case taken on its own, each refusal told with its row, and nothing done twice?"""

from __future__ import annotations

import pytest
from django.test import Client

from suqiu.cases.models import Case, Line
from suqiu.directory.models import Notice
from tests.cast import run_jobs
from tests.hands import Form

from .conftest import NOW, said
from .test_queues import _late


def _ticked(at_desk, queue: str, *cases: Case, step: str, **more) -> dict:
    """The form of the list as it stands, with these rows ticked."""
    form = Form(at_desk.queue(queue).content.decode(), having="key")
    assert form.action == f"/desk/queue/{queue}/take/"
    return form.values | {"case": [f"{c.number}.{c.line_no}" for c in cases], "step": step} | more


def test_several_are_signed_in_each_by_its_own_step(cast, seated):
    made = [cast.dispatched() for _n in range(3)]
    officer = seated("c-housing-jb1")
    answer = officer.send("/desk/queue/to-sign/take/", _ticked(officer, "to-sign", *made[:2], step="sign_in"))
    assert (answer.status_code, answer["Location"]) == (303, "/desk/queue/to-sign/")
    lines = Line.objects.filter(step="sign_in")
    assert {ln.case_id for ln in lines} == {c.pk for c in made[:2]} and len({ln.key for ln in lines}) == 2
    assert "「签收」：2 件记下了" in officer.queue("to-sign").content.decode()
    assert officer.numbers("to-sign") == [made[2].number]


def test_the_same_form_twice_is_done_once_and_answered_alike(cast, seated):
    case, officer = cast.dispatched(), seated("c-housing-jb1")
    form = _ticked(officer, "to-sign", case, step="sign_in")
    first, second = (officer.send("/desk/queue/to-sign/take/", form) for _n in range(2))
    assert (first.status_code, second.status_code) == (303, 303)
    assert Line.objects.filter(case=case, step="sign_in").count() == 1


def test_a_refusal_names_its_row_and_the_rest_is_done(cast, seated):
    """One was signed in by a colleague while the list stood open; one was never his to see."""
    fine, taken, foreign = cast.dispatched(), cast.dispatched(), cast.dispatched(unit="C-MARKET")
    officer = seated("c-housing-jb1")
    form = _ticked(officer, "to-sign", fine, taken, foreign, step="sign_in")
    cast.do("sign_in", taken, cast.officer("c-housing-jb2"), at=NOW)
    answer = officer.send("/desk/queue/to-sign/take/", form)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "「签收」：1 件记下了" in page and "2 件没有「签收」" in page
    rows = {row["number"]: row["reason"] for row in answer.context["refused"]["rows"]}
    assert set(rows) == {taken.number, foreign.number}
    assert "已经走了「签收」" in rows[taken.number] and "不在您这里" in rows[foreign.number]
    fine.refresh_from_db()
    assert fine.state == "H"


def test_what_was_refused_stays_ticked(cast, seated):
    one, other = _late(cast), _late(cast)
    lead = seated("db01")
    lead.send("/desk/queue/late/take/", {"step": "remind", "case": f"{one.number}.{one.line_no}", "key": "k" * 36})
    assert Line.objects.filter(case=one, step="remind").count() == 1
    one.refresh_from_db()
    answer = lead.send("/desk/queue/late/take/", _ticked(lead, "late", one, other, step="remind"))
    assert answer.status_code == 409 and "隔 4 小时再催" in said(answer)
    shown = Form(answer.content.decode(), having="key")
    assert f'value="{one.number}.{one.line_no}" aria-labelledby="c{one.pk}" checked' in answer.content.decode()
    assert shown.values["key"]


def test_a_reminder_rings_whoever_holds_it_and_moves_no_clock(cast, seated):
    case = _late(cast)
    before = case.next_due_at
    Notice.objects.all().delete()
    answer = seated("pd01").take(case, "remind", words="来电人又打来了")
    assert answer.status_code == 303
    run_jobs()
    assert set(Notice.objects.values_list("officer__username", flat=True)) >= {"c-housing-jb1"}
    case.refresh_from_db()
    assert (case.next_due_at, case.state) == (before, "H")
    assert "已催 1 次" in seated("bz01").queue("late").content.decode()


def test_nobody_is_reminded_of_what_the_hotline_itself_holds(cast, seated):
    answer = seated("db01").take(cast.accepted(), "remind")
    assert answer.status_code == 409 and "没有单位可催" in said(answer)


def test_several_are_assigned_to_one_colleague(cast, seated):
    made, officer = [cast.in_hand(), cast.in_hand()], seated("c-housing-sh")
    handler = cast.officer("c-housing-jb2")
    form = _ticked(officer, "unit", *made, step="assign", officer=str(handler.pk))
    assert officer.send("/desk/queue/unit/take/", form).status_code == 303
    assert set(Case.objects.values_list("lead_officer", flat=True)) == {handler.pk}


@pytest.mark.parametrize(
    ("more", "status", "words"),
    [
        ({"case": []}, 422, "一件也没有勾"),
        ({"step": "assign"}, 422, "分给谁"),
        ({"step": "assign", "officer": "1"}, 422, "没有这位同事"),
        ({"step": "approve"}, 422, "没有这一步"),
        ({"case": ["'; drop"]}, 400, "认不出来"),
        ({"case": [f"GY26060800{n:02d}.1" for n in range(51)]}, 422, "一次最多 50 件"),
        ({"back": "colour=red"}, 400, "没有这样的筛选"),
    ],
)
def test_a_form_that_nobody_would_send_is_refused_and_does_nothing(more, status, words, cast, seated):
    case, officer = cast.in_hand(), seated("c-housing-sh")
    form = _ticked(officer, "unit", case, step="assign", officer=str(cast.handler().pk)) | more
    if "back" in more:
        form |= {"case": []}
    elif more.get("step") == "assign" and "officer" not in more:
        form["officer"] = ""
    answer = officer.send("/desk/queue/unit/take/", form)
    assert answer.status_code == status and words in answer.content.decode()
    assert not Line.objects.filter(step="assign").exists()


def test_a_queue_of_another_post_takes_nothing(cast, seated):
    case = cast.dispatched()
    answer = seated("hf01").send(
        "/desk/queue/to-sign/take/", {"step": "sign_in", "case": f"{case.number}.{case.line_no}"}
    )
    assert answer.status_code == 404 and not Line.objects.filter(step="sign_in").exists()
    assert seated("c-housing-jb1").open("/desk/queue/to-sign/take/").status_code == 303


def test_without_the_forms_token_nothing_is_done(cast):
    case, browser = cast.dispatched(), Client(enforce_csrf_checks=True)
    browser.force_login(cast.handler())
    answer = browser.post("/desk/queue/to-sign/take/", {"step": "sign_in", "case": f"{case.number}.{case.line_no}"})
    assert answer.status_code == 403 and not Line.objects.filter(step="sign_in").exists()


def test_who_only_looks_can_tick_nothing(cast, seated):
    cast.in_hand()
    assert 'name="case"' not in seated("hw01").queue("registered").content.decode()
