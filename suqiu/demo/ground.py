"""Who is there, and whose duty is it? The rows that every life needs, read once; and the way a demand takes through the units."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property

from suqiu.cases.models import Case
from suqiu.directory.models import Area, Department, Duty, Matter, Officer
from suqiu.directory.queries import catalogue_now, first_stop, owner_of
from suqiu.intake.models import KnownEvent
from suqiu.worktime.models import CalendarDay
from suqiu.worktime.queries import calendar_changed, calendar_now

from .places import Place

# Which unit is easily mistaken for this one, and on what ground it gives the case back.
MISTAKEN = {
    "housing": ("city_mgmt", "not_our_duty"),
    "city_mgmt": ("housing", "not_our_duty"),
    "transport": ("city_mgmt", "not_our_area"),
    "traffic_police": ("transport", "not_our_duty"),
    "police": ("city_mgmt", "not_our_duty"),
    "environment": ("city_mgmt", "no_power"),
    "market": ("health", "wrong_matter"),
    "health": ("market", "wrong_matter"),
    "human_resources": ("civil_affairs", "wrong_matter"),
    "natural_resources": ("agriculture", "not_our_duty"),
    "agriculture": ("civil_affairs", "wrong_matter"),
    "education": ("market", "no_power"),
    "fire": ("housing", "no_power"),
    "emergency": ("housing", "not_our_duty"),
}
PARTNERS = {
    "housing": ("fire", "city_mgmt", "market"),
    "city_mgmt": ("environment", "police", "housing"),
    "transport": ("traffic_police", "natural_resources"),
    "police": ("city_mgmt", "housing"),
    "environment": ("city_mgmt", "market", "health"),
    "market": ("city_mgmt", "health"),
    "health": ("market", "medical_insurance"),
    "human_resources": ("police", "housing"),
    "agriculture": ("natural_resources", "finance"),
    "natural_resources": ("agriculture", "justice"),
    "water_supply": ("housing", "city_mgmt"),
    "power": ("city_mgmt", "forestry"),
}
OTHERS = ("justice", "city_mgmt", "housing")
HANDLERS = ("jb1", "jb2")
TITLE_MATTERS = "0104"  # sales and title of homes: in the seat the city's own bureau sees to them


class Ground:
    """People, departments, areas and matters by their codes."""

    def __init__(self) -> None:
        self.calendar = calendar_now()
        self.areas = {a.code: a for a in Area.objects.all()}
        for area in self.areas.values():
            area.parent = self.areas.get(area.parent_id)
        self.departments = {d.code: d for d in Department.objects.all()}
        for department in self.departments.values():
            department.area = self.areas[department.area_id]
        self.matters = {m.code: m for m in Matter.objects.filter(version=catalogue_now(), level=3)}
        self.known_event: KnownEvent | None = None  # of the storm, while its calls come in
        self._owners: dict[tuple[str, str], Department] = {}
        self._forgotten: list[CalendarDay] = []

    @cached_property
    def _people(self) -> dict[str, Officer]:
        return {o.username: o for o in Officer.objects.select_related("department")}

    @cached_property
    def _roster(self) -> list[Duty]:
        return list(Duty.objects.select_related("officer").order_by("starts_at", "id"))

    def officer(self, username: str) -> Officer:
        return self._people[username]

    def of_unit(self, code: str, post: str) -> Officer:
        """post: jb1, jb2, sh, fz in a unit; pd1, pd2 in a county's centre."""
        return self.officer(f"{code.lower()}-{post}")

    def on_duty(self, unit: Department, moment: datetime) -> str:
        """The post of the handler whom the roster names for that hour; empty where it names none."""
        found = [d for d in self._roster if d.department_id == unit.code and d.starts_at <= moment < d.ends_at]
        post = found[0].officer.username.rpartition("-")[2] if found else ""
        return post if post in HANDLERS else ""

    def owner(self, matter_code: str, place: Place) -> Department:
        """The unit that must answer: by the catalogue; the city's bureau where the county has none of its own yet."""
        key = (matter_code, place.town)
        if key not in self._owners:
            self._owners[key] = self._find_owner(self.matters[matter_code], place)
        return self._owners[key]

    def known_event_for(self, planned) -> int | None:
        known = self.known_event
        return known.pk if known and known.valid_from <= planned.received_at else None

    def forget_holidays(self) -> None:
        """Inside this transaction the calendar knows plain weeks only."""
        self._forgotten = list(CalendarDay.objects.all())
        CalendarDay.objects.all().delete()
        calendar_changed()

    def announce_holidays(self) -> None:
        if self._forgotten:
            CalendarDay.objects.bulk_create(self._forgotten)
            self._forgotten = []
            calendar_changed()

    def stop_before(self, unit: Department) -> Department:
        return first_stop(unit)

    def centre(self, county: str) -> Department:
        return self.departments[f"K-{county}"]

    def mistaken_for(self, unit: Department, place: Place) -> tuple[Department, str]:
        """A unit that is not the right one, and why it will say so."""
        duty, ground = MISTAKEN.get(unit.duty, ("gov_service", "not_our_duty"))
        local = self.departments.get(f"B-{place.county}-{duty.upper()}")
        wrong = local if local and unit.code.startswith(("B-", "T-")) else self.bureau(duty)
        return wrong, ground

    def bureau(self, duty: str) -> Department:
        return self.departments[f"C-{duty.upper()}"]

    def partners(self, case: Case, number: int) -> list[Department]:
        """Units that can help the lead, in the order in which one would ask them."""
        lead = self.departments[case.lead_department_id]
        taken = {lead.code, lead.duty, case.about_department_id}
        found = [self.bureau(d) for d in (*PARTNERS.get(lead.duty, ()), *OTHERS) if d not in taken]
        return list(dict.fromkeys(d for d in found if d.code not in taken))[:number]

    def _find_owner(self, matter: Matter, place: Place) -> Department:
        if matter.owner_duty == "housing" and matter.code.startswith(TITLE_MATTERS) and place.county == "510802":
            return self.bureau("housing")
        owner = owner_of(matter, self.areas[place.town])
        if owner is None or owner.is_centre:
            return self.bureau(matter.owner_duty)
        return self.departments[owner.pk]
