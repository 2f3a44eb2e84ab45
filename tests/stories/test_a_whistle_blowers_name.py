"""Somebody reports his town's official. Then a screenshot is about. Who saw his name, who is told, and what is forgotten in the end."""

from __future__ import annotations

import pytest
import time_machine
from django.test import Client

from suqiu.cases import anonymising, breaches, journal, leaks, own_data, retaining
from suqiu.cases.models import Case, Content, Look
from suqiu.desk import registry
from suqiu.gateways.models import Message
from tests.reading import on, refused

NAME, PHONE = "王桂芳", "13812342217"


def page(officer, address: str) -> str:
    desk = Client()
    desk.force_login(officer)
    answer = desk.get(address)
    return answer.content.decode(errors="replace") if answer.status_code == 200 else f"{answer.status_code}"


@pytest.fixture(autouse=True)
def monday():
    registry.forget()
    with time_machine.travel(on("06-08 09:00"), tick=False) as clock:
        yield clock


def test_his_name(cast, monday):
    # He reports an official of the town by telephone. It is confidential without his asking.
    text = "我叫王桂芳，住三号楼，镇上管低保的干部收了钱才给办。"
    case = cast.case(at=on("06-08 09:00"), text=text, demand_type="report")
    assert case.secrecy == "confidential"
    official = cast.officer("t-510802001-jb1")
    cast.do(
        "accept", case, cast.operator, at=on("06-08 09:10"), demand_type="report", urgency="normal",
        secrecy="confidential", area=cast.area(), matter=cast.matter(), about_officer=official,
    )  # fmt: skip
    assert case.about_department_id == "T-510802001", "his colleagues do not see it either"
    assert case.title not in case.asks.get().text

    # Neither the town, nor the county beside it, nor another bureau gets it: the discipline side does, in other words.
    for unit in ("T-510802001", "K-510802", "C-CIVIL_AFFAIRS"):
        with refused(422, "", field="department"):
            cast.do(
                "dispatch", case, cast.dispatcher, at=on("06-08 09:30"), matter=case.matter,
                department=cast.department(unit), rewritten="有人反映办理低保时收钱",
            )  # fmt: skip
    cast.do(
        "dispatch", case, cast.dispatcher, at=on("06-08 09:30"), matter=case.matter,
        department=cast.department("C-DISCIPLINE"), rewritten="有人反映某镇办理低保时收钱",
    )  # fmt: skip
    cast.do("assign", case, cast.reviewer("C-DISCIPLINE"), at=on("06-08 10:00"), officer=cast.handler("C-DISCIPLINE"))
    cast.do("sign_in", case, cast.handler("C-DISCIPLINE"), at=on("06-08 10:00"))

    # Those concerned find it nowhere.
    monday.move_to(on("06-08 11:00"))
    addresses = ["/desk/", "/desk/search/?q=低保"]
    addresses += [a.format(case.number) for a in ("/desk/case/{}/", "/desk/search/?q={}", "/desk/go/?q={}")]
    for who in (official, cast.officer("t-510802001-fz")):
        for address in addresses:
            shown = page(who, address)
            assert case.spoken_number not in shown and "收了钱" not in shown, address
    # Who works on it reads the rewritten text, under his own name across the page, and never a name or a number.
    handler = cast.handler("C-DISCIPLINE")
    shown = page(handler, f"/desk/case/{case.number}/")
    assert "有人反映某镇办理低保时收钱" in shown and f"{handler.full_name} {handler.username}" in shown
    assert not any(word in shown for word in (NAME, PHONE, "138****2217", "王**", "三号楼"))

    # In the afternoon a screenshot is about. Within a minute the supervisor knows who saw it.
    report = leaks.report(case=case, by=cast.supervisor, at=on("06-08 15:00"))
    saw = {v.officer.username for v in report.viewers if v.looks}
    assert saw == {handler.username} == set(Look.objects.values_list("officer__username", flat=True))
    assert official.username not in {v.officer.username for v in report.viewers}
    breach = breaches.report(
        by=handler, at=on("06-08 15:10"), key="b", words="镇上微信群里有工单截图", numbers=[case.number]
    )
    breaches.tell(breach=breach, by=cast.supervisor, at=on("06-08 15:20"))
    assert Message.objects.filter(key__startswith="breach:", case_number=case.number).count() == 1
    breaches.tell_authority(breach=breach, by=cast.supervisor, at=on("06-08 16:00"), authority="市网信办，回执 7 号")
    breaches.ask_to_close(breach=breach, by=cast.supervisor, at=on("06-10 09:00"), finding="水印认出是谁的屏幕，已停职")
    with refused(403, "不能做第二人"):
        breaches.close(breach=breach, by=cast.supervisor, at=on("06-10 09:00"))
    assert breaches.close(breach=breach, by=cast.leader, at=on("06-10 10:00")).state == "closed"

    # He wants to be forgotten. While it is open his number is needed; then two persons forget it; the words stay their years.
    asked = own_data.ask(case=case, kind="delete", at=on("06-10 11:00"), key="d")
    answer = {"request": asked, "by": cast.intake_reviewer, "is_granted": True, "words": "给您删"}
    with refused(409, "还没办完"):
        own_data.answer(**answer, at=on("06-10 11:30"))
    cast.citizen("withdraw", case, at=on("06-11 09:00"))
    waiting = own_data.answer(**answer, at=on("06-11 10:00"))
    own_data.confirm(request=waiting, by=cast.shift_lead, at=on("06-11 11:00"))
    case.refresh_from_db()
    assert (case.person.name, case.person.phone) == ("", "") and Content.objects.get(
        case=case, name="text"
    ).body == text

    later = on("06-12 09:00").replace(year=2036)
    for _done in retaining.run(by=None, at=later):
        pass
    case = Case.objects.get(pk=case.pk)
    assert case.title == anonymising.REMOVED and not Content.objects.exclude(body="").exists()
    assert journal.verify().findings == [] and journal.verify().removed > 0
