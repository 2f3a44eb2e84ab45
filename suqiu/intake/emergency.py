"""Does somebody's life depend on it? Words that always pass, whoever calls and however often (suqiu/intake/emergency_words.csv)."""

from __future__ import annotations

import csv
import re
import unicodedata
from functools import cache
from pathlib import Path

WORDS = Path(__file__).parent / "emergency_words.csv"


def is_emergency(text: str) -> bool:
    """Rather once too often: one word of the list is enough, written with gaps, wide or narrow, large or small."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    chinese, english = _words()
    closed = re.sub(r"[\s\W_]+", "", plain)
    return any(word in closed for word in chinese) or bool(english.search(plain))


@cache
def _words() -> tuple[tuple[str, ...], re.Pattern]:
    with WORDS.open(encoding="utf-8", newline="") as file:
        rows = [(row["words"].strip().casefold(), row["language"]) for row in csv.DictReader(file)]
    chinese = tuple(word for word, language in rows if language == "zh")
    english = [r"[\s\W]+".join(map(re.escape, word.split())) for word, language in rows if language == "en"]
    return chinese, re.compile(rf"\b(?:{'|'.join(english)})\b")
