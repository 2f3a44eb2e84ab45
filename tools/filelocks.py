"""Who may go on, and who is still there? Locks on files, which the kernel drops however a process ends."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def share(path: Path) -> int:
    """Waits for and takes a shared lock; it lasts until the returned descriptor is closed or the process ends."""
    descriptor = _open(path)
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    return descriptor


def take(path: Path, patience: float = 0) -> int | None:
    """The descriptor of an exclusive lock, or None when others still hold it after *patience* seconds."""
    descriptor = _open(path)
    limit = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return descriptor
        except BlockingIOError:
            if time.monotonic() >= limit:
                os.close(descriptor)
                return None
            time.sleep(0.02)


def is_shared(path: Path) -> bool:
    """Whether others hold it shared; False when it is free, or held by one alone."""
    descriptor = _open(path)
    try:
        for kind, answer in ((fcntl.LOCK_EX, False), (fcntl.LOCK_SH, True)):
            try:
                fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
                return answer
            except BlockingIOError:
                continue
        return False
    finally:
        os.close(descriptor)


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """One process at a time inside; the others wait."""
    descriptor = _open(path)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _open(path: Path) -> int:
    return os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR | os.O_CREAT, 0o600)
