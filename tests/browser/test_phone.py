"""An operator with a caller on the line: no keystroke is lost, nothing moves under the fingers, and the hands stay on the keys."""

from __future__ import annotations

import json
import re
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from suqiu.cases.models import Case
from suqiu.directory.models import Grant, OfficeLine
from suqiu.gateways.models import Message
from suqiu.intake import calls, known_events
from suqiu.intake.models import CallDraft
from tests.browser.looking import AXE, FAULTS, log_in
from tests.cast import Cast, run_jobs

pytestmark = pytest.mark.browser
KEYS_AT_MOST = 12
WORDS = (
    "我住在翠屏社区三单元，楼里的电梯从星期一停到现在，物业说等配件，问了几次都说快了，家里老人腿脚不好，八楼上下全靠人背，"
    "昨天去医院换药都没去成，邻居里还有坐轮椅的，孩子上学也要走楼梯，我们交的物业费一分没少，希望你们催一催，"
    "到底哪天能修好给个准话，修不好能不能先派人帮老人上下楼，还有电梯里的求助铃也是坏的，上次有人关在里面半个钟头没人理，"
    "这个也要一起修好，别又修一半放在那里不管，谢谢你们了。"
)
COUNT_KEYS = """() => { window.pressed = []; addEventListener('keydown', e => {
  if (e.isTrusted) window.pressed.push(e.key); }, true); }"""
STAND = """() => { const w = document.getElementById('id_words'); return {
  value: w.value, start: w.selectionStart, end: w.selectionEnd, scroll: w.scrollTop, isFocused: document.activeElement === w,
  page: [scrollY, document.querySelector('.typing').scrollTop],
  places: ['id_words', 'id_place', 'id_area', 'id_matter'].map(id => { const r = document.getElementById(id).getBoundingClientRect();
    return [Math.round(r.left), Math.round(r.top), Math.round(r.width), Math.round(r.height)]; }) }; }"""


def sit(page, who: str = "hw01", address: str = "/desk/intake/?call=new") -> None:
    log_in(page, who)
    page.goto(address)


def grant_dispatching(who: str = "hw01") -> Grant:
    return Grant.objects.create(
        officer=Cast().officer(who), role="dispatcher", department_id="HOTLINE", since=timezone.localdate()
    )


@pytest.fixture
def both(transactional_db):
    """An operator who may dispatch as well, for the length of one test: grants stand between tests."""
    grant = grant_dispatching()
    yield
    grant.delete()


def outage(minutes: int = 300, **more):
    cast, now = Cast(), timezone.now()
    known = {
        "title": "翠屏片区停水",
        "text": "主管爆裂，今晚 8 点前恢复。",
        "words": "翠屏 停水",
        "area": cast.area("510802"),
    }
    return known_events.announce(
        by=cast.shift_lead, at=now - timedelta(minutes=1), key=f"outage-{now}",
        valid_until=now + timedelta(minutes=minutes), **(known | more),
    )  # fmt: skip


def kept(page) -> None:
    page.wait_for_selector("[data-kept][data-state=kept]")


# ---- typing


