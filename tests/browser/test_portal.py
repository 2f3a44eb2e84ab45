"""A citizen's day in a real browser: few taps, no signal, an ended session, WeChat, large letters, both languages; nothing typed is lost."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import OperationalError
from django.utils import timezone

from suqiu.cases.models import Attachment, Case, Content
from suqiu.errors import Refused
from suqiu.followup.links import make_link
from suqiu.gateways.models import Message
from tests.browser.looking import AXE, FAULTS
from tests.cast import Cast, photo

pytestmark = pytest.mark.browser
WORDS = "康乐小区 5 栋门口的污水井从上周五开始往外冒。"
WECHAT = (
    "Mozilla/5.0 (Linux; Android 13; V2203A) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/116.0.0.0 Mobile Safari/537.36"
    " MicroMessenger/8.0.49.2600(0x28003137) WeChat/arm64 Weixin NetType/4G Language/zh_CN"
)
UNMARKED = """() => { const out = []; const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) { const n = walk.currentNode, e = n.parentElement;
    if (/[\\u3400-\\u9fff]/.test(n.data) && !e.closest('[lang^=zh], script, style, textarea, [aria-hidden=true]')) out.push(n.data.trim().slice(0, 40)); }
  return out; }"""


@pytest.fixture
def phone_with(chrome, live_server, transactional_db):
    """phone_with(user_agent=..., width=320) opens a page on a phone; what its scripts trip over fails the test."""
    opened, faults = [], []

    def open_phone(**more):
        size = {"width": more.pop("width", 390), "height": more.pop("height", 844)}
        context = chrome.new_context(
            base_url=live_server.url, viewport=size, is_mobile=True, has_touch=True, **({"locale": "zh-CN"} | more)
        )
        opened.append(context)
        page = context.new_page()
        page.on("pageerror", lambda e: faults.append(str(e)))
        return page

    yield open_phone
    for context in opened:
        context.close()
    assert faults == []


class Thumb:
    """Counts what a thumb does beside typing words."""

    def __init__(self, page):
        self.page, self.taps = page, 0

    def tap(self, selector: str) -> None:
        self.taps += 1
        self.page.locator(selector).first.tap()

    def types(self, words: str) -> None:
        self.page.keyboard.type(words)


def sms_code() -> str:
    return re.search(r"(\d{6})", Message.objects.filter(key__startswith="phone-code:").latest("id").body)[1]


def begin(page, words: str = WORDS) -> None:
    page.goto("/submit/")
    page.fill("[name=words]", words)


def press(page) -> None:
    page.locator("main form[data-send] .thumb button").tap()


def picked(page) -> int:
    return page.evaluate("document.getElementById('id_photos').files.length")


def image(tmp_path: Path, name: str = "灯.jpg") -> str:
    path = tmp_path / name
    path.write_bytes(photo().read())
    return str(path)


# ---- effort


def test_a_demand_with_a_confirmed_number_takes_six_taps(phone_with):
    page = phone_with()
    page.goto("/")
    thumb = Thumb(page)
    thumb.tap("#ask-words")
    thumb.types(WORDS)
    thumb.tap(".ask .button-main")
    page.wait_for_url("**/submit/")
    thumb.tap("[name=phone]")
    thumb.types("13812342217")
    thumb.tap("main form[data-send] .thumb button")
    page.wait_for_url("**/submitted/")
    thumb.tap("[name=sms]")
    thumb.types(sms_code())
    thumb.tap("form.sms button")
    page.wait_for_selector("text=核实过了")
    case = Case.objects.get()
    assert thumb.taps <= 6 and case.person.is_phone_confirmed
    assert Content.objects.get(case=case).body == WORDS
    assert re.search(r"\b\d{4} \d{4}\b", page.inner_text(".ticket")), "the query code still stands there"


def test_the_caret_is_where_the_first_word_goes(phone_with):
    page = phone_with()
    page.goto("/submit/")
    assert page.evaluate("document.activeElement.name") == "words"


# ---- photographs


def test_camera_and_album_add_to_one_list_and_one_tap_takes_one_away(phone_with, tmp_path):
    page = phone_with()
    begin(page)
    page.set_input_files("#id_photos_camera", image(tmp_path, "一.jpg"))
    page.set_input_files("#id_photos", [image(tmp_path, "二.jpg"), image(tmp_path, "三.jpg")])
    page.set_input_files("#id_photos_camera", image(tmp_path, "四.jpg"))
    assert picked(page) == 4 and page.locator(".previews li").count() == 4
    page.locator(".previews li").nth(1).locator("button").tap()
    assert picked(page) == 3 and page.locator(".preview-away").count() == 3
    press(page)
    page.wait_for_url("**/submitted/")
    assert sorted(Attachment.objects.values_list("name", flat=True)) == ["一.jpg", "三.jpg", "四.jpg"]


# ---- nothing lost, sent once


def test_without_a_signal_it_waits_and_is_sent_once(phone_with, tmp_path):
    page = phone_with()
    begin(page)
    page.set_input_files("#id_photos", image(tmp_path))
    page.context.set_offline(True)
    press(page)
    page.wait_for_selector("[data-waiting]:not([hidden])")
    assert "没有信号" in page.inner_text("[data-waiting]") and page.input_value("[name=words]") == WORDS
    assert picked(page) == 1 and not Case.objects.exists()
    page.context.set_offline(False)
    page.wait_for_url("**/submitted/")
    assert Case.objects.count() == 1 and Attachment.objects.count() == 1
    page.goto("/submit/")
    assert page.input_value("[name=words]") == "", "what was handed in is no draft any more"


def test_the_answer_is_lost_on_the_way_and_the_demand_is_still_one(phone_with):
    page, lost = phone_with(), []

    def lose(route):
        if route.request.method == "POST" and not lost:
            lost.append(route.fetch(max_redirects=0).status)
            return route.abort()
        return route.continue_()

    page.route("**/submit/", lose)
    begin(page)
    press(page)
    page.wait_for_url("**/submitted/", timeout=15_000)
    assert lost == [303] and Case.objects.count() == 1


def test_the_page_is_closed_while_it_waits_and_opened_again(phone_with):
    """The first posting arrived, its answer never did, and the phone went off: the draft and its key are found again."""
    page = phone_with()
    page.route(
        "**/submit/",
        lambda r: (r.fetch(max_redirects=0), r.abort())[1] if r.request.method == "POST" else r.continue_(),
    )
    begin(page)
    page.wait_for_timeout(700)
    press(page)
    page.wait_for_selector("[data-waiting]:not([hidden])")
    assert Case.objects.count() == 1
    again = page.context.new_page()
    page.close()
    again.goto("/submit/")
    assert again.input_value("[name=words]") == WORDS
    press(again)
    again.wait_for_url("**/submitted/")
    assert Case.objects.count() == 1


def test_a_session_lost_in_mid_typing(phone_with, tmp_path):
    page = phone_with()
    begin(page)
    page.set_input_files("#id_photos", image(tmp_path))
    page.context.clear_cookies()
    press(page)
    page.wait_for_selector("[data-told] [data-refusal]")
    assert "写的都在" in page.inner_text("[data-told]") and "再选一次" not in page.inner_text("[data-told]")
    assert page.input_value("[name=words]") == WORDS and picked(page) == 1 and not Case.objects.exists()
    press(page)
    page.wait_for_url("**/submitted/")
    assert Case.objects.count() == Attachment.objects.count() == 1


def test_the_database_is_gone_for_some_seconds(phone_with, monkeypatch):
    from suqiu.portal import views

    page, real, left = phone_with(), views.receive, [1, 1]

    def receive(**asked):
        if left:
            left.pop()
            raise OperationalError("server closed the connection unexpectedly")
        return real(**asked)

    monkeypatch.setattr(views, "receive", receive)
    begin(page)
    press(page)
    page.wait_for_selector("[data-waiting]:not([hidden])")
    assert "暂时存不进去" in page.inner_text("[data-waiting]") and page.input_value("[name=words]") == WORDS
    page.wait_for_url("**/submitted/", timeout=30_000)
    assert Case.objects.count() == 1 and left == []


def test_storage_refuses_and_the_picture_need_not_be_chosen_again(phone_with, monkeypatch, tmp_path):
    from suqiu.gateways import storage

    page = phone_with()
    begin(page)
    page.set_input_files("#id_photos", image(tmp_path))
    with monkeypatch.context() as broken:
        broken.setattr(storage, "write", lambda *_a: (_ for _ in ()).throw(Refused("现在存不下照片", status=507)))
        press(page)
        page.wait_for_selector("[data-told] [data-refusal]")
    assert "现在存不下照片" in page.inner_text("[data-told]") and picked(page) == 1
    press(page)
    page.wait_for_url("**/submitted/")
    assert Attachment.objects.count() == 1


def test_a_wrong_field_is_told_in_place_and_unfolded(phone_with):
    page = phone_with()
    begin(page)
    page.fill("[name=phone]", "1381234")
    page.evaluate("document.querySelector('[name=on_behalf]').value = '楼下王奶奶'")
    press(page)
    page.wait_for_selector("#field-has_consent .field-errors")
    assert page.locator("#field-has_consent").is_visible() and page.input_value("[name=phone]") == "1381234"
    page.locator("[name=has_consent]").check()
    press(page)
    page.wait_for_selector("#field-phone .field-errors")
    assert "7 位" in page.inner_text("#field-phone") and page.locator("#field-has_consent .field-errors").count() == 0


def test_leaving_a_shared_machine_takes_drafts_along(phone_with):
    page = phone_with()
    begin(page)
    press(page)
    page.wait_for_url("**/submitted/")
    begin(page, "写了一半的话")
    page.wait_for_timeout(700)
    number = Case.objects.get().number
    others = [
        f"suqiu-draft:7-{number}-contact",
        f"suqiu-draft:site-0f0f0f-{number}-visit",
        "suqiu-call:7:0000",
        "suqiu-keys-off",
    ]
    own = [f"suqiu-draft:rate-{number}", f"suqiu-draft:caller_adds-{number}", "suqiu-key:submit"]
    page.evaluate("names => names.forEach(name => localStorage.setItem(name, '1'))", others + own)
    page.locator("[data-forget] button").tap()
    page.wait_for_url(re.compile(r":\d+/$"))
    assert sorted(page.evaluate("Object.keys(localStorage)")) == sorted(others)
    page.goto(f"/case/{Case.objects.get().number}/")
    assert "/track/" in page.url


def test_a_draft_found_on_a_shared_machine_can_be_cleared(phone_with):
    page = phone_with()
    begin(page, "别人写了一半的话")
    page.wait_for_timeout(700)
    page.goto("/submit/")
    assert page.input_value("[name=words]") == "别人写了一半的话"
    page.locator("[data-drop-draft]").tap()
    assert page.input_value("[name=words]") == ""
    page.goto("/submit/")
    assert page.input_value("[name=words]") == ""


# ---- WeChat


def test_in_wechat_everything_works_and_nothing_runs_behind(phone_with):
    page = phone_with(user_agent=WECHAT)
    begin(page)
    page.fill("[name=phone]", "13812342217")
    press(page)
    page.wait_for_url("**/submitted/")
    assert page.evaluate("async () => (await navigator.serviceWorker.getRegistrations()).length") == 0
    assert page.title().endswith("12345") and page.locator(".receipt .mono").inner_text(), (
        "the receipt's code can be read without a download"
    )
    page.locator(".thumb a").tap()
    page.wait_for_url("**/case/**")
    assert WORDS[:12] in page.inner_text("main")


def test_it_can_be_put_on_the_home_screen(phone_with):
    page = phone_with()
    page.goto("/")
    browser = page.context.new_cdp_session(page)
    found = browser.send("Page.getAppManifest")
    assert found["errors"] == [] and '"display": "standalone"' in found["data"]
    for icon in re.findall(r'"src": "([^"]+)"', found["data"]):
        assert page.request.get(icon).ok, icon


# ---- five taps


@pytest.mark.parametrize(("level", "state"), [("非常满意", "C"), ("不满意", "D")])
def test_an_answer_given_at_once_is_rated_by_one_tap(phone_with, level, state):
    cast, now = Cast(), timezone.now() - timedelta(minutes=30)
    case = cast.accepted(at=now)
    cast.do(
        "answer_at_once", case, cast.operator, at=now + timedelta(minutes=12), answer="手机上办。", source="办事指南"
    )
    page = phone_with()
    _prove(page, case)
    assert page.locator("#rating [aria-pressed=true], #rating :checked").count() == 0
    page.locator("#rating button", has=page.get_by_text(level, exact=True)).tap()
    page.wait_for_selector(".note")
    assert Case.objects.get(pk=case.pk).state == state and page.locator("#rating").count() == 0


def test_each_tap_of_the_link_is_saved(phone_with):
    case = Cast().sent(at=timezone.now() - timedelta(hours=9))
    page = phone_with()
    page.goto(f"/rate/{make_link(case=case, at=timezone.now())}/")
    page.get_by_role("button", name="没解决").tap()
    page.wait_for_selector("text=记下了")
    assert case.links.get().answers == {"solved": "no"}


# ---- how it looks


def _prove(page, case: Case) -> None:
    page.goto(f"/track/?number={case.number}")
    page.fill("[name=code]", case.code)
    page.locator("main form .thumb button").tap()
    page.wait_for_url("**/case/**")


@pytest.mark.parametrize(
    ("language", "large", "width"),
    [
        ("zh", "0", 390),
        ("en", "0", 390),
        ("zh", "1", 390),
        ("en", "1", 390),
        ("zh", "0", 320),
        ("en", "0", 320),
        ("zh", "1", 320),
    ],
)  # 320 px: a desktop at 400 %
def test_every_page_is_straight_and_axe_finds_nothing(phone_with, language, large, width):
    cast, now = Cast(), timezone.now() - timedelta(hours=8)
    case, answered = cast.sent(at=now), cast.accepted(at=now)
    cast.do(
        "answer_at_once", answered, cast.operator, at=now + timedelta(hours=1), answer="手机上办。", source="办事指南"
    )
    page = phone_with(width=width)
    page.goto(f"/?lang={language}&large={large}")
    begin(page)
    page.fill("[name=phone]", "13812342217")
    press(page)
    page.wait_for_url("**/submitted/")
    own = Case.objects.latest("pk")
    for known in (case, answered):
        _prove(page, known)
    addresses = [
        "/",
        "/submit/",
        "/submitted/",
        "/track/",
        "/code/",
        "/verify/",
        "/privacy/",
        f"/case/{own.number}/number/",
    ]
    addresses += [f"/case/{c.number}/" for c in (own, case, answered)] + [
        f"/rate/{make_link(case=case, at=timezone.now())}/"
    ]
    addresses += [
        f"/case/{own.number}/do/caller_adds/?hurry=1",
        f"/case/{case.number}/do/attempt/",
        f"/case/{own.number}/do/withdraw/",
    ]
    found = [fault for address in addresses for fault in _faults_of(page, address, language)]
    assert found == [], "\n".join(found)


def _faults_of(page, address: str, language: str) -> list[str]:
    page.goto(address)
    for details in page.locator("main details").all():
        details.evaluate("d => d.open = true")
    found = page.evaluate(FAULTS)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    for violation in page.evaluate("axe.run({resultTypes: ['violations']}).then(r => r.violations)"):
        found.append(f"{violation['id']}: {violation['nodes'][0]['html'][:160]}")
    if language == "en":
        found += [f"not marked as Chinese: {text}" for text in page.evaluate(UNMARKED)]
    return [f"{address} {fault}" for fault in found]


def test_large_letters_are_the_same_page_and_stay(phone_with):
    page = phone_with()
    page.goto("/")
    small = page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)")
    page.get_by_role("link", name="大字版").tap()
    page.wait_for_selector("[data-size=large]")
    page.goto("/submit/")
    assert page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") >= 1.4 * small
    heights = page.evaluate(
        "[...document.querySelectorAll('main .button, main input[type=tel]')].filter(e => e.offsetHeight).map(e => e.offsetHeight)"
    )
    assert heights and min(heights) >= 56 and max(heights) >= 80
