"""A handler with one hand and no signal: what he records on the phone reaches us once, whatever the line does, and only under his own name."""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from suqiu.cases.models import Attachment, Case
from suqiu.directory.models import Officer
from suqiu.handling.models import Contact, SiteVisit
from tests.cast import Cast, photo
from tests.reading import steps, words

from .looking import AXE, chinese_of, log_in

pytestmark = pytest.mark.browser
LIST = "/desk/site/"
SEAT = {"latitude": 32.4341, "longitude": 105.8452, "accuracy": 9}
AWAY = ("ERR_INTERNET_DISCONNECTED", "ERR_FAILED", "status of 4", "status of 5", "ERR_CONNECTION")


class Phone:
    """A telephone: its pages come and go, what it keeps stays. Counts the taps of a thumb."""

    def __init__(self, context, faults: list[str]):
        self.context, self.faults, self.taps = context, faults, 0
        self.page, self.has_pages = None, True
        self.open()

    def open(self, address: str = "") -> Phone:
        if self.page:
            self.page.close()
        self.page = self.context.new_page()
        self.page.on("console", lambda m: self._note(m.text) if m.type == "error" else None)
        self.page.on("pageerror", lambda e: self.faults.append(str(e)))
        return self.go(address) if address else self

    def go(self, address: str) -> Phone:
        self.page.goto(address)
        if address.startswith(LIST):
            self.page.wait_for_selector("html[data-ready=yes]")
        return self

    def _note(self, text: str) -> None:
        if not any(word in text for word in AWAY):
            self.faults.append(text)

    def ready(self) -> None:
        self.page.wait_for_selector("html[data-ready=yes]")

    def set_out(self, who: str = "c-housing-jb1") -> Phone:
        """Signed in, today's list open, the pages kept on the phone."""
        log_in(self.page, who)
        self.go(LIST)
        self.page.wait_for_selector("html[data-warm=yes]")
        return self

    def set_out_without_pages(self, who: str = "c-housing-jb1") -> Phone:
        self.has_pages = False
        log_in(self.page, who)
        return self.go(LIST)

    def no_signal(self, is_away: bool = True) -> None:
        self.context.set_offline(is_away)

    def tap(self, what: str) -> None:
        self.taps += 1
        self.page.locator(what).first.click()

    def shoot(self, what: str, file) -> None:
        """A tap that opens the camera; the picture is what comes back."""
        with self.page.expect_file_chooser() as chooser:
            self.tap(what)
        chooser.value.set_files({"name": file.name, "mimeType": file.content_type or "", "buffer": file.read()})

    def card(self, case: Case, label: str) -> None:
        self.tap(f"[data-number={case.number}] :is(a, button):has-text('{label}')")
        self.page.wait_for_url("**/desk/site/*/**")
        self.ready()

    def visit(self, case: Case, *, found: str = "solved", said: str = "", picture=None) -> None:
        self.card(case, "到现场")
        self.shoot("[data-camera]", picture or photo("后.jpg"))
        self.page.wait_for_selector(".site-shot-now img")
        self.tap(f".tap:has([value={found}])")
        if said:
            self.page.fill("[name=words]", said)
        self.save()

    def contact(self, case: Case, said: str = "") -> None:
        self.card(case, "打给")
        self.tap(".tap:has([value=phone])")
        self.tap(".tap:has([value=connected])")
        self.page.fill("[name=words]", said or "说好下午去看")
        self.save()

    def save(self) -> None:
        self.tap(".site-bar .button-main")
        if self.has_pages:
            self.page.wait_for_url(f"**{LIST}")
            self.ready()
        else:  # nothing would open without a signal: it stays where it is, and says that it has it
            self.page.wait_for_selector("#refusal .note")

    @property
    def kept(self) -> list[str]:
        return self.page.locator(".site-kept-row").all_inner_texts()

    @property
    def strip(self) -> str:
        shown = self.page.locator("#site-strip")
        return shown.inner_text() if shown.is_visible() else ""

    def until_sent(self) -> None:
        self.page.wait_for_function("() => !document.querySelector('.site-kept-waiting')", timeout=20_000)


