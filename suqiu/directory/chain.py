"""How does a line become a link? The canonical, versioned form of a line and its hash, for case chains and office chains."""

from __future__ import annotations

import hashlib
import json
import secrets
from datetime import UTC, date, datetime
from typing import Any

FORM = 1  # the version of the canonical form; part of what is hashed
SALT_BYTES = 16


def plain(value: Any) -> Any:
    """A value as a line holds it: numbers, words, booleans, ISO times in UTC, ids of rows, lists and objects of these."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(v) for v in (sorted(value) if isinstance(value, set | frozenset) else value)]
    if hasattr(value, "pk"):
        return value.pk
    if isinstance(value, bool | int | float) or value is None:
        return value
    return str(value)


def canonical(line: dict[str, Any]) -> bytes:
    """UTF-8 JSON, keys sorted, no spaces: the same bytes on every machine."""
    return json.dumps({"form": FORM} | plain(line), sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def link(line: dict[str, Any]) -> str:
    """SHA-256 of the canonical form, hexadecimal; `line` holds the hash of the line before as "prev"."""
    return hashlib.sha256(canonical(line)).hexdigest()


def digest(salt: str, body: bytes) -> str:
    """What a line holds instead of a text or a file: worthless once the salt is gone."""
    return hashlib.sha256(salt.encode() + body).hexdigest()


def new_salt() -> str:
    return secrets.token_hex(SALT_BYTES)
