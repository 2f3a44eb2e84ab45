"""How is each kind of thing that a step asks for put on a form? Shapes only; whether it is taken, the action says."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.http import Http404
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suqiu.cases import files
from suqiu.cases.asking import LINE_LIMIT
from suqiu.cases.models import Case
from suqiu.directory.models import Area, Department, Matter, Officer
from suqiu.errors import Refused
from suqiu.intake.callers import plain_number
from suqiu.intake.demand import TEXT_LIMIT, clean_words

from . import registry

MOMENT_FORMATS = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"]
RADIOS_AT_MOST = 6
TOO_LONG = "413"


class Words(forms.CharField):
    """Long text: control characters dropped, line ends made one; kept as typed in the form when it is shown again."""

    widget = forms.Textarea(attrs={"rows": 4})

    def __init__(self, *, limit: int = TEXT_LIMIT, **options):
        super().__init__(strip=False, **options)
        self.validators, self.limit = [], limit  # a NUL is dropped with other control characters, not refused

    def to_python(self, value) -> str:
        try:
            return clean_words(str(value or ""), self.limit)
        except Refused as no:
            raise forms.ValidationError(no.reason, code=TOO_LONG) from no


class Line(Words):
    """One line: line ends become spaces."""

    widget = forms.TextInput

    def __init__(self, *, limit: int = LINE_LIMIT, **options):
        super().__init__(limit=limit, **options)
        self.widget.attrs["maxlength"] = limit

    def to_python(self, value) -> str:
        return re.sub(r"\s+", " ", super().to_python(value)).strip()


class KeptSelect(forms.Widget):
    """A select whose options are text made once; only the chosen one is marked anew."""

    def __init__(self, options: Callable[[], SafeString], empty: str = "", attrs=None):
        super().__init__(attrs)
        self.options, self.empty = options, empty

    def render(self, name, value, attrs=None, renderer=None) -> SafeString:
        own = self.build_attrs(self.attrs, {**(attrs or {}), "name": name})
        own.pop("required", None)
        shown = format_html_join("", ' {}="{}"', [(k, v) for k, v in own.items() if v is not True])
        first = format_html('<option value="">{}</option>', self.empty or _("请选"))
        return format_html("<select{}>{}{}</select>", shown, first, registry.with_chosen(self.options(), value))


class RowField(forms.Field):
    """A row of a table by its key; what is not there is said under the field."""

    def __init__(self, model, options: Callable[[], SafeString], *, unknown, empty: str = "", **more):
        super().__init__(widget=KeptSelect(options, empty), **more)
        self.model, self.unknown = model, unknown

    def to_python(self, value):
        if value in self.empty_values:
            return None
        try:
            return self.model.objects.get(pk=value)
        except (self.model.DoesNotExist, ValueError, OverflowError):
            raise forms.ValidationError(self.unknown) from None


def area_field(**more) -> RowField:
    return RowField(Area, registry.area_options, unknown=gettext_lazy("没有这个区划，请从表里选"), **more)


def matter_field(**more) -> RowField:
    return RowField(Matter, registry.matter_options, unknown=gettext_lazy("没有这个事项，请从表里选"), **more)


def department_field(options: Callable[[], SafeString], **more) -> RowField:
    return RowField(Department, options, unknown=gettext_lazy("没有这个单位，请从表里选"), **more)


class DepartmentsField(forms.MultipleChoiceField):
    """Several departments, by ticking."""

    widget = forms.CheckboxSelectMultiple

    def clean(self, value) -> list[Department]:
        return list(Department.objects.filter(pk__in=super().clean(value)).order_by("pk"))


class PointsField(forms.TypedMultipleChoiceField):
    """Some of the points asked, by ticking."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, asks: list[dict[str, Any]], **options):
        super().__init__(choices=[(str(a["no"]), f"{a['no']} {a['text']}") for a in asks], coerce=int, **options)


class OfficerField(forms.ChoiceField):
    def clean(self, value) -> Officer | None:
        chosen = super().clean(value)
        return Officer.objects.get(pk=chosen) if chosen else None


class AnyOfficer(Line):
    """Whoever works in the city, typed as login or full name; several of one name are told apart by their login."""

    def __init__(self, **options):
        super().__init__(limit=60, **options)
        self.widget.attrs |= {"autocomplete": "off", "spellcheck": "false"}

    def clean(self, value) -> Officer | None:
        typed = super().clean(value)
        if not typed:
            return None
        found = list(Officer.objects.filter(username=typed).select_related("department"))
        found = found or list(Officer.objects.filter(full_name=typed).select_related("department")[:2])
        if len(found) != 1:
            raise forms.ValidationError(_("有几位同名，请写账号") if found else _("没有这个人，请写账号或全名"))
        return found[0]


