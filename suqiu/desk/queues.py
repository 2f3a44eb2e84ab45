"""What waits for whom? The one table of queues: rail, counts, worklists and the page of the day all come from it."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import BooleanField, Exists, OuterRef, Q, Value, When
from django.db.models import Case as Weighed
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from suqiu.cases.models import OPEN_STATES, Case, DisputeState, Holding, Line, Promise, State
from suqiu.cases.visibility import IN_RULING
from suqiu.directory.models import Role
from suqiu.directory.queries import stood_in_for
from suqiu.followup.models import LookBack, SpotCheck
from suqiu.followup.rules import TRIES_AT_MOST
from suqiu.intake.caller_limits import appeal_is_late, waiting_for
from suqiu.intake.limit_rules import JUDGES
from suqiu.intake.models import Correction

from . import statements
from .seats import COUNTY, DISCIPLINE, HOTLINE, UNIT, Seat
from .statements import Statement, statement

IN_HAND = "SHVG"  # states in which a unit has to do something
SOON = timedelta(days=1)
RECHECK_SOON = timedelta(days=7)  # long enough to do something first
SPOT_WITHIN = timedelta(days=14)  # ours: later the place may have changed for other reasons
LINK_ALONE = timedelta(days=2)  # a link is given so long before anybody rings


@dataclass(frozen=True)
class Queue:
    """A row: who has it, in which states its cases are, and which of them."""

    name: str
    label: str
    note: str  # one sentence above the list: whose turn it is
    place: str
    roles: tuple[str, ...]
    states: str
    cases: Callable[[Seat], Q]
    icon: str = "inbox"
    is_todo: bool = True  # shown on the page of the day; False: a view over more than what is one's own turn
    is_late: Callable[[Seat], Q] = lambda seat: Q(next_due_at__lt=seat.now)

    @property
    def url(self) -> str:
        return reverse("desk:queue", args=[self.name])

    def filter(self, seat: Seat) -> Q:
        return Q(state__in=self.states) & self.cases(seat)


def held(kind: str) -> Q:
    return Q(evidence_held__contains=[kind])


def _mine(**columns: Any) -> Callable[[Seat], Q]:
    return lambda seat: Q(**columns)


def _of_unit(**columns: Any) -> Callable[[Seat], Q]:
    return lambda seat: Q(lead_department__in=seat.units, **columns)


def _registered(seat: Seat) -> Q:
    return Q(Exists(Line.objects.filter(case=OuterRef("pk"), no=1, officer=seat.officer)))


def _not_taken_by(*steps: str) -> Callable[[Seat], Q]:
    """Not those on which this officer took one of these steps: a second person decides."""
    return lambda seat: ~Q(Exists(Line.objects.filter(case=OuterRef("pk"), step__in=steps, officer=seat.officer)))


def _to_sample(seat: Seat) -> Q:
    return ~held("answer_reviewed") & _not_taken_by("answer_at_once", "answer_again")(seat)


def _appealed(seat: Seat) -> Q:
    """Not those in which this officer had any part."""
    return held("appeal") & ~Q(Exists(Line.objects.filter(case=OuterRef("pk"), officer=seat.officer)))


def _to_confirm(seat: Seat) -> Q:
    own = Correction.objects.filter(case=OuterRef("pk"), is_waiting=True, by=seat.officer)
    return held("correction") & ~Q(Exists(own))


def _open_holding(**columns: Any) -> Exists:
    return Exists(Holding.objects.filter(case=OuterRef("pk"), until=None, **columns))


def _returned_to_city(seat: Seat) -> Q:
    return Q(dispute=DisputeState.RETURNED) & ~Q(_open_holding(role="lead", level="county"))


def _returned_to_county(seat: Seat) -> Q:
    return Q(dispute=DisputeState.RETURNED) & Q(_open_holding(role="lead", department__in=seat.centres))


def _in_my_hands(seat: Seat) -> Q:
    """Named as officer or as B 岗; and, in the days of an absence, those of whom one stands in for."""
    substitute = _open_holding(role="lead", substitute=seat.officer, department__in=seat.units)
    absent = Q(lead_officer__in=stood_in_for(seat.officer))
    return Q(lead_department__in=seat.units) & (Q(lead_officer=seat.officer) | Q(substitute) | absent)


def _assisting(seat: Seat) -> Q:
    return Q(_open_holding(role="assist", department__in=seat.units, outcome=""))


def _first_not_done(seat: Seat) -> Q:
    return Q(first_department__in=seat.units) & ~Q(lead_department__in=seat.units)


def _promises(seat: Seat, until: timedelta) -> Q:
    due = Promise.objects.filter(department__in=seat.units, kept_at=None, replaced_by=None, due_at__lt=seat.now + until)
    return Q(pk__in=due.values("case"))


def _about_officials(seat: Seat) -> Q:
    return Q(about_department__isnull=False) | Q(about_officer__isnull=False)


def _drawn_for_the_spot(seat: Seat) -> Q:
    """Not those on which he asked the citizen or closed himself: somebody else goes."""
    drawn = SpotCheck.objects.filter(case=OuterRef("pk"), cycle=OuterRef("cycle"), by=None)
    return Q(Exists(drawn)) & _not_taken_by("attempt", "close")(seat)


def _to_look_back(seat: Seat) -> Q:
    """By telephone those that have had their link for two days and said nothing."""
    waits = LookBack.objects.filter(
        case=OuterRef("pk"), cycle=OuterRef("cycle"), answered_at=None, tries__lt=TRIES_AT_MOST
    )
    waits = waits.filter(ask_from__lte=seat.now - LINK_ALONE).filter(Q(next_at=None) | Q(next_at__lte=seat.now))
    return Q(Exists(waits))


HANDLER, REVIEWER, UNIT_LEADER = Role.HANDLER, Role.REVIEWER, Role.UNIT_LEADER
UNIT_ALL = (HANDLER, REVIEWER, UNIT_LEADER)
SECOND = (Role.SHIFT_LEAD, Role.INTAKE_REVIEWER)
OPEN = "".join(OPEN_STATES)

QUEUES: tuple[Queue, ...] = (
    # ---- the hotline
    Queue("to-accept", _("待受理"), _("还没受理的，网上来的两小时内要受理"), HOTLINE, (Role.OPERATOR, *SECOND), "R", _mine()),
    Queue("registered", _("我登记的"), _("您接的电话，还没办结"), HOTLINE, (Role.OPERATOR,), OPEN, _registered, "phone", is_todo=False),
    Queue("waiting-caller", _("待补充"), _("等来电人补充，时限停着"), HOTLINE, SECOND, "W", _mine(), "hourglass"),
    Queue("sample", _("即答抽查"), _("别人当场答复的，换一个人看答得对不对"), HOTLINE, SECOND, "A", _to_sample, "circle-check"),
    Queue("appeals", _("申诉待审"), _("来电人不同意告知的途径、并单或办结，换一个没经手的人审"), HOTLINE, SECOND, "XMCQ", _appealed, "scale"),
    Queue("corrections", _("更正待复核"), _("更正会让时限变长，要第二人同意"), HOTLINE, (*SECOND, Role.DISPATCHER), "RDSHV", _to_confirm, "pencil"),
    Queue("to-dispatch", _("待派单"), _("受理了，还没派出"), HOTLINE, (Role.DISPATCHER,), "D", _mine(lead_department__kind="hotline"), "send"),
    Queue("returns", _("退单待审"), _("承办单位申请退单；时限照走"), HOTLINE, (Role.DISPATCHER,), "SH", _returned_to_city, "corner-up-left"),
    Queue(
        "to-rule", _("待裁定"), _("单位对归谁办有异议，两边的陈述都在；定之前原单位照办"),
        HOTLINE, (Role.RULER,), "SHV", _mine(dispute=DisputeState.OBJECTED), "scale",
    ),
    Queue(
        "panel", _("合议待第二人"), _("另一位裁定人拟了，等您同意或退回"),
        HOTLINE, (Role.RULER,), "SHV", lambda seat: Q(dispute=DisputeState.PANEL) & _not_taken_by("to_panel")(seat), "users",
    ),
    Queue(
        "in-dispute", _("争议中"), _("归谁办还没定，时限照走"),
        HOTLINE, (Role.DISPATCHER, Role.SUPERVISOR), "WSHV", lambda seat: Q(dispute__in=IN_RULING), "scale", is_todo=False,
    ),
    Queue("extensions", _("延期待审"), _("承办单位申请延期"), HOTLINE, (Role.DISPATCHER,), "H", lambda seat: held("extension_asked"), "calendar"),
    Queue("follow-up", _("待回访"), _("答复发出了，问来电人解决没有"), HOTLINE, (Role.FOLLOW_UP,), "F", lambda seat: ~held("answered"), "phone"),
    Queue(
        "to-decide", _("待认定重办"), _("来电人说解决了一半或不满意，第二人定"),
        HOTLINE, (Role.SHIFT_LEAD, Role.SUPERVISOR), "F", lambda seat: held("answered") & ~held("lawful_found") & ~held("family_waits"), "rotate-ccw",
    ),
    Queue(
        "lawful", _("依法办结待第二人"), _("有人认定依法办了，要第二人同意"),
        HOTLINE, (Role.SHIFT_LEAD, Role.LEADER), "FL", lambda seat: held("lawful_found") & _not_taken_by("find_lawful")(seat), "scale",
    ),
    Queue(
        "withdrawn", _("撤单待问"), _("单位联系过以后撤回的，抽中要问一句：是您自己要撤的吗"),
        HOTLINE, (Role.FOLLOW_UP,), "Q", lambda seat: held("to_ask_withdrawn"), "phone",
    ),
    Queue(
        "not-his-will", _("不是本人要撤的"), _("来电人说撤单不是他的意思，已恢复办理；办结以前都在这里"),
        HOTLINE, (Role.SUPERVISOR,), OPEN, lambda seat: held("not_his_will"), "flag",
    ),
    Queue(
        "spot-checks", _("实地抽查"), _("系统抽中的，换个人到现场看是不是和答复一样"),
        HOTLINE, (Role.FOLLOW_UP, Role.SUPERVISOR), "C", _drawn_for_the_spot, "map-pin", is_late=lambda seat: Q(closed_at__lt=seat.now - SPOT_WITHIN),
    ),
    Queue(
        "look-backs", _("回头看"), _("办结一个月了，问来电人现在还好吗"),
        HOTLINE, (Role.FOLLOW_UP,), "C", _to_look_back, "history", is_late=lambda seat: Q(pk__in=[]),
    ),
    Queue("ledger", _("挂账"), _("难题台账，每月复核一次"), HOTLINE, (Role.SUPERVISOR,), "G", _mine(), "archive"),
    Queue(
        "late", _("已超时"), _("不管在谁手里，时限已经过了"),
        HOTLINE, (Role.SUPERVISOR, Role.SHIFT_LEAD), OPEN, lambda seat: Q(next_due_at__lt=seat.now), "circle-alert", is_todo=False,
    ),
    Queue("with-leader", _("待领导定"), _("三次没办好，等您定"), HOTLINE, (Role.LEADER,), "L", _mine(), "flag"),
    Queue(
        "families", _("重复件待签"), _("同一人为同一件事第三次反映，等您看过才能办结"),
        HOTLINE, (Role.LEADER,), "FL", lambda seat: held("family_waits"), "users",
    ),
    Queue(
        "limits", _("限制待定"), _("有人提请限制来电人，要第二个人认定；或来电人申诉了，要第三个人审"),
        HOTLINE, JUDGES, "".join(State.values), lambda seat: Q(waiting_for(seat.officer, seat.now)), "ban",
        is_late=lambda seat: Q(appeal_is_late(seat.now)),
    ),
    Queue("to-hang", _("挂账待签"), _("单位申请列入难题台账，等您签"), HOTLINE, (Role.LEADER,), "H", lambda seat: held("hang_asked"), "archive"),
    # ---- a county's centre
    Queue(
        "to-send-on", _("待转派"), _("市里派到本县（区）中心的，4 个工作小时内转派"),
        COUNTY, (Role.DISPATCHER,), "D", lambda seat: Q(lead_department__in=seat.centres), "send",
    ),
    Queue("county-returns", _("退单待审"), _("本县（区）单位申请退单；时限照走"), COUNTY, (Role.DISPATCHER,), "SH", _returned_to_county, "corner-up-left"),
    # ---- a unit
    Queue("to-review", _("待审核"), _("答复写好了，等您看过再发"), UNIT, (REVIEWER, UNIT_LEADER), "V", _of_unit(), "file-text"),
    Queue("mine", _("我手里的"), _("经办人或 B 岗是您"), UNIT, (HANDLER,), IN_HAND, _in_my_hands, "user"),
    Queue("to-sign", _("待签收"), _("签收不影响时限，时限从派单算起"), UNIT, UNIT_ALL, "S", _of_unit(), "inbox"),
    Queue("to-assign", _("待定经办人"), _("签收了，还没定谁来办"), UNIT, UNIT_ALL, "H", _of_unit(lead_officer=None), "users"),
    Queue(
        "unit-returns", _("退单审核中"), _("本单位申请退单，等上一级审；时限照走"),
        UNIT, (REVIEWER, UNIT_LEADER), "SH", _of_unit(dispute=DisputeState.RETURNED), "corner-up-left", is_todo=False,
    ),
    Queue(
        "unit-disputes", _("等裁定"), _("本单位提了异议，定之前照办；时限照走"),
        UNIT, (REVIEWER, UNIT_LEADER), "WSHV", lambda seat: Q(lead_department__in=seat.units, dispute__in=IN_RULING), "scale", is_todo=False,
    ),
    Queue(
        "unit-late", _("已超时"), _("本单位主办，时限已经过了"),
        UNIT, (UNIT_LEADER,), OPEN, lambda seat: Q(lead_department__in=seat.units, next_due_at__lt=seat.now), "circle-alert",
    ),
    Queue("assisting", _("协办"), _("请本单位协办，还没交结果"), UNIT, UNIT_ALL, "SH", _assisting, "handshake"),
    Queue(
        "first-not-done", _("首办未了"), _("别的单位在办，本单位仍向来电人负责：要告知转手，要看答复"),
        UNIT, UNIT_ALL, "WDSHVFLG", _first_not_done, "share-2",
    ),
    Queue(
        "promises", _("承诺到期"), _("对来电人的承诺，一天内到期或已经过了"),
        UNIT, UNIT_ALL, OPEN + "CM", lambda seat: _promises(seat, SOON), "handshake", is_late=lambda seat: _promises(seat, timedelta(0)),
    ),
    Queue("unit", _("本单位"), _("本单位主办，还没办结的"), UNIT, UNIT_ALL, OPEN, _of_unit(), "building-2", is_todo=False),
    Queue(
        "rechecks", _("月度复核"), _("挂账的，七天内要复核：写上次以来做了什么，来电人看得到"),
        UNIT, UNIT_ALL, "G", lambda seat: Q(lead_department__in=seat.units, next_due_at__lt=seat.now + RECHECK_SOON), "calendar",
    ),
    # ---- discipline
    Queue(
        "about-officials", _("反映单位和人的"), _("来电人反映的是单位或工作人员"),
        DISCIPLINE, (Role.DISCIPLINE,), "".join(State.values), _about_officials, "shield-check",
    ),
)  # fmt: skip

BY_NAME = {queue.name: queue for queue in QUEUES}


@dataclass(frozen=True)
class Waiting:
    """A queue of one officer with how many wait in it, and how many of them too long."""

    queue: Queue
    count: int
    late: int
    said: str  # the count as it is shown


def queues_of(seat: Seat) -> list[Queue]:
    return [q for q in QUEUES if seat.has(q.place, *q.roles)]


def asked(seat: Seat) -> dict[str, Statement | None]:
    """What has to be counted for this officer's rail: one question per queue, each of which finds its own index."""
    return {q.name: counting(q, seat) for q in queues_of(seat)}


def counts(seat: Seat) -> list[Waiting]:
    """All counts of all queues of this officer, in one query."""
    return told(seat, statements.counts(asked(seat), seat.now))


def told(seat: Seat, found: dict[str, statements.Count]) -> list[Waiting]:
    return [Waiting(q, found[q.name].n, found[q.name].late, found[q.name].said) for q in queues_of(seat)]


def counting(
    queue: Queue, seat: Seat, key: Hashable = (), where: Callable[[Seat], Q] | None = None
) -> Statement | None:
    """One row for each case of the queue that `where` leaves; `key` names what `where` depends on."""

    def build():
        then = seat.at(statements.NOW)
        found = in_queue(queue, then, where)
        late = Weighed(When(queue.is_late(then), then=Value(True)), default=Value(False), output_field=BooleanField())
        return found.order_by().values_list(late)

    return statement((seat.key, "count", queue.name, key), build, seat.places)


def in_queue(queue: Queue, seat: Seat, where: Callable[[Seat], Q] | None = None):
    """Its cases, of those this officer may see."""
    return Case.objects.visible_to(seat.officer).filter(queue.filter(seat) & (where(seat) if where else Q()))
