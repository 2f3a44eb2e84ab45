"""Six digits for a number: new ones replace old ones, tries are counted, and what confirms a number is asked per demand."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from suqiu.citizens import confirming
from suqiu.citizens.models import Person, PhoneCode
from suqiu.errors import Refused

NOW = datetime(2026, 6, 10, 9, 0, tzinfo=timezone.get_default_timezone())
SUBJECT, PHONE = "GY2606100001", "13812342217"


def sent(at: datetime = NOW, subject: str = SUBJECT, phone: str = PHONE) -> str:
    return confirming.new_code(subject=subject, phone=phone, at=at).code


def confirm(code: str, at: datetime = NOW) -> bool:
    return confirming.confirm(subject=SUBJECT, code=code, at=at)


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


@pytest.mark.parametrize(
    ("phone", "can"),
    [(PHONE, True), ("+86 138 1234 2217", True), ("0839-3261234", False), ("", False), ("12345", False)],
)
def test_only_mobile_numbers_get_messages(phone, can):
    assert confirming.can_get_codes(phone) is can


@pytest.mark.django_db
def test_a_code_is_six_digits_and_good_once_for_its_own_subject():
    code = sent()
    assert len(code) == 6 and code.isdigit()
    assert not confirming.confirm(subject="GY2606100002", code=code, at=NOW)
    assert confirm(code) and PhoneCode.objects.get().used_at == NOW


@pytest.mark.django_db
def test_tries_are_counted_even_after_it_was_right():
    code = sent()
    assert confirm(code)
    for _try in range(4):
        assert not confirm(other_than(code))
    with pytest.raises(Refused) as no:
        confirm(code)
    assert no.value.status == 429


@pytest.mark.django_db
def test_it_lives_ten_minutes():
    code = sent()
    with pytest.raises(Refused) as no:
        confirm(code, NOW + timedelta(minutes=10, seconds=1))
    assert no.value.status == 410
    assert confirm(code, NOW + timedelta(minutes=10))


@pytest.mark.django_db
def test_the_last_one_counts():
    first = sent()
    second = sent(NOW + timedelta(seconds=60))
    assert confirm(second, NOW + timedelta(seconds=61))
    assert first == second or PhoneCode.objects.filter(used_at=None).count() == 1


@pytest.mark.django_db
def test_a_minute_between_two():
    sent()
    with pytest.raises(Refused) as no:
        sent(NOW + timedelta(seconds=59))
    assert no.value.status == 429 and "1 秒" in str(no.value.reason)


@pytest.mark.django_db
def test_ten_a_day_to_one_number_whatever_the_subject():
    for n in range(10):
        sent(subject=f"GY26061000{n:02d}")
    with pytest.raises(Refused):
        sent(subject="GY2606109999")
    assert sent(subject="GY2606109999", phone="13900001111")


@pytest.mark.django_db
def test_old_ones_go_and_proofs_stay():
    assert confirm(sent())
    sent(subject="GY2606100002", phone="13900001111")
    sent(NOW + timedelta(days=2), subject="GY2606100003")
    assert set(PhoneCode.objects.values_list("subject", flat=True)) == {SUBJECT, "GY2606100003"}


@pytest.mark.django_db
def test_a_number_in_a_form_needs_its_own_proof():
    person = Person(is_phone_confirmed=True)
    person.phone = PHONE
    person.save()

    def is_confirmed(is_by_form: bool) -> bool:
        return confirming.is_confirmed(person=person, subject=SUBJECT, is_by_form=is_by_form)

    assert is_confirmed(False) and not is_confirmed(True)
    confirm(sent())
    assert is_confirmed(True)
    person.phone = "13900001111"
    assert not is_confirmed(True), "another number than the one that was proved"
