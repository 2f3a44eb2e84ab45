"""Is a forger found who has every right in the database, and does the law's forgetting leave the chains whole?"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from suqiu.cases import anonymising, journal
from suqiu.cases.advance import hashed
from suqiu.cases.models import Attachment, Case, Content, Line, Look, Seal
from suqiu.citizens.models import Person
from suqiu.directory import chain, office
from suqiu.directory.models import OfficeLine
from suqiu.errors import Refused
from suqiu.gateways.models import Message
from tests.cast import MONDAY, photo, run_jobs

DAY = MONDAY.date()
NEXT_DAY = DAY + timedelta(days=1)


@pytest.fixture(autouse=True)
def seals_folder(settings, tmp_path) -> Path:
    settings.SEALS = tmp_path / "seals"
    settings.ATTACHMENTS = tmp_path / "attachments"
    return settings.SEALS


def run(capsys, *command) -> tuple[int, str]:
    """Exit status and what was said."""
    capsys.readouterr()
    try:
        call_command(*map(str, command))
    except SystemExit as ended:
        return int(ended.code or 0), capsys.readouterr().out
    return 0, capsys.readouterr().out


def sealed(day: date, folder: Path | None = None) -> Path:
    """Seals the day and takes the file to a place of the test's own."""
    _row, text = journal.seal(day)
    kept = (folder or Path(settings.SEALS).parent / "outside") / f"{day}.jsonl"
    kept.parent.mkdir(exist_ok=True)
    kept.write_text(text, encoding="utf-8")
    return kept


# ---- the forger


def all_rights() -> None:
    """From here on no trigger fires; those of the honest steps before have had their say."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL session_replication_role = replica")


def forge(case: Case, no: int, change: Callable[[Line], None]) -> None:
    """Changes one line, carries its columns on, and makes every hash, the case and the seals fit again."""
    all_rights()
    lines = list(case.lines.order_by("no"))
    old = dict(lines[no - 1].columns)
    change(lines[no - 1])
    changed = {name: value for name, value in lines[no - 1].columns.items() if value != old[name]}
    for line in lines[no:]:
        line.columns |= {name: value for name, value in changed.items() if line.columns[name] == old[name]}
    link_anew(case, lines)
    seal_anew()


def link_anew(case: Case, lines: list[Line]) -> None:
    prev = ""
    for line in lines:
        line.prev = prev
        line.hash = prev = chain.link(hashed(line, case.number))
        line.save()
    fit = {name: value for name, value in lines[-1].columns.items() if name in Case.CHAINED}
    Case.objects.filter(pk=case.pk).update(head=prev, line_no=len(lines), **fit)


def seal_anew() -> None:
    days = list(Seal.objects.order_by("day").values_list("day", flat=True))
    Seal.objects.all().delete()
    for day in days:
        journal.seal(day)


def set_column(name: str, value) -> Callable[[Line], None]:
    def change(line: Line) -> None:
        line.columns[name] = value

    return change


def set_part(name: str, value) -> Callable[[Line], None]:
    return lambda line: setattr(line, name, value)


def rewrite_text(line: Line) -> None:
    text = Content.objects.get(case=line.case_id, line_no=line.no, name="text")
    text.body, text.salt = "没有这回事。", chain.new_salt()
    text.save()
    line.contents["text"] = chain.digest(text.salt, text.body.encode())


FORGERIES = [
    (1, "received_at", set_column("received_at", "2026-06-09T01:00:00.000000Z")),
    (2, "urgency", set_column("urgency", "critical")),
    (2, "demand_type", set_column("demand_type", "praise")),
    (3, "lead_department_id", set_column("lead_department_id", "C-TRANSPORT")),
    (3, "hops", set_column("hops", 3)),
    (7, "evidence_held", set_column("evidence_held", [])),
    (10, "verdict", set_column("verdict", "unrated")),
    (4, "officer_id", set_part("officer_id", None)),
    (5, "at", set_part("at", MONDAY + timedelta(hours=1, minutes=30))),
    (6, "says", set_part("says", {"visited_at": "2026-06-08T01:00:00.000000Z"})),
    (9, "step", set_part("step", "contact")),
    (1, "contents", rewrite_text),
]


@pytest.mark.parametrize(
    ("no", "column", "change"), FORGERIES, ids=[f"line {no} {column}" for no, column, _c in FORGERIES]
)
def test_seals_of_yesterday_name_case_line_and_column(cast, capsys, no, column, change):
    case, _other = cast.closed(), cast.closed(at=MONDAY + timedelta(minutes=5))
    sealed(DAY)
    yesterday = sealed(NEXT_DAY)
    assert run(capsys, "verify_journal", "--seals", yesterday)[0] == 0
    forge(case, no, change)
    assert run(capsys, "verify_journal")[0] == 0, "the forger left no trace inside"
    status, said = run(capsys, "verify_journal", "--seals", yesterday)
    assert status == 1
    assert f"{case.number} 第 {no} 行 {column}：和封存的不一样" in said
    named = [line for line in said.splitlines() if line.startswith(case.number)]
    assert named[0].startswith(f"{case.number} 第 {no} 行 {column}"), "the first word is of where it began"
    assert _other.number not in said


def test_one_seal_vouches_for_the_older_ones_kept_anywhere(cast, capsys, seals_folder):
    """Yesterday's seal says nothing of a case that moved ten days ago; the older copies that it vouches for do."""
    case = cast.closed()
    for day in (DAY, NEXT_DAY, DAY + timedelta(days=5)):
        sealed(day, seals_folder)
    cast.case(at=MONDAY + timedelta(days=10))
    yesterday = sealed(DAY + timedelta(days=10))
    assert case.number not in yesterday.read_text(encoding="utf-8")
    forge(case, 2, set_column("urgency", "critical"))
    status, said = run(capsys, "verify_journal", "--seals", yesterday)
    assert status == 1 and f"{case.number} 第 2 行 urgency：和封存的不一样" in said
    assert f"seal:{DAY + timedelta(days=10)} 第 0 行 root：数据库里这一天的封存不是外面存的那一份" in said


