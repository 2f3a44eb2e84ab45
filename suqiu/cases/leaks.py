"""Who saw this case, when, and what of it? The leak report (泄露查询): from looks, steps, messages and the office journal, in a handful of queries."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Min, QuerySet
from django.db.models.fields.json import KT
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suqiu.directory import office
from suqiu.directory.models import Department, Notice, OfficeLine, Officer, Role
from suqiu.errors import Refused
from suqiu.gateways.models import Message

from .models import Case, Line, Look
from .visibility import CONFIDENTIAL

READERS = (Role.SHIFT_LEAD, Role.SUPERVISOR, Role.LEADER)
SAW = {  # what somebody has before his eyes, by what he opened
    Look.What.PAGE: gettext_lazy("整页：%(words)s、经过、答复；姓名电话遮住"),
    Look.What.CONTACT: gettext_lazy("姓名和电话，完整的，或经总机打过去"),
    Look.What.FILE: gettext_lazy("一个附件"),
    Look.What.PRINT: gettext_lazy("打在纸上：%(words)s；姓名电话遮住，纸上有他的名字"),
    Look.What.EXPORT: gettext_lazy("一张表里的一行：%(words)s；姓名电话遮住，行里有他的名字"),
    Look.What.SEARCH: gettext_lazy("查找结果里的标题和一小段话"),
}
NOT_RECORDED = (  # said under every report: nobody may take it for more than it is
    gettext_lazy("列表、队列和跳转框里的标题、地点和编号：看得到的人多，没有逐行记"),
    gettext_lazy("早上的邮件里只有编号和时限，没有按件记"),
    gettext_lazy("对着屏幕拍照、口头转述，系统看不见；水印能认出是谁的屏幕"),
    gettext_lazy("能进机房、能读数据库和备份的人"),
)

ACTS = {
    "reveal": gettext_lazy("看电话"),
    "print": gettext_lazy("打印"),
    "anonymise": gettext_lazy("依法删除"),
    "leak_report": gettext_lazy("查过泄露"),
    "data_asked": gettext_lazy("本人提了个人信息请求"),
    "data_answered": gettext_lazy("答复了个人信息请求"),
    "data_done": gettext_lazy("个人信息请求办了"),
    "propose_limit": gettext_lazy("提请限制来电人"),
    "agree_limit": gettext_lazy("同意限制来电人"),
    "refuse_limit": gettext_lazy("不同意限制来电人"),
    "appeal_limit": gettext_lazy("来电人申诉限制"),
    "lift_limit": gettext_lazy("撤销限制"),
    "keep_limit": gettext_lazy("申诉后维持限制"),
}


@dataclass
class Viewer:
    """One officer, and all that he had before his eyes."""

    officer: Officer | None
    looks: dict[str, int] = field(default_factory=dict)  # kind of look -> how often
    steps: int = 0
    bells: int = 0
    first: datetime | None = None
    last: datetime | None = None

    def add(self, first: datetime, last: datetime) -> None:
        self.first = min(self.first or first, first)
        self.last = max(self.last or last, last)

    @property
    def has_contact(self) -> bool:
        return bool(self.looks.get(Look.What.CONTACT))


@dataclass
class Report:
    """`chained`: acts on this case in the office journal, by kind: what no one can have removed unnoticed."""

    case: Case
    viewers: list[Viewer]
    letters: list[Message]
    chained: dict[str, int]


def may_read(officer: Officer) -> bool:
    """Those who look after leaks at the hotline, and the discipline officers for the cases they see."""
    if officer.is_third_party:
        return False
    return officer.is_at_hotline_as(*READERS) or officer.has_role(Role.DISCIPLINE)


def check_may_read(officer: Officer) -> None:
    if not may_read(officer):
        raise Refused(_("泄露查询由班长、督办员、市领导和纪检来做"), who_can=_("发现泄露的，请报泄露事件"), status=403)


def report(*, case: Case, by: Officer, at: datetime) -> Report:
    """Everyone who saw the case, the latest first. Asking is itself written into the office journal."""
    check_may_read(by)
    found: dict[int, Viewer] = {}
    _add_looks(case, found)
    _add_steps(case, found)
    _add_bells(case, found)
    people = Officer.objects.select_related("department").in_bulk(found)
    for pk, viewer in found.items():
        viewer.officer = people[pk]
    office.write(act="leak_report", by=by, at=at, case=case.number, viewers=len(found))
    viewers = sorted(found.values(), key=lambda v: (v.last, v.officer.pk), reverse=True)
    return Report(case, viewers, _letters(case), _chained(case))


def looks(case: Case) -> QuerySet[Look]:
    """Look by look, newest first."""
    return Look.objects.filter(case=case).select_related("officer__department").order_by("-id")


def saw(look: Look, spans: Spans) -> str:
    """What this look showed, by what the case was at that moment and from where it was seen."""
    return str(SAW[look.what]) % {"words": spans.words_for(look.officer, look.at)} + _detail(look)


def _detail(look: Look) -> str:
    """Which file, which export: the number under which it can be looked up."""
    kind, _colon, no = look.reason.partition(":")
    named = {"file": _("附件 %(no)s 号"), "export": _("导出申请 %(no)s 号")}.get(kind, "") if no else ""
    said = look.words or named % {"no": no}
    return f" · {said}" if said else ""


class Spans:
    """How secret the case was, from when on: a look before it was made confidential showed more than one after."""

    def __init__(self, case: Case):
        lines = case.lines.order_by("no").values_list("at", "columns__secrecy")
        self.since, self.secret = [], []
        for at, secrecy in lines:
            self.since.append(at)
            self.secret.append(secrecy in CONFIDENTIAL)

    def words_for(self, officer: Officer, at: datetime) -> str:
        at_hotline = officer.department.kind == Department.Kind.HOTLINE
        return _("改写后的内容") if self.is_secret(at) and not at_hotline else _("来电人的原话")

    def is_secret(self, at: datetime) -> bool:
        place = bisect_right(self.since, at) - 1
        return self.secret[place] if place >= 0 else bool(self.secret and self.secret[0])


def _add_looks(case: Case, found: dict[int, Viewer]) -> None:
    grouped = Look.objects.filter(case=case).order_by().values("officer", "what")
    for row in grouped.annotate(n=Count("pk"), first=Min("at"), last=Max("at")):
        viewer = found.setdefault(row["officer"], Viewer(None))
        viewer.looks[row["what"]] = row["n"]
        viewer.add(row["first"], row["last"])


def _add_steps(case: Case, found: dict[int, Viewer]) -> None:
    grouped = Line.objects.filter(case=case, officer__isnull=False).order_by().values("officer")
    for row in grouped.annotate(n=Count("pk"), first=Min("at"), last=Max("at")):
        viewer = found.setdefault(row["officer"], Viewer(None))
        viewer.steps = row["n"]
        viewer.add(row["first"], row["last"])


def _add_bells(case: Case, found: dict[int, Viewer]) -> None:
    """A bell shows the number and what happened, never the caller's words."""
    grouped = Notice.objects.filter(case_number=case.number).order_by().values("officer")
    for row in grouped.annotate(n=Count("pk"), first=Min("at"), last=Max("at")):
        viewer = found.setdefault(row["officer"], Viewer(None))
        viewer.bells = row["n"]
        viewer.add(row["first"], row["last"])


def _letters(case: Case) -> list[Message]:
    return list(Message.objects.filter(case_number=case.number).order_by("-at", "-id")[:200])


def _chained(case: Case) -> dict[str, int]:
    acts: dict[str, int] = defaultdict(int)
    of_case = OfficeLine.objects.annotate(of=KT("says__case")).filter(of=case.number)  # as its index has it
    rows = of_case.order_by().values_list("act").annotate(n=Count("pk"))
    for act, n in rows:
        acts[act] = n
    return dict(acts)


def explained(kinds: dict[str, int]) -> list[tuple[str, int]]:
    """Labels with counts, contact first: the gravest is read first."""
    order = {Look.What.CONTACT: 0, Look.What.EXPORT: 1, Look.What.PRINT: 2, Look.What.FILE: 3, Look.What.PAGE: 4}
    return [(str(Look.What(k).label), n) for k, n in sorted(kinds.items(), key=lambda i: order.get(i[0], 9))]


def chained_said(acts: dict[str, int]) -> list[dict[str, Any]]:
    return [{"label": str(ACTS.get(act, act)), "n": n} for act, n in sorted(acts.items())]
