"""Is a file taken in whole, once, and in its own words, whatever its shape?"""

from __future__ import annotations

import csv
import gzip
import os
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg
import pytest
import xlsxwriter
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from suqiu.cases import journal
from suqiu.cases.exports import COLUMNS, export
from suqiu.cases.models import Case, Clock
from suqiu.directory.models import OfficeLine
from suqiu.errors import Refused
from suqiu.gateways.models import Message
from suqiu.intake import actions, batch
from suqiu.intake.batch import Import
from suqiu.intake.models import ImportBatch
from tests.cast import run_jobs

ZONE = ZoneInfo("Asia/Shanghai")
HEADING = list(COLUMNS)
ROWS = [
    ["A1", "2020-01-06 09:05", "电话", "投诉", "王桂芳", "13812342217", "利州区东坝街道", "翠屏社区", "105.83", "32.43", "路灯不亮", "路灯不亮，请修。"],
    ["A2", "2020-01-07 10:00", "市长信箱", "求决", "", "", "某省某市某县", "", "", "", "", "小区停水两天了，没有人管。"],
    ["A3", "2020-01-08", "网页", "咨询", "李女士", "", "510802", "", "", "", "医保", "医保卡丢了怎么补，\n要带什么？"],
]  # fmt: skip
pytestmark = pytest.mark.django_db


def write_csv(path: Path, rows, heading=HEADING, encoding: str = "utf-8") -> Path:
    with path.open("w", encoding=encoding, newline="") as out:
        csv.writer(out).writerows([heading, *rows])
    return path


def write_xlsx(path: Path, rows, heading=HEADING, above=()) -> Path:
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd hh:mm"}) as book:
        book.add_worksheet("空")
        sheet = book.add_worksheet("诉求")
        for no, cells in enumerate([*above, heading, *rows]):
            sheet.write_row(no, 0, cells)
    return path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return write_csv(tmp_path / "来件.csv", ROWS)


def taken(path: Path, mode: str = "history", **more) -> tuple[int, int, int]:
    done = Import(path, mode, **more).run()
    return done.good, done.again, done.bad


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


# ---- as history, and as new


def test_history_has_its_own_date_and_nothing_follows(file):
    assert taken(file) == (3, 0, 0)
    lamp, water, card = Case.objects.order_by("id")
    assert [c.state for c in (lamp, water, card)] == ["Z", "Z", "Z"]
    assert [c.number[2:8] for c in (lamp, water, card)] == ["200106", "200107", "200108"]
    assert (lamp.received_at, lamp.is_date_known) == (datetime(2020, 1, 6, 9, 5, tzinfo=ZONE), True)
    assert [line.step for line in lamp.lines.all()] == ["archive"]
    assert lamp.lines.get().columns["received_at"] == "2020-01-06T01:05:00.000000Z"
    assert not Clock.objects.exists() and not lamp.holdings.exists()
    assert run_jobs() == 0 and not Message.objects.exists()
    assert journal.verify().findings == []


def test_new_is_received_now_with_its_clock_and_its_messages(file):
    before = timezone.now()
    assert taken(file, "new") == (3, 0, 0)
    lamp = Case.objects.get(source_number="A1")
    assert lamp.state == "R" and before <= lamp.received_at <= timezone.now()
    assert [line.step for line in lamp.lines.all()] == ["receive"]
    assert list(lamp.clocks.values_list("kind", flat=True)) == ["accept"]
    run_jobs()
    assert Message.objects.get(case_number=lamp.number).to_masked == "138****2217"


def test_a_row_without_a_date_gets_the_day_of_import(tmp_path):
    assert taken(write_csv(tmp_path / "x.csv", [["路灯不亮，请修。"]], ["text"])) == (1, 0, 0)
    case = Case.objects.get()
    assert not case.is_date_known and timezone.localtime(case.received_at).date() == timezone.localdate()


def test_what_is_not_recognised_is_kept_as_written(file):
    taken(file)
    water = Case.objects.get(source_number="A2")
    assert (water.channel, water.type_as_written, water.area_as_written) == ("市长信箱", "求决", "某省某市某县")
    assert (water.demand_type, water.area_id, water.source_system) == ("", None, "来件")
    lamp = Case.objects.get(source_number="A1")
    assert (lamp.channel, lamp.demand_type, lamp.area.name, lamp.area_as_written) == (
        "phone",
        "complaint",
        "东坝街道",
        "",
    )
    assert (lamp.place, lamp.longitude, lamp.latitude, lamp.title) == ("翠屏社区", 105.83, 32.43, "路灯不亮")
    assert (lamp.person.name, lamp.person.phone) == ("王桂芳", "13812342217")


