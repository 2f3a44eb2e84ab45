"""Who is told, in what words, and how often?"""

from suqiu.directory.models import Notice
from suqiu.gateways.models import Message
from tests.cast import run_jobs


def test_the_caller_is_told_of_each_step_once(cast):
    case = cast.sent()
    run_jobs()
    told = list(
        Message.objects.filter(case_number=case.number, key__startswith="caller:")
        .order_by("id")
        .values_list("body", flat=True)
    )
    assert [("收到您的诉求" in m, "负责到底" in m, "解决了吗" in m) for m in told] == [
        (True, False, False),
        (False, True, False),
        (False, False, True),
    ]
    assert all(m.status == "sent" for m in Message.objects.all())
    assert run_jobs() == 0


def test_only_officers_who_may_see_it_hear_a_bell(cast):
    case = cast.dispatched(demand_type="report", secrecy="confidential")
    run_jobs()
    heard = {n.officer.username for n in Notice.objects.filter(case_number=case.number)}
    assert "c-housing-sh" in heard and "c-housing-jb1" not in heard
    assert not Notice.objects.filter(text__contains=case.title).exists()


def test_urgent_cases_are_sent_as_sms_to_officers(cast):
    case = cast.dispatched(urgency="urgent")
    run_jobs()
    assert Message.objects.filter(case_number=case.number, key__startswith="officer:").exists()
