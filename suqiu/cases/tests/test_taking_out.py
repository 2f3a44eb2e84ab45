"""Does anything leave in bulk without a second person, twice, unmarked, or for ever?"""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction

from suqiu.cases import exports, taking_out
from suqiu.cases.models import ExportRequest, Look
from suqiu.directory.models import OfficeLine, Officer
from suqiu.errors import Refused
from tests.cast import MONDAY
from tests.reading import refused

HOUR = timedelta(hours=1)
COLUMNS = ["phone", "title", "text", "number"]


def ask(by: Officer, key: str = "k", **more) -> ExportRequest:
    fields = {"why": "月度分析，交政务服务局", "columns": COLUMNS, "format": "csv", "at": MONDAY + 8 * HOUR}
    return taking_out.ask(by=by, key=key, **(fields | more))


def agree(request: ExportRequest, by: Officer, at=MONDAY + 9 * HOUR) -> ExportRequest:
    return taking_out.agree(request=request, by=by, at=at)


def rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))


def acts() -> list[str]:
    return list(OfficeLine.objects.order_by("pk").values_list("act", flat=True))


def test_one_asks_another_agrees_the_asker_takes_it(cast):
    case, other = cast.in_hand(), cast.in_hand(unit="C-MARKET")
    asked = ask(cast.reviewer())
    assert asked.asked_for == 1 and not Look.objects.exists(), "asking reads nothing out"
    made = agree(asked, cast.supervisor)
    data = taking_out.take(request=made, by=cast.reviewer(), at=MONDAY + 10 * HOUR)
    (row,) = rows(data)
    assert (row["number"], row["phone"]) == (case.number, "138****2217")
    assert list(row) == [*COLUMNS, "mark"] and other.number not in data.decode("utf-8-sig")
    assert f"#{asked.pk}" in row["mark"] and "c-housing-sh" in row["mark"] and cast.supervisor.full_name in row["mark"]
    look = Look.objects.get()
    assert (look.case, look.officer, look.what, look.reason) == (case, cast.reviewer(), "export", f"export:{asked.pk}")
    assert acts() == ["export_asked", "export", "export_agreed", "export_taken"]


def test_who_asks_never_agrees_and_nobody_agrees_without_the_post(cast):
    cast.in_hand()
    asked = ask(cast.supervisor)
    with refused(403, "不能自己同意自己"):
        agree(asked, cast.supervisor)
    for officer in (cast.operator, cast.dispatcher, cast.reviewer(), cast.administrator):
        with refused(403, "不能做导出的第二人"):
            agree(asked, officer)
    Officer.objects.filter(username="ld01").update(is_third_party=True)
    with refused(403, "不能做导出的第二人"):
        agree(asked, cast.leader)
    assert not Look.objects.exists() and ExportRequest.objects.get().state == "waiting"


