"""Of which fields are the portal's forms made?"""

from __future__ import annotations

import math
import re

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext

from suqiu.cases import files
from suqiu.icons import icon
from suqiu.intake.demand import clean_words


class Line(forms.CharField):
    """One line: what cannot be seen is dropped, line ends become spaces."""

    def to_python(self, value) -> str:
        return re.sub(r"\s+", " ", clean_words(str(value or ""), 10**7)).strip()


class Words(forms.CharField):
    """Long text, kept as typed in the form; the action cleans it and knows the limit."""

    widget = forms.Textarea(attrs={"rows": 5})

    def __init__(self, **kwargs):
        super().__init__(strip=False, **kwargs)
        self.validators = []  # a NUL is dropped with other control characters, not refused

    def to_python(self, value) -> str:
        return "" if not str(value or "").strip() else str(value)


class FileInput(forms.FileInput):
    """Two ways to one list: the camera at once, or what lies in the album. Some browsers offer the camera only when asked for it alone."""

    allow_multiple_selected = True

    def render(self, name, value, attrs=None, renderer=None):
        own = (attrs or {}).get("id", f"id_{name}")
        chosen = super().render(name, value, attrs, renderer)
        return format_html(
            '<div class="photo-ways" data-away="{away}">'
            '<div class="photo-way"><input type="file" name="{name}" id="{own}_camera" accept="image/*" capture="environment"'
            ' data-camera-for="{own}"><label class="button" for="{own}_camera">{camera}{take}</label></div>'
            '<div class="photo-way">{chosen}<label class="button" for="{own}">{image}{choose}</label></div></div>',
            name=name, own=own, chosen=chosen, camera=icon("camera", 20), image=icon("image", 20),
            take=gettext("拍照"), choose=gettext("选照片或 PDF"), away=gettext("去掉"),
        )  # fmt: skip


class Photos(forms.FileField):
    widget = FileInput(attrs={"accept": files.TO_CHOOSE, "multiple": True})

    def clean(self, data, initial=None) -> list:
        given = data if isinstance(data, list | tuple) else [data]
        return [super(Photos, self).clean(upload, initial) for upload in given if upload]


class Degrees(forms.CharField):
    """A hidden coordinate filled by the phone; what cannot be one is as if nothing came."""

    widget = forms.HiddenInput

    def __init__(self, limit: float):
        super().__init__(required=False)
        self.limit = limit

    def clean(self, value) -> float | None:
        try:
            degrees = float(value)
        except (TypeError, ValueError):
            return None
        return degrees if math.isfinite(degrees) and abs(degrees) <= self.limit else None
