"""What a table says that differs, and what may not stand: values in, answers out, no database."""

from __future__ import annotations

import pytest
from django.utils.translation import override

from suqiu.directory import table_rules
from suqiu.directory.tabular import Column, Given, after, cell_value, difference, stale

COLUMNS = (Column("code", "代码"), Column("name", "名称"), Column("note", "说明", is_required=False))
A = {"code": "a", "name": "甲", "note": "x"}
STANDS = {("a",): A, ("b",): A | {"code": "b"}}


def taken(*given: Given):
    rows, wrong = difference(COLUMNS, ("code",), STANDS, given)
    return [(r["kind"], r["key"][0], r["new"]) for r in rows], [(w.line, w.reason) for w in wrong]


@pytest.mark.parametrize(
    ("given", "rows", "wrong"),
    [
        (Given(2, dict(A)), [], []),
        (Given(2, {"code": "a"}), [], []),
        (Given(2, {"code": "a", "note": ""}), [("change", "a", A | {"note": ""})], []),
        (Given(2, {"code": "c", "name": "丙"}), [("add", "c", {"code": "c", "name": "丙", "note": ""})], []),
        (Given(2, {"code": "c"}), [], [(2, "新的一条还缺：名称")]),
        (Given(2, {"code": "b"}, is_removed=True), [("remove", "b", None)], []),
        (Given(2, {"code": "c"}, is_removed=True), [], [(2, "要删去的这一条本来就没有")]),
    ],
)
def test_only_what_differs_is_a_change(given, rows, wrong):
    assert taken(given) == (rows, wrong)


def test_the_same_row_twice_is_told():
    assert taken(Given(2, {"code": "a", "name": "乙"}), Given(3, {"code": "a"}))[1] == [(3, "和第 2 行是同一条")]


def test_a_difference_is_stale_once_a_row_it_touches_stands_otherwise():
    rows, _wrong = difference(
        COLUMNS, ("code",), STANDS, [Given(2, {"code": "a", "name": "乙"}), Given(3, {"code": "c", "name": "丙"})]
    )
    assert stale(STANDS, rows) == []
    assert after(STANDS, rows) == STANDS | {("a",): A | {"name": "乙"}, ("c",): {"code": "c", "name": "丙", "note": ""}}
    assert stale({**STANDS, ("b",): {}}, rows) == []  # another row is of no concern
    assert stale({**STANDS, ("a",): A | {"note": "y"}}, rows) == ["a"]
    assert stale({**STANDS, ("c",): A}, rows) == ["c"]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("cell", ["city", "市", "City"])
def test_a_choice_is_read_in_either_language_whoever_reads(language, cell):
    from suqiu.directory.models import Area

    with override(language):
        assert cell_value(Column("kind", "层级", "choice", lambda: Area.Kind.choices), cell) == "city"


# ---- areas and departments


def area(kind: str, parent: str) -> dict:
    return {"kind": kind, "parent": parent}


AREAS = {("990100",): area("city", ""), ("990102",): area("county", "990100"), ("990102001",): area("town", "990102")}


@pytest.mark.parametrize(
    ("code", "new", "reason"),
    [
        ("990103", area("county", "990100"), ""),
        ("990102002", area("town", "990102"), ""),
        ("9901", area("county", "990100"), "县（区）的区划代码是 6 位"),
        ("990103", area("county", "990102"), "县（区）的上一级要是市"),
        ("990103", area("county", "000000"), "没有上一级 000000"),
        ("990199001", area("town", "990102"), "代码要以上一级的 990102 开头"),
        ("990200", area("city", ""), "要有且只有一个市，现在是 2 个"),
    ],
)
def test_areas_are_one_tree(code, new, reason):
    found = table_rules.check_areas({**AREAS, (code,): new}, [{"kind": "add", "key": [code], "old": None, "new": new}])
    assert [said for _key, said in found] == ([reason] if reason else [])


def test_an_area_keeps_its_level_and_those_below_it():
    change = {"kind": "change", "key": ["990102"], "old": area("county", "990100"), "new": area("town", "990100")}
    assert "层级不能改" in table_rules.check_areas(AREAS, [change])[0][1]
    gone = {"kind": "remove", "key": ["990102"], "old": area("county", "990100"), "new": None}
    left = {k: v for k, v in AREAS.items() if k != ("990102",)}
    assert "先删下面的" in table_rules.check_areas(left, [gone])[0][1]


def unit(kind: str, area: str, parent: str, is_active: bool = True) -> dict:
    return {"kind": kind, "area": area, "parent": parent, "is_active": is_active}


UNITS = {
    ("H",): unit("hotline", "990100", ""),
    ("K",): unit("county_centre", "990102", "H"),
    ("C",): unit("city_bureau", "990100", "H"),
}


@pytest.mark.parametrize(
    ("code", "new", "reason"),
    [
        ("D", unit("city_bureau", "990100", "H"), ""),
        ("D", unit("city_bureau", "990102", "H"), "市级部门的区划要是市一级"),
        ("D", unit("city_bureau", "990100", "X"), "没有上一级单位 X"),
        ("D", unit("city_bureau", "990100", "D"), "上一级绕回到了自己"),
        ("D", unit("county_centre", "990102", "H"), "990102 已经有一个县（区）中心"),
        ("H2", unit("hotline", "990100", ""), "要有且只有一个热线中心，现在是 2 个"),
        ("H", unit("hotline", "990100", "", False), "热线中心不能停用"),
    ],
)
def test_departments_stand_in_an_area_and_under_one_another(code, new, reason):
    areas = {key[0]: value["kind"] for key, value in AREAS.items()}
    found = table_rules.check_departments(
        {**UNITS, (code,): new}, [{"kind": "add", "key": [code], "old": None, "new": new}], areas
    )
    assert [said for _key, said in found] == ([reason] if reason else [])
