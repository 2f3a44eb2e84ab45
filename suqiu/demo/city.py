"""What must stand before the first case: areas, departments, the catalogue, officers with grants, clocks, calendars, duty rosters."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from suqiu.cases import profiles
from suqiu.cases.models import Share
from suqiu.cases.sampling import WITHDRAWN_ASKED
from suqiu.directory.models import (
    Area,
    CatalogueVersion,
    Department,
    Duty,
    Grant,
    Matter,
    Officer,
    Role,
    Setting,
    Substitute,
)
from suqiu.worktime import actions as worktime
from suqiu.worktime.models import CalendarYear

HERE = Path(__file__).parent / "guangyuan"
DIRECT_COUNTIES = {
    "510802"
}  # the seat: the city sends straight to its departments; every other county goes through its centre
NUMBER_PREFIX = "GY"
PASSWORD = "suqiu-demo"  # exists only in demo mode; the site says so
WOKEN = (Role.HANDLER, Role.DISPATCHER, Role.SHIFT_LEAD)
DUTY_DAYS = 14

SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎"
    "余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
GIVEN = (
    "建国 秀英 志强 丽华 晓东 雪梅 永红 春燕 光明 玉兰 文斌 小芳 国庆 素珍 海涛 "
    "桂花 俊杰 晓琴 大勇 慧敏 成林 红霞 正平 婷婷 家明 月娥 德福 佳怡 天宇 淑芬"
).split()

# the hotline's own people: login, post, role, third party
HOTLINE_PEOPLE = [
    ("hw01", "话务员", Role.OPERATOR, False),
    ("hw02", "话务员", Role.OPERATOR, False),
    ("hw03", "话务员", Role.OPERATOR, True),
    ("bz01", "班长", Role.SHIFT_LEAD, False),
    ("bz02", "班长", Role.SHIFT_LEAD, False),
    ("sl01", "受理审核员", Role.INTAKE_REVIEWER, False),
    ("sl02", "受理审核员", Role.INTAKE_REVIEWER, False),
    ("pd01", "派单员", Role.DISPATCHER, False),
    ("pd02", "派单员", Role.DISPATCHER, False),
    ("hf01", "回访员", Role.FOLLOW_UP, False),
    ("hf02", "回访员", Role.FOLLOW_UP, False),
    ("db01", "督办员", Role.SUPERVISOR, False),
    ("db02", "督办员", Role.SUPERVISOR, False),
    ("ld01", "副市长", Role.LEADER, False),
    ("ld02", "市政府秘书长", Role.LEADER, False),
    ("gl01", "系统管理员", Role.ADMINISTRATOR, False),
]
# small centres have posts of two: who takes the call also accepts it and sends it on, in one press
TWO_POSTS = ("zh01", "综合岗", (Role.OPERATOR, Role.DISPATCHER))
UNIT_PEOPLE = [
    ("jb1", "经办人", Role.HANDLER),
    ("jb2", "经办人", Role.HANDLER),
    ("sh", "分管负责人", Role.REVIEWER),
    ("fz", "主要负责人", Role.UNIT_LEADER),
]


def rows(name: str) -> Iterator[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def build(since: datetime | None = None, day: date | None = None) -> None:
    """Everything but cases. `since`: from when catalogue and clocks are in force; `day`: the last one, around which the rosters lie."""
    since = since or timezone.now() - timedelta(days=400)
    Setting.objects.update_or_create(key="number_prefix", defaults={"value": NUMBER_PREFIX})
    # a demo has few of them
    Share.objects.update_or_create(kind=WITHDRAWN_ASKED, defaults={"percent": 100, "source": "演示"})
    areas()
    departments()
    catalogue(since)
    clock_profile(since)
    calendars()
    officers(since)
    duties(day or timezone.localdate())


def areas() -> None:
    Area.objects.bulk_create(
        Area(
            code=r["code"],
            name=r["name"],
            name_en=r["name_en"],
            kind=r["kind"],
            parent_id=r["parent"] or None,
            is_through_centre=r["code"] not in DIRECT_COUNTIES,
        )
        for r in rows("areas.csv")
    )


def departments() -> None:
    Department.objects.bulk_create(
        Department(code=r["code"], name=r["name"], name_en=r["name_en"], kind=r["kind"], duty=r["duty"], area_id=r["area"], parent_id=r["parent"] or None)
        for r in sorted(rows("departments.csv"), key=lambda r: (len(r["parent"]) > 0, r["parent"] != "HOTLINE"))
    )  # fmt: skip


def catalogue(since: datetime) -> None:
    version = CatalogueVersion.objects.create(number=1, valid_from=since, note="演示目录第一版")
    by_code: dict[str, Matter] = {}
    for level in (1, 2, 3):
        made = []
        for file in sorted((HERE / "matters").glob("*.csv")):
            for r in rows(f"matters/{file.name}"):
                if int(r["level"]) == level:
                    keep = {
                        k: r[k] for k in ("code", "name", "name_en", "owner_duty", "power", "evidence_class", "types")
                    }
                    made.append(Matter(version=version, level=level, parent=by_code.get(r["code"][:-2]), **keep))
        by_code |= {m.code: m for m in Matter.objects.bulk_create(made)}


def clock_profile(since: datetime) -> None:
    profiles.new_profile(terms=profiles.default_terms(), valid_from=since, note="默认时限，逐行注明出处")


def calendars() -> None:
    if not CalendarYear.objects.exists():
        worktime.load_file(Path(worktime.__file__).parent / "calendars.csv")


def officers(since: datetime) -> None:
    """Four people in every unit, two dispatchers in every county centre, the hotline's own; each login says who it is."""
    names, password, day = _names(), make_password(PASSWORD), since.date()
    made: list[tuple[Officer, Sequence[str]]] = []
    for login, post, role, is_third_party in HOTLINE_PEOPLE:
        made.append(
            (
                Officer(
                    username=login,
                    full_name=next(names),
                    post=post,
                    department_id="HOTLINE",
                    is_third_party=is_third_party,
                ),
                (role,),
            )
        )
    for department in Department.objects.exclude(kind=Department.Kind.HOTLINE).order_by("code"):
        for suffix, post, role in _people_of(department):
            login = f"{department.code.lower()}-{suffix}"
            made.append((Officer(username=login, full_name=next(names), post=post, department=department), (role,)))
    ruler = Officer(username="cd01", full_name=next(names), post="裁定人", department_id="HOTLINE")
    made.append((ruler, (Role.RULER,)))
    login, post, roles = TWO_POSTS
    made.append((Officer(username=login, full_name=next(names), post=post, department_id="HOTLINE"), roles))
    second = Officer(username="cd02", full_name=next(names), post="裁定人", department_id="HOTLINE")
    made.append((second, (Role.RULER,)))
    for number, (officer, _roles) in enumerate(made):
        officer.password, officer.phone, officer.email = (
            password,
            f"1390000{number:04d}",
            f"{officer.username}@example.org",
        )
    Officer.objects.bulk_create(officer for officer, _roles in made)
    Grant.objects.bulk_create(
        Grant(officer=o, role=role, department_id=o.department_id, since=day) for o, roles in made for role in roles
    )
    _substitutes(day)


