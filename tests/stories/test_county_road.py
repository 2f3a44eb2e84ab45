"""A road in 苍溪: the city sends to the county's centre, the county sends on, all inside one outer clock."""

from tests.reading import due, holders, on, refused, running, steps

BUREAU = "B-510824-TRANSPORT"


def test_the_county_sends_on(cast):
    case = cast.accepted(
        at=on("06-08 09:00"), demand_type="help", area=cast.area("510824100"), matter=cast.matter(duty="transport")
    )
    outer = due(case, "outer")
    assert outer == "06-17 17:00"

    # The county goes through its centre: nobody in the city picks a bureau there.
    to_bureau = {"matter": case.matter, "department": cast.department(BUREAU)}
    with refused(422, "先派给它的中心", field="department"):
        cast.do("dispatch", case, cast.dispatcher, at=on("06-08 10:00"), **to_bureau)
    to_centre = {"matter": case.matter, "department": cast.department("K-510824")}
    cast.do("dispatch", case, cast.dispatcher, at=on("06-08 10:00"), **to_centre)
    assert (case.state, running(case), due(case, "sub_term")) == ("D", "outer sub_term", "06-08 15:00")

    # The county's dispatcher sends it to the transport bureau, which is named to the citizen from now on.
    cast.do("send_on", case, cast.county_dispatcher, at=on("06-08 11:00"), department=cast.department(BUREAU))
    assert [unit for _role, unit in holders(case)] == ["HOTLINE", "K-510824", BUREAU, BUREAU]
    assert (case.first_department_id, due(case, "outer"), due(case, "unit")) == (BUREAU, outer, "06-16 17:00")

    # The bureau would rather not; the other dispatcher of the county judges that, and it stays.
    cast.do(
        "contact", case, cast.handler(BUREAU), at=on("06-08 14:00"), way="phone", outcome="connected", words="路在村里"
    )
    cast.do(
        "return_case", case, cast.reviewer(BUREAU), at=on("06-08 14:30"), ground="no_power", basis="村道", words="说了"
    )
    cast.do(
        "decide_return",
        case,
        cast.other_county_dispatcher,
        at=on("06-08 16:00"),
        is_upheld="no",
        words="县道 042，归交通局",
    )
    assert (case.state, case.lead_department_id, case.hops) == ("S", BUREAU, 0)

    # It goes there, mends it, replies, and the city's own caller asks.
    cast.do("sign_in", case, cast.handler(BUREAU), at=on("06-08 16:30"))
    cast.prove(case, at=on("06-09 09:00"), unit=BUREAU)
    cast.reply(case, at=on("06-09 09:00"), unit=BUREAU)
    cast.do("approve", case, cast.reviewer(BUREAU), at=on("06-09 16:00"))
    with refused(403, "「回访」不由您来做"):
        cast.do(
            "attempt", case, cast.county_dispatcher, at=on("06-10 10:00"), outcome="answered", way="phone", solved="yes"
        )
    cast.ask_back(case, at=on("06-10 10:00"), solved="yes", satisfied="5")
    assert (case.state, case.verdict) == ("C", "solved")
    assert steps(case).split()[2:7] == ["dispatch", "send_on", "contact", "return_case", "decide_return"]
