"""The receipt: what it says, and what the verify page makes of it."""

import json
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from suqiu.cases import journal
from suqiu.cases.models import Case
from suqiu.portal.models import Try

from .conftest import NOW


def receipt_of(citizen, case) -> bytes:
    answer = citizen.open(f"/receipt/{case.number}/")
    assert (
        answer.status_code == 200
        and answer["Content-Disposition"] == f'attachment; filename="receipt-{case.number}.json"'
    )
    assert "no-store" in answer["Cache-Control"]
    return answer.content


def as_file(data: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("receipt.json", data, content_type="application/json")


def by_file(citizen, data: bytes):
    return citizen.send("/verify/", {"receipt": as_file(data)})


def by_hand(citizen, case, head: str, code: str = ""):
    return citizen.send("/verify/", {"number": case.number, "code": code or case.code, "head": head})


def facts(answer) -> dict[str, str]:
    return {f["label"]: f["value"] for f in answer.context["result"].facts}


def forge(case, sql: str, *values) -> None:
    """As somebody with the keys of the database would."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(sql, [*values, case.pk])
        cursor.execute("SET session_replication_role = DEFAULT")


def test_a_receipt_names_number_lines_and_head(citizen, known):
    case = known("in_hand")
    said = json.loads(receipt_of(citizen, case))
    assert {k: said[k] for k in ("number", "lines", "head")} == {"number": case.number, "lines": 4, "head": case.head}
    assert said["received_at"] == "2026-06-08T09:00:00+08:00" and said["verify"].endswith("/verify/")
    assert not set(said) & {"name", "phone", "code", "title"}


def test_the_file_alone_is_enough_and_later_lines_are_counted(citizen, cast, known):
    case = known("in_hand")
    data = receipt_of(citizen, case)
    cast.prove(case, at=NOW - timedelta(days=1))
    journal.seal(date(2026, 6, 8))
    answer = by_file(type(citizen)(), data)
    result = answer.context["result"]
    assert (answer.status_code, result.is_valid, result.title) == (200, True, "凭证有效，记录没被改过")
    assert result.sentence == "您的凭证在记录里，是第 4 条那一刻的；之后又添了 2 条，前后接得上。"
    assert facts(answer)["最近一次封存"] == "6 月 8 日，这一条在里面" and facts(answer)["现在共有"] == "6 条"


@pytest.mark.parametrize("digits", [8, 16, 64])
def test_by_hand_with_number_and_code(citizen, known, digits):
    case = known("in_hand")
    typed = " ".join(case.head[:digits].upper()[i : i + 4] for i in range(0, digits, 4))
    answer = by_hand(citizen, case, typed)
    assert answer.context["result"].is_valid and "第 4 条" in answer.context["result"].sentence
    assert facts(answer)["最近一次封存"] == "还没有封存过"


def test_a_head_that_is_not_in_the_record(citizen, known):
    case = known("in_hand")
    answer = by_hand(citizen, case, "0123456789abcdef")
    assert (answer.status_code, answer.context["result"].is_valid, answer.context["result"].title) == (
        200,
        False,
        "凭证对不上",
    )


@pytest.mark.parametrize("exists", [True, False])
def test_a_file_that_does_not_fit_never_says_whether_the_case_exists(citizen, cast, exists):
    number = cast.case().number if exists else "GY2606089999"
    answer = by_file(citizen, json.dumps({"number": number, "lines": 1, "head": "0" * 64}).encode())
    assert (answer.status_code, answer.context["result"].title, answer.context["result"].facts) == (
        200,
        "凭证对不上",
        (),
    )


def test_a_wrong_code_is_the_same_answer_as_when_looking_up_and_counts(citizen, cast):
    case = cast.case()
    wrong = by_hand(citizen, case, case.head, code="00000000")
    assert wrong.status_code == 422 and wrong.context["result"] is None and "对不上" in wrong.content.decode()
    assert Try.objects.exists()
    for _try in range(4):
        by_hand(citizen, case, case.head, code="00000000")
    assert by_hand(citizen, case, case.head).status_code == 429


def test_a_forged_line_is_named(citizen, known):
    case = known("in_hand")
    data = receipt_of(citizen, case)
    forge(case, "UPDATE cases_line SET says = '{\"forged\": true}' WHERE no = 2 AND case_id = %s")
    result = by_file(citizen, data).context["result"]
    assert not result.is_valid and result.title == "记录被动过" and "第 2 条接不上" in result.sentence


def test_a_forged_text_is_found(citizen, known):
    case = known("in_hand")
    data = receipt_of(citizen, case)
    forge(case, "UPDATE cases_content SET body = %s WHERE line_no = 1 AND case_id = %s", "从来没说过")
    assert "第 1 条接不上" in by_file(citizen, data).context["result"].sentence


def test_a_chain_made_anew_no_longer_holds_the_head_of_the_receipt(citizen, known):
    from suqiu.cases.advance import hashed
    from suqiu.directory import chain

    case = known("in_hand")
    data = receipt_of(citizen, case)
    prev = ""
    for line in case.lines.order_by("no"):
        line.prev, line.says = prev, line.says | ({"forged": True} if line.no == 2 else {})
        prev = chain.link(hashed(line, case.number))
        forge(
            case,
            "UPDATE cases_line SET prev = %s, says = %s, hash = %s WHERE no = %s AND case_id = %s",
            line.prev,
            json.dumps(line.says),
            prev,
            line.no,
        )
    forge(case, "UPDATE cases_case SET head = %s WHERE id = %s", prev)
    assert citizen.open(f"/case/{case.number}/").context["receipt"]["is_valid"]  # it holds in itself
    assert by_file(citizen, data).context["result"].title == "凭证对不上"  # but not with what the citizen kept


def test_what_was_lawfully_removed_does_not_break_it(citizen, known):
    case = known("in_hand")
    data = receipt_of(citizen, case)
    case.contents.filter(name="text").update(body="", salt="", removed_at=NOW)
    answer = by_file(citizen, data)
    assert answer.context["result"].is_valid and facts(answer)["依法删除"].startswith("1 处")


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "空"),
        (b"\xff\xfe\x00", "这不是凭证文件"),
        (b"[]", "这不是凭证文件"),
        (b"{}", "这不是凭证文件"),
        (b"[" * 60_000, "这不是凭证文件"),
        (b'{"number": "GY1", "head": "12"}', "校验码不完整"),
        (b'{"number": "GY1", "head": "%s"}' % (b"0" * 70_000), "这不是凭证文件"),
    ],
)
def test_a_file_that_is_no_receipt(citizen, db, data, told):
    answer = by_file(citizen, data)
    assert answer.status_code == 422 and told in answer.content.decode() and answer.context["result"] is None


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({}, "请填编号"),
        ({"number": "GY1", "code": "1"}, "请照凭证抄校验码"),
        ({"number": "GY1", "code": "1", "head": "7F3"}, "至少 8 位"),
        ({"head": "zzzzzzzz"}, "至少 8 位"),
    ],
)
def test_something_is_missing(citizen, db, said, told):
    answer = citizen.send("/verify/", said)
    assert answer.status_code == 422 and told in answer.content.decode()
    assert all(answer.context["form"][name].value() == value for name, value in said.items())


def test_the_number_comes_along_from_the_case(citizen, known):
    case = known("case")
    url = citizen.open(f"/case/{case.number}/").context["receipt"]["verify_url"]
    assert citizen.open(url).context["form"]["number"].value() == case.number


def test_queries_are_few(citizen, known, django_assert_max_num_queries):
    case = known("closed")
    data = receipt_of(citizen, case)
    by_file(citizen, data)
    with django_assert_max_num_queries(12):
        by_file(citizen, data)
    assert Case.objects.count() == 1
