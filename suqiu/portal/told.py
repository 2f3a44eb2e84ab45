"""How does the citizen's case stand? The next thing first, in words a person would say."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from suqiu.cases.flow import BY_NAME
from suqiu.cases.models import OPEN_STATES, Case, Clock, ClockKind, Line, Verdict
from suqiu.cases.telling import BY_WHEN
from suqiu.citizens import confirming
from suqiu.doors import day
from suqiu.intake.rules import appeal_ends, can_appeal
from suqiu.speech import listed, sentences

from .marked import filled, marked, noted
from .queries import CasePage
from .shell import when
from .story import body

NOW = {  # what stands first when it is the citizen's turn, or nothing more will happen
    "W": gettext_lazy("请您补充一点情况"),
    "F": gettext_lazy("他们说办好了。您看解决了吗？"),
    "A": gettext_lazy("已经答复您了。您看答到点上没有？"),
    "X": gettext_lazy("这件事有该走的路，已经告诉您了"),
    "Q": gettext_lazy("您撤回了这件诉求"),
    "M": gettext_lazy("和别人反映的同一件事一起办"),
    "Z": gettext_lazy("这是以前的诉求，存了档"),
}
LEAD_STANDS = {  # how the case that is handled for all of them stands
    "D": gettext_lazy("正在派单"),
    "S": gettext_lazy("派给%(who)s了"),
    "H": gettext_lazy("%(who)s正在办"),
    "W": gettext_lazy("正在问清一点情况"),
    "V": gettext_lazy("%(who)s写好了答复，正在审核"),
    "G": gettext_lazy("列入了难题台账，按计划办"),
    "L": gettext_lazy("报到市领导那里了"),
    "F": gettext_lazy("答复已经发出，马上就到您这里"),
    "C": gettext_lazy("答复已经发出，马上就到您这里"),
}
ENDED = {
    Verdict.SOLVED: gettext_lazy("您说解决了，已经办结"),
    Verdict.HALF: gettext_lazy("您说解决了一半，已经办结"),
    Verdict.LAWFUL_UNSOLVED: gettext_lazy("依法办了，没能解决"),
    Verdict.UNANSWERED: gettext_lazy("打了几次没有找到您，先办结"),
    Verdict.ANSWERED: gettext_lazy("答复您认可了，已经办结"),
    Verdict.UNRATED: gettext_lazy("答复后您没有评价，已经办结"),
}
STAGES = (
    gettext_lazy("受理"),
    gettext_lazy("派单"),
    gettext_lazy("办理"),
    gettext_lazy("答复"),
    gettext_lazy("您评价"),
)
STAGE_OF = {"R": 0, "D": 1, "S": 2, "H": 2, "G": 2, "L": 2, "V": 3, "F": 4, "A": 4, "C": 5}


def heading(case: Case) -> dict[str, str]:
    return {
        "number": case.spoken_number,
        "title": marked(case.title),
        "url": reverse("portal:case", args=[case.number]),
    }


def state_told(page: CasePage) -> str:
    """The state in the citizen's words: what the step that led to it tells him."""
    return str(BY_NAME[_beginning(page).step].told)


def next_thing(page: CasePage, now: datetime) -> dict[str, str]:
    """The one thing that will happen next, by when; below it how things stand."""
    case = page.case
    if case.state == "C":
        return {"sentence": str(ENDED[case.verdict]), "note": _note_when_closed(page, now)}
    if case.state in NOW:
        return {"sentence": str(NOW[case.state]), "note": _note_when_his_turn(page, now)}
    nearest = min(_awaited(page), key=lambda c: c.due_at, default=None)
    if nearest is None:
        return {"sentence": state_told(page), "note": ""}
    return {"sentence": _sentence(nearest, now), "note": _("现在：%(told)s") % {"told": state_told(page)}}


