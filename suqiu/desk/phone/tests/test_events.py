"""Can a shift lead put what is known before the operators, prolong it, and end it?"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from suqiu.gateways.models import Message
from suqiu.intake import known_events
from suqiu.intake.models import KnownEvent
from tests.cast import run_jobs
from tests.hands import press

from .conftest import NOW, said

WRITTEN = {"title": "翠屏片区停水", "text": "主管爆裂，今晚 8 点前恢复。", "area": "510802001", "words": "翠屏 停水"}


def at(moment) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%dT%H:%M}"


@pytest.mark.parametrize("who", ["bz01", "sl01"])
def test_announced_prolonged_and_ended(who, cast, seated):
    lead = seated(who)
    answer = press(lead.browser, "/desk/phone/events/", WRITTEN, having="title")
    known = KnownEvent.objects.get()
    assert answer["Location"] == f"/desk/phone/events/{known.pk}/"
    assert known.valid_until == NOW + timedelta(hours=4)  # what the form stands at: a full hour, four hours on
    later = NOW + timedelta(hours=9)
    press(lead.browser, answer["Location"], {"valid_until": at(later), "prolong": "1"}, having="prolong")
    known.refresh_from_db()
    assert known.valid_until == later
    page = lead.send("/desk/intake/", {})  # neither of them sits at the telephone
    assert page.status_code == 403
    seated("hw01").send(
        "/desk/intake/",
        {"key": "3" * 36, "phone": "13900001111", "words": "停水了", "secrecy": "general", "urgency": "normal", "then": "event", "event": known.pk},
    )  # fmt: skip
    assert "1 件记在下面" in said(lead.open("/desk/phone/events/"))
    refused = lead.send(f"/desk/phone/events/{known.pk}/", {"end": "1", "all_clear": ""})
    assert refused.status_code == 422 and "都等着恢复短信" in said(refused)
    press(lead.browser, answer["Location"], {"all_clear": "水来了", "end": "1"}, having="end")
    run_jobs()
    assert Message.objects.filter(key__startswith="all-clear:").count() == 1
    page = said(lead.open(f"/desk/phone/events/{known.pk}/"))
    assert "水来了" in page and "结束，发恢复短信" not in page


def test_an_operator_reads_and_does_not_announce(cast, seated):
    operator = seated("hw01")
    page = operator.open("/desk/phone/events/")
    assert page.status_code == 200 and page.context["form"] is None
    assert (
        operator.send("/desk/phone/events/", WRITTEN | {"valid_until": at(NOW + timedelta(hours=1))}).status_code == 403
    )
    assert not KnownEvent.objects.exists()


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"title": ""}, "title"),
        ({"text": " "}, "text"),
        ({"area": "999"}, "area"),
        ({"valid_until": "tomorrow"}, "valid_until"),
        ({"valid_until": at(NOW - timedelta(hours=1))}, "valid_until"),
    ],
)
def test_bad_input_is_said_at_its_field_and_nothing_is_lost(given, field, seated):
    written = WRITTEN | {"valid_until": at(NOW + timedelta(hours=1))} | given
    answer = seated("bz01").send("/desk/phone/events/", written)
    assert answer.status_code == 422 and set(answer.context["form"].errors) == {field}
    assert "翠屏 停水" in answer.content.decode()
    assert not KnownEvent.objects.exists()


def test_two_presses_are_one_announcement(seated):
    lead = seated("bz01")
    written = WRITTEN | {"valid_until": at(NOW + timedelta(hours=1)), "key": "4" * 36}
    assert [lead.send("/desk/phone/events/", written).status_code for _press in range(2)] == [303, 303]
    assert KnownEvent.objects.count() == 1


def test_past_its_time_it_is_said_that_callers_still_wait(cast, seated, clock):
    known_events.announce(
        by=cast.shift_lead, at=NOW, key="k", title="停水", text="抢修中", area=cast.area(), valid_until=NOW + timedelta(hours=1)
    )  # fmt: skip
    clock.shift(timedelta(hours=2))
    assert "过了时间，还没有结束" in said(seated("bz01").open("/desk/phone/events/"))


def test_the_list_asks_the_same_for_one_and_for_many(cast, seated):
    def asked(n: int) -> int:
        for k in range(n):
            known_events.announce(
                by=cast.shift_lead, at=NOW, key=f"{n}-{k}", title="停水", text="抢修中", area=cast.area(),
                valid_until=NOW + timedelta(hours=1),
            )  # fmt: skip
        lead = seated("bz01")
        lead.open("/desk/phone/events/")
        with CaptureQueriesContext(connection) as queries:
            lead.open("/desk/phone/events/")
        return len(queries)

    assert asked(1) == asked(49)
