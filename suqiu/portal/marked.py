"""In which language was this said? On a page of another language, data carry their own, so that voices read them rightly."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from suqiu.language.words import has_han

LATIN = re.compile(r"[A-Za-z]{3}")


def marked(said: Any) -> Any:
    """A name, a post or somebody's words: as they are, within a lang of their own where the page's is another."""
    text = str(said or "")
    language = "zh-CN" if has_han(text) else "en" if LATIN.search(text) else ""
    is_english_page = (get_language() or "").startswith("en")
    if not language or (language == "en") == is_english_page:
        return said
    return format_html('<span lang="{}">{}</span>', language, said)


def filled(message: str, **parts: Any) -> SafeString:
    """A sentence with marked parts in it: what `message % parts` would be, escaped once."""
    escaped = {n: part if isinstance(part, int) else conditional_escape(part) for n, part in parts.items()}
    return mark_safe(conditional_escape(message) % escaped)


def quoted(words: str) -> SafeString:
    return filled(_("「%(said)s」"), said=marked(words))


def joined(parts: Iterable[Any]) -> SafeString:
    return _between(_("，"), parts)


def noted(parts: Iterable[Any]) -> SafeString:
    return _between(_("；"), parts)


def _between(sign: str, parts: Iterable[Any]) -> SafeString:
    return mark_safe(conditional_escape(sign).join(conditional_escape(p) for p in parts if p))
