"""Which places can be chosen? Counties and towns as one small select, made once per language."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.cache import cache
from django.forms import Field, Select, ValidationError
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from suqiu.directory.models import Area

CACHE_SECONDS = 600
CHOSEN_KINDS = (Area.Kind.COUNTY, Area.Kind.TOWN)


def city_name() -> str:
    """The city's name in the reader's language; empty before the city is set up."""
    return _kept("city", lambda: str(Area.objects.filter(kind=Area.Kind.CITY, parent=None).first() or ""))


def codes() -> set[str]:
    return _kept("codes", lambda: set(Area.objects.filter(kind__in=CHOSEN_KINDS).values_list("code", flat=True)))


class AreaSelect(Select):
    """The options are plain text kept per language; only the chosen one is marked anew."""

    def render(self, name, value, attrs=None, renderer=None) -> SafeString:
        own = self.build_attrs(self.attrs, {**(attrs or {}), "name": name})
        shown = format_html_join("", ' {}="{}"', [(k, v) for k, v in own.items() if v is not True])
        options = _kept("options", _options)
        if value in codes():
            options = options.replace(f'<option value="{value}">', f'<option value="{value}" selected>', 1)
        return format_html(
            '<select{}><option value="">{}</option>{}</select>', shown, _("请选，说不准可以不选"), mark_safe(options)
        )


class AreaField(Field):
    widget = AreaSelect
    default_error_messages = {"unknown": gettext_lazy("没有这个区划，请从表里选")}

    def to_python(self, value) -> str:
        code = str(value or "").strip()
        if code and code not in codes():
            raise ValidationError(self.error_messages["unknown"], code="unknown")
        return code


def _options() -> str:
    """<optgroup> per county: the county itself, then its towns."""
    areas = list(Area.objects.filter(kind__in=CHOSEN_KINDS).order_by("code"))
    towns: dict[str, list[Area]] = {}
    for area in areas:
        if area.kind == Area.Kind.TOWN:
            towns.setdefault(area.parent_id, []).append(area)
    counties = (a for a in areas if a.kind == Area.Kind.COUNTY)
    return format_html_join(
        "", '<optgroup label="{}">{}</optgroup>', ((str(c), _group(c, towns.get(c.pk, ()))) for c in counties)
    )


def _group(county: Area, towns: Iterable[Area]) -> str:
    whole = _("%(county)s，说不清哪个乡镇") % {"county": county}
    return format_html_join(
        "", '<option value="{}">{}</option>', [(county.pk, whole), *((t.pk, str(t)) for t in towns)]
    )


def _kept(what: str, read):
    return cache.get_or_set(f"portal:{what}:{get_language()}", read, CACHE_SECONDS)