def test_words_over_several_lines_stay_as_they_are(file):
    taken(file)
    assert Case.objects.get(source_number="A3").contents.get().body == "医保卡丢了怎么补，\n要带什么？"


@pytest.mark.parametrize(
    ("written", "area"),
    [
        ("510802", "利州区"),
        ("510802000000", "利州区"),
        ("利州区", "利州区"),
        ("广元市利州区", "利州区"),
        ("四川省广元市利州区东坝街道", "东坝街道"),
        ("利州区 东坝街道", "东坝街道"),
        ("广元市", "广元市"),
        ("四川省", None),
        ("成都市武侯区", None),
        ("", None),
    ],
)
def test_an_area_by_code_or_name(tmp_path, written, area):
    taken(write_csv(tmp_path / "x.csv", [["路灯不亮，请修。", written]], ["text", "area"]))
    case = Case.objects.get()
    assert ((case.area and case.area.name), case.area_as_written) == (area, "" if area else written)


def test_a_name_that_several_areas_bear_is_none_of_them():
    names = batch.AreaNames()
    counted: dict[str, int] = {}
    for area in names._areas.values():
        counted[area.name] = counted.get(area.name, 0) + 1
    shared = [name for name, n in counted.items() if n > 1]
    assert shared and not any(names.code_of(name) for name in shared)
    assert all(names.code_of(names._full_name(a)) for a in names._areas.values() if a.kind != "village")


# ---- safe to repeat


def test_the_same_file_again_brings_nothing(file, tmp_path):
    taken(file)
    assert taken(file) == (0, 3, 0)
    other_name = tmp_path / "同一批.csv"
    other_name.write_bytes(file.read_bytes())
    assert taken(other_name) == (0, 3, 0)
    assert taken(file, "new") == (0, 3, 0)
    assert Case.objects.count() == 3


def test_added_rows_are_taken_and_only_those(file):
    taken(file)
    write_csv(file, [["A0", *ROWS[0][1:-1], "另一件事，请看看。"], *ROWS])
    assert taken(file) == (1, 3, 0)


def test_without_an_id_the_file_and_the_row_tell_who_is_who(tmp_path):
    one = write_csv(tmp_path / "one.csv", [["同样的话。"], ["同样的话。"]], ["text"])
    assert taken(one) == (2, 0, 0)
    packed = tmp_path / "two.csv.gz"
    packed.write_bytes(gzip.compress(one.read_bytes()))
    assert taken(packed) == (0, 2, 0)
    assert taken(write_csv(tmp_path / "three.csv", [["同样的话。"]], ["text"])) == (1, 0, 0)


def test_two_systems_may_count_alike(tmp_path):
    rows = [["1", "路灯不亮，请修。"]], [["1", "小区停水两天了。"]]
    taken(write_csv(tmp_path / "one.csv", rows[0], ["id", "text"]))
    assert taken(write_csv(tmp_path / "two.csv", rows[1], ["id", "text"])) == (1, 0, 0)
    assert set(Case.objects.values_list("source_system", "source_number")) == {("one", "1"), ("two", "1")}


def test_one_id_with_other_words_is_left_to_people(tmp_path):
    file = write_csv(tmp_path / "x.csv", [["1", "路灯不亮，请修。"]], ["id", "text"])
    taken(file)
    write_csv(file, [["1", "路灯还是不亮。"]], ["id", "text"])
    assert taken(file) == (0, 0, 1)
    assert f"编号 1 已经收过（{Case.objects.get().number}）" in read(tmp_path / "x.errors.csv")[0]["reason"]
    assert taken(file, source="别的系统") == (1, 0, 0)


# ---- shapes of files


def test_gb18030_and_utf8_with_and_without_mark(tmp_path):
    for no, encoding in enumerate(("gb18030", "utf-8", "utf-8-sig", "utf-16")):
        write_csv(tmp_path / f"{encoding}.csv", [[f"第{no}件，路灯不亮，请修。䶮"]], ["内容"], encoding)
        assert taken(tmp_path / f"{encoding}.csv") == (1, 0, 0)
    assert [c.body for c in _contents()] == [f"第{no}件，路灯不亮，请修。䶮" for no in range(4)]


def _contents():
    return [c.contents.get() for c in Case.objects.order_by("id")]


def test_a_packed_gb18030_file_with_semicolons(tmp_path):
    path = tmp_path / "x.csv.gz"
    path.write_bytes(gzip.compress("编号;内容\r\n7;路灯不亮，请修。\r\n".encode("gb18030")))
    assert taken(path) == (1, 0, 0)
    assert Case.objects.get().source_number == "7"