def test_older_copies_that_the_forger_made_anew_are_not_believed(cast, capsys, seals_folder):
    case = cast.closed()
    sealed(DAY, seals_folder), sealed(NEXT_DAY, seals_folder)
    yesterday = sealed(DAY + timedelta(days=10))
    forge(case, 2, set_column("urgency", "critical"))
    for row in Seal.objects.filter(day__lte=NEXT_DAY):
        sealed(row.day, seals_folder)
    status, said = run(capsys, "verify_journal", "--seals", yesterday)
    assert status == 1 and "root：数据库里这一天的封存不是外面存的那一份" in said


def test_a_folder_of_seals_is_checked_from_the_first_to_the_last(cast, capsys, seals_folder):
    case = cast.closed()
    sealed(DAY, seals_folder), sealed(NEXT_DAY, seals_folder), sealed(DAY + timedelta(days=2), seals_folder)
    assert run(capsys, "verify_journal", "--seals", seals_folder) == (0, _all_is_well())
    (seals_folder / f"{NEXT_DAY}.jsonl").unlink()
    status, said = run(capsys, "verify_journal", "--seals", seals_folder)
    assert status == 1 and f"seal:{DAY + timedelta(days=2)} 第 0 行 root_before" in said
    assert case.number not in said


def _all_is_well() -> str:
    lines = Line.objects.count() + OfficeLine.objects.count()
    chains = Case.objects.count() + OfficeLine.objects.values("chain").distinct().count()
    return f"查了 {chains} 条链、{lines} 行；依法删除的文字和附件 0 处；对不上的 0 处\n"


def test_a_line_taken_off_the_end_is_missed(cast, capsys):
    case = cast.sent()
    yesterday = sealed(DAY)
    all_rights()
    last = case.lines.order_by("-no").first()
    Content.objects.filter(case=case, line_no=last.no).delete()
    Line.objects.filter(pk=last.pk).delete()
    link_anew(case, list(case.lines.order_by("no")))
    seal_anew()
    assert run(capsys, "verify_journal")[0] == 0
    status, said = run(capsys, "verify_journal", "--seals", yesterday)
    assert status == 1 and f"{case.number} 第 {last.no} 行 line：封存时有这一行，现在没有了" in said


def test_a_case_that_was_made_to_vanish_is_missed(cast, capsys):
    case = cast.case()
    yesterday = sealed(DAY)
    all_rights()
    with connection.cursor() as cursor:
        for table in ("clock", "holding", "cycle", "content", "line"):
            cursor.execute(f"DELETE FROM cases_{table} WHERE case_id = %s", [case.pk])
        cursor.execute("DELETE FROM cases_case WHERE id = %s", [case.pk])
    seal_anew()
    status, said = run(capsys, "verify_journal", "--seals", yesterday)
    assert status == 1 and f"{case.number} 第 1 行 case：封存过，现在整条没有了" in said