@pytest.fixture
def phone(chrome, live_server, transactional_db) -> Iterator[Callable[..., Phone]]:
    opened, faults = [], []

    def pick_up(**more) -> Phone:
        context = chrome.new_context(
            base_url=live_server.url, viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True,
            permissions=["geolocation"], geolocation=SEAT, timezone_id="Asia/Shanghai", **{"locale": "zh-CN"} | more,
        )  # fmt: skip
        opened.append(context)
        return Phone(context, faults)

    yield pick_up
    for context in opened:
        context.close()
    time.sleep(0.7)  # what the server still answers, to whom has gone, is done before the tables are emptied
    assert faults == []


@pytest.fixture
def case(transactional_db) -> Case:
    return Cast().in_hand(at=timezone.now() - timedelta(hours=8))


def on_the_server(case: Case) -> tuple[str, int, int, int]:
    """The steps after signing, and how many visits, contacts and files there are."""
    after = steps(case).split("sign_in ")[-1].split("sign_in")[-1]
    return after, SiteVisit.objects.count(), Contact.objects.count(), Attachment.objects.count()


def test_a_day_without_a_signal_is_on_the_server_once(phone, case):
    """Goes offline, records a visit with a photo and a contact, closes the page, opens it without a signal, comes back."""
    mine = phone().set_out()
    mine.no_signal()
    mine.context.clock.set_system_time(timezone.now() - timedelta(minutes=40))
    mine.open(LIST)
    assert "没有信号" in mine.strip and "只传一次" in mine.strip
    mine.visit(case, said="门机板烧了，换了一块")
    mine.contact(case)
    assert len(mine.kept) == 2 and on_the_server(case) == ("", 0, 0, 0)
    mine.open(LIST)
    assert "2 条记录、1 张照片" in mine.strip
    assert [("到现场" in row, "1 张照片" in row) for row in mine.kept] == [(True, True), (False, False)]
    mine.context.clock.set_system_time(timezone.now())
    mine.no_signal(False)
    mine.until_sent()
    assert on_the_server(case) == ("visit contact", 1, 1, 1)
    for _again in range(2):
        mine.open(LIST)
    assert on_the_server(case) == ("visit contact", 1, 1, 1) and mine.kept == [] and mine.strip == ""
    row, line = SiteVisit.objects.get(), case.lines.get(step="visit")
    assert 39 * 60 < (row.received_at - row.recorded_at).total_seconds() < 45 * 60
    assert row.received_at == line.at and line.says["found"] == "solved"
    assert Contact.objects.get().recorded_at > row.recorded_at
    assert (round(row.longitude, 4), round(row.latitude, 4), row.accuracy) == (105.8452, 32.4341, 9.0)
    assert words(line)["words"] == "门机板烧了，换了一块"
    assert Attachment.objects.get().taken_at is not None  # a picture that says nothing of itself has the phone's time
    mine.page.goto(f"/desk/case/{case.number}/")
    journal = mine.page.inner_text("#journal")
    assert journal.count("手机上") == journal.count("收到") == 2, journal


def test_signing_and_going_without_a_signal(phone):
    cast, now = Cast(), timezone.now()
    case = cast.dispatched(at=now - timedelta(hours=2))
    cast.do("assign", case, cast.reviewer(), at=now - timedelta(hours=1), officer=cast.handler())
    mine = phone().set_out()
    mine.no_signal()
    mine.open(LIST)
    mine.visit(case)
    assert ["签收" in row for row in mine.kept] == [True, False]
    assert mine.page.locator(".site-place-kept").count() == 2
    mine.no_signal(False)
    mine.until_sent()
    assert steps(case).split()[-2:] == ["sign_in", "visit"]


