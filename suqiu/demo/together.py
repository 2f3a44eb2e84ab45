"""What many callers share, and what one caller says again: three events with a lead and its members, and three families, beside the plan."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

from django.utils import timezone, translation
from django.utils.module_loading import import_string

from suqiu.cases.advance import SYSTEM, reactions_muted
from suqiu.cases.flow import BY_NAME
from suqiu.cases.models import Case
from suqiu.citizens.contact import code_hash
from suqiu.intake import actions, merging
from suqiu.intake.demand import Demand

from . import pictures
from .ground import Ground
from .living import code_of
from .moments import last_morning

KEY = "demo-together-"
UNIT, TOWN = "C-HOUSING", "510802001"
EVENTS = (  # (days ago, what it is, how each caller tells it, the reply to all)
    (
        24, "翠屏小区三栋外墙瓷砖往下掉",
        ("瓷砖又掉了两块", "差点砸到放学的孩子", "停的车被砸了玻璃", "楼下拉了绳子也没人修"),
        "三栋外墙松动的瓷砖已全部敲除并重贴，围挡今天撤除。",
    ),
    (
        17, "滨江苑地下车库积水",
        ("车库负二层水有半尺深", "车开不出来", "配电房门口也有水了", "一下雨就这样"),
        "车库排水泵已更换两台，积水排完，配电房做了挡水坎。",
    ),
    (
        10, "老城根小区二单元电梯停运",
        ("老人下不了楼", "停了三天了", "说等配件，等到几时", "七楼有坐轮椅的"),
        "二单元电梯曳引机已换新，检验合格，今天恢复运行。",
    ),
)  # fmt: skip
REPEATED = (
    (60, "阳光花园六栋天面漏水，顶楼墙都霉了"),
    (55, "工农路廉租房下水道返味，一到晚上就臭"),
    (50, "回龙湾安置房单元门坏了关不上"),
)


def build(day: date, ground: Ground, on_case: Callable[[], None] | None = None) -> list[Case]:
    """All of them, once; what stands already is left alone."""
    if Case.objects.filter(key__startswith=KEY).exists():
        return []
    made: list[Case] = []
    with reactions_muted(), translation.override("zh-hans"):
        for number, told in enumerate(EVENTS):
            made += _event(Hands(day, ground), number, *told)
        for number, told in enumerate(REPEATED):
            made += _family(Hands(day, ground), number, *told)
    for _case in made:
        if on_case:
            on_case()
    return made


class Hands:
    """Who does what, at nine o'clock so many days ago and so many hours later."""

    def __init__(self, day: date, ground: Ground) -> None:
        self.ground, self.until = ground, last_morning(day)

    def at(self, days: float, hours: float = 0) -> datetime:
        morning = timezone.localtime(self.until - timedelta(days=days)).replace(
            hour=9, minute=0, second=0, microsecond=0
        )
        return min(morning + timedelta(hours=hours), self.until - timedelta(minutes=1))

    def call(self, key: str, text: str, phone: str, at: datetime) -> Case:
        demand = Demand(
            text=text,
            phone=phone,
            name="何" + key[-1],
            channel="phone",
            area_code=TOWN,
            is_phone_confirmed=True,
            place=text[:6],
        )
        case, _code = actions.receive(demand=demand, by=self.ground.officer("hw01"), at=at, key=KEY + key)
        Case.objects.filter(pk=case.pk).update(query_code_hash=code_hash(code_of(KEY + key)))
        case.query_code_hash = code_hash(code_of(KEY + key))
        return case

    def do(self, name: str, case: Case, by: str, at: datetime, **fields):
        officer = self.ground.officer(by) if by else SYSTEM
        return import_string(BY_NAME[name].action)(case=case, by=officer, at=at, **fields)

    def to_unit(self, case: Case, at: datetime) -> None:
        found = [m for m in self.ground.matters.values() if (m.owner_duty, m.evidence_class) == ("housing", "on_site")]
        accepted = {"demand_type": "complaint", "urgency": "normal", "secrecy": "general"}
        area, matter = self.ground.areas[TOWN], min(found, key=lambda m: m.code)
        self.do(
            "accept", case, "hw01", at + timedelta(minutes=5), area=area, matter=matter, ask_lines="修好", **accepted
        )
        unit = self.ground.departments[UNIT]
        self.do("dispatch", case, "pd01", at + timedelta(minutes=40), matter=matter, department=unit)
        self.do("sign_in", case, "c-housing-jb1", at + timedelta(hours=1))

    def answer(self, case: Case, at: datetime, reply: str, **more) -> None:
        said = {"way": "phone", "outcome": "connected", "minutes": 3, "words": "约好上门看"}
        self.do("contact", case, "c-housing-jb1", at, **said)
        seen = at + timedelta(hours=1)
        picture = pictures.photo(case.pk % pictures.HOW_MANY, True, seen, 105.83, 32.43)
        self.do(
            "visit",
            case,
            "c-housing-jb1",
            seen,
            visited_at=seen,
            place="现场",
            words="查了原因，当场安排",
            after=[picture],
        )
        asks = {a.no: {"outcome": "answered"} for a in case.asks.all()}
        written = {"reply": reply, "account": "派施工队两人，物业配合，验收合格。", "asks": asks} | more
        self.do("draft_reply", case, "c-housing-jb1", at + timedelta(hours=3), **written)
        line = self.do("approve", case, "c-housing-sh", at + timedelta(hours=5))
        merging.answer_members(line, at + timedelta(hours=5))

    def ask(self, case: Case, at: datetime, solved: str = "yes", satisfied: str = "5") -> None:
        answers = {"contacted": "yes", "is_true": "yes", "solved": solved, "satisfied": satisfied}
        self.do("attempt", case, "hf01", at, outcome="answered", way="phone", **answers)