def test_chinese_headings_are_known(tmp_path):
    heading = list(COLUMNS.values())
    assert heading == "编号 时间 渠道 类型 姓名 电话 区域 地址 经度 纬度 标题 内容".split()
    assert taken(write_csv(tmp_path / "x.csv", ROWS, heading)) == (3, 0, 0)
    assert Case.objects.get(source_number="A1").person.name == "王桂芳"


def test_xlsx_with_a_title_above_dates_and_numbers_as_cells(tmp_path):
    rows = [
        [188006, datetime(2020, 1, 6, 9, 5), "投诉", 13812342217, "路灯不亮，请修。"],
        ["", "", "", "", ""],
        [188007, "", "", "", "又不亮了。"],
    ]
    heading = ["编号", "时间", "类型", "电话", "内容"]
    path = write_xlsx(tmp_path / "x.xlsx", rows, heading, above=[["2020 年工单明细"], []])
    assert taken(path) == (2, 0, 0)
    lamp = Case.objects.get(source_number="188006")
    assert (lamp.received_at, lamp.person.phone) == (datetime(2020, 1, 6, 9, 5, tzinfo=ZONE), "13812342217")
    assert taken(path) == (0, 2, 0)


def test_a_sheet_under_the_name_of_a_csv_is_read_as_what_it_is(tmp_path):
    path = write_xlsx(tmp_path / "x.xlsx", ROWS)
    assert taken(path.rename(tmp_path / "x.csv")) == (3, 0, 0)


def test_columns_by_map(tmp_path):
    path = write_csv(
        tmp_path / "x.csv", [["7", "2020-01-06", "路灯", "路灯不亮，请修。"]], ["msg_id", "time", "topic", "detail"]
    )
    columns = {"id": "msg_id", "received_at": "time", "title": "topic", "text": "detail"}
    assert taken(path, columns=columns) == (1, 0, 0)
    case = Case.objects.get()
    assert (case.source_number, case.title, case.received_at.year) == ("7", "路灯", 2020)


# ---- bad rows


def test_bad_rows_go_to_a_file_and_good_ones_are_taken(tmp_path):
    rows = [
        ["B1", "2020-01-06", "13812342217", "路灯不亮，请修。"],
        ["B2", "昨天下午", "", "路灯不亮，请修。"],
        ["B3", "2020-01-06", "12", "路灯不亮，请修。"],
        ["B4", "2020-01-06", "", " "],
        ["B5", "2199-01-06", "", "路灯不亮，请修。"],
        ["B6", "2020-01-06", "", "长" * 20_001],
        ["B7", "2020-01-06", "", "请看\n=SUM(A1)", "多出来的一格"],
        ["B8", "2020-01-06", "", "最后一件也要收进来。"],
    ]
    path = write_csv(tmp_path / "x.csv", rows, ["id", "received_at", "phone", "text"])
    assert taken(path) == (2, 0, 6)
    bad = read(tmp_path / "x.errors.csv")
    assert [(r["line"], r["id"]) for r in bad] == [
        ("3", "B2"),
        ("4", "B3"),
        ("5", "B4"),
        ("6", "B5"),
        ("7", "B6"),
        ("8", "B7"),
    ]
    whys = (
        "时间看不懂：昨天下午",
        "电话号码好像不对",
        "还没有写内容",
        "时间在将来：2199-01-06",
        "写了 20001 个字",
        "比表头多 1 列",
    )
    assert all(why in r["reason"] for why, r in zip(whys, bad, strict=True))
    assert set(Case.objects.values_list("source_number", flat=True)) == {"B1", "B8"}


def test_the_file_of_bad_rows_can_be_mended_and_imported(tmp_path):
    path = write_csv(
        tmp_path / "x.csv",
        [["B1", "昨天", "=路灯不亮，请修。"], ["B2", "2020-01-06", "好的一件。"]],
        ["id", "received_at", "text"],
    )
    assert taken(path) == (1, 0, 1)
    errors = tmp_path / "x.errors.csv"
    assert "'=路灯" in errors.read_text(encoding="utf-8-sig")
    errors.write_text(errors.read_text(encoding="utf-8-sig").replace(",昨天,", ",2020-01-05,"), encoding="utf-8")
    assert taken(errors) == (1, 0, 0)
    assert Case.objects.get(source_number="B1").contents.get().body == "=路灯不亮，请修。"
    write_csv(path, [["B2", "2020-01-06", "好的一件。"]], ["id", "received_at", "text"])
    assert taken(path) == (0, 1, 0) and not errors.exists(), "nothing is bad any more"


