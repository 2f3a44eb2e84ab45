"""Which stories are told beside the plan? Events, families, rulings, meetings called by a town, filings, and what is kept secret."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.utils import translation

from suqiu.cases.advance import reactions_muted
from suqiu.cases.models import Case

from . import disputed, filed, kept_secret, limited, together
from .ground import Ground
from .hands import KEY, Hands

STORIES = (
    together.events,
    together.families,
    disputed.ruled,
    disputed.whistle,
    filed.build,
    limited.build,
    kept_secret.build,
)


def build(day: date, ground: Ground, on_case: Callable[[], None] | None = None) -> list[Case]:
    """All of them, once; what stands already is left alone."""
    if Case.objects.filter(key__startswith=KEY).exists():
        return []
    hands, made = Hands(day, ground), []
    with reactions_muted(), translation.override("zh-hans"):
        for story in STORIES:
            made += story(hands)
        for case in made:
            case.refresh_from_db()
            hands.let_system_act(case, hands.until)
            if on_case:
                on_case()
    return made
