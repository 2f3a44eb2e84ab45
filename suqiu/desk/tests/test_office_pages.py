"""The bell, the catalogue, and what was sent: to read, and no more."""

from __future__ import annotations

import pytest
from django.core.cache import cache

from suqiu.directory.models import Matter, Notice, Setting
from suqiu.gateways import outbox
from tests.cast import run_jobs

from .conftest import NOW


@pytest.fixture
def rung(cast):
    case = cast.dispatched()
    run_jobs()
    return case


def test_a_bell_is_counted_read_and_marked(rung, cast, seated):
    officer = seated("c-housing-jb1")
    assert "<b>1</b>" in officer.open("/desk/").content.decode()
    page = officer.open("/desk/notices/")
    assert [n["url"] for n in page.context["notices"]] == [f"/desk/case/{rung.number}/"]
    assert officer.send("/desk/notices/").status_code == 303
    assert Notice.objects.get(officer=cast.handler()).read_at == NOW
    assert "<b>1</b>" not in officer.open("/desk/").content.decode()


def test_one_bell_is_marked_and_nobody_elses(rung, cast, seated):
    mine, other = Notice.objects.get(officer=cast.handler()), Notice.objects.get(officer=cast.reviewer())
    seated("c-housing-jb1").send("/desk/notices/", {"id": other.pk})
    other.refresh_from_db()
    assert other.read_at is None
    seated("c-housing-jb1").send("/desk/notices/", {"id": mine.pk})
    mine.refresh_from_db()
    assert mine.read_at == NOW
    assert seated("c-housing-jb1").send("/desk/notices/", {"id": "x"}).status_code == 400


def test_pages_of_bells(cast, seated):
    Notice.objects.bulk_create(
        Notice(officer=cast.handler(), key=f"k{n}", text=f"第 {n} 条", at=NOW) for n in range(60)
    )
    officer = seated("c-housing-jb1")
    assert len(officer.open("/desk/notices/").context["notices"]) == 50
    assert len(officer.open("/desk/notices/?page=2").context["notices"]) == 10
    assert officer.open("/desk/notices/?page=3").status_code == 404
    assert officer.open("/desk/notices/?page=x").status_code == 400


def test_the_catalogue_says_whose_duty_each_item_is(cast, seated):
    page = seated("gl01").open("/desk/catalogue/")
    assert page.context["total"] == Matter.objects.filter(level=3).count()
    matter = cast.matter()
    item = next(i for g in page.context["groups"] for i in g["items"] if i["code"] == matter.code)
    assert (item["name"], item["owner"], item["evidence"]) == (matter.name, "市住房和城乡建设局", "现场类")
    found = seated("gl01").open("/desk/catalogue/", data={"q": matter.code})
    assert found.context["total"] == 1
    assert "目录里没有这样的事项" in seated("gl01").open("/desk/catalogue/?q=没有的").content.decode()


def test_the_mailbox_shows_what_the_caller_was_told_with_links(rung, seated):
    page = seated("pd01").open("/desk/mailbox/")
    bodies = " ".join(m["body"] for m in page.context["messages_sent"])
    assert f'/track/?number={rung.number}">' in bodies and "138****2217" in page.content.decode()
    assert "13812342217" not in page.content.decode()
    one = seated("pd01").open(f"/desk/mailbox/?number={rung.number}")
    assert {m["number"] for m in one.context["messages_sent"]} == {rung.number}


def test_what_was_sent_is_text_not_markup(db, seated):
    outbox.write(
        key="k", channel="sms", to="13900001111", body="看<script>alert(1)</script>：http://127.0.0.1/rate/x/", at=NOW
    )
    body = seated("pd01").open("/desk/mailbox/").content.decode()
    assert "<script>alert" not in body and 'href="http://127.0.0.1/rate/x/"' in body


def test_there_is_no_mailbox_outside_the_demo(settings, rung, seated):
    settings.DEMO = False
    assert seated("pd01").open("/desk/mailbox/").status_code == 404
    assert "/desk/mailbox/" not in seated("pd01").open("/desk/").content.decode()


def test_while_the_demo_city_comes_in_a_banner_says_so(db, seated):
    Setting.objects.update_or_create(key="demo", defaults={"value": {"done": 200, "of": 2000}})
    assert "演示城市还在装入：200 件，共 2000 件" in seated("pd01").open("/desk/").content.decode()
    Setting.objects.filter(key="demo").update(value={"done": 2000, "of": 2000})
    cache.clear()
    assert "演示城市还在装入" not in seated("pd01").open("/desk/").content.decode()