def test_where_the_file_lies_nothing_need_be_written(tmp_path, monkeypatch, capsys):
    """Good rows need no place for bad ones; bad ones go where the command was called."""
    (tmp_path / "kept").mkdir(), (tmp_path / "here").mkdir()
    path = write_csv(tmp_path / "kept" / "x.csv", [["1", "路灯不亮，请修。"], ["2", ""]], ["id", "text"])
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setattr(os, "access", lambda folder, _mode: folder != path.parent)
    call_command("import_demands", str(path), "--as", "history")
    assert "收进 1 行，以前收过 0 行，坏行 1 行" in capsys.readouterr().out
    assert [row["id"] for row in read(tmp_path / "here" / "x.errors.csv")] == ["2"]
    assert [f.name for f in path.parent.iterdir()] == ["x.csv"]


def test_bad_rows_that_can_be_written_nowhere_stop_the_import_in_words(tmp_path):
    path = write_csv(tmp_path / "x.csv", [["1", "路灯不亮，请修。"], ["2", ""], ["3", "又不亮了。"]], ["id", "text"])
    (tmp_path / ".x.errors.csv.part").mkdir()
    with pytest.raises(CommandError, match=r"坏行要写到 .*那里写不了"):
        call_command("import_demands", str(path), "--as", "history")
    (tmp_path / ".x.errors.csv.part").rmdir()
    assert taken(path) == (1, 1, 1)


def test_an_open_quote_swallows_no_rows(tmp_path):
    lines = [
        "id,text",
        '1,"第一件，',
        '分两行。"',
        '2,"第二件没有收尾的引号',
        "3,第三件是好的。",
        '4,"第四件',
        '也分两行。"',
        '5,第五件说"急"。',
        '6,"第六件又没收尾',
        "7,第七件是好的。",
    ]
    (tmp_path / "x.csv").write_text("\n".join(lines), encoding="utf-8")
    assert taken(tmp_path / "x.csv") == (5, 0, 2)
    assert {c.case.source_number: c.body for c in _contents()} == {
        "1": "第一件，\n分两行。",
        "3": "第三件是好的。",
        "4": "第四件\n也分两行。",
        "5": '第五件说"急"。',
        "7": "第七件是好的。",
    }
    bad = read(tmp_path / "x.errors.csv")
    assert [(r["line"], r["id"]) for r in bad] == [("4", "2"), ("9", "6")]
    assert all("引号没有配对" in r["reason"] for r in bad)


def test_damaged_bytes_are_told_and_do_not_turn_the_file_into_another_encoding(tmp_path):
    good = "".join(f"{no},第{no}件，路灯不亮，请修。\n" for no in range(40))
    (tmp_path / "x.csv").write_bytes(
        f"id,text\n{good}".encode() + b"40,\xe8\xb7\xff\xfe\xef\xbc\x8c\xe8\xaf\xb7\n" + "41,好的。\n".encode()
    )
    assert taken(tmp_path / "x.csv") == (41, 0, 1)
    assert read(tmp_path / "x.errors.csv")[0]["reason"] == "第 2 列有认不出的字节，文件可能坏了"
    assert Case.objects.get(source_number="7").contents.get().body == "第7件，路灯不亮，请修。"


@pytest.mark.parametrize("value", ["控制\x00符\x07号", "１２３ 全角", "🏮 灯", "'", '"', "a" * 1500, "\u202e倒着写"])
def test_odd_characters_in_any_column_lose_no_row(tmp_path, value):
    heading = [name for name in HEADING if name not in ("received_at", "longitude", "latitude", "phone")]
    path = write_csv(tmp_path / "x.csv", [[value] * (len(heading) - 1) + [f"{value} 路灯不亮，请修。"]], heading)
    assert taken(path) == (1, 0, 0)
    assert journal.verify().findings == []


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "是空的"),
        (b"\n\n", "是空的"),
        (b"PK\x03\x04 no sheet at all", "打不开"),
        (gzip.compress(b"id,text\n" * 100, mtime=0)[:-9], "文件可能没传完"),
        (b"a,b\n1,2\n", "没有内容列"),
    ],
)
def test_a_file_that_is_none_is_refused_in_words(tmp_path, content, said):
    (tmp_path / "x.csv").write_bytes(content)
    with pytest.raises(Refused, match=said):
        taken(tmp_path / "x.csv")
    assert not Case.objects.exists() and [f.name for f in tmp_path.iterdir()] == ["x.csv"]