def test_a_visit_is_recorded_in_five_taps(phone, case):
    mine = phone().set_out()
    mine.taps = 0
    mine.visit(case)
    assert mine.taps <= 5
    assert on_the_server(case) == ("visit", 1, 0, 1)
    assert words(case.lines.get(step="visit"))["words"] == "当场解决了"


def test_a_send_killed_mid_way_or_doubled_is_one_record(phone, case):
    """The server took it, the answer never came; then one request arrives twice."""
    mine = phone(service_workers="block").set_out_without_pages()
    arrived = []

    def killed(route):
        if route.request.method != "POST":
            return route.continue_()
        arrived.append(route.fetch().status)
        if len(arrived) == 1:
            return route.abort("connectionreset")
        return route.fulfill(response=route.fetch())

    mine.context.route("**/visit/", killed)
    mine.visit(case)
    mine.open(LIST)
    mine.until_sent()
    assert arrived == [200, 200] and mine.kept == []
    assert on_the_server(case) == ("visit", 1, 0, 1)


def test_an_expired_login_waits_for_the_same_person(phone, case):
    """The session is gone when the signal is back; a colleague signs in on this phone, sees nothing and sends nothing."""
    mine = phone().set_out()
    mine.no_signal()
    mine.visit(case)
    mine.context.clear_cookies()
    mine.no_signal(False)
    mine.page.wait_for_function("() => document.querySelector('#site-strip').textContent.includes('登录')")
    mine.set_out("c-housing-jb2")
    assert mine.kept == [] and mine.strip == "" and on_the_server(case) == ("", 0, 0, 0)
    mine.page.locator(".site-foot form button").click()
    mine.page.wait_for_url("**/login/")
    mine.set_out()
    mine.until_sent()
    assert on_the_server(case) == ("visit", 1, 0, 1)
    assert SiteVisit.objects.get().officer.username == "c-housing-jb1"


def test_who_must_choose_a_password_first_loses_nothing_that_waits(phone, case):
    """His password was issued anew while he had no signal: what waits goes out once he has chosen one of his own."""
    mine = phone().set_out()
    mine.no_signal()
    mine.visit(case)
    Officer.objects.filter(username="c-housing-jb1").update(has_one_time_password=True)
    mine.no_signal(False)
    mine.page.wait_for_function("() => document.querySelector('#site-strip').textContent.includes('登录')")
    assert on_the_server(case) == ("", 0, 0, 0)
    Officer.objects.filter(username="c-housing-jb1").update(has_one_time_password=False)
    mine.open(LIST)
    mine.until_sent()
    assert on_the_server(case) == ("visit", 1, 0, 1)


def test_signing_out_leaves_nothing_to_read_on_the_phone(phone, case):
    mine = phone().set_out()
    mine.no_signal()
    mine.visit(case, said="三楼王桂芳家的门")
    mine.context.clear_cookies()
    mine.no_signal(False)
    mine.page.goto("/login/")
    mine.page.wait_for_function(IS_CLEARED)
    kept = mine.page.evaluate(EVERYTHING)
    assert (
        "王桂芳" not in kept
        and Cast().handler().full_name not in kept
        and case.title not in kept
        and case.number in kept
    )  # sealed; the address is what it waits for


def test_what_is_shown_without_a_signal_bears_the_name_of_who_sees_it(phone, case):
    """The page comes off the phone and holds nobody's name; its mark is of whoever the places were sent to."""
    mine = phone().set_out()
    assert mine.page.evaluate(SHELLS_HOLD) == [3, ""], "no shell on the phone names him"
    mine.no_signal()
    mine.context.clock.set_system_time(timezone.now().replace(year=2031))
    for what in ("visit", "contact"):
        mine.open(f"/desk/site/{case.number}/{what}/")
        assert mine.page.inner_text(".site-case h2") == case.title
        (mark,) = mine.page.locator(".screen-mark").all_text_contents()
        assert mark.startswith(f"{Cast().handler().full_name} c-housing-jb1 2031-") and "没有信号" in mark
    mine.open(LIST)
    assert mine.page.locator(".screen-mark").count() == 1, "the list was kept with the mark that the server drew"


