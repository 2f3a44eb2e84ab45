"""Does the board show what slips between two shifts, and is a note written once and read once by somebody else?"""

from __future__ import annotations

from datetime import timedelta

import pytest

from suqiu.cases.advance import CITIZEN, reactions_muted
from suqiu.desk.models import HandOver
from suqiu.desk.shift import actions
from suqiu.desk.tests.conftest import NOW, clock, said, seated  # noqa: F401
from suqiu.directory.models import OfficeLine
from suqiu.errors import Refused
from suqiu.intake import actions as intake
from suqiu.intake.demand import Demand
from suqiu.intake.models import CallDraft
from tests.hands import Form


def _by_web(at, key: str):
    demand = Demand(text="路灯不亮三天了", name="李明", phone="13800001111", channel="web", area_code="510802001")
    return intake.receive(demand=demand, by=CITIZEN, at=at, key=key)[0]


def _board(at_desk):
    page = at_desk.open("/desk/shift/")
    assert page.status_code == 200
    return page.context


def test_demands_of_the_web_stand_by_their_age_and_calls_do_not(cast, seated):  # noqa: F811
    old, fresh = _by_web(NOW - timedelta(hours=9), "web-old-1"), _by_web(NOW - timedelta(minutes=20), "web-new-1")
    cast.case(at=NOW - timedelta(hours=3))
    shown = _board(seated("bz01"))
    assert [row["number"] for row in shown["sections"][0]["rows"]] == [old.number, fresh.number]
    assert [(n, late) for _label, n, late in shown["ages"]] == [(1, False), (0, False), (0, True), (1, True)]


def test_dispatches_near_their_limit_are_shown_before_they_are_late(cast, seated):  # noqa: F811
    near = cast.dispatched(at=NOW - timedelta(hours=2), urgency="urgent")
    cast.dispatched(at=NOW)
    late = cast.dispatched(at=NOW - timedelta(days=30))
    found = [row["number"] for row in _board(seated("bz01"))["sections"][1]["rows"]]
    assert near.next_due_at < NOW + timedelta(hours=24)
    assert near.number in found and late.number not in found


def test_an_open_draft_is_a_name_and_a_time_and_no_word_of_it(cast, seated):  # noqa: F811
    CallDraft.objects.create(
        officer=cast.operator,
        key="k",
        sealed=b"secret",
        begun_at=NOW - timedelta(minutes=50),
        saved_at=NOW - timedelta(minutes=45),
    )
    drafts = _board(seated("bz01"))["drafts"]
    assert [(d["who"], set(d)) for d in drafts] == [
        (cast.operator.full_name, {"who", "since", "saved", "begun_at", "saved_at"})
    ]


def test_people_come_with_what_they_did_today(cast, seated):  # noqa: F811
    cast.accepted(at=NOW - timedelta(minutes=30))
    people = {p["name"]: p for p in _board(seated("bz01"))["people"]}
    mine = people[cast.operator.full_name]
    assert (mine["received"], mine["accepted"], mine["answered"], mine["is_here"]) == (1, 1, 0, True)


def test_the_board_costs_the_same_however_much_there_is(cast, seated, django_assert_max_num_queries):  # noqa: F811
    spent, at_desk = [], seated("bz01")
    _by_web(NOW - timedelta(hours=1), "web-first")
    _board(at_desk)
    with reactions_muted():
        for more in (0, 7):
            for n in range(more):
                _by_web(NOW - timedelta(hours=n), f"web-more-{n}")
                cast.dispatched(at=NOW - timedelta(hours=2), urgency="urgent")
                actions.write(by=cast.shift_lead, at=NOW, key=f"key-{n:08d}", text="盯着", stood={})
            with django_assert_max_num_queries(20) as counted:
                _board(at_desk)
            spent.append(len(counted))
    assert spent[0] == spent[1]


def test_a_note_is_kept_as_written_with_the_figures_of_the_moment(cast, seated):  # noqa: F811
    _by_web(NOW - timedelta(hours=3), "web-note")
    at_desk = seated("bz01")
    form = Form(at_desk.open("/desk/shift/").content.decode(), having="text").values | {
        "text": "河西停水，盯着口径\r\n再看一次"
    }
    answers = [at_desk.send("/desk/shift/hand-over/", form) for _n in range(2)]
    assert [a.status_code for a in answers] == [303, 303]
    note = HandOver.objects.get()
    assert (note.text, note.stood["unaccepted"], note.read_by) == ("河西停水，盯着口径\n再看一次", 1, None)
    assert OfficeLine.objects.filter(act="hand_over").count() == 1
    assert "网上没受理 1 件" in said(seated("bz02").open("/desk/shift/"))


def test_the_coming_lead_reads_it_once_and_the_writer_never(cast, seated):  # noqa: F811
    note = actions.write(by=cast.shift_lead, at=NOW, key="key-00000001", text="盯着停水", stood={})
    refused = seated("bz01").send(f"/desk/shift/hand-over/{note.pk}/")
    assert refused.status_code == 403 and "要别人来接" in said(refused)
    for _n in range(2):
        assert seated("bz02").send(f"/desk/shift/hand-over/{note.pk}/", {"answer": "接了"}).status_code == 303
    note.refresh_from_db()
    assert (note.read_by, note.answer) == (cast.other_shift_lead, "接了")
    assert OfficeLine.objects.filter(act="take_over").count() == 1
    page = said(seated("bz01").open("/desk/shift/"))
    assert "看过，接了班" in page and "接了" in page


def test_what_somebody_else_read_cannot_be_read_again(cast):
    note = actions.write(by=cast.shift_lead, at=NOW, key="key-00000001", text="盯着停水", stood={})
    actions.read(pk=note.pk, by=cast.other_shift_lead, at=NOW)
    with pytest.raises(Refused, match="已经接了这一班"):
        actions.read(pk=note.pk, by=cast.supervisor, at=NOW)


@pytest.mark.parametrize(
    ("text", "key", "words"),
    [("  ", "k" * 36, "没有就写"), ("长" * 2001, "k" * 36, "最多 2000 个字"), ("好", "", "刷新后再交")],
)
def test_a_note_that_is_none_is_refused_and_what_was_typed_stays(text, key, words, cast, seated):  # noqa: F811
    answer = seated("bz01").send("/desk/shift/hand-over/", {"text": text, "key": key})
    assert answer.status_code == 422 and words in said(answer)
    assert (
        Form(answer.content.decode(), having="text").values["text"] == text.strip()
        or text.strip() in answer.content.decode()
    )
    assert not HandOver.objects.exists()


def test_an_unread_note_is_not_lost_under_later_ones(cast, seated):  # noqa: F811
    actions.write(
        by=cast.shift_lead, at=NOW - timedelta(days=9), key="key-forgotten", text="没有人接的那一份", stood={}
    )
    for n in range(8):
        note = actions.write(
            by=cast.shift_lead, at=NOW - timedelta(days=n), key=f"key-{n:08d}", text=f"第 {n} 份", stood={}
        )
        actions.read(pk=note.pk, by=cast.other_shift_lead, at=NOW)
    assert "没有人接的那一份" in said(seated("bz02").open("/desk/shift/"))


@pytest.mark.parametrize("who", ["hw01", "db01", "pd01", "c-housing-fz", "k-510824-pd1"])
def test_the_board_is_the_shift_leaders(who, cast, seated):  # noqa: F811
    assert seated(who).open("/desk/shift/").status_code == 404
    assert seated(who).send("/desk/shift/hand-over/", {"text": "好", "key": "k" * 36}).status_code == 404
    assert not HandOver.objects.exists()