# ---- the command


def test_a_missing_text_column_names_the_columns_and_the_map_to_use(tmp_path):
    path = write_csv(tmp_path / "x.csv", [["7", "路灯", "路灯从上周三起不亮，请修。"]], ["msg_id", "topic", "detail"])
    with pytest.raises(CommandError, match=r"msg_id、topic、detail.*--map text=detail"):
        call_command("import_demands", path)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["text=nothing"], "没有 nothing 这一列。有的列：id"),
        (["words=text"], "不认识 words。能用的有：id"),
        (["text"], "要写成 字段=列名"),
        (["text="], "要写成 字段=列名"),
    ],
)
def test_a_wrong_map_is_refused_in_words(file, given, said):
    with pytest.raises(CommandError, match=said):
        call_command("import_demands", file, map=given)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(CommandError, match="没有这个文件"):
        call_command("import_demands", tmp_path / "x.csv")


def test_the_command_tells_what_it_did_and_writes_it_down(file, capsys):
    write_csv(file, [*ROWS, ["A4", "昨天", *ROWS[0][2:]]])
    call_command("import_demands", str(file), "--as", "history", "--map", "title=title", "text=text")
    told = capsys.readouterr()
    assert "收进 3 行，以前收过 0 行，坏行 1 行" in told.out and "来件.errors.csv" in told.out
    assert told.err == "", "no progress bar where nobody watches"
    done = ImportBatch.objects.get()
    assert (done.file_name, done.mode, done.good, done.again, done.bad) == ("来件.csv", "history", 3, 0, 1)
    assert done.finished_at
    says = OfficeLine.objects.get(act="import").says
    assert says == {"digest": done.digest, "mode": "history", "good": 3, "again": 0, "bad": 1}


def test_the_file_may_stand_before_or_after_the_map(file):
    call_command("import_demands", "--as", "history", "--map", "text=text", "title=title", str(file))
    assert Case.objects.count() == 3
    for nothing in ((), ("--map", "text=text")):
        with pytest.raises(CommandError, match="请写上要导入的文件"):
            call_command("import_demands", *nothing)


def test_ctrl_c_says_how_to_go_on(file, monkeypatch, capsys):
    plain = actions.archive

    def stopped_at_the_second(**fields):
        if Case.objects.count() == 1:
            raise KeyboardInterrupt
        return plain(**fields)

    monkeypatch.setattr(actions, "archive", stopped_at_the_second)
    with pytest.raises(SystemExit) as ended:
        call_command("import_demands", str(file), "--as", "history")
    assert ended.value.code == 130 and "再跑一次同样的命令" in capsys.readouterr().out
    assert (ImportBatch.objects.get().good, ImportBatch.objects.get().finished_at) == (1, None)
    monkeypatch.undo()
    assert taken(file) == (2, 1, 0)


def test_one_import_of_a_file_at_a_time(file):
    run = Import(file)
    with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": None}) as other:
        other.execute("SELECT pg_advisory_lock(hashtext(%s))", [f"import:{run.table.digest}"])
        with pytest.raises(Refused, match="正在导入"):
            run.run()
        other.execute("SELECT pg_advisory_unlock(hashtext(%s))", [f"import:{run.table.digest}"])  # as its end would
    assert taken(file) == (3, 0, 0)


# ---- and out again


def test_what_was_imported_is_written_back(cast, tmp_path):
    rows = [
        [
            "A1",
            "2020-01-06 09:05:00",
            "市长信箱",
            "求决",
            "",
            "",
            "某省某县",
            "翠屏社区",
            "105.83",
            "32.43",
            "路灯",
            "路灯不亮，\n请修。",
        ],
        ["A2", "", "import", "咨询", "", "", "利州区", "", "", "", "医保卡", "=cmd|' /C calc'!A0 怎么补？"],
    ]
    taken(write_csv(tmp_path / "来件.csv", rows))
    file = tmp_path / "导出.csv"
    export(path=file, by=cast.dispatcher, second=cast.supervisor, at=timezone.now())
    rows[1][-1] = "'" + rows[1][-1]
    assert [[row[name] for name in HEADING] for row in read(file)] == rows
    assert taken(file) == (0, 2, 0), "an export brings nothing new into its own system"


def test_an_export_of_our_own_cases_is_known_again(cast, tmp_path):
    cast.closed(), cast.case()
    for name in ("x.csv", "x.xlsx"):
        export(path=tmp_path / name, by=cast.dispatcher, second=cast.supervisor, at=timezone.now())
        assert taken(tmp_path / name) == (0, 2, 0)
