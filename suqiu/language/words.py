"""Which words does a text hold, and which words does a question ask for? The same function cuts both."""

from __future__ import annotations

import re
import unicodedata

VERSION = 2  # of the cutting below and of what is cut: rows of another are cut anew in the background
INDEXED_CHARACTERS = 20_000  # of one text; what comes after is kept, not found
TERMS_AT_MOST = 40
_HAN = "㐀-鿿豈-﫿"  # Chinese characters, the rare and the compatible ones too
_RUN = re.compile(rf"[{_HAN}]+|[^\W_]+")
_HAN_RUN = re.compile(rf"[{_HAN}]+")


def plain(text: str) -> str:
    """Full-width made narrow, letters small: as both sides are compared."""
    return unicodedata.normalize("NFKC", text).lower()


def has_han(text: str) -> bool:
    """Is there a Chinese character in it?"""
    return bool(_HAN_RUN.search(text))


def han_runs(text: str) -> list[str]:
    """The stretches of Chinese characters, in order, as they are written."""
    return _HAN_RUN.findall(text)


def pairs(run: str) -> list[str]:
    """电梯坏了 → 电梯, 梯坏, 坏了: neighbours in one stretch; of a single character none."""
    return [run[n : n + 2] for n in range(len(run) - 1)]


def words_of(*texts: str) -> list[str]:
    """Pairs of Chinese characters, single ones that stand alone, and words and numbers of other scripts; sorted, each once."""
    found: set[str] = set()
    for text in texts:
        for run in _runs(text[:INDEXED_CHARACTERS]):
            found |= set(_cut(run)) if has_han(run) else {run[:40]}
    return sorted(found)


def question(text: str) -> str:
    """The text of a tsquery (quoted lexemes, all of them wanted): one character or a piece of a number finds what begins with it."""
    terms: dict[str, None] = {}
    for run in _runs(text[:200]):
        if not has_han(run) or len(run) == 1:
            terms[f"'{run[:40]}':*"] = None
        else:
            terms |= dict.fromkeys(f"'{pair}'" for pair in _cut(run))
    return " & ".join(list(terms)[:TERMS_AT_MOST])


def phrases(text: str) -> list[str]:
    """Runs longer than a pair: that all their pairs are there does not say that the run is."""
    return [run for run in _runs(text[:200]) if has_han(run) and len(run) > 2]


def wanted_runs(text: str) -> list[str]:
    """All that is asked for, each as it must stand in a text."""
    return _runs(text[:200])


def _runs(text: str) -> list[str]:
    return _RUN.findall(plain(text))


def _cut(run: str) -> list[str]:
    return pairs(run) or [run]
