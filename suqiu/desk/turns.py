"""Which steps may this officer take now, in what order of use; and which are refused, with the reason and who can?"""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suqiu.cases import rules
from suqiu.cases.flow import ANY_STEP, BY_NAME, EVIDENCE_OF_CLASS, STEPS, SUPPLIED_BY_STEP, Step
from suqiu.errors import Refused
from suqiu.followup.actions import check_free
from suqiu.speech import listed, sentences

from .asked_before import BEFORE
from .panels import step_url
from .queries import Opened

REFUSED_SHOWN = 5
ORDER = (  # the recommended one first; what the case itself asks for comes before, see _rank
    "accept answer_at_once answer_again divert dispatch send_on sign_in ask_caller decide_return rule confirm_ruling to_panel state_view "
    "decide_extension hang confirm_correction "
    "decide_appeal review_answer resume first_sees approve send_back attempt sign_family close_lawful close redo refer_up find_lawful decide "
    "decide_new_time recheck_on_spot look_back contact visit meet explain draft_reply decide_asks file_outcome tell_hand_over assign keep promise renegotiate "
    "call_meeting invite recheck off_ledger "
    "return_case object ask_extension ask_to_hang send_up add_assist split merge unmerge suspect ask_withdrawn appeal "
    "take_new_time ask_new_time not_answered caller_adds correct remind"
).split()
ICONS = {
    "accept": "check", "answer_at_once": "message-square", "divert": "corner-up-left", "ask_caller": "message-square", "dispatch": "send",
    "send_on": "send", "send_up": "corner-up-left", "sign_in": "check", "assign": "user", "contact": "phone", "visit": "map-pin",
    "call_meeting": "users", "meet": "users", "draft_reply": "pencil", "file_outcome": "file-text", "approve": "send",
    "send_back": "corner-up-left", "return_case": "corner-up-left", "promise": "handshake", "keep": "circle-check", "renegotiate": "calendar",
    "ask_extension": "calendar", "ask_to_hang": "archive", "hang": "archive", "attempt": "phone", "redo": "rotate-ccw", "close": "circle-check",
    "close_lawful": "scale", "find_lawful": "scale", "refer_up": "flag", "decide": "flag", "correct": "pencil", "add_assist": "users",
    "first_sees": "eye", "tell_hand_over": "phone", "suspect": "ban", "caller_adds": "plus", "appeal": "scale", "decide_appeal": "scale",
    "recheck": "calendar", "off_ledger": "archive", "review_answer": "circle-check", "decide_return": "scale", "decide_extension": "calendar",
    "remind": "bell", "ask_withdrawn": "phone", "ask_new_time": "calendar", "decide_new_time": "calendar", "take_new_time": "calendar",
    "object": "scale", "state_view": "message-square", "rule": "scale", "to_panel": "users", "confirm_ruling": "scale",
    "merge": "users", "answer_again": "message-square", "sign_family": "flag", "unmerge": "corner-up-left",
    "split": "share-2", "decide_asks": "circle-check",
    "explain": "message-square", "invite": "users", "recheck_on_spot": "map-pin", "look_back": "history",
}  # fmt: skip
NOTES = {  # what will happen, and who will be told
    "accept": gettext_lazy("定下类型、区划和要的几件事；总时限从收到时起算，派单员收到提醒"),
    "answer_at_once": gettext_lazy("写明出处；来电人收到短信，能说没答到点上；会有另一个人抽查"),
    "divert": gettext_lazy("写明原因、依据和该找谁；来电人收到短信，15 天内能申诉"),
    "ask_caller": gettext_lazy("时限停下等来电人，每件一共最多 5 个工作日"),
    "resume": gettext_lazy("记下来电人补充的，时限接着走"),
    "caller_adds": gettext_lazy("替来电人记一句；时限不变，经办人收到提醒"),
    "dispatch": gettext_lazy("单位的时限从这一刻起算；单位和来电人都会知道"),
    "send_on": gettext_lazy("单位的时限从这一刻起算；总时限不变"),
    "send_up": gettext_lazy("不归本县（区）的，退回市中心重派；算一次转手"),
    "sign_in": gettext_lazy("签收不影响时限，时限从派单算起"),
    "return_case": gettext_lazy("每轮一次，派出后一个工作日内；时限照走，等上一级审"),
    "decide_return": gettext_lazy("准退就回到上一级重派，首办单位不变；不准就接着办"),
    "object": gettext_lazy("每件一次；什么都不停，您单位接着办、照样答复；裁定人两个工作日内定"),
    "state_view": gettext_lazy("和对方的陈述并排放在裁定页上；裁定以后不能再补"),
    "rule": gettext_lazy("定了就办，不能再退；记为先例，下次派这类件时会引出来"),
    "to_panel": gettext_lazy("您先拟，另一位裁定人同意才算；多 5 个工作日，只加一次"),
    "confirm_ruling": gettext_lazy("您是第二人：同意就照办，不同意退回重定"),
    "contact": gettext_lazy("说上话一次，或不同时段三次、两种方式"),
    "visit": gettext_lazy("记下到场时间、地点和照片；到过现场就不能再退单"),
    "call_meeting": gettext_lazy("约好时间就是对来电人的承诺，他会收到短信；叫到的单位过了时间不说话，系统记它没到"),
    "meet": gettext_lazy("每家单位各记各的结果"),
    "promise": gettext_lazy("来电人会收到短信；到时没做到，他看得到"),
    "renegotiate": gettext_lazy("要来电人同意；原来的承诺留在记录里"),
    "ask_new_time": gettext_lazy("替来电人提一个他方便的时间；单位答应以前，原来的照算"),
    "decide_new_time": gettext_lazy("按他提的改，或另提一个时间；原来的约定留在记录里"),
    "take_new_time": gettext_lazy("他同意单位另提的时间；原来的约定留在记录里"),
    "ask_extension": gettext_lazy("每件一次，到期前申请，最多 7 个工作日"),
    "decide_extension": gettext_lazy("同意就顺延；理由来电人看得到"),
    "draft_reply": gettext_lazy("逐点写结果；另一个人审核后才发出"),
    "approve": gettext_lazy("答复发给来电人，单位的时限停下，开始回访"),
    "send_back": gettext_lazy("写明缺什么，退给经办人重写"),
    "attempt": gettext_lazy("照着问，不替他选，不劝；他的回答定办结还是重办"),
    "close": gettext_lazy("只能按来电人的回答办结"),
    "redo": gettext_lazy("开新的一轮，还是原单位，重新计时 3 个工作日"),
    "refer_up": gettext_lazy("已经重办两次，报市领导定"),
    "find_lawful": gettext_lazy("要两个人：您认定，另一个人同意才办结"),
    "close_lawful": gettext_lazy("您是第二个人；办结后来电人收到理由"),
    "decide": gettext_lazy("再办一轮并限期，或列入难题台账；挂账要写怎么解决、谁负责"),
    "ask_to_hang": gettext_lazy("写明怎么解决、到哪天、谁负责；市领导签字才算，来电人会知道计划和日期"),
    "hang": gettext_lazy("答复时限停下，改为计划日期和每月复核；计划和日期发给来电人"),
    "recheck": gettext_lazy("写上次以来做了什么，来电人看得到；能办了就回到办理"),
    "off_ledger": gettext_lazy("条件有了，重新计时办理"),
    "suspect": gettext_lazy("要两个人：您提请，另一个人认定"),
    "correct": gettext_lazy("旧值留在记录里，时限重算；会变长的要第二人同意"),
    "confirm_correction": gettext_lazy("同意后才生效，时限从头重算"),
    "tell_hand_over": gettext_lazy("告诉来电人换了谁办，本单位仍向他负责"),
    "first_sees": gettext_lazy("看过新单位的答复；4 个工作小时不看，系统就放行"),
    "add_assist": gettext_lazy("协办时限在总时限之内"),
    "split": gettext_lazy("编号、来电人和时限还是一件；拆出的点由那个单位定，主办不能替它写"),
    "decide_asks": gettext_lazy("只定拆给本单位的点；主办等您的结果才能答复"),
    "appeal": gettext_lazy("替来电人记下申诉，换一个人审"),
    "decide_appeal": gettext_lazy("成立就重新受理，或回到原单位再办一轮；结果和理由发给来电人"),
    "ask_withdrawn": gettext_lazy("只问一句；不是他自己要撤的，回到原单位接着办，督办员会知道"),
    "review_answer": gettext_lazy("答错的转给单位办"),
    "not_answered": gettext_lazy("转给单位办，时限接着走"),
    "answer_again": gettext_lazy("把上次的答复再告诉他；他说有新情况就转给单位办；会有另一个人抽查"),
    "merge": gettext_lazy("跟着另一件一起办；来电人会知道，不同意可以申诉；他的编号、时限、评价不变"),
    "unmerge": gettext_lazy("回到并单以前，时限按他自己的接着算；来电人会知道"),
    "sign_family": gettext_lazy("同意，就按来电人自己的回答办结；不同意，再办一轮。理由留在记录里"),
    "explain": gettext_lazy("写一句给审核的人和回访的人看；记录里的出入不会消失"),
    "invite": gettext_lazy("发一条短信，只写几点、在哪里；不说是谁的什么事"),
    "recheck_on_spot": gettext_lazy("系统抽中的，换个人到现场看；和答复不一样就重新办"),
    "look_back": gettext_lazy("办结一个月后问还好吗；说不好就接着办，不用另提"),
    "remind": gettext_lazy("现在办这件的人收到提醒；时限不变，四小时内不重复催"),
}
DANGEROUS = {"suspect"}
OF_TWO_UNITS = {"first_sees", "tell_hand_over"}  # make sense only where the case went on from its first department
MISSED = {
    "draft_reply",
    "approve",
    "return_case",
    "object",
    "ask_extension",
    "ask_to_hang",
    "dispatch",
    "send_on",
    "redo",
    "refer_up",
    "review_answer",
}
RECORDED_FOR_CALLER = {
    "caller_adds",
    "resume",
    "not_answered",
    "appeal",
    "ask_new_time",
    "take_new_time",
}  # his words; the officer writes them down


