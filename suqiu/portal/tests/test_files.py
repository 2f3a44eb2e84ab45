"""Pictures and papers: his own, and those of the work under a reply that is out. Nothing else, to nobody else."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from suqiu.cases.models import Attachment
from tests.cast import MONDAY, photo

from .conftest import NOW

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def with_place(name: str) -> SimpleUploadedFile:
    """A picture that says where and with what it was taken."""
    out, exif = io.BytesIO(), Image.Exif()
    exif[0x010F] = "SecretPhone"
    exif.get_ifd(0x8825).update({1: "N", 2: (32.0, 26.0, 0.0), 3: "E", 4: (105.0, 50.0, 0.0)})
    Image.new("RGB", (2400, 1200), "olive").save(out, "JPEG", exif=exif)
    return SimpleUploadedFile(name, out.getvalue(), content_type="image/jpeg")


def add(citizen, cast, case, *uploads) -> list[Attachment]:
    cast.citizen("caller_adds", case, at=NOW, words="看照片", photos=list(uploads))
    return list(case.attachments.order_by("id"))


def test_his_own_picture_without_place_or_device(citizen, cast, known):
    case = known("case")
    (kept,) = add(citizen, cast, case, with_place("灯 一.JPG"))
    assert kept.latitude
    answer = citizen.open(f"/a/{kept.pk}/")
    assert answer.status_code == 200
    assert (answer["Content-Type"], answer["X-Content-Type-Options"], answer["Cache-Control"]) == (
        "image/jpeg",
        "nosniff",
        "private, max-age=3600",
    )
    assert answer["Content-Disposition"] == "inline; filename*=UTF-8''%E7%81%AF%20%E4%B8%80.jpg"
    shown = Image.open(io.BytesIO(answer.content))
    assert shown.size == (1600, 800) and not dict(shown.getexif()) and b"SecretPhone" not in answer.content


@pytest.mark.parametrize("form", ["PNG", "GIF", "WEBP"])
def test_any_picture_is_shown_as_jpeg(citizen, cast, known, form):
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(out, form)
    (kept,) = add(citizen, cast, known("case"), SimpleUploadedFile("a.jpg", out.getvalue()))
    answer = citizen.open(f"/a/{kept.pk}/")
    assert answer["Content-Type"] == "image/jpeg" and Image.open(io.BytesIO(answer.content)).format == "JPEG"


def test_a_paper_is_a_download(citizen, cast, known):
    case = known("case")
    (kept,) = add(citizen, cast, case, SimpleUploadedFile("合同.pdf", PDF))
    answer = citizen.open(f"/a/{kept.pk}/")
    assert (
        answer.content == PDF
        and answer["Content-Type"] == "application/pdf"
        and answer["Content-Disposition"].startswith("attachment;")
    )
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert f'href="/a/{kept.pk}/"' in citizen.open(f"/case/{case.number}/").content.decode()


def test_pictures_of_the_work_only_when_the_reply_is_out_and_never_those_before(citizen, cast, known):
    case = known("in_hand")
    fields = {"visited_at": MONDAY, "place": "楼下", "words": "看了", "before": [photo()], "after": [photo()]}
    cast.do("contact", case, cast.handler(), at=MONDAY.replace(hour=11), way="phone", outcome="connected", words="好")
    cast.do(
        "visit", case, cast.handler(), at=MONDAY.replace(hour=12), **(fields | {"visited_at": MONDAY.replace(hour=12)})
    )
    cast.reply(case, at=MONDAY)
    before, after = case.attachments.get(kind="before"), case.attachments.get(kind="after")
    assert citizen.open(f"/a/{after.pk}/").status_code == 404
    cast.do("approve", case, cast.reviewer(), at=MONDAY.replace(hour=16))
    assert citizen.open(f"/a/{after.pk}/").status_code == 200
    assert citizen.open(f"/a/{before.pk}/").status_code == 404


def test_somebody_else_sees_nothing(citizen, cast, known):
    """peers 16."""
    (kept,) = add(citizen, cast, known("case"), photo())
    stranger = type(citizen)()
    assert stranger.open(f"/a/{kept.pk}/").status_code == 404
    other = cast.case(text="别人的另一件事。")
    stranger.prove(other)
    assert stranger.open(f"/a/{kept.pk}/").status_code == 404
    assert stranger.open("/a/999999999/").status_code == 404


def test_removed_or_lost_is_not_found_and_said_so(citizen, cast, known, settings):
    case = known("case")
    first, second = add(citizen, cast, case, photo("一.jpg"), photo("二.jpg"))
    Attachment.objects.filter(pk=first.pk).update(removed_at=NOW)
    (settings.ATTACHMENTS / second.path).unlink()
    assert citizen.open(f"/a/{first.pk}/").status_code == citizen.open(f"/a/{second.pk}/").status_code == 404
    assert "依法删除了" in citizen.open(f"/case/{case.number}/").content.decode()
