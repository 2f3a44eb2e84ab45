"""In which language is this text? What people wrote stays as they wrote it, on an English page too, and is marked for who reads aloud."""

from __future__ import annotations

import re
from typing import Any

from django import template
from django.utils.translation import get_language

from suqiu.language.words import has_han

register = template.Library()
LATIN = re.compile(r"[A-Za-z]{2,}")


@register.filter
def lang_of(text: Any) -> str:
    """zh-CN where there is a Chinese character, en where there are only Latin words; figures are of the page's language."""
    words = str(text or "")
    if has_han(words):
        return "zh-CN"
    return "en" if LATIN.search(words) or get_language() == "en" else "zh-CN"
