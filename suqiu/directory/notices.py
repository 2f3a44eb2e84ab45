"""How is an officer told? A bell in the desk; an SMS only where the caller of this function says it cannot wait."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from .models import Notice, Officer


def ring(*, officers: Iterable[Officer], key: str, text: str, at: datetime, case_number: str = "") -> list[Officer]:
    """Rings once per officer and key. Returns those told for the first time."""
    told = []
    for officer in {o.pk: o for o in officers}.values():
        _row, is_new = Notice.objects.get_or_create(
            officer=officer, key=key, defaults={"text": text[:200], "at": at, "case_number": case_number}
        )
        told += [officer] if is_new else []
    return told