def test_a_phone_that_does_not_know_whose_it_is_shows_no_case(phone, case):
    """As one would be that kept its places before there were marks: no name, no places, until the server says who it is."""
    mine = phone().set_out()
    mine.page.evaluate(WITHOUT_MARK)
    mine.no_signal()
    mine.open(f"/desk/site/{case.number}/visit/")
    assert case.title not in mine.page.inner_text("body") and mine.page.locator(".screen-mark").count() == 0
    mine.no_signal(False)
    mine.open(LIST)
    mine.no_signal()
    mine.open(f"/desk/site/{case.number}/visit/")
    assert mine.page.inner_text(".site-case h2") == case.title and mine.page.locator(".screen-mark").count() == 1


def test_what_is_refused_stays_with_its_reason_until_somebody_decides(phone, case):
    """While he was away his colleague answered and the reply went out: nothing is lost, nothing is forced."""
    mine, cast = phone().set_out(), Cast()
    mine.no_signal()
    mine.visit(case, said="门机板烧了，换了一块")
    now = timezone.now()
    cast.prove(case, at=now - timedelta(hours=7))
    cast.reply(case, at=now - timedelta(hours=7))
    mine.no_signal(False)
    mine.page.wait_for_selector(".site-kept-refused", timeout=20_000)
    assert "「到现场」要在 办理中" in mine.kept[0] and "待审核" in mine.kept[0]
    mine.open(LIST)
    mine.tap(".site-kept-refused button:has-text('留作便条')")
    mine.page.wait_for_selector(".site-kept-note img")
    assert "门机板烧了，换了一块" in mine.kept[0]
    mine.open(LIST)
    for label in ("丢掉", "真的丢掉？再点一次"):
        assert len(mine.kept) == 1
        mine.tap(f".site-kept-note button:has-text('{label}')")
    mine.page.wait_for_function("() => !document.querySelector('.site-kept-row')")
    assert SiteVisit.objects.filter(received_at__gte=now).count() == 0


def test_refused_while_it_is_open_all_stands_where_it_was(phone, case):
    mine = phone().set_out()
    mine.card(case, "到现场")
    mine.page.fill("[name=words]", "门机板烧了")
    cast, now = Cast(), timezone.now()
    cast.prove(case, at=now - timedelta(hours=7))
    cast.reply(case, at=now - timedelta(hours=7))
    mine.tap(".tap:has([value=solved])")
    mine.tap(".site-bar .button-main")
    mine.page.wait_for_selector("#site-refused .refusal")
    assert mine.page.input_value("[name=words]") == "门机板烧了" and "要在 办理中" in mine.page.inner_text(
        "#site-refused"
    )


def test_what_was_begun_is_there_again_after_a_crash(phone, case):
    mine = phone().set_out()
    mine.card(case, "到现场")
    mine.shoot("[data-camera]", photo())
    mine.page.fill("[name=words]", "看到门机板烧了")
    mine.page.wait_for_timeout(1200)
    address = mine.page.url
    mine.no_signal()
    mine.open(address[address.index("/desk") :])
    assert mine.page.input_value("[name=words]") == "看到门机板烧了"
    mine.page.wait_for_selector(".site-shot-now img")
    mine.no_signal(False)
    mine.save()
    assert on_the_server(case) == ("visit", 1, 0, 1)


