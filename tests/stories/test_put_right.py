"""It was written down wrong. The old value stays, the clocks are counted anew, and a longer term takes two."""

from tests.reading import clock, due, on, refused


def test_a_complaint_taken_for_a_question(cast):
    case = cast.in_hand(at=on("06-08 09:00"), demand_type="consult")
    assert due(case, "outer") == "06-11 17:00"
    cast.do("correct", case, cast.dispatcher, at=on("06-08 14:00"), demand_type="complaint", words="通篇是投诉")
    assert (case.demand_type, due(case, "outer")) == ("consult", "06-11 17:00")  # not yet
    with refused(403, "「更正」是您做的"):
        cast.do("confirm_correction", case, cast.dispatcher, at=on("06-08 14:10"), is_right="yes", words="对")
    cast.do("confirm_correction", case, cast.shift_lead, at=on("06-08 15:00"), is_right="yes", words="确是投诉")
    assert (case.demand_type, due(case, "outer"), due(case, "unit")) == ("complaint", "06-30 17:00", "06-29 17:00")
    assert clock(case, "outer").anchor_at == on("06-08 09:00")
    correction = case.corrections.get()
    assert (correction.old, correction.new) == ({"demand_type": "consult"}, {"demand_type": "complaint"})


def test_more_urgent_than_it_sounded(cast):
    case = cast.in_hand(at=on("06-08 09:00"))
    cast.do("correct", case, cast.shift_lead, at=on("06-08 14:00"), urgency="urgent", words="整栋停水")
    assert (case.urgency, due(case, "outer")) == ("urgent", "06-17 17:00")  # at once: it is shorter
