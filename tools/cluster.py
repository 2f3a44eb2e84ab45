"""How does any command get a database without anybody having installed one?

``ensure_running()`` starts the packaged PostgreSQL over the data folder, or joins the one that runs; the answer is held
until this process ends. Who started it does not matter: it stops when its last user has ended (see ``keeper``).
"""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from tools import filelocks
from tools.postgres import NAME, PORT, ROLE, binaries, socket_folder
from tools.server_user import ClusterError

REPOSITORY = Path(__file__).resolve().parent.parent

__all__ = ["ClusterError", "Running", "data_folder", "ensure_running", "for_tests", "join", "url", "wait_until_stopped"]


@dataclass
class Running:
    """A running database that cannot stop before ``release()`` or the end of this process."""

    url: str
    data: Path
    started: bool  # by this very call; False when it ran already
    lease: int

    def release(self) -> None:
        if self.lease >= 0:
            os.close(self.lease)
        self.lease = -1


_held: dict[Path, Running] = {}


def data_folder() -> Path:
    """Where everything lies that must outlive a restart: ``SUQIU_DATA``, else ``.data`` in the repository."""
    return Path(os.environ.get("SUQIU_DATA") or REPOSITORY / ".data").expanduser().resolve()


def url(data: Path | None = None) -> str:
    """The address of the database of this data folder, whether it runs or not."""
    folder = quote(str(socket_folder(data or data_folder())), safe="")
    return f"postgresql://{ROLE}@/{NAME}?host={folder}&port={PORT}"


def ensure_running() -> Running | None:
    """The packaged database, started if need be; None when ``DATABASE_URL`` names another one."""
    return None if os.environ.get("DATABASE_URL") else join(data_folder())


def for_tests() -> str:
    """The address of a database for one test run: its own, empty, without care for its data, gone with this process.

    The data folder is a temporary one too. A given ``DATABASE_URL`` is respected. Child processes use the same.
    """
    if "SUQIU_TEST_RUN" not in os.environ:
        data = Path(tempfile.mkdtemp(prefix="suqiu-test-")).resolve()
        os.environ |= {"SUQIU_TEST_RUN": "1", "SUQIU_DATA": str(data)}
        if os.environ.get("DATABASE_URL"):
            atexit.register(shutil.rmtree, data, ignore_errors=True)
        else:
            os.environ["DATABASE_URL"] = join(data, throwaway=True).url
    return os.environ["DATABASE_URL"]


def join(data: Path, *, throwaway: bool = False) -> Running:
    """Starts or joins the database of *data*. Raises ClusterError with a message for people."""
    if data in _held and _held[data].lease >= 0:
        return _held[data]
    _make_data_folder(data)
    lease = filelocks.share(data / "users.lock")
    with filelocks.alone(data / "start.lock"):
        started = not _is_kept(data)
        if started:
            _start_keeper(data, throwaway)
    _held[data] = Running(url(data), data, started, lease)
    return _held[data]


def wait_until_stopped(data: Path, patience: float = 60) -> bool:
    """After ``release()``: whether the database stopped; False at once when others still use it."""
    limit = time.monotonic() + patience
    while _is_kept(data) is not None:
        if filelocks.is_shared(data / "users.lock") or time.monotonic() > limit:
            return False
        time.sleep(0.02)
    return True


def _make_data_folder(data: Path) -> None:
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ClusterError(f"The data folder {data} cannot be made: {error.strerror}. Set SUQIU_DATA.") from error
    if not os.access(data, os.W_OK | os.X_OK):
        raise ClusterError(f"The data folder {data} belongs to another user. Set SUQIU_DATA to a folder of your own.")


def _is_kept(data: Path) -> bool | None:
    """Whether the living keeper says its server is ready; None when there is no keeper."""
    free = filelocks.take(data / "keeper.lock")
    if free is not None:
        os.close(free)
        return None
    return (data / "keeper.lock").read_text() == "ready"


def _start_keeper(data: Path, throwaway: bool) -> None:
    command = [sys.executable, "-m", "tools.keeper", str(data), *(["--throwaway"] if throwaway else [])]
    keeper = subprocess.Popen(
        command,
        cwd=REPOSITORY,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        start_new_session=True,
    )
    assert keeper.stdout is not None
    words = keeper.stdout.read().strip()
    keeper.stdout.close()
    if words != "ready":
        keeper.wait()
        raise ClusterError(words or "The database's keeper ended without a word.")
    atexit.register(keeper.poll)  # no complaint about a child that is meant to outlive us


def main() -> None:
    """``python -m tools.cluster url|psql``: the address, or a prompt on the running database."""
    try:
        running = ensure_running()
    except ClusterError as error:
        sys.exit(str(error))
    address = running.url if running else os.environ["DATABASE_URL"]
    if sys.argv[1:] == ["url"]:
        print(address)
    elif sys.argv[1:2] == ["psql"]:
        sys.exit(subprocess.call([binaries() / "psql", address, *sys.argv[2:]]))
    else:
        sys.exit(main.__doc__)


if __name__ == "__main__":
    main()
