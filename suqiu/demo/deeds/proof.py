"""What proves the work, and who looks again: a meeting with outsiders, a visit that has to be explained, chance after the closing."""

from __future__ import annotations

from datetime import timedelta

from suqiu.cases.advance import CITIZEN
from suqiu.followup.models import LookBack, SpotCheck
from suqiu.followup.shares import ASKED_AFTER

from .. import people, pictures
from ..living import Living


def invite(c: Living, _argument: str) -> None:
    """The manager of the house is asked to come: he learns place and hour."""
    if c.meets_at > c.now + timedelta(hours=1):
        at = c.come_to(c.now + timedelta(minutes=c.rng.randrange(4, 30)))
        whom = c.rng.choice(("property", "contractor", "utility"))
        c.step("invite", c.handler, at, whom=whom, phone=f"{people.OUTSIDERS}{c.rng.randrange(10**4):04d}")


def confirm_meeting(c: Living, argument: str) -> None:
    at = c.come_to(c.now + timedelta(minutes=c.rng.randrange(20, 300)))
    c.step("confirm_meeting", CITIZEN, at, agrees=argument or "yes")


def visit_in_doubt(c: Living, _argument: str) -> None:
    """The picture came through a chat: without time and place. It is taken, and asks for a sentence."""
    at = c.moment("visit")
    arrived = max(at - timedelta(minutes=c.rng.randrange(8, 35)), c.case.dispatched_at)
    picture = pictures.bare(c.picture(), True)
    c.step(
        "visit", c.handler, at, visited_at=arrived, place=c.planned.where, words=c.say("visit_again"), after=[picture]
    )


def explain(c: Living, _argument: str) -> None:
    at = c.come_to(c.now + timedelta(minutes=c.rng.randrange(10, 90)))
    c.step("explain", c.handler, at, words=c.say("explains"))


def recheck_on_spot(c: Living, argument: str) -> None:
    """Drawn at the closing (here for certain); somebody of the hotline goes and looks."""
    if c.case.state != "C":
        return
    SpotCheck.objects.get_or_create(case=c.case, cycle=c.case.cycle, defaults={"drawn_at": c.case.closed_at})
    at, told = c.moment("recheck_on_spot"), argument or "yes"
    seen = at - timedelta(minutes=c.rng.randrange(10, 40))
    place = c.planned.longitude, c.planned.latitude
    picture = pictures.photo(c.picture(), told == "yes", seen, *place)
    words = c.say("spot_as_told" if told == "yes" else "spot_not_as_told")
    by = c.hotline("db01", "db02")
    c.step(
        "recheck_on_spot", by, at, as_told=told, visited_at=seen, words=words, photos=[picture], position=(*place, 15.0)
    )


def look_back(c: Living, argument: str) -> None:
    """A month after the closing, by the link."""
    if c.case.state != "C":
        return
    asked_at = c.case.closed_at + ASKED_AFTER
    LookBack.objects.get_or_create(case=c.case, cycle=c.case.cycle, defaults={"ask_from": asked_at})
    at = c.come_to(max(asked_at, c.now) + timedelta(minutes=c.rng.randrange(30, 600)))
    words = {"words": c.say("broken_again")} if argument == "no" else {}
    c.step("look_back", CITIZEN, at, outcome="answered", still=argument or "yes", **words)
