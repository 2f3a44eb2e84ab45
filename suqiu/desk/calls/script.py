"""What is asked on the telephone, with what beside each question, and what follows from the answers before they are written down?"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suqiu.cases import terms
from suqiu.cases.flow import BY_NAME, CONTACT_OUTCOMES, SATISFIED, SOLVED, WAYS
from suqiu.cases.models import ClockKind, Line
from suqiu.followup import rules
from suqiu.followup.models import FollowUpCall
from suqiu.speech import joined, sentences
from suqiu.worktime.arithmetic import due_at
from suqiu.worktime.queries import calendar_now

from .. import panels, wording
from ..queries import Opened
from ..shell import when

TITLES = {
    "contacted": gettext_lazy("办理的人联系过您吗？"),
    "is_true": gettext_lazy("答复说的是真的吗？"),
    "solved": gettext_lazy("事情解决了吗？"),
    "satisfied": gettext_lazy("您满意吗？"),
}
SHORT = {  # on the button; the row of the table has the words for the record
    ("contacted", "yes"): gettext_lazy("联系过"),
    ("contacted", "no"): gettext_lazy("没联系过"),
    ("is_true", "yes"): gettext_lazy("是真的"),
    ("is_true", "no"): gettext_lazy("不是真的"),
}
LETTERS = {"yes": "Y", "half": "H", "no": "N"}
ENDINGS = {
    "no_answer": (gettext_lazy("没接通"), "U"),
    "later": (gettext_lazy("接通了，改时间再打"), "L"),
    "refused": (gettext_lazy("接通了，不愿回答"), "R"),
    "sms": (gettext_lazy("发短信链接问他"), "S"),
}


def questions(opened: Opened, call: FollowUpCall | None) -> list[dict[str, Any]]:
    answers = rules.answers_of(call.taps) if call else {}
    choices = {f.name: f.choices for f in BY_NAME["attempt"].asks}
    proofs = beside(opened)
    return [
        {
            "name": name,
            "title": title,
            "choices": [
                {
                    "value": value,
                    "label": SHORT.get((name, value), label),
                    "key": str(n),
                    "letter": LETTERS.get(value, ""),
                    "is_chosen": answers.get(name) == value,
                }
                for n, (value, label) in enumerate(choices[name], 1)
            ],
            "none": {"value": rules.NO_WORD, "is_chosen": answers.get(name) == rules.NO_WORD},
            "proofs": proofs[name],
        }
        for name, title in TITLES.items()
    ]


def endings(call: FollowUpCall | None) -> list[dict[str, Any]]:
    chosen = rules.answers_of(call.taps).get("outcome") if call else None
    return [
        {"value": value, "label": label, "letter": letter, "is_chosen": value == chosen}
        for value, (label, letter) in ENDINGS.items()
    ]


def slots(call: FollowUpCall | None, now: datetime) -> list[dict[str, Any]]:
    """When to ring again, for who asks for another time."""
    chosen = rules.answers_of(call.taps).get("next", "") if call else ""
    return [
        {"value": at.isoformat(), "label": when(at, now), "is_chosen": at.isoformat() == chosen}
        for at in rules.slots(now)
    ]


# ---- what is known beside each question


def beside(opened: Opened) -> dict[str, list[dict[str, str]]]:
    return {
        "contacted": _contacts(opened),
        "is_true": _visits(opened),
        "solved": _asks(opened),
        "satisfied": _earlier(opened),
    }


def _fact(icon: str, text: str, said: str = "", level: str = "") -> dict[str, str]:
    return {"icon": icon, "text": text, "said": said, "level": level}


def _contacts(opened: Opened) -> list[dict[str, str]]:
    sent = opened.last("approve")
    found = []
    for line in opened.in_cycle("contact"):
        is_after = bool(sent and line.no > sent.no)
        text = joined([
            when(line.at, opened.now), dict(WAYS).get(line.says.get("way"), ""), dict(CONTACT_OUTCOMES).get(line.says.get("outcome"), ""),
            _("%(n)s 分钟") % {"n": line.says["minutes"]} if line.says.get("minutes") else "",
        ])  # fmt: skip
        found.append(_fact("phone", text, opened.texts(line).get("words", "")))
        if doubt := wording.doubt(line):
            found.append(_fact("triangle-alert", doubt, level="soon"))
        if is_after:
            found.append(_fact("triangle-alert", _("答复发出以后单位又找过他，问一句有没有人让他改口"), level="soon"))
    return found or [_fact("circle-dashed", _("这一轮没有联系记录"), level="soon")]


def _visits(opened: Opened) -> list[dict[str, str]]:
    found = []
    for line in opened.in_cycle("visit"):
        at = when(datetime.fromisoformat(line.says["visited_at"]), opened.now)
        found.append(
            _fact("map-pin", joined([at, _("到现场"), _photos(line, opened)]), opened.texts(line).get("words", ""))
        )
        if row := panels.doubt(line, opened):
            said = _("没有说明") if row["is_open"] else row["said"]
            told = _("现场记录有出入：%(kinds)s") % {"kinds": row["kinds"]}
            found.append(_fact("triangle-alert", told, said, level="soon"))
    return found or [_fact("circle-dashed", _("这一轮没有到现场的记录"), level="soon")]


def _photos(line: Line, opened: Opened) -> str:
    taken = sum(f["line_no"] == line.no for f in opened.files)
    return _("照片 %(n)d 张") % {"n": taken} if taken else _("没有照片")


def _asks(opened: Opened) -> list[dict[str, str]]:
    icons = {"answered": "circle-check", "declined": "ban", "planned": "calendar", "open": "circle-dashed"}
    return [
        _fact(icons[ask["outcome"]], str(ask["label"]), ask["text"], "soon" if ask["outcome"] == "open" else "")
        for ask in panels.asks(opened)
    ]


def _earlier(opened: Opened) -> list[dict[str, str]]:
    """What he said before, in this cycle and in those before; then what is still promised to him."""
    found = []
    for line in opened.lines:
        if line.step == "attempt" and (said := _said(line)):
            text = joined([when(line.at, opened.now), _("第 %(n)d 轮") % {"n": line.columns["cycle"]}, said])
            found.append(_fact("history", text, opened.texts(line).get("words", "")))
    for promise in panels.promises(opened):
        level = "soon" if promise["state"] == "late" else ""
        found.append(_fact("handshake", promise["note"], promise["what"], level))
    return found or [_fact("history", _("以前没有问到过他"))]


def _said(line: Line) -> str:
    says = line.says
    return joined([dict(SOLVED).get(says.get("solved"), ""), dict(SATISFIED).get(says.get("satisfied"), "")])


def tries(opened: Opened) -> list[dict[str, Any]]:
    return panels.tries(opened)


# ---- what follows


def standing(opened: Opened, call: FollowUpCall | None) -> dict[str, Any]:
    """What the answers given so far will lead to: said before anything is written down."""
    answers = rules.answers_of(call.taps) if call else {}
    cycle = opened.case.cycle
    outcome, way = rules.ending_of(answers, cycle, call.words if call else "")
    told = _told(opened, answers, outcome, way)
    return told | {
        "can_record": bool(outcome),
        "answers": {name: value for name, value in answers.items() if value},
        "first": _changed(call),
    }


def _changed(call: FollowUpCall | None) -> str:
    """What he said first and then otherwise: shown while he is on the line, and kept."""
    first = rules.first_said(call.taps) if call else {}
    labels = {f.name: dict(f.choices) for f in BY_NAME["attempt"].asks}
    return joined(SHORT.get((name, value), labels[name].get(value, value)) for name, value in first.items())


def _told(opened: Opened, answers: dict[str, str], outcome: str, way: str) -> dict[str, str]:
    if not outcome:
        return _so("", _("没有默认。照着问，不替他选，不劝。"), "", _("记下"))
    if outcome != "answered":
        return _again(opened, answers, outcome, way)
    said = rules.said_of(answers)
    return VERDICTS[rules.verdict_of(said.get("solved", ""), said.get("satisfied", ""), opened.case.cycle)](opened)


def _so(title: str, text: str, level: str, label: str, icon: str = "check") -> dict[str, str]:
    return {"title": title, "text": text, "level": level, "label": label, "icon": icon}


def _closes(opened: Opened) -> dict[str, str]:
    return _so(
        _("按规则办结"), _("「解决了」就按「本人说解决了」办结，他会收到短信。"), "ok", _("记下，办结"), "circle-check"
    )


def _redone(opened: Opened) -> dict[str, str]:
    case = opened.case
    profile = terms.profile_at(opened.now)
    allowed = terms.allowance(ClockKind.REDO, case, profile)
    until = when(due_at(opened.now, allowed, calendar_now()).at, opened.now) if allowed else ""
    text = _("「没解决」就重办：回到%(who)s，重新计时，到 %(when)s。这一轮的评价留着不改。这是第 %(n)d 次重办，最多 %(most)d 次。") % {
        "who": case.lead_department, "when": until, "n": case.cycle, "most": rules.REDOS_AT_MOST,
    }  # fmt: skip
    return _so(_("按规则要重办"), text, "over", _("记下，重办"), "rotate-ccw")


def _goes_up(opened: Opened) -> dict[str, str]:
    text = _("已经重办过 %(n)d 次，这次由市领导定：再办一轮并限期，或列入难题台账。") % {"n": rules.REDOS_AT_MOST}
    return _so(_("按规则报领导"), text, "over", _("记下，报领导"), "flag")


def _second(opened: Opened) -> dict[str, str]:
    text = _("「解决了一半」或者不满意，由另一个人看过再定：办结还是重办。记的人不能自己定。")
    return _so(_("要第二个人定"), text, "soon", _("记下，交第二人定"), "users")


VERDICTS = {"close": _closes, "redo": _redone, "refer_up": _goes_up, "confirm": _second}


def _again(opened: Opened, answers: dict[str, str], outcome: str, way: str) -> dict[str, str]:
    now = opened.now
    made = [(ln.at, ln.says.get("way", ""), ln.says.get("outcome", "")) for ln in opened.in_cycle("attempt")]
    if rules.is_unanswered([*made, (now, way, outcome)]):
        text = _("三个不同时间、两种方式都没问到：记「没回访到」，单独公布，不算解决，也不算满意。")
        return _so(_("按规则办结：没回访到"), text, "soon", _("记下，办结"), "phone")
    chosen = answers.get("next") if outcome == "later" else None
    at = parse_datetime(chosen) if chosen else None
    at = at or rules.next_attempt(now, rules.preferred_hour(opened.case.person.preferred_time))
    told = [
        _("他会再收到一条短信，里面有链接") if way == "sms" else "",
        _("只答了一半，答过的留着") if rules.said_of(answers) else "",
        _("下次 %(when)s，换一个时间，到时候系统会派给打电话的人") % {"when": when(at, now)},
        _("没回访到不算满意"),
        _("已经打了三个时间，再发一次短信才算两种方式") if _lacks_second_way(made, now, way, outcome) else "",
    ]
    return _so(_("再打一次"), sentences(told), "", _("记下，下次再打"), "phone")


def _lacks_second_way(made: list[tuple], now: datetime, way: str, outcome: str) -> bool:
    vain = [t for t in [*made, (now, way, outcome)] if t[2] in rules.NOT_REACHED]
    hours = {timezone.localtime(at).replace(minute=0, second=0, microsecond=0) for at, _way, _outcome in vain}
    return len(hours) >= rules.ATTEMPTS_WANTED and len({w for _at, w, _o in vain}) < rules.WAYS_WANTED


def quote(opened: Opened) -> str:
    """The reply as it went out, to be read to him."""
    sent = next((r for r in panels.replies(opened) if r["is_sent"]), None)
    return sent["text"] if sent else ""
