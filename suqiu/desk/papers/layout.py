"""What stands on the paper, line by line? The same masking as on the screen; values for the template."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from suqiu.cases import rules
from suqiu.cases.flow import BY_NAME, CAME, EVIDENCE_OF_CLASS
from suqiu.cases.models import ClockKind, Holding, Line, State
from suqiu.directory.models import EvidenceClass, Officer
from suqiu.speech import joined, listed

from .. import panels, registry, wording
from ..queries import Opened

DISPATCHED = ("dispatch", "send_on")
TERMS = (ClockKind.CONTACT, ClockKind.UNIT, ClockKind.REDO, ClockKind.ASSIST, ClockKind.OUTER)


def was_dispatched(opened: Opened) -> bool:
    return any(line.step in DISPATCHED for line in opened.lines)


def order(opened: Opened) -> dict[str, Any]:
    """交办单: to whom, until when, what, how it is to be done, and who signed it out."""
    line = next(ln for ln in reversed(opened.lines) if ln.step in DISPATCHED)
    case = opened.case
    return {
        "rows": _without_empty(
            [
                (_("承办单位"), _departments(opened, Holding.Role.LEAD)),
                (_("协办单位"), _departments(opened, Holding.Role.ASSIST)),
                (_("交办时间"), moment(line.at)),
                (_("时限"), "\n".join(_terms(opened))),
                (_("紧急程度"), case.get_urgency_display()),
                *_subject(opened),
            ]
        ),
        "blocks": _without_empty(
            [
                (_("内容"), _demand(opened)),
                (_("诉求点"), "\n".join(f"{n}. {ask['text']}" for n, ask in enumerate(panels.asks(opened), 1))),
                (_("办理要求"), "\n".join(_requirements(opened, line))),
            ]
        ),
        "signs": [
            (_("签发"), f"{wording.who(line)}  {moment(line.at)}"),
            (_("签收"), _signed(opened)),
        ],
    }


def whole(opened: Opened) -> dict[str, Any]:
    """诉求工单: the case with its journal, for the file."""
    case = opened.case
    replies = [f"{r['text']}\n{r['note']}" for r in panels.replies(opened) if r["is_sent"]]
    return {
        "rows": _without_empty(
            [
                (_("状态"), str(State(opened.state).label)),
                (_("收到时间"), moment(case.received_at)),
                (_("紧急程度"), case.get_urgency_display()),
                *_subject(opened),
                (_("承办单位"), _departments(opened, Holding.Role.LEAD)),
                (_("协办单位"), _departments(opened, Holding.Role.ASSIST)),
                (_("时限"), "\n".join(_terms(opened)) if not opened.is_past else ""),
            ]
        ),
        "blocks": _without_empty(
            [
                (_("内容"), _demand(opened)),
                (_("诉求点"), "\n".join(_asks(opened))),
                (_("给群众的答复"), "\n\n".join(replies)),
            ]
        ),
        "journal": [
            {"at": moment(told["at"]), "what": joined([told["verb"], told["fact"]]), "who": told["who"]}
            for told in reversed(wording.journal(opened))
        ],
        "head": case.head[:16] if not opened.is_past else "",
        "signs": [],
    }


def was_called(opened: Opened) -> bool:
    """A meeting was called in the cycle that runs, or ran last."""
    return bool(opened.in_cycle("call_meeting"))


def meeting(opened: Opened) -> dict[str, Any]:
    """网下办会办单: who came, what each can do and said it would, what the unit wrote of the citizen, and what he says himself."""
    line = opened.in_cycle("call_meeting")[-1]
    met = {ln.department_id: ln for ln in opened.in_cycle("meet") if ln.no > line.no}
    invited = [opened.texts(ln)["phone"] for ln in opened.in_cycle("invite") if ln.no > line.no and opened.texts(ln)]
    called = dict.fromkeys([line.department_id, *line.says.get("departments", [])])
    return {
        "rows": _without_empty(
            [
                (_("时间"), moment(datetime.fromisoformat(line.says["meets_at"]))),
                (_("地点"), opened.texts(line).get("place", "")),
                (_("召集单位"), registry.unit_name(line.department_id)),
                (_("请到的外单位"), listed(invited)),
                *_subject(opened),
            ]
        ),
        "blocks": [(registry.unit_name(code), _outcome(met.get(code), opened)) for code in called],
        "signs": [
            (_("单位记的：来电人"), _agreed(met.get(line.department_id))),
            (_("本人凭码确认"), _confirmed(opened, line)),
            (_("来电人签字"), ""),
        ],
    }


def _outcome(line: Line | None, opened: Opened) -> str:
    if line is None:
        return _("还没有记")
    came = str(dict(CAME).get(line.says.get("came"), ""))
    return "\n".join(
        filter(None, [came, opened.texts(line).get("words", ""), joined([wording.who(line), moment(line.at)])])
    )


def _agreed(line: Line | None) -> str:
    return {"yes": _("认可"), "no": _("不认可")}.get(line.says.get("citizen_agrees") if line else None, _("没有记"))


def _confirmed(opened: Opened, called: Line) -> str:
    line = next((ln for ln in reversed(opened.in_cycle("confirm_meeting")) if ln.no > called.no), None)
    if line is None:
        return _("还没有")
    said = {"yes": _("认可"), "no": _("不认可")}[line.says["agrees"]]
    return joined([said, opened.texts(line).get("words", ""), moment(line.at)])


def mark(by: Officer, at: datetime, no: int) -> str:
    """Who printed it, when, and under which number it stands in the office journal: over the whole sheet."""
    return _("%(who)s（%(unit)s）%(when)s 打印 台账第 %(no)d 号") % {
        "who": by.full_name, "unit": registry.unit_name(by.department_id), "when": moment(at), "no": no,
    }  # fmt: skip


def moment(at: datetime) -> str:
    """2026 年 6 月 8 日 10:30, always with its year: paper stays."""
    local = timezone.localtime(at)
    day = date_format(local, _("Y 年 n 月 j 日"))
    return f"{day} {local:%H:%M}"


def _subject(opened: Opened) -> list[tuple[str, str]]:
    heading, caller = panels.heading(opened), panels.caller(opened)
    who = " ".join(filter(None, (caller["name"], caller["phone"]))) or caller["note"]
    return [
        (_("诉求类型"), heading["type"]),
        (_("事项"), heading["matter"]),
        (_("事发地点"), heading["place"]),
        (_("来电人"), who),
    ]


def _departments(opened: Opened, role: str) -> str:
    shown = [h for h in (opened.open_holdings or opened.holdings) if h.role == role and h.level != Holding.Level.CITY]
    return listed(dict.fromkeys(registry.unit_name(h.department_id) or str(h.department) for h in shown))


def _terms(opened: Opened) -> list[str]:
    running = [c for c in opened.clocks if c.stopped_at is None and c.kind in TERMS]
    return [
        _("%(kind)s：%(when)s 前") % {"kind": ClockKind(c.kind).label, "when": moment(c.due_at)}
        for c in sorted(running, key=lambda c: c.due_at)
    ]


def _demand(opened: Opened) -> str:
    """The rewritten text where there is one: it was made for the unit; else his words as far as this reader sees them."""
    found = next((t["rewritten"] for ln in reversed(opened.lines) if "rewritten" in (t := opened.texts(ln))), "")
    said = panels.demand(opened)
    return found or said["rewritten"] or "\n\n".join(w["text"] for w in said["words"])


def _asks(opened: Opened) -> list[str]:
    return [joined([f"{n}. {a['text']}", a["label"], a["note"]]) for n, a in enumerate(panels.asks(opened), 1)]


def _requirements(opened: Opened, line: Line) -> list[str]:
    case, said = opened.case, opened.texts(line)
    found = [said[name] for name in ("words", "requirement") if said.get(name)]
    if case.evidence_class:
        what = listed(str(rules.evidence_label(k)) for k in EVIDENCE_OF_CLASS.get(case.evidence_class, ()))
        kind = EvidenceClass(case.evidence_class).label
        found.append(_("属%(kind)s，答复前要有：%(what)s") % {"kind": kind, "what": what})
    found.append(_("时限从交办时起算，签收不影响时限；逐点答复，另一人审核后发出"))
    found.append(_("不归本单位的，一个工作日内申请「%(step)s」，时限照走") % {"step": BY_NAME["return_case"].label})
    return found


def _signed(opened: Opened) -> str:
    lead = next((h for h in reversed(opened.holdings) if h.role == Holding.Role.LEAD and h.signed_at), None)
    return joined([lead.officer.full_name if lead.officer else "", moment(lead.signed_at)]) if lead else ""


def _without_empty(rows: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(str(label), value) for label, value in rows if value]
