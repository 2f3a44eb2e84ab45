"""A steel plate with three owners: returned, objected to, ruled, objected to again; never without somebody who answers."""

from suqiu.cases.models import Case
from suqiu.desk.targets import suggestion
from suqiu.directory import changes, tables
from suqiu.directory.queries import catalogue_now, owner_of
from suqiu.dispatch import queries
from suqiu.dispatch.models import Precedent
from tests.reading import due, holders, on, refused, running, steps

ROADS, WATER, HIGHWAY = "C-HOUSING", "C-CITY_MGMT", "C-MARKET"  # three bureaus beside one plate


def answers(case: Case) -> None:
    """There is a first department that answers the caller, a lead who works, and a clock that presses."""
    held = dict(holders(case))
    assert case.first_department_id == ROADS and held["first"] == ROADS and held["lead"] == case.lead_department_id
    assert "outer" in running(case) and case.next_due_at


def test_a_steel_plate_with_three_owners(cast):
    # A plate rattles by the bus stop all night. It is sent to the roads; the roads ring the caller and give it back.
    case = cast.dispatched(at=on("06-08 09:00"), asks="固定钢板\n说明谁负责", text="公交站旁的钢板一夜响到亮，请固定。")
    cast.do("sign_in", case, cast.handler(ROADS), at=on("06-08 10:00"))
    spoken = {"way": "phone", "outcome": "connected", "words": "先垫上胶皮，晚上不响"}
    cast.do("contact", case, cast.handler(ROADS), at=on("06-08 10:20"), **spoken)
    ground = {"ground": "not_our_duty", "basis": "谁挖掘谁恢复", "words": "告诉他要转给抢修的单位"}
    cast.do("return_case", case, cast.reviewer(ROADS), at=on("06-08 10:40"), **ground)
    answers(case)
    cast.do("decide_return", case, cast.other_dispatcher, at=on("06-08 14:00"), is_upheld="yes", words="抢修是水务的")
    matter = {"matter": case.matter}
    cast.do("dispatch", case, cast.dispatcher, at=on("06-08 14:20"), department=cast.department(WATER), **matter)
    answers(case)

    # The water company says it handed the road back; it objects, names the highways, and works on.
    cast.do("sign_in", case, cast.handler(WATER), at=on("06-08 15:00"))
    cast.object(case, WATER, at=on("06-09 09:00"), belongs_to=HIGHWAY)
    assert (case.state, case.lead_department_id, due(case, "ruling")) == ("H", WATER, "06-11 17:00")
    cast.do("contact", case, cast.handler(WATER), at=on("06-09 09:30"), **spoken)
    cast.do(
        "state_view",
        case,
        cast.unit_leader(HIGHWAY),
        at=on("06-09 11:00"),
        words="市政道路不在养护范围",
        basis="养护清单",
    )
    cast.do("state_view", case, cast.dispatcher, at=on("06-09 11:30"), words="目录没有写到钢板")
    answers(case)

    # It is a difficult one: the first ruler proposes the highways, the second agrees.
    said = {"basis": "路段图", "words": "这一段移交给公路养护，图上有签收", "reach": "all", "new_duty": True}
    said |= {"outcome": "moves", "department": cast.department(HIGHWAY)}
    cast.do("to_panel", case, cast.ruler, at=on("06-09 15:00"), **said)
    assert due(case, "ruling") == "06-18 17:00"
    cast.do("confirm_ruling", case, cast.other_ruler, at=on("06-10 10:00"), is_right="yes", words="同意")
    assert (case.state, case.lead_department_id, case.hops) == ("S", HIGHWAY, 2)
    answers(case)

    # Who is named can neither return it nor object; it rings the caller itself, goes, and answers.
    cast.do("sign_in", case, cast.handler(HIGHWAY), at=on("06-10 11:00"))
    with refused(409, "裁定定了由本单位办"):
        cast.object(case, HIGHWAY, at=on("06-10 11:10"))
    cast.do("contact", case, cast.handler(HIGHWAY), at=on("06-10 11:20"), **spoken)
    with refused(409, "裁定定了由本单位办"):
        cast.do("return_case", case, cast.reviewer(HIGHWAY), at=on("06-10 11:30"), **ground)
    cast.prove(case, at=on("06-10 12:00"), unit=HIGHWAY)
    cast.reply(case, at=on("06-10 12:00"), unit=HIGHWAY, reply="钢板已焊牢，回填后拆除。")
    cast.do("first_sees", case, cast.handler(ROADS), at=on("06-10 18:30"))
    cast.do("approve", case, cast.reviewer(HIGHWAY), at=on("06-11 09:00"))
    cast.ask_back(case, at=on("06-12 10:00"), solved="yes", satisfied="5")
    assert (case.state, case.first_department_id, case.lead_department_id) == ("C", ROADS, HIGHWAY)
    assert queries.lost_of(case.disputes.all(), on("06-12 10:00")) == 1.5  # 2 h 20 min, and 8 h: of seven-hour days

    # A second person brings the new catalogue into force; it says which ruling it comes from.
    change = Precedent.objects.get().change
    confirm = {"change": change, "table": tables.CATALOGUE, "seen": "waiting", "check": lambda c: None}
    changes.confirm(by=cast.administrator, at=on("06-12 11:00"), **confirm)
    version = catalogue_now(on("06-12 11:01"))
    assert version.note == f"裁定 {case.number}：这一段移交给公路养护，图上有签收"

    # The next plate goes straight to the highways: the ruling is cited, and the catalogue says so.
    another = cast.accepted(at=on("06-15 09:00"), matter=None, text="桥头又有一块钢板在响。")
    item = version.matters.get(code=case.matter.code)
    assert owner_of(item, another.area).pk in (HIGHWAY, "B-510802-MARKET")
    assert [p.case for p in queries.precedents(item.code, another.area)] == [case]
    assert suggestion(another, item, from_city=True).code in (HIGHWAY, "B-510802-MARKET")
    before = suggestion(another, case.matter, from_city=True)  # by the line of the old version: the ruling is newer
    assert before.code == HIGHWAY and "裁定过归" in before.why
    assert "return_case decide_return dispatch sign_in object" in steps(case)