def offered(opened: Opened) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """(allowed, refused): only steps that are offered and that a role of this officer could take in some state."""
    if opened.is_past:
        return [], []
    allowed, refused = [], []
    for row in STEPS:
        if not row.is_offered or not _is_for(row, opened):
            continue
        if row.name in OF_TWO_UNITS and opened.case.first_department_id == opened.case.lead_department_id:
            continue
        no = refusal(row, opened)
        if no is None:
            allowed.append(row)
        elif opened.case.state in row.start and _is_worth_saying(row, no):
            refused.append((row, no))
    allowed.sort(key=lambda row: _rank(row, opened))
    refused.sort(key=lambda pair: ORDER.index(pair[0].name))
    return [_allowed(row, opened) for row in allowed], [
        _refused(row, no, opened) for row, no in refused[:REFUSED_SHOWN]
    ]


def _is_worth_saying(row: Step, no: rules.Refusal) -> bool:
    """A refusal is shown where the officer would look for the step; what makes no sense now is left out."""
    if no.kind in ("person", "state"):
        return False
    return no.kind in ("outsider", "same_person") or row.name in MISSED


def refusal(row: Step, opened: Opened) -> rules.Refusal | None:
    """What the step would say at once; what its own form supplies is not missing yet."""
    case, officer = opened.case, opened.seat.officer
    no = rules.refusal(row, case, "officer", opened.held, is_third_party=officer.is_third_party, mind_evidence=False)
    if no:
        return no
    lacks = rules.missing_from_others(row, case)
    if lacks:
        what = listed(rules.evidence_label(k) for k in lacks)
        return rules.Refusal("evidence", _("还差：%(what)s") % {"what": what}, _("补上就能做"))
    return _same_person(row, opened) or _checked_before(row, opened)


