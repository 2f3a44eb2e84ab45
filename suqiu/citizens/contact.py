"""How is contact data kept unreadable, found again, and shown masked?"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import unicodedata
from functools import lru_cache

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

SUITE_AES_256_GCM = b"\x01"  # first byte: the suite; second: the key's number, so that keys can be changed
KEY_NUMBER = b"\x01"
NONCE_BYTES = 12
HIDDEN = "***"  # shown for what cannot be read


@lru_cache
def _key(purpose: str) -> bytes:
    return hmac.new(settings.CONTACT_KEY.encode(), purpose.encode(), hashlib.sha256).digest()


def encrypt(plain: str) -> bytes:
    """Suite byte, key number, nonce, ciphertext with tag; empty for empty."""
    if not plain:
        return b""
    nonce = os.urandom(NONCE_BYTES)
    return SUITE_AES_256_GCM + KEY_NUMBER + nonce + AESGCM(_key("field")).encrypt(nonce, plain.encode(), None)


def decrypt(sealed: bytes | memoryview) -> str:
    sealed = bytes(sealed)
    if not sealed:
        return ""
    if sealed[:2] != SUITE_AES_256_GCM + KEY_NUMBER:
        raise ValueError("contact data sealed with an unknown suite or key")
    return AESGCM(_key("field")).decrypt(sealed[2 : 2 + NONCE_BYTES], sealed[2 + NONCE_BYTES :], None).decode()


def index_of(phone: str) -> str:
    """Blind index: HMAC-SHA256 over the normalised number (a number has few values, so a plain hash would not hide it)."""
    return hmac.new(_key("index"), normal_phone(phone).encode(), hashlib.sha256).hexdigest()


def code_hash(code: str) -> str:
    """Keyed hash of a query code; stored instead of the code."""
    return hmac.new(_key("code"), _digits(code).encode(), hashlib.sha256).hexdigest()


def token_hash(token: str) -> str:
    """Keyed hash of a one-time link's token."""
    return hmac.new(_key("link"), token.encode(), hashlib.sha256).hexdigest()


def normal_phone(phone: str) -> str:
    """Digits only; +86 and 0086 dropped from a mobile number."""
    digits = _digits(phone)
    for prefix in ("0086", "86"):
        if digits.startswith(prefix) and len(digits) == len(prefix) + 11:
            return digits[len(prefix) :]
    return digits


def _digits(words: str) -> str:
    """ASCII digits only: a Chinese keyboard writes １３８ as easily as 138."""
    return re.sub(r"[^0-9]", "", unicodedata.normalize("NFKC", words))


def mask_name(name: str) -> str:
    """王** for any length; nothing for nothing."""
    return f"{name[0]}**" if name else ""


def mask_phone(phone: str) -> str:
    """138****2217; a short number shows its last two digits only."""
    digits = normal_phone(phone)
    if len(digits) >= 11:
        return f"{digits[:3]}****{digits[-4:]}"
    return "*" * max(len(digits) - 2, 0) + digits[-2:] if digits else ""
