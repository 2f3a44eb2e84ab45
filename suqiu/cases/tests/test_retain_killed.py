"""Is forgetting whole when it is killed in the middle? A real process, a real kill, on a database of its own."""

from __future__ import annotations

import csv

import psycopg

from suqiu.cases.anonymising import REMOVED
from tests.killing import PATIENCE, kill_once, manage

ROWS = 240
LEFT = "SELECT count(*) FROM cases_case WHERE title <> %s"
HALF = """SELECT count(*) FROM cases_case c JOIN cases_content t ON t.case_id = c.id
    WHERE (c.title = %s) <> (t.body = '')"""


def test_a_kill_leaves_no_case_half_forgotten_and_the_next_run_ends_it(own_database, tmp_path):
    file = tmp_path / "old.csv"
    with file.open("w", encoding="utf-8", newline="") as out:
        rows = ([f"old{n}", "2008-03-05 09:00", "13812345678", f"第 {n} 件，路灯不亮，请修。"] for n in range(ROWS))
        csv.writer(out).writerows([["id", "received_at", "phone", "text"], *rows])
    _done(manage(own_database, "import_demands", str(file), "--as", "history"))
    with psycopg.connect(own_database, autocommit=True) as database:
        run = manage(own_database, "retain", "--do-it")
        kill_once(run, database, lambda: _one(database, LEFT) <= ROWS * 3 // 4)
        left = _one(database, LEFT)
        assert 0 < left < ROWS and _one(database, HALF) == 0, "each case is whole, or wholly forgotten"
        assert f"全部删除 {left} 件" in _done(manage(own_database, "retain", "--do-it"))
        assert _one(database, LEFT) == 0 and _one(database, HALF) == 0
        kept = database.execute("SELECT count(*) FROM citizens_person WHERE length(phone_sealed) > 0").fetchone()[0]
        told = database.execute("SELECT count(*) FROM directory_officeline WHERE act = 'anonymise'").fetchone()[0]
    assert (kept, told) == (0, ROWS), "each tombstone has its line, whoever was killed"
    assert "对不上的 0 处" in _done(manage(own_database, "verify_journal"))


def _one(database: psycopg.Connection, query: str) -> int:
    return database.execute(query, [REMOVED]).fetchone()[0]


def _done(run) -> str:
    said, wrong = run.communicate(timeout=PATIENCE)
    assert (run.returncode, wrong) == (0, ""), wrong
    return said
