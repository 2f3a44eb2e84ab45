"""Which house? The clock stands still while the caller is asked, but not for ever."""

from suqiu.cases import periodic
from tests.reading import due, last, on, refused


def test_waiting_for_the_caller_is_the_only_pause_and_has_an_end(cast):
    case = cast.in_hand(at=on("06-08 09:00"))
    assert due(case, "outer") == "06-30 17:00"
    cast.do("ask_caller", case, cast.operator, at=on("06-09 09:00"), words="翠屏社区有三个 3 栋，是哪一个？")
    assert case.state == "W"
    cast.citizen("resume", case, at=on("06-10 09:00"), words="东区的")
    assert (case.state, due(case, "outer")) == ("H", "07-01 17:00")  # one working day

    # Asked again, he says nothing: after the four days that are left it goes on without him.
    cast.do("ask_caller", case, cast.operator, at=on("06-11 09:00"), words="门牌号？")
    assert due(case, "pause") == "06-16 17:00"
    assert periodic.steps_of_the_system(on("06-16 17:00")) == 1
    case.refresh_from_db()
    assert (case.state, last(case).actor, due(case, "outer")) == ("H", "system", "07-07 17:00")
    with refused(409, "每件最多 5 个工作日"):
        cast.do("ask_caller", case, cast.operator, at=on("06-17 09:00"), words="楼层？")
