"""How is a clock shown: what is left, how near is the end, and how did its due time come about?"""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from suqiu.worktime.arithmetic import working_seconds
from suqiu.worktime.queries import calendar_now

from .models import Clock


def remaining(due: datetime, now: datetime, is_working_time: bool = True) -> str:
    """剩 4 个工作日 · 剩 3 小时 10 分 · 超 1 天 2 小时: days only beyond two, never seconds."""
    seconds = working_seconds(now, due, calendar_now()) if is_working_time else (due - now).total_seconds()
    left, per_day = abs(int(seconds)), calendar_now().seconds_per_day if is_working_time else 86400
    days, rest = divmod(left, per_day)
    hours, minutes = rest // 3600, rest % 3600 // 60
    if left < 60:
        return _("马上到期") if due >= now else _("刚过期")
    said = _span(days, hours, minutes, is_working_time)
    return (_("剩 %s") if due >= now else _("超 %s")) % said


def _span(days: int, hours: int, minutes: int, is_working_time: bool) -> str:
    if days >= 2 and is_working_time:
        return ngettext("%(days)d 个工作日", "%(days)d 个工作日", days) % {"days": days}
    if days >= 2 or (days and not hours):
        return ngettext("%(days)d 天", "%(days)d 天", days) % {"days": days}
    if days:
        return _("%(days)d 天 %(hours)d 小时") % {"days": days, "hours": hours}
    return _("%(hours)d 小时 %(minutes)d 分") % {"hours": hours, "minutes": minutes}


def level(clock: Clock, now: datetime) -> tuple[str, int]:
    """(ok | soon | over, share of the term used in per cent); soon from 70 % on."""
    whole = (clock.due_at - clock.anchor_at).total_seconds() or 1
    share = min(max(int(100 * (now - clock.anchor_at).total_seconds() / whole), 0), 100)
    return ("over" if now > clock.due_at else "soon" if share >= 70 else "ok"), share


def is_working_time(unit: str) -> bool:
    return unit not in ("hour", "day")


def explain(clock: Clock) -> list[str]:
    """How the due time came about, line by line, in the reader's language."""
    return [_explained(word, value) for word, value in clock.explanation]


def _explained(word: str, value: str) -> str:
    said = {
        "from": _("从 %s 起算"), "allowance": _("期限：%s"), "skipped": _("放假不算：%s"), "worked": _("调休上班，算：%s"),
        "provisional": _("%s 年的放假安排还没公布，暂按每周五天算"), "due": _("到 %s"), "agreed": _("约定到 %s"),
        "outer": _("总时限到 %s"), "outer_ends": _("不超过总时限：到 %s"),
        "one_day_before": _("单位要早一个工作日：到 %s"), "paused": _("%s 停表，等来电人补充"),
        "resumed": _("%s 接着走"), "extended": _("批准延期 %s 个工作日"), "recomputed": _("%s 重算"), "source_earlier": _("来件要求更早：%s"),
        "earliest_of_event": _("同一事件里最早的一件到 %s"),
    }.get(word, "%s")  # fmt: skip
    return said % _shown(word, value)


def _shown(word: str, value: str) -> str:
    if word == "allowance":
        amount, unit = value.split()
        units = {
            "working_day": _("%s 个工作日"),
            "working_hour": _("%s 个工作小时"),
            "hour": _("%s 小时"),
            "day": _("%s 天"),
        }
        return units[unit] % amount
    if len(value) > 10 and value[4] == "-" and "T" in value:
        return timezone.localtime(datetime.fromisoformat(value)).strftime("%Y-%m-%d %H:%M")
    if word in ("skipped", "worked"):
        day, _space, name = value.partition(" ")
        return f"{date.fromisoformat(day):%m-%d} {name}".strip()
    return value
