"""With whom can one try the demo city? Its people, three citizens with number and query code, and callers with a history."""

from __future__ import annotations

from dataclasses import dataclass

from suqiu.cases.models import Case, Secrecy
from suqiu.directory.models import Officer

from . import city
from .build import KEY
from .living import code_of
from .people import Caller
from .stories import chapters

LOGINS = "hw01 sl01 pd01 zh01 k-510824-pd1 c-housing-jb1 c-housing-sh c-housing-fz hf01 bz01 db01 ld01 gl01".split()
TRY = (("F", "待回访：他可以评价"), ("H", "办理中：他可以催办、补充"), ("C", "已办结：他可以看全过程"))


@dataclass(frozen=True)
class Account:
    login: str
    who: str
    password: str


@dataclass(frozen=True)
class Citizen:
    number: str
    code: str
    state: str
    what: str
    title: str


def accounts() -> list[Account]:
    """In the order in which a case passes through their hands."""
    people = {o.username: o for o in Officer.objects.filter(username__in=LOGINS).select_related("department")}
    found = [people[login] for login in LOGINS if login in people]
    return [Account(o.username, f"{o.department.name} {o.post} {o.full_name}", city.PASSWORD) for o in found]


def citizens() -> list[Citizen]:
    """One case each to rate, to hurry and to read: not secret, told in Chinese, with several lines."""
    found = [(what, _newest(state)) for state, what in TRY]
    return [Citizen(case.number, code_of(case.key), case.state, what, case.title) for what, case in found if case]


def callers() -> list[Caller]:
    """Whose number shows a history on the phone desk: one for each story that has one."""
    found: dict[str, Caller] = {}
    for chapter in chapters():
        found.setdefault(chapter.story, chapter.caller)
    return list(found.values())


def _newest(state: str) -> Case | None:
    cases = Case.objects.filter(key__startswith=KEY, state=state, cycle=1, language="zh-hans", line_no__gte=6)
    cases = cases.exclude(secrecy__in=(Secrecy.CONFIDENTIAL, Secrecy.ANONYMOUS))
    if state == "F":  # he has not answered yet
        cases = cases.exclude(evidence_held__contains=["answered"])
    return cases.order_by("-received_at", "id").first()