def test_looks_made_to_vanish_are_missed(cast, capsys):
    case = cast.case()
    Look.objects.create(case=case, officer=cast.operator, at=MONDAY, what="contact", reason="other", words="随便看看")
    yesterday = sealed(DAY)
    all_rights()
    Look.objects.update(words="核实情况")
    seal_anew()
    status, said = run(capsys, "verify_journal", "--seals", yesterday)
    assert status == 1 and f"looks:{DAY}" in said


def test_the_office_journal_is_sealed_too(cast, capsys):
    office.write(act="reveal", by=cast.operator, at=MONDAY, case="X", reason="other")
    line = office.write(act="reveal", by=cast.operator, at=MONDAY, case="Y", reason="verify")
    yesterday = sealed(DAY)
    all_rights()
    OfficeLine.objects.filter(pk=line.pk).delete()
    office.write(act="reveal", by=cast.operator, at=MONDAY, case="Z", reason="verify")
    seal_anew()
    assert run(capsys, "verify_journal")[0] == 0
    status, said = run(capsys, "verify_journal", "--seals", yesterday)
    assert status == 1 and f"office:{line.chain} 第 2 行 says：和封存的不一样" in said


# ---- without seals: what does not hold together inside


@pytest.mark.parametrize(
    ("table", "values", "said"),
    [
        ("cases_line", "says = '{\"x\": 1}' WHERE no = 2", "第 2 行 hash：这一行不是当时写下的"),
        ("cases_line", "prev = '' WHERE no = 2", "第 2 行 prev：没有接着前一行"),
        ("cases_content", "body = '改过' WHERE name = 'text'", "第 1 行 text：文字不是当时写下的"),
        ("cases_content", "name = 'other' WHERE name = 'text'", "第 1 行 other：没有一行提到这段文字"),
        ("cases_case", "urgency = 'critical'", "第 2 行 urgency：现在是 'critical'，日志里是 'normal'"),
        ("cases_case", "line_no = 1", "第 2 行 head：工单记的不是最后一行"),
    ],
)
def test_a_clumsy_change_is_named(cast, capsys, table, values, said):
    case = cast.accepted()
    all_rights()
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {values}")
    status, found = run(capsys, "verify_journal")
    assert status == 1 and f"{case.number} {said}" in found


def test_all_is_well_when_nothing_was_touched(cast, capsys):
    cast.closed(), cast.dispatched()
    office.write(act="reveal", by=cast.operator, at=MONDAY, case="X", reason="other")
    assert run(capsys, "verify_journal") == (0, _all_is_well() + "没有和外面的封存对照；加 --seals 文件或文件夹\n")


def test_pages_of_cases_are_all_looked_at(cast, monkeypatch):
    monkeypatch.setattr(journal, "CASES_A_PAGE", 2)
    cases = [cast.case() for _n in range(5)]
    seen: list[None] = []
    assert journal.verify(on_progress=lambda: seen.append(None)).findings == []
    all_rights()
    Case.objects.filter(pk=cases[-1].pk).update(urgency="urgent")
    assert [f.chain for f in journal.verify().findings] == [cases[-1].number] and len(seen) == 5


# ---- seals


def test_a_seal_tells_no_secret(cast):
    """It is published: no value of a column can be read from it, and equal values look different."""
    case = cast.accepted(demand_type="report", secrecy="confidential")
    cast.accepted(demand_type="report", secrecy="confidential")
    text = sealed(DAY).read_text(encoding="utf-8")
    for word in ("report", "confidential", case.title, str(case.area_id), "电梯"):
        assert f'"{word}"' not in text
    marks = [json.loads(line)["lines"]["2"] for line in text.splitlines() if '"lines"' in line and "GY" in line]
    assert len(marks) == 2 and not any(a == b for a, b in zip(_quads(marks[0]), _quads(marks[1]), strict=True))


def _quads(marks: str) -> list[str]:
    return [marks[n : n + 4] for n in range(0, len(marks), 4)]


def test_a_seal_asked_for_again_is_the_same_and_its_file_can_be_written_late(cast):
    cast.closed()
    row, text = journal.seal(DAY)
    assert journal.seal(DAY) == (row, text) and Seal.objects.count() == 1
    assert json.loads(text.splitlines()[-1])["root"] == row.root


