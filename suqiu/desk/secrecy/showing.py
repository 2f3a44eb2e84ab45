"""How do the pages of secrecy say who and when, and how does a button on them get its answer?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from suqiu.directory.models import Officer
from suqiu.errors import Refused

from ..shell import see_other, when


def who(officer: Officer | None) -> str:
    return officer.full_name if officer else ""


def at(moment) -> str:
    return when(moment, timezone.now()) if moment else ""


def facts(*pairs: tuple[Any, Any]) -> list[dict[str, Any]]:
    return [{"label": label, "said": said} for label, said in pairs if said not in (None, "")]


def button(form: forms.Form | None, name: str, label: Any, icon: str = "check", *, is_danger: bool = False) -> dict:
    return {"form": form, "name": name, "label": label, "icon": icon, "is_danger": is_danger}


def pressed(
    request: HttpRequest, deeds: dict[str, Callable[[], Any]], shown: Callable[[Refused | None], HttpResponse]
) -> HttpResponse:
    """Does what the pressed button says; refused, the page stands again with the reason and the words typed."""
    name = next((n for n in deeds if n in request.POST), "")
    if not name:
        return shown(Refused("", status=422))
    try:
        deeds[name]()
    except Refused as no:
        return shown(no)
    return see_other(request.path)


def typed(form: forms.Form, name: str) -> str:
    """What was written in a field of a form that may not be valid: the action has the last word."""
    form.is_valid()
    return str(form.cleaned_data.get(name) or "")
