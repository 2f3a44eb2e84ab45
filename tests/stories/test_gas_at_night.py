"""Saturday night, a smell of gas. Nobody waits for Monday."""

from suqiu.cases import timing
from suqiu.directory.models import Duty
from suqiu.directory.queries import on_duty
from tests.reading import clock, due, on, running


def test_life_and_safety_run_round_the_clock(cast):
    night = on("06-13 23:10")
    case = cast.case(at=night, text="楼道里煤气味很重！")
    accept = {
        "demand_type": "help",
        "urgency": "critical",
        "secrecy": "general",
        "area": cast.area(),
        "matter": cast.matter(duty="gas"),
    }
    cast.do("accept", case, cast.operator, at=on("06-13 23:13"), **accept)
    assert (case.next_due_kind, due(case, "dispatch")) == ("dispatch", "06-14 00:10")

    # The roster says whom to wake; the unit must be with him two hours after dispatch, Sunday or not.
    gas = cast.department("C-GAS")
    Duty.objects.create(
        department=gas, officer=cast.handler("C-GAS"), starts_at=on("06-13 17:00"), ends_at=on("06-14 08:00")
    )
    assert on_duty(gas, night) == cast.handler("C-GAS")
    cast.do("dispatch", case, cast.dispatcher, at=on("06-13 23:15"), matter=case.matter, department=gas)
    contact = clock(case, "contact")
    assert (due(case, "contact"), timing.is_working_time(contact.unit)) == ("06-14 01:15", False)
    assert timing.remaining(contact.due_at, on("06-14 00:15"), is_working_time=False) == "剩 1 小时 0 分"
    cast.do("sign_in", case, cast.handler("C-GAS"), at=on("06-13 23:18"))
    cast.do(
        "contact",
        case,
        cast.handler("C-GAS"),
        at=on("06-13 23:20"),
        way="phone",
        outcome="connected",
        words="先关阀、开窗",
    )
    assert "contact" not in running(case)
    # The rest is due in working days, the shorter of two terms.
    assert due(case, "outer") == "06-17 17:00"
