"""What the portal's tests share: a Monday on which they happen, and a citizen with his browser."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from suqiu.cases.models import Case
from tests.cast import MONDAY, Cast

NOW = MONDAY + timedelta(days=2)


class Citizen:
    """Somebody at a browser of his own."""

    def __init__(self, **client):
        self.browser = Client(**client)

    def open(self, address: str, **more):
        return self.browser.get(address, **more)

    def send(self, address: str, data: dict, **more):
        return self.browser.post(address, data, **more)

    def hand_in(self, **said):
        """Opens the form, fills it in, hands it in."""
        form = self.open("/submit/").context["form"]
        return self.send("/submit/", {"key": form["key"].value(), "secrecy": "general"} | said)

    def prove(self, case: Case, code: str = ""):
        return self.send("/track/", {"number": case.number, "code": code or case.code})

    def form_of(self, case: Case, step: str):
        return self.open(f"/case/{case.number}/do/{step}/").context["form"]

    def take(self, case: Case, step: str, **said):
        """One of his steps, by its own form."""
        form = self.form_of(case, step)
        return self.send(
            f"/case/{case.number}/do/{step}/", {"key": form["key"].value(), "seen": form["seen"].value()} | said
        )


@pytest.fixture(autouse=True)
def clock():
    """Time stands; `clock.shift(timedelta(...))` moves it on."""
    cache.delete_many(["portal:answers"])
    with time_machine.travel(NOW, tick=False) as moved:
        yield moved


@pytest.fixture
def citizen(db) -> Citizen:
    return Citizen()


@pytest.fixture
def known(citizen: Citizen, cast: Cast):
    """Makes a case by one of the cast's verbs, and proves it in the citizen's browser."""

    def make(verb: str = "case", at: datetime = MONDAY, **columns) -> Case:
        case = getattr(cast, verb)(at=at, **columns)
        assert citizen.prove(case).status_code == 303
        return case

    return make
