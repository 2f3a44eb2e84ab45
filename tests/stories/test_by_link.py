"""An SMS, a link, a tap. Each tap is kept, half an answer is an answer, and who goes away without a last button has answered."""

from suqiu.followup.actions import finish_link, finish_stopped
from suqiu.followup.links import make_link, tap
from suqiu.followup.models import Attempt, Link
from tests.reading import on, refused, steps


def test_a_tap_and_gone(cast):
    case = cast.sent(at=on("06-08 09:00"))
    make_link(case=case, at=on("06-08 16:10"))
    tap(link=Link.objects.get(), name="solved", value="no", at=on("06-08 20:00"))

    # Half an hour later the worker finds that he has tapped and gone: his "no" opens the next cycle.
    assert finish_stopped(at=on("06-08 20:10")) == 0
    assert finish_stopped(at=on("06-08 20:31")) == 1
    case.refresh_from_db()
    assert (case.state, case.cycle, steps(case).split()[-2:]) == ("H", 2, ["attempt", "redo"])
    only = Attempt.objects.get()
    assert (only.solved, only.satisfied, only.by, only.way) == ("no", "", None, "online")

    # The link was for the first cycle and is spent; the second will have its own.
    with refused(409, "您已经答完了"):
        tap(link=Link.objects.get(), name="solved", value="yes", at=on("06-08 21:00"))


def test_all_four_and_the_last_button(cast):
    case = cast.sent(at=on("06-08 09:00"))
    make_link(case=case, at=on("06-08 16:10"))
    for name, value in (
        ("solved", "yes"),
        ("satisfied", "5"),
        ("contacted", "yes"),
        ("is_true", "yes"),
        ("words", "谢谢"),
    ):
        tap(link=Link.objects.get(), name=name, value=value, at=on("06-08 20:00"))
    finish_link(link=Link.objects.get(), at=on("06-08 20:01"))
    case.refresh_from_db()
    assert (case.state, case.verdict) == ("C", "solved")
    with refused(409, "您已经答完了"):
        tap(link=Link.objects.get(), name="solved", value="no", at=on("06-08 20:02"))
