"""The disk with the photographs is full, really. Nobody's words are lost, no half file stays, and the same form is taken once there is room."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from suqiu.cases.models import Attachment, Case, Line
from tests import small_disk as disks
from tests.cast import MONDAY, photo
from tests.hands import Form
from tests.small_disk import SmallDisk, small_disk

pytestmark = [pytest.mark.long, pytest.mark.django_db]
WORDS = "翠屏社区 3 栋的路灯从上周起不亮，晚上老人摔了一跤。"
LEFT = 40_000  # bytes still free on a disk that is as good as full: a small picture fits, a photograph does not


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    cache.clear()
    with time_machine.travel(MONDAY + timedelta(hours=3), tick=False):
        yield


@pytest.fixture
def disk(tmp_path: Path, settings) -> Iterator[SmallDisk]:
    with small_disk(tmp_path / "small") as found:
        settings.ATTACHMENTS = found.folder
        yield found


def photograph(name: str = "现场.jpg") -> SimpleUploadedFile:
    """Some two hundred thousand bytes, as noise cannot be made smaller."""
    out = io.BytesIO()
    Image.effect_noise((800, 600), 90).convert("RGB").save(out, "JPEG", quality=80)
    assert 150_000 < len(out.getvalue()) < 600_000
    return SimpleUploadedFile(name, out.getvalue(), content_type="image/jpeg")


def filled(browser: Client, address: str, having: str, **said) -> dict:
    opened = browser.get(address)
    assert opened.status_code == 200
    return Form(opened.content.decode(), having=having).values | said


def again(said: dict) -> dict:
    """The same form once more: its files are read from their beginning."""
    for value in said.values():
        for file in value if isinstance(value, list) else [value]:
            if hasattr(file, "seek"):
                file.seek(0)
    return said


def told_no_room(answer, words: str) -> None:
    page = answer.content.decode()
    assert answer.status_code == 507
    assert "现在存不下照片。写的字还在，可以先不带照片交" in page and "No space" not in page
    assert words in page


@pytest.mark.parametrize("left", [0, LEFT], ids=["no room at all", "room for a part"])
def test_a_citizens_submission_is_taken_once_there_is_room(disk, left):
    browser = Client()
    said = filled(browser, "/submit/", "words", words=WORDS, secrecy="general", photos=photograph())
    disk.fill(left=left)
    told_no_room(browser.post("/submit/", said), WORDS)
    assert not Case.objects.exists() and not Attachment.objects.exists() and disk.files() == []
    disk.free()
    assert [browser.post("/submit/", again(said)).status_code for _press in range(2)] == [303, 303]
    kept = Attachment.objects.get()
    assert Case.objects.get().contents.get(name="text").body == WORDS
    assert [p.stat().st_size for p in disk.files()] == [kept.size == said["photos"].size and kept.size]


def test_without_the_photograph_it_is_taken_on_a_full_disk_too(disk):
    browser = Client()
    said = filled(browser, "/submit/", "words", words=WORDS, secrecy="general", photos=photograph())
    disk.fill()
    assert browser.post("/submit/", said).status_code == 507
    del said["photos"]
    assert browser.post("/submit/", said).status_code == 303 and Case.objects.count() == 1


def test_of_two_pictures_the_first_fits_and_none_stays(disk):
    browser = Client()
    said = filled(
        browser, "/submit/", "words", words=WORDS, secrecy="general", photos=[photo("一.jpg"), photograph("二.jpg")]
    )
    disk.fill(left=LEFT)
    told_no_room(browser.post("/submit/", said), WORDS)
    assert disk.files() == [] and not Case.objects.exists()
    disk.free()
    assert browser.post("/submit/", again(said)).status_code == 303
    assert len(disk.files()) == 2 == Attachment.objects.count()


@pytest.mark.parametrize("by_script", [False, True], ids=["a page", "a script"])
def test_a_handlers_photograph_is_taken_once_there_is_room(disk, cast, by_script):
    case, browser = cast.in_hand(), Client()
    browser.force_login(cast.handler())
    address = f"/desk/case/{case.number}/step/visit/"
    said = filled(
        browser,
        address,
        "place",
        place="翠屏社区 3 栋",
        words="换了门机板",
        after=[photo("一.jpg"), photograph("二.jpg")],
    )
    said["visited_at"] = said.get("visited_at") or "2026-06-08T11:30"
    headers = {"HX-Request": "true"} if by_script else {}
    disk.fill(left=LEFT)
    answer = browser.post(address, said, headers=headers)
    told_no_room(answer, "" if by_script else "换了门机板")
    assert not Line.objects.filter(case=case, step="visit").exists() and disk.files() == []
    disk.free()
    assert [browser.post(address, again(said)).status_code for _press in range(2)] == [303, 303]
    line = Line.objects.get(case=case, step="visit")
    assert Attachment.objects.filter(case=case, line_no=line.no).count() == 2 == len(disk.files())


def test_where_even_the_waiting_file_finds_no_room_the_words_are_read(disk, settings, tmp_path):
    """A large file waits on the disk while the form is read: that disk can be full too."""
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 50_000
    settings.FILE_UPLOAD_TEMP_DIR, settings.ATTACHMENTS = disk.folder, tmp_path / "attachments"
    browser = Client()
    said = filled(browser, "/submit/", "words", words=WORDS, secrecy="general", photos=photograph())
    for left in (0, LEFT):
        disk.fill(left=left)
        told_no_room(browser.post("/submit/", again(said)), WORDS)
        assert not Case.objects.exists() and disk.files() == []
        disk.free()
    assert browser.post("/submit/", again(said)).status_code == 303
    assert Attachment.objects.get().size == said["photos"].size and disk.files() == []


@pytest.mark.parametrize("way", disks.WAYS, ids=lambda way: way.__name__)
def test_one_way_or_another_there_is_a_full_disk_here(way, tmp_path):
    """Each way either becomes full, or says why it cannot be had; the first that can is what the tests above stand on."""
    try:
        with way(tmp_path) as disk:
            disks._prove(disk)
            assert disk.files() == []
    except OSError as error:
        assert str(error)
        with small_disk(tmp_path / "other") as found:
            assert found.files() == []
