"""A man calls every day about a lift that was mended and signed for. Two limit him; he is still heard, each time, and so is his objection."""

import time_machine
from django.test import Client

from suqiu.cases import journal
from suqiu.cases.models import Case
from suqiu.desk.tests.conftest import Seated, said
from suqiu.directory.models import OfficeLine
from suqiu.gateways.models import Message
from suqiu.intake.models import CallerLimit
from tests.cast import run_jobs
from tests.hands import Form
from tests.limits import SAID, asked_three_times
from tests.reading import on, steps


def rings(cast, at: str, text: str = SAID) -> Case:
    """The operator registers; the worker does what follows."""
    with time_machine.travel(on(at), tick=False):
        case = cast.case(at=on(at), text=text, is_phone_confirmed=True)
        run_jobs()
    return Case.objects.get(pk=case.pk)


def handed_in(desk: Seated, address: str, at: str, **fields):
    with time_machine.travel(on(at), tick=False):
        page = desk.open(address)
        assert page.status_code == 200, said(page)
        values = Form(page.content.decode(), having="words").values
        return desk.send(address, {k: v for k, v in values.items() if k in ("key", "csrfmiddlewaretoken")} | fields)


def test_the_man_who_called_every_day(cast):
    # Three times he asked for the same lift; three times it was looked at; the third answer a leader signed.
    lift = asked_three_times(cast, at=on("06-08 09:00"))
    assert rings(cast, "06-08 10:00").state == "R"  # so far every call waits for a person

    # The shift lead proposes, from the case; she cannot agree to it herself.
    shift_lead, reviewer, supervisor = (Seated(cast.officer(n)) for n in ("bz01", "sl01", "db01"))
    propose = f"/desk/limits/propose/{lift.number}/"
    answer = handed_in(
        shift_lead, propose, "06-08 11:00", ground="again", words="六月里四次，都是同一部", until="2026-06-20"
    )
    assert answer.status_code == 303, said(answer)
    limit, page = CallerLimit.objects.get(), answer["Location"]
    with time_machine.travel(on("06-08 11:05"), tick=False):
        assert "等班长、受理审核员、督办员中的另一个人认定" in said(shift_lead.open(page))
        assert shift_lead.send(page, {"agree": "1", "words": "同意"}).status_code == 403
    answer = handed_in(reviewer, page, "06-08 14:00", agree="1", words="四次记录都看了，没有新情况")
    assert answer.status_code == 303
    (sms,) = Message.objects.filter(key=f"caller_limited:{limit.pk}").values_list("body", flat=True)
    assert "2026-06-20" in sms and "同一件事反复来电" in sms and "可以申诉" in sms

    # He rings again. The call has its number; the system tells him what he was told. Somebody samples the answer.
    again = rings(cast, "06-09 09:00")
    assert (steps(again), again.state) == ("receive answer_again", "A")
    with time_machine.travel(on("06-09 09:05"), tick=False):
        assert again.number in shift_lead.numbers("sample")
        seen = said(Seated(cast.operator).case(again))
        assert "有一条限制（在走）" in seen and "紧急的事，照常受理" in seen

    # What is another matter, what is new, and danger, go to a person as ever.
    assert rings(cast, "06-10 09:00", "三栋门口路灯不亮三个月了，晚上看不见路").state == "R"
    assert rings(cast, "06-10 10:00", SAID + "老人被困在里面").state == "R"
    assert rings(cast, "06-10 11:00", SAID + "昨天半夜轿厢从六楼滑到三楼，吊绳磨断了两股，物业贴了条就走").state == "R"

    # He objects on his own page, once. A third person hears it; while she does, the limit stands still.
    browser = Client()
    code = {"number": lift.number, "code": lift.code}
    with time_machine.travel(on("06-11 09:00"), tick=False):
        assert browser.post("/track/", code).status_code == 303
        own = browser.get(f"/case/{lift.number}/").content.decode()
        assert "这件事有一条限制" in own and f"/case/{lift.number}/limit/" in own
        told = browser.get(f"/case/{lift.number}/limit/").content.decode()
        assert "六月里四次" in told and "四次记录都看了" in told
        assert not any(o.full_name in told for o in (cast.shift_lead, cast.intake_reviewer))
        objection = {"key": Form(told, having="words").values["key"], "words": "五月那次说的是货梯"}
        for _twice in range(2):
            assert browser.post(f"/case/{lift.number}/limit/", objection).status_code == 303
    assert rings(cast, "06-11 10:00").state == "R"
    with time_machine.travel(on("06-11 11:00"), tick=False):
        assert lift.number in supervisor.numbers("limits") and lift.number not in reviewer.numbers("limits")
        assert reviewer.send(page, {"keep": "1", "words": "没有变"}).status_code == 403
        assert supervisor.send(page, {"lift": "1", "words": "五月说的确实是货梯"}).status_code == 303
    assert Message.objects.filter(key=f"limit_lifted:{limit.pk}").count() == 1
    assert rings(cast, "06-12 09:00").state == "R"

    # All of it is in the record, and the list hides no denominator.
    acts = OfficeLine.objects.filter(act__contains="limit").order_by("pk").values_list("act", flat=True)
    assert list(acts) == ["propose_limit", "agree_limit", "appeal_limit", "lift_limit"]
    with time_machine.travel(on("06-12 10:00"), tick=False):
        counts = supervisor.open("/desk/limits/").context["counts"]
    assert {c["label"]: c["n"] for c in counts}["申诉成立，撤销"] == 1
    assert [c["n"] for c in counts[:2]] == [1, 1]
    assert journal.verify(number=again.number).findings == []