def in_other_hands(row: Step, opened: Opened) -> rules.Refusal | None:
    """Somebody else is at this step at this moment; of the step's own page, which says so before anything is typed."""
    try:
        if row.name == "attempt":
            check_free(opened.case, opened.seat.officer, opened.now)
    except Refused as no:
        return rules.Refusal("rule", str(no.reason), str(no.who_can))
    return None


def _is_for(row: Step, opened: Opened) -> bool:
    """Some role of his is named; and at the relation he has, where the row speaks of those who hold the case."""
    roles = {word.partition("@")[0] for word in row.who}
    if not roles & opened.seat.all_roles:
        return False
    relations = {word.partition("@")[2] for word in row.who}
    own = {word.partition("@")[2] for word in opened.held}
    return bool(relations & own)


def _same_person(row: Step, opened: Opened) -> rules.Refusal | None:
    for name in row.not_by:
        line = opened.last_by(opened.seat.officer) if name == ANY_STEP else opened.last(name)
        if line and line.officer_id == opened.seat.officer.pk:
            reason = _("「%(step)s」是您做的，这一步要换一个人") % {"step": BY_NAME[line.step].label}
            return rules.Refusal("same_person", reason, _("请同岗的另一位同事来做"))
    return None


def _checked_before(row: Step, opened: Opened) -> rules.Refusal | None:
    """What the action would refuse whatever is typed, said before anything is typed."""
    try:
        if row.name in BEFORE:
            BEFORE[row.name](opened)
    except Refused as no:
        return rules.Refusal("rule", str(no.reason), str(no.who_can))
    return None


