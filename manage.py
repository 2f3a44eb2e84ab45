#!/usr/bin/env python3
"""Runs one command of Suqiu: python manage.py COMMAND. Works with any Python; the database starts by itself."""

import os
import sys
from importlib.util import find_spec

HERE = os.path.dirname(os.path.abspath(__file__))
VENV = os.path.join(HERE, ".venv")
WITHOUT_DATABASE = {
    "check",
    "collectstatic",
    "compilemessages",
    "diffsettings",
    "draw_flow",
    "findstatic",
    "help",
    "makemessages",
    "startapp",
    "version",
}


def main():
    use_own_python()
    sys.path.insert(0, HERE)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "suqiu.settings")
    from django.core.management import execute_from_command_line

    if needs_database(sys.argv[1:]):
        start_database()
    execute_from_command_line(sys.argv)


def use_own_python():
    """Go on in the environment that `make setup` made, whichever Python was called."""
    python = os.path.join(VENV, "bin", "python")
    if os.path.realpath(sys.prefix) == os.path.realpath(VENV):
        return
    if os.path.exists(python):
        os.execv(python, [python, os.path.join(HERE, "manage.py"), *sys.argv[1:]])
    if find_spec("django") is None:
        sys.exit("Suqiu is not set up yet. Run: make setup")


def needs_database(arguments):
    if not arguments or {"-h", "--help", "--version"} & set(arguments):
        return False
    return arguments[0] not in WITHOUT_DATABASE or "--database" in arguments


def start_database():
    from tools import cluster

    try:
        cluster.ensure_running()
    except cluster.ClusterError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
