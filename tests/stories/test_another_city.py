"""A city that is not the demo's: begun by one command, filled through the administrator's desk, lived in, and every page of it read."""

from __future__ import annotations

import io
import re
from collections import deque
from datetime import timedelta
from html import unescape

import pytest
import time_machine
import xlsxwriter
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from suqiu.cases.models import Case, ClockTerm
from suqiu.desk import registry
from suqiu.directory.models import Area, Change, Department, Grant, Matter, Notice, OfficeLine, Officer, Setting
from suqiu.gateways import wordings
from suqiu.worktime.models import CalendarDay
from tests import ground
from tests.cast import MONDAY, photo, run_jobs
from tests.hands import Form, press
from tests.test_house import places

ZH, EN = {"accept-language": "zh-CN"}, {"accept-language": "en"}
CITY = {
    "name": "临海市",
    "name_en": "Linhai",
    "code": "990100",
    "prefix": "LH",
    "admin": "boss",
    "admin_name": "A. Zhou",
}
SHEETS = {
    "areas": (
        ["code", "name", "name_en", "kind", "parent", "is_through_centre"],
        ["990102", "东城区", "Dongcheng", "county", "990100", "否"],
        ["990121", "南县", "Nanxian", "county", "990100", "是"],
        ["990102001", "港街道", "Harbour", "town", "990102", "是"],
        ["990121100", "山镇", "Hill Town", "town", "990121", "是"],
    ),
    "departments": (
        ["code", "name", "name_en", "kind", "duty", "area", "parent"],
        ["LIGHT", "照明局", "Bureau of Lighting", "city_bureau", "lighting", "990100", "HOTLINE"],
        ["NAN", "南县12345中心", "Nanxian Centre", "county_centre", "centre", "990121", "HOTLINE"],
    ),
    "officers": (
        ["username", "full_name", "post", "department"],
        ["boss2", "B. Qian", "Administrator", "HOTLINE"],
        ["op", "C. Sun", "Operator", "HOTLINE"],
        ["lead", "D. Li", "Shift lead", "HOTLINE"],
        ["send", "E. Zhou", "Dispatcher", "HOTLINE"],
        ["back", "F. Wu", "Follow-up", "HOTLINE"],
        ["watch", "G. Zheng", "Supervisor", "HOTLINE"],
        ["mayor", "H. Wang", "Deputy mayor", "HOTLINE"],
        ["fix", "I. Feng", "Handler", "LIGHT"],
        ["fix2", "J. Chen", "Handler", "LIGHT"],
        ["look", "K. Chu", "Reviewer", "LIGHT"],
        ["head", "L. Wei", "Head", "LIGHT"],
        ["nan", "M. Jiang", "Dispatcher", "NAN"],
    ),
    "grants": (
        ["officer", "role", "department"],
        ["op", "operator", "HOTLINE"],
        ["send", "dispatcher", "HOTLINE"],
        ["back", "follow_up", "HOTLINE"],
        ["watch", "supervisor", "HOTLINE"],
        ["mayor", "leader", "HOTLINE"],
        ["fix", "handler", "LIGHT"],
        ["fix2", "handler", "LIGHT"],
        ["look", "reviewer", "LIGHT"],
        ["head", "unit_leader", "LIGHT"],
        ["nan", "dispatcher", "NAN"],
    ),
    "substitutes": (["officer", "substitute", "since", "until"], ["fix", "fix2", "2026-06-01", "2026-06-30"]),
    "catalogue": (
        ["code", "name", "name_en", "owner_duty", "power", "evidence_class", "types"],
        ["01", "城建", "Building", "", "", "", ""],
        ["0101", "路灯", "Street lights", "", "", "", ""],
        ["010101", "路灯不亮", "Lamp out", "lighting", "city", "on_site", "complaint|help"],
    ),
    "calendar": (["day", "is_working", "name"], ["2026-07-01", "否", ""]),
}
OPTIONS = {"option-note": "first", "option-source": "first"}


def sheet(rows: tuple) -> SimpleUploadedFile:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        page = book.add_worksheet()
        for no, row in enumerate(rows):
            page.write_row(no, 0, row)
    return SimpleUploadedFile("city.xlsx", out.getvalue())


@pytest.fixture
def emptied(db):
    """The demo city is gone until the end of the test: all of it happens in one transaction that is taken back."""
    tables = {m._meta.db_table for m in apps.get_models() if m._meta.managed}
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(f"TRUNCATE {', '.join(sorted(tables))} CASCADE")
        cursor.execute("SET LOCAL session_replication_role = origin")
    ground.forget()
    with time_machine.travel(MONDAY, tick=False) as moved:
        yield moved
    ground.forget()


