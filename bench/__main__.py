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

import os
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from urllib.parse import quote

from . import driver
from .driver import Measured

ROOT = Path(__file__).resolve().parent.parent
IS_PHOTOS = "photos" in sys.argv[1:]
SIZES = [int(a) for a in sys.argv[1:] if a != "photos"] or [10_000, 1_000_000]
EVERYDAY = ("电梯", "停水", "路灯", "社保", "物业", "噪音", "公交", "医保", "垃圾", "停车")


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
            f"\n{there:,} cases (loaded in {time.monotonic() - begin:.0f} s), {driver.REQUESTS} requests a page on {driver.THREADS} connections"
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

    from . import event, looks

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
        looks.at_case(seats.event)
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
        driver.wait(port)
        unit, hotline = ({"Cookie": f"sessionid={session}"} for session in (seats.unit, seats.hotline))
        everyday, old = cycle(EVERYDAY), cycle(old_words)
        steps = cycle([f"/desk/case/{number}/step/contact/" for number in seats.stepped])
        listed, found = driver.pgbench(WORKLIST_SQL % seats.department), driver.pgbench(CASE_SQL % seats.read)
        written, everyday_sql, old_sql = (
            driver.pgbench(WRITE_SQL),
            driver.pgbench(SEARCH_SQL % EVERYDAY[0]),
            driver.pgbench(SEARCH_SQL % old_words[0]),
        )
        print(f"{'':24}{'req/s':>8}{'p50 ms':>9}{'p95 ms':>9}{'CPU ms':>9}{'kB':>8}{'of limit':>10}")
        pages: dict[str, tuple[Callable, float]] = {
            "worklist": (lambda c: driver.get(c, "/desk/queue/unit/", unit), listed),
            "case page": (lambda c: driver.get(c, f"/desk/case/{seats.read}/", unit), found),
            "case page, event of 200": (lambda c: driver.get(c, f"/desk/case/{seats.event}/", unit), found),
            "event page, 200 callers": (lambda c: driver.get(c, f"/desk/event/{seats.event}/", hotline), found),
            "leak report, a million": (
                lambda c: driver.get(c, f"/desk/secrecy/leak/?number={seats.event}", hotline),
                found,
            ),
            "search, everyday words": (
                lambda c: driver.get(c, f"/desk/search/?q={quote(next(everyday))}", hotline),
                everyday_sql,
            ),
            "search, words of old": (lambda c: driver.get(c, f"/desk/search/?q={quote(next(old))}", hotline), old_sql),
            "search by one unit": (
                lambda c: driver.get(c, f"/desk/search/?q={quote(next(everyday))}", unit),
                everyday_sql,
            ),
            "intake over HTTP": (lambda c: driver.post(c, "/submit/", {}, _demand), written),
            "one step": (lambda c: driver.post(c, next(steps), unit, _contact), written),
        }
        if not seats.event:
            pages = {name: row for name, row in pages.items() if "200" not in name and "million" not in name}
        return {name: driver.row(name, port, server, request, limit) for name, (request, limit) in pages.items()}
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


def _demand() -> dict:
    return {"words": f"路灯不亮已经三天了，晚上走路看不见。{uuid.uuid4()}", "secrecy": "general"}


def _contact() -> dict:
    return {"way": "phone", "outcome": "no_answer", "words": "没有接通"}


if __name__ == "__main__":
    main()
