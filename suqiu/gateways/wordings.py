"""In which words does a message leave the house? Each has a name and its blanks; the city may say it in its own words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language, gettext_lazy, override
from django.utils.translation import gettext as _

from suqiu.directory.tabular import Column, Key, Table, Values

from .models import MessageTemplate

LANGUAGES = (("zh-hans", gettext_lazy("中文")), ("en", gettext_lazy("英文")))
BLANK = re.compile(r"\{([^{}]*)\}")
OF_THE_PROGRAM = re.compile(r"%\((\w+)\)[sd]")
LENGTHS = {"sms": 350, "part": 120, "email": 2000}  # signs; a part stands inside a message
CHANNELS = {"sms": gettext_lazy("短信"), "part": gettext_lazy("短信里的一句"), "email": gettext_lazy("邮件")}


@dataclass(frozen=True)
class Wording:
    """One message. `needs`: blanks that must be there; `may`: blanks that can be left out."""

    name: str
    label: Any
    channel: str
    program: Any  # the program's own words, with blanks written %(number)s
    needs: tuple[str, ...]
    may: tuple[str, ...] = ()

    @property
    def blanks(self) -> tuple[str, ...]:
        return self.needs + self.may


NUMBER, LINK = "XX2601020001", "https://example.org/…"
SAMPLE = {
    "number": NUMBER, "where": LINK, "link": LINK, "told": gettext_lazy("已受理"), "details": "", "urgency": gettext_lazy("紧急"),
    "label": gettext_lazy("派单"), "who": gettext_lazy("承办单位"), "what": gettext_lazy("修好路灯"), "when": "2026-01-02 17:00",
    "lead": gettext_lazy("承办单位"), "first": gettext_lazy("首办单位"), "verdict": gettext_lazy("本人说解决了"), "count": 12, "due": 3,
    "list": NUMBER, "event": gettext_lazy("停电"), "promised": "", "words": gettext_lazy("电来了。"),
    "code": "1234 5678", "until": "2026-01-31", "ground": gettext_lazy("同一件事反复来电，没有新情况"),
    "plan": gettext_lazy("列入管网改造"), "still": gettext_lazy("还办不了"), "done": gettext_lazy("招标完成"),
}  # fmt: skip

WORDINGS: tuple[Wording, ...] = (
    Wording(
        "received", gettext_lazy("收到诉求，告诉来电人编号"), "sms",
        gettext_lazy("【12345】收到您的诉求，编号 %(number)s。%(promised)s凭编号和查询码看进度：%(where)s"),
        ("number", "promised", "where"),
    ),
    Wording(
        "filed_for", gettext_lazy("线下代办：告诉本人编号和查询码"), "sms",
        gettext_lazy("【12345】%(who)s替您登记了一件诉求，编号 %(number)s，查询码 %(code)s，别告诉别人。您没有同意过的，请打 12345。看进度：%(where)s"),
        ("who", "number", "code", "where"),
    ),
    Wording(
        "moved_on", gettext_lazy("走了一步，告诉来电人"), "sms",
        gettext_lazy("【12345】%(number)s：%(told)s。%(details)s看进度：%(where)s"),
        ("number", "told", "details", "where"),
    ),
    Wording(
        "reply_out", gettext_lazy("答复发出，请来电人评价"), "sms",
        gettext_lazy("【12345】%(number)s 有答复了。他们说办好了，您看解决了吗？一点就行：%(link)s"),
        ("number", "link"),
    ),
    Wording(
        "link_again", gettext_lazy("回访电话没打通，再发一次评价链接"), "sms",
        gettext_lazy("【12345】%(number)s 打您电话没打通。他们说办好了，您看解决了吗？一点就行：%(link)s"),
        ("number", "link"),
    ),
    Wording(
        "all_clear", gettext_lazy("突发事件恢复了，告诉来电人"), "sms",
        gettext_lazy("【12345】%(event)s：%(words)s您的诉求 %(number)s，不满意可以说：%(where)s"),
        ("event", "words", "number", "where"),
    ),
    Wording(
        "breach", gettext_lazy("信息泄露，告诉来电人"), "sms",
        gettext_lazy("【12345】您的诉求 %(number)s 的信息被泄露了，我们正在查。请提防自称知情的陌生来电；受到打扰或威胁，打 12345 或 110。对不起。"),
        ("number",),
    ),
    Wording(
        "new_query_code", gettext_lazy("补发查询码"), "sms",
        gettext_lazy("【12345】您的诉求 %(number)s 换了新的查询码：%(code)s。原来的不能用了。看进度：%(where)s"),
        ("number", "code", "where"),
    ),
    Wording(
        "phone_code", gettext_lazy("核实号码的验证码"), "sms",
        gettext_lazy("【12345】验证码 %(code)s，10 分钟内有效，核实编号 %(number)s 留的电话。不是您要的就不用理会，别告诉任何人。"),
        ("code", "number"),
    ),
    Wording(
        "officer_urgent", gettext_lazy("紧急件，叫醒工作人员"), "sms",
        gettext_lazy("【12345】%(urgency)s件 %(number)s：%(label)s。请登录工作台办理"),
        ("number", "label"), ("urgency",),
    ),
    Wording(
        "guest_invited", gettext_lazy("请外单位到场：只说几点、在哪里"), "sms",
        gettext_lazy("【12345】请您 %(when)s 到 %(where)s，配合现场处理。"),
        ("when", "where"),
    ),
    Wording(
        "caller_limited", gettext_lazy("限制来电人：告诉他原因、到哪天、怎么申诉"), "sms",
        gettext_lazy(
            "【12345】您的诉求 %(number)s 已经答复。到 %(until)s，再为这件事来电，照样登记、给编号，由系统把上次的答复告诉您。"
            "原因：%(ground)s。有新情况、别的事、紧急的事不受影响。不同意可以申诉：%(where)s，也可以打 12345。"
        ),
        ("number", "until", "ground", "where"),
    ),
    Wording(
        "limit_lifted", gettext_lazy("限制的申诉成立"), "sms",
        gettext_lazy("【12345】您对诉求 %(number)s 那条限制的申诉成立，限制撤销了。理由看这里：%(where)s"),
        ("number", "where"),
    ),
    Wording(
        "limit_stays", gettext_lazy("限制的申诉不成立"), "sms",
        gettext_lazy(
            "【12345】您对诉求 %(number)s 那条限制的申诉，换人审过，没有成立，到 %(until)s 自己结束。理由看这里：%(where)s"
        ),
        ("number", "until", "where"),
    ),
    Wording(
        "still_solved", gettext_lazy("办结一个月，再问来电人一次"), "sms",
        gettext_lazy("【12345】%(number)s 办结一个月了，现在还好吗？一点就行，又坏了就接着办：%(link)s"),
        ("number", "link"),
    ),
    Wording("part_lead", gettext_lazy("派单时：谁负责"), "part", gettext_lazy("由 %(lead)s 负责到底，会先联系您。"), ("lead",)),
    Wording(
        "part_new_lead", gettext_lazy("换单位时：谁办、谁继续负责"), "part",
        gettext_lazy("现在由 %(lead)s 办，%(first)s 继续向您负责。"),
        ("lead", "first"),
    ),
    Wording("part_new_time", gettext_lazy("来电人请改的时间定了"), "part", gettext_lazy("改到 %(when)s。"), ("when",)),
    Wording("part_other_time", gettext_lazy("单位另提时间"), "part", gettext_lazy("您提的时间不行，单位提 %(when)s，请您看行不行。"), ("when",)),
    Wording("part_withdrawn", gettext_lazy("撤回以后：不是本人撤的怎么办"), "part", gettext_lazy("不是您自己要撤的，15 天内可以申诉，也可以打 12345。"), ()),
    Wording(
        "part_promise", gettext_lazy("许了承诺"), "part",
        gettext_lazy("%(who)s 承诺：%(what)s，%(when)s 前。"),
        ("what", "when"), ("who",),
    ),
    Wording(
        "part_ledger", gettext_lazy("列入难题台账：怎么解决、到哪天"), "part",
        gettext_lazy("办法：%(plan)s。%(when)s 前办成，每月告诉您做了什么。"),
        ("plan", "when"),
    ),
    Wording(
        "part_recheck", gettext_lazy("难题每月复核：还难不难、做了什么"), "part",
        gettext_lazy("%(still)s。做了：%(done)s。"),
        ("still", "done"),
    ),
    Wording("part_new_term", gettext_lazy("日历变了，时限改到"), "part", gettext_lazy("改为 %(when)s 前答复。"), ("when",)),
    Wording(
        "part_known_event", gettext_lazy("记在突发口径下"), "part",
        gettext_lazy("「%(event)s」恢复后会发短信告诉您。"),
        ("event",),
    ),
    Wording(
        "part_verdict", gettext_lazy("办结时：来电人的回答"), "part",
        gettext_lazy("您的回答：%(verdict)s。"),
        ("verdict",),
    ),
    Wording(
        "morning_letter", gettext_lazy("工作人员的每日摘要"), "email",
        gettext_lazy("您手里有 %(count)d 件诉求，今天到期或已超时 %(due)d 件。\n%(where)s\n%(list)s"),
        ("count", "due", "where", "list"),
    ),
)  # fmt: skip
BY_NAME = {wording.name: wording for wording in WORDINGS}


def said(name: str, **values: Any) -> str:
    """The message in the language that is active: in the city's words where it has its own."""
    wording, language = BY_NAME[name], get_language() or "zh-hans"
    own = MessageTemplate.objects.filter(name=name, language=language).values_list("text", flat=True).first()
    text = filled(own, values) if own else str(wording.program) % values
    return _joinable(text, language) if wording.channel == "part" else text