def test_a_late_step_is_in_the_next_seal(cast):
    """A clock that ran out before midnight, worked off after the seal: the line bears the earlier time."""
    case = cast.case()
    _row, text = journal.seal(DAY)
    cast.do(
        "accept",
        case,
        cast.operator,
        at=MONDAY + timedelta(minutes=1),
        demand_type="complaint",
        area=cast.area(),
        urgency="normal",
        secrecy="general",
    )
    assert journal.seal(DAY)[1] == "", "the day can no longer be written as it was"
    leaf = [json.loads(line) for line in journal.seal(NEXT_DAY)[1].splitlines() if case.number in line]
    assert [(found["length"], found["head"]) for found in leaf] == [(2, case.head)]
    assert f'"{case.number}"' in text


def test_no_day_is_sealed_before_one_that_is_sealed(cast, capsys):
    journal.seal(NEXT_DAY)
    with pytest.raises(CommandError, match=f"{NEXT_DAY} 已经封存，不能再补它前面的 {DAY}"):
        run(capsys, "seal_day", "--day", DAY)


def test_seal_day_keeps_a_file_outside(cast, capsys, seals_folder):
    case = cast.case()
    status, said = run(capsys, "seal_day", "--day", DAY)
    row = Seal.objects.get()
    assert status == 0 and row.root in said and (row.day, row.leaves) == (DAY, 2)
    text = (seals_folder / f"{DAY}.jsonl").read_text(encoding="utf-8")
    assert case.head in text and journal.seal(DAY)[1] == text
    (seals_folder / f"{DAY}.jsonl").unlink()
    run(capsys, "seal_day", "--day", DAY)
    assert (seals_folder / f"{DAY}.jsonl").read_text(encoding="utf-8") == text, "a lost file is written once more"
    assert run(capsys, "verify_journal", "--seals", seals_folder)[0] == 0


def test_seal_day_is_yesterday_when_nobody_says(db, capsys):
    run(capsys, "seal_day")
    assert Seal.objects.get().day == timezone.localdate() - timedelta(days=1)


def test_a_day_that_is_not_over_or_none_is_refused(db, capsys):
    with pytest.raises(CommandError, match="还没过完"):
        run(capsys, "seal_day", "--day", timezone.localdate())
    with pytest.raises(CommandError, match="不是日期：昨天"):
        run(capsys, "seal_day", "--day", "昨天")
    assert not Seal.objects.exists()


def test_a_file_that_says_something_else_is_left_and_told(db, capsys, seals_folder):
    seals_folder.mkdir()
    (seals_folder / f"{DAY}.jsonl").write_text("别的", encoding="utf-8")
    with pytest.raises(CommandError, match="里是另一份封存，没有动它"):
        run(capsys, "seal_day", "--day", DAY)
    assert (seals_folder / f"{DAY}.jsonl").read_text(encoding="utf-8") == "别的"


@pytest.mark.parametrize(
    "change",
    [lambda text: text[:-40], lambda text: text.replace('"length":1', '"length":2', 1), lambda _t: "", lambda _t: "{}"],
)
def test_a_seal_file_that_was_touched_is_not_believed(cast, capsys, change):
    cast.case()
    file = sealed(DAY)
    file.write_text(change(file.read_text(encoding="utf-8")), encoding="utf-8")
    status, said = run(capsys, "verify_journal", "--seals", file)
    assert status == 1 and "封存文件对不上它自己的根，或看不懂" in said


def test_seals_that_are_not_there(db, capsys, tmp_path):
    with pytest.raises(CommandError, match="没有这个封存文件"):
        run(capsys, "verify_journal", "--seals", tmp_path / "nowhere.jsonl")
    status, said = run(capsys, "verify_journal", "--seals", tmp_path)
    assert status == 1 and "没有封存文件" in said


# ---- receipts


def test_a_receipt_is_found_in_the_chain(cast, capsys, tmp_path):
    case = cast.accepted()
    head = case.lines.get(no=1).hash
    for code in (f"{case.number}:{head}", f"{case.number.lower()}:{head[:12].upper()}", f"{case.spoken_number}:{head}"):
        status, said = run(capsys, "verify_journal", "--receipt", code)
        assert (
            status == 0 and f"凭证是 {case.number} 的第 1 行；之后又添了 1 行" in said and "查了 1 条链、2 行" in said
        )
    file = tmp_path / "凭证.json"
    file.write_text(json.dumps({"number": case.number, "lines": 2, "head": case.head}), encoding="utf-8")
    assert run(capsys, "verify_journal", "--receipt", file)[0] == 0


