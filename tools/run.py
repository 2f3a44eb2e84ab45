"""Runs the whole service on one machine: database, web server, worker. Ctrl-C ends them in order.

From the environment: ``HOST``, ``PORT``, ``TLS=1`` (https by a self-made certificate, for phones in the same network
too), ``DATABASE_URL`` (another PostgreSQL), ``SUQIU_DATA`` (where data lie).
"""

from __future__ import annotations

import errno
import http.client
import os
import signal
import socket
import ssl
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from tools import cluster
from tools.certificate import certificate, network_addresses
from tools.service import Service

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
EVERYWHERE = {"0.0.0.0", "::"}
PATIENCE = 60  # seconds until the first page must have come


class CannotRun(Exception):
    """Something is in the way; the message says what to do about it."""


@dataclass(frozen=True)
class Door:
    """Where the service is reached."""

    host: str
    port: int
    tls: bool

    @property
    def addresses(self) -> list[str]:
        """As people type them, this machine's own first."""
        hosts = ["127.0.0.1", *network_addresses()] if self.host in EVERYWHERE else [self.host]
        scheme = "https" if self.tls else "http"
        return [f"{scheme}://{f'[{host}]' if ':' in host else host}:{self.port}" for host in hosts]


def main() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    services: list[Service] = []
    running = None
    try:
        door = _read_door()
        _check_free(door)
        running = cluster.ensure_running()
        _prepare(door)
        services += [_worker(), _web(door)]
        _supervise(services, door)
    except KeyboardInterrupt:
        print("\nStopping", flush=True)
    except (CannotRun, cluster.ClusterError) as problem:
        sys.exit(f"\n{problem}")
    finally:
        _stop(services, running)


def _interrupt(number: int, frame: FrameType | None) -> None:
    signal.signal(number, signal.SIG_IGN)  # stopping has begun; it ends by itself
    raise KeyboardInterrupt


# -- before the start -------------------------------------------------------------------------------------------


def _read_door() -> Door:
    tls = os.environ.get("TLS") == "1"
    port = os.environ.get("PORT") or "8000"
    if not port.isdigit() or not 0 < int(port) < 65536:
        raise CannotRun(f"PORT is {port!r}; it must be a number from 1 to 65535.")
    return Door(os.environ.get("HOST") or ("0.0.0.0" if tls else "127.0.0.1"), int(port), tls)


def _check_free(door: Door) -> None:
    family = socket.AF_INET6 if ":" in door.host else socket.AF_INET
    with socket.socket(family) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((door.host, door.port))
        except OSError as error:
            raise CannotRun(_why_not(error, door)) from error


def _why_not(error: OSError, door: Door) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {door.port} is in use, perhaps by another `make run`. Take another: PORT={door.port + 1} make run"
    if error.errno == errno.EACCES:
        return f"Port {door.port} needs root. Take one above 1023: PORT=8000 make run"
    return f"HOST={door.host} PORT={door.port} cannot be used: {error.strerror}."


def _prepare(door: Door) -> None:
    """Brings the database to the present tables and, when it is empty, the first demo cases."""
    os.environ["PORT"] = str(door.port)
    os.environ.setdefault("SUQIU_ADDRESS", door.addresses[:2][-1])  # in links that are sent: one that a phone reaches
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "suqiu.settings")
    import django
    from django.conf import settings
    from django.core.management import call_command
    from django.db import OperationalError, connections

    django.setup()
    Path(settings.STATIC_ROOT or cluster.data_folder()).mkdir(parents=True, exist_ok=True)  # else each worker warns
    print("· Bringing the database up to date", flush=True)
    try:
        call_command("migrate", interactive=False, verbosity=0)
    except OperationalError as error:
        raise CannotRun(f"The database does not answer: {error}") from error
    if settings.DEMO and _is_empty():
        print("· Loading the first demo cases; the worker adds the rest while you look around", flush=True)
        call_command("demo", "--first")
    connections.close_all()


def _is_empty() -> bool:
    from suqiu.cases.models import Case

    return not Case.objects.exists()


# -- running ----------------------------------------------------------------------------------------------------


def _web(door: Door) -> Service:
    command = [str(BIN / "granian"), "suqiu.wsgi:application", "--interface=wsgi", "--no-ws", "--log-level=warning"]
    command += [f"--host={door.host}", f"--port={door.port}", "--workers=2", "--blocking-threads=4"]
    command += ["--respawn-failed-workers", "--workers-kill-timeout=5"]
    if door.tls:
        public, key = certificate(cluster.data_folder() / "tls")
        command += [f"--ssl-certificate={public}", f"--ssl-keyfile={key}"]
    return Service("web server", command, ROOT)


def _worker() -> Service:
    return Service("worker", [sys.executable, str(ROOT / "manage.py"), "work"], ROOT)


def _supervise(services: list[Service], door: Door) -> None:
    for service in services:
        service.start()
    _wait_for_first_page(services[-1], door)
    _greet(door)
    while True:
        for service in services:
            service.revive()
        time.sleep(0.2)


def _wait_for_first_page(web: Service, door: Door) -> None:
    limit = time.monotonic() + PATIENCE
    while not _answers(door.addresses[0]):
        if web.has_ended() or time.monotonic() > limit:
            raise CannotRun("The web server did not come up; see the lines above.")
        time.sleep(0.1)


def _answers(address: str) -> bool:
    """Whether a page comes, whatever it says. Our own certificate is not asked for its issuer."""
    trust = ssl.create_default_context()
    trust.check_hostname, trust.verify_mode = False, ssl.CERT_NONE
    direct = urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=trust)
    try:
        urllib.request.build_opener(*direct).open(address, timeout=10).close()
    except urllib.error.HTTPError:
        return True
    except (OSError, http.client.HTTPException):
        return False
    return True


def _greet(door: Door) -> None:
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connections

    print("\nSuqiu 诉求 runs at")
    for address in door.addresses:
        print(f"  {address}")
    if door.tls:
        print("The certificate is self-made: the browser warns once; go on from there.")
    if settings.DEMO:
        print(flush=True)
        call_command("demo", "--accounts")
        connections.close_all()
    print("\nCtrl-C stops it.", flush=True)


def _stop(services: list[Service], running: cluster.Running | None) -> None:
    """The web server first, so that nobody asks for more; then the worker; last the database, unless others use it."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    for service in reversed(services):
        service.stop()
    if running is not None:
        running.release()
        stopped = cluster.wait_until_stopped(running.data)
        print("Stopped" if stopped else "Stopped; the database stays up for others that use it", flush=True)


if __name__ == "__main__":
    main()
