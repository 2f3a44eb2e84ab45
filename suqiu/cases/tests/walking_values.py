"""What does somebody type into the form of a step, on a random walk? Something that could be right, and is not always."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.core.files.uploadedfile import SimpleUploadedFile

from suqiu.cases.flow import Field, Step
from suqiu.cases.models import Case
from tests.cast import Cast

if TYPE_CHECKING:
    from .walking import City

UNITS = ("C-HOUSING", "C-MARKET", "C-FIRE")
CENTRE, COUNTY_UNITS = "K-510824", ("B-510824-HOUSING", "B-510824-MARKET")


class Typing:
    """Values for the fields of a row, by their kind."""

    city: City
    dice: random.Random
    case: Case
    now: datetime
    lead: Case | None

    def value(self, row: Step, field: Field):
        if not field.is_required and self.dice.random() < (0.1 if field.name == "after" else 0.4):
            return None
        if (row.name, field.name) == ("attempt", "outcome"):
            return self.dice.choice(("answered", "answered", "answered", "no_answer"))
        if (row.name, field.name) == ("invite", "phone"):
            return "13900001234"
        made = getattr(self, f"_{field.kind}", None)
        return made(row, field) if made else f"{field.label} {self.dice.randrange(1000)}"

    def _choice(self, row, field):
        if (row.name, field.name) == ("contact", "outcome") and self.dice.random() < 0.6:
            return "connected"
        return self.dice.choice(field.choices)[0]

    def _number(self, row, field):
        return self.dice.randint(1, 7)

    def _yes(self, row, field):
        return self.dice.random() < 0.5

    def _moment(self, row, field):
        return self.now if field.name == "visited_at" else self.now + timedelta(hours=self.dice.randint(2, 60))

    def _day(self, row, field):
        return (self.now + timedelta(days=self.dice.randint(2, 90))).date()

    def _matter(self, row, field):
        return self.dice.choice(self.city.matters)

    def _area(self, row, field):
        return self.dice.choice(self.city.areas)

    def _department(self, row, field):
        if field.name == "about_department":
            return None
        return self.city.units[self.dice.choice(COUNTY_UNITS if row.name == "send_on" else (*UNITS, CENTRE))]

    def _departments(self, row, field):
        return [self.city.units[self.dice.choice((*UNITS, "C-HEALTH"))]]

    def _officer(self, row, field):
        post = {"officer": "jb1", "substitute": "jb2"}[field.name]
        return self.city.people.get(f"{self.case.lead_department_id.lower()}-{post}")

    def _anyone(self, row, field):
        return None

    def _photos(self, row, field):
        return [SimpleUploadedFile("现场.jpg", self.city.picture)]

    def _place(self, row, field):
        return (105.8, 32.4, 10.0)

    def _case(self, row, field):
        """What others called about too, in the hands of a unit; or what he was answered before."""
        if field.name == "earlier":
            return self.earlier()
        self.lead = Cast().in_hand(at=self.now - timedelta(hours=5))
        return self.lead

    def _asks(self, row, field):
        outcome = self.dice.choice(
            ({"outcome": "answered"}, {"outcome": "declined", "basis": "条例"}, {"outcome": "planned"})
        )
        is_own = row.name == "draft_reply"
        return {ask.no: outcome for ask in self.case.asks.all() if (ask.department_id is None) == is_own}

    def _points(self, row, field):
        return [self.dice.choice([a.no for a in self.case.asks.all()] or [1])]

    def _promise(self, row, field):
        return self.case.promises.filter(kept_at=None, replaced_by=None).first() or self.case.promises.first()
