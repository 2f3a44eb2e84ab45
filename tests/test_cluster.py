"""Does the packaged database start anywhere, survive being killed, and stop when nobody needs it?"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tools import cluster, postgres

ROOT = Path(__file__).resolve().parent.parent
USER = """
import sys, time
from pathlib import Path
from tools import cluster
cluster.join(Path(sys.argv[1]))
print("joined", flush=True)
time.sleep(60)
"""


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cluster") / "data"


@pytest.fixture
def data(kept: Path) -> Iterator[Path]:
    """The folder of one database that the tests start and stop in turn: making it takes longer than starting it."""
    yield from stopped_after(kept)


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Path]:
    yield from stopped_after(tmp_path / "data")


def stopped_after(folder: Path) -> Iterator[Path]:
    yield folder
    if folder in cluster._held:
        leave(folder)
    if folder.exists():
        assert cluster.wait_until_stopped(folder)


def leave(data: Path) -> None:
    cluster._held.pop(data).release()


def ask(data: Path, *statements: str) -> object:
    with psycopg.connect(cluster.url(data)) as connection:
        for statement in statements:
            answer = connection.execute(statement)
        row = answer.fetchone() if answer.description else None
        return row[0] if row else None


def postmaster(data: Path) -> int:
    return int((data / "postgres" / "postmaster.pid").read_text().split()[0])


def parent_of(process: int) -> int:
    return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])


def another_user(data: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", USER, str(data)]
    user = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, encoding="utf-8")
    assert user.stdout is not None
    assert user.stdout.readline() == "joined\n"
    return user


def kill_9(*processes: int) -> None:
    for process in processes:
        os.kill(process, signal.SIGKILL)
    for process in processes:
        while is_alive(process):
            time.sleep(0.01)


def is_alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


def kill(user: subprocess.Popen[str]) -> None:
    user.kill()
    user.communicate()


def test_data_outlive_the_end_of_the_last_user(data: Path) -> None:
    assert cluster.join(data).started
    ask(data, "CREATE TABLE kept (word text)", "INSERT INTO kept VALUES ('井盖')")
    leave(data)
    assert cluster.wait_until_stopped(data)
    assert not (data / "postgres" / "postmaster.pid").exists()
    assert cluster.join(data).started
    assert ask(data, "SELECT word FROM kept") == "井盖"


def test_what_was_committed_survives_kill_9_of_everything(data: Path) -> None:
    user = another_user(data)
    server = postmaster(data)
    keeper = parent_of(server)
    ask(data, "CREATE TABLE survived (word text)", "INSERT INTO survived VALUES ('井盖')")
    kill_9(user.pid, keeper, server)
    user.communicate()
    assert cluster.join(data).started
    assert ask(data, "SELECT word FROM survived") == "井盖"


def test_who_started_it_may_end_before_the_others(data: Path) -> None:
    starter = another_user(data)
    assert not cluster.join(data).started
    server = postmaster(data)
    kill(starter)
    time.sleep(0.5)  # several looks of the keeper
    assert ask(data, "SELECT 1") == 1
    assert postmaster(data) == server


def test_a_killed_user_leaves_nothing_running(data: Path) -> None:
    user = another_user(data)
    server = postmaster(data)
    kill(user)
    assert cluster.wait_until_stopped(data)
    assert not is_alive(server)


def test_a_killed_keeper_takes_the_server_with_it_and_the_next_user_starts_anew(data: Path) -> None:
    cluster.join(data)
    server = postmaster(data)
    kill_9(parent_of(server))
    leave(data)
    assert cluster.join(data).started
    assert postmaster(data) != server
    assert ask(data, "SELECT 1") == 1


def test_the_keeper_starts_a_killed_server_again(data: Path) -> None:
    cluster.join(data)
    first = postmaster(data)
    kill_9(first)
    limit = time.monotonic() + 10
    while True:
        try:
            assert ask(data, "SELECT 1") == 1
            break
        except psycopg.OperationalError:
            assert time.monotonic() < limit
            time.sleep(0.05)
    assert postmaster(data) != first


def test_a_half_made_database_is_made_anew(empty: Path) -> None:
    half = empty / "postgres.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    cluster.join(empty)
    assert not half.exists()
    assert ask(empty, "CREATE EXTENSION pg_trgm", "SELECT cardinality(show_trgm('诉求工单')) > 0") is True


def test_a_lock_file_that_names_a_process_which_is_no_server_is_no_hindrance(data: Path) -> None:
    cluster.join(data)
    note = (data / "postgres" / "postmaster.pid").read_text().splitlines()
    leave(data)
    assert cluster.wait_until_stopped(data)
    (data / "postgres" / "postmaster.pid").write_text("\n".join([str(os.getpid()), *note[1:]]) + "\n")
    cluster.join(data)
    assert ask(data, "SELECT 1") == 1


def test_data_of_another_version_are_refused_with_a_way_out(empty: Path) -> None:
    (empty / "postgres").mkdir(parents=True)
    (empty / "postgres" / "PG_VERSION").write_text("12\n")
    with pytest.raises(cluster.ClusterError, match=r"are of PostgreSQL 12, the installed server is \d+\.\n.*restore"):
        cluster.join(empty)


def test_a_socket_under_a_long_path_lies_in_a_short_folder_closed_to_others(tmp_path: Path) -> None:
    data = tmp_path / ("深" * 40)
    started = cluster.join(data, throwaway=True)
    folder = postgres.socket_folder(data)
    assert folder.parent == Path("/tmp")
    assert folder.stat().st_mode & 0o777 == 0o700
    assert ask(data, "SELECT 1") == 1
    started.release()
    limit = time.monotonic() + 10
    while data.exists() or folder.exists():  # a throwaway takes its folders with it
        assert time.monotonic() < limit
        time.sleep(0.02)
