"""Somebody reports a building site and fears for his name. Units read other words than his, and few read any."""

import pytest

from suqiu.cases.models import Case
from suqiu.cases.visibility import relations, sees_contact, sees_original
from tests.reading import on, refused, words


def sees(officer) -> bool:
    return Case.objects.visible_to(officer).exists()


def test_the_unit_reads_other_words_than_his(cast):
    case = cast.case(at=on("06-08 09:00"), text="我是三号楼的老李，隔壁工地夜里偷埋建筑垃圾。", demand_type="report")
    assert case.secrecy == "confidential"  # without anybody asking for it
    report = {
        "demand_type": "report",
        "urgency": "normal",
        "secrecy": "confidential",
        "area": cast.area(),
        "matter": cast.matter(),
    }
    cast.do(
        "accept",
        case,
        cast.operator,
        at=on("06-08 09:10"),
        ask_lines="查处偷埋",
        about_department=cast.department("B-510802-HOUSING"),
        **report,
    )

    # Nothing goes out in his own words, and nothing to those whom he reports.
    to_housing = {"matter": case.matter, "department": cast.department()}
    with refused(422, "保密件要先改写", field="rewritten"):
        cast.do("dispatch", case, cast.dispatcher, at=on("06-08 09:30"), **to_housing)
    with refused(422, "不能交给它自己办", field="department"):
        cast.do(
            "dispatch",
            case,
            cast.dispatcher,
            at=on("06-08 09:30"),
            matter=case.matter,
            department=cast.department("B-510802-HOUSING"),
            rewritten="有人反映",
        )
    line = cast.do(
        "dispatch",
        case,
        cast.dispatcher,
        at=on("06-08 09:30"),
        rewritten="有人反映某工地夜间掩埋建筑垃圾。",
        **to_housing,
    )
    assert "老李" not in words(line)["rewritten"]

    # In the unit only the reviewer sees it, then the two whom he names.
    first, second = cast.handler(), cast.officer("c-housing-jb2")
    assert (sees(cast.reviewer()), sees(first), sees(second), sees(cast.unit_leader())) == (True, False, False, False)
    cast.do("assign", case, cast.reviewer(), at=on("06-08 10:00"), officer=first, substitute=second)
    assert (sees(cast.handler()), sees(second), sees(cast.unit_leader())) == (True, True, False)
    held = relations(first, case, list(case.holdings.select_related("department")))
    assert not sees_contact(first, case, held) and not sees_original(case, held)

    # Those reported see nothing; the discipline officer does.
    assert not any(sees(cast.officer(f"b-510802-housing-{post}")) for post in ("jb1", "sh", "fz"))
    assert sees(cast.officer("c-discipline-jj"))


@pytest.mark.parametrize("demand_type", ["report", "complaint"])
def test_who_wants_no_name_leaves_none_with_the_units(cast, demand_type):
    case = cast.dispatched(at=on("06-08 09:00"), demand_type=demand_type, secrecy="anonymous")
    held = relations(cast.reviewer(), case, list(case.holdings.select_related("department")))
    assert not sees_contact(cast.reviewer(), case, held) and not sees_original(case, held)
