"""What everybody of one event was promised stands on each one's page, and no more than will be kept."""

from datetime import timedelta

import pytest

from suqiu.cases.models import Case
from suqiu.gateways.models import Message
from suqiu.intake import known_events
from suqiu.intake.actions import receive
from suqiu.intake.demand import Demand
from suqiu.intake.models import KnownEvent
from tests.cast import run_jobs

from .conftest import NOW

TITLE = "翠屏片区停水"


@pytest.fixture
def outage(cast) -> KnownEvent:
    return known_events.announce(
        by=cast.shift_lead, at=NOW, key="outage", title=TITLE, text="主管爆裂，今晚 8 点前恢复。",
        area=cast.area("510802"), valid_until=NOW + timedelta(hours=5),
    )  # fmt: skip


@pytest.fixture
def caller(cast, outage, citizen):
    """Somebody who rang about it, and now looks at his page."""

    def ring(phone: str, event: KnownEvent | None = outage) -> Case:
        demand = Demand(text="家里没水。", phone=phone, channel="phone", known_event=event.pk if event else None)
        case, case.code = receive(demand=demand, by=cast.operator, at=NOW, key=f"call-{phone}")
        assert citizen.prove(case).status_code == 303
        return case

    return ring


def shown(citizen, case: Case) -> dict | None:
    answer = citizen.open(f"/case/{case.number}/")
    found = answer.context["known_event"]
    assert ('id="known-event"' in answer.content.decode()) == (found is not None)
    return found


def sent_to(case: Case) -> list[str]:
    return list(
        Message.objects.filter(key__startswith="all-clear:", case_number=case.number).values_list("body", flat=True)
    )


def end(cast, known: KnownEvent) -> None:
    known_events.end(known=known, by=cast.shift_lead, at=NOW, all_clear="水来了，请先放几分钟。")
    run_jobs()


def test_who_left_a_mobile_number_is_promised_a_message_and_gets_it(cast, citizen, caller, outage, clock):
    case = caller("13812342217")
    assert shown(citizen, case) == {
        "text": f"「{TITLE}」恢复后，会发短信到 138****2217 告诉您，不用再打来问",
        "is_over": False,
    }
    end(cast, outage)
    assert len(sent_to(case)) == 1
    clock.shift(timedelta(minutes=1))
    assert shown(citizen, case) == {"text": f"「{TITLE}」今天 09:00结束了。水来了，请先放几分钟。", "is_over": True}


@pytest.mark.parametrize(
    ("phone", "said"),
    [("", "您没有留电话，恢复以后这一页会写明"), ("0839-3260000", "收不到短信，恢复以后这一页会写明")],
)
def test_where_no_message_can_arrive_none_is_promised_but_the_page_will_say_it(
    cast, citizen, caller, outage, phone, said
):
    case = caller(phone)
    text = shown(citizen, case)["text"]
    assert said in text and "会发短信" not in text
    end(cast, outage)
    assert "水来了，请先放几分钟。" in shown(citizen, case)["text"]


def test_a_demand_of_its_own_is_promised_nothing(citizen, caller):
    assert shown(citizen, caller("13812342217", event=None)) is None


def test_it_reads_as_english_on_an_english_page(citizen, caller):
    case = caller("13812342217")
    citizen.open("/?lang=en")
    assert f'<span lang="zh-CN">{TITLE}</span>' in shown(citizen, case)["text"]
