"""What would a careful reader notice in a reply before it goes out? Words in, hints out; a hint never decides."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher

from django.utils.translation import gettext as _

from suqiu.language.words import han_runs, pairs
from suqiu.speech import listed, quoted

CLAUSE = re.compile(r"[^。！？；，、\n!?;,.]+[。！？；，、\n!?;,.]*|[。！？；，、\n!?;,.]+")
SENTENCE = re.compile(r"[^。！？；\n!?;]+[。！？；\n!?;]*")
COMMON = set(  # letters that carry no meaning of their own
    "的一是了在不有和就都要我这那到说去上下把给你他她它们来做没为看很也还又再被让向对从着过会能可以请您好先后次个件"
    "天日月年时分点今明已经将由并且或与及其之"
)
LATIN = re.compile(r"[A-Za-z]{4,}")
SHARED_AT_LEAST = 0.2  # of what an ask is made of: enough to say that a sentence speaks of it
VAGUE = re.compile(r"尽快|近期|限期|及时处理|抓紧|择期|适时|as soon as possible|shortly|in due course", re.IGNORECASE)
DATE = re.compile(
    r"\d{1,2}\s*月\s*\d{1,2}\s*[日号]|\d{4}-\d{2}-\d{2}|今天|明天|\d{1,2} [A-Z][a-z]+ \d{4}|today|tomorrow"
)
PERSONAL = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)|(?<!\d)\d{17}[\dXx](?!\d)")


@dataclass(frozen=True)
class Hint:
    """`is_grave`: whoever sends it all the same sends an answer that does not answer. `about`: what to write when sending back."""

    icon: str
    title: str
    text: str
    about: str
    is_grave: bool = False


def clauses(text: str) -> list[str]:
    return CLAUSE.findall(text)


def mention(ask: str, reply: str) -> tuple[str, bool]:
    """(the sentence of the reply that speaks most of this ask, whether it surely does). Empty when none has a word of it."""
    wanted, letters = _marks(ask), _letters(ask)
    sentences = [s.strip() for s in SENTENCE.findall(reply)]
    if not wanted or not sentences:
        return "", False
    best = max(sentences, key=lambda s: len(wanted & _marks(s)))
    if len(wanted & _marks(best)) / len(wanted) >= SHARED_AT_LEAST:
        return best, True
    near = max(sentences, key=lambda s: (len(wanted & _marks(s)), len(letters & _letters(s))))
    return (near, False) if wanted & _marks(near) or letters & _letters(near) else ("", False)


def _letters(text: str) -> set[str]:
    """Single letters that carry a meaning."""
    return set("".join(han_runs(text))) - COMMON


def _marks(text: str) -> set[str]:
    """Pairs of Chinese letters and longer Latin words: what two texts can have in common."""
    return {pair for run in han_runs(text) for pair in pairs(run)} | {word.lower() for word in LATIN.findall(text)}


def differences(old: str, new: str) -> list[tuple[str, str]]:
    """(same | gone | new, words) clause by clause, in reading order."""
    before, after, found = clauses(old), clauses(new), []
    for op, a, b, c, d in SequenceMatcher(a=before, b=after, autojunk=False).get_opcodes():
        if op == "equal":
            found.append(("same", "".join(after[c:d])))
            continue
        found += [
            (kind, words) for kind, words in (("gone", "".join(before[a:b])), ("new", "".join(after[c:d]))) if words
        ]
    return found


def hints(
    *, reply: str, before: str, asks: Iterable[dict], has_spoken: bool, lacks_before: bool, lacks_after: bool
) -> list[Hint]:
    """`asks` with .no .text .outcome .mention; `before`: the text that was sent back, if there was one."""
    asks = list(asks)
    found = [_silent(ask) for ask in asks if ask["outcome"] == "answered" and not ask["mention"]]
    if before and reply.split() == before.split():
        found.append(Hint("history", _("一字没改"), _("和退回的那份一样"), _("退回的那份没有改"), True))
    vague = VAGUE.search(reply)
    if vague and not DATE.search(reply):
        said = quoted(vague[0])
        found.append(
            Hint(
                "calendar",
                _("没有日期"),
                _("说了%(said)s，没写哪天") % {"said": said},
                _("%(said)s写明哪天") % {"said": said},
            )
        )
    if PERSONAL.search(reply):
        found.append(Hint("lock", _("有个人信息"), _("答复里有手机号或身份证号"), _("删掉手机号、身份证号"), True))
    if not has_spoken:
        found.append(Hint("phone", _("没和他说上话"), _("联系记录里没有一次说上话的"), _("先和来电人说上话")))
    if lacks_before or lacks_after:
        lacks = listed([_("办理前") if lacks_before else "", _("办理后") if lacks_after else ""])
        text = _("少了%(which)s的照片，看不出变化") % {"which": lacks}
        found.append(Hint("camera", _("照片不成对"), text, _("补%(which)s的照片") % {"which": lacks}))
    return found


def _silent(ask: dict) -> Hint:
    title = _("第 %(no)d 点没有答") % {"no": ask["no"]}
    return Hint(
        "circle-alert",
        title,
        _("写的是「办了」，答复里没有一个字提到它"),
        _("第 %(no)d 点没有答：%(text)s") % ask,
        True,
    )
