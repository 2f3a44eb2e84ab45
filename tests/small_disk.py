"""Where does a test get a disk that is really full? A file system of one megabyte: mounted, or in a namespace of its own, or by a limit."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest

MEGABYTE = 1 << 20
BALLAST = "ballast"


class SmallDisk:
    """`folder` lies on it. What is written beside the ballast is what the house left there."""

    def __init__(self, folder: Path):
        self.folder = folder

    def fill(self, *, left: int = 0) -> None:
        """Full but for about `left` bytes."""
        with (self.folder / BALLAST).open("wb", buffering=0) as ballast, suppress(OSError):
            while ballast.write(b"\0" * 4096):
                pass
        size = (self.folder / BALLAST).stat().st_size
        os.truncate(self.folder / BALLAST, max(size - left, 0))

    def free(self) -> None:
        (self.folder / BALLAST).unlink(missing_ok=True)

    def files(self) -> list[Path]:
        return [p for p in self.folder.rglob("*") if p.is_file() and p.name != BALLAST]


class LimitedDisk(SmallDisk):
    """Any folder, with a limit on the size of a file in its place: the error is real, only its number is another."""

    def fill(self, *, left: int = 0) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (left or 1, resource.RLIM_INFINITY))

    def free(self) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


@contextmanager
def mounted(place: Path) -> Iterator[SmallDisk]:
    _run("mount", "-t", "tmpfs", "-o", f"size={MEGABYTE},mode=700", "suqiu-small-disk", str(place))
    try:
        yield SmallDisk(place)
    finally:
        _run("umount", "--lazy", str(place))


@contextmanager
def in_a_namespace(place: Path) -> Iterator[SmallDisk]:
    """Without being root: mounted where only one process sees it, and reached through that process."""
    script = f'mount -t tmpfs -o size={MEGABYTE},mode=700 suqiu-small-disk "$1" && echo ready && exec cat'
    command = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script, "sh", str(place)]
    keeper = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        if keeper.stdout.readline() != "ready\n":
            raise OSError(keeper.stderr.read().strip())
        yield SmallDisk(Path(f"/proc/{keeper.pid}/root{place}"))
    finally:
        keeper.communicate()  # its end of the pipe is closed: it ends, and the disk with it


@contextmanager
def limited(place: Path) -> Iterator[SmallDisk]:
    disk = LimitedDisk(place)
    try:
        yield disk
    finally:
        disk.free()


WAYS: list[Callable] = [mounted, in_a_namespace, limited]


@contextmanager
def small_disk(place: Path) -> Iterator[SmallDisk]:
    """The first way that works here; when none does, why not."""
    place.mkdir(parents=True, exist_ok=True)
    failed = []
    with ExitStack() as stack:
        for way in WAYS:
            try:
                disk = stack.enter_context(way(place))
                _prove(disk)
                break
            except (OSError, subprocess.SubprocessError) as error:
                failed.append(f"{way.__name__}: {error}")
        else:
            pytest.fail("no full disk can be had on this machine: " + "; ".join(failed))
        yield disk


def _prove(disk: SmallDisk) -> None:
    """A disk that takes everything would prove nothing."""
    disk.fill()
    try:
        (disk.folder / "proof").write_bytes(b"\0" * 2 * MEGABYTE)
    except OSError:
        return
    finally:
        disk.free()
        (disk.folder / "proof").unlink(missing_ok=True)
    raise OSError("it does not become full")


def _run(*command: str) -> None:
    if shutil.which(command[0]) is None:
        raise OSError(f"there is no {command[0]}")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise OSError(done.stderr.strip() or f"{command[0]} ended with {done.returncode}")
