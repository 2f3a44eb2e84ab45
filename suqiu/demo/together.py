"""What many callers share, and what one caller says again: events with a lead and its members, and families, beside the plan."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from suqiu.cases.models import Case

from .hands import Hands, Thing, things

ALIKE = "同一个地方、同一天、同一件事，与来电人核对过"
NOT_ALIKE = "又问了来电人一遍，说的是另一处，分开单独办"
OTHERS = (
    ("yes", "5", "亮了，谢谢。"),
    ("yes", "4", "修好了就行。"),
    ("yes", "4", ""),
    ("yes", "5", "来得快。"),
    ("yes", "3", "晚了两天。"),
)
APPEAL = "我打电话说的不是路灯不亮，是灯杆被货车撞歪了压在人行道上，要倒，你们并在一起就没人管灯杆了。"
UPHELD = "听了来电录音，他说的是灯杆被撞歪，和停电不是一件事，并错了，分出来单独派。"
POLE = {
    "title": "小学门口灯杆被撞歪",
    "asks": ("扶正或更换灯杆",),
    "contact": "电话告诉来电人：半小时内设围挡，吊车晚上到。",
    "finding": "灯杆底座螺栓断两颗，倾斜约十五度；吊车吊离，换新杆一根，夜里十一点恢复通行。",
    "account": "与交警对接了肇事车辆信息，维修费用走保险。",
    "reply": "您反映的灯杆已在当晚吊离，换了新杆，人行道恢复通行。费用向肇事方追偿。并单并错了，已经改过来，向您说明。",
}


def events(hands: Hands) -> list[Case]:
    made = []
    for number, (thing, more) in enumerate(things("event")):
        made += _event(hands, f"event-{number}", thing, more)
    return made


def _event(hands: Hands, key: str, thing: Thing, more: dict) -> list[Case]:
    """The first call leads; who tells of another thing goes alone. Without a reply the event still waits for its answer."""
    days = more["days"]
    begin = hands.around_the_clock(days, 0.5)
    lead = hands.call(f"{key}-0", thing, begin)
    hands.to_unit(lead, thing, begin)
    members = [
        hands.call(f"{key}-{n}", thing.in_words(text), begin + timedelta(minutes=30 + 14 * n))
        for n, text in enumerate(more["tellings"], 1)
    ]
    for n, case in enumerate(members):
        hands.do("merge", case, "hw01", begin + timedelta(hours=2, minutes=14 * n), into=lead, words=ALIKE)
    other = members.pop()
    if key == "event-0":
        _he_appeals(hands, other, thing, days)
    else:
        _taken_out(hands, other, thing, days, is_ended=bool(thing.reply))
    if thing.reply:
        hands.answer(lead, thing, hands.at(days - 2), to_others=more["to_others"])
        _everybody_is_asked(hands, [lead, *members], thing, days, more.get("again", ""))
    return [lead, *members, other]


def _he_appeals(hands: Hands, case: Case, thing: Thing, days: int) -> None:
    """His own merge is undone by his own appeal, decided by somebody who had no part in it."""
    hands.do("appeal", case, "citizen", hands.around_the_clock(days, 8.5), words=APPEAL)
    hands.do("decide_appeal", case, "sl02", hands.around_the_clock(days, 9.2), is_upheld="yes", words=UPHELD)
    pole = replace(thing, **POLE)
    hands.to_unit(case, pole, hands.around_the_clock(days, 9.5))
    hands.answer(case, pole, hands.around_the_clock(days, 10.5))
    hands.ask(case, hands.around_the_clock(days - 2, 9.5), satisfied="4", words="灯杆换了，早点分开就好了。")


def _taken_out(hands: Hands, case: Case, thing: Thing, days: int, is_ended: bool) -> None:
    hands.do("unmerge", case, "bz01", hands.around_the_clock(days, 5), words=NOT_ALIKE)
    hands.to_unit(case, thing, hands.at(days, 6))
    if is_ended:
        hands.answer(case, thing, hands.at(days - 3))
        hands.ask(case, hands.at(days - 4, 9.5), satisfied="4")


def _everybody_is_asked(hands: Hands, cases: list[Case], thing: Thing, days: int, again: str) -> None:
    """Each answers for himself: most say yes; one of those who are asked again says no; one is never reached."""
    *asked, last = cases
    for n, case in enumerate(asked):
        solved, satisfied, words = OTHERS[n % len(OTHERS)]
        if again and n == 1:
            hands.ask(case, hands.at(days - 3, 9 + n / 10), solved="no", satisfied="1", words="还是老样子，没弄完。")
            hands.contact(case, thing, hands.at(days - 5))
            hands.visit(case, thing, hands.at(days - 5, 1), words=again)
            hands.reply(case, thing, hands.at(days - 5, 4), reply=again)
        hands.ask(case, hands.at(days - 6 if again and n == 1 else days - 3, 9.2 + n / 5), solved, satisfied, words)
    hands.in_vain(last, hands.at(days - 3, 1))
    hands.in_vain(last, hands.at(days - 4, 6))
    hands.in_vain(last, hands.at(days - 5, 9), way="sms")


def families(hands: Hands) -> list[Case]:
    made = []
    for number, (thing, more) in enumerate(things("family")):
        made += _family(hands, f"family-{number}", thing, more)
    return made


def _family(hands: Hands, key: str, thing: Thing, more: dict) -> list[Case]:
    """Answered; called again, told again; a third time, handled, and a leader looks before it is closed."""
    caller, days = hands.caller(), more["days"]
    first = hands.call(f"{key}-0", thing, hands.at(days), caller)
    hands.to_unit(first, thing, hands.at(days))
    hands.answer(first, thing, hands.at(days - 3))
    hands.ask(first, hands.at(days - 5, 9.5), satisfied="4")
    again = hands.call(f"{key}-1", thing, hands.at(days - 11), caller, more["again"])
    hands.tell_again(again, thing, hands.at(days - 11), first)
    hands.do("settle", again, "citizen", hands.at(days - 12, 9))
    third = hands.call(f"{key}-2", thing, hands.at(days - 19), caller, more["third"])
    hands.to_unit(third, thing, hands.at(days - 19))
    hands.answer(third, thing, hands.at(days - 23), more["third_reply"])
    hands.ask(third, hands.at(days - 25, 9.5), satisfied="4", words="这回像样了，看能管多久。")
    if more["ending"] != "waits":
        signed = "yes" if more["ending"] == "signed" else "no"
        hands.do("sign_family", third, "ld01", hands.at(days - 27, 1), is_upheld=signed, words=more["signing"])
    return [first, again, third]
