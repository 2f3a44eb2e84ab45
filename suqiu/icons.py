"""How is an icon drawn? `{% icon "bell" %}` in every template; an icon never stands alone, the word is beside it."""

from __future__ import annotations

from functools import cache

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
@cache
def icon(name: str, size: int | None = None) -> SafeString:
    """A Lucide icon of the sprite; `size` 16, 20, 24 or 32 CSS pixels, left out: the size of the place it stands in."""
    return format_html(
        '<svg class="icon{}" width="{}" height="{}" aria-hidden="true"><use href="{}#i-{}"/></svg>',
        f" icon-{size}" if size else "", size or 16, size or 16, static("vendor/icons.svg"), name,
    )  # fmt: skip