def test_two_hundred_characters_while_suggestions_come_late_out_of_order_and_fail(rough):
    """What is typed is what stands there; caret, scroll and every field stay where they were, whatever the side column does."""
    cast = Cast()
    for n in range(6):
        cast.accepted(at=timezone.now() - timedelta(hours=n + 1))
    outage()
    page, asked = rough, []
    sit(page)

    def answer(route):
        """The first is slowest, every third fails, every fourth is cut off: none arrives in its turn."""
        n = len(asked)
        asked.append(n)
        if n % 4 == 3:
            return route.abort()
        if n % 3 == 2:
            return route.fulfill(status=500, body="broken")
        rows = "".join(
            f'<li id="hint-area-{n}{k}"><button class="take" data-take="area" data-value="{k}">n{n}</button></li>'
            for k in range(30)
        )
        body = f'<section class="hint" data-n="{n}"><h2>{n}</h2><ul>{rows}</ul></section>'
        return late.append((route, body))

    late: list = []
    page.route("**/desk/phone/suggest/", answer)
    page.focus("#id_words")
    before = page.evaluate(STAND)
    for at in range(0, 200, 10):
        page.keyboard.type(WORDS[at : at + 10], delay=12)
        page.wait_for_timeout(400)  # a breath: the typing rests long enough to ask
        while len(late) > 1:  # answered in the wrong order: the newer first
            for route, body in (late.pop(), late.pop(0)):
                route.fulfill(status=200, content_type="text/html", body=body)
    assert len(asked) >= 12 and page.input_value("#id_words") == WORDS[:200]
    # back into the middle, with a caret and a scroll of its own, while the last answers come
    page.evaluate("() => { const w = document.getElementById('id_words'); w.setSelectionRange(37, 37); }")
    page.keyboard.type("（插进来的）")
    stand = page.evaluate(STAND)
    assert (stand["start"], stand["end"], stand["isFocused"]) == (43, 43, True)
    page.wait_for_timeout(450)
    for route, body in reversed(late):
        route.fulfill(status=200, content_type="text/html", body=body)
    page.wait_for_timeout(300)
    after = page.evaluate(STAND)
    assert after == stand
    assert after["value"] == WORDS[:37] + "（插进来的）" + WORDS[37:200]
    assert after["places"] == before["places"] and after["page"] == before["page"]
    newest = max(n for n in asked if n % 4 != 3 and n % 3 != 2)
    assert page.get_attribute("#hints [data-n]", "data-n") == str(newest)  # an old answer never replaces a newer one


def test_keystrokes_while_the_server_stands_still(rough):
    """No answer at all, for drafts and suggestions alike: typing is not held up by a moment."""
    page = rough
    sit(page)
    page.route("**/desk/phone/**", lambda route: None)  # never answered
    page.focus("#id_words")
    began = time.monotonic()
    page.keyboard.type(WORDS[:200], delay=1)
    assert page.input_value("#id_words") == WORDS[:200]
    assert time.monotonic() - began < 10
    page.unroute("**/desk/phone/**")


def test_the_scroll_of_a_long_text_stays(window):
    page = window()
    sit(page)
    page.fill("#id_words", "\n".join(f"第 {n} 行 楼里电梯坏了" for n in range(60)))
    page.evaluate(
        "() => { const w = document.getElementById('id_words'); w.setSelectionRange(100, 100); w.scrollTop = 120; }"
    )
    stand = page.evaluate(STAND)
    page.wait_for_timeout(1500)  # draft kept, suggestions shown
    kept(page)
    assert stand["scroll"] > 0 and page.evaluate(STAND) == stand


# ---- by keyboard


def test_a_call_is_registered_and_dispatched_in_at_most_twelve_keys(window, both, capsys):
    page = window()
    sit(page)
    page.evaluate(COUNT_KEYS)
    page.keyboard.type("13900001111")
    typed = page.evaluate("window.pressed.length")  # the number itself is words typed
    page.keyboard.press("Enter")
    page.keyboard.insert_text("利州区东坝街道翠屏社区 3 栋的电梯运行故障，停了三天，老人下不了楼")
    page.wait_for_selector("[data-take=matter]")
    page.keyboard.press("Alt+Enter")
    page.keyboard.press("Alt+Enter")
    page.wait_for_selector("[data-target]")
    unit = page.inner_text("[data-target] b")
    page.evaluate("() => { sessionStorage.pressed = JSON.stringify(window.pressed); }")
    page.keyboard.press("Alt+2")
    page.wait_for_url("**/saved/")
    pressed = json.loads(page.evaluate("sessionStorage.pressed"))[typed:] + ["Alt", "2"]
    case = Case.objects.get()
    assert " ".join(ln.step for ln in case.lines.order_by("no")) == "receive accept dispatch"
    assert str(case.lead_department) == unit
    assert len(pressed) <= KEYS_AT_MOST, pressed
    with capsys.disabled():
        print(f"\n  a call registered and dispatched: {len(pressed)} keys beyond the words ({' '.join(pressed)})")
    assert page.evaluate("document.activeElement.hasAttribute('data-next')")
    page.keyboard.press("Enter")  # the next call
    page.wait_for_url("**/desk/intake/**")
    assert page.input_value("#id_words") == "" and page.evaluate("document.activeElement.id") == "id_phone"


