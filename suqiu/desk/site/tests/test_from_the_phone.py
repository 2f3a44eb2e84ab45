"""What waited on a phone comes in: once, under the right account, by our clock; and what cannot be taken is said in JSON."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client

from suqiu.cases.models import Attachment
from suqiu.desk.site import phone
from suqiu.desk.tests.conftest import NOW
from suqiu.handling.models import Contact, SiteVisit
from tests.cast import MONDAY, photo
from tests.reading import last, steps

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


class Store:
    """The script on the phone: what it hands in, as it does."""

    def __init__(self, officer, browser: Client | None = None, **client):
        self.account, self.browser = phone.account_of(officer), browser or Client(**client)
        if browser is None:
            self.browser.force_login(officer)

    def send(self, case, what: str, *, key: str, recorded: datetime, sent: datetime = NOW, **fields):
        told = {"key": key, "seen": str(case.line_no), "recorded_at": recorded.isoformat(), "shots": ""}
        return self.browser.post(
            f"/desk/site/{case.number}/{what}/", told | fields, HTTP_ACCEPT="application/json",
            HTTP_X_SUQIU_ACCOUNT=self.account, HTTP_X_SUQIU_SENT_AT=sent.isoformat(),
        )  # fmt: skip

    def visit(self, case, *, at=NOW - 2 * HOUR, key: str | None = None, **fields):
        fields = {"visited_at": at.isoformat(), "place": "3 栋", "words": "换了门机板", "found": "solved"} | fields
        return self.send(case, "visit", key=key or str(uuid4()), recorded=fields.pop("recorded", at), **fields)


@pytest.fixture
def store(cast) -> Store:
    return Store(cast.handler())


def test_taken_with_both_times(cast, store):
    case = cast.in_hand()
    answer = store.visit(case, after=photo())
    assert answer.status_code == 200 and answer.json()["line"] == last(case).no
    row = SiteVisit.objects.get()
    assert (row.visited_at, row.recorded_at, row.received_at) == (NOW - 2 * HOUR, NOW - 2 * HOUR, NOW)


def test_a_form_that_is_pressed_has_the_time_of_its_receipt(cast, store):
    """Three attempts made up in a minute, each with an hour of its own in the form: they came in one hour and count as such."""
    case = cast.in_hand()
    for hours, way in ((5, "phone"), (4, "sms"), (3, "phone")):
        told = {
            "key": str(uuid4()),
            "seen": str(case.line_no),
            "shots": "",
            "recorded_at": (NOW - hours * HOUR).isoformat(),
        }
        told |= {"way": way, "outcome": "no_answer", "words": "没人接"}
        assert store.browser.post(f"/desk/site/{case.number}/contact/", told).status_code == 303
        case.refresh_from_db()
    assert list(Contact.objects.values_list("recorded_at", flat=True)) == [None] * 3
    assert "contact" not in case.evidence_held and last(case).says["still_unreached"] is True


def test_the_same_key_is_one_visit_whatever_happened_in_between(cast, store):
    """The answer was lost; meanwhile somebody answered the case and it went on; the phone sends again and hears the same."""
    case, key = cast.in_hand(), str(uuid4())
    first = store.visit(case, key=key, after=photo())
    cast.do("contact", case, cast.handler(), at=NOW, way="phone", outcome="connected", words="说好了")
    cast.reply(case, at=NOW - 6 * HOUR)
    again = store.visit(case, key=key, after=photo(), sent=NOW + MINUTE)
    assert (first.status_code, again.status_code) == (200, 200) and first.json() == again.json()
    assert steps(case).split()[-3:] == ["visit", "contact", "draft_reply"]
    assert SiteVisit.objects.count() == Attachment.objects.count() == 1


def test_a_form_opened_long_ago_is_taken_by_how_things_stand_now(cast, store):
    """A visit is a fact: that the reply was sent back meanwhile does not undo it."""
    case = cast.replied()
    seen = case.line_no - 1
    cast.do("send_back", case, cast.reviewer(), at=NOW - HOUR, words="看看三楼")
    assert store.visit(case, at=NOW - HOUR, seen=str(seen)).status_code == 200


def test_what_the_case_has_left_behind_is_refused_with_the_reason(cast, store):
    case = cast.sent()
    answer = store.visit(case)
    assert answer.status_code == 409 and not SiteVisit.objects.filter(received_at=NOW).exists()
    said = answer.json()
    assert "「到现场」要在 办理中" in said["reason"] and said["state"] == "待回访" and "能做的是" in said["who_can"]


@pytest.mark.parametrize("wrong", [7 * HOUR, -7 * HOUR, timedelta(days=400)], ids=["fast", "slow", "another year"])
def test_a_phone_whose_clock_is_wrong_is_put_right_by_when_it_sent(cast, store, wrong):
    """Two hours ago by the phone's own reckoning is two hours ago by ours, whatever its clock shows."""
    case = cast.in_hand()
    answer = store.visit(case, at=NOW - 2 * HOUR + wrong, sent=NOW + wrong)
    assert answer.status_code == 200, answer.json()
    row = SiteVisit.objects.get()
    assert (row.visited_at, row.recorded_at) == (NOW - 2 * HOUR, NOW - 2 * HOUR)


