"""What is missing before Suqiu can run? Brings just that; does nothing, quickly, when all is there.

Runs with any Python from 3.11 on, before anything is installed: only the standard library may be imported here.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

from tools import filelocks

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
NODE = ROOT / ".node"
VENDOR = ROOT / "suqiu" / "static" / "vendor"
REQUIREMENTS = ROOT / "requirements"
LOCKS = ["tools", "dev"]  # dev holds all of base
FRONT_END = ["package.json", "package-lock.json", ".npmrc", "tools/assets.py", "tools/icons.txt"]
OLDEST = (3, 11)
OLDEST_NODE = 18


class CannotSetUp(Exception):
    """Something that we cannot bring is missing; the message names it."""


def main() -> None:
    with filelocks.alone(ROOT):
        try:
            _check_python()
            _packages()
            _front_end()
            _translations()
        except CannotSetUp as problem:
            sys.exit(f"\nSet-up stopped: {problem}")


def _say(words: str) -> None:
    print(f"· {words}", flush=True)


def _check_python() -> None:
    if sys.version_info < OLDEST:
        raise CannotSetUp(f"this is Python {sys.version.split()[0]}; install 3.11 or newer (apt install python3).")


# -- Python packages --------------------------------------------------------------------------------------------


def _packages() -> None:
    files = [REQUIREMENTS / f"{name}.txt" for name in LOCKS]
    stamp, wanted = VENV / "suqiu.stamp", _digest(files, str(VENV))
    if _reads(stamp) == wanted and PYTHON.exists():
        return
    if not _venv_works():
        _make_venv()
    _say("Installing uv, then the packages that requirements/ names, each checked against its hash")
    _run(PYTHON, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", REQUIREMENTS / "tools.txt", may_fail=True)
    _install(PYTHON, REQUIREMENTS / "dev.txt")
    stamp.write_text(wanted)


def _venv_works() -> bool:
    """False also after the folder was moved or its Python was removed."""
    marks = VENV / "pyvenv.cfg"
    if not (marks.exists() and PYTHON.exists()):
        return False
    proof = "import pip, sys; print(sys.prefix); sys.exit(sys.version_info < " + repr(OLDEST) + ")"
    done = subprocess.run([PYTHON, "-c", proof], capture_output=True, text=True)
    return done.returncode == 0 and Path(done.stdout.strip()) == VENV


def _make_venv() -> None:
    if find_spec("venv") is None or find_spec("ensurepip") is None:
        name = f"python3.{sys.version_info.minor}-venv"
        raise CannotSetUp(f"Python's venv and pip are missing; install them (apt install {name}), then run make again.")
    _say(f"Making .venv with Python {sys.version.split()[0]}")
    shutil.rmtree(VENV, ignore_errors=True)
    base = getattr(sys, "_base_executable", None) or sys.executable
    if _run(base, "-m", "venv", VENV, may_fail=True):
        raise CannotSetUp(f"a virtual environment could not be made in {VENV}; see the lines above.")


def _install(python: Path, lock: Path) -> None:
    """By uv; by pip where uv does not run. Both take the same file and refuse a package whose hash differs."""
    uv = VENV / "bin" / "uv"
    by_uv: list[str | Path] = [uv, "pip", "sync", "--quiet", "--python", python, "--require-hashes", lock]
    if uv.exists() and not _run(*by_uv, may_fail=True):
        return
    _say("uv did not succeed; pip goes on with the same file")
    by_pip: list[str | Path] = ["--python", python, "install", "--quiet", "--require-hashes", "-r", lock]
    if _run(PYTHON, "-m", "pip", *by_pip, may_fail=True):
        raise CannotSetUp("the packages could not be installed; see the lines above. Is there a network?")


# -- front end --------------------------------------------------------------------------------------------------


def _front_end() -> None:
    stamp, wanted = VENDOR / "stamp", _digest(ROOT / name for name in FRONT_END)
    if _reads(stamp) == wanted and (ROOT / "tests" / "vendor").is_dir():
        return
    _say("Fetching htmx and the icons, each checked against its hash")
    npm = _system_npm() or _packaged_npm()
    if _run(*npm, "ci", "--no-progress", "--loglevel=error", may_fail=True):
        raise CannotSetUp("npm could not fetch the front-end files; see the lines above. Is there a network?")
    _run(PYTHON, "-m", "tools.assets")
    shutil.rmtree(ROOT / "node_modules", ignore_errors=True)
    shutil.rmtree(NODE, ignore_errors=True)
    stamp.write_text(wanted)


def _system_npm() -> list[str | Path]:
    try:
        version = subprocess.run(["node", "--version"], capture_output=True, text=True).stdout
        works = subprocess.run(["npm", "--version"], capture_output=True).returncode == 0
        return ["npm"] if works and int(version.lstrip("v").split(".")[0]) >= OLDEST_NODE else []
    except (OSError, ValueError):
        return []


def _packaged_npm() -> list[str | Path]:
    _say("No npm here: using the one that the package index has (206 MB, removed again afterwards)")
    shutil.rmtree(NODE, ignore_errors=True)
    _run(PYTHON, "-m", "venv", "--without-pip", NODE)
    _install(NODE / "bin" / "python", REQUIREMENTS / "node.txt")
    return [NODE / "bin" / "npm"]


# -- translations -----------------------------------------------------------------------------------------------


def _translations() -> None:
    stale = [po for po in ROOT.glob("suqiu/**/LC_MESSAGES/*.po") if _is_newer(po, po.with_suffix(".mo"))]
    if not stale:
        return
    _say(f"Compiling {len(stale)} translation file{'s' * (len(stale) > 1)}")
    for po in stale:
        names: list[str | Path] = ["--input-file", po, "--output-file", po.with_suffix(".mo"), "--locale", po.parts[-3]]
        _run(VENV / "bin" / "pybabel", "--quiet", "compile", *names)


def _is_newer(source: Path, made: Path) -> bool:
    return not made.exists() or source.stat().st_mtime > made.stat().st_mtime


# -- running ----------------------------------------------------------------------------------------------------


def _run(*command: str | Path, may_fail: bool = False) -> int:
    code = subprocess.run([os.fspath(part) for part in command], cwd=ROOT, env=_environment()).returncode
    if code and not may_fail:
        raise CannotSetUp(f"`{' '.join(os.fspath(part) for part in command)}` failed; see the lines above.")
    return code


def _environment() -> dict[str, str]:
    """Ours, with pip's index for uv too, the packaged node first on the path, and caches where we may write."""
    surroundings = os.environ | {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "UV_NO_CONFIG": "1"}
    if os.path.isdir("/etc/ssl/certs"):  # an office network often has a certificate authority of its own
        for name in ("UV_SYSTEM_CERTS", "NODE_USE_SYSTEM_CA"):
            surroundings.setdefault(name, "1")
    if NODE.exists():
        surroundings["PATH"] = f"{NODE / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    if not os.access(Path.home(), os.W_OK):
        for name in ("PIP_CACHE_DIR", "UV_CACHE_DIR", "npm_config_cache"):
            surroundings.setdefault(name, str(ROOT / ".cache" / name))
    if PYTHON.exists() and not {"UV_DEFAULT_INDEX", "UV_INDEX_URL"} & surroundings.keys():
        asked = [str(PYTHON), "-m", "pip", "config", "get", "global.index-url"]
        found = subprocess.run(asked, capture_output=True, text=True)
        if found.returncode == 0 and found.stdout.strip():
            surroundings["UV_DEFAULT_INDEX"] = found.stdout.strip()
    return surroundings


def _digest(files: Iterable[Path], *words: str) -> str:
    total = hashlib.sha256("\n".join(words).encode())
    for file in files:
        total.update(file.read_bytes())
    return total.hexdigest()


def _reads(path: Path) -> str:
    return path.read_text() if path.exists() else ""


if __name__ == "__main__":
    main()
