"""A water main breaks, and forty people call. One case is handled; forty are answered, each by name, each asked for himself."""

from django.test import Client

from suqiu.cases import journal
from suqiu.cases.models import Case
from suqiu.intake import actions as intake
from suqiu.intake.demand import Demand
from tests.cast import run_jobs
from tests.reading import due, holders, last, on, refused, running, steps, words


def call(cast, n: int, at: str, text: str = "滨河路水管爆了，家里停水，路上全是水") -> Case:
    demand = Demand(
        text=f"{text}，我在 {n} 号",
        phone=f"139{n:08d}",
        name=f"来电{n}",
        channel="phone",
        area_code="510802001",
        place="滨河路",
    )
    case, case.code = intake.receive(demand=demand, by=cast.operator, at=on(at), key=f"pipe-{n}")
    return case


def page_of(case: Case) -> str:
    """What he reads with his number and his code."""
    browser = Client()
    assert browser.post("/track/", {"number": case.number, "code": case.code}).status_code == 303
    return browser.get(f"/case/{case.number}/").content.decode()


def test_forty_callers_and_one_broken_pipe(cast):
    # The first call is accepted and sent out; thirty-nine more come in within the hour.
    lead = call(cast, 0, "06-08 08:00")
    accepted = {
        "demand_type": "complaint",
        "urgency": "normal",
        "secrecy": "general",
        "area": cast.area(),
        "matter": cast.matter(),
    }
    cast.do("accept", lead, cast.operator, at=on("06-08 08:05"), ask_lines="修好水管", **accepted)
    cast.do("dispatch", lead, cast.dispatcher, at=on("06-08 08:20"), matter=lead.matter, department=cast.department())
    own_due = lead.next_due_at
    others = [call(cast, n, f"06-08 {8 + n // 20:02d}:{n % 20 + 30:02d}") for n in range(1, 40)]
    earlier = call(
        cast, 40, "06-07 20:00", "滨河路水管在漏水，再不修要爆"
    )  # rang on Sunday evening; urgent, so due before the lead
    earlier_terms = {**accepted, "urgency": "urgent"}
    cast.do("accept", earlier, cast.operator, at=on("06-07 20:10"), ask_lines="修好水管", **earlier_terms)

    # Merged one by one. Each is told; his number, his code and his own term stay; the lead is due when the first of them is.
    for case in [*others, earlier]:
        line = cast.do("merge", case, cast.operator, at=on("06-08 09:40"), into=lead, words="同一段水管，同一时间")
        assert line.says["lead"] == lead.number and 0 < line.says["alike"] <= 100
        assert (case.state, case.event.lead_id) == ("M", lead.pk)
    assert running(earlier) == "outer" and due(lead, "event") == due(earlier, "outer") < due(lead, "outer")
    assert all(
        running(case) == "outer" and case.received_at == case.clocks.get(kind="outer").anchor_at for case in others
    )
    assert steps(lead).split().count("lead_event") == 2  # it leads; an earlier one came: not a line for each caller
    assert lead.next_due_at < own_due or lead.next_due_kind in ("sign_in", "contact")

    # Handled once, on the lead. What is not for this caller is refused on the members; what is his own is not.
    with refused(409, "「签收」要在"):
        cast.do("sign_in", others[0], cast.handler(), at=on("06-08 10:00"))
    cast.citizen("caller_adds", others[1], at=on("06-08 10:00"), words="水更大了")
    cast.do("sign_in", lead, cast.handler(), at=on("06-08 10:00"))
    cast.prove(lead, at=on("06-08 09:00"))
    with refused(422, "还有 40 个来电人", field="to_others"):
        cast.reply(lead, at=on("06-08 09:00"))
    with refused(422, "不能有主件来电人的姓名、电话", field="to_others"):
        cast.reply(lead, at=on("06-08 09:00"), to_others="来电0 家门口的水管修好了")

    # The page of a merged caller says who handles it and until when he is answered, and nothing of any other caller.
    page = page_of(others[2])
    assert "和别人反映的同一件事一起办" in page and str(cast.department()) in page and "申诉" in page
    assert lead.number not in page and not any(
        word in page for word in ("来电0", "139 ", "我在 0 号", others[3].number)
    )

    # Three leave before the answer: one takes it back, one is taken out by the hotline, one by an appeal that another person upholds.
    gone, taken_out, judged = others[36], others[37], others[38]
    cast.citizen("withdraw", gone, at=on("06-08 14:00"))
    cast.do("unmerge", taken_out, cast.shift_lead, at=on("06-08 14:00"), words="他说的是自家水表")
    cast.citizen("appeal", judged, at=on("06-08 14:00"), words="我家的水是另一根管子")
    again = call(cast, 77, "06-08 14:00")
    cast.do("merge", again, cast.intake_reviewer, at=on("06-08 14:01"), into=lead, words="同一段水管")
    cast.citizen("appeal", again, at=on("06-08 14:02"), words="不同意")
    with refused(403, "「并单」是您做的"):
        cast.do("decide_appeal", again, cast.intake_reviewer, at=on("06-08 14:03"), is_upheld="no", words="自己审自己")
    cast.do(
        "decide_appeal", judged, cast.shift_lead, at=on("06-08 15:00"), is_upheld="yes", words="查了管网图，是另一根"
    )
    assert (taken_out.state, judged.state, gone.state) == ("R", "R", "Q")
    assert running(judged) == "accept" and due(judged, "accept") == "06-08 11:49"  # his own anchor: he called at 9:49

    # The reply goes out once, and reaches everybody who still waits: the same words, on his own page, with his own link.
    lead.refresh_from_db()
    cast.reply(lead, at=on("06-08 10:00"), to_others="滨河路水管已换好，今天 17 点恢复供水。")
    cast.do("approve", lead, cast.reviewer(), at=on("06-08 17:10"))
    run_jobs()
    waiting = [Case.objects.get(pk=c.pk) for c in [*others[1:36], earlier]]
    assert {c.state for c in waiting} == {"F"}
    assert {words(last(c))["reply"] for c in waiting} == {"滨河路水管已换好，今天 17 点恢复供水。"}
    assert holders(waiting[0]) == [("lead", "HOTLINE"), ("lead", "C-HOUSING"), ("first", "C-HOUSING")]
    assert all(c.links.count() == 1 and running(c) == "follow_up" for c in waiting)
    assert [c.state for c in (taken_out, judged, gone)] == ["R", "R", "Q"]  # and nobody else

    # Each answers for himself: one closed is one closed (peers 15); a "no" leaves the event and is redone alone.
    cast.ask_back(waiting[0], at=on("06-09 10:00"), solved="yes", satisfied="5")
    assert waiting[0].state == "C" and {Case.objects.get(pk=c.pk).state for c in waiting[1:]} == {"F"}
    cast.ask_back(waiting[1], at=on("06-09 10:10"), solved="no", satisfied="1")
    assert (waiting[1].state, waiting[1].cycle, waiting[1].event_id) == ("H", 2, None)
    cast.ask_back(lead, at=on("06-09 11:00"), solved="yes", satisfied="4")
    assert (lead.state, Case.objects.get(pk=waiting[1].pk).state, Case.objects.get(pk=waiting[2].pk).state) == (
        "C",
        "H",
        "F",
    )
    with refused(409, "正在重办，不能并走"):
        fresh = cast.in_hand(at=on("06-09 08:00"))
        cast.do("merge", waiting[1], cast.operator, at=on("06-09 12:00"), into=fresh, words="并走")
    assert "滨河路水管已换好" in page_of(others[5]) and "电梯" not in page_of(others[5])
    assert journal.verify().findings == []
