"""What the desk's tests share: a Monday afternoon on which they happen, and officers at their desks."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from suqiu.cases.models import Case
from suqiu.desk import registry
from suqiu.directory.models import Officer
from tests.cast import MONDAY, Cast
from tests.hands import Form

NOW = MONDAY + timedelta(hours=8)


class Seated:
    """An officer at the desk, in a browser without JavaScript."""

    def __init__(self, officer: Officer | None, **client):
        self.browser = Client(**client)
        self.username = officer.username if officer else ""
        if officer:
            self.browser.force_login(officer)

    def open(self, address: str, **more):
        return self.browser.get(address, **more)

    def send(self, address: str, data: dict | None = None, **more):
        return self.browser.post(address, data or {}, **more)

    def case(self, case: Case):
        return self.open(f"/desk/case/{case.number}/")

    def queue(self, name: str, **query):
        return self.open(f"/desk/queue/{name}/", data=query)

    def numbers(self, name: str, **query) -> list[str]:
        """The cases of a queue in their order, as the page links them."""
        page = self.queue(name, **query)
        assert page.status_code == 200, page.status_code
        return re.findall(r'class="case-row-title"(?: id="c\d+")? href="/desk/case/(\w+)/"', page.content.decode())

    def step_url(self, case: Case, step: str) -> str:
        return f"/desk/case/{case.number}/step/{step}/"

    def form(self, case: Case, step: str) -> dict:
        """What the step's form stands at when it is opened."""
        page = self.open(self.step_url(case, step))
        assert page.status_code == 200, (step, page.status_code, said(page))
        return Form(page.content.decode(), having="seen").values

    def take(self, case: Case, step: str, **fields):
        """Opens the form of the step, fills it, sends it."""
        return self.send(self.step_url(case, step), self.form(case, step) | fields)

    def taken(self, case: Case, step: str, **fields) -> Case:
        """The same, and it must have worked."""
        before = case.line_no
        answer = self.take(case, step, **fields)
        assert answer.status_code == 303, (step, answer.status_code, said(answer))
        case.refresh_from_db()
        assert case.line_no > before
        return case

    def offered(self, case: Case) -> list[str]:
        return [s["name"] for s in self.case(case).context["steps_allowed"]]

    def refused(self, case: Case) -> dict[str, str]:
        return {s["name"]: str(s["reason"]) for s in self.case(case).context["steps_refused"]}


def said(answer) -> str:
    """What a person reads on a page."""
    text = re.sub(r"<(script|style).*?</\1>", "", answer.content.decode(errors="replace"), flags=re.S)
    main = text[text.find("<main") :]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))[:2000]


def cost_the_same(desk: Seated, pages: list[str], at_most: int, counting: Callable) -> None:
    """Each page is answered within so many queries, all of them with equally many."""
    desk.open(pages[0])  # small lists are read once a minute
    spent = set()
    for page in pages:
        with counting(at_most) as counted:
            assert desk.open(page).status_code == 200
        spent.add(len(counted))
    assert len(spent) == 1


@pytest.fixture(autouse=True)
def clock():
    """Time stands; `clock.shift(timedelta(...))` moves it on."""
    cache.clear()
    registry.forget()
    with time_machine.travel(NOW, tick=False) as moved:
        yield moved
    cache.clear()


@pytest.fixture
def seated(cast: Cast):
    """`seated("hw01")`: that officer at the desk."""

    def sit(username: str, **client) -> Seated:
        return Seated(cast.officer(username), **client)

    return sit


@pytest.fixture
def stranger(db) -> Seated:
    """Somebody who has not signed in."""
    return Seated(None)