def _rank(row: Step, opened: Opened) -> tuple[int, int]:
    """What the case itself asks for first: contact and site before the reply, a question before all."""
    case, asked = opened.case, 9
    if case.state == "H":
        wanted = EVIDENCE_OF_CLASS.get(case.evidence_class, ())
        held = set(case.evidence_held)
        asked = {
            "decide_extension": 0, "decide_new_time": 0, "hang": 0, "decide_return": 0, "confirm_correction": 0,
            "meet": 1 if "meeting_called" in held and "meeting" not in held else 9,
            "file_outcome": 1,
            "contact": 9 if "contact" in held else 2,
            "visit": 3 if {"visit", "photo"} & set(wanted) - held else 9,
            "draft_reply": 4,
        }.get(row.name, 9)  # fmt: skip
    return asked, ORDER.index(row.name) if row.name in ORDER else len(ORDER)


def described(row: Step, opened: Opened) -> dict[str, Any]:
    return {
        "name": row.name,
        "label": row.label,
        "url": step_url(opened, row.name),
        "note": NOTES.get(row.name, ""),
        "icon": ICONS.get(row.name, "chevron-right"),
        "is_danger": row.name in DANGEROUS,
    }


def _allowed(row: Step, opened: Opened) -> dict[str, Any]:
    plain = {"is_plain": True, "key": str(uuid4()), "seen": opened.case.line_no} if not row.asks else {}
    return described(row, opened) | plain


def _refused(row: Step, no: rules.Refusal, opened: Opened) -> dict[str, Any]:
    reason = sentences([no.reason, no.who_can])
    return described(row, opened) | {"is_refused": True, "reason": reason}


def supplying(row: Step, opened: Opened) -> list[str]:
    """Steps that this officer may take now and that supply what this row lacks."""
    names = dict.fromkeys(SUPPLIED_BY_STEP.get(kind, "") for kind in rules.missing_from_others(row, opened.case))
    return [name for name in names if name and name != row.name and refusal(BY_NAME[name], opened) is None]