def _awaited(page: CasePage) -> list[Clock]:
    """Running clocks that mean something to him; of promises those not yet missed, if any is not."""
    running = [c for c in page.clocks if c.stopped_at is None and (c.kind in BY_WHEN or c.promise)]
    return running if page.case.state in OPEN_STATES else []


def _sentence(clock: Clock, now: datetime) -> str:
    moment = when(clock.due_at, now)
    if clock.due_at < now:
        said = marked(clock.promise.what) if clock.promise else BY_WHEN[clock.kind]
        return filled(_("原定 %(when)s 前%(what)s，已经过了"), when=moment, what=said)
    if clock.promise:
        return filled(_("%(when)s 前：%(what)s"), when=moment, what=marked(clock.promise.what))
    return _("%(when)s 前%(what)s") % {"when": moment, "what": BY_WHEN[clock.kind]}


def _note_when_his_turn(page: CasePage, now: datetime) -> str:
    clock_of = {c.kind: c for c in page.clocks if c.stopped_at is None}
    if page.case.state == "W" and (pause := clock_of.get(ClockKind.PAUSE)):
        return _("%(when)s 前没有收到，就按现有的情况接着办。等您的时候，时限停着") % {"when": when(pause.due_at, now)}
    if page.case.state == "A" and (settle := clock_of.get(ClockKind.SETTLE)):
        if any(line.step == "answer_again" for line in page.lines):
            return _("有新情况就点不满意，写上是什么；%(when)s 前说，就转给单位办") % {"when": when(settle.due_at, now)}
        return _("%(when)s 前可以说没答到点上，会转给单位办") % {"when": when(settle.due_at, now)}
    if appeal := clock_of.get(ClockKind.APPEAL):
        return _sentence(appeal, now)
    if page.lead:
        return with_lead(page, now)
    return _("只有您说了算，办理的单位不能替您评") if page.case.state == "F" else ""


def _note_when_closed(page: CasePage, now: datetime) -> str:
    """What he can still do about it, and until when."""
    case = page.case
    if appeal := next((c for c in page.clocks if c.kind == ClockKind.APPEAL and c.stopped_at is None), None):
        return _sentence(appeal, now)
    said = _("%(day)s办结。又发生了可以另提一件，写上这件的编号") % {"day": day(case.closed_at, now)}
    if can_appeal(case, now, page.last("decide_appeal")):
        return sentences([said, _("不同意这样办结，%(day)s前可以申诉") % {"day": day(appeal_ends(case), now)}])
    return said


def with_lead(page: CasePage, now: datetime) -> str:
    """What happens to the case that is handled for him, and what stays his own; of the other caller nothing."""
    lead, outer = (
        page.lead,
        next((c for c in page.clocks if c.kind in (ClockKind.OUTER, ClockKind.REDO) and c.stopped_at is None), None),
    )
    stands = str(LEAD_STANDS.get(lead.state, LEAD_STANDS["D"]))
    who = marked(str(lead.lead_department)) if lead.lead_department else ""
    said = filled(stands, who=who)
    due = _("答复您的时限还是您自己的：%(when)s") % {"when": when(outer.due_at, now)} if outer else ""
    return noted([said, due, _("答复来了您自己评；不是同一件事，可以申诉")])


def asked(page: CasePage) -> str:
    """What he was asked, while he is asked."""
    line = next((ln for ln in reversed(page.lines) if ln.step == "ask_caller"), None)
    return marked(body(page.text(line, "words"))) if line and page.case.state == "W" else ""


def standing(page: CasePage, now: datetime) -> dict[str, Any]:
    """到哪一步了: the honest answer, whether or not he hurries it: how it stands and since when, who has it, what comes by when."""
    since, holding = _beginning(page).at, holder(page)
    rows = [(_("现在"), filled(_("%(told)s（%(when)s起）"), told=state_told(page), when=when(since, now)))]
    if holding:
        rows.append((_("谁在办"), holding["name"]))
    rows += [(_("接下来"), next_thing(page, now)["sentence"])]
    if hurries := [line for line in page.lines if line.step == "caller_adds" and line.says.get("is_hurry")]:
        told = ngettext("%(n)d 次，最近 %(when)s", "%(n)d 次，最近 %(when)s", len(hurries))
        rows.append((_("催过"), filled(told, n=len(hurries), when=when(hurries[-1].at, now))))
    return {"rows": [{"label": label, "value": value} for label, value in rows]}


