"""A lift is to be added next year. The plan is a promise; the case closes, the promise does not, and it is kept."""

from tests.reading import due, on, refused, running


def test_the_promise_outlives_the_case(cast):
    case = cast.in_hand(at=on("06-08 09:00"), demand_type="suggest", matter=cast.matter("plan"), asks="三单元加装电梯")
    cast.do(
        "contact",
        case,
        cast.handler(),
        at=on("06-08 11:00"),
        way="visit",
        outcome="connected",
        words="住户 11 户都同意",
    )
    planned = {1: {"outcome": "planned"}}
    reply = {"reply": "三单元列入加装计划，11 月 30 日前装好。", "account": "已报发改立项。", "asks": planned}
    with refused(422, "还差：计划"):
        cast.do("draft_reply", case, cast.handler(), at=on("06-09 10:00"), plan_on=on("11-30 00:00").date(), **reply)
    cast.do(
        "draft_reply",
        case,
        cast.handler(),
        at=on("06-09 10:00"),
        plan="列入 2026 年加装计划",
        plan_on=on("11-30 00:00").date(),
        **reply,
    )
    cast.do("approve", case, cast.reviewer(), at=on("06-09 11:00"))
    cast.ask_back(case, at=on("06-10 10:00"), solved="yes", satisfied="4")
    assert (case.state, case.verdict, case.asks.get().outcome) == ("C", "solved", "planned")

    # Closed in June; in November the promise is still there, and the unit says that it was kept.
    promise = case.promises.get()
    assert (running(case), due(case, "promise"), promise.what) == ("promise", "11-30 17:00", "列入 2026 年加装计划")
    cast.do("keep", case, cast.handler(), at=on("11-20 15:00"), promise=promise, words="电梯已通过检验")
    promise.refresh_from_db()
    assert (promise.kept_at, running(case), case.state) == (on("11-20 15:00"), "", "C")


def test_with_the_callers_yes_it_is_put_off_and_the_old_one_stays_written(cast):
    case = cast.in_hand(at=on("06-08 09:00"))
    cast.do("promise", case, cast.handler(), at=on("06-08 11:00"), what="周三上午来修", due_at=on("06-10 12:00"))
    old = case.promises.get()
    cast.do(
        "renegotiate",
        case,
        cast.handler(),
        at=on("06-09 16:00"),
        promise=old,
        due_at=on("06-11 12:00"),
        words="配件周四到，她同意",
    )
    old.refresh_from_db()
    assert (old.due_at, old.kept_at, old.replaced_by.due_at) == (on("06-10 12:00"), None, on("06-11 12:00"))
