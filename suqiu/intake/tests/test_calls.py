"""Is what an operator has typed kept, unreadable to others, and never replaced by something older?"""

from __future__ import annotations

from datetime import timedelta

from suqiu.intake import calls
from suqiu.intake.models import CallDraft
from tests.cast import MONDAY
from tests.reading import refused

KEY = "11111111-1111-4111-8111-111111111111"


def test_it_is_kept_sealed_and_read_again(cast):
    values = {"phone": "13900001111", "words": "楼上漏水"}
    assert calls.save(by=cast.operator, key=KEY, revision=1, values=values, at=MONDAY) == 1
    draft = CallDraft.objects.get()
    assert calls.read(draft) == values
    assert b"13900001111" not in bytes(draft.sealed) and "漏水".encode() not in bytes(draft.sealed)


def test_what_comes_late_does_not_replace_what_is_newer(cast):
    for revision, words in ((1, "楼"), (3, "楼上漏水"), (2, "楼上")):
        kept = calls.save(by=cast.operator, key=KEY, revision=revision, values={"words": words}, at=MONDAY)
    assert kept == 3
    assert calls.read(CallDraft.objects.get()) == {"words": "楼上漏水"}


def test_drafts_are_each_operators_own(cast):
    calls.save(by=cast.operator, key=KEY, revision=1, values={"words": "一"}, at=MONDAY)
    calls.save(by=cast.outsider, key=KEY, revision=1, values={"words": "二"}, at=MONDAY)
    calls.drop(by=cast.operator, key=KEY)
    assert [calls.read(d) for d in CallDraft.objects.all()] == [{"words": "二"}]


def test_what_is_no_draft(cast):
    with refused(422):
        calls.save(by=cast.operator, key="../../etc", revision=1, values={}, at=MONDAY)
    with refused(413):
        calls.save(by=cast.operator, key=KEY, revision=1, values={"words": "字" * 100_000}, at=MONDAY)
    for n in range(calls.AT_ONCE):
        calls.save(by=cast.operator, key=f"{n:036d}", revision=1, values={"words": "一"}, at=MONDAY)
    with refused(409, "没登记完的草稿"):
        calls.save(by=cast.operator, key=KEY, revision=1, values={"words": "一"}, at=MONDAY)


def test_names_and_numbers_do_not_lie_about_for_ever(cast):
    calls.save(by=cast.operator, key=KEY, revision=1, values={"words": "一"}, at=MONDAY)
    assert calls.drop_old(MONDAY + timedelta(days=6)) == 0
    assert calls.drop_old(MONDAY + timedelta(days=8)) == 1


def test_damaged_it_is_empty_and_breaks_nothing(cast):
    calls.save(by=cast.operator, key=KEY, revision=1, values={"words": "一"}, at=MONDAY)
    draft = CallDraft.objects.get()
    draft.sealed = bytes(draft.sealed)[:-1] + b"?"
    assert calls.read(draft) == {}