def hurried(page: CasePage, now: datetime) -> str:
    """What a hurry changes, and what it does not."""
    holding = holder(page)
    who = holding["name"] if holding else _("办的人")
    said = {"who": who, "told": state_told(page), "next": next_thing(page, now)["sentence"]}
    return filled(_("催办记下了，%(who)s看得到。时限不变。现在：%(told)s。接下来：%(next)s"), **said)


def _beginning(page: CasePage) -> Line:
    """The line with which the present state began."""
    before, found = "", page.lines[0]
    for line in page.lines:
        if line.columns["state"] != before:
            found = line
        before = line.columns["state"]
    return found


def stages(page: CasePage) -> list[dict[str, Any]]:
    """Five words at most; nothing where they would not be true (told another way, withdrawn)."""
    state = page.case.state
    if state == "W":
        state = [ln for ln in page.lines if ln.step == "ask_caller"][-1].says["from_state"]
    if page.lead:
        state = page.lead.state
    reached = STAGE_OF.get(state)
    if reached is None:
        return []
    named = [s for s in range(5) if s not in (1, 2) or not _was_answered_at_once(page)]
    return [{"label": STAGES[s], "is_done": s < reached, "is_current": s == reached} for s in named]


def _was_answered_at_once(page: CasePage) -> bool:
    return page.case.state == "A" or page.case.verdict in (Verdict.ANSWERED, Verdict.UNRATED)


def holder(page: CasePage) -> dict[str, str] | None:
    """Who does it now; the first department too where it is another one, since it answers to him to the end."""
    case = page.lead or page.case
    if not case.is_open or case.lead_department is None:
        return None
    if page.lead:
        return {"name": marked(str(case.lead_department)), "role": _("正在办"), "others": ""}
    others = []
    if case.first_department_id and case.first_department_id != case.lead_department_id:
        first = marked(str(case.first_department))
        others.append(filled(_("首办单位：%(who)s，一直对您负责到底"), who=first))
    helping = [str(h.department) for h in page.holdings if h.role == "assist" and h.until is None]
    if helping:
        others.append(_("一起办的：%(who)s") % {"who": listed(helping)})
    role = _("办的") if case.state == "F" else _("正在办")
    return {"name": marked(str(case.lead_department)), "role": role, "others": noted(others)}


def number(case: Case) -> dict[str, Any]:
    """核实没有: the number he left, masked; nothing where none was left."""
    person = case.person
    if not person.phone_sealed:
        return {}
    is_confirmed = confirming.is_confirmed(person=person, subject=case.number, is_by_form=case.channel == "web")
    can_confirm = not is_confirmed and confirming.can_get_codes(person.phone)
    return {"phone": person.masked_phone, "is_confirmed": is_confirmed, "can_confirm": can_confirm}


def number_url(case: Case) -> str:
    return reverse("portal:number", args=[case.number])


def filed_for(page: CasePage, now: datetime) -> str:
    """线下代办: which department filed for him, and how he is said to have agreed."""
    filing = getattr(page.case, "filing", None)
    if filing is None:
        return ""
    said = {
        "who": marked(str(filing.department)),
        "when": when(filing.consent_at, now),
        "how": filing.get_consent_way_display(),
    }
    return filled(_("%(who)s替您登记的。记的是您 %(when)s %(how)s同意；没有同意过，请打 12345"), **said)


def leak_url(page: CasePage) -> str:
    """Who fears that his number leaked says so to the hotline alone; only where somebody looked."""
    return f"{reverse('portal:submit')}?leak={page.case.number}" if page.looks else ""
