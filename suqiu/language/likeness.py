"""How much do two texts speak of the same thing? Pairs of neighbouring letters, the rare ones counting more; no dictionary.

Pure. What knows the language better can take its place behind the same two functions.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence

from suqiu.language.words import han_runs
from suqiu.language.words import pairs as pairs_of

LATIN = re.compile(r"[A-Za-z0-9]{2,}")
EMPTY_WORDS = {  # said in every call
    "希望", "我们", "他们", "现在", "已经", "反映", "来电", "请问", "问题", "什么", "怎么", "这个", "那个", "没有", "一直", "有人",
    "处理", "部门", "相关", "一个", "还有", "市民", "的人", "家里", "我家", "要求", "帮忙", "派人", "来看", "看看", "不了",
}  # fmt: skip


def pairs(text: str) -> set[str]:
    """电梯坏了 → 电梯, 梯坏, 坏了; a word in Latin letters or figures as it is."""
    found = {pair for run in han_runs(text) for pair in pairs_of(run)}
    return (found | {word.lower() for word in LATIN.findall(text)}) - EMPTY_WORDS


def weights(texts: Iterable[set[str]]) -> dict[str, float]:
    """What many of them have in common tells them apart less."""
    texts = list(texts)
    seen = Counter(pair for text in texts for pair in text)
    return {pair: math.log((1 + len(texts)) / n) + 0.1 for pair, n in seen.items()}


def likeness(said: set[str], other: set[str], weight: dict[str, float]) -> float:
    """0 for nothing in common, 1 for the same: the weight they share, against the geometric mean of what each says."""
    shared = sum(weight.get(p, 0.1) for p in said & other)
    if not shared:
        return 0.0
    own, theirs = (sum(weight.get(p, 0.1) for p in text) for text in (said, other))
    return shared / math.sqrt(own * theirs)


def shared_words(said: str, other: str, most: int = 4) -> list[str]:
    """The longest pieces that stand in both, for showing why: 路面钢板、大车."""
    found: list[str] = []
    for run in han_runs(other):
        start = 0
        while start < len(run) - 1:
            end = next((e for e in range(len(run), start + 1, -1) if run[start:e] in said), start)
            piece = run[start:end]
            if len(piece) >= 2 and piece not in EMPTY_WORDS:
                found.append(piece)
            start = max(end, start + 1)
    ordered: Sequence[str] = sorted(dict.fromkeys(found), key=len, reverse=True)
    return list(ordered[:most])
