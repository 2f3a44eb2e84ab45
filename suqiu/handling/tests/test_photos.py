"""What does a visit say of itself, which photo was used before, and what does nobody have to explain?"""

from __future__ import annotations

import io
from datetime import datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from suqiu.cases.models import Attachment, Case
from suqiu.handling import photo_rules, photos
from suqiu.handling.models import Doubt, PhotoFact, PhotoHash, PhotoMatch
from suqiu.handling.rules import Shot
from tests.cast import MONDAY, photo
from tests.reading import refused
from tests.streets import cut, jpeg, taken

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
HERE = (105.8300, 32.4300)


def shot(
    picture: Image.Image, at: datetime | None = None, place: tuple[float, float] | None = None, **more
) -> SimpleUploadedFile:
    """As a camera writes it; more: software, changed_at."""
    exif = Image.Exif()
    if at:
        exif.get_ifd(0x8769)[0x9003] = timezone.localtime(at).strftime("%Y:%m:%d %H:%M:%S")
    if place:
        exif.get_ifd(0x8825).update({1: "N", 2: (place[1], 0, 0), 3: "E", 4: (place[0], 0, 0)})
    if "software" in more:
        exif[0x0131] = more["software"]
    if "changed_at" in more:
        exif[0x0132] = timezone.localtime(more["changed_at"]).strftime("%Y:%m:%d %H:%M:%S")
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=88, exif=exif)
    return SimpleUploadedFile("现场.jpg", out.getvalue(), content_type="image/jpeg")


def here(case: Case) -> Case:
    Case.objects.filter(pk=case.pk).update(longitude=HERE[0], latitude=HERE[1])
    case.refresh_from_db()
    return case


def visit(cast, case, at=MONDAY + 3 * HOUR, **more):
    fields = {"visited_at": at, "place": "3 栋", "words": "换了门机板"} | more
    return cast.do("visit", case, cast.handler(), at=at, **fields)


def test_a_visit_that_agrees_with_itself_is_asked_nothing(cast):
    case, at = here(cast.in_hand()), MONDAY + 3 * HOUR
    line = visit(cast, case, at, after=[shot(taken(1, 1), at, HERE)], position=(*HERE, 12.0))
    fact = PhotoFact.objects.get()
    assert (fact.time_from, fact.place_from, fact.exif, fact.metres, fact.drift_minutes) == (
        "exif",
        "exif",
        "whole",
        0,
        0,
    )
    assert "doubts" not in line.says and not Doubt.objects.exists()
    with refused(409, "没有要说明的出入"):
        cast.do("explain", case, cast.handler(), at=at + HOUR, words="没有什么")


def test_the_phone_fills_in_what_the_picture_leaves_out(cast):
    case, at = here(cast.in_hand()), MONDAY + 3 * HOUR
    near = (HERE[0] + 0.0008, HERE[1])  # 75 metres: what a good phone says indoors
    visit(cast, case, at, after=[shot(taken(1, 1), at)], shots={"after": [Shot(at, *near)]})
    visit(cast, case, at, after=[shot(taken(2, 1))], shots={"after": [Shot(at, *near)]})
    facts = [(f.time_from, f.place_from, f.exif, f.metres) for f in PhotoFact.objects.all()]
    assert facts == [("exif", "phone", "whole", 75), ("phone", "phone", "missing", 75)]
    assert not Doubt.objects.exists()


def test_far_away_and_long_ago_is_recorded_at_once_and_asks_for_one_sentence(cast):
    case, at = here(cast.in_hand()), MONDAY + 3 * HOUR
    away = (HERE[0] + 0.05, HERE[1])
    line = visit(cast, case, at, after=[shot(taken(1, 1), at - 9 * DAY, away)])
    assert case.evidence_held == ["photo", "visit"]  # nothing is blocked
    assert line.says["doubts"] == ["far", "drift"]
    fact = PhotoFact.objects.get()
    assert (fact.drift_minutes, 4600 < fact.metres < 4800) == (-9 * 24 * 60, True)
    assert Doubt.objects.get().explained_at is None
    said = cast.do("explain", case, cast.reviewer(), at=at + HOUR, words="照片是物业上周拍的，我用错了")
    assert said.says == {"explains": [line.no]}
    doubt = Doubt.objects.get()
    assert (doubt.explained_at, doubt.explained_line, doubt.kinds) == (at + HOUR, said.no, ["far", "drift"])


def test_what_is_said_on_the_form_explains_at_once(cast):
    case = here(cast.in_hand())
    line = visit(cast, case, after=[photo()], why="地下室没有信号，照片从微信来")
    doubt = Doubt.objects.get()
    assert (doubt.kinds, doubt.explained_line) == (["bare"], line.no)


def test_an_edited_picture_says_so_itself(cast):
    case, at = here(cast.in_hand()), MONDAY + 3 * HOUR
    one = shot(taken(1, 1), at, HERE, software="Adobe Photoshop 25.0")
    two = shot(taken(2, 1), at, HERE, changed_at=at + 2 * HOUR)
    line = visit(cast, case, at + 3 * HOUR, visited_at=at, before=[one], after=[two])
    assert line.says["doubts"] == ["edited"]
    assert list(PhotoFact.objects.values_list("exif", "editor")) == [
        ("edited", "Adobe Photoshop 25.0"),
        ("edited", ""),
    ]