def test_one_key_records_the_caller_under_a_known_event(window):
    known, page = outage(), window()
    sit(page)
    page.keyboard.type("13900001111")
    page.keyboard.press("Enter")
    page.keyboard.insert_text("翠屏这边怎么没有水了")
    page.wait_for_selector("[data-take=event]")
    assert known.text in page.inner_text("#hints")
    page.keyboard.press("Alt+3")
    page.wait_for_url("**/saved/")
    case = Case.objects.get()
    assert (case.event_id, case.state) == (known.event_id, "A")
    known_events.end(known=known, by=Cast().shift_lead, at=timezone.now(), all_clear="水来了")
    run_jobs()
    assert Message.objects.filter(key__startswith="all-clear:").count() == 1


def test_what_is_missing_is_gone_to_and_not_posted(window):
    page = window()
    sit(page)
    page.focus("#id_words")
    page.keyboard.insert_text("楼上漏水")
    page.keyboard.press("Alt+2")
    assert page.evaluate("document.activeElement.id") == "id_area" and "还差" in page.inner_text("[data-act-note]")
    page.keyboard.press("Alt+1")  # opens the answer, and the caret goes there
    assert page.evaluate("document.activeElement.id") == "id_answer"
    page.keyboard.insert_text("请先关总阀")
    page.keyboard.press("Tab")
    page.keyboard.insert_text("用水指南")
    page.keyboard.press("Alt+1")
    page.wait_for_url("**/saved/")
    assert Case.objects.get().state == "A"


def test_the_map_of_keys_is_on_one_key_and_can_be_switched_off(window):
    page = window()
    sit(page)
    page.keyboard.press("F1")
    shown = page.inner_text("#keys")
    for key in page.locator(".actbar kbd, .callbar [data-look] kbd, .fold kbd").all_inner_texts():
        assert all(part in shown for part in key.split()), key  # each key that stands on a button stands in the map
    page.check("[data-keys-off]")
    page.keyboard.press("F1")
    page.keyboard.press("Alt+1")
    assert not page.locator("#id_answer").is_visible()
    page.keyboard.press("F1")
    page.uncheck("[data-keys-off]")
    page.keyboard.press("Escape")
    page.keyboard.press("Alt+1")
    assert page.locator("#id_answer").is_visible()


def test_looking_up_does_not_take_the_caret_and_is_written_once(window):
    Cast().in_hand(at=timezone.now() - timedelta(hours=8))
    page = window()
    sit(page)
    page.keyboard.type("13812342217")
    page.keyboard.press("Enter")
    page.keyboard.insert_text("电梯")
    page.wait_for_selector(".earlier-calls li")
    assert page.evaluate("document.activeElement.id") == "id_words"
    page.keyboard.press("Alt+7")
    page.keyboard.press("Tab")
    page.wait_for_timeout(300)
    assert OfficeLine.objects.filter(act="look_up").count() == 1
    assert "王**" in page.inner_text("#caller")


# ---- drafts


def test_a_crash_loses_nothing_not_even_in_another_browser(window):
    page = window()
    sit(page)
    page.keyboard.type("13900001111")
    page.keyboard.press("Enter")
    page.keyboard.insert_text("楼上漏水，天花板要掉了")
    kept(page)
    page.goto("about:blank")
    other = window()  # another computer, another session
    sit(other, address="/desk/intake/")
    assert (
        other.input_value("#id_words") == "楼上漏水，天花板要掉了" and other.input_value("#id_phone") == "13900001111"
    )


def test_the_network_gone_and_back(rough):
    page = rough
    sit(page)
    page.focus("#id_words")
    page.keyboard.insert_text("先写的")
    kept(page)
    page.context.set_offline(True)
    page.keyboard.insert_text("，断网时写的")
    page.wait_for_selector("[data-kept][data-state=here]")
    page.keyboard.press("Control+Enter")  # registering waits; nothing is posted into the void
    page.wait_for_timeout(300)
    assert page.input_value("#id_words") == "先写的，断网时写的" and not Case.objects.exists()
    stored = page.evaluate("() => Object.entries(localStorage).filter(([k]) => k.startsWith('suqiu-call:'))")
    assert "断网时写的" in stored[0][1] and "1390000" not in stored[0][1]
    page.context.set_offline(False)
    kept(page)
    assert calls.read(CallDraft.objects.get())["words"] == "先写的，断网时写的"
    assert page.evaluate("() => Object.keys(localStorage).filter(k => k.startsWith('suqiu-call:'))") == []
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/saved/")
    assert Case.objects.count() == 1 and not CallDraft.objects.exists()


