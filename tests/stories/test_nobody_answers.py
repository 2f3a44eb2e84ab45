"""The reply is out and the caller cannot be reached. Three attempts, two ways, three hours: closed, and called what it is."""

from suqiu.followup.models import Attempt
from tests.reading import on, steps


def test_not_reached_is_not_solved(cast):
    case = cast.sent(at=on("06-08 09:00"))
    case.person.preferred_time = "晚上 7 点以后"
    case.person.save()
    for when, way in (("06-09 10:00", "phone"), ("06-09 19:00", "sms"), ("06-10 19:10", "phone")):
        assert case.state == "F"
        cast.do("attempt", case, cast.caller_back, at=on(when), outcome="no_answer", way=way)
    first = Attempt.objects.order_by("id").first()
    assert first.next_at == on("06-09 19:00")  # the hour he had named
    assert (case.state, case.verdict) == ("C", "unanswered")
    assert not Attempt.objects.exclude(solved="").exists() and not Attempt.objects.exclude(satisfied="").exists()
    assert steps(case).endswith("attempt attempt attempt close_unanswered")


def test_a_unit_that_cannot_reach_him_has_to_try_as_well(cast):
    """Three attempts of the unit at different hours by two ways stand for a contact; one after another they do not."""
    case = cast.in_hand(at=on("06-08 09:00"))
    for when, way in (("06-08 10:05", "phone"), ("06-08 10:20", "sms"), ("06-08 10:40", "phone")):
        cast.do("contact", case, cast.handler(), at=on(when), way=way, outcome="no_answer", words="没人接")
    assert case.evidence_held == []
    cast.do("contact", case, cast.handler(), at=on("06-08 14:00"), way="phone", outcome="no_answer", words="没人接")
    cast.do("contact", case, cast.handler(), at=on("06-08 18:30"), way="visit", outcome="no_answer", words="家里没人")
    assert case.evidence_held == ["contact"]
