"""导出: asked by one, agreed to by another, made once, gone after two days. The only way out in bulk."""

from __future__ import annotations

import hashlib
import tempfile
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from suqiu.directory import office
from suqiu.directory.models import Officer, Role
from suqiu.errors import Refused
from suqiu.gateways import storage

from . import exports, secrecy_bells
from .models import ExportRequest

State = ExportRequest.State
LIVES = timedelta(hours=48)  # ours: a file that lies about is a leak that waits
CASES_AT_MOST = 10_000  # of one application; more is asked for in parts, each with its reason
WAIT = timedelta(days=7)  # what nobody agreed to within a week is not agreed to any more
WHY_AT_LEAST = 4  # letters: a reason, not a tick
ASKERS_AT_HOTLINE = (Role.SHIFT_LEAD, Role.INTAKE_REVIEWER, Role.DISPATCHER, Role.SUPERVISOR, Role.LEADER)
ASKERS_AT_UNITS = (Role.REVIEWER, Role.UNIT_LEADER)
FORMATS = ("xlsx", "csv")


def may_ask(officer: Officer) -> bool:
    """Who answers for a post or a unit; third-party staff never."""
    if officer.is_third_party or not officer.is_active:
        return False
    return officer.is_at_hotline_as(*ASKERS_AT_HOTLINE) or bool(officer.departments_as(*ASKERS_AT_UNITS))


def may_open(officer: Officer) -> bool:
    return may_ask(officer) or exports.may_second(officer)


@transaction.atomic
def ask(
    *,
    by: Officer,
    at: datetime,
    key: str,
    why: str,
    columns: list[str],
    since: date | None = None,
    until: date | None = None,
    format: str = "xlsx",
) -> ExportRequest:
    """Keeps the application; nothing is read out yet. The same key gives the same application again."""
    if done := ExportRequest.objects.filter(key=key).first():
        return done
    _check_ask(by, why, columns, since, until, format)
    n = exports.chosen(by, since, until).count()
    if not n:
        raise Refused(_("您看得到的诉求里没有符合的"), who_can=_("换一段日子"), status=422)
    if n > CASES_AT_MOST:
        told = {"n": n, "most": CASES_AT_MOST}
        raise Refused(
            _("符合的有 %(n)d 件，一次最多 %(most)d 件") % told, who_can=_("分几段日子申请"), status=413, field="since"
        )
    ordered = [c for c in exports.ALL if c in columns]
    asked = ExportRequest.objects.create(
        key=key, by=by, at=at, since=since, until=until, columns=ordered, format=format, why=why.strip(), asked_for=n
    )
    office.write(act="export_asked", by=by, at=at, request=asked.pk, asked_for=n, columns=ordered)
    secrecy_bells.export_asked(asked, exports.SECONDS)
    return asked


@transaction.atomic
def refuse(*, request: ExportRequest, by: Officer, at: datetime, words: str) -> ExportRequest:
    request = _locked(request)
    if request.state == State.REFUSED and request.second_id == by.pk:
        return request
    _check_waiting(request, at)
    exports.check_second(request.by, by)
    if not words.strip():
        raise Refused(_("请写为什么不同意"), status=422, field="words")
    request.state, request.second, request.decided_at, request.words = State.REFUSED, by, at, words.strip()[:200]
    request.save()
    office.write(act="export_refused", by=by, at=at, request=request.pk)
    return request


def agree(*, request: ExportRequest, by: Officer, at: datetime) -> ExportRequest:
    """The second person agrees, and the file is made, by the rights that the asker has at this moment."""
    with storage.together(), transaction.atomic():
        request = _locked(request)
        if request.state in (State.MADE, State.EXPIRED) and request.second_id == by.pk:
            return request
        _check_waiting(request, at)
        exports.check_second(request.by, by)
        if not may_ask(request.by):
            raise Refused(_("申请人现在没有导出的资格了"), status=409)
        data, request.count = _made(request, by, at)
        request.path, request.sha256 = storage.write(data, f".{request.format}"), hashlib.sha256(data).hexdigest()
        request.state, request.second, request.decided_at = State.MADE, by, at
        request.expires_at = at + LIVES
        request.save()
        office.write(act="export_agreed", by=by, at=at, request=request.pk, count=request.count, sha256=request.sha256)
    return request


def take(*, request: ExportRequest, by: Officer, at: datetime) -> bytes:
    """The file, for who asked for it and nobody else; each time is written down before it is handed over."""
    with transaction.atomic():
        request = _locked(request)
        if request.by_id != by.pk:
            raise Refused(_("文件只给申请人下载"), status=403)
        if request.state != State.MADE or at >= request.expires_at:
            raise Refused(
                _("文件已经没有了"), state=request.get_state_display(), who_can=_("还要用，就再申请一次"), status=410
            )
        request.taken += 1
        request.save(update_fields=["taken"])
        office.write(act="export_taken", by=by, at=at, request=request.pk, times=request.taken)
    with storage.read(request.path) as kept:
        return kept.read()


def expire(at: datetime) -> int:
    """Deletes the files whose time is over; the application stays, with the digest of what was in it."""
    n = 0
    for pk in list(ExportRequest.objects.filter(state=State.MADE, expires_at__lte=at).values_list("pk", flat=True)):
        with transaction.atomic():
            request = _locked(ExportRequest(pk=pk))
            if request.state != State.MADE:
                continue
            storage.remove(request.path)
            request.state, request.path = State.EXPIRED, ""
            request.save(update_fields=["state", "path"])
            n += 1
    return n


def _made(request: ExportRequest, second: Officer, at: datetime) -> tuple[bytes, int]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"{request.pk}.{request.format}"
        count = exports.export(
            path=file, by=request.by, second=second, at=at, since=request.since, until=request.until,
            columns=request.columns, request=request.pk,
        )  # fmt: skip
        return file.read_bytes(), count


def _locked(request: ExportRequest) -> ExportRequest:
    return ExportRequest.objects.select_for_update(of=("self",)).select_related("by", "second").get(pk=request.pk)


def _check_waiting(request: ExportRequest, at: datetime) -> None:
    if request.state != State.WAITING:
        raise Refused(_("这份申请已经有了结果"), state=request.get_state_display())
    if at > request.at + WAIT:
        raise Refused(_("这份申请过了 7 天，不再有效"), who_can=_("还要用，就再申请一次"))


def _check_ask(by: Officer, why: str, columns: list[str], since: Any, until: Any, format: str) -> None:
    if not may_ask(by):
        raise Refused(_("您不能申请导出"), who_can=_("请本单位的审核人、负责人，或热线中心的班长申请"), status=403)
    if len(why.strip()) < WHY_AT_LEAST or len(why.strip()) > 200:
        raise Refused(_("写明给谁、做什么用，4 到 200 个字"), status=422, field="why")
    if not columns or not set(columns) <= set(exports.ALL):
        raise Refused(_("请至少选一栏，从列出的里选"), status=422, field="columns")
    if format not in FORMATS:
        raise Refused(_("只能导出成 xlsx 或 csv"), status=422, field="format")
    if since and until and since > until:
        raise Refused(_("开始的日子在结束的后面"), status=422, field="since")
