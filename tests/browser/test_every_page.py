"""Is every page that links lead to straight, readable, sound to axe, and in one language, for each who works here?"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from suqiu.portal.proof import PROVED
from tests.browser.looking import crawl, enter
from tests.cast import Cast

pytestmark = pytest.mark.browser
PEOPLE = "hw01 bz01 sl01 pd01 hf01 db01 ld01 gl01 c-housing-jb1 c-housing-sh c-housing-fz k-510824-pd1".split()
DIFFERENT = {"desk:today", "desk:case"}  # for everybody
SCREENS = [("zh-CN", True), ("en", False)]
OTHER_SCREENS = [("zh-CN", False), ("en", True)]


def a_days_work() -> None:
    """A case in every state that a queue shows."""
    cast, at = Cast(), timezone.now() - timedelta(days=2)
    cast.case(at=at)
    cast.accepted(at=at)
    cast.dispatched(at=at)
    cast.in_hand(at=at)
    cast.proven(at=at)
    cast.replied(at=at)
    cast.sent(at=at)
    cast.closed(at=at)
    answered = cast.case(at=at, text="医保卡丢了去哪里补")
    cast.do(
        "answer_at_once", answered, cast.operator, at=at, answer="带身份证到医保大厅 3 号窗口", source="医保办事指南"
    )
    returned = cast.dispatched(at=at)
    cast.do(
        "contact", returned, cast.handler(), at=at + timedelta(hours=1), way="phone", outcome="connected", words="说了"
    )
    cast.do(
        "return_case",
        returned,
        cast.reviewer(),
        at=at + timedelta(hours=2),
        ground="not_our_duty",
        basis="三定",
        words="不归我们管",
    )
    county = cast.accepted(at=at, area=cast.area("510824100"))
    cast.do("dispatch", county, cast.dispatcher, at=at, matter=county.matter, department=cast.department("K-510824"))


def _desk(window, language: str, phone: bool, *, everybody: bool = False) -> None:
    """Everybody's first page and case page, and each other page as the first one sees it who gets there, or as everybody does."""
    a_days_work()
    faults, seen = [], set()
    for username in PEOPLE:
        page = window(phone=phone, language=language)
        enter(page, Cast().officer(username))
        known = frozenset() if everybody else frozenset(seen - DIFFERENT)
        kinds, found = crawl(page, "/desk/", language, known=known)
        seen |= kinds
        faults += [f"{username} {fault}" for fault in found]
        page.context.close()
    assert faults == [], "\n".join(sorted(set(faults)))
    assert {"desk:today", "desk:case", "desk:search", "desk:intake", "desk:queue unit"} <= seen


def _portal(window, language: str, phone: bool) -> None:
    cast = Cast()
    case = cast.sent(at=timezone.now() - timedelta(days=2))
    page = window(phone=phone, language=language)
    enter(page, cast.operator)
    _prove(page, case)
    kinds, faults = crawl(page, f"/case/{case.number}/", language)
    more, found = crawl(page, "/", language)
    assert faults + found == [], "\n".join(faults + found)
    assert {"portal:case", "portal:home", "portal:submit", "portal:track", "portal:verify"} <= kinds | more


def _prove(page, case) -> None:
    from django.contrib.sessions.models import Session

    key = next(c["value"] for c in page.context.cookies() if c["name"] == "sessionid")
    store = Session.objects.get(session_key=key).get_session_store_class()(key)
    store[PROVED] = {case.number: case.pk}
    store.save()


@pytest.mark.parametrize(("language", "phone"), SCREENS)
def test_every_page_of_the_desk(window, language, phone):
    _desk(window, language, phone)


@pytest.mark.parametrize(("language", "phone"), SCREENS)
def test_every_page_of_the_portal(window, language, phone):
    _portal(window, language, phone)


@pytest.mark.long
@pytest.mark.parametrize(("language", "phone"), OTHER_SCREENS)
def test_every_page_on_the_other_screens(window, language, phone):
    _desk(window, language, phone, everybody=True)
    _portal(window, language, phone)
