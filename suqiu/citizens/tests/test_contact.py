"""Contact data: unreadable at rest, found again by number, masked unless revealed, gone when it must be forgotten."""

from __future__ import annotations

import pytest
from cryptography.exceptions import InvalidTag
from django.db import connection
from django.test import override_settings

from suqiu.citizens import contact
from suqiu.citizens.contact import (
    code_hash,
    decrypt,
    encrypt,
    index_of,
    mask_name,
    mask_phone,
    normal_phone,
    token_hash,
)
from suqiu.citizens.models import Person

NUMBER = "13812342217"


# ---- at rest


def test_the_same_words_look_different_each_time():
    sealed = {encrypt(NUMBER) for _n in range(20)}
    assert len(sealed) == 20 and {decrypt(s) for s in sealed} == {NUMBER}
    assert len({s[2:14] for s in sealed}) == 20  # no nonce twice
    assert not any(NUMBER.encode() in s for s in sealed)


def test_nothing_stays_nothing():
    assert (encrypt(""), decrypt(b""), decrypt(memoryview(b""))) == (b"", "", "")


@pytest.mark.parametrize("place", [2, 13, 14, 20, -1])
def test_one_changed_byte_is_noticed(place):
    """In the nonce, the text or the tag."""
    sealed = bytearray(encrypt("王桂芳"))
    sealed[place] ^= 1
    with pytest.raises(InvalidTag):
        decrypt(bytes(sealed))


def test_what_is_cut_short_is_noticed():
    for cut in (encrypt(NUMBER)[:-1], encrypt(NUMBER)[:20]):
        with pytest.raises(InvalidTag):
            decrypt(cut)


@pytest.mark.parametrize("head", [b"\x02\x01", b"\x01\x02", b"\x00\x00", b"{}"])
def test_an_unknown_suite_or_key_is_refused(head):
    with pytest.raises(ValueError, match="unknown suite or key"):
        decrypt(head + encrypt(NUMBER)[2:])


def test_another_key_opens_nothing():
    sealed, index = encrypt(NUMBER), index_of(NUMBER)
    try:
        with override_settings(CONTACT_KEY="another key"):
            contact._key.cache_clear()
            with pytest.raises(InvalidTag):
                decrypt(sealed)
            assert index_of(NUMBER) != index
    finally:
        contact._key.cache_clear()
    assert decrypt(sealed) == NUMBER


def test_in_the_database_there_is_no_word_of_it(db):
    person = Person()
    person.name, person.phone = "王桂芳", NUMBER
    person.save()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT row_to_json(p)::text, name_sealed, phone_sealed FROM citizens_person p WHERE id = %s", [person.pk]
        )
        row, name, phone = cursor.fetchone()
    for word in ("王桂芳", "桂芳", NUMBER, "2217", NUMBER.encode().hex(), "王桂芳".encode().hex()):
        assert word not in row
    assert "王桂芳".encode() not in bytes(name) and NUMBER.encode() not in bytes(phone)
    read = Person.objects.get(pk=person.pk)
    assert (read.name, read.phone) == ("王桂芳", NUMBER)


# ---- found again


@pytest.mark.parametrize(
    "written",
    [
        "13812342217",
        "+8613812342217",
        "+86 138 1234 2217",
        "008613812342217",
        "86-138-1234-2217",
        "138 1234-2217",
        "１３８１２３４２２１７",
        "＋８６１３８１２３４２２１７",
    ],
)
def test_a_number_is_found_however_it_is_written(db, written):
    person = Person()
    person.phone = "138-1234-2217"
    person.save()
    assert normal_phone(written) == NUMBER
    assert list(Person.objects.by_phone(written)) == [person]


def test_another_number_is_not_found(db):
    person = Person()
    person.phone = NUMBER
    person.save()
    for other in ("13812342218", "1381234221", "", "86", "2217"):
        assert list(Person.objects.by_phone(other)) == []


def test_without_a_number_nobody_is_found(db):
    Person.objects.create()
    assert list(Person.objects.by_phone("")) == [] and Person.objects.get().phone_index == ""


def test_86_is_dropped_from_a_mobile_number_only():
    assert normal_phone("8612345") == "8612345" and normal_phone("0839-3223456") == "08393223456"


def test_the_index_is_keyed_and_not_a_plain_hash():
    import hashlib

    assert index_of(NUMBER) != hashlib.sha256(NUMBER.encode()).hexdigest() and len(index_of(NUMBER)) == 64
    assert len({index_of("12345678"), code_hash("12345678"), token_hash("12345678")}) == 3  # a purpose, a key


def test_a_query_code_is_read_with_its_gap():
    assert code_hash("1234 5678") == code_hash("12345678") == code_hash("１２３４５６７８") != code_hash("12345679")


# ---- masked


@pytest.mark.parametrize(
    ("name", "mask"),
    [("王桂芳", "王**"), ("李四", "李**"), ("欧阳修竹", "欧**"), ("John Smith", "J**"), ("王", "王**"), ("", "")],
)
def test_a_name_shows_one_letter_and_not_its_length(name, mask):
    assert mask_name(name) == mask


@pytest.mark.parametrize(
    ("phone", "mask"),
    [
        (NUMBER, "138****2217"),
        ("+86 13812342217", "138****2217"),
        ("0839-3223456", "083****3456"),
        ("3223456", "*****56"),
        ("12345", "***45"),
        ("1", "1"),
        ("", ""),
    ],
)
def test_a_number_shows_its_ends(phone, mask):
    assert mask_phone(phone) == mask


def test_a_mask_never_shows_on_error():
    """peers 19: a row somebody has tampered with hides all, and does not break the list it stands in."""
    person = Person(name_sealed=encrypt("王桂芳")[:-1] + b"x", phone_sealed=b"\x09\x09" + encrypt(NUMBER)[2:])
    assert (person.masked_name, person.masked_phone, str(person)) == ("***", "***", "***")
    assert Person(name_sealed="王桂芳".encode(), phone_sealed=NUMBER.encode()).masked_phone == "***"
    with pytest.raises(InvalidTag):
        _ = person.name  # the reveal says that something is wrong
    with pytest.raises(ValueError, match="unknown suite"):
        _ = person.phone


# ---- forgotten


def test_what_the_law_says_is_forgotten(db):
    person = Person(preferred_time="晚上 7 点")
    person.name, person.phone = "王桂芳", NUMBER
    person.save()
    person.forget()
    kept = Person.objects.get(pk=person.pk)
    assert (kept.name, kept.phone, kept.phone_index, kept.preferred_time) == ("", "", "", "")
    assert kept.removed_at is not None and (kept.masked_name, kept.masked_phone) == ("", "")
    assert list(Person.objects.by_phone(NUMBER)) == []


def test_a_case_of_a_forgotten_caller_stays_and_his_next_call_is_a_new_person(cast):
    case = cast.closed()
    case.person.forget()
    later = cast.case()
    assert later.person != case.person and later.person.phone == cast.caller_phone
    assert case.lines.count() > 5 and type(case).objects.get(pk=case.pk).person.name == ""
