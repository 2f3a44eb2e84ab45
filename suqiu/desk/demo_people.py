"""Who can be tried out in the demo city, and what waits for each? Only where settings.DEMO is on."""

from __future__ import annotations

from typing import Any

from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from suqiu.cases.models import Case
from suqiu.directory.models import Officer, Role
from suqiu.speech import joined, listed

from . import registry
from .queues import counts
from .seats import seat_of

# Dotted names: the demo city stands above the doors, and is there only where it is wanted.
PASSWORD = "suqiu.demo.city.PASSWORD"
LOGINS = "suqiu.demo.accounts.LOGINS"
CITIZENS = "suqiu.demo.accounts.citizens"
HOTLINE_GROUP, UNIT_GROUP, TOP_GROUP = (
    gettext_lazy("热线中心"),
    gettext_lazy("县（区）中心和承办单位"),
    gettext_lazy("领导和管理"),
)
TOP = {Role.LEADER, Role.ADMINISTRATOR}
ICONS = {
    Role.OPERATOR: "phone", Role.DISPATCHER: "send", Role.FOLLOW_UP: "message-square", Role.HANDLER: "map-pin", Role.REVIEWER: "file-text",
    Role.UNIT_LEADER: "building-2", Role.LEADER: "flag", Role.SUPERVISOR: "eye", Role.ADMINISTRATOR: "key-round",
}  # fmt: skip
SECONDS_KEPT = 30
QUEUES_NAMED = 2


def password() -> str:
    return import_string(PASSWORD)


def groups() -> list[dict[str, Any]]:
    """Kept for a short while: the counts of a dozen people are dear, and the door is often open."""
    return cache.get_or_set(f"desk:demo_people:{get_language()}", _groups, SECONDS_KEPT)


def citizens() -> list[dict[str, str]]:
    """Cases that can be looked up without an account, each with its query code."""
    return cache.get_or_set(f"desk:demo_citizens:{get_language()}", _citizens, SECONDS_KEPT)


def _groups() -> list[dict[str, Any]]:
    wanted = import_string(LOGINS)
    people = {o.username: o for o in Officer.objects.filter(username__in=wanted, is_active=True)}
    found: dict[str, list[dict[str, str]]] = {str(g): [] for g in (HOTLINE_GROUP, UNIT_GROUP, TOP_GROUP)}
    for officer in (people[name] for name in wanted if name in people):
        found[str(_group_of(officer))].append(_person(officer))
    return [{"label": label, "people": own} for label, own in found.items() if own]


def _group_of(officer: Officer):
    seat = seat_of(officer, timezone.now())
    if seat.all_roles & TOP:
        return TOP_GROUP
    return HOTLINE_GROUP if seat.is_hotline else UNIT_GROUP


def _citizens() -> list[dict[str, str]]:
    shown = import_string(CITIZENS)()
    cases = {c.number: c for c in Case.objects.filter(number__in=[s.number for s in shown]).select_related("person")}
    return [
        {
            "name": joined([cases[s.number].person.masked_name, cases[s.number].get_state_display()]),
            "number": cases[s.number].spoken_number,
            "code": f"{s.code[:4]} {s.code[4:]}",
            "url": f"{reverse('portal:track')}?number={s.number}",
        }
        for s in shown
    ]


def _person(officer: Officer) -> dict[str, str]:
    roles = [g.role for g in officer.grants_now()]
    return {
        "role": listed(str(Role(role).label) for role in roles) or officer.post,
        "name": officer.full_name,
        "waiting": _waiting(officer),
        "icon": ICONS.get(roles[0], "user") if roles else "user",
        "username": officer.username,
        "password": password(),
        "next": "",
    }


def _waiting(officer: Officer) -> str:
    """市住房和城乡建设局，待签收 3，我手里的 12."""
    seat = seat_of(officer, timezone.now())
    todo = sorted((w for w in counts(seat) if w.count and w.queue.is_todo), key=lambda w: (not w.late, -w.count))
    said = [f"{w.queue.label} {w.count}" for w in todo[:QUEUES_NAMED]]
    where = [] if seat.is_hotline else [registry.unit_name(officer.department_id)]
    return joined(where + (said or [_("现在没有要动的")]))
