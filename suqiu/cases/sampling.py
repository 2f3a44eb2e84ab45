"""How many of a hundred are looked at again? The shares of this city; a draw is made at the moment itself, by nobody."""

from __future__ import annotations

import secrets

from suqiu.directory.models import Setting

SHARES = {  # of a hundred, each with the rule it comes from; a row of Setting named share:… overrides it
    "withdrawn_asked": 30,  # ours: large enough that no unit can count on not being asked about
}


def percent(name: str) -> int:
    found = Setting.objects.filter(key=f"share:{name}").values_list("value", flat=True).first()
    return SHARES[name] if found is None else int(found)


def is_drawn(name: str) -> bool:
    """Nobody can know or choose beforehand."""
    return secrets.randbelow(100) < percent(name)
