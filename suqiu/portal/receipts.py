"""What does a receipt say, and is what it says still in the record?"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from suqiu.cases.journal import Finding, is_unbroken, verify
from suqiu.cases.models import Case, Line
from suqiu.doors import day
from suqiu.speech import listed

from .areas import city_name
from .queries import CasePage, last_seal
from .shell import when

FORM = "suqiu-receipt/1"


def shown(page: CasePage, now: datetime) -> dict[str, Any]:
    case = page.case
    sentence = _("校验码 %(head)s，%(n)d 条记录，最早 %(first)s。") % {
        "head": short_head(case.head, 8),
        "n": len(page.lines),
        "first": when(page.lines[0].at, now),
    }
    if case.sealed_on:
        sentence += _("全市的记录每天封存，最近一次是 %(day)s。") % {"day": day(case.sealed_on, now)}
    return {
        "is_valid": is_unbroken(page.lines, case),
        "sentence": sentence,
        "download_url": receipt_url(case),
        "verify_url": f"{reverse('portal:verify')}?number={case.number}",
    }


def short_head(head: str, digits: int = 16) -> str:
    """In fours, large letters, as one reads it aloud."""
    return in_fours(head[:digits].upper())


def in_fours(shown: str) -> str:
    return " ".join(shown[i : i + 4] for i in range(0, len(shown), 4))


def receipt_url(case: Case) -> str:
    return reverse("portal:receipt", args=[case.number])


def written(case: Case, now: datetime) -> str:
    """The receipt's file: number, how many lines, and the chain's head after the last of them."""
    found = {
        "form": FORM,
        "city": city_name(),
        "number": case.number,
        "lines": case.line_no,
        "head": case.head,
        "received_at": timezone.localtime(case.received_at).isoformat(timespec="seconds"),
        "issued_at": timezone.localtime(now).isoformat(timespec="seconds"),
        "verify": settings.SITE_ADDRESS + reverse("portal:verify"),
        "how": _("在上面的网址选这个文件，或输入编号、查询码和 head，就能看出记录有没有被改过。"),
    }
    return json.dumps(found, ensure_ascii=False, indent=2) + "\n"


@dataclass(frozen=True)
class Checked:
    """What a check found, in words."""

    is_valid: bool
    title: str
    sentence: str
    facts: tuple[dict[str, str], ...] = ()


def check(number: str, head: str, now: datetime) -> Checked:
    """Is `head` (or its first digits) the hash of a line of this case, and does the whole chain hold today?"""
    line = Line.objects.filter(case__number=number, hash__startswith=head).select_related("case").order_by("no").first()
    if line is None:
        why = _("记录里没有这个校验码。请再核对一遍；确实没抄错，请打 12345，说凭证对不上，留好凭证。")
        return Checked(False, _("凭证对不上"), why)
    report = verify(number=number)
    broken = [f for f in report.findings if f.chain == number]
    if broken:
        why = _("%(lines)s接不上。请打 12345，说验凭证不通过，留好凭证。") % {"lines": _places(broken)}
        return Checked(False, _("记录被动过"), why, _facts(line, report, now))
    since = line.case.line_no - line.no
    sentence = _("您的凭证在记录里，是第 %(no)d 条那一刻的；") % {"no": line.no}
    sentence += _("之后又添了 %(n)d 条，前后接得上。") % {"n": since} if since else _("之后没有新的记录。")
    return Checked(True, _("凭证有效，记录没被改过"), sentence, _facts(line, report, now))


def _places(broken: list[Finding]) -> str:
    return listed(_("第 %(no)d 条") % {"no": no} for no in sorted({f.line for f in broken}))


def _facts(line: Line, report, now: datetime) -> tuple[dict[str, str], ...]:
    sealed = last_seal()
    told = [
        (_("编号"), line.case.spoken_number),
        (_("凭证的时间"), when(line.at, now)),
        (_("现在共有"), _("%(n)d 条") % {"n": line.case.line_no}),
        (_("最近一次封存"), _sealed(line, sealed, now) if sealed else _("还没有封存过")),
    ]
    if report.removed:
        told.append((_("依法删除"), _("%(n)d 处文字或照片，不影响验证") % {"n": report.removed}))
    return tuple({"label": label, "value": value} for label, value in told)


def _sealed(line: Line, sealed: date, now: datetime) -> str:
    if timezone.localtime(line.at).date() <= sealed:
        return _("%(day)s，这一条在里面") % {"day": day(sealed, now)}
    return _("%(day)s，这一条还等下一次") % {"day": day(sealed, now)}


def how() -> list[str]:
    return [
        _("每走一步，记录添一条。每一条都带着前一条的校验码，改动任何一条，后面的校验码就全都对不上。"),
        _("凭证里是您那一刻的校验码。只要它还在记录里、前后接得上，中间就没有人改过。"),
        _("每天夜里，全市记录的校验码封存一次，存到另一处。连我们自己也不能悄悄改。"),
    ]