def _people_of(department: Department) -> list[tuple[str, str, str]]:
    if department.kind == Department.Kind.COUNTY_CENTRE:
        return [("pd1", "派单员", Role.DISPATCHER), ("pd2", "派单员", Role.DISPATCHER)]
    if department.kind == Department.Kind.DISCIPLINE:
        return [*UNIT_PEOPLE, ("jj", "信访室干部", Role.DISCIPLINE)]
    return UNIT_PEOPLE


def _names() -> Iterator[str]:
    """Invented names: every surname with every given name, so that none repeats for thousands of people."""
    number = 0
    while True:
        yield SURNAMES[number % len(SURNAMES)] + GIVEN[(number * 7 + number // len(SURNAMES)) % len(GIVEN)]
        number += 1


def _substitutes(day) -> None:
    pairs = []
    for first in Officer.objects.filter(username__endswith="-jb1"):
        second = Officer.objects.get(username=first.username[:-1] + "2")
        pairs += [
            Substitute(officer=first, substitute=second, since=day),
            Substitute(officer=second, substitute=first, since=day),
        ]
    Substitute.objects.bulk_create(pairs)


def duties(day: date) -> None:
    """Who is woken when life is in danger: from a fortnight before that day to a fortnight after it, from five to five o'clock; once."""
    start = timezone.make_aware(datetime.combine(day, time(17)))
    if Duty.objects.filter(starts_at__lt=start, ends_at__gte=start).exists():
        return
    made = []
    for department in Department.objects.filter(kind__in=("hotline", "county_centre", "city_bureau", "utility")):
        people = list(department.officers.filter(grants__role__in=WOKEN).distinct().order_by("username")[:2])
        for night in range(-DUTY_DAYS, DUTY_DAYS):
            begin, officer = start + timedelta(days=night), people[night % len(people)]
            made.append(
                Duty(department=department, officer=officer, starts_at=begin, ends_at=begin + timedelta(hours=24))
            )
    Duty.objects.bulk_create(made)
