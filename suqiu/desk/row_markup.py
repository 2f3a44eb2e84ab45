"""How is a row of a list drawn? Written here and not in a template: fifty rows of six fragments cost more than all queries together.

Who: a clerk with forty open cases. Next: see what is late and what it lacks; the whole row opens it. Seconds: 2.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

ROW = (
    '<li class="case-row"><span>{}</span>'
    '<div class="case-row-main"><a class="case-row-title" href="{}">{}</a><p class="case-row-meta dots">{}{}</p></div>'
    '<span class="case-row-lack">{}</span><span class="case-row-who">{}</span></li>'
)
FACE = (
    '<svg class="clock-face" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">%s</svg>'
)
OVER = mark_safe(
    FACE % '<circle class="clock-disc" cx="8" cy="8" r="7"/><path class="clock-bang" d="M8 4.4v4.2M8 11.4v.1"/>'
)
RING = (
    '<circle class="clock-rim" cx="8" cy="8" r="6.25"/><circle class="clock-share" cx="8" cy="8" r="2" pathLength="100"'
    ' stroke-dasharray="%d 100" transform="rotate(-90 8 8)"/>'
)
ICON_OF_LEVEL = {"hung": "archive", "paused": "hourglass"}


def row(shown: dict[str, Any]) -> SafeString:
    """As desk/today.html and desk/worklist.html put it into their lists."""
    secret = format_html("<b>{}</b>", _("保密")) if shown["is_secret"] else ""
    meta = format_html_join("", "<span>{}</span>", ((word,) for word in shown["meta"]))
    lack = format_html("{}<span>{}</span>", icon(shown["lack_icon"]), shown["lack"]) if shown["lack"] else ""
    clock = chip(shown["clock"]) if shown["clock"] else ""
    return format_html(ROW, clock, shown["url"], shown["title"], secret, meta, lack, shown["officer"])


def chip(clock: dict[str, Any]) -> SafeString:
    """The same as parts/_clock_chip.html."""
    level = clock["level"]
    face = icon(ICON_OF_LEVEL[level]) if level in ICON_OF_LEVEL else OVER if level == "over" else _ring(clock["share"])
    return format_html(
        '<span class="clock clock-{}" title="{}">{}{}</span>', level, clock["title"], face, clock["word"]
    )


@cache
def icon(name: str) -> SafeString:
    address = f"{static('vendor/icons.svg')}#i-{name}"
    return format_html(
        '<svg class="icon" width="16" height="16" aria-hidden="true" focusable="false"><use href="{}"/></svg>', address
    )


@cache
def _ring(share: int) -> SafeString:
    return mark_safe(FACE % (RING % share))
