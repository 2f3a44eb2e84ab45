"""What follows an approved reply, and whom does an unsolved case reach?"""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext as _

from suqiu.cases.flow import BY_NAME
from suqiu.cases.models import Line, State
from suqiu.cases.telling import (
    in_callers_language,
    is_overtaken,
    officers_of,
    tell_caller,
    tell_officers,
    tracking_address,
)
from suqiu.directory.queries import hotline
from suqiu.gateways.wordings import said

from .links import make_link
from .models import Link


def send_link(line: Line) -> None:
    """The reply is out: one SMS with a one-time link. A second run finds the link made and writes nothing."""
    case = line.case
    if is_overtaken(line) or Link.objects.filter(case=case, cycle=case.cycle).exists():
        return
    token = make_link(case=case, at=line.at)
    with in_callers_language(case):
        tell_caller(line, said("reply_out", number=case.number, link=f"{settings.SITE_ADDRESS}/rate/{token}/"))


def ring_callers(line: Line) -> None:
    if not is_overtaken(line):
        tell_officers(line, officers_of(hotline(), "follow_up"))


def ring_to_ask(line: Line) -> None:
    """Taken back after the unit had spoken with him, and drawn."""
    if "to_ask_withdrawn" in line.columns["evidence_held"]:
        tell_officers(line, officers_of(hotline(), "follow_up"))


def ring_not_his_will(line: Line) -> None:
    if line.says.get("is_own_will") == "no":
        tell_officers(line, officers_of(hotline(), "supervisor"))


def ring_signer(line: Line) -> None:
    """Only where a leader's signature is awaited from this line on."""
    if "family_waits" in line.columns["evidence_held"] and not is_overtaken(line):
        tell_officers(line, officers_of(hotline(), "leader"), what=_("重复件待签"))


def tell_if_again(line: Line) -> None:
    """The caller is told that it goes on; that all is well he said himself, or sees on his page."""
    if line.columns["state"] != State.HANDLING:
        return
    case = line.case
    with in_callers_language(case):
        told = {
            "number": case.number,
            "told": str(BY_NAME["redo"].told),
            "details": "",
            "where": tracking_address(case),
        }
        tell_caller(line, said("moved_on", **told))


def ring_leaders(line: Line) -> None:
    if not is_overtaken(line):
        tell_officers(line, officers_of(hotline(), "leader"))
