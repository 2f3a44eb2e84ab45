"""Do the tools read an address right, keep a child alive, and make a certificate that browsers take?"""

from __future__ import annotations

import os
import ssl
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from tools import browser, certificate
from tools.database import read_address
from tools.service import Service

ROOT = Path(__file__).resolve().parent.parent
ONE_ENDS_AT_ONCE = [sys.executable, "-c", "raise SystemExit(3)"]
ONE_STAYS = [sys.executable, "-c", "import time; time.sleep(60)"]


@pytest.mark.parametrize(
    ("address", "host", "port", "user", "password", "name", "options"),
    [
        ("postgresql://db/suqiu", "db", "", "", "", "suqiu", {}),
        ("postgres://u:p%40ss@10.0.0.1:6432/x", "10.0.0.1", "6432", "u", "p@ss", "x", {}),
        ("postgresql://u@/x?host=/run/Postgres&port=5433", "/run/Postgres", "5433", "u", "", "x", {}),
        ("postgresql://u@%2Frun%2FPostgres/x", "/run/Postgres", "", "u", "", "x", {}),
        ("postgresql://[::1]:5432/x?sslmode=require", "::1", "5432", "", "", "x", {"sslmode": "require"}),
        ("postgresql://db/x?prepare_threshold=none", "db", "", "", "", "x", {"prepare_threshold": None}),
        ("postgresql://db/x?prepare_threshold=9", "db", "", "", "", "x", {"prepare_threshold": 9}),
    ],
)
def test_an_address_is_read(
    address: str, host: str, port: str, user: str, password: str, name: str, options: dict[str, str | int | None]
) -> None:
    read = read_address(address)
    assert [read[key] for key in ("HOST", "PORT", "USER", "PASSWORD", "NAME", "OPTIONS")] == [
        host,
        port,
        user,
        password,
        name,
        {"prepare_threshold": 5} | options,
    ]
    assert (read["CONN_MAX_AGE"], read["CONN_HEALTH_CHECKS"]) == (60, True)


@pytest.mark.parametrize("address", ["mysql://u:secret@h/x", "postgresql://u:secret@h", "postgresql://u:secret@h:p/x"])
def test_an_unreadable_address_is_refused_without_showing_its_password(address: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"^DATABASE_URL ") as refused:
        read_address(address)
    assert "secret" not in str(refused.value)


def test_a_child_that_ends_is_started_again_after_a_pause_that_grows(capsys: pytest.CaptureFixture[str]) -> None:
    service = Service("worker", ONE_ENDS_AT_ONCE, ROOT)
    service.start()
    limit = time.monotonic() + 10
    while service.pause < 2 and time.monotonic() < limit:
        service.revive()
        time.sleep(0.02)
    service.stop()
    said = capsys.readouterr().out.splitlines()
    assert said == [f"The worker ended (3); it starts again in {pause} s" for pause in ("0.5", "1")]


def test_a_child_is_stopped_with_all_that_it_started(tmp_path: Path) -> None:
    note = tmp_path / "grandchild"
    script = f"sleep 60 & echo $! > {note}.new; mv {note}.new {note}; wait"
    service = Service("web server", ["sh", "-c", script], ROOT)
    service.start()
    limit = time.monotonic() + 10
    while not note.exists() and time.monotonic() < limit:
        time.sleep(0.01)
    grandchild = int(note.read_text())
    service.stop()
    while is_running(grandchild) and time.monotonic() < limit:
        time.sleep(0.01)
    assert service.has_ended()
    assert not is_running(grandchild)


def test_a_child_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    note = tmp_path / "child"
    parent = (
        "import time; from pathlib import Path; from tools.service import Service\n"
        f"child = Service('worker', {ONE_STAYS!r}, Path('.')); child.start()\n"
        f"Path({str(note)!r}).write_text(str(child.process.pid)); print('up', flush=True); time.sleep(60)"
    )
    process = subprocess.Popen([sys.executable, "-c", parent], cwd=ROOT, stdout=subprocess.PIPE, encoding="utf-8")
    assert process.stdout is not None
    assert process.stdout.readline() == "up\n"
    process.kill()
    process.communicate()
    limit = time.monotonic() + 10
    while is_running(int(note.read_text())) and time.monotonic() < limit:
        time.sleep(0.01)
    assert not is_running(int(note.read_text()))


def is_running(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_the_certificate_is_kept_closed_to_others_and_taken_by_tls(tmp_path: Path) -> None:
    public, key = certificate.certificate(tmp_path / "tls")
    assert [path.stat().st_mode & 0o077 for path in (public.parent, public, key)] == [0, 0, 0]
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(public, key)
    made = public.read_bytes()
    assert certificate.certificate(tmp_path / "tls")[0].read_bytes() == made


def test_a_new_network_address_gets_a_new_certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = certificate.certificate(tmp_path)[0].read_bytes()
    monkeypatch.setattr(certificate, "network_addresses", lambda: ["203.0.113.7"])
    assert certificate.certificate(tmp_path)[0].read_bytes() != made


def test_the_chosen_browser_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUQIU_BROWSER", sys.executable)
    assert browser.find() == Path(sys.executable)


def test_any_command_runs_by_the_systems_python() -> None:
    """manage.py goes on in the project's own environment, whichever Python was called."""
    command = [getattr(sys, "_base_executable", sys.executable), ROOT / "manage.py", "version"]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("VIRTUAL_ENV")}
    done = subprocess.run(command, env=clean, capture_output=True, text=True)
    assert (done.returncode, done.stdout.split(".")[0]) == (0, "5")
