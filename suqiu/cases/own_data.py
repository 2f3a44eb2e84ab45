"""个人信息请求: what does the citizen ask of his own data, by when is he answered, and what must the law keep?"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from suqiu.citizens.contact import mask_name
from suqiu.directory import office
from suqiu.directory.models import Officer, Role
from suqiu.errors import Refused
from suqiu.worktime.arithmetic import Allowance, due_at
from suqiu.worktime.queries import calendar_now

from . import anonymising, retaining, secrecy_bells
from .models import Case, DataRequest

State, Kind = DataRequest.State, DataRequest.Kind
TERM = Allowance(15, "working_day")  # 个人信息保护法 50 条: "in time"; so many days are ours
WORDS_AT_MOST = 1000
ANSWERERS = (Role.SHIFT_LEAD, Role.INTAKE_REVIEWER)
SECONDS = (Role.SHIFT_LEAD, Role.INTAKE_REVIEWER, Role.LEADER)


def may_answer(officer: Officer) -> bool:
    return not officer.is_third_party and officer.is_at_hotline_as(*ANSWERERS)


def may_second(officer: Officer) -> bool:
    return not officer.is_third_party and officer.is_at_hotline_as(*SECONDS)


@transaction.atomic
def ask(
    *, case: Case, kind: str, at: datetime, key: str, words: str = "", name: str = "", preferred_time: str = ""
) -> DataRequest:
    """By the citizen, who has proved number and code. A name still masked is no new name."""
    case = Case.objects.select_for_update(of=("self",)).select_related("person").get(pk=case.pk)
    if done := DataRequest.objects.filter(key=key).first():
        if done.case_id != case.pk:
            raise Refused(_("这份表单已经用过了，请刷新页面"))
        return done
    if kind not in Kind.values:
        raise Refused(_("没有这一种请求"), status=422)
    if len(words) > WORDS_AT_MOST or len(name) > 60 or len(preferred_time) > 60:
        raise Refused(_("写得太长了，最多 %(n)d 个字") % {"n": WORDS_AT_MOST}, status=422, field="words")
    if case.person.removed_at:
        raise Refused(_("您的信息已经删除了"))
    if case.data_requests.filter(kind=kind, state__in=(State.WAITING, State.SECOND)).exists():
        raise Refused(_("您提过一次，正在办，不用再提"))
    name = "" if name.strip() in ("", case.person.masked_name, mask_name(case.person.name)) else name.strip()
    preferred_time = "" if preferred_time.strip() == case.person.preferred_time else preferred_time.strip()
    if kind == Kind.CORRECT and not (words.strip() or name or preferred_time):
        raise Refused(_("写一下哪里不对、该是什么"), status=422, field="words")
    due = due_at(at, TERM, calendar_now())
    asked = DataRequest(case=case, kind=kind, key=key, words=words.strip(), asked_at=at, due_at=due.at)
    asked.name, asked.preferred_time = name if kind == Kind.CORRECT else "", preferred_time
    asked.explanation = [list(line) for line in due.lines]
    asked.save(force_insert=True)
    office.write(act="data_asked", by=None, at=at, case=case.number, request=asked.pk, kind=kind)
    secrecy_bells.data_asked(asked, ANSWERERS)
    return asked


@transaction.atomic
def answer(
    *, request: DataRequest, by: Officer, at: datetime, is_granted: bool, words: str, basis: str = ""
) -> DataRequest:
    """A correction is made at once; a deletion waits for a second person; a "no" names its basis."""
    request = _locked(request)
    if request.by_id == by.pk and request.state != State.WAITING:
        return request
    if not may_answer(by):
        raise Refused(_("个人信息请求由班长和受理审核员答复"), status=403)
    if request.state != State.WAITING:
        raise Refused(_("已经有人答复过了"), state=request.get_state_display())
    if not 2 <= len(words.strip()) <= WORDS_AT_MOST:
        raise Refused(_("写一句对本人说的话"), status=422, field="words")
    if not is_granted and not basis.strip():
        raise Refused(_("不能办的，写明依据哪一条"), status=422, field="basis")
    request.by, request.answered_at, request.answer, request.basis = by, at, words.strip(), basis.strip()[:200]
    if not is_granted:
        return _end(request, State.DECLINED, by, at)
    if request.kind == Kind.DELETE:
        check_can_delete(request.case)
        request.is_whole = retaining.is_kept_long_enough(request.case, at)
        request.state = State.SECOND
        request.save()
        told = {"case": request.case.number, "request": request.pk, "whole": request.is_whole}
        office.write(act="data_answered", by=by, at=at, **told)
        secrecy_bells.data_second(request, SECONDS, at)
        return request
    _correct(request)
    return _end(request, State.DONE, by, at)


@transaction.atomic
def confirm(*, request: DataRequest, by: Officer, at: datetime) -> DataRequest:
    """The second person: only now is anything deleted."""
    request = _locked(request)
    if request.state == State.DONE and request.second_id == by.pk:
        return request
    _check_second(request, by)
    check_can_delete(request.case)
    request.second = by
    if request.is_whole:
        anonymising.anonymise(case=request.case, by=by, at=at)
    else:
        anonymising.forget_person(case=request.case, by=by, at=at)
    request.refresh_from_db(fields=["words", "name_sealed", "preferred_time"])
    return _end(request, State.DONE, by, at)


@transaction.atomic
def send_back(*, request: DataRequest, by: Officer, at: datetime) -> DataRequest:
    """The second person does not agree: it waits for an answer again, and its clock never stood still."""
    request = _locked(request)
    _check_second(request, by)
    request.state, request.by, request.answered_at, request.answer = State.WAITING, None, None, ""
    request.save()
    office.write(act="data_back", by=by, at=at, case=request.case.number, request=request.pk)
    return request


def check_can_delete(case: Case) -> None:
    """While somebody works on it, the number is needed to tell the caller how it ends."""
    if case.is_open or case.state == "A":
        raise Refused(
            _("这件还没办完，要凭这些信息告诉本人结果"),
            state=case.get_state_display(),
            who_can=_("办结或撤单以后再删"),
        )


def _correct(request: DataRequest) -> None:
    person = request.case.person
    changed = []
    if request.name_sealed:
        person.name = request.name
        changed.append("name_sealed")
    if request.preferred_time:
        person.preferred_time = request.preferred_time
        changed.append("preferred_time")
    if changed:
        person.save(update_fields=changed)


def _check_second(request: DataRequest, by: Officer) -> None:
    if request.state != State.SECOND:
        raise Refused(_("这一件不在等第二人"), state=request.get_state_display())
    if by.pk == request.by_id:
        raise Refused(_("删除要两个人，不能自己同意自己"), status=403)
    if not may_second(by):
        raise Refused(_("您不能做删除的第二人"), who_can=_("班长、受理审核员或市领导可以"), status=403)


def _end(request: DataRequest, state: str, by: Officer, at: datetime) -> DataRequest:
    request.state, request.decided_at = state, at
    request.save()
    told = {"case": request.case.number, "request": request.pk, "kind": request.kind, "state": state}
    office.write(act="data_done", by=by, at=at, **told)
    return request


def _locked(request: DataRequest) -> DataRequest:
    found = DataRequest.objects.select_for_update(of=("self",)).select_related("case__person")
    return found.get(pk=request.pk)
