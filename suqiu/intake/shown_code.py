"""查询码 just made: for how long may a page show it? Sealed in the session of who takes it, and gone from it when its time is over."""

from __future__ import annotations

import base64
from collections.abc import MutableMapping
from datetime import datetime, timedelta
from typing import Any

from suqiu.citizens.contact import decrypt, encrypt

SHOWN_FOR = timedelta(minutes=10)  # time to write it down or read it aloud, to reload, to fetch a message
AT_DESK, AT_PORTAL = "desk.code", "portal.code"  # in the session: {"number", "code" (sealed; empty: over), "until"}
Session = MutableMapping[str, Any]


def keep(session: Session, name: str, *, number: str, code: str, at: datetime) -> None:
    sealed = base64.b64encode(encrypt(code)).decode()
    session[name] = {"number": number, "code": sealed, "until": (at + SHOWN_FOR).isoformat()}


def number_in(session: Session, name: str) -> str:
    """Of the case whose code was the last."""
    return (session.get(name) or {}).get("number", "")


def code_in(session: Session, name: str, at: datetime) -> str:
    """Empty when its time is over."""
    drop_over(session, at)
    kept = session.get(name)
    return decrypt(base64.b64decode(kept["code"])) if kept else ""


def until(session: Session, name: str) -> datetime:
    return datetime.fromisoformat(session[name]["until"])


def drop_over(session: Session, at: datetime) -> None:
    """Asked by every page that a session opens, so that a code never lies in it for longer than somebody could read it."""
    for name in (AT_DESK, AT_PORTAL):
        kept = session.get(name)
        if kept and kept["code"] and datetime.fromisoformat(kept["until"]) < at:
            session[name] = kept | {"code": ""}
