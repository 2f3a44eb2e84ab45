"""The people of the tests, and short verbs for what they do: a story reads as staff would tell it."""

from __future__ import annotations

import io
import itertools
from datetime import datetime, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone
from django.utils.module_loading import import_string
from PIL import Image

from suqiu.cases.advance import CITIZEN, SYSTEM
from suqiu.cases.flow import BY_NAME
from suqiu.cases.models import Case, Line, Share
from suqiu.cases.sampling import LOOK_BACK, ON_SPOT
from suqiu.directory.models import Area, Department, Matter, Officer
from suqiu.intake import actions as intake
from suqiu.intake.demand import Demand

MONDAY = datetime(2026, 6, 8, 9, 0, tzinfo=timezone.get_default_timezone())  # a plain working week
_count = itertools.count(1)
_numbers = itertools.count(13900100001)


class Cast:
    """People by their post; `cast.handler` is the handler of the city's housing bureau unless another unit is named."""

    caller_phone = "13812342217"

    def another(self) -> Cast:
        """The same people, and somebody else at the line: `cast.another().sent()` is no repeat of the case before."""
        other = type(self)()
        other.caller_phone = str(next(_numbers))
        return other

    def officer(self, username: str) -> Officer:
        return Officer.objects.select_related("department").get(username=username)

    operator = property(lambda self: self.officer("hw01"))
    outsider = property(lambda self: self.officer("hw03"))
    shift_lead = property(lambda self: self.officer("bz01"))
    other_shift_lead = property(lambda self: self.officer("bz02"))
    intake_reviewer = property(lambda self: self.officer("sl01"))
    other_intake_reviewer = property(lambda self: self.officer("sl02"))
    dispatcher = property(lambda self: self.officer("pd01"))
    other_dispatcher = property(lambda self: self.officer("pd02"))
    county_dispatcher = property(lambda self: self.officer("k-510824-pd1"))
    other_county_dispatcher = property(lambda self: self.officer("k-510824-pd2"))
    caller_back = property(lambda self: self.officer("hf01"))
    supervisor = property(lambda self: self.officer("db01"))
    leader = property(lambda self: self.officer("ld01"))
    ruler = property(lambda self: self.officer("cd01"))
    other_ruler = property(lambda self: self.officer("cd02"))
    administrator = property(lambda self: self.officer("gl01"))

    def handler(self, unit: str = "C-HOUSING") -> Officer:
        return self.officer(f"{unit.lower()}-jb1")

    def reviewer(self, unit: str = "C-HOUSING") -> Officer:
        return self.officer(f"{unit.lower()}-sh")

    def unit_leader(self, unit: str = "C-HOUSING") -> Officer:
        return self.officer(f"{unit.lower()}-fz")

    def department(self, code: str = "C-HOUSING") -> Department:
        return Department.objects.get(code=code)

    def area(self, code: str = "510802001") -> Area:
        return Area.objects.get(code=code)

    def matter(self, evidence: str = "on_site", duty: str = "housing", power: str | None = None) -> Matter:
        found = Matter.objects.filter(level=3, owner_duty=duty, evidence_class=evidence)
        return (found.filter(power=power) if power else found).order_by("code")[0]

    # ---- a case on its way

    def case(self, *, at: datetime = MONDAY, text: str = "电梯坏了三天，老人下不了楼，请派人来修。", **known) -> Case:
        demand = Demand(
            text=text, name="王桂芳", phone=self.caller_phone, channel="phone", area_code="510802001", **known
        )
        case, code = intake.receive(demand=demand, by=self.operator, at=at, key=f"test-{next(_count)}")
        case.code = code
        return case

    def accepted(self, *, at: datetime = MONDAY, asks: str = "修好电梯\n说明停运原因", **columns) -> Case:
        case = self.case(at=at, **({"text": columns.pop("text")} if "text" in columns else {}))
        fields = {
            "demand_type": "complaint",
            "urgency": "normal",
            "secrecy": "general",
            "area": self.area(),
            "matter": self.matter(),
        }
        self.do("accept", case, self.operator, at=at + timedelta(minutes=10), ask_lines=asks, **(fields | columns))
        return case

    def dispatched(self, *, at: datetime = MONDAY, unit: str = "C-HOUSING", **columns) -> Case:
        case = self.accepted(at=at, **columns)
        self.do(
            "dispatch",
            case,
            self.dispatcher,
            at=at + timedelta(minutes=30),
            matter=case.matter,
            department=self.department(unit),
            rewritten="改写后的内容",
        )
        return case

    def in_hand(self, *, at: datetime = MONDAY, unit: str = "C-HOUSING", **columns) -> Case:
        case = self.dispatched(at=at, unit=unit, **columns)
        self.do("sign_in", case, self.handler(unit), at=at + timedelta(hours=1))
        return case

    def proven(self, *, at: datetime = MONDAY, unit: str = "C-HOUSING", **columns) -> Case:
        """Contact, visit and photo are there: a reply may be drafted."""
        case = self.in_hand(at=at, unit=unit, **columns)
        self.prove(case, at=at, unit=unit)
        return case

    def prove(self, case: Case, *, at: datetime, unit: str = "C-HOUSING") -> None:
        self.do(
            "contact",
            case,
            self.handler(unit),
            at=at + timedelta(hours=2),
            way="phone",
            outcome="connected",
            minutes=4,
            words="说好下午去看",
        )
        seen = at + timedelta(hours=5)
        self.do(
            "visit",
            case,
            self.handler(unit),
            at=seen,
            visited_at=seen,
            place="翠屏社区 3 栋",
            words="换了门机板",
            after=[photo()],
        )

    def replied(self, *, at: datetime = MONDAY, unit: str = "C-HOUSING", **columns) -> Case:
        case = self.proven(at=at, unit=unit, **columns)
        self.reply(case, at=at, unit=unit)
        return case

    def reply(self, case: Case, *, at: datetime, unit: str = "C-HOUSING", **more) -> None:
        asks = {a.no: {"outcome": "answered"} for a in case.asks.all()}
        fields = {
            "reply": "电梯门机板已换好，今天下午恢复运行。",
            "account": "更换门机板一块，试运行 2 小时。",
            "asks": asks,
        }
        self.do("draft_reply", case, self.handler(unit), at=at + timedelta(hours=6), **(fields | more))

    def sent(self, *, at: datetime = MONDAY, unit: str = "C-HOUSING", **columns) -> Case:
        """The reply is out: the follow-up is next."""
        case = self.replied(at=at, unit=unit, **columns)
        self.do("approve", case, self.reviewer(unit), at=at + timedelta(hours=7))
        return case

    def closed(self, *, at: datetime = MONDAY, **columns) -> Case:
        case = self.sent(at=at, **columns)
        self.ask_back(case, at=at + timedelta(days=1), solved="yes", satisfied="5")
        return case

    def drawn(self, *, at: datetime = MONDAY, **columns) -> Case:
        """Closed, and drawn by chance for both: a re-check on the spot, and to be asked again after 30 days."""
        drawn_of_a_hundred(100)
        case = self.closed(at=at, **columns)
        drawn_of_a_hundred(0)
        return case

    def ask_back(self, case: Case, *, at: datetime, **answers) -> None:
        self.do(
            "attempt",
            case,
            self.caller_back,
            at=at,
            outcome="answered",
            way="phone",
            contacted="yes",
            is_true="yes",
            **answers,
        )

    def add_assist(self, case: Case, unit: str, *, at: datetime) -> Line:
        fields = {"departments": [self.department(unit)], "days": 3, "words": "看"}
        return self.do("add_assist", case, self.dispatcher, at=at, **fields)

    def object(self, case: Case, unit: str = "C-HOUSING", *, at: datetime, belongs_to: str = "") -> Line:
        """The leader of the unit that leads says that it is another's."""
        named = {"belongs_to": self.department(belongs_to)} if belongs_to else {}
        return self.do(
            "object",
            case,
            self.unit_leader(unit),
            at=at,
            words="钢板是别家抢修留下的",
            basis="《城市道路管理条例》",
            **named,
        )

    def ruled(self, case: Case, unit: str = "", *, at: datetime, by=None, **more) -> Line:
        """A ruler decides: it stays, or it moves to that unit."""
        moves = {"outcome": "moves", "department": self.department(unit)} if unit else {"outcome": "stays"}
        said = {"basis": "谁挖掘谁恢复", "words": "挖掘许可发给了它", "reach": "all"}
        return self.do("rule", case, by or self.ruler, at=at, **(moves | said | more))

    def do(self, name: str, case: Case, by=None, *, at: datetime | None = None, **fields) -> Line:
        """Takes one step, as the doors do: by the name in the table."""
        return import_string(BY_NAME[name].action)(case=case, by=by or SYSTEM, at=at or timezone.now(), **fields)

    def citizen(self, name: str, case: Case, *, at: datetime | None = None, **fields) -> Line:
        return self.do(name, case, CITIZEN, at=at, **fields)


def drawn_of_a_hundred(percent: int) -> None:
    """So many of the closed cases are looked at again: 100 and 0 leave nothing to chance."""
    for kind in (ON_SPOT, LOOK_BACK):
        Share.objects.update_or_create(kind=kind, defaults={"percent": percent, "source": "test"})


def photo(name: str = "现场.jpg", size: tuple[int, int] = (64, 48), colour: str = "steelblue") -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "JPEG")
    return SimpleUploadedFile(name, out.getvalue(), content_type="image/jpeg")


def run_jobs() -> int:
    """Runs what waits in the job queue, inside the test's transaction, until nothing is left. Returns how many."""
    from procrastinate.contrib.django import app

    ran = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id, task_name, args FROM procrastinate_jobs WHERE status = 'todo' ORDER BY id LIMIT 1"
            )
            job = cursor.fetchone()
            if job is None:
                return ran
            cursor.execute("UPDATE procrastinate_jobs SET status = 'succeeded' WHERE id = %s", [job[0]])
        import json

        app.tasks[job[1]].func(**(json.loads(job[2]) if isinstance(job[2], str) else job[2]))
        ran += 1
