"""Which words does a text hold, and which words does a question ask for? The same function cuts both."""

from __future__ import annotations

import re
import unicodedata

VERSION = 1  # of the cutting below: rows cut by another are cut anew in the background
INDEXED_CHARACTERS = 20_000  # of one text; what comes after is kept, not found
TERMS_AT_MOST = 40
_RUNS = re.compile(r"[㐀-鿿豈-﫿]+|[^\W_]+")
_HAN = re.compile(r"[㐀-鿿豈-﫿]")


def plain(text: str) -> str:
    """Full-width made narrow, letters small: as both sides are compared."""
    return unicodedata.normalize("NFKC", text).lower()


def words_of(*texts: str) -> list[str]:
    """Pairs of Chinese characters, single ones that stand alone, and words and numbers of other scripts; sorted, each once."""
    found: set[str] = set()
    for text in texts:
        for run in _runs(text[:INDEXED_CHARACTERS]):
            found |= set(_pairs(run)) if _HAN.match(run) else {run[:40]}
    return sorted(found)


def question(text: str) -> str:
    """The text of a tsquery (quoted lexemes, all of them wanted): one character or a piece of a number finds what begins with it."""
    terms: dict[str, None] = {}
    for run in _runs(text[:200]):
        if not _HAN.match(run) or len(run) == 1:
            terms[f"'{run[:40]}':*"] = None
        else:
            terms |= dict.fromkeys(f"'{pair}'" for pair in _pairs(run))
    return " & ".join(list(terms)[:TERMS_AT_MOST])


def phrases(text: str) -> list[str]:
    """Runs longer than a pair: that all their pairs are there does not say that the run is."""
    return [run for run in _runs(text[:200]) if _HAN.match(run) and len(run) > 2]


def wanted_runs(text: str) -> list[str]:
    """All that is asked for, each as it must stand in a text."""
    return _runs(text[:200])


def _runs(text: str) -> list[str]:
    return _RUNS.findall(plain(text))


def _pairs(run: str) -> list[str]:
    return [run[i : i + 2] for i in range(len(run) - 1)] or [run]