def test_a_word_is_asked_for_only_where_something_does_not_agree(phone, case):
    """At the place and at the hour: no field in the way. Five kilometres off, or a picture of another hour: it stands there."""
    Case.objects.filter(pk=case.pk).update(longitude=SEAT["longitude"], latitude=SEAT["latitude"])
    mine = phone().set_out()
    mine.card(case, "到现场")
    why, page = mine.page.locator("[data-why]"), mine.page
    page.wait_for_selector("#site-facts .is-good")
    mine.shoot("[data-camera]", photo("后.jpg"))
    page.wait_for_selector(".site-shot-now img")
    assert not why.is_visible()
    page.locator("details.site-when summary").click()
    page.fill("[name=visited_at]", f"{timezone.localtime() - timedelta(hours=5):%Y-%m-%dT%H:%M}")
    page.locator("[name=visited_at]").blur()
    page.wait_for_selector("[data-why]", state="visible")
    page.fill("[name=why]", "先修了才想起拍")
    page.fill("[name=visited_at]", f"{timezone.localtime():%Y-%m-%dT%H:%M}")
    page.locator("[name=visited_at]").blur()
    assert why.is_visible()  # what was typed is not hidden from who typed it
    page.fill("[name=why]", "")
    page.wait_for_timeout(900)  # the draft is written
    mine.context.set_geolocation(SEAT | {"latitude": SEAT["latitude"] + 0.05})
    mine.go(page.url)
    page.wait_for_selector("#site-facts .is-doubtful")
    assert why.is_visible()