def test_a_photo_used_before_is_found_whatever_was_done_to_it(cast):
    """Of another case, cut and smaller; of the citizen's own; not of the same visit, where before and after are alike."""
    first, at = here(cast.in_hand()), MONDAY + 3 * HOUR
    visit(cast, first, at, before=[shot(taken(5, 1), at, HERE)], after=[shot(taken(5, 1), at + HOUR / 60, HERE)])
    assert not PhotoMatch.objects.exists()
    second = here(cast.in_hand(at=MONDAY + DAY))
    copy = cut(taken(5, 1), 0.03, 0.02, 0.03, 0.02).resize((400, 300))
    line = visit(cast, second, at + DAY, after=[shot(copy, at + DAY, HERE)])
    assert line.says["doubts"] == ["used"]
    found = PhotoMatch.objects.filter(photo__attachment__case=second)
    assert {m.earlier.attachment.case_id for m in found.select_related("earlier__attachment")} == {first.pk}
    assert all(m.apart <= 6 for m in found)


def test_the_same_place_again_in_the_same_case_is_no_copy(cast):
    """The page lays the first picture over the camera: the second shows the same place, and is its own."""
    case, at = here(cast.in_hand()), MONDAY + 3 * HOUR
    visit(cast, case, at, after=[shot(taken(6, 1), at, HERE)])
    moved = cut(taken(6, 1), left=0.04, top=0.03)
    visit(cast, case, at + HOUR, after=[shot(moved, at + HOUR, HERE)])
    assert not Doubt.objects.filter(kinds__contains=["used"]).exists()
    line = visit(cast, case, at + 2 * HOUR, after=[SimpleUploadedFile("a.jpg", jpeg(taken(6, 1), 60))])
    assert "used" in line.says["doubts"]


def test_the_citizens_own_photo_is_looked_at_by_the_worker_and_a_killed_one_loses_nothing(cast):
    case = here(cast.case(files=[SimpleUploadedFile("来电人.jpg", jpeg(taken(8, 1)), content_type="image/jpeg")]))
    assert photos.without_facts().count() == 1 and not PhotoFact.objects.exists()
    with pytest.raises(KeyboardInterrupt), _killed():
        photos.look_at_rest(at=MONDAY)
    assert photos.without_facts().count() == 1
    assert photos.look_at_rest(at=MONDAY) == 1 and photos.look_at_rest(at=MONDAY) == 0
    other = here(cast.in_hand(at=MONDAY + DAY))
    line = visit(cast, other, MONDAY + DAY + 3 * HOUR, after=[shot(taken(8, 1), MONDAY + DAY + 3 * HOUR, HERE)])
    assert line.says["doubts"] == ["used"]
    assert PhotoMatch.objects.get().earlier.attachment.case == case


def _killed():
    from unittest import mock

    return mock.patch.object(PhotoMatch.objects, "bulk_create", side_effect=KeyboardInterrupt)


def test_what_was_deleted_by_law_leaves_no_likeness(cast):
    case, at = here(cast.in_hand()), MONDAY + 3 * HOUR
    visit(cast, case, at, after=[shot(taken(1, 1), at, HERE)])
    assert photos.forget_removed() == 0 and PhotoHash.objects.exists()
    Attachment.objects.update(removed_at=at + DAY)
    assert photos.forget_removed() == 1 and photos.forget_removed() == 0
    assert not PhotoHash.objects.exists() and PhotoFact.objects.get().metres is None


def test_an_assisting_department_explains_its_own(cast):
    case, at = here(cast.in_hand()), MONDAY + 3 * HOUR
    cast.add_assist(case, "C-MARKET", at=at)
    cast.do("visit", case, cast.handler("C-MARKET"), at=at, visited_at=at, place="3 栋", words="看了", after=[photo()])
    with refused(409, "没有要说明的出入"):
        cast.do("explain", case, cast.handler(), at=at + HOUR, words="不是我们的")
    cast.do("explain", case, cast.handler("C-MARKET"), at=at + HOUR, words="微信传的")
    assert Doubt.objects.get().explained_at == at + HOUR


@pytest.mark.parametrize(
    "known, distance, accuracy, wanted",
    [
        ({}, None, None, []),
        ({"metres": 300}, None, None, []),
        ({"metres": 301}, None, None, ["far"]),
        ({}, 340, 48.0, []),
        ({}, 349, 48.0, ["far"]),
        ({"drift_minutes": 120}, None, None, []),
        ({"drift_minutes": -121}, None, None, ["drift"]),
        ({"is_used": True, "is_bare": True}, None, None, ["used", "bare"]),
        ({"is_edited": True}, 5000, None, ["far", "edited"]),
    ],
)
def test_where_a_visit_does_not_agree(known, distance, accuracy, wanted):
    plain = {"metres": None, "drift_minutes": None, "is_edited": False, "is_used": False, "is_bare": False}
    assert photo_rules.doubts([photo_rules.Known(**(plain | known))], distance, accuracy) == wanted