def _joinable(text: str, language: str) -> str:
    """A part stands before other words: English wants a space between sentences, Chinese none."""
    return f"{text.rstrip()} " if language.startswith("en") else text.strip()


def filled(text: str, values: Mapping[str, Any]) -> str:
    """Blanks replaced, nothing else obeyed: a text of the city's is no program."""
    return BLANK.sub(lambda blank: str(values.get(blank[1], "")), text)


def of_the_program(wording: Wording, language: str) -> str:
    """The program's words as the city would write them."""
    with override(language):
        return OF_THE_PROGRAM.sub(r"{\1}", str(wording.program)).strip()


def shown(name: str, language: str, text: str) -> str:
    """How it will look, with made-up values; an empty text is the program's."""
    with override(language):
        return filled(text or of_the_program(BY_NAME[name], language), SAMPLE)


def wrong(wording: Wording, text: str) -> str:
    """Why these words cannot be taken; empty when they can."""
    found = BLANK.findall(text)
    if unknown := [b for b in found if b not in wording.blanks]:
        told = {"what": "、".join("{" + b + "}" for b in unknown), "known": _blanks(wording.blanks)}
        return _("不认识的空位：%(what)s。这里能用的是 %(known)s") % told
    if missing := [b for b in wording.needs if b not in found]:
        return _("少了空位：%(what)s") % {"what": _blanks(missing)}
    if re.search(r"[{}]", BLANK.sub("", text)):
        return _("大括号没有配对")
    if "\n" in text and wording.channel != "email":
        return _("短信不能换行")
    if len(text) > (limit := LENGTHS[wording.channel]):
        return _("最多 %(limit)d 个字，现在 %(n)d 个") % {"limit": limit, "n": len(text)}
    return ""