@pytest.fixture
def city(emptied):
    """Begun, and filled through the administrator's desk."""
    out = io.StringIO()
    call_command("new_city", **CITY, stdout=out)
    boss = Client(headers=ZH)
    password = re.search(r"[a-z2-9]{4}(-[a-z2-9]{4}){2}", out.getvalue())[0]
    assert boss.post("/login/", {"username": "boss", "password": password}).status_code == 303
    assert boss.get("/desk/")["Location"] == "/desk/password/"
    own = {"old": password, "new": "my very own words 7", "again": "my very own words 7"}
    press(boss, "/desk/password/", own, having="again")
    for table in ("areas", "departments", "officers"):
        hand_in(boss, table, SHEETS[table])
    hand_in(boss, "grants", (SHEETS["grants"][0], ["lead", "shift_lead", "HOTLINE"]))  # from here on there are two
    assert not Setting.objects.filter(key="setting_up").exists()
    lead = Client(headers=ZH)
    lead.force_login(Officer.objects.get(username="lead"))
    for table in ("grants", "substitutes", "catalogue", "calendar"):
        hand_in(boss, table, SHEETS[table], second=lead)
    registry.forget()
    emptied.shift(timedelta(hours=1))
    return emptied


def hand_in(boss: Client, table: str, rows: tuple, second: Client | None = None) -> None:
    address = f"/desk/administration/table/{table}/upload/"
    form = Form(boss.get(address).content.decode(), having="file")
    answer = boss.post(
        address, form.values | {k: v for k, v in OPTIONS.items() if k in form.names} | {"file": sheet(rows)}
    )
    assert answer.status_code == 303, answer.content.decode()[-3000:]
    press(boss, answer["Location"], {}, having="state")
    change = Change.objects.order_by("-id").first()
    if change.state == "waiting":
        press(second, answer["Location"], {}, having="state")
        change.refresh_from_db()
    assert change.state == "done", table


def at_desk(who: str, headers: dict = ZH) -> Client:
    client = Client(headers=headers)
    client.force_login(Officer.objects.get(username=who))
    return client


def live(clock) -> tuple[Case, Client, Client]:
    """One case through the whole loop; another stays open. Returns the first, and its citizen in either language."""
    citizen = Client(headers=EN)
    words = {
        "words": "The street light at the harbour is out. Please mend it.",
        "name": "Ann",
        "phone": "13912345678",
        "area": "990102001",
    }
    case = code = None
    for _n in range(2):
        page = citizen.get("/submit/").content.decode()
        form = Form(page, having="words")
        known = {k: v for k, v in (words | {"secrecy": "general"}).items() if k in form.names}
        answer = citizen.post("/submit/", form.values | known)
        assert answer.status_code == 303, answer.content.decode()[-2000:]
        kept = citizen.get("/submitted/").context
        case, code = Case.objects.get(number=kept["case"]["number"].replace(" ", "")), kept["code"]
    assert case.number.startswith("LH260608")

    def step(who: str, name: str, **fields) -> None:
        clock.shift(timedelta(minutes=10))
        press(at_desk(who, EN), f"/desk/case/{case.number}/step/{name}/", fields, having="key")
        case.refresh_from_db()

    matter = Matter.objects.get(code="010101").pk
    step(
        "op",
        "accept",
        demand_type="complaint",
        area="990102001",
        urgency="normal",
        secrecy="general",
        matter=matter,
        ask_lines="Mend it",
    )
    step("send", "dispatch", matter=matter, department="LIGHT")
    step("fix", "sign_in")
    step("fix", "contact", way="phone", outcome="connected", minutes="3", words="Said we come today")
    clock.shift(timedelta(hours=1))
    step(
        "fix",
        "visit",
        visited_at=f"{MONDAY + timedelta(hours=2):%Y-%m-%dT%H:%M}",
        place="Harbour",
        words="New bulb",
        after=photo("bulb.jpg"),
    )
    step(
        "fix",
        "draft_reply",
        reply="The light works again.",
        account="New bulb.",
        **{"asks-1-outcome": "answered", "asks-1-basis": ""},
    )
    step("look", "approve")
    step(
        "back",
        "attempt",
        outcome="answered",
        way="phone",
        contacted="yes",
        is_true="yes",
        solved="yes",
        satisfied="5",
        words="Thanks",
    )
    assert (case.state, case.verdict) == ("C", "solved")
    run_jobs()
    pages = []
    for language in (ZH, EN):
        own = Client(headers=language)
        press(own, "/track/", {"number": case.number, "code": code}, having="code")
        pages.append(own)
    return case, *pages


def test_a_city_begins_with_one_command_and_only_in_an_empty_database(emptied):
    out = io.StringIO()
    call_command("new_city", **CITY, stdout=out)
    admin = Officer.objects.get()
    assert (Area.objects.get().name, Department.objects.get().kind, admin.has_one_time_password) == (
        "临海市",
        "hotline",
        True,
    )
    assert [(g.role, g.department_id) for g in Grant.objects.all()] == [("administrator", "HOTLINE")]
    assert Setting.objects.get(key="number_prefix").value == "LH" and not Case.objects.exists()
    assert OfficeLine.objects.order_by("id").values_list("act", flat=True)[0] == "new_city"
    with pytest.raises(CommandError, match="已经有数据"):
        call_command("new_city", **CITY)
    assert Officer.objects.count() == 1


