"""Which exact versions are meant? Writes the lock files anew, without addresses, from what is asked for."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
UV = ROOT / ".venv" / "bin" / "uv"
LOCKS = ["tools", "node", "dev", "base"]
SAME_AS = {"base": ["--constraint=dev.txt"]}  # what is tested is what runs
SETTINGS = [
    "--quiet",
    "--universal",
    "--python-version=3.11",
    "--generate-hashes",
    "--no-header",
    "--no-annotate",
    "--no-emit-index-url",
    "--no-emit-find-links",
]


def main() -> None:
    """With ``--upgrade`` newer versions are taken where the .in files allow them; else only what changed there."""
    for name in LOCKS:
        print(f"· requirements/{name}.txt", flush=True)
        files = [f"{name}.in", f"--output-file={name}.txt", *SAME_AS.get(name, [])]
        command = [str(UV), "pip", "compile", *SETTINGS, *sys.argv[1:], *files]
        subprocess.run(command, cwd=ROOT / "requirements", check=True)
    print("· package.json", flush=True)
    quiet = os.environ | {"npm_config_loglevel": "error"}
    subprocess.run(["npm", "install", "--package-lock-only", "--no-progress"], cwd=ROOT, env=quiet, check=True)


if __name__ == "__main__":
    main()