def test_pictures_of_every_kind(phone, case):
    """Large: made smaller on the phone, with its own time and place. HEIC: as it is. None at all: said at once."""
    mine = phone().set_out()
    mine.card(case, "到现场")
    for upload in (
        SimpleUploadedFile("图.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        SimpleUploadedFile("后.jpg", b"MZ" * 99),
    ):
        mine.shoot("[data-camera]", upload)
        mine.page.wait_for_function("() => document.getElementById('site-shot-says').textContent.includes('不是照片')")
    mine.shoot("[data-camera]", _large())
    mine.page.wait_for_selector(".site-shot-now img")
    mine.shoot("[data-shot=before] .site-frame", _heic())
    mine.page.wait_for_selector("[data-shot=before] .site-shot-now", state="attached")
    mine.tap(".tap:has([value=solved])")
    mine.save()
    large, heic = Attachment.objects.get(kind="after"), Attachment.objects.get(kind="before")
    assert (large.mime, heic.mime) == ("image/jpeg", "image/heic") and large.size < 3_000_000
    taken = timezone.localtime(large.taken_at)
    assert (f"{taken:%F %T}", round(large.longitude, 3), large.facts_from) == ("2026-06-08 15:30:00", 105.845, "exif")


def _large() -> SimpleUploadedFile:
    """50 megapixels, lying on its side, with time and place."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif.get_ifd(0x8769)[0x9003] = "2026:06:08 15:30:00"
    exif.get_ifd(0x8825).update({1: "N", 2: (32.0, 26.0, 2.0), 3: "E", 4: (105.0, 50.0, 42.0)})
    out = io.BytesIO()
    Image.effect_noise((820, 640), 60).resize((8200, 6400)).convert("RGB").save(out, "JPEG", quality=70, exif=exif)
    return SimpleUploadedFile("IMG_0001.JPG", out.getvalue(), "image/jpeg")


def _heic() -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "red").save(out, "HEIF")
    return SimpleUploadedFile("IMG_0002.HEIC", out.getvalue(), "image/heic")


def test_the_second_picture_is_taken_over_the_first(phone, case):
    Cast().do(
        "visit",
        case,
        Cast().handler(),
        at=timezone.now(),
        visited_at=timezone.now(),
        place="楼下",
        words="看了",
        before=[photo("前.jpg")],
    )
    mine = phone().set_out()
    mine.page.add_init_script(FAKE_CAMERA)
    mine.go(f"/desk/site/{case.number}/visit/")
    mine.tap("[data-camera]")
    mine.page.wait_for_selector("#site-camera[open] .site-ghost")
    ghost = mine.page.locator(".site-ghost")
    assert ghost.get_attribute("src").endswith(f"/desk/file/{Attachment.objects.get().pk}/")
    assert ghost.evaluate("e => getComputedStyle(e).opacity") == "0.35"
    mine.page.wait_for_function("() => document.querySelector('#site-camera video').videoWidth > 0")
    mine.tap("[data-shutter]")
    mine.page.wait_for_selector("[data-shot=after] .site-shot-now img")
    mine.tap(".tap:has([value=solved])")
    mine.save()
    after = Attachment.objects.get(kind="after")
    assert (after.facts_from, round(after.longitude, 4)) == ("phone", 105.8452)


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_the_pages_are_straight_and_in_one_language(phone, case, language):
    mine = phone(locale=language)
    mine.set_out()
    found = _faults(mine.page, language, "list")
    for what in ("visit", "contact"):
        mine.go(f"/desk/site/{case.number}/{what}/")
        found += _faults(mine.page, language, what)
    mine.no_signal()
    mine.go(f"/desk/site/{case.number}/visit/")
    mine.tap(".tap:has([value=solved])")
    mine.tap(".site-bar .button-main")
    mine.page.wait_for_selector(".site-kept-row")
    found += _faults(mine.page, language, "kept")
    mine.no_signal(False)
    mine.until_sent()
    assert found == [], "\n".join(found)


def _faults(page, language: str, where: str) -> list[str]:
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = [
        f"{v['id']}: {v['nodes'][0]['html'][:120]}"
        for v in page.evaluate("axe.run({resultTypes: ['violations']}).then(r => r.violations)")
    ]
    if page.evaluate("() => document.documentElement.scrollWidth > document.documentElement.clientWidth + 1"):
        found.append("scrolls sideways")
    if language == "en":
        found += chinese_of(page)
    return [f"{where}: {fault}" for fault in found]


IS_CLEARED = """async () => {
  if ((await caches.keys()).includes('suqiu-site')) return false;
  const db = await new Promise((r) => { const q = indexedDB.open('suqiu-site'); q.onsuccess = () => r(q.result); });
  const many = await new Promise((r) => { const q = db.transaction('meta').objectStore('meta').count(); q.onsuccess = () => r(q.result); });
  db.close();
  return many === 0; }"""
SHELLS_HOLD = """async () => {
  const cache = await caches.open('suqiu-site');
  const shells = (await cache.keys()).filter((r) => new URL(r.url).pathname.includes('/shell/'));
  const pages = await Promise.all(shells.map(async (r) => (await cache.match(r)).text()));
  return [pages.length, ['c-housing-jb1', 'screen-mark"'].filter((word) => pages.join('').includes(word)).join()]; }"""
WITHOUT_MARK = """async () => {
  const db = await new Promise((r) => { const q = indexedDB.open('suqiu-site'); q.onsuccess = () => r(q.result); });
  const meta = db.transaction('meta', 'readwrite').objectStore('meta');
  await new Promise((r) => { const q = meta.get('owner'); q.onsuccess = () => { const { mark, ...old } = q.result; meta.put(old).onsuccess = r; }; });
  db.close(); }"""
EVERYTHING = """async () => {
  const db = await new Promise((r) => { const q = indexedDB.open('suqiu-site'); q.onsuccess = () => r(q.result); });
  let found = JSON.stringify(localStorage) + JSON.stringify(sessionStorage);
  for (const store of db.objectStoreNames) {
    const rows = await new Promise((r) => { const q = db.transaction(store).objectStore(store).getAll(); q.onsuccess = () => r(q.result); });
    for (const row of rows) found += JSON.stringify(row, (_, v) => v instanceof ArrayBuffer ? new TextDecoder().decode(v) : v);
  }
  return found; }"""
FAKE_CAMERA = """navigator.mediaDevices.getUserMedia = async () => {
  const canvas = document.createElement('canvas'); [canvas.width, canvas.height] = [640, 480];
  const draw = () => { const c = canvas.getContext('2d'); c.fillStyle = 'teal'; c.fillRect(0, 0, 640, 480); };
  draw(); setInterval(draw, 50);
  return canvas.captureStream(10); };"""
