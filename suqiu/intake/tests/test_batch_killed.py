"""Is nothing lost when an import is killed in the middle? A real process, a real kill, on a database of its own."""

from __future__ import annotations

import csv

import psycopg
import pytest

from tests.killing import PATIENCE, kill_once, manage

ROWS = 240


@pytest.mark.parametrize("mode", ["history", "new"])
def test_a_kill_loses_nothing_and_a_rerun_completes(own_database, tmp_path, mode):
    file, bad = tmp_path / f"{mode}.csv", ROWS // 30
    with file.open("w", encoding="utf-8", newline="") as out:
        rows = ([f"{mode}{n}", f"第 {n} 件，路灯不亮，请修。" if n % 30 else ""] for n in range(ROWS))
        csv.writer(out).writerows([["id", "text"], *rows])
    call = ("import_demands", str(file), "--as", mode)
    with psycopg.connect(own_database, autocommit=True) as database:
        if mode == "new":
            _hotline(database)
        kill_once(manage(own_database, *call), database, lambda: _count(database, mode) >= ROWS // 4)
        before = _count(database, mode)
        assert 0 < before < ROWS - bad and not (tmp_path / f"{mode}.errors.csv").exists()
        again = manage(own_database, *call)
        told, wrong = again.communicate(timeout=PATIENCE)
        assert (again.returncode, wrong) == (0, "")
        assert f"收进 {ROWS - bad - before} 行，以前收过 {before} 行，坏行 {bad} 行" in told
        numbers = [
            no for (no,) in database.execute("SELECT source_number FROM cases_case WHERE source_system = %s", [mode])
        ]
        assert sorted(numbers) == sorted(f"{mode}{n}" for n in range(ROWS) if n % 30)
        runs = database.execute(
            "SELECT finished_at IS NULL FROM intake_importbatch WHERE mode = %s ORDER BY id", [mode]
        )
        assert runs.fetchall() == [(True,), (False,)]
    assert (tmp_path / f"{mode}.errors.csv").read_text(encoding="utf-8-sig").count("还没有写内容") == bad
    assert sorted(f.name for f in tmp_path.iterdir()) == [file.name, f"{mode}.errors.csv"]
    verified = manage(own_database, "verify_journal")
    assert "对不上的 0 处" in verified.communicate(timeout=PATIENCE)[0] and verified.returncode == 0


def _count(database: psycopg.Connection, mode: str) -> int:
    return database.execute("SELECT count(*) FROM cases_case WHERE source_system = %s", [mode]).fetchone()[0]


def _hotline(database: psycopg.Connection) -> None:
    """What receiving needs: the city and its hotline, and how long a clock runs."""
    database.execute(
        "INSERT INTO directory_area (code, name, name_en, kind, is_through_centre) VALUES ('1', '某市', '', 'city', true)"
    )
    database.execute(
        "INSERT INTO directory_department (code, name, name_en, kind, duty, area_id, is_active) VALUES ('H', '热线', '', 'hotline', '', '1', true)"
    )
    database.execute("INSERT INTO cases_clockprofile (number, valid_from, note) VALUES (1, '2000-01-01', '')")