def test_a_browser_that_dies_without_network_gives_back_what_it_kept(rough):
    page = rough
    sit(page)
    page.context.set_offline(True)
    page.focus("#id_words")
    page.keyboard.insert_text("断网时写的，还没存到服务器")
    page.wait_for_timeout(300)
    page.goto("about:blank")
    page.context.set_offline(False)
    page.goto("/desk/intake/")
    assert page.input_value("#id_words") == "断网时写的，还没存到服务器"
    for _wait in range(50):
        if CallDraft.objects.exists():
            break
        page.wait_for_timeout(200)
    assert calls.read(CallDraft.objects.get())["words"] == "断网时写的，还没存到服务器"


def test_a_session_lost_in_mid_typing(window):
    """Said as such; after signing in elsewhere the page goes on with its new token, and the call is registered once."""
    page = window()
    sit(page)
    page.focus("#id_words")
    page.keyboard.insert_text("写到一半")
    kept(page)
    cookies = [c for c in page.context.cookies() if c["name"] != "sessionid"]
    page.context.clear_cookies()
    page.context.add_cookies(cookies)
    page.keyboard.insert_text("，登录过期了")
    page.wait_for_selector("[data-kept][data-state=out]")
    assert "登录过期" in page.inner_text("[data-kept]")
    again = page.context.new_page()
    sit(again, address="/desk/")
    page.bring_to_front()
    page.focus("#id_words")
    page.keyboard.insert_text("，又登录了")
    kept(page)
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/saved/")
    assert Case.objects.get().contents.get(name="text").body == "写到一半，登录过期了，又登录了"


# ---- to look at


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("phone", [True, False], ids=["phone", "desktop"])
def test_its_pages_are_straight_and_accessible(window, language, phone):
    cast = Cast()
    cast.in_hand(at=timezone.now() - timedelta(hours=8))
    known = outage()
    page = window(phone=phone, language=language)
    sit(page)
    page.fill("#id_phone", "13812342217")
    page.press("#id_phone", "Enter")
    page.fill("#id_words", "翠屏这边停水，电梯运行故障停了三天，老人下不了楼")
    page.wait_for_selector("[data-take=event]")
    page.wait_for_selector(".earlier-calls li")
    found = _faults(page, "desk/intake")
    if not phone:
        page.keyboard.press("F1")
        found += _faults(page, "keys")
    page.goto("/desk/phone/caller/")
    found += _faults(page, "caller")
    case = Case.objects.get()
    page.fill("[name=number]", case.number)
    page.fill("[name=said]", "13812342217")
    page.locator("main form button").last.click()
    page.wait_for_url(f"**/caller/{case.number}/")
    found += _faults(page, "caller's case")
    page.goto(f"/desk/phone/caller/{case.number}/step/withdraw/")
    found += _faults(page, "caller's step")
    page.context.clear_cookies()
    sit(page, "bz01", "/desk/phone/events/")
    found += _faults(page, "events")
    page.goto(f"/desk/phone/events/{known.pk}/")
    found += _faults(page, "event")
    assert found == [], "\n".join(found)


def _faults(page, where: str) -> list[str]:
    found = page.evaluate(FAULTS)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    for violation in page.evaluate("axe.run({resultTypes: ['violations']}).then(r => r.violations)"):
        found.append(f"{violation['id']}: {violation['nodes'][0]['html'][:160]}")
    return [f"{where}: {fault}" for fault in found]


def test_without_scripts_every_step_is_a_button(window):
    known, page = outage(), window(scripts=False)
    sit(page)
    page.fill("#id_words", "翠屏停水了")
    page.click("[name=seek]")
    page.click(f"[name=take][value='event:{known.pk}']")
    page.click("[name=then][value=event]")
    page.wait_for_url("**/saved/")
    assert Case.objects.get().event_id == known.event_id
    assert re.search(r"\d{4} \d{4}", page.inner_text("main").replace("\xa0", " "))
