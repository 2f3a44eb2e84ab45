"""Under which address is a step taken? Most by a form of their own; some on a page made for that work."""

from __future__ import annotations

from django.urls import reverse

from ..queries import Opened

PAGES = {"approve": "desk:review", "send_back": "desk:review", "attempt": "desk:call", "merge": "desk:event_join"}
PAGES |= dict.fromkeys(("rule", "to_panel", "confirm_ruling", "state_view"), "desk:ruling")


def step_url(opened: Opened, name: str) -> str:
    if name in PAGES:
        return reverse(PAGES[name], args=[opened.case.number])
    return reverse("desk:step", args=[opened.case.number, name])
