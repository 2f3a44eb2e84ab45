"""Do the table of steps and the rooms' functions agree? Asked at every start."""

from __future__ import annotations

import inspect

from django.conf import settings
from django.core.checks import Error, register
from django.utils.module_loading import import_string

from .flow import BY_NAME, STEPS
from .models import State

OPENERS = {"receive", "archive"}  # they make the case, so they have no row function of the usual shape


@register("suqiu")
def rows_and_functions_agree(app_configs, **kwargs) -> list[Error]:
    found = [problem for step in STEPS for problem in _problems(step)]
    unknown = set(import_string(settings.REACTIONS)) - set(BY_NAME)
    return found + [Error(f"reactions.py names {name}, which is no step", id="suqiu.E003") for name in sorted(unknown)]


def _problems(step) -> list[Error]:
    found = [
        Error(f"{step.name}: no state {s}", id="suqiu.E001")
        for s in step.start + step.to
        if s not in "=<" and s not in State.values
    ]
    try:
        function = import_string(step.action)
    except ImportError as missing:
        return [*found, Error(f"{step.name}: {missing}", id="suqiu.E002")]
    if step.name in OPENERS:
        return found
    if getattr(function, "row", None) is not step:
        return [*found, Error(f"{step.action} is not bound to its row", id="suqiu.E002")]
    takes = inspect.signature(inspect.unwrap(function)).parameters
    if any(p.kind is p.VAR_KEYWORD for p in takes.values()):
        return found
    lacking = {f.name for f in step.asks} - set(takes)
    return found + [Error(f"{step.action} does not take {name}", id="suqiu.E002") for name in sorted(lacking)]
