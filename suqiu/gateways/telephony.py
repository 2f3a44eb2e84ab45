"""How does the desk ring a caller whose number it never shows? The exchange rings the officer's seat first, then puts the caller through.

Spoken with the exchange: the manager interface of Asterisk, lines of "Name: value" over TCP. Each seat is known to it by the officer's login.
"""

from __future__ import annotations

import logging
import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO
from urllib.parse import SplitResult, unquote, urlsplit

from django.conf import settings

from suqiu.citizens.contact import normal_phone

log = logging.getLogger("suqiu.telephony")
PORT = 5038
SECONDS_TO_WAIT = 8
SECONDS_TO_RING = 45
BLOCK_LINES = 100  # more than any answer has: whoever sends more is no exchange


class NotDialled(Exception):
    """The call did not leave the house; the message says why, without the number."""


@dataclass(frozen=True)
class Dialled:
    """`is_pretended`: the demo has no exchange, nothing rings anywhere."""

    reference: str
    is_pretended: bool = False


def dial(*, to: str, seat: str, reference: str) -> Dialled:
    """Asks the exchange to ring `seat`, then `to`. Returns when it has taken the order, not when somebody answers; raises NotDialled."""
    number = normal_phone(to)
    if not number:
        raise NotDialled("there is no number")
    if not re.fullmatch(r"[\w.-]{1,60}", seat) or not re.fullmatch(r"[\w-]{1,60}", reference):
        raise NotDialled("seat or reference is not a plain word")
    if not settings.EXCHANGE_ADDRESS:
        if settings.DEMO:  # the fake at the other end: as if it rang
            return Dialled(reference, is_pretended=True)
        raise NotDialled("SUQIU_EXCHANGE_ADDRESS is not set")
    try:
        _order(urlsplit(settings.EXCHANGE_ADDRESS), number, seat, reference)
    except (OSError, ValueError) as error:
        log.warning("call %s not dialled: %s: %s", reference, type(error).__name__, error)
        raise NotDialled(f"{type(error).__name__}: {error}"[:200]) from error
    return Dialled(reference)


def _order(at: SplitResult, number: str, seat: str, reference: str) -> None:
    context = at.path.strip("/") or "from-internal"
    with (
        socket.create_connection((at.hostname or "127.0.0.1", at.port or PORT), timeout=SECONDS_TO_WAIT) as line,
        line.makefile("rwb") as talk,
    ):
        if b"Call Manager" not in talk.readline(200):
            raise ValueError("whoever answers there is no exchange")
        _ask(talk, f"{reference}-in", Action="Login", Username=unquote(at.username or ""), Secret=unquote(at.password or ""), Events="off")  # fmt: skip
        _ask(
            talk, reference, Action="Originate", Channel=f"PJSIP/{seat}", Context=context, Exten=number, Priority="1",
            CallerID="12345", Timeout=str(SECONDS_TO_RING * 1000), Async="true",
        )  # fmt: skip
        _send(talk, Action="Logoff")


def _ask(talk: BinaryIO, action_id: str, **fields: str) -> None:
    """Sends one action and waits for its own answer; what else comes in between is passed over."""
    _send(talk, ActionID=action_id, **fields)
    for block in _blocks(talk):
        if block.get("ActionID") == action_id and "Response" in block:
            if block["Response"] != "Success":
                raise ValueError(f"{fields['Action']} refused: {block.get('Message', block['Response'])}")
            return
    raise ValueError("the exchange hung up")


def _send(talk: BinaryIO, **fields: str) -> None:
    if any("\r" in value or "\n" in value for value in fields.values()):
        raise ValueError("a value breaks the line")
    talk.write("".join(f"{name}: {value}\r\n" for name, value in fields.items()).encode() + b"\r\n")
    talk.flush()


def _blocks(talk: BinaryIO) -> Iterator[dict[str, str]]:
    block: dict[str, str] = {}
    for _n in range(BLOCK_LINES):
        raw = talk.readline(1000)
        if not raw:
            return
        name, _colon, value = raw.decode(errors="replace").strip().partition(":")
        if name:
            block[name] = value.strip()
        elif block:
            yield block
            block = {}