def test_signed_and_seen_without_a_signal(cast, store):
    """He signed on the phone before he went in: the two come in one after the other; signed by the rule meanwhile is as good."""
    case = cast.dispatched()
    cast.do("assign", case, cast.reviewer(), at=MONDAY + HOUR, officer=cast.handler())
    for _twice in range(2):
        assert store.send(case, "sign", key="b" * 36, recorded=NOW - HOUR).status_code == 200
    assert store.visit(case, at=NOW - HOUR).status_code == 200
    assert steps(case).split()[-2:] == ["sign_in", "visit"]


def test_a_clock_a_few_seconds_off_is_left_as_it_is(cast, store):
    case = cast.in_hand()
    store.visit(case, at=NOW - HOUR, sent=NOW - timedelta(seconds=40))
    assert SiteVisit.objects.get().visited_at == NOW - HOUR


def test_older_than_a_week_is_refused_and_says_what_to_do(cast, store):
    case = cast.in_hand(at=MONDAY - timedelta(days=20))
    answer = store.visit(case, at=NOW - timedelta(days=7, minutes=1))
    assert answer.status_code == 422 and "放了超过 7 天才传来" in answer.json()["reason"]
    assert "重新记一次" in answer.json()["who_can"] and answer.json()["field"] == "recorded_at"
    assert store.visit(case, at=NOW - timedelta(days=6)).status_code == 200


def test_times_that_are_none_are_as_if_nothing_came(cast, store):
    case = cast.in_hand()
    answer = store.visit(case, sent=NOW, shots="{", **{"position-lon": "nan", "position-lat": "x"})
    assert answer.status_code == 200
    key = str(uuid4())
    answer = store.browser.post(
        f"/desk/site/{case.number}/contact/", HTTP_ACCEPT="application/json", HTTP_X_SUQIU_ACCOUNT=store.account,
        HTTP_X_SUQIU_SENT_AT="yesterday", data={"key": key, "seen": "1", "recorded_at": "2026-13-45T99:00Z", "way": "phone", "outcome": "no_answer"},
    )  # fmt: skip
    assert answer.status_code == 200 and Contact.objects.get().recorded_at is None


def test_a_photo_carries_the_phones_time_and_place_by_our_clock(cast, store):
    case, hour = cast.in_hand(), HOUR
    taken = (NOW - 2 * hour + hour).isoformat()  # the phone's clock is an hour fast
    shots = f'{{"after": [{{"at": "{taken}", "lon": 105.83, "lat": 32.43}}, null]}}'
    store.visit(case, at=NOW - 2 * hour + hour, sent=NOW + hour, shots=shots, after=[photo("一.jpg"), photo("二.jpg")])
    facts = list(Attachment.objects.values_list("name", "taken_at", "longitude", "facts_from"))
    assert facts == [("一.jpg", NOW - 2 * hour, 105.83, "phone"), ("二.jpg", None, None, "")]


def test_what_lacks_something_is_said_in_words(cast, store):
    case = cast.in_hand()
    answer = store.visit(case, place="", words="", found="")
    assert (
        answer.status_code == 422 and "没有定位" in answer.json()["reason"] and "点一个结果" in answer.json()["reason"]
    )


def test_signed_out_it_waits(cast, store):
    case = cast.in_hand()
    store.browser.logout()
    assert store.visit(case).status_code == 401
    assert store.browser.get("/desk/site/me/").status_code == 401 and not SiteVisit.objects.exists()


def test_under_another_account_it_is_not_taken(cast, store, seated):
    """His colleague is signed in on the same phone, and holds the case too: still it is not hers to hand in."""
    case = cast.in_hand()
    theirs = Store(cast.handler(), browser=seated("c-housing-jb2").browser)
    answer = theirs.visit(case)
    assert answer.status_code == 401 and answer.json()["is_others"] is True and not SiteVisit.objects.exists()


def test_what_is_no_longer_ones_own_is_not_found(cast):
    case = cast.in_hand()
    answer = Store(cast.handler("C-MARKET")).visit(case)
    assert answer.status_code == 404 and "不在您手里" in answer.json()["reason"]


def test_without_the_forms_token_nothing_is_taken(cast):
    case = cast.in_hand()
    guarded = Store(cast.handler(), enforce_csrf_checks=True)
    answer = guarded.visit(case)
    assert answer.status_code == 403 and not SiteVisit.objects.exists()
    token = guarded.browser.get("/desk/site/me/").json()["csrf"]
    guarded.browser.defaults["HTTP_X_CSRFTOKEN"] = token
    assert guarded.visit(case).status_code == 200


def test_each_account_has_its_own_name_and_key_and_they_stay(cast, seated):
    told = [seated(name).open("/desk/site/me/").json() for name in ("c-housing-jb1", "c-housing-jb2", "c-housing-jb1")]
    assert told[0]["account"] == told[2]["account"] != told[1]["account"]
    assert told[0]["key"] == told[2]["key"] != told[1]["key"] and len(told[0]["key"]) == 44
