"""As whom does PostgreSQL run, which refuses to be root?"""

from __future__ import annotations

import ctypes
import os
import pwd
import subprocess
from pathlib import Path

CLONE_NEWUSER = 0x10000000


class ClusterError(Exception):
    """The database cannot be had; the message says why and what to do."""


def enter_namespace() -> None:
    """Become user 1000 inside a user namespace: PostgreSQL sees no root, yet every file still belongs to root."""
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWUSER):
        raise OSError(ctypes.get_errno(), "no user namespaces")
    for name, line in (("setgroups", "deny"), ("uid_map", "1000 0 1"), ("gid_map", "1000 0 1")):
        Path("/proc/self", name).write_text(line)


def namespaces_work() -> bool:
    try:
        return subprocess.run(["true"], preexec_fn=enter_namespace, check=False).returncode == 0
    except (subprocess.SubprocessError, OSError):
        return False


def server_user() -> pwd.struct_passwd | None:
    """None where the server runs as ourselves; ``nobody`` for root where containers refuse user namespaces."""
    return None if os.geteuid() != 0 or namespaces_work() else pwd.getpwnam("nobody")


def become(user: pwd.struct_passwd | None) -> None:
    """In the child, before the server's program: be the user that PostgreSQL accepts."""
    if user is not None:
        os.setgroups([])
        os.setgid(user.pw_gid)
        os.setuid(user.pw_uid)
    elif os.geteuid() == 0:
        enter_namespace()


def give(folder: Path, user: pwd.struct_passwd | None) -> None:
    """Makes *folder* and all in it belong to the server's user; only root can, anybody else is refused."""
    owner = user or pwd.getpwuid(os.geteuid())
    if folder.stat().st_uid == owner.pw_uid:
        return
    if os.geteuid() != 0:
        refuse_foreign(folder)
    for path in (folder, *folder.rglob("*")):
        os.chown(path, owner.pw_uid, owner.pw_gid, follow_symlinks=False)


def check_way(place: Path) -> None:
    for folder in place.parents:
        if not folder.stat().st_mode & 0o001:
            raise ClusterError(
                "You are root and this machine allows no user namespaces, so the database runs as `nobody`, "
                f"who may not pass through {folder}.\n"
                f"Allow it (chmod o+x {folder}), set SUQIU_DATA to another folder, or run as an ordinary user."
            )


def own_folder(folder: Path, user: pwd.struct_passwd | None) -> None:
    """The server trusts whoever reaches its socket, so this folder is the lock: ours, closed to others, no link."""
    folder.mkdir(mode=0o700, exist_ok=True)
    trusted = {0, pwd.getpwnam("nobody").pw_uid} if os.geteuid() == 0 else {os.geteuid()}
    if folder.is_symlink() or folder.stat().st_uid not in trusted:
        refuse_foreign(folder)
    folder.chmod(0o700)
    give(folder, user)


def refuse_foreign(folder: Path) -> None:
    raise ClusterError(f"{folder} belongs to another user. Set SUQIU_DATA to a folder of your own.")
