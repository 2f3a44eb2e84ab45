"""Bad input at every form of the portal: a clear message, the right status, nothing lost, nothing kept that should not be."""

import errno
import io
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from suqiu.cases.models import Attachment, Case
from suqiu.followup.links import make_link
from suqiu.gateways import storage
from tests.cast import photo

from .conftest import NOW

WORDS = "翠屏社区 3 栋的路灯从上周起不亮。"
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def picture(kind: str, size: tuple[int, int] = (64, 48)) -> bytes:
    out = io.BytesIO()
    Image.new("L" if size[0] > 1000 else "RGB", size).save(out, kind)
    return out.getvalue()


def upload(data: bytes, name: str = "灯.jpg", mime: str = "image/jpeg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, content_type=mime)


class FormsWithFiles:
    """The two forms that take files, each with words beside them."""

    def __init__(self, citizen, cast):
        self.citizen, self.cast = citizen, cast

    def submit(self, **said):
        return self.citizen.hand_in(words=WORDS, **said)

    def step(self, **said):
        case = self.cast.in_hand()
        self.citizen.prove(case)
        return self.citizen.take(case, "caller_adds", words=WORDS, **said)


@pytest.fixture(params=["submit", "step"])
def hand_in(request, citizen, cast):
    return getattr(FormsWithFiles(citizen, cast), request.param)


@pytest.mark.filterwarnings("error::PIL.Image.DecompressionBombWarning")  # as at run time
@pytest.mark.parametrize(
    ("data", "name", "status", "told"),
    [
        (picture("PNG", (8192, 6200)), "大.png", 413, "像素太多"),
        (picture("PNG", (20_000, 12_000)), "炸.png", 413, "像素太多"),
        (SVG, "图.svg", 415, "不是照片或 PDF"),
        (SVG, "图.jpg", 415, "不是照片或 PDF"),
        (b"MZ" + bytes(400), "照片.jpg", 415, "不是照片或 PDF"),
        (picture("JPEG")[:300], "断.jpg", 422, "打不开"),
    ],
    ids=["more than 50 megapixels", "a bomb", "svg", "svg that says jpg", "a program", "half a picture"],
)
def test_files_that_are_refused(hand_in, data, name, status, told):
    before = Attachment.objects.count()
    answer = hand_in(photos=upload(data, name))
    page = answer.content.decode()
    assert answer.status_code == status and told in page and name in page
    assert WORDS in page and "照片要再选一次" in page and Attachment.objects.count() == before


@pytest.mark.parametrize(
    "kind, mime", [("HEIF", "image/heic"), ("WEBP", "image/webp"), ("GIF", "image/gif"), ("PNG", "image/png")]
)
def test_pictures_of_every_phone_are_taken_and_shown_as_jpeg(hand_in, citizen, kind, mime):
    assert hand_in(photos=upload(picture(kind), f"IMG_1.{kind.lower()}", "application/octet-stream")).status_code == 303
    kept = Attachment.objects.get()
    shown = citizen.open(f"/a/{kept.pk}/")
    assert kept.mime == mime and shown.status_code == 200
    assert shown["Content-Type"] == "image/jpeg" and shown.content[:3] == b"\xff\xd8\xff"


def test_a_picture_of_fifty_megapixels_as_good_phones_take_them(hand_in):
    assert hand_in(photos=upload(picture("JPEG", (8160, 6120)), "大.jpg")).status_code == 303


@pytest.mark.parametrize(
    "name",
    [
        "../../../etc/passwd.jpg",
        "..\\..\\windows\\win.jpg",
        "/etc/cron.d/x.jpg",
        "a\x00b.jpg",
        "....jpg",
        "‮gpj.exe.jpg",
        "长" * 300 + ".jpg",
        ".htaccess",
    ],
)
def test_tricks_in_file_names_lead_nowhere(hand_in, citizen, settings, name):
    before = {p for p in Path(settings.ATTACHMENTS).rglob("*") if p.is_file()}
    assert hand_in(photos=upload(picture("JPEG"), name)).status_code == 303
    kept = Attachment.objects.get()
    assert not set("/\\\x00‮") & set(kept.name) and not kept.name.startswith(".") and len(kept.name) <= 100
    new = {p for p in Path(settings.ATTACHMENTS).rglob("*") if p.is_file()} - before
    assert [p.resolve().is_relative_to(Path(settings.ATTACHMENTS).resolve()) for p in new] == [True]
    shown = citizen.open(f"/a/{kept.pk}/")
    assert shown.status_code == 200 and "\n" not in shown["Content-Disposition"]


def test_a_place_that_cannot_be_written(hand_in, settings, monkeypatch):
    """The disk is full: said so, without the picture the words are taken."""

    def full(*_args, **_named):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(storage.os, "fsync", full)
        answer = hand_in(photos=photo())
    page = answer.content.decode()
    assert answer.status_code == 507 and "现在存不下照片" in page and WORDS in page
    assert not Attachment.objects.exists()
    assert hand_in().status_code == 303, "without the picture"


def test_a_demand_with_a_full_disk_is_no_case(citizen, monkeypatch):
    monkeypatch.setattr(storage.Path, "rename", lambda *_a: (_ for _ in ()).throw(OSError(errno.EROFS, "Read-only")))
    assert citizen.hand_in(words=WORDS, photos=photo()).status_code == 507
    assert not Case.objects.exists()


# ---- every form: empty, huge, wrong choices, what no keyboard types

NOISE = "\x00\x07\x1b\u200e\ud7ff\ufffe" + "e\u0301" * 3


@pytest.fixture
def addresses(citizen, cast) -> list[str]:
    """Every address of the portal that takes a posting, for somebody who may post there."""
    case, answered = cast.sent(), cast.accepted()
    cast.do("answer_at_once", answered, cast.operator, at=NOW, answer="手机上办。", source="指南")
    token = make_link(case=case, at=NOW)
    for known in (case, answered):
        citizen.prove(known)
    citizen.send("/code/", {"number": case.number, "phone": cast.caller_phone})
    steps = [f"/case/{case.number}/do/{name}/" for name in ("attempt", "caller_adds", "withdraw")]
    steps += [f"/case/{answered.number}/do/{name}/" for name in ("settle", "not_answered")]
    case_pages = [f"/case/{case.number}/number/", f"/case/{answered.number}/answered/", *steps]
    return ["/submit/", "/track/", "/verify/", "/code/", "/code/sms/", f"/rate/{token}/", *case_pages]


FIELDS = "words number code phone sms head key seen satisfied solved secrecy area place name on_behalf back".split()


@pytest.mark.parametrize(
    "posted",
    [{}, dict.fromkeys(FIELDS, ""), dict.fromkeys(FIELDS, NOISE), dict.fromkeys(FIELDS, "长" * 30_000), dict.fromkeys(FIELDS, "-1")],
    ids=["nothing", "empty", "control characters", "long everywhere", "wrong choices"],
)  # fmt: skip
def test_no_form_breaks_and_none_is_taken(citizen, addresses, posted):
    before = [(c.number, c.state, c.line_no) for c in Case.objects.order_by("pk")]
    for address in addresses:
        answer = citizen.send(address, posted)
        assert answer.status_code in (409, 413, 422, 429), (address, answer.status_code)
        assert "<main" in answer.content.decode(), address
    assert [(c.number, c.state, c.line_no) for c in Case.objects.order_by("pk")] == before


def test_ten_megabytes_at_every_form(citizen, addresses):
    for address in addresses:
        answer = citizen.send(address, {"words": "x" * 10_000_000, "number": "x" * 10, "seen": "1", "key": ""})
        assert answer.status_code in (413, 422, 409), (address, answer.status_code)


def test_more_than_can_be_read_at_every_form(citizen, addresses):
    for address in addresses:
        answer = citizen.send(address, {"words": "x" * 13_000_000})
        assert answer.status_code in (413, 200, 422), (address, answer.status_code)
