"""How is one long-running child kept alive, and stopped with all that it started?"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from tools.children import dies_with_us

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0  # seconds before a start anew; doubled each time
LONG_LIFE = 60.0  # seconds after which an end counts as the first again
FAREWELL = 10.0  # seconds a child has to finish what it does


class Service:
    """A child in a process group of its own, so that a Ctrl-C at the terminal reaches it only through us."""

    def __init__(self, name: str, command: Sequence[str | Path], folder: Path) -> None:
        self.name = name
        self.command = [os.fspath(part) for part in command]
        self.folder = folder
        self.process: subprocess.Popen[bytes] | None = None
        self.pause = FIRST_PAUSE
        self.started_at = self.due_at = 0.0

    def start(self) -> None:
        self.started_at = time.monotonic()
        self.due_at = 0.0
        self.process = subprocess.Popen(
            self.command,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=dies_with_us(signal.SIGTERM),
        )

    def has_ended(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def revive(self) -> None:
        """Call it often: starts an ended child anew, after a pause that grows while it keeps ending."""
        if not self.has_ended():
            return
        now = time.monotonic()
        if not self.due_at:
            self._plan(now)
        elif now >= self.due_at:
            self.start()

    def _plan(self, now: float) -> None:
        assert self.process is not None
        self._kill_rest()
        if now - self.started_at > LONG_LIFE:
            self.pause = FIRST_PAUSE
        print(f"The {self.name} ended ({self.process.returncode}); it starts again in {self.pause:g} s", flush=True)
        self.due_at = now + self.pause
        self.pause = min(self.pause * 2, LONGEST_PAUSE)

    def stop(self) -> None:
        """Asks it to end, waits, and removes by force what is left of its group."""
        if self.process is None:
            return
        if not self.has_ended():
            self.process.terminate()
            try:
                self.process.wait(FAREWELL)
            except subprocess.TimeoutExpired:
                print(f"The {self.name} does not end; it is killed", flush=True)
        self._kill_rest()
        self.process.wait()

    def _kill_rest(self) -> None:
        assert self.process is not None
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass  # the whole group has ended
