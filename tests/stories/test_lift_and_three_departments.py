"""A lift stands still. Three departments come to the house together, and the caller says that it runs again."""

from tests.cast import photo
from tests.reading import clock, due, holders, on, refused, running, steps


def test_three_departments_come_to_the_house(cast):
    # Monday morning: Mrs Wang rings 12345, the operator writes it down and reads number and code to her.
    case = cast.case(at=on("06-08 09:00"), text="翠屏社区 3 栋电梯停了三天，老人下不了楼，物业说没钱。")
    assert (case.state, len(case.code)) == ("R", 8)
    accept = {
        "demand_type": "complaint",
        "urgency": "normal",
        "secrecy": "general",
        "area": cast.area(),
        "matter": cast.matter(),
    }
    cast.do("accept", case, cast.operator, at=on("06-08 09:20"), ask_lines="修好电梯\n说明维修资金去向", **accept)

    # The dispatcher sends it to housing; a named officer has it, and another stands in for him.
    cast.do("dispatch", case, cast.dispatcher, at=on("06-08 09:40"), matter=case.matter, department=cast.department())
    cast.do(
        "assign",
        case,
        cast.reviewer(),
        at=on("06-08 10:00"),
        officer=cast.handler(),
        substitute=cast.officer("c-housing-jb2"),
    )
    cast.do("sign_in", case, cast.handler(), at=on("06-08 10:10"))
    assert (case.lead_officer, due(case, "outer"), due(case, "unit")) == (cast.handler(), "06-30 17:00", "06-29 17:00")

    # He speaks with her and calls a meeting at her house: housing, market regulation for the lift, fire for the stairs.
    cast.do(
        "contact",
        case,
        cast.handler(),
        at=on("06-08 11:00"),
        way="phone",
        outcome="connected",
        minutes=6,
        words="约明天上门",
    )
    units = [cast.department("C-MARKET"), cast.department("C-FIRE")]
    cast.do(
        "call_meeting",
        case,
        cast.handler(),
        at=on("06-08 11:10"),
        meets_at=on("06-09 15:00"),
        place="翠屏社区 3 栋",
        departments=units,
    )
    assert [unit for role, unit in holders(case) if role == "assist"] == ["C-MARKET", "C-FIRE"]
    assert due(case, "promise") == "06-09 15:00"

    # On Tuesday they are there. Each writes down its own outcome; she agrees to what was found.
    cast.do(
        "meet",
        case,
        cast.handler(),
        at=on("06-09 16:30"),
        came="yes",
        words="动用维修资金换门机板",
        citizen_agrees="yes",
        photos=[photo()],
    )
    cast.do("meet", case, cast.handler("C-MARKET"), at=on("06-09 16:40"), came="yes", words="检验合格后恢复")
    cast.do("meet", case, cast.handler("C-FIRE"), at=on("06-09 16:45"), came="no_power", words="楼道归物业清")
    assert case.promises.get().kept_at == on("06-09 16:30")
    assert {"contact", "visit", "photo", "meeting"} <= set(case.evidence_held)

    # Somebody else reads the reply beside her words, and it goes out.
    asks = {
        1: {"outcome": "answered"},
        2: {"outcome": "declined", "basis": "《住宅专项维修资金管理办法》第 22 条，由业委会公布"},
    }
    cast.do(
        "draft_reply",
        case,
        cast.handler(),
        at=on("06-11 10:00"),
        reply="门机板 10 日已换，电梯检验合格。",
        account="维修资金 8,600 元。",
        asks=asks,
    )
    with refused(403, "不由您来做"):
        cast.do("approve", case, cast.handler(), at=on("06-11 10:05"))
    cast.do("approve", case, cast.reviewer(), at=on("06-11 11:00"))
    assert running(case) == "follow_up" and clock(case, "outer").stopped_by == "approve"

    # The hotline rings her, not the unit. She says yes, and that alone closes it.
    cast.ask_back(case, at=on("06-12 19:00"), solved="yes", satisfied="4")
    assert (case.state, case.verdict, holders(case), running(case)) == ("C", "solved", [], "")
    assert steps(case) == (
        "receive accept dispatch assign sign_in contact call_meeting meet meet meet draft_reply approve attempt close"
    )