def test_a_receipt_that_the_chain_does_not_know_is_told(cast, capsys, tmp_path):
    case, other = cast.case(), cast.case()
    for head in (other.head, "0" * 64, case.head[:7], ""):
        if head:
            status, said = run(capsys, "verify_journal", "--receipt", f"{case.number}:{head}")
            assert status == 1 and f"{case.number} 第 0 行 head：日志里没有凭证上的校验码 {head}" in said
    for code, said in (
        ("abc", "要写成 编号:校验码"),
        (f"{case.number}:", "要写成 编号:校验码"),
        ("GY0000:12345678", "没有编号 GY0000"),
    ):
        with pytest.raises(CommandError, match=said):
            run(capsys, "verify_journal", "--receipt", code)
    (tmp_path / "x.json").write_text("[]", encoding="utf-8")
    with pytest.raises(CommandError, match="这不是凭证文件"):
        run(capsys, "verify_journal", "--receipt", tmp_path / "x.json")


def test_a_receipt_of_a_chain_that_was_touched_exits_1(cast, capsys):
    case = cast.accepted()
    all_rights()
    Line.objects.filter(case=case, no=2).update(says={})
    status, said = run(capsys, "verify_journal", "--receipt", f"{case.number}:{case.lines.get(no=1).hash}")
    assert status == 1 and "第 2 行 hash" in said


# ---- what the law says must be forgotten


def with_everything(cast) -> Case:
    """A closed case with texts, photos, a promise, messages and a bell."""
    case = cast.in_hand()
    cast.do(
        "caller_adds",
        case,
        cast.operator,
        at=MONDAY + timedelta(hours=1),
        words="门牌 3 栋 2 单元",
        photos=[photo("王桂芳.jpg")],
    )
    cast.do(
        "promise",
        case,
        cast.handler(),
        at=MONDAY + timedelta(hours=1),
        what="给王桂芳修好",
        due_at=MONDAY + timedelta(days=3),
    )
    meets_at, others = MONDAY + timedelta(hours=4), [cast.department("C-MARKET")]
    met = {"meets_at": meets_at, "place": "翠屏社区 3 栋门口", "departments": others}
    cast.do("call_meeting", case, cast.handler(), at=MONDAY + timedelta(hours=1), **met)
    cast.do("invite", case, cast.handler(), at=MONDAY + timedelta(hours=1), whom="property", phone="13900001234")
    cast.prove(case, at=MONDAY)
    cast.reply(case, at=MONDAY)
    cast.do("approve", case, cast.reviewer(), at=MONDAY + timedelta(hours=7))
    cast.ask_back(case, at=MONDAY + timedelta(days=1), solved="yes", satisfied="5")
    run_jobs()
    return case


def test_anonymised_the_chains_still_verify_and_the_removed_are_counted(
    cast, capsys, django_capture_on_commit_callbacks
):
    case = with_everything(cast)
    files = [Path(settings.ATTACHMENTS) / a.path for a in case.attachments.all()]
    texts, promises = case.contents.count(), case.promises.count()
    yesterday = [sealed(DAY), sealed(NEXT_DAY)][1]
    assert len(files) == 2 and all(f.exists() for f in files)
    with django_capture_on_commit_callbacks(execute=True):
        status, said = run(capsys, "anonymise", case.number, "--yes", "--as", "gl01")
    assert status == 0 and said.startswith(f"已删除：文字 {texts} 段，附件 2 个，诉求点 2 条，承诺 {promises} 条")
    assert not any(f.exists() for f in files)
    status, said = run(capsys, "verify_journal", "--seals", yesterday)
    assert (status, f"依法删除的文字和附件 {texts + 2} 处；对不上的 0 处" in said) == (0, True)
    line = OfficeLine.objects.get(act="anonymise")
    assert (line.by_id, line.says["case"], line.says["texts"], line.says["files"]) == (
        cast.administrator.pk,
        case.number,
        texts,
        2,
    )


