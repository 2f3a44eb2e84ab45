"""Do the lock files pin everything by hash, and name no address that a city's own mirror could not serve?"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENTS = ROOT / "requirements"
ADDRESSES = ("://", "--find-links", "--index-url", "--extra-index-url", "--trusted-host", "file:", "git+")
LOCKS = sorted(path.name for path in REQUIREMENTS.glob("*.txt"))


def entries(name: str) -> list[str]:
    """The logical lines of a requirements file, one for each package."""
    text = (REQUIREMENTS / name).read_text(encoding="utf-8").replace("\\\n", " ")
    return [line for line in text.splitlines() if line.strip() and not line.startswith("#")]


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def asked(name: str) -> set[str]:
    """The packages that an .in file asks for, those of the files it includes too."""
    found: set[str] = set()
    for line in (REQUIREMENTS / name).read_text(encoding="utf-8").splitlines():
        if line.startswith("-r "):
            found |= asked(line[3:].strip())
        elif line and not line.startswith("#"):
            found.add(canonical(re.split(r"[\[=<>~! ]", line)[0]))
    return found


def test_the_locks_are_those_we_know() -> None:
    assert LOCKS == ["base.txt", "dev.txt", "node.txt", "tools.txt"]


@pytest.mark.parametrize("path", [*(f"requirements/{name}" for name in LOCKS), "package-lock.json", ".npmrc"])
def test_no_lock_names_an_address(path: str) -> None:
    text = (ROOT / path).read_text(encoding="utf-8")
    assert [address for address in ADDRESSES if address in text] == []


@pytest.mark.parametrize("name", LOCKS)
def test_each_package_is_pinned_and_has_a_hash(name: str) -> None:
    wrong = [line for line in entries(name) if not re.match(r"[\w.-]+==\S+ .*--hash=sha256:[0-9a-f]{64}", line)]
    assert entries(name)
    assert wrong == []


@pytest.mark.parametrize("name", LOCKS)
def test_what_is_asked_for_is_locked(name: str) -> None:
    locked = {canonical(line.split("==")[0]) for line in entries(name)}
    assert asked(name.replace(".txt", ".in")) - locked == set()


def test_development_runs_what_the_service_runs() -> None:
    assert {line.split(" ")[0] for line in entries("base.txt")} <= {line.split(" ")[0] for line in entries("dev.txt")}


def test_front_end_packages_are_pinned_with_integrity() -> None:
    wanted = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
    locked = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert all(entry["integrity"].startswith("sha512-") for path, entry in locked.items() if path)
    for name, version in (wanted["dependencies"] | wanted["devDependencies"]).items():
        assert locked[f"node_modules/{name}"]["version"] == version
