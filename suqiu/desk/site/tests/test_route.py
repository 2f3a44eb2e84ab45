"""In what order does he go? Without a database: places in, an order with reasons out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from suqiu.desk.site.route import Leg, Spot, Stop, in_order, metres, shared

NOW = datetime(2026, 6, 8, 9, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
UNIT = Spot(None, None, "510802")
SEAT = Spot(105.8452, 32.4341, "")


def stop(key: str, lon: float | None = None, lat: float | None = None, *, area: str = "", due=None) -> Stop:
    return Stop(key, Spot(lon, lat, area), due)


def order(stops: list[Stop], start: Spot = SEAT) -> str:
    return " ".join(leg.key for leg in in_order(stops, start, NOW))


def test_without_a_place_there_is_nowhere_to_go():
    assert in_order([], UNIT, NOW) == []


def test_from_each_place_to_the_nearest_that_is_left():
    far, near, middle = stop("far", 105.95, 32.43), stop("near", 105.85, 32.43), stop("middle", 105.90, 32.43)
    assert order([far, near, middle]) == "near middle far"
    assert order([far, near, middle], Spot(105.96, 32.43)) == "far middle near"


def test_what_is_due_within_a_day_comes_first_in_the_order_of_its_time():
    late, soon = stop("late", 106.5, 32.0, due=NOW - DAY), stop("soon", 105.845, 32.434, due=NOW + 23 * HOUR)
    near = stop("near", 105.8452, 32.4341, due=NOW + 2 * DAY)
    assert order([near, soon, late]) == "late soon near"
    assert [leg.why for leg in in_order([near, soon, late], SEAT, NOW)] == ["due", "due", "near"]


def test_the_hour_of_tomorrow_is_no_longer_today():
    a, b = stop("a", 105.95, 32.43, due=NOW + DAY), stop("b", 105.85, 32.43)
    assert order([a, b]) == "b a"


def test_where_only_areas_are_known_the_nearest_area_is_the_nearest():
    village, town = stop("village", area="510802001003"), stop("town", area="510802001")
    county, away = stop("county", area="510802007"), stop("away", area="510824101")
    assert order([away, county, town, village], Spot(None, None, "510802001003")) == "village town county away"
    assert order([away, county], UNIT) == "county away"


def test_a_leg_says_how_far_or_what_is_shared():
    first, second = in_order([stop("a", 105.85, 32.43, area="510802001"), stop("b", area="510802001")], UNIT, NOW)
    assert first == Leg("a", "near", None, 6)
    assert second == Leg("b", "near", None, 9)


@pytest.mark.parametrize(
    "a, b, expected",
    [
        (Spot(105.8452, 32.4341), Spot(105.8452, 32.4341), 0),
        (Spot(105.8452, 32.4341), Spot(105.8552, 32.4341), 939),
        (Spot(0.0, 0.0), Spot(180.0, 0.0), 20_015_087),
        (Spot(None, None), Spot(105.8, 32.4), None),
        (Spot(105.8, None), Spot(105.8, 32.4), None),
    ],
)
def test_how_far(a, b, expected):
    found = metres(a, b)
    assert found == expected if expected is None else abs(found - expected) <= 5


def test_a_case_at_zero_longitude_has_a_place():
    assert Spot(0.0, 0.0).is_exact and not Spot(None, 0.0).is_exact


def test_areas_share_what_is_the_same_from_the_left():
    found = [shared(UNIT, Spot(None, None, code)) for code in ("510802001", "510824", "610101", "")]
    assert found == [6, 4, 0, 0]


def test_the_same_places_in_any_order_make_the_same_route():
    stops = [stop(str(n), 105.8 + n * 0.01, 32.4) for n in range(6)] + [stop("x", 105.83, 32.4), stop("y", area="51")]
    assert order(stops) == order(stops[::-1])