def test_nothing_of_the_person_is_left_beside_the_chain(cast, capsys):
    case = with_everything(cast)
    run(capsys, "anonymise", case.number, "--yes")
    case.refresh_from_db()
    assert (case.title, case.place, case.longitude, case.latitude) == (anonymising.REMOVED, "", None, None)
    assert set(Content.objects.values_list("body", "salt")) == {("", "")}
    assert set(Attachment.objects.values_list("name", "sha256", "salt", "latitude")) == {
        (anonymising.REMOVED, "", "", None)
    }
    assert set(case.asks.values_list("text", "basis")) == {(anonymising.REMOVED, "")}
    assert set(case.visits.values_list("place", "longitude")) == {(anonymising.REMOVED, None)}
    assert {bytes(m.to_sealed) for m in Message.objects.filter(case_number=case.number)} == {b""}
    person = Person.objects.get(pk=case.person_id)
    assert (person.name, person.phone, person.phone_index) == ("", "", "") and person.removed_at
    for word in ("王桂芳", "电梯", "3 栋", cast.caller_phone, "139****1234"):
        assert not _tables_with(word), word
    assert {bytes(m.to_sealed) for m in Message.objects.filter(key__startswith="guest:")} == {b""}


def _tables_with(word: str) -> list[str]:
    """Every table with a row that still holds the word."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
        )
        names = [
            name
            for (name,) in cursor.fetchall()
            if not name.startswith(("directory_officer", "directory_matter", "procrastinate"))
        ]
        found = []
        for name in names:
            cursor.execute(f'SELECT 1 FROM "{name}" AS t WHERE t::text LIKE %s LIMIT 1', [f"%{word}%"])
            found += [name] if cursor.fetchone() else []
    return found


def test_a_dry_run_changes_nothing(cast, capsys):
    case = with_everything(cast)
    status, said = run(capsys, "anonymise", case.number, "--dry-run")
    assert status == 0 and said.startswith("会删除：文字") and "附件 2 个" in said and "来电人 1 位" in said
    assert (
        not Content.objects.exclude(removed_at=None).exists()
        and not OfficeLine.objects.filter(act="anonymise").exists()
    )
    assert Case.objects.get(pk=case.pk).title == case.title


def test_who_has_other_cases_keeps_his_name_in_them(cast, capsys):
    case, other = cast.closed(), cast.case()
    assert case.person_id == other.person_id
    run(capsys, "anonymise", case.number, "--yes")
    case.refresh_from_db(), other.refresh_from_db()
    assert (other.person.name, other.person.phone) == ("王桂芳", cast.caller_phone)
    assert case.person_id != other.person_id and (case.person.name, case.person.phone) == ("", "")
    assert list(Case.objects.filter(person__in=Person.objects.by_phone(cast.caller_phone))) == [other]


def test_the_last_case_takes_the_person_with_it(cast, capsys):
    first, second = cast.closed(), cast.closed(at=MONDAY + timedelta(minutes=5))
    for case in (first, second):
        run(capsys, "anonymise", case.number, "--yes")
    assert not Person.objects.by_phone(cast.caller_phone).exists()
    assert journal.verify().findings == []


def test_anonymising_twice_writes_one_line(cast, capsys):
    case = cast.closed()
    run(capsys, "anonymise", case.number, "--yes")
    _status, said = run(capsys, "anonymise", case.number, "--yes")
    assert said.startswith("已删除：文字 0 段") and OfficeLine.objects.filter(act="anonymise").count() == 1


def test_an_open_case_keeps_its_words(cast, capsys):
    case = cast.in_hand()
    with pytest.raises(CommandError, match=r"还没办完.*撤单以后再删"):
        run(capsys, "anonymise", case.number, "--yes")
    with pytest.raises(Refused):
        anonymising.anonymise(case=case, by=None, at=timezone.now())
    cast.citizen("withdraw", case, at=MONDAY + timedelta(hours=2))
    assert run(capsys, "anonymise", case.number, "--yes")[0] == 0


def test_a_removal_that_nobody_wrote_down_is_found(cast, capsys):
    case = cast.case()
    Content.objects.filter(case=case).update(
        body="", salt="", removed_at=datetime(2026, 6, 9, tzinfo=timezone.get_default_timezone())
    )
    status, said = run(capsys, "verify_journal")
    assert status == 1 and f"removed:{case.number} 第 1 行 text：删掉了，台账里没有这次删除" in said


def test_wrong_words_to_anonymise(cast, capsys):
    case = cast.closed()
    for arguments, said in (
        (("GY9", "--yes"), "没有编号 GY9"),
        ((case.number, "--yes", "--as", "nobody"), "没有 nobody 这个在岗的账号"),
        ((case.number,), "one of the arguments --dry-run --yes is required"),
        ((case.number, "--yes", "--dry-run"), "not allowed with argument"),
    ):
        with pytest.raises(CommandError, match=said):
            run(capsys, "anonymise", *arguments)
    assert not Content.objects.exclude(removed_at=None).exists()
