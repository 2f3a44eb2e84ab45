"""With whom can one try the demo city? Its people, and three citizens with number and query code."""

from __future__ import annotations

from dataclasses import dataclass

from suqiu.cases.models import Case, Secrecy
from suqiu.directory.models import Officer

from . import city
from .build import KEY
from .living import code_of

LOGINS = "hw01 sl01 pd01 k-510824-pd1 c-housing-jb1 c-housing-sh c-housing-fz hf01 bz01 db01 ld01 gl01".split()
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
    found = []
    for state, what in TRY:
        cases = Case.objects.filter(key__startswith=KEY, state=state, cycle=1, language="zh-hans", line_no__gte=6)
        case = cases.exclude(secrecy__in=(Secrecy.CONFIDENTIAL, Secrecy.ANONYMOUS)).exclude(
            evidence_held__contains=["answered"] if state == "F" else ["-"]
        )
        case = case.order_by("-received_at", "id").first()
        if case:
            found.append(Citizen(case.number, code_of(case.key), state, what, case.title))
    return found