def _event(hands: Hands, number: int, days: int, what: str, tellings: tuple[str, ...], reply: str) -> list[Case]:
    """The first call leads; the last member turns out to be another thing. The newest event still waits for its answer."""
    at = hands.at(days)
    lead = hands.call(f"event-{number}-0", what, f"15800009{number}00", at)
    hands.to_unit(lead, at)
    members = [
        hands.call(
            f"event-{number}-{n}", f"{what}，{told}", f"15800009{number}0{n}", at + timedelta(minutes=30 + 9 * n)
        )
        for n, told in enumerate(tellings, 1)
    ]
    for case in members:
        hands.do("merge", case, "hw01", at + timedelta(hours=2), into=lead, words="同一个小区、同一处、同一天")
    hands.do("unmerge", members[-1], "bz01", at + timedelta(hours=4), words="再问了一遍，说的是另一处")
    lead.refresh_from_db()
    if number == len(EVENTS) - 1:
        return [lead, *members]
    hands.answer(lead, hands.at(days - 4), reply, to_others=reply)
    for case, said in zip(members[:2], ("yes", "no"), strict=True):
        case.refresh_from_db()
        hands.ask(case, hands.at(days - 6), solved=said, satisfied="4" if said == "yes" else "1")
    return [lead, *members]


def _family(hands: Hands, number: int, days: int, what: str) -> list[Case]:
    """Answered; called again, told again; a third time, handled and signed by a leader; and once more, told what was signed."""
    phone = f"15800009{number}99"
    first = hands.call(f"family-{number}-0", what, phone, hands.at(days))
    hands.to_unit(first, hands.at(days))
    hands.answer(first, hands.at(days - 3), "已经派人修过，今天下午验收。")
    hands.ask(first, hands.at(days - 5))
    again = hands.call(f"family-{number}-1", what, phone, hands.at(days - 12))
    hands.do("answer_again", again, "hw01", hands.at(days - 12, 0.2), earlier=first)
    hands.do("settle", again, "", hands.at(days - 20))
    third = hands.call(f"family-{number}-2", f"{what}，修了又坏", phone, hands.at(days - 22))
    hands.to_unit(third, hands.at(days - 22))
    hands.answer(third, hands.at(days - 25), "这次换了整段，不是补，保修一年。")
    hands.ask(third, hands.at(days - 27))
    hands.do(
        "sign_family", third, "ld01", hands.at(days - 29), is_upheld="yes", words="前两次是补，这次整段换了；半年后抽查"
    )
    return [first, again, third]