def test_the_database_itself_wants_two_persons(cast):
    cast.in_hand()
    asked = ask(cast.supervisor)
    with pytest.raises(IntegrityError), transaction.atomic():
        ExportRequest.objects.filter(pk=asked.pk).update(state="made", second=cast.supervisor, decided_at=MONDAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        ExportRequest.objects.filter(pk=asked.pk).update(state="made")


@pytest.mark.parametrize("username", ["hw01", "hw03", "hf01", "c-housing-jb1", "gl01"])
def test_who_may_not_ask(cast, username):
    cast.in_hand()
    with refused(403, "您不能申请导出"):
        ask(cast.officer(username))


@pytest.mark.parametrize(
    ("fields", "status", "field"),
    [
        ({"why": "  "}, 422, "why"), ({"why": "字" * 201}, 422, "why"), ({"columns": []}, 422, "columns"),
        ({"columns": ["title", "person"]}, 422, "columns"), ({"format": "pdf"}, 422, "format"),
        ({"since": MONDAY.date() + timedelta(days=2), "until": MONDAY.date()}, 422, "since"),
        ({"since": MONDAY.date() + timedelta(days=2)}, 422, ""),
    ],
)  # fmt: skip
def test_wrong_words(cast, fields, status, field):
    cast.in_hand()
    with refused(status, "", field=field):
        ask(cast.supervisor, **fields)


def test_too_many_at_once_are_asked_for_in_parts(cast, monkeypatch):
    monkeypatch.setattr(taking_out, "CASES_AT_MOST", 1)
    cast.in_hand(), cast.in_hand()
    with refused(413, "一次最多 1 件", field="since"):
        ask(cast.supervisor)


def test_what_is_posted_twice_is_one_application_and_made_once(cast):
    cast.in_hand()
    asked = ask(cast.dispatcher)
    assert ask(cast.dispatcher) == asked and ExportRequest.objects.count() == 1
    made = agree(asked, cast.supervisor)
    assert agree(asked, cast.supervisor).sha256 == made.sha256 and Look.objects.count() == 1
    with refused(409, "已经有了结果"):
        agree(asked, cast.leader)


def test_only_the_asker_takes_it_and_not_after_two_days(cast):
    cast.in_hand()
    made = agree(ask(cast.dispatcher), cast.supervisor)
    with refused(403, "只给申请人下载"):
        taking_out.take(request=made, by=cast.supervisor, at=MONDAY + 10 * HOUR)
    file = Path(settings.ATTACHMENTS) / made.path
    assert file.exists()
    assert taking_out.expire(MONDAY + 9 * HOUR + taking_out.LIVES - timedelta(seconds=1)) == 0
    with refused(410, "文件已经没有了"):
        taking_out.take(request=made, by=cast.dispatcher, at=MONDAY + 9 * HOUR + taking_out.LIVES)
    assert taking_out.expire(MONDAY + 9 * HOUR + taking_out.LIVES) == 1
    made.refresh_from_db()
    assert not file.exists() and (made.state, made.path) == ("expired", "") and made.sha256
    assert taking_out.expire(MONDAY + 90 * HOUR) == 0


def test_not_agreed_to_within_a_week_is_not_agreed_to_any_more(cast):
    cast.in_hand()
    with refused(409, "过了 7 天"):
        agree(ask(cast.dispatcher), cast.supervisor, at=MONDAY + timedelta(days=8))


def test_refused_with_a_reason_and_then_no_more(cast):
    cast.in_hand()
    asked = ask(cast.dispatcher)
    with refused(422, "请写为什么不同意", field="words"):
        taking_out.refuse(request=asked, by=cast.supervisor, at=MONDAY, words=" ")
    taking_out.refuse(request=asked, by=cast.supervisor, at=MONDAY + 9 * HOUR, words="用途没写清")
    with refused(409, "已经有了结果"):
        agree(asked, cast.leader)
    assert not Look.objects.exists()


def test_rights_lost_between_asking_and_agreeing_are_lost(cast):
    cast.in_hand()
    asked = ask(cast.dispatcher)
    cast.dispatcher.grants.all().delete()
    with pytest.raises(Refused):
        agree(asked, cast.supervisor)
    assert not Look.objects.exists()


def test_those_concerned_find_nothing_of_it_in_their_export(cast):
    """peers 16 and 20: what a page hides no file shows; counted before, and written, by the same rule."""
    cast.in_hand()
    about = cast.in_hand(unit="C-DISCIPLINE", about_department=cast.department("C-HOUSING"))
    secret = cast.in_hand(secrecy="confidential")
    asked = ask(cast.unit_leader())
    data = taking_out.take(request=agree(asked, cast.supervisor), by=cast.unit_leader(), at=MONDAY + 10 * HOUR)
    assert asked.asked_for == len(rows(data)) == 1
    assert about.number not in data.decode() and secret.number not in data.decode()


def test_of_a_secret_case_the_unit_takes_out_the_rewritten_text_alone(cast):
    case = cast.in_hand(secrecy="confidential")
    data = taking_out.take(
        request=agree(ask(cast.reviewer()), cast.supervisor), by=cast.reviewer(), at=MONDAY + 10 * HOUR
    )
    (row,) = rows(data)
    assert (row["title"], row["text"], row["phone"]) == (
        "保密件",
        "改写后的内容",
        "",
    ) and case.title not in data.decode()


def test_every_column_that_can_be_chosen_is_there(cast):
    cast.in_hand()
    made = agree(ask(cast.dispatcher, columns=list(exports.ALL), format="xlsx"), cast.supervisor)
    assert made.count == 1 and made.path.endswith(".xlsx")
