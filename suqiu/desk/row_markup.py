"""How is a row of a list drawn? Written here and not in a template: fifty rows of six fragments cost more than all queries together.

Who: a clerk with forty open cases. Next: see what is late and what it lacks; the whole row opens it. Seconds: 2.
"""

from __future__ import annotations

from functools import cache
from html import escape
from typing import Any

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from suqiu.icons import icon
from suqiu.language.words import has_han

ICON_OF_LEVEL = {"hung": "archive", "paused": "hourglass"}


def row(shown: dict[str, Any], ticked: set[str] | None = None) -> SafeString:
    """As desk/today.html and desk/worklist.html put it into their lists. `ticked`: it can be ticked; these numbers are."""
    secret = "<b>{}</b>".format(escape(_("保密"))) if shown["is_secret"] else ""
    meta = "".join(f"<span{said_in(word)}>{escape(word)}</span>" for word in shown["meta"])
    lack = f"{_small_icon(shown['lack_icon'])}<span>{escape(shown['lack'])}</span>" if shown["lack"] else ""
    title, officer = shown["title"], shown["officer"]
    tick, own = ("", "") if ticked is None else (_tick(shown, ticked), f' id="c{shown["pk"]}"')
    return mark_safe(
        f'<li class="case-row">{tick}<span>{chip(shown["clock"]) if shown["clock"] else ""}</span>'
        f'<div class="case-row-main"><a class="case-row-title"{own} href="{shown["url"]}"{said_in(title)}>{escape(title)}</a>'
        f'<p class="case-row-meta dots">{secret}{meta}</p></div>'
        f'<span class="case-row-lack">{lack}</span><span class="case-row-who"{said_in(officer)}>{escape(officer)}</span></li>'
    )


def said_in(words: str) -> str:
    """What people wrote stays as it was written: on an English page it says that it is Chinese."""
    return ' lang="zh-CN"' if get_language() == "en" and has_han(words) else ""


@cache
def _small_icon(name: str) -> str:
    """Its size is the row's: said once in the styles, not in fifty rows."""
    return icon(name).replace(' width="16" height="16"', "")


def _tick(shown: dict[str, Any], ticked: set[str]) -> str:
    """Number and line: a step taken from the list knows what was seen."""
    checked = " checked" if shown["number"] in ticked else ""
    value = f"{shown['number']}.{shown['line_no']}"
    return (
        '<label class="case-row-tick"><input type="checkbox" name="case" form="batch"'
        f' value="{value}" aria-labelledby="c{shown["pk"]}"{checked}></label>'
    )


def chip(clock: dict[str, Any]) -> str:
    """As parts/_clock_chip.html, with a face that styles draw: fifty drawings would be a third of the page."""
    level = clock["level"]
    face = "over" if level == "over" else f"{clock['share'] // 10}"
    mark = _small_icon(ICON_OF_LEVEL[level]) if level in ICON_OF_LEVEL else f'<i class="face face-{face}"></i>'
    return f'<span class="clock clock-{level}" title="{escape(clock["title"])}">{mark}{escape(clock["word"])}</span>'
