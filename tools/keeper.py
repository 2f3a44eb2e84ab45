"""Who keeps the database up while somebody uses it, and stops it when nobody does?

The keeper is a process of its own, so that the command which started the database may end before others that use it.
Each user holds a shared lock on ``users.lock``; the kernel drops it when the user ends, even by ``kill -9``. As soon as
the keeper gets that lock for itself, nobody is left: it stops the server and ends. While it lives it holds
``keeper.lock``, in which it writes ``ready``. If the keeper itself is killed, the server gets a clean shutdown.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import time
from pathlib import Path

from tools import filelocks
from tools.postgres import Server
from tools.server_user import ClusterError

LOOK_EVERY = 0.1  # seconds between two looks whether somebody is left
TRIES = 5  # starts in a row that each lasted less than a minute


def keep(data: Path, *, throwaway: bool) -> None:
    """Starts the server, says so on standard output, and holds it until nobody uses it."""
    _ignore_the_terminal()
    keeper = filelocks.take(data / "keeper.lock", patience=60)
    if keeper is None:
        raise ClusterError(f"Another process keeps the database in {data} and neither answers nor ends.")
    server = Server(data, careless=throwaway)
    try:
        server.start()
        _say_ready(keeper)
        _hold(server, data / "users.lock")
    finally:
        os.ftruncate(keeper, 0)
        server.stop()
        if throwaway:
            shutil.rmtree(server.socket, ignore_errors=True)
            shutil.rmtree(data, ignore_errors=True)


def _ignore_the_terminal() -> None:
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))


def _say_ready(keeper: int) -> None:
    os.write(keeper, b"ready")
    print("ready", flush=True)
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 1)  # who waits for our words reads until we close them
    os.dup2(nowhere, 2)


def _hold(server: Server, users: Path) -> None:
    """Returns, holding the users' lock, when nobody is left; starts the server again if it ends before."""
    failures, since = 0, time.monotonic()
    while filelocks.take(users) is None:
        if server.has_ended():
            failures = failures + 1 if time.monotonic() - since < 60 else 1
            if failures > TRIES:
                raise ClusterError("The database ended again and again.")
            server.stop()
            server.start()
            since = time.monotonic()
        time.sleep(LOOK_EVERY)


def main() -> None:
    data, throwaway = Path(sys.argv[1]), "--throwaway" in sys.argv[2:]
    os.chdir("/")
    try:
        keep(data, throwaway=throwaway)
    except (ClusterError, OSError) as error:
        print(error, flush=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