def test_not_beside_the_demo(db):
    before = Officer.objects.count()
    with pytest.raises(CommandError, match="已经有数据"):
        call_command("new_city", **CITY)
    assert Officer.objects.count() == before


@pytest.mark.parametrize(("name", "value"), [("code", "12"), ("prefix", "lh"), ("admin", "x"), ("name", " ")])
def test_what_makes_no_city_is_refused(emptied, name, value):
    with pytest.raises(CommandError):
        call_command("new_city", **(CITY | {name: value}))
    assert not Area.objects.exists()


# ---- every page, read


HAN = re.compile(r"[\u3400-\u9fff]+")
LINK = re.compile(r'<a\b[^>]*?\shref="([^"#]+)')
NOT_FOLLOWED = ("/logout/", "/static/", "lang=", "/file/")
PAGES_AT_MOST = 400
OF_A_KIND = 2  # pages that differ only by a number or a key
OWN_WORDS = {"诉", "中文"}  # the mark of the house, and the way to the other language
DATA = (  # what people wrote, in the language in which they wrote it
    (Area, "name"), (Department, "name"), (Matter, "name"), (CalendarDay, "name"), (ClockTerm, "source"),
    (Notice, "text"),
)  # fmt: skip


def read(client: Client, *starts: str) -> dict[str, str]:
    """Address -> page, of everything that links lead to from these addresses; no page may be an error."""
    found, waiting, kinds = {}, deque(starts), {}
    while waiting and len(found) < PAGES_AT_MOST:
        address = waiting.popleft()
        if (
            address in found
            or kinds.get(kind := re.sub(r"[\w-]*\d[\w-]*|key=[^&]*|page=\d+", "*", address), 0) > OF_A_KIND
        ):
            continue
        kinds[kind] = kinds.get(kind, 0) + 1
        answer = client.get(address)
        assert answer.status_code in (200, 302, 303, 403, 404, 409, 422), (address, answer.status_code)
        assert answer.status_code != 404, (address, "a link to nowhere")
        if answer.status_code in (302, 303):
            waiting.append(answer["Location"])
        kind = answer.headers.get("Content-Type", "")
        found[address] = answer.content.decode() if kind.startswith("text/html") else ""
        waiting.extend(
            a
            for a in map(unescape, LINK.findall(found[address]))
            if a.startswith(("/", "?")) and not any(n in a for n in NOT_FOLLOWED) and not a.startswith("//")
        )
        waiting = deque(_absolute(a, address) for a in waiting)
    return found


def _absolute(link: str, address: str) -> str:
    return address.split("?")[0] + link if link.startswith("?") else link


def shown(page: str) -> str:
    """What a person reads or hears on it: text, and the attributes that are said."""
    page = re.sub(r"<(script|style)\b.*?</\1>|<!--.*?-->", " ", page, flags=re.S)
    page = re.sub(r"<link\b[^>]*>", " ", page)
    said = re.findall(r'\b(?:aria-label|placeholder|title|alt)="([^"]*)"', page)
    return unescape(" ".join([re.sub(r"<[^>]+>", " ", page), *said]))


def chinese(page: str, data: set[str] = frozenset()) -> set[str]:
    return set(HAN.findall(shown(page))) - OWN_WORDS - data


def written_by_people() -> set[str]:
    """Chinese words that are data: names, sources of terms, the city's Chinese messages."""
    texts = [text for model, field in DATA for text in model.objects.values_list(field, flat=True)]
    texts += [row["text"] for row in wordings.stands().values() if row["language"] != "en"]
    return {word for text in texts for word in HAN.findall(text)}


ROLES = "boss op lead send back watch mayor fix look head nan".split()


def test_a_case_lives_in_it_and_no_page_speaks_of_another_city(city):
    case, citizen, citizen_en = live(city)
    pattern = re.compile("|".join(map(re.escape, sorted(places()))) + r"|\b5108\d\d", re.IGNORECASE)
    wrong, count, data = [], 0, written_by_people()
    for headers, own, is_english in ((ZH, citizen, False), (EN, citizen_en, True)):
        visited = {
            ("citizen", a): p for a, p in read(own, "/", f"/case/{case.number}/", "/submit/", "/verify/").items()
        }
        for who in ROLES:
            visited |= {(who, a): p for a, p in read(at_desk(who, headers), "/desk/").items()}
        count += len(visited)
        for (who, address), page in visited.items():
            if hit := pattern.search(page):
                wrong.append((who, address, hit[0]))
            if is_english and (words := chinese(page, data)):
                wrong.append((who, address, sorted(words)[:6]))
    assert wrong == []
    assert count > 200


def test_the_reader_of_pages_sees_what_stands_on_them():
    """The crawl can fail: a word of another city, and a Chinese word on an English page, are found."""
    page = '<p title="广元">Hello 中文 <b>办理中</b></p><script>"不算"</script>'
    assert chinese(page) == {"广元", "办理中"}
    assert "广元" in places()
