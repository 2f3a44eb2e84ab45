"""Two hundred real messages go through the whole loop, stepped over HTTP by people in role; verdicts and due times by hand.

Each life is one function, as staff would tell it. Where the folder of real messages is absent, those written for the project
are taken the same way.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from suqiu.cases import journal
from suqiu.cases.models import Case, ClockKind
from tests.cast import Cast, photo
from tests.hands import press
from tests.real_input import drawn

ZONE = timezone.get_default_timezone()


def at(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=ZONE)


# received -> due of the outer clock for 咨询 (3), 求助 (7), 投诉 (15 working days), worked out on paper calendars:
# 20 September and 10 October 2026 are worked; 25 September and 1 to 7 October are free; 2027 is not announced.
DUE = {
    "2026-09-18 10:00": ("2026-09-22 17:00", "2026-09-29 17:00", "2026-10-15 17:00"),
    "2026-09-20 09:30": ("2026-09-23 17:00", "2026-09-30 17:00", "2026-10-16 17:00"),
    "2026-09-30 16:30": ("2026-10-10 17:00", "2026-10-15 17:00", "2026-10-27 17:00"),
    "2026-10-03 22:00": ("2026-10-10 17:00", "2026-10-15 17:00", "2026-10-27 17:00"),
    "2026-11-09 08:00": ("2026-11-12 17:00", "2026-11-18 17:00", "2026-11-30 17:00"),
    "2026-12-11 18:00": ("2026-12-16 17:00", "2026-12-22 17:00", "2027-01-01 17:00"),
}
TYPES = ("consult", "help", "complaint")


class Loop:
    """One case on its way: who does what, at which hour, by which form."""

    cast = Cast()
    used: Counter = Counter()

    def __init__(self, received: str, message: tuple[str, str, str], number: int):
        self.start = self.now = at(received)
        self.source, self.title, self.text = message
        self.number, self.kind = number, TYPES[number % 3]
        self.is_english = number % 10 == 3
        self.citizen = Client(headers={"accept-language": "en" if self.is_english else "zh-CN"})
        self.case: Case | None = None
        self.unit = "C-HOUSING"

    # ---- the clock and the hands

    def later(self, hours: float) -> Loop:
        self.now += timedelta(hours=hours)
        return self

    def at_work(self, days: int = 1, hour: int = 10) -> Loop:
        """The n-th next working day, at that hour."""
        from suqiu.worktime.queries import calendar_now

        day = timezone.localtime(self.now).date()
        for _n in range(days):
            day = calendar_now().next_working_day(day)
        self.now = max(self.now, datetime(day.year, day.month, day.day, hour, tzinfo=ZONE))
        return self

    def staff(self, who: str, step: str, **fields) -> Loop:
        """An officer opens the step's form on the desk and sends it."""
        self.used[who] += 1
        self.now += timedelta(minutes=7)
        with time_machine.travel(self.now, tick=False):
            client = Client(headers={"accept-language": "en" if self.is_english else "zh-CN"})
            client.force_login(self.cast.officer(who))
            press(client, f"/desk/case/{self.case.number}/step/{step}/", fields, having="key")
        self.case.refresh_from_db()
        return self

    def caller(self, step: str, **fields) -> Loop:
        """The citizen, with number and code, in a browser without JavaScript."""
        self.now += timedelta(minutes=7)
        with time_machine.travel(self.now, tick=False):
            press(self.citizen, "/track/", {"number": self.case.number, "code": self.code}, having="code")
            press(self.citizen, f"/case/{self.case.number}/do/{step}/", fields, having="seen")
        self.case.refresh_from_db()
        return self

    # ---- what every life begins and goes on with

    def received(self) -> Loop:
        with time_machine.travel(self.now, tick=False):
            words = {
                "words": self.text or self.title,
                "name": "王桂芳",
                "phone": f"139{self.number:08d}",
                "secrecy": "general",
                "area": "510802001",
            }
            press(self.citizen, "/submit/", words, having="words")
            kept = self.citizen.get("/submitted/").context
            self.case = Case.objects.get(key__startswith="portal:", number=kept["case"]["number"].replace(" ", ""))
            self.code = kept["code"]
        return self

    def accepted(self, **more) -> Loop:
        fields = {"demand_type": self.kind, "area": "510802001", "urgency": "normal", "secrecy": "general"}
        fields |= {"matter": self.cast.matter("on_site").pk, "ask_lines": "请到现场看\n请告诉我结果"}
        return self.staff("sl01", "accept", **(fields | more))

    def dispatched(self, **more) -> Loop:
        return self.staff("pd01", "dispatch", **({"matter": self.case.matter_id, "department": self.unit} | more))

    def signed(self) -> Loop:
        return self.at_work(0, 10).staff(f"{self.unit.lower()}-jb1", "sign_in")

    def spoken(self, **more) -> Loop:
        fields = {"way": "phone", "outcome": "connected", "minutes": "5", "words": "约好上门看"}
        return self.staff(f"{self.unit.lower()}-jb1", "contact", **(fields | more))

    def visited(self) -> Loop:
        seen = {
            "visited_at": f"{timezone.localtime(self.now):%Y-%m-%dT%H:%M}",
            "place": "东坝街道",
            "words": "看了现场，当场处理",
            "after": photo(),
        }
        return self.staff(f"{self.unit.lower()}-jb1", "visit", **seen)

    def drafted(self, outcome: str = "answered", **more) -> Loop:
        fields = {
            "reply": f"您反映的「{self.title or '事情'}」我们到现场看过，已经处理。",
            "account": "现场处理，拍照留存。",
        }
        for ask in self.case.asks.all():
            fields |= {f"asks-{ask.no}-outcome": outcome, f"asks-{ask.no}-basis": ""}
        return self.staff(f"{self.unit.lower()}-jb1", "draft_reply", **(fields | more))

    def approved(self) -> Loop:
        return self.staff(f"{self.unit.lower()}-sh", "approve")

    def handled(self) -> Loop:
        return self.received().accepted().dispatched().signed().spoken().visited().drafted().approved()

    def asked_back(self, solved: str = "yes", satisfied: str = "5", who: str = "hf01") -> Loop:
        answers = {
            "outcome": "answered",
            "way": "phone",
            "contacted": "yes",
            "is_true": "yes",
            "solved": solved,
            "satisfied": satisfied,
            "words": "这是原话",
        }
        return self.at_work(1, 10).staff(who, "attempt", **answers)


