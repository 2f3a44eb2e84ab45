"""Refused because a court had it. The caller appeals: no court had it. It is taken in, with its clock anew."""

from tests.reading import clock, due, on, refused, running, steps, words


def test_an_appeal_is_upheld(cast):
    case = cast.case(at=on("06-08 09:00"), text="物业乱收装修押金，不退。")
    divert = {
        "routing_class": "legal",
        "reason": "in_court",
        "way": "利州区人民法院 12368",
        "words": "您的事法院在审，请问承办法官",
    }
    with refused(422, "还缺：依据", field="basis"):
        cast.do("divert", case, cast.operator, at=on("06-08 09:30"), **divert)
    line = cast.do("divert", case, cast.operator, at=on("06-08 09:30"), basis="《信访工作条例》第 31 条", **divert)
    assert (case.state, words(line)["way"], words(line)["basis"]) == (
        "X",
        "利州区人民法院 12368",
        "《信访工作条例》第 31 条",
    )

    # On the last day but one he appeals; somebody else decides.
    cast.citizen("appeal", case, at=on("06-22 20:00"), words="我从来没有起诉，是邻居起诉的")
    assert (running(case), due(case, "appeal")) == ("appeal", "06-25 17:00")
    line = cast.do(
        "decide_appeal", case, cast.intake_reviewer, at=on("06-24 10:00"), is_upheld="yes", words="法院无此人立案"
    )
    assert (case.state, case.closed_at) == ("R", None)

    # Taken in: the outer clock counts from the day on which the appeal was upheld.
    accept = {
        "demand_type": "complaint",
        "urgency": "normal",
        "secrecy": "general",
        "area": cast.area(),
        "matter": cast.matter(),
    }
    cast.do("accept", case, cast.operator, at=on("06-24 10:30"), **accept)
    assert clock(case, "outer").anchor_at == on("06-24 10:00") and due(case, "outer") == "07-15 17:00"
    cast.do("dispatch", case, cast.dispatcher, at=on("06-24 11:00"), matter=case.matter, department=cast.department())
    cast.do("sign_in", case, cast.handler(), at=on("06-24 14:00"))
    cast.prove(case, at=on("06-25 09:00"))
    cast.reply(case, at=on("06-25 09:00"))
    cast.do("approve", case, cast.reviewer(), at=on("06-25 16:00"))
    cast.ask_back(case, at=on("06-26 10:00"), solved="yes", satisfied="5")
    assert case.verdict == "solved"
    assert steps(case).startswith("receive divert appeal decide_appeal accept dispatch")


def test_a_crank_is_found_so_by_two(cast):
    case = cast.case(at=on("06-08 03:00"), text="骂人的话，第四十次。")
    cast.do("suspect", case, cast.operator, at=on("06-08 03:05"), words="本月第 40 次，只辱骂")
    divert = {
        "routing_class": "malicious",
        "reason": "malicious",
        "basis": "《治安管理处罚法》第 42 条",
        "way": "有诉求仍可拨 12345",
        "words": "请勿占线",
    }
    with refused(403, "要由另一人认定"):
        cast.do("divert", case, cast.operator, at=on("06-08 03:06"), **divert)
    cast.do("divert", case, cast.shift_lead, at=on("06-08 09:00"), **divert)
    assert (case.state, case.routing_class, steps(case)) == ("X", "malicious", "receive suspect divert")