def _blanks(names) -> str:
    return "、".join("{" + name + "}" for name in names)


# ---- as a table of the administrator's


def stands() -> dict[Key, Values]:
    """Every message in each language: the city's words, or the program's."""
    own = {(t.name, t.language): t.text for t in MessageTemplate.objects.all()}
    found = {}
    for wording in WORDINGS:
        for language, _label in LANGUAGES:
            text = own.get((wording.name, language)) or of_the_program(wording, language)
            found[wording.name, language] = {"name": wording.name, "language": language, "text": text}
    return found


def check(after: dict[Key, Values], rows: list[dict[str, Any]]) -> list[tuple[list[str], str]]:
    found = [(row["key"], wrong(BY_NAME[row["key"][0]], row["new"]["text"])) for row in rows if row["new"]["text"]]
    return [(key, reason) for key, reason in found if reason]


def write(*, rows: list[dict[str, Any]], **_more: Any) -> dict[str, Any]:
    """Words equal to the program's, or none at all, are the program's again."""
    for row in rows:
        name, language = row["key"]
        text = row["new"]["text"]
        if text in ("", of_the_program(BY_NAME[name], language)):
            MessageTemplate.objects.filter(name=name, language=language).delete()
        else:
            MessageTemplate.objects.update_or_create(name=name, language=language, defaults={"text": text})
    return {}


MESSAGES = Table(
    "messages", gettext_lazy("消息模板"), gettext_lazy("短信和邮件的写法；空位写成 {number}，清空就用回程序自己的"), "message-square",
    (
        Column("name", gettext_lazy("哪一种"), "choice", lambda: [(w.name, w.label) for w in WORDINGS]),
        Column("language", gettext_lazy("语言"), "choice", lambda: LANGUAGES),
        Column("text", gettext_lazy("内容"), "words", is_required=False, limit=2000),
    ),
    ("name", "language"), stands, check, write,
)  # fmt: skip
