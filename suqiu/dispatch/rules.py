"""To whom may it go, and may it come back? The catalogue, the levels, and the window for a return."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.utils.translation import gettext as _

from suqiu.cases.concerned import check_about, is_kept_from
from suqiu.cases.models import Ask, Case, Holding
from suqiu.directory.models import Area, Department, Matter
from suqiu.errors import Refused
from suqiu.speech import spoken
from suqiu.worktime.arithmetic import Allowance, add_working, due_at, working_seconds
from suqiu.worktime.queries import calendar_now

RETURN_WINDOW = Allowance(1, "working_day")
ASSIST_DAYS = 15  # working days at most, and inside the outer clock


def check_target(case: Case, matter: Matter | None, department: Department, override: str, *, from_city: bool) -> None:
    if not department.is_active:
        raise Refused(_("%(who)s 已经撤并，不能再接诉求") % {"who": department}, status=422, field="department")
    if department.kind == Department.Kind.HOTLINE or (not from_city and department.is_centre):
        raise Refused(_("要派给承办单位，不能派给中心自己"), status=422, field="department")
    check_about(case, department)
    if from_city and not case.about_department_id:
        _check_county_route(department)
    if department.kind == Department.Kind.TOWN and matter and matter.power != "town" and not override.strip():
        raise Refused(
            _("「%(matter)s」的权限在部门，派给乡镇要写明破例理由，会被统计（66 号文五）") % {"matter": matter}, status=422, field="override"
        )  # fmt: skip


def _check_county_route(department: Department) -> None:
    county = department.area.county
    if county and county.is_through_centre and department.kind != Department.Kind.COUNTY_CENTRE:
        raise Refused(
            _("%(county)s 的诉求先派给它的中心，由它转派") % {"county": county}, status=422, field="department"
        )


def check_within_county(centre: Department, department: Department) -> None:
    county: Area = centre.area
    if county not in department.area.chain():
        raise Refused(_("只能转派给本县（区）的单位。不归本县的，请退回市中心"), status=422, field="department")


def check_rewritten(case: Case, rewritten: str) -> None:
    if case.is_confidential and not rewritten.strip():
        raise Refused(_("保密件要先改写：去掉能认出来电人的一切，再派出"), status=422, field="rewritten")


def check_return(holding: Holding, own: Iterable[Holding], at: datetime, unit_due: datetime | None) -> None:
    """Once per unit and cycle, in the window, before its first visit; never by a unit that has replied before.

    `own` are all holdings of this unit in the case, the ended ones too: sent to it again, it is the same unit.
    `unit_due` is None after a redo or off the ledger: it has been this unit's for long.
    """
    own = list(own)
    _check_not_ruled(own)
    if any(h.has_returned and h.cycle == holding.cycle for h in own):
        raise Refused(_("本单位这一轮已经退过一次，不能再退"), who_can=_("仍有异议的，由单位负责人提裁定"))
    if any(h.has_visited for h in own):
        raise Refused(_("已经到过现场，不能再退"), who_can=_("请接着办；职责有争议的，由单位负责人提裁定"))
    if any(h.has_replied for h in own):
        raise Refused(_("本单位已经答复过这件，不能再退"))
    if unit_due is None:
        raise Refused(_("重办和销账后的诉求不能再退"), who_can=_("请接着办；职责有争议的，由单位负责人提裁定"))
    closes = return_closes(holding.since, unit_due)
    if at > closes:
        raise Refused(
            _("退单到 %(when)s 截止，已经过了") % {"when": spoken(closes)},
            state=_("派出后 1 个工作日（或期限的四分之一）之内"), who_can=_("请接着办；职责有争议的，由单位负责人提裁定"),
        )  # fmt: skip


def check_object(own: Iterable[Holding], has_objected: bool, has_replied: bool) -> None:
    """Once per unit and case; never by a unit that a ruling named, or that has answered the caller.

    `own` are all holdings of this unit in the case, the ended ones too.
    """
    _check_not_ruled(own)
    if has_objected:
        raise Refused(_("本单位在这件上已经提过一次异议，不能再提"), who_can=_("请接着办；裁定人定过的就按裁定办"))
    if has_replied:
        raise Refused(_("本单位已经答复过这件，不能再提异议"))


def _check_not_ruled(own: Iterable[Holding]) -> None:
    if any(h.is_ruled for h in own):
        raise Refused(_("裁定定了由本单位办，不能再退单，也不能再提异议"), who_can=_("请接着办，向来电人答复"))


def check_named(case: Case, department: Department) -> None:
    """Whom an objector may say it belongs to: a unit that could have it, other than himself."""
    if not department.is_active or department.is_centre or department.pk == case.about_department_id:
        raise Refused(_("%(who)s 不能承办这件") % {"who": department}, status=422, field="belongs_to")
    if department.pk == case.lead_department_id:
        raise Refused(_("这就是本单位，请另选一个或留空"), status=422, field="belongs_to")


def check_ruler(ruler_units: set[str], parties: set[str]) -> None:
    """Nobody rules on his own house: not who works or holds an office with a party of the dispute."""
    if ruler_units & parties:
        raise Refused(_("您在有争议的单位任职，这件要换一个裁定人"), who_can=_("请另一位裁定人来定"), status=403)


def check_ruling(case: Case, outcome: str, department: Department | None, override: str) -> None:
    if outcome == "stays" and department and department.pk != case.lead_department_id:
        raise Refused(_("留在原单位的，不要再选别的单位"), status=422, field="department")
    if outcome == "stays":
        return
    if department is None:
        raise Refused(_("改由别的单位办，要写明由谁办"), status=422, field="department")
    if department.pk == case.lead_department_id:
        raise Refused(_("它就是现在的主办单位，请选「留在原单位」"), status=422, field="department")
    check_target(case, case.matter, department, override, from_city=False)


def days_lost(spans: Iterable[tuple[datetime, datetime]]) -> float:
    """Working days that went by while it was disputed whose it is, to one decimal."""
    calendar = calendar_now()
    seconds = sum(working_seconds(since, until, calendar) for since, until in spans)
    return round(seconds / calendar.seconds_per_day, 1)


def return_closes(dispatched_at: datetime, unit_due: datetime) -> datetime:
    """The earlier of one working day and a quarter of the term after dispatch."""
    calendar = calendar_now()
    quarter = working_seconds(dispatched_at, unit_due, calendar) / 4
    return min(due_at(dispatched_at, RETURN_WINDOW, calendar).at, add_working(dispatched_at, quarter, calendar))


def check_assists(case: Case, departments: Iterable[Department], present: set[str], days: int) -> None:
    if not 1 <= days <= ASSIST_DAYS:
        raise Refused(_("协办 1 到 %(most)d 个工作日") % {"most": ASSIST_DAYS}, status=422, field="days")
    for department in departments:
        if department.pk in present or not can_assist(case, department):
            raise Refused(_("%(who)s 已经在办，或不能做协办") % {"who": department}, status=422, field="departments")


def check_split(
    case: Case, points: list[int], rows: Mapping[int, Ask], department: Department, leads: set[str], days: int
) -> None:
    """Single points, never all of them: that would be another lead without a ruling."""
    if not 1 <= days <= ASSIST_DAYS:
        raise Refused(_("协办 1 到 %(most)d 个工作日") % {"most": ASSIST_DAYS}, status=422, field="days")
    if not department.is_active or department.is_centre:
        raise Refused(_("%(who)s 不能承办拆出的点") % {"who": department}, status=422, field="department")
    if department.pk in leads:
        raise Refused(
            _("%(who)s 就是主办，没有拆出的几点都由它定") % {"who": department}, status=422, field="department"
        )
    check_about(case, department)
    if not points or not set(points) <= set(rows):
        raise Refused(_("请选拆出哪几点"), status=422, field="points")
    if all(row.department_id or no in points for no, row in rows.items()):
        raise Refused(_("至少留一点给主办；整件换单位要走退单或裁定"), status=422, field="points")


def can_assist(case: Case, department: Department) -> bool:
    return department.is_active and not department.is_centre and not is_kept_from(case, department)
