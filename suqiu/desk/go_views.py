"""Where does somebody want to go who types a few letters? To a case by its number, a queue, a page, or a step on the case before him."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from suqiu.cases.models import OPEN_STATES, Case
from suqiu.cases.visibility import CONFIDENTIAL
from suqiu.directory.queries import number_prefix

from . import context, looks, panels, registry, turns, wording
from .queries import open_case
from .seats import Seat
from .shell import desk_page, is_fragment, to_case
from .worklist import hidden_title

TYPED_AT_MOST = 40
OF_A_KIND = 6
DAYS_BACK = 60  # a number typed by its last digits alone is one of these days
SEQUENCE = 4  # digits of a day's own numbering


@dataclass(frozen=True)
class Place:
    """A way to go: what it is, where it leads, and what kind of place it is."""

    label: str
    url: str
    icon: str
    note: str = ""


@desk_page
def go(request: HttpRequest) -> HttpResponse:
    """As a page, or as a list put under the field where somebody types. One number that fits is gone to at once."""
    typed = unicodedata.normalize("NFKC", request.GET.get("q", "")).strip()[:TYPED_AT_MOST].replace("\0", "")
    seat = context.seat(request)
    cases = by_number(typed, seat) if typed else []
    if len(cases) == 1 and not is_fragment(request) and "\n" not in typed:
        return HttpResponse(status=302, headers={"Location": cases[0].url})
    groups = [
        (_("这一件能做的"), _steps(request, typed, seat)),
        (_("件"), cases or _by_title(typed, seat)),
        (_("去哪里"), _pages(request, typed)),
        (_("派单目录"), _matters(typed)),
        (_("查找"), _searching(typed, seat)),
    ]
    shown = {"groups": [(title, places) for title, places in groups if places], "typed": typed}
    return render(request, "desk/_go.html" if is_fragment(request) else "desk/go.html", shown)


@desk_page
def keys(request: HttpRequest) -> HttpResponse:
    """The map of keys, on one page."""
    return render(request, "desk/_keys.html" if is_fragment(request) else "desk/keys.html", {})


@desk_page
def peek(request: HttpRequest, number: str) -> HttpResponse:
    """What of a case is worth seeing beside the list. A look like any other."""
    if not is_fragment(request):
        raise Http404
    opened = open_case(number, context.seat(request))
    looks.at_page(opened.case, request.user, opened.now)
    allowed, _refused = turns.offered(opened)
    demand = panels.demand(opened)
    shown = {
        "case": panels.heading(opened),
        "url": to_case(number),
        "sentence": panels.sentence(opened),
        "said": demand["rewritten"] or next((w["text"] for w in demand["words"]), ""),
        "evidence": panels.evidence(opened, {s["name"] for s in allowed}),
        "steps": allowed[:3],
        "journal": wording.journal(opened)[:3],
    }
    return render(request, "desk/_peek.html", shown)


# ---- cases


def by_number(typed: str, seat: Seat) -> list[Place]:
    """A number as people type it: whole, grouped, without its prefix, or only the end of it."""
    wanted = numbers_like(typed, number_prefix(), timezone.localtime(seat.now).date())
    if not wanted:
        return []
    found = Case.objects.visible_to(seat.officer).filter(number__in=wanted).order_by("-number")[:OF_A_KIND]
    return [_case(case, seat) for case in found]


def numbers_like(typed: str, prefix: str, today) -> list[str]:
    """All whole numbers that these letters can stand for; indexed look-ups, never a search through all cases."""
    plain = re.sub(r"[\s\-_.·]", "", typed).upper()
    digits = plain.removeprefix(prefix.upper())
    if not digits.isascii() or not digits.isdecimal():
        return [plain] if re.fullmatch(r"[A-Z]{1,8}\d{6,16}", plain) else []
    days = [today - timedelta(days=n) for n in range(DAYS_BACK)]
    if len(digits) >= 6 + SEQUENCE:
        return [f"{prefix}{digits}"]
    if len(digits) <= SEQUENCE:
        return [f"{prefix}{day:%y%m%d}{int(digits):0{SEQUENCE}d}" for day in days]
    rest, last = digits[:-SEQUENCE], digits[-SEQUENCE:]
    years = (today.year, today.year - 1)
    whole = [f"{year % 100:02d}{rest}" for year in years] if len(rest) == 4 else []
    ends = [f"{day:%y%m%d}" for day in days if f"{day:%y%m%d}".endswith(rest)]
    return [f"{prefix}{day}{last}" for day in dict.fromkeys(whole + ends)]


def _searching(typed: str, seat: Seat) -> list[Place]:
    """When it is no place: what was said in cases, closed ones too."""
    if not typed or not seat.sees_cases:
        return []
    label = _("在诉求的内容里查「%(typed)s」") % {"typed": typed}
    return [Place(label, f"{reverse('desk:search')}?q={quote(typed)}", "search")]


def _by_title(typed: str, seat: Seat) -> list[Place]:
    """Words of the title, among open cases; what is kept from him is not found by its words."""
    if len(typed) < 2 or (typed.isascii() and typed.isdecimal()):
        return []
    found = Case.objects.visible_to(seat.officer).filter(state__in=OPEN_STATES, title__icontains=typed)
    if not seat.is_hotline:
        found = found.exclude(secrecy__in=CONFIDENTIAL)
    return [_case(case, seat) for case in found.order_by("-id")[:OF_A_KIND]]


def _case(case: Case, seat: Seat) -> Place:
    title = hidden_title(case.matter_id) if case.secrecy in CONFIDENTIAL and not seat.is_hotline else case.title
    return Place(title, to_case(case.number), "file-text", f"{case.spoken_number} · {case.get_state_display()}")


# ---- everything else


def _steps(request: HttpRequest, typed: str, seat: Seat) -> list[Place]:
    number = request.GET.get("case", "")[:24]
    if not number:
        return []
    try:
        allowed, _refused = turns.offered(open_case(number, seat))
    except Http404:
        return []
    found = [Place(str(s["label"]), s["url"], s["icon"], str(s["note"])) for s in allowed]
    return [p for p in found if typed.lower() in p.label.lower()][:OF_A_KIND]


def _pages(request: HttpRequest, typed: str) -> list[Place]:
    entries = context.rail(request)
    places = [Place(str(e["label"]), e["url"], e["icon"], _note(e)) for e in entries]
    places += [
        Place(_("提醒"), reverse("desk:notices"), "bell"),
        Place(_("键盘"), reverse("desk:keys"), "list"),
    ]
    found = [p for p in places if typed.lower() in p.label.lower()]
    return found[: OF_A_KIND if typed else 2 * OF_A_KIND]


def _note(entry: dict[str, Any]) -> str:
    return " · ".join(str(part) for part in (entry["group"], entry["count"]) if part)


def _matters(typed: str) -> list[Place]:
    if not typed or (typed.isascii() and len(typed) < 3):
        return []
    address = reverse("desk:catalogue")
    found = [m for m in registry.matters().values() if m.level == 3 and typed.lower() in m.name.lower()]
    names = {m.code: m.name for m in registry.matters().values()} if found else {}
    return [Place(m.name, f"{address}?q={quote(m.name)}", "list", names.get(m.code[:4], "")) for m in found[:OF_A_KIND]]
