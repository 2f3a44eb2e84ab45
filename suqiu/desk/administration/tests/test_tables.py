"""The administrator's tables: one row, a sheet out and in, what is refused, and what is never shown."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from python_calamine import CalamineWorkbook

from suqiu.cases.models import ClockKind, ClockProfile
from suqiu.citizens.contact import decrypt
from suqiu.desk.administration import effects, files, showing, tables
from suqiu.desk.tests.conftest import NOW, Seated, clock, said, seated  # noqa: F401
from suqiu.directory import actions, rules
from suqiu.directory.models import (
    Area,
    CatalogueVersion,
    Change,
    Department,
    Grant,
    Matter,
    Notice,
    OfficeLine,
    Officer,
    Setting,
    Substitute,
)
from suqiu.directory.tabular import Column, Unreadable, cell_value
from suqiu.errors import Refused
from suqiu.gateways import wordings
from suqiu.gateways.models import Message, MessageTemplate
from suqiu.worktime.models import CalendarDay, CalendarYear
from suqiu.worktime.queries import calendar_changed
from tests.hands import Form

HOME = "/desk/administration/"


@pytest.fixture(autouse=True)
def _calendar_read_anew():
    """A calendar that a test loaded is in force for that test alone."""
    yield
    calendar_changed()


def at(name: str, what: str = "") -> str:
    return f"{HOME}table/{name}/{what}"


def sheet(*rows: list) -> SimpleUploadedFile:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        page = book.add_worksheet()
        for no, row in enumerate(rows):
            for column, cell in enumerate(row):
                page.write_string(no, column, str(cell))
    return SimpleUploadedFile("表.xlsx", out.getvalue())


def hand_in(admin: Seated, table: str, upload, **options):
    form = Form(admin.open(at(table, "upload/")).content.decode(), having="file").values
    more = {f"option-{name}": value for name, value in options.items()}
    return admin.send(at(table, "upload/"), form | more | {"file": upload})


def change_of(answer) -> Change:
    assert answer.status_code == 303, said(answer)
    return Change.objects.get(pk=int(re.search(r"changes/(\d+)/", answer["Location"])[1]))


def press(who: Seated, change: Change, button: str = "confirm", **more):
    return who.send(f"{HOME}changes/{change.pk}/", {button: "1", "state": change.state} | more)


def done(who: Seated, change: Change) -> Change:
    answer = press(who, change)
    assert answer.status_code == 303, said(answer)
    change.refresh_from_db()
    return change


def mend(admin: Seated, table: str, key: str | None, **fields):
    """Opens the form of one row, changes it, hands it in."""
    address = at(table, "row/") + (f"?key={key}" if key else "")
    form = Form(admin.open(address).content.decode(), having="key").values
    unticked = {name: value for name, value in fields.items() if value is not False}
    return admin.send(address, {k: v for k, v in form.items() if fields.get(k) is not False} | unticked)


@pytest.fixture
def admin(seated) -> Seated:  # noqa: F811
    return seated("gl01")


@pytest.fixture
def second(seated) -> Seated:  # noqa: F811
    return seated("bz01")


# ---- lists


@pytest.mark.parametrize("name", [t.name for t in tables.TABLES])
def test_each_table_is_listed_searched_and_taken_out(name, admin):
    table = tables.BY_NAME[name]
    page = admin.open(at(name))
    assert page.status_code == 200 and str(table.label) in said(page)
    key, _row = sorted(table.stands().items())[0]
    found = admin.open(at(name), data={"q": key[0]})
    assert found.status_code == 200 and found.context["total"] >= 1
    assert "没有这样的一行" in said(admin.open(at(name), data={"q": "绝没有这样的一行"}))
    answer = admin.open(at(name, "file/"))
    rows = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert rows[0] == files.headings(table) and len(rows) == len(table.stands()) + 1
    assert OfficeLine.objects.filter(act="export", says__table=name).count() == 1


@pytest.mark.parametrize("name", [t.name for t in tables.TABLES])
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_what_was_taken_out_comes_back_as_no_change(name, language, admin):
    """In either language, with every cell as it was."""
    headers = {"accept-language": language}
    body = admin.open(at(name, "file/"), headers=headers).content
    form = Form(admin.open(at(name, "upload/")).content.decode(), having="file").values
    form |= {"option-note": "x", "option-source": "x", "file": SimpleUploadedFile("a.xlsx", body)}
    answer = admin.send(at(name, "upload/"), {k: v for k, v in form.items() if v}, headers={"accept-language": "zh-CN"})
    assert answer.status_code == 422 and "和现在的一样，没有要改的" in said(answer)
    assert not Change.objects.exists()


def test_a_list_asks_as_many_questions_for_one_row_as_for_fifty(admin):
    admin.open(at("officers"))
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for words in ("gl01", ""):
        with CaptureQueriesContext(connection) as asked:
            admin.open(at("officers"), data={"q": words})
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 12


def test_what_a_person_wrote_is_never_a_formula(admin):
    Department.objects.filter(pk="C-HOUSING").update(name="=HYPERLINK(1)")
    body = admin.open(at("departments", "file/")).content
    rows = CalamineWorkbook.from_filelike(io.BytesIO(body)).get_sheet_by_index(0).to_python()
    assert "'=HYPERLINK(1)" in [row[1] for row in rows]
    answer = hand_in(admin, "departments", SimpleUploadedFile("a.xlsx", body))
    assert answer.status_code == 422 and "没有要改的" in said(answer)  # the apostrophe is taken off again


# ---- one row


def test_one_row_is_shown_as_a_change_and_then_changed_as_shown(admin):
    answer = mend(admin, "departments", "C-HOUSING", name="市住房局", name_en="Housing Bureau")
    change = change_of(answer)
    assert (change.state, Department.objects.get(pk="C-HOUSING").name) == ("draft", "市住房和城乡建设局")
    page = said(admin.open(f"{HOME}changes/{change.pk}/"))
    assert "市住房和城乡建设局 → 市住房局" in page and "改 1 行" in page
    done(admin, change)
    assert Department.objects.get(pk="C-HOUSING").name == "市住房局"
    line = OfficeLine.objects.get(act="change_done")
    told = line.says["table"], line.says["change"], line.says["changed"], line.by_id
    assert told == ("departments", change.pk, 1, Officer.objects.get(username="gl01").pk)


def test_a_second_press_changes_nothing_more(admin):
    change = change_of(mend(admin, "areas", "510802", name_en="Seat"))
    assert [press(admin, change).status_code for _n in range(2)] == [303, 303]
    assert OfficeLine.objects.filter(act="change_done").count() == 1


def test_a_difference_that_is_no_longer_true_is_refused(admin):
    change = change_of(mend(admin, "departments", "C-HOUSING", name="市住房局"))
    Department.objects.filter(pk="C-HOUSING").update(name="别人改的")
    answer = press(admin, change)
    assert answer.status_code == 409 and "被别人改过" in said(answer)
    assert Department.objects.get(pk="C-HOUSING").name == "别人改的"


def test_a_change_taken_back_cannot_be_confirmed(admin):
    change = change_of(mend(admin, "areas", "510802", name_en="Seat"))
    press(admin, change, "drop")
    assert press(admin, change).status_code == 409
    assert Area.objects.get(pk="510802").name_en != "Seat"


def test_what_cannot_be_stays_on_the_form_with_its_reason(admin):
    answer = mend(admin, "areas", None, code="51080", name="某区", kind="county", parent="510800")
    assert answer.status_code == 422 and "6、9 或 12 位数字" in said(answer)
    assert 'value="某区"' in answer.content.decode()
    answer = mend(admin, "areas", None, code="510899", name="某区", kind="town", parent="510800")
    assert answer.status_code == 422 and "乡镇（街道）的区划代码是 9 位" in said(answer)
    assert "已经有这一条" in said(
        mend(admin, "areas", None, code="510802", name="某区", kind="county", parent="510800")
    )
    assert not Change.objects.exists()


# ---- a sheet


def test_a_sheet_changes_what_it_names_and_leaves_the_rest_alone(admin):
    before = Department.objects.count()
    answer = hand_in(
        admin, "departments",
        sheet(["代码", "名称", "类别", "职责词", "区划", "上一级"], ["C-HOUSING", "市住房局", "市级部门", "housing", "510800", "HOTLINE"],
              ["C-NEW", "新局", "city_bureau", "novelty", "510800", "HOTLINE"]),
    )  # fmt: skip
    change = change_of(answer)
    assert [(r["kind"], r["key"], r["line"]) for r in change.rows] == [
        ("change", ["C-HOUSING"], 2),
        ("add", ["C-NEW"], 3),
    ]
    page = said(admin.open(f"{HOME}changes/{change.pk}/"))
    assert "加 1 行，改 1 行" in page and "表.xlsx" in page
    done(admin, change)
    assert Department.objects.count() == before + 1
    new = Department.objects.get(pk="C-NEW")
    assert (new.duty, new.area_id, new.parent_id, new.is_active) == ("novelty", "510800", "HOTLINE", True)


def test_wrong_rows_are_named_with_their_line_and_reason_and_nothing_is_changed(admin):
    answer = hand_in(
        admin, "departments",
        sheet(["代码", "名称", "类别", "职责词", "区划", "上一级"],
              ["C-A", "甲局", "city_bureau", "a", "999999", "HOTLINE"],
              ["C-B", "乙局", "没有的类别", "b", "510800", "HOTLINE"],
              ["C-C", "", "city_bureau", "c", "510800", "HOTLINE"],
              ["C-D", "丁局", "city_bureau", "d", "510800", "HOTLINE"],
              ["C-D", "丁局", "city_bureau", "d", "510800", "HOTLINE"]),
    )  # fmt: skip
    assert answer.status_code == 422
    assert [(w.line, w.key) for w in answer.context["wrong"]] == [(3, "C-B"), (4, "C-C"), (6, "C-D")]
    assert "没有这个选项：没有的类别" in said(answer) and "和第 5 行是同一条" in said(answer)
    answer = hand_in(
        admin,
        "departments",
        sheet(
            ["代码", "名称", "类别", "职责词", "区划", "上一级"],
            ["C-A", "甲局", "city_bureau", "a", "999999", "HOTLINE"],
        ),
    )
    assert [(w.line, w.reason) for w in answer.context["wrong"]] == [(2, "没有区划 999999")]
    assert not Department.objects.filter(name="甲局").exists() and not Change.objects.exists()


def test_a_row_goes_only_when_its_column_says_so(admin):
    Area.objects.create(code="510802999", name="空乡", kind="town", parent_id="510802")
    change = change_of(hand_in(admin, "areas", sheet(["代码", "删去"], ["510802999", "是"], ["510802001", ""])))
    assert [r["kind"] for r in change.rows] == ["remove"]
    done(admin, change)
    assert not Area.objects.filter(pk="510802999").exists() and Area.objects.filter(pk="510802001").exists()


def test_an_area_in_use_is_not_removed(admin, cast):
    cast.accepted()
    answer = hand_in(admin, "areas", sheet(["代码", "删去"], ["510802001", "是"]))
    assert answer.status_code == 422 and Area.objects.filter(pk="510802001").exists()


@pytest.mark.parametrize(
    ("name", "body", "words"),
    [
        ("a.xlsx", b"PK\x03\x04 not a sheet", "读不了这个文件"),
        ("a.xlsx", b"", "这个文件是空的"),
        ("../../a.csv", "随便\n什么".encode(), "表头里没有「代码」这一列"),
        ("a.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "表头里没有「代码」这一列"),
    ],
)
def test_a_file_that_is_no_table_is_refused_with_the_reason(name, body, words, admin):
    answer = hand_in(admin, "areas", SimpleUploadedFile(name, body))
    assert answer.status_code == 422 and words in said(answer)


def test_a_file_too_big_or_too_big_when_unpacked_is_refused(admin, monkeypatch):
    monkeypatch.setattr(files, "BYTES_AT_MOST", 1000)
    assert hand_in(admin, "areas", SimpleUploadedFile("a.csv", b"x" * 1001)).status_code == 413
    monkeypatch.setattr(files, "BYTES_AT_MOST", 10**6)
    monkeypatch.setattr(files, "UNPACKED_AT_MOST", 1000)
    answer = hand_in(admin, "areas", sheet(["代码"], ["510802"]))
    assert answer.status_code == 413 and "展开后太大" in said(answer)


def test_a_csv_of_an_office_is_taken_too(admin):
    change = change_of(
        hand_in(admin, "areas", SimpleUploadedFile("a.csv", "代码,英文名\n510802,Seat\n".encode("gb18030")))
    )
    assert change.rows[0]["new"]["name_en"] == "Seat"


@pytest.mark.parametrize(
    ("kind", "cell", "value"),
    [("text", 12.0, "12"), ("flag", "是", True), ("flag", "", False), ("day", "2027/1/3", "2027-01-03"), ("number", 3.0, 3), ("text", "'=1", "=1"),
     ("text", "a\u202eb\x00", "ab"), ("day", timezone.datetime(2027, 1, 3), "2027-01-03")],
)  # fmt: skip
def test_cells_are_read_as_a_person_meant_them(kind, cell, value):
    assert cell_value(Column("x", "某列", kind, is_required=False), cell) == value


@pytest.mark.parametrize(
    ("kind", "cell"), [("flag", "也许"), ("day", "明天"), ("number", "三"), ("number", "-1"), ("text", "长" * 121)]
)
def test_cells_that_cannot_be_are_refused(kind, cell):
    with pytest.raises(Unreadable):
        cell_value(Column("x", "某列", kind), cell)


# ---- a second person


def test_a_grant_waits_for_a_second_person(admin, second, seated):  # noqa: F811
    change = change_of(mend(admin, "grants", None, officer="hw01", role="dispatcher", department="HOTLINE"))
    done(admin, change)
    assert change.state == "waiting"
    assert not Grant.objects.filter(officer__username="hw01", role="dispatcher").exists()
    bell = Notice.objects.filter(key=f"change:{change.pk}").values_list("officer__username", flat=True)
    assert sorted(bell) == ["bz01", "bz02"]
    answer = press(admin, change)
    assert answer.status_code == 403 and "这是您自己提的" in said(answer)
    assert seated("ld01").open(f"{HOME}changes/{change.pk}/").status_code == 404  # terms are his, grants are not
    done(second, change)
    assert (change.state, change.second.username) == ("done", "bz01")
    assert Grant.objects.filter(officer__username="hw01", role="dispatcher", department_id="HOTLINE").exists()
    assert [line.act for line in OfficeLine.objects.filter(says__change=change.pk).exclude(act="change_asked")] == [
        "change_done"
    ]


def test_the_second_person_refuses_with_a_reason(admin, second):
    change = change_of(mend(admin, "grants", None, officer="hw01", role="dispatcher", department="HOTLINE"))
    done(admin, change)
    assert press(second, change, "refuse", words="  ").status_code == 422
    assert press(second, change, "refuse", words="他还在培训").status_code == 303
    change.refresh_from_db()
    assert (change.state, change.words) == ("refused", "他还在培训")
    assert not Grant.objects.filter(officer__username="hw01", role="dispatcher").exists()
    assert press(second, change).status_code == 409


def test_nobody_decides_on_his_own_grant(admin, second):
    change = change_of(mend(admin, "grants", None, officer="bz01", role="dispatcher", department="HOTLINE"))
    done(admin, change)
    answer = press(second, change)
    assert answer.status_code == 403 and "关系到您本人" in said(answer)
    assert not Notice.objects.filter(key=f"change:{change.pk}", officer__username="bz01").exists()


def test_taking_a_grant_away_needs_nobody_and_works_at_once(admin, seated):  # noqa: F811
    change = change_of(
        hand_in(
            admin, "grants", sheet(["账号", "角色", "单位", "区划", "收回"], ["hw01", "话务员", "HOTLINE", "", "是"])
        )
    )
    done(admin, change)
    assert change.state == "done" and not Officer.objects.get(username="hw01").has_role("operator")


@pytest.mark.parametrize(
    ("old", "new", "needs"),
    [
        (("2026-01-01", "2026-06-01"), ("2026-01-01", None), True),
        (("2026-01-01", "2026-06-01"), ("2026-01-01", "2026-07-01"), True),
        (("2026-01-01", None), ("2026-01-01", "2026-07-01"), False),
        (("2026-02-01", None), ("2026-01-01", None), True),
    ],
)
def test_only_what_widens_needs_a_second_person(old, new, needs):
    row = {
        "kind": "change",
        "old": dict(zip(("since", "until"), old, strict=True)),
        "new": dict(zip(("since", "until"), new, strict=True)),
    }
    assert rules.needs_second("grants", [row]) is needs


def test_letting_somebody_in_again_needs_a_second_person(admin):
    Officer.objects.filter(username="hw02").update(is_active=False)
    change = change_of(mend(admin, "officers", "hw02", is_active="on"))
    done(admin, change)
    assert change.state == "waiting" and not Officer.objects.get(username="hw02").is_active


@pytest.mark.parametrize("said", [{"department": "C-MARKET"}, {"phone": "13900009999"}])
def test_another_department_or_telephone_needs_a_second_person(said, admin, second):
    change = change_of(mend(admin, "officers", "c-housing-jb1", **said))
    done(admin, change)
    assert change.state == "waiting"
    done(second, change)
    assert Officer.objects.filter(username="c-housing-jb1", **said).exists()


@pytest.mark.parametrize(
    ("kind", "old", "new", "needs"),
    [
        ("add", None, {"until": None}, True),
        ("change", {"until": "2026-06-01"}, {"until": "2026-07-01"}, True),
        ("change", {"until": "2026-06-01"}, {"until": None}, True),
        ("change", {"until": None}, {"until": "2026-07-01"}, False),
        ("change", {"until": "2026-07-01"}, {"until": "2026-06-01"}, False),
        ("remove", {"until": None}, None, False),
    ],
)
def test_standing_in_longer_needs_a_second_person_standing_in_no_more_does_not(kind, old, new, needs):
    assert rules.needs_second("substitutes", [{"kind": kind, "old": old, "new": new}]) is needs


def test_neither_of_the_two_decides_on_who_stands_in(admin, second):
    row = {"kind": "add", "key": ["hw01", "bz01", "2026-06-01"], "old": None, "new": {"until": None}}
    change = Change(table="substitutes", rows=[row], by=Officer.objects.get(username="gl01"))
    assert rules.concerned(change) == {"hw01", "bz01"}


@pytest.mark.parametrize(
    ("who", "role", "unit", "words"),
    [
        ("hw01", "handler", "HOTLINE", "热线中心没有经办人这个角色"),
        ("hw03", "dispatcher", "HOTLINE", "第三方人员只能做话务员"),
        ("nobody", "operator", "HOTLINE", "没有账号 nobody"),
        ("c-housing-jb1", "administrator", "C-HOUSING", "没有系统管理员这个角色"),
    ],
)
def test_grants_that_make_no_sense_are_refused(who, role, unit, words, admin):
    answer = mend(admin, "grants", None, officer=who, role=role, department=unit)
    assert answer.status_code == 422 and words in said(answer)


def test_the_last_administrator_stays(admin):
    for table, key, fields in (
        ("officers", "gl01", {"is_active": False}),
        ("grants", "gl01~administrator~HOTLINE~", {"until": "2026-01-01", "since": "2025-01-01"}),
    ):
        answer = mend(admin, table, key, **fields)
        change = change_of(answer)
        assert press(admin, change).status_code in (303, 409)
        change.refresh_from_db()
        assert change.state != "done"
    assert Officer.objects.get(username="gl01").is_active


def test_while_a_city_is_set_up_one_person_is_enough_and_then_never_again(admin):
    Grant.objects.filter(role="shift_lead").delete()
    Setting.objects.create(key="setting_up", value=True)
    alone = change_of(mend(admin, "grants", None, officer="hw01", role="shift_lead", department="HOTLINE"))
    assert done(admin, alone).state == "done"
    assert not Setting.objects.filter(key="setting_up").exists()
    Grant.objects.filter(officer__username="hw01", role="shift_lead").delete()  # whatever becomes of the second person
    later = change_of(mend(admin, "grants", None, officer="hw02", role="dispatcher", department="HOTLINE"))
    assert done(admin, later).state == "waiting"


# ---- departments and their cases


def test_a_department_with_open_cases_is_not_closed(admin, cast):
    case = cast.in_hand()
    answer = mend(admin, "departments", "C-HOUSING", is_active=False)
    assert answer.status_code == 422
    assert "手里还有 1 件没办结的诉求，不能停用" in said(answer) and case.number in said(answer)
    assert Department.objects.get(pk="C-HOUSING").is_active


def test_nor_between_the_look_and_the_confirmation(admin, cast):
    change = change_of(mend(admin, "departments", "C-MARKET", is_active=False))
    cast.in_hand(unit="C-MARKET")
    answer = press(admin, change)
    assert answer.status_code == 409 and "不能停用" in said(answer)
    assert Department.objects.get(pk="C-MARKET").is_active


def test_a_department_without_cases_is_closed_and_takes_no_new_ones(admin, cast):
    change = change_of(mend(admin, "departments", "C-MARKET", is_active=False))
    assert done(admin, change).state == "done"
    from suqiu.errors import Refused

    with pytest.raises(Refused):
        cast.dispatched(unit="C-MARKET")


def test_what_would_be_sent_elsewhere_is_counted_by_number_and_never_by_title(admin, cast):
    case = cast.accepted()
    page = admin.open(change_url(change_of(mend(admin, "departments", "B-510802-HOUSING", duty="was_housing"))))
    assert "1 件还没派出的，建议派给的单位会变" in said(page) and case.number in said(page)
    assert case.title not in page.content.decode() and "王桂芳" not in page.content.decode()
    assert Department.objects.get(pk="B-510802-HOUSING").duty == "housing"  # only tried out


def change_url(change: Change) -> str:
    return f"{HOME}changes/{change.pk}/"


# ---- versions


def test_a_change_of_the_catalogue_is_a_new_version(admin, cast):
    case = cast.accepted()
    item, old = case.matter, CatalogueVersion.objects.get().number
    before = Matter.objects.count()
    answer = mend(admin, "catalogue", item.code, evidence_class="plan", **{"option-note": "三定方案改了"})
    change = change_of(answer)
    assert "1 件还没派出的，派单时按新的证据类" in said(admin.open(change_url(change)))
    done(admin, change)
    assert CatalogueVersion.objects.order_by("-number").first().number == old + 1
    assert Matter.objects.count() == 2 * before
    item.refresh_from_db()
    assert item.evidence_class == "on_site"
    assert Matter.objects.get(version__number=old + 1, code=item.code).evidence_class == "plan"


def test_an_item_without_an_owner_is_refused(admin):
    code = Matter.objects.filter(level=3).order_by("code")[0].code
    answer = mend(admin, "catalogue", code, owner_duty="nobody_has_this", **{"option-note": "x"})
    assert answer.status_code == 422 and "没有哪个在用的单位有职责词 nobody_has_this" in said(answer)


def test_a_branch_is_not_cut_under_its_items(admin):
    answer = hand_in(admin, "catalogue", sheet(["编码", "删去"], ["0101", "是"]), note="x")
    assert answer.status_code == 422 and "它下面还有这一条" in said(answer)


def test_new_terms_wait_for_a_leader_and_running_clocks_keep_theirs(admin, second, seated, cast):  # noqa: F811
    case = cast.in_hand()
    due = case.clocks.get(kind=ClockKind.OUTER).due_at
    change = change_of(mend(admin, "terms", "outer~complaint~", amount="10", **{"option-note": "市里定的"}))
    page = said(admin.open(change_url(change)))
    assert "1 个正在走的时限按原来的版本走完" in page and case.number in page
    done(admin, change)
    assert (change.state, press(second, change).status_code) == ("waiting", 404)
    assert ClockProfile.objects.count() == 1
    assert done(seated("ld01"), change).state == "done"
    assert ClockProfile.objects.count() == 2
    assert case.clocks.get(kind=ClockKind.OUTER).due_at == due
    later = cast.accepted(at=NOW + timedelta(hours=1))
    assert later.clocks.get(kind=ClockKind.OUTER).amount == 10


def test_a_kind_of_clock_cannot_vanish(admin):
    answer = hand_in(admin, "terms", sheet(["时限", "诉求类型", "紧急程度", "删去"], ["回访", "", "", "是"]), note="x")
    assert answer.status_code == 422 and "这一种时限一行也没有了" in said(answer)


def test_a_calendar_shows_which_due_times_move_and_the_worker_moves_them(admin, cast):
    from tests.cast import run_jobs

    case = cast.in_hand()
    due, version = case.clocks.get(kind=ClockKind.OUTER).due_at, CalendarYear.objects.get(year=2026).version
    change = change_of(
        hand_in(
            admin, "calendar", sheet(["日期", "上班", "名目"], ["2026-06-12", "否", "临时放假"]), source="市政府通知"
        )
    )
    page = said(admin.open(change_url(change)))
    assert (
        "1 件没办结的诉求，时限会变" in page
        and case.number in page
        and f"{timezone.localtime(due):%Y-%m-%d %H:%M}" in page
    )
    assert CalendarDay.objects.filter(day="2026-06-12").count() == 0
    done(admin, change)
    assert CalendarYear.objects.get(year=2026).version == version + 1
    assert CalendarDay.objects.filter(day__year=2026).count() > 20  # the other days of the year are still there
    run_jobs()
    assert case.clocks.get(kind=ClockKind.OUTER).due_at == due + timedelta(days=1)


def suppose(day: str) -> list[dict]:
    """What taking this day off would do to open cases."""
    table = tables.BY_NAME["calendar"]
    new = {"day": day, "is_working": False, "name": "临时放假"}
    return effects.of(table, table.stands(), [{"kind": "add", "key": [day], "old": None, "new": new}], {})


def test_what_a_calendar_would_move_costs_the_same_for_any_number_of_cases(
    cast, django_assert_max_num_queries, monkeypatch
):
    for _n in range(4):
        cast.in_hand()
    calendar_changed()
    with django_assert_max_num_queries(8):
        (effect,) = suppose("2026-06-12")
    assert (effect["count"], effect["is_at_least"]) == (4, False)
    monkeypatch.setattr(effects, "LOOKED_AT", 3)
    (effect,) = suppose("2026-06-12")
    assert (effect["count"], effect["is_at_least"]) == (3, True)
    assert showing.effects([effect])[0]["said"] == "至少 3 件没办结的诉求，时限会变"
    assert suppose("2027-06-11") == []


def test_what_new_terms_would_change_costs_the_same_for_any_number_of_cases(cast, django_assert_max_num_queries):
    for _n in range(4):
        cast.in_hand()
    table = tables.BY_NAME["terms"]
    stands = table.stands()
    key = ("outer", "complaint", "")
    row = {"kind": "change", "key": list(key), "old": stands[key], "new": stands[key] | {"amount": 10}}
    calendar_changed()
    with django_assert_max_num_queries(5):
        (effect,) = effects.of(table, stands, [row], {})
    assert (effect["count"], len(effect["cases"])) == (4, 4)


# ---- messages


def test_a_message_in_the_city_s_own_words(admin, cast):
    from suqiu.gateways.models import Message
    from tests.cast import run_jobs

    text = "【本市12345】编号 {number}，{promised}查询请到 {where}"
    change = change_of(mend(admin, "messages", "received~zh-hans", text=text))
    page = admin.open(change_url(change))
    assert "编号 XX2601020001，查询请到 https://example.org/…" in said(page)
    done(admin, change)
    case = cast.case()
    run_jobs()
    assert (
        f"【本市12345】编号 {case.number}，查询请到"
        in Message.objects.filter(case_number=case.number).order_by("id")[0].body
    )
    change = change_of(mend(admin, "messages", "received~zh-hans", text=""))
    done(admin, change)
    assert not MessageTemplate.objects.exists()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("编号 {number}", "少了空位：{promised}、{where}"),
        ("{number} {where} {promised} {name}", "不认识的空位：{name}"),
        ("{number} {where} {promised} {0.__class__}", "不认识的空位"),
        ("{number} {where} {promised} {", "大括号没有配对"),
        ("{number} {where} {promised}\n再来一行", "短信不能换行"),
        ("{number} {where} {promised}" + "长" * 350, "最多 350 个字"),
    ],
)
def test_wrong_words_of_a_message_are_refused(text, words, admin):
    """peers 22."""
    answer = mend(admin, "messages", "received~zh-hans", text=text)
    assert answer.status_code == 422 and words in said(answer)


def test_every_wording_names_the_blanks_of_the_program_s_words():
    for wording in wordings.WORDINGS:
        for language in ("zh-hans", "en"):
            text = wordings.of_the_program(wording, language)
            assert wordings.wrong(wording, text) == "", (wording.name, language, text)
            assert set(wordings.BLANK.findall(text)) == set(wording.blanks)
            assert wordings.shown(wording.name, language, "").count("{") == 0


# ---- substitutes and expiring grants


def test_a_substitute_sees_the_cases_in_his_days_only(admin, second, seated, cast, clock):  # noqa: F811
    Substitute.objects.all().delete()
    open_case, secret = cast.in_hand(), cast.in_hand(secrecy="confidential")
    other = seated("c-housing-jb2")
    assert other.numbers("mine") == [] and other.case(secret).status_code == 404
    day = timezone.localdate()
    answer = mend(
        admin,
        "substitutes",
        None,
        officer="c-housing-jb1",
        substitute="c-housing-jb2",
        since=str(day + timedelta(days=1)),
        until=str(day + timedelta(days=2)),
    )
    change = change_of(answer)
    assert "2 件没办结的" in said(admin.open(change_url(change)))
    done(admin, change)
    assert change.state == "waiting" and not Substitute.objects.exists()
    done(second, change)
    assert change.state == "done"
    assert other.numbers("mine") == []
    clock.shift(timedelta(days=1))
    other = seated("c-housing-jb2")
    assert sorted(other.numbers("mine")) == sorted([open_case.number, secret.number])
    assert other.case(secret).status_code == 200
    clock.shift(timedelta(days=2))
    other = seated("c-housing-jb2")
    assert other.numbers("mine") == [] and other.case(secret).status_code == 404


def test_who_stands_in_is_of_the_same_unit(admin):
    answer = mend(admin, "substitutes", None, officer="c-housing-jb1", substitute="c-market-jb1")
    assert answer.status_code == 422 and "同一个单位" in said(answer)


def test_a_grant_that_ends_is_told_a_week_before_once(seated, clock):  # noqa: F811
    from suqiu.directory import tasks

    today = timezone.localdate()
    grant = Grant.objects.get(officer__username="c-housing-jb1")
    Grant.objects.filter(pk=grant.pk).update(until=today + timedelta(days=8))
    tasks.tell_of_grants_that_end(timestamp=0)
    assert not Notice.objects.filter(key__startswith="grant-ends").exists()
    clock.shift(timedelta(days=1))
    for _twice in range(2):
        tasks.tell_of_grants_that_end(timestamp=0)
    told = Notice.objects.filter(key__startswith="grant-ends").values_list("officer__username", "text")
    assert sorted(who for who, _text in told) == ["c-housing-fz", "c-housing-jb1"]
    assert all("经办人" in text for _who, text in told)


# ---- passwords


def newcomer(username: str) -> Officer:
    """Was never given a password and has never signed in."""
    officer = Officer.objects.get(username=username)
    officer.set_unusable_password()
    officer.last_login = None
    officer.save()
    return officer


def test_who_has_a_password_of_his_own_gets_another_on_his_own_telephone_alone(admin, stranger_browser):
    officer = Officer.objects.get(username="c-housing-jb1")
    assert "只发到他本人的工作手机" in said(admin.open(f"{HOME}passwords/{officer.username}/"))
    page = admin.send(f"{HOME}passwords/{officer.username}/")
    message = Message.objects.get(key__startswith=f"password:{officer.pk}:")
    assert decrypt(message.to_sealed) == officer.phone and message.channel == "sms"
    password = re.search(r"[a-z0-9]{4}-[a-z0-9]{4}-[a-z0-9]{4}", message.body)[0]
    assert page.status_code == 200 and password not in page.content.decode() and "已发到他的工作手机" in said(page)
    officer.refresh_from_db()
    assert officer.check_password(password) and not officer.check_password("suqiu-demo")
    told = Notice.objects.get(officer=officer, key__startswith="password:")
    assert "重发了密码" in told.text and password not in told.text
    line = OfficeLine.objects.get(act="password")
    assert (line.says["officer"], line.says["way"]) == (officer.pk, "sms")
    assert stranger_browser.post("/login/", {"username": officer.username, "password": password}).status_code == 303


def test_without_a_telephone_nothing_is_issued_to_who_has_his_own(admin):
    Officer.objects.filter(username="c-housing-jb1").update(phone="")
    answer = admin.send(f"{HOME}passwords/c-housing-jb1/")
    assert answer.status_code == 409 and "名册里没有" in said(answer)
    assert Officer.objects.get(username="c-housing-jb1").check_password("suqiu-demo")


def test_a_one_time_password_opens_nothing_after_a_day(admin, stranger_browser, clock):  # noqa: F811
    newcomer("hw01")
    password = admin.send(f"{HOME}passwords/hw01/").context["password"]
    clock.shift(timedelta(hours=24))
    answer = stranger_browser.post("/login/", {"username": "hw01", "password": password})
    assert answer.status_code == 422 and "过了 24 小时" in said(answer)
    assert "/login/" in stranger_browser.get("/desk/")["Location"]
    officer = Officer.objects.get(username="hw01")
    with pytest.raises(Refused, match="过了 24 小时"):
        actions.choose_password(officer=officer, old=password, new="翠湖公园的第三棵树!1", at=timezone.now())
    officer.set_password("机房换的一个密码")  # as manage.py changepassword does
    officer.save()
    assert stranger_browser.post("/login/", {"username": "hw01", "password": "机房换的一个密码"}).status_code == 303


def test_a_one_time_password_must_be_changed_first(admin, seated, stranger_browser):  # noqa: F811
    newcomer("hw01")
    page = admin.send(f"{HOME}passwords/hw01/")
    password = page.context["password"]
    assert password in said(page) and password not in said(admin.open(f"{HOME}passwords/hw01/"))
    answer = stranger_browser.post("/login/", {"username": "hw01", "password": password})
    assert answer.status_code == 303
    for address in ("/desk/", "/desk/queue/to-accept/", "/desk/notices/"):
        assert stranger_browser.get(address)["Location"] == "/desk/password/"
    wrong = {"old": password, "new": "short", "again": "short"}
    assert stranger_browser.post("/desk/password/", wrong).status_code == 422
    own = "翠湖公园的第三棵树"
    assert (
        stranger_browser.post("/desk/password/", {"old": password, "new": own + "!1", "again": own}).status_code == 422
    )
    answer = stranger_browser.post("/desk/password/", {"old": password, "new": own + "!1", "again": own + "!1"})
    assert answer.status_code == 303, said(answer)
    assert stranger_browser.get("/desk/").status_code == 200
    acts = OfficeLine.objects.filter(act__in=("password", "own_password")).order_by("id").values_list("act", flat=True)
    assert list(acts) == ["password", "own_password"]


def test_the_password_of_a_second_person_is_not_the_administrator_s_to_change(admin):
    Officer.objects.filter(username="bz01").update(last_login=NOW)
    answer = admin.send(f"{HOME}passwords/bz01/")
    assert answer.status_code == 403 and "能做第二人" in said(answer)
    assert Officer.objects.get(username="bz01").check_password("suqiu-demo")


def test_new_officers_get_their_passwords_in_one_sheet_once(admin):
    rows = [[f"new{n}", f"新人{n}", "C-HOUSING"] for n in range(3)]
    done(admin, change_of(hand_in(admin, "officers", sheet(["账号", "姓名", "单位"], *rows))))
    assert not Officer.objects.get(username="new0").has_usable_password()
    body = admin.send(f"{HOME}passwords/").content
    found = CalamineWorkbook.from_filelike(io.BytesIO(body)).get_sheet_by_index(0).to_python()
    assert [row[0] for row in found[1:]] == ["new0", "new1", "new2"]
    assert Officer.objects.get(username="new1").check_password(found[2][3])


def test_a_lost_sheet_is_made_again_for_who_never_signed_in(admin):
    rows = [[f"new{n}", f"新人{n}", "C-HOUSING"] for n in range(2)]
    done(admin, change_of(hand_in(admin, "officers", sheet(["账号", "姓名", "单位"], *rows))))
    admin.send(f"{HOME}passwords/")
    Officer.objects.filter(username="new0").update(last_login=NOW)
    assert "其中 1 个发过了" in said(admin.open(f"{HOME}passwords/"))
    body = admin.send(f"{HOME}passwords/").content
    found = CalamineWorkbook.from_filelike(io.BytesIO(body)).get_sheet_by_index(0).to_python()
    assert [row[0] for row in found[1:]] == ["new1"]
    assert Officer.objects.get(username="new1").check_password(found[1][3])
    Officer.objects.filter(username="new1").update(last_login=NOW)
    assert admin.send(f"{HOME}passwords/").status_code == 409


@pytest.fixture
def stranger_browser(db):
    from django.test import Client

    return Client()


# ---- hand-over


def test_all_open_cases_of_one_go_to_another_each_with_its_own_step(seated, cast):  # noqa: F811
    cases = [cast.in_hand() for _n in range(3)]
    replied = cast.replied()
    leader = seated("c-housing-fz")
    assert "c-housing-jb1" in leader.open("/desk/hand-over/").content.decode()
    address = "/desk/hand-over/c-housing-jb1/"
    form = Form(leader.open(address).content.decode(), having="cases").values
    to = Officer.objects.get(username="c-housing-jb2")
    fields = form | {"officer": to.pk, "cases": [c.number for c in (*cases, replied)]}
    answer = leader.send(address, fields)
    assert (answer.status_code, answer["Location"]) == (303, f"{address}?done")
    answer = leader.open(answer["Location"])
    assert answer.status_code == 200 and "交了 3 件" in said(answer)
    assert "没交成的 1 件" in said(leader.open(f"{address}?done")), "a reload keeps what was refused"
    assert [r["number"] for r in answer.context["refused"]] == [replied.number]
    for case in cases:
        case.refresh_from_db()
        line = case.lines.order_by("-no").first()
        assert (case.lead_officer, line.step, line.officer.username) == (to, "assign", "c-housing-fz")
    before = [c.line_no for c in cases]
    leader.send(address, fields)
    assert [c.lines.count() for c in cases] == before  # pressed twice, assigned once


def test_a_double_click_on_all_that_somebody_has_gets_the_same_answer(seated, cast):  # noqa: F811
    cases, leader, address = (
        [cast.in_hand() for _n in range(2)],
        seated("c-housing-fz"),
        "/desk/hand-over/c-housing-jb1/",
    )
    form = Form(leader.open(address).content.decode(), having="cases").values
    fields = form | {"officer": Officer.objects.get(username="c-housing-jb2").pk, "cases": [c.number for c in cases]}
    for _press in range(2):
        answer = leader.send(address, fields)
        assert answer.status_code == 303, said(answer)
        assert "交了 2 件" in said(leader.open(answer["Location"]))
    assert leader.open(address).status_code == 404  # nothing is left in his hands
    assert seated("c-housing-fz").open(f"{address}?done").status_code == 303  # another browser knows of none


def test_nobody_hands_over_what_is_not_his_unit_s(seated, cast, admin):  # noqa: F811
    cast.in_hand()
    assert admin.open("/desk/hand-over/").status_code == 403
    assert seated("c-market-fz").open("/desk/hand-over/c-housing-jb1/").status_code == 404
    assert seated("c-housing-jb1").open("/desk/hand-over/").status_code == 403


# ---- who may


@pytest.mark.parametrize("who", ["hw01", "bz01", "ld01", "c-housing-fz", "k-510824-pd1"])
def test_the_tables_are_the_administrator_s_alone(who, seated):  # noqa: F811
    officer = seated(who)
    for address in (
        HOME,
        at("areas"),
        at("grants", "row/"),
        at("officers", "file/"),
        at("terms", "upload/"),
        f"{HOME}passwords/",
    ):
        assert officer.open(address).status_code == 403, address


def test_an_unknown_table_row_or_page_is_not_found(admin):
    for address in (at("nothing"), at("areas", "row/?key=000000"), at("areas") + "?page=99", f"{HOME}changes/999999/"):
        assert admin.open(address).status_code == 404, address
