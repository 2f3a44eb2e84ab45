"""Who can be tried out in the demo city, and what waits for each? Only where settings.DEMO is on."""

from __future__ import annotations

from typing import Any

from django.core.cache import cache
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from suqiu.directory.models import Officer, Role

from . import registry
from .queues import counts
from .seats import seat_of
from .speech import joined

PASSWORD = "suqiu.demo.city.PASSWORD"  # a dotted name: the demo city stands above the doors
GROUPS = (
    (gettext_lazy("热线中心"), ("hw01", "bz01", "sl01", "pd01", "hf01", "db01")),
    (gettext_lazy("县（区）中心和承办单位"), ("k-510824-pd1", "c-housing-jb1", "c-housing-sh", "c-housing-fz")),
    (gettext_lazy("领导和管理"), ("ld01", "gl01")),
)
ICONS = {
    Role.OPERATOR: "phone", Role.DISPATCHER: "send", Role.FOLLOW_UP: "message-square", Role.HANDLER: "map-pin", Role.REVIEWER: "file-text",
    Role.UNIT_LEADER: "building-2", Role.LEADER: "flag", Role.SUPERVISOR: "eye", Role.ADMINISTRATOR: "key-round",
}  # fmt: skip
SECONDS_KEPT = 30
QUEUES_NAMED = 2


def password() -> str:
    return import_string(PASSWORD)


def groups() -> list[dict[str, Any]]:
    """Kept for a short while: the counts of twelve people are dear, and the door is often open."""
    return cache.get_or_set(f"desk:demo_people:{get_language()}", _groups, SECONDS_KEPT)


def _groups() -> list[dict[str, Any]]:
    wanted = [name for _label, names in GROUPS for name in names]
    people = {o.username: o for o in Officer.objects.filter(username__in=wanted, is_active=True)}
    found = [(str(label), [_person(people[n]) for n in names if n in people]) for label, names in GROUPS]
    return [{"label": label, "people": own} for label, own in found if own]


def _person(officer: Officer) -> dict[str, str]:
    role = next((g.role for g in officer.grants_now()), "")
    return {
        "role": officer.post,
        "name": officer.full_name,
        "waiting": _waiting(officer),
        "icon": ICONS.get(role, "user"),
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