class CaseField(Line):
    """Another case by its number, spoken or written; one that this officer may not see is not there."""

    def __init__(self, officer: Officer, **more):
        super().__init__(limit=40, **more)
        self.officer = officer

    def clean(self, value) -> Case | None:
        number = plain_number(super().clean(value))
        if not number:
            return None
        found = Case.objects.visible_to(self.officer).filter(number=number).first()
        if found is None:
            raise forms.ValidationError(_("没有这个编号，或者您看不到它"))
        return found


class PromiseField(forms.ChoiceField):
    """One of the open promises of this case; a promise of another case is not found, as if it did not exist."""

    widget = forms.RadioSelect

    def __init__(self, promises: list, **more):
        self.promises = {str(p.pk): p for p in promises}
        super().__init__(choices=[(pk, p.what) for pk, p in self.promises.items()], **more)

    def clean(self, value):
        if value and value not in self.promises:
            raise Http404
        chosen = super().clean(value)
        return self.promises[chosen] if chosen else None


class FileInput(forms.FileInput):
    allow_multiple_selected = True


class Photos(forms.FileField):
    widget = FileInput(attrs={"accept": files.TO_CHOOSE, "multiple": True})

    def clean(self, data, initial=None) -> list:
        given = data if isinstance(data, list | tuple) else [data]
        found = [super(Photos, self).clean(upload, initial) for upload in given if upload]
        if self.required and not found:
            raise forms.ValidationError(self.error_messages["required"])
        return found


class PlaceInput(forms.Widget):
    """Three hidden figures filled by the telephone on a tap; without a script there is nothing to tap, and nothing lacks."""

    PARTS = ("lon", "lat", "accuracy")
    template_name = "desk/_place_input.html"

    def value_from_datadict(self, data, files, name):
        return [data.get(f"{name}-{part}", "") for part in self.PARTS]

    def render(self, name, value, attrs=None, renderer=None) -> SafeString:
        values = value if isinstance(value, list | tuple) else ["", "", ""]
        parts = [{"name": f"{name}-{part}", "value": v or ""} for part, v in zip(self.PARTS, values, strict=True)]
        return render_to_string(self.template_name, {"parts": parts, "id": (attrs or {}).get("id", f"id_{name}")})


class PlaceField(forms.Field):
    """(longitude, latitude, accuracy) or None; what cannot be a place is as if nothing came."""

    widget = PlaceInput

    def clean(self, value) -> tuple[float, float, float | None] | None:
        try:
            lon, lat = float(value[0]), float(value[1])
        except (TypeError, ValueError, IndexError):
            return None
        if not (math.isfinite(lon) and math.isfinite(lat) and abs(lon) <= 180 and abs(lat) <= 90):
            return None
        try:
            accuracy = float(value[2])
        except (TypeError, ValueError):
            accuracy = math.inf
        return lon, lat, accuracy if math.isfinite(accuracy) and 0 <= accuracy < 10**6 else None


def moment_field(**more) -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT_FORMATS[0])
    wrong = {"invalid": _("时间写成 2026-06-08T15:30 这样")}
    return forms.DateTimeField(widget=widget, input_formats=MOMENT_FORMATS, error_messages=wrong, **more)


def day_field(**more) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(
        widget=widget, input_formats=["%Y-%m-%d"], error_messages={"invalid": _("日期写成 2026-06-08 这样")}, **more
    )


def choice_field(choices, *, required: bool, empty: str = "", **more) -> forms.ChoiceField:
    """A few as radio buttons without a default, more as a select."""
    choices = [(value, label) for value, label in choices]
    if required and len(choices) <= RADIOS_AT_MOST:
        return forms.ChoiceField(
            choices=choices, widget=forms.RadioSelect, required=True, error_messages={"required": _("请点一个")}, **more
        )
    return forms.ChoiceField(
        choices=[("", empty or _("请选")), *choices],
        required=required,
        error_messages={"required": _("请选一个")},
        **more,
    )


def plain(value: Any) -> str:
    """A cleaned value as text, for telling two postings apart."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return ",".join(plain(v) for v in value)
    return str(getattr(value, "pk", value))
