"""Is a copy of a photo found, are two photos of one street kept apart, and does the search leave nothing out?"""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageEnhance

from suqiu.handling import likeness
from tests.streets import cut, jpeg, taken

STREETS = 50
COPIES = {
    "the same": lambda p: p,
    "at 60 %": lambda p: p,
    "half the size": lambda p: p.resize((p.width // 2, p.height // 2)),
    "as a chat sends it": lambda p: p.resize((480, 360)),
    "brighter": lambda p: ImageEnhance.Brightness(p).enhance(1.25),
    "darker": lambda p: ImageEnhance.Brightness(p).enhance(0.8),
    "5 % off the left": lambda p: cut(p, left=0.05),
    "5 % off the foot": lambda p: cut(p, bottom=0.05),
    "5 % off both sides": lambda p: cut(p, left=0.05, right=0.05),
    "5 % off a corner": lambda p: cut(p, right=0.05, bottom=0.05),
    "5 % off all around": lambda p: cut(p, 0.05, 0.05, 0.05, 0.05),
    "cut, smaller and brighter": lambda p: ImageEnhance.Brightness(cut(p, top=0.05).resize((600, 428))).enhance(1.1),
}


def apart(one: bytes, other: bytes) -> int:
    """As the search holds them against each other: a whole against wholes and crops."""
    a, b = likeness.hashes(one), likeness.hashes(other)
    return min([likeness.apart(a[0], x) for x in b] + [likeness.apart(x, b[0]) for x in a])


@pytest.mark.parametrize("how", COPIES)
def test_a_copy_is_found(how):
    lost = []
    for number in range(12):
        original = taken(number, 1)
        copy = jpeg(COPIES[how](original), 60)
        if apart(jpeg(original), copy) > likeness.NEAR:
            lost.append(number)
    assert lost == []


def test_fifty_pairs_of_one_street_are_two_photos_each():
    """Another standpoint, other cars, another light: the same place, and an honest second photo of it."""
    near = [n for n in range(STREETS) if apart(jpeg(taken(n, 1)), jpeg(taken(n, 2))) <= likeness.NEAR]
    assert near == []


def test_a_picture_that_shows_nothing_has_nothing_to_compare():
    assert likeness.hashes(jpeg(Image.new("RGB", (640, 480), "steelblue"))) == []
    assert len(likeness.hashes(jpeg(taken(1, 1)))) == len(likeness.crops()) + len(likeness.BRIGHTER)


def test_a_picture_on_its_side_is_the_same_picture():
    original, exif = taken(3, 1), Image.Exif()
    exif[0x0112] = 6  # to be turned a quarter to the right
    turned = original.transpose(Image.Transpose.ROTATE_90)
    assert likeness.apart(likeness.hashes(jpeg(original))[0], likeness.hashes(_with(turned, exif))[0]) <= 2


def _with(picture: Image.Image, exif: Image.Exif) -> bytes:
    import io

    out = io.BytesIO()
    picture.save(out, "JPEG", quality=88, exif=exif)
    return out.getvalue()


@given(st.integers(0, 2**64 - 1), st.sets(st.integers(0, 63), max_size=likeness.NEAR))
def test_the_search_probes_every_hash_that_is_near(value, flipped):
    other = value
    for bit in flipped:
        other ^= 1 << bit
    assert likeness.apart(value, other) == len(flipped)
    pairs = zip(likeness.quarters(value), likeness.quarters(other), strict=True)
    assert any(theirs in likeness.probes(mine) for mine, theirs in pairs)


def test_sixty_four_bits_as_the_database_keeps_them():
    rng = Random(7)
    for value in (0, 1, 2**63, 2**64 - 1, *(rng.getrandbits(64) for _n in range(50))):
        assert -(2**63) <= likeness.signed(value) < 2**63
        assert likeness.signed(value) % 2**64 == value
