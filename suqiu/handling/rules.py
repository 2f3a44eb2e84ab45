"""Is the contact clock met, is a reply complete, may a term be extended? Answers from values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suqiu.cases.concerned import is_kept_from
from suqiu.cases.models import Ask, Case
from suqiu.directory.models import Department
from suqiu.errors import Refused
from suqiu.speech import spoken

EXTENSION_DAYS = 7  # working days at most
ATTEMPTS_WANTED, WAYS_WANTED = 3, 2
BASIS_LIMIT = 300  # characters
AHEAD = timedelta(minutes=5)  # a clock may be fast by so much
KEPT_ON_PHONE = timedelta(days=7)  # longer, and nobody can check any more what was written down when

FOUND = (
    ("solved", gettext_lazy("当场解决了")),
    ("later", gettext_lazy("还要几天，有计划")),
    ("cannot", gettext_lazy("解决不了，当面说明了")),
)
MET = (("yes", gettext_lazy("见到了")), ("no", gettext_lazy("没见到")))


@dataclass(frozen=True)
class Shot:
    """What the phone knows of a photo that says nothing of itself: when, and where (degrees, WGS84)."""

    taken_at: datetime
    longitude: float | None = None
    latitude: float | None = None


def is_reached(tries: Iterable[tuple[datetime, str, str]]) -> bool:
    """(when, way, outcome): connected once; or three attempts at different hours by two ways."""
    tries = list(tries)
    if any(outcome == "connected" for _when, _way, outcome in tries):
        return True
    hours = {timezone.localtime(when).replace(minute=0, second=0, microsecond=0) for when, _way, _outcome in tries}
    return len(hours) >= ATTEMPTS_WANTED and len({way for _when, way, _outcome in tries}) >= WAYS_WANTED


def check_visited_at(visited_at: datetime, now: datetime, since: datetime) -> None:
    if visited_at > now + AHEAD:
        raise Refused(_("到现场的时间还没到"), status=422, field="visited_at")
    if visited_at < since - timedelta(minutes=1):
        raise Refused(
            _("到现场的时间早于派给本单位的时间 %(when)s") % {"when": spoken(since)},
            status=422,
            field="visited_at",
        )


def held_on_phone(recorded_at: datetime, now: datetime, since: datetime) -> tuple[datetime, bool]:
    """(when it was written down, whether the phone's clock was ahead). What lies ahead counts as now, and the line says so;
    what is older than a week, or than the unit's having the case, is refused."""
    if recorded_at < now - KEPT_ON_PHONE:
        raise Refused(
            _("%(when)s 记在手机里的，放了超过 %(n)d 天才传来，不能再按当时的记")
            % {"when": spoken(recorded_at), "n": KEPT_ON_PHONE.days},
            who_can=_("请照着手机里的便条重新记一次，说明是补记"),
            status=422,
            field="recorded_at",
        )
    if recorded_at < since - timedelta(minutes=1):
        raise Refused(
            _("%(when)s 记下的时候，这件还不在本单位这一轮（%(since)s 起）")
            % {"when": spoken(recorded_at), "since": spoken(since)},
            who_can=_("那时的记录留在手机里作便条；这一轮要再去一次"),
            status=422,
            field="recorded_at",
        )
    return (now, True) if recorded_at > now + AHEAD else (min(recorded_at, now), False)


def checked_taps(taps: Mapping[str, str | None]) -> dict[str, str]:
    """found, met: only the answers that the form offers; what was not tapped is left out."""
    offered = {"found": dict(FOUND), "met": dict(MET)}
    if unknown := set(taps) - set(offered):
        raise TypeError(f"visit takes no {sorted(unknown)}")
    given = {name: value for name, value in taps.items() if value}
    for name, value in given.items():
        if value not in offered[name]:
            raise Refused(_("没有这个选项，请再点一次"), status=422, field=name)
    return given


def check_future(moment: datetime, now: datetime, field: str) -> None:
    if moment <= now:
        raise Refused(_("这个时间已经过了"), status=422, field=field)
    if moment > now + timedelta(days=3 * 366):
        raise Refused(_("这个时间太远了，请核对年份"), status=422, field=field)


def check_meeting(case: Case, departments: Iterable[Department]) -> None:
    for department in departments:
        if not department.is_active or department.is_centre or is_kept_from(case, department):
            raise Refused(_("%(who)s 不能参加这次网下办") % {"who": department}, status=422, field="departments")


def checked_mobile(number: str) -> str:
    if not re.fullmatch(r"1[3-9]\d{9}", number):
        raise Refused(_("要写 11 位手机号，短信才收得到"), status=422, field="phone")
    return number


def check_tells_nobody(place: str, name: str) -> None:
    """What an outsider reads names nobody: neither the caller nor a number of his."""
    if (name and name in place) or re.search(r"\d{7,}", place):
        raise Refused(
            _("约的地点里写着姓名或号码，不能发给外单位"), who_can=_("重新约一次网下办，地点只写到楼栋门口"), status=422
        )


def check_two_texts(reply: str, account: str) -> None:
    """办理情况 is for staff, 答复 for the citizen: one text for both serves neither."""
    if reply.split() == account.split():
        raise Refused(_("内部办理情况和对来电人的答复要分开写，不能是同一段话"), status=422, field="account")


def check_to_others(case: Case, to_others: str, waiting: int) -> None:
    """Everybody merged into this case reads these words: without them, or with this caller's name or number in them, it is no reply."""
    if not waiting:
        return
    if not to_others.strip():
        raise Refused(
            _("并在这件下面的还有 %(n)d 个来电人，也要写给他们的答复") % {"n": waiting}, status=422, field="to_others"
        )
    if case.person.is_named_in(to_others):
        raise Refused(_("给其他来电人的答复里不能有主件来电人的姓名、电话"), status=422, field="to_others")


def check_asks(asks: list[Ask], decided: dict[int, dict]) -> None:
    """A reply answers, declines with a basis, or plans every ask."""
    for ask in asks:
        chosen = decided.get(ask.no) or {}
        if chosen.get("outcome") not in (Ask.Outcome.ANSWERED, Ask.Outcome.DECLINED, Ask.Outcome.PLANNED):
            raise Refused(
                _("第 %(no)d 点还没有结果：%(text)s") % {"no": ask.no, "text": ask.text}, status=422, field="asks"
            )
        if len(chosen.get("basis", "")) > BASIS_LIMIT:
            raise Refused(
                _("第 %(no)d 点的依据最多写 %(limit)d 个字") % {"no": ask.no, "limit": BASIS_LIMIT},
                status=422,
                field="asks",
            )
        if chosen["outcome"] == Ask.Outcome.DECLINED and not chosen.get("basis", "").strip():
            raise Refused(_("第 %(no)d 点不能办，要写依据") % {"no": ask.no}, status=422, field="asks")


def check_split_asks(asks: list[Ask], decided: dict[int, dict]) -> None:
    """What was split off: its unit decides it, and nothing is put off to a plan of somebody else's."""
    if not asks:
        raise Refused(_("没有拆给本单位的点"), who_can=_("请用「交协办结果」"))
    check_asks(asks, decided)
    for ask in asks:
        if decided[ask.no]["outcome"] == Ask.Outcome.PLANNED:
            raise Refused(_("列入计划的由主办写明日期：请写进结果，这一点先不定"), status=422, field="asks")


def check_others(asks: list[Ask], decided: dict[int, dict], cycle: int) -> None:
    """The lead's reply waits for the points of others, and does not write their outcome."""
    for ask in asks:
        if not ask.outcome or ask.cycle != cycle:
            raise Refused(
                _("第 %(no)d 点还等 %(who)s 定") % {"no": ask.no, "who": ask.department},
                who_can=_("请它用「定拆出的点」；不定的，督办员能催"), status=422, field="asks",
            )  # fmt: skip
        if ask.no in decided and decided[ask.no].get("outcome") != ask.outcome:
            raise Refused(
                _("第 %(no)d 点由 %(who)s 来定，主办不能替它写") % {"no": ask.no, "who": ask.department},
                status=422,
                field="asks",
            )


def check_plan(plan_on: date | None, today: date, needs: bool) -> None:
    if needs and plan_on is None:
        raise Refused(_("列入计划的要写哪天办成"), status=422, field="plan_on")
    if plan_on is not None and plan_on <= today:
        raise Refused(_("计划的日期要在今天之后"), status=422, field="plan_on")


def check_extension(days: int, is_asked: bool, is_late: bool) -> None:
    if is_asked:
        raise Refused(_("这件已经申请过一次延期，每件只有一次"))
    if is_late:
        raise Refused(_("时限已过，不能再申请延期"), who_can=_("请尽快答复；办不了的，由单位负责人申请挂账"))
    if not 1 <= days <= EXTENSION_DAYS:
        raise Refused(_("延期 1 到 %(most)d 个工作日") % {"most": EXTENSION_DAYS}, status=422, field="days")
