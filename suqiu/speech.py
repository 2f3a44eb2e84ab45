"""How are words put together? Commas and full stops are those of the reader's language."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _


def joined(parts: Iterable[Any]) -> str:
    """今天 16:00，电话，4 分钟: what is empty is left out, and no comma follows a full stop."""
    said = [str(p) for p in parts if p]
    return _("，").join([*(p.rstrip("。；，") for p in said[:-1]), *said[-1:]])


def listed(parts: Iterable[Any]) -> str:
    """联系记录、到现场."""
    return _("、").join(str(p) for p in parts if p)


def noted(parts: Iterable[Any]) -> str:
    """住建局；剩 3 天；暂按现行日历."""
    return _("；").join(str(p) for p in parts if p)


def quoted(words: str) -> str:
    """「没有水」."""
    return _("「%(said)s」") % {"said": words}


def sentences(parts: Iterable[Any]) -> str:
    """Each ends with one full stop."""
    stop = _("。")
    return "".join(str(p).rstrip("。. ") + stop for p in parts if p).strip()


def labelled(label: Any, said: Any) -> str:
    """天数：3."""
    return _("%(label)s：%(said)s") % {"label": label, "said": said}


def spoken(moment: datetime) -> str:
    """6 月 9 日 09:00, as the reader's language says it."""
    return date_format(timezone.localtime(moment), _("n 月 j 日 H:i"))