# ---- the lives: each says what verdict it must come to


def plain(life: Loop) -> str:
    life.handled().asked_back()
    return "C solved 1"


def rated_by_himself(life: Loop) -> str:
    life.handled().at_work(1).caller("attempt", solved="yes", satisfied="4")
    return "C solved 1"


def instant_answer(life: Loop) -> str:
    life.received().staff(
        "hw01", "answer_at_once", answer="带身份证到窗口办，当天办结。", source="办事指南：居住证办理"
    )
    if life.number % 2:
        life.caller("settle")
        return "C answered 1"
    life.staff("sl02", "review_answer", is_right="yes", words="与指南一致").caller(
        "not_answered", words="我问的是外地户口"
    )
    assert life.case.state == "D" and life.case.clocks.filter(kind=ClockKind.DISPATCH, stopped_at=None).exists()
    life.staff("pd01", "dispatch", matter=life.cast.matter("on_site").pk, department=life.unit)
    life.signed().spoken().visited().drafted().approved().asked_back()
    return "C solved 1"


def refusal_with_appeal(life: Loop) -> str:
    way = {
        "routing_class": "legal",
        "reason": "in_court",
        "basis": "《民事诉讼法》",
        "way": "承办法院，或打 12368",
        "words": "这件事正在法院审理，请问承办法官",
    }
    life.received().staff("sl01", "divert", **way).at_work(1).caller("appeal", words="没有打官司")
    if life.number % 2:
        life.staff("sl02", "decide_appeal", is_upheld="no", words="法院已立案")
        return "X  1"
    life.staff("sl02", "decide_appeal", is_upheld="yes", words="核实没有立案")
    life.accepted().dispatched().signed().spoken().visited().drafted().approved().asked_back()
    return "C solved 1"


def return_upheld(life: Loop) -> str:
    life.received().accepted().dispatched().signed().spoken()
    life.staff("c-housing-sh", "return_case", ground="not_our_duty", basis="三定方案", words="已说明不归本单位管")
    life.staff("pd02", "decide_return", is_upheld="yes", words="目录在城管")
    assert (life.case.state, life.case.hops, life.case.first_department_id) == ("D", 1, "C-HOUSING")
    life.unit = "C-CITY_MGMT"
    life.dispatched().staff("c-housing-jb1", "tell_hand_over", way="phone", words="现在由综合执法局办，我们继续负责")
    life.signed().spoken().visited().drafted().staff("c-housing-jb1", "first_sees").approved().asked_back()
    return "C solved 1"


def return_overruled(life: Loop) -> str:
    life.received().accepted().dispatched().signed().spoken()
    life.staff("c-housing-sh", "return_case", ground="wrong_matter", basis="权责清单", words="说了要退")
    life.staff("pd02", "decide_return", is_upheld="no", words="目录写明归住建")
    life.visited().drafted().approved().asked_back()
    return "C solved 1"


def county_route(life: Loop) -> str:
    """The city sends to Cangxi's centre, which sends on to its bureau."""
    life.received().accepted(area="510824100").staff(
        "pd01", "dispatch", matter=life.case.matter_id, department="K-510824"
    )
    assert life.case.state == "D" and life.case.first_department_id is None
    life.unit = "B-510824-HOUSING"
    life.staff("k-510824-pd1", "send_on", department=life.unit)
    life.signed().spoken().visited().drafted().approved().asked_back()
    return "C solved 1"


def extension(life: Loop) -> str:
    life.received().accepted().dispatched().signed().spoken()
    before = life.case.clocks.get(kind=ClockKind.OUTER).due_at
    life.staff("c-housing-sh", "ask_extension", days="3", words="等配件到货")
    life.staff("pd01", "decide_extension", is_upheld="yes", words="同意，已告知来电人")
    assert life.case.clocks.get(kind=ClockKind.OUTER).due_at > before
    life.visited().drafted().approved().asked_back()
    return "C solved 1"


def offline_meeting(life: Loop) -> str:
    """Two departments go to the citizen together; each files its outcome."""
    life.received().accepted().dispatched().signed().spoken()
    meets = life.now + timedelta(hours=3)
    life.staff(
        "c-housing-jb1",
        "call_meeting",
        meets_at=f"{timezone.localtime(meets):%Y-%m-%dT%H:%M}",
        place="您家楼下",
        departments=["C-CITY_MGMT"],
    )
    life.later(4).staff("c-housing-jb1", "meet", came="yes", words="当场定了方案", citizen_agrees="yes", photos=photo())
    life.staff("c-city_mgmt-jb1", "meet", came="yes", words="配合清理")
    life.drafted().approved().asked_back()
    return "C solved 1"


def plan(life: Loop) -> str:
    later = timezone.localtime(life.now).date() + timedelta(days=60)
    life.received().accepted(matter=life.cast.matter("plan").pk).dispatched().signed().spoken()
    life.drafted("planned", plan="列入明年改造", plan_on=f"{later:%Y-%m-%d}").approved().asked_back()
    assert life.case.promises.filter(kept_at=None).exists()
    return "C solved 1"


def unanswered(life: Loop) -> str:
    life.handled()
    for way, hour in (("phone", 10), ("sms", 15), ("phone", 19)):
        life.at_work(1, hour).staff("hf02", "attempt", outcome="no_answer", way=way)
    return "C unanswered 1"


def two_redos_then_a_leader(life: Loop) -> str:
    life.handled().asked_back("no", "1")
    for cycle in (2, 3):
        assert (life.case.state, life.case.cycle, life.case.evidence_held) == ("H", cycle, [])
        life.spoken().visited().drafted().approved().asked_back("no", "1", who="hf02")
    assert life.case.state == "L"
    until = timezone.localtime(life.now).date() + timedelta(days=20)
    life.staff("ld01", "decide", choice="handle", plan_on=f"{until:%Y-%m-%d}", words="住建局牵头，月底前办好")
    life.spoken().visited().drafted().approved().asked_back()
    assert [c.verdict for c in life.case.cycles.all()] == ["no", "no", "no", "solved"]
    return "C solved 4"


def withdrawal(life: Loop) -> str:
    life.received().accepted().dispatched().signed().caller("withdraw", words="自己解决了")
    return "Q  1"


LIVES = (
    [instant_answer] * 12 + [refusal_with_appeal] * 10 + [return_upheld] * 10 + [return_overruled] * 10 + [county_route] * 16
    + [extension] * 10 + [offline_meeting] * 10 + [plan] * 10 + [unanswered] * 10 + [two_redos_then_a_leader] * 8
    + [withdrawal] * 10 + [rated_by_himself] * 14 + [plain] * 70
)  # fmt: skip


TWO_OF_EACH = [n for n, live in enumerate(LIVES) if LIVES.index(live) <= n < LIVES.index(live) + 2]


def test_two_of_each_life_end_as_they_must(db):
    verdicts, used = walk(TWO_OF_EACH)
    assert sum(verdicts.values()) == 26 and len(used) >= 12


@pytest.mark.long
def test_two_hundred_messages_go_through_the_whole_loop(db):
    verdicts, used = walk(range(200))
    print(*(f"{count:4} {verdict}" for verdict, count in sorted(verdicts.items())), f"{len(used)} accounts", sep="\n")
    assert sum(verdicts.values()) == 200 and len(used) >= 12
    lives = Counter(live.__name__ for live in LIVES)
    assert all(count >= 8 for count in lives.values())


def walk(numbers) -> tuple[Counter, Counter]:
    """Each message through its life; verdict and due time as the tables above say; and the journal of all of them holds."""
    Loop.used.clear()
    starts, verdicts, messages = list(DUE), Counter(), drawn(200)
    for number in numbers:
        life = Loop(starts[number % len(starts)], messages[number], number)
        expected = LIVES[number](life)
        case = life.case
        assert f"{case.state} {case.verdict} {case.cycle}" == expected, (number, LIVES[number].__name__, life.source)
        _check_due(life)
        verdicts[f"{LIVES[number].__name__}: {expected}"] += 1
    report = journal.verify()
    assert (report.findings, report.chains >= len(numbers)) == ([], True)
    return verdicts, Loop.used


def _check_due(life: Loop) -> None:
    """The outer clock of an accepted case as worked out by hand, unless it was extended or an appeal began it anew."""
    outer = life.case.clocks.filter(kind=ClockKind.OUTER).order_by("id").first()
    said = " ".join(word for word, _value in outer.explanation) if outer else ""
    if outer is None or "extended" in said or life.case.lines.filter(step="decide_appeal").exists() or outer.segments:
        return
    if life.case.demand_type not in TYPES:
        return
    due = DUE[f"{life.start:%Y-%m-%d %H:%M}"][TYPES.index(life.case.demand_type)]
    assert timezone.localtime(outer.due_at) == at(due), (life.start, life.case.demand_type)
    assert outer.is_provisional == due.startswith("2027")
