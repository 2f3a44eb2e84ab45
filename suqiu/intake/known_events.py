"""突发口径: what is known of an event, who may say so, and how does everybody who called hear that it is over?"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from suqiu.cases.models import Case, Event
from suqiu.directory import office
from suqiu.directory.models import Area, Matter, Officer, Role
from suqiu.errors import Refused
from suqiu.gateways import outbox, wordings

from .demand import clean_words
from .models import KnownEvent

LONGEST = timedelta(days=30)
TEXT_LIMIT, ALL_CLEAR_LIMIT, TITLE_LIMIT = 400, 200, 60
MAY = (Role.SHIFT_LEAD, Role.INTAKE_REVIEWER)


def may_announce(officer: Officer) -> bool:
    return officer.is_at_hotline_as(*MAY)


@transaction.atomic
def announce(
    *, by: Officer, at: datetime, key: str, title: str, text: str, area: Area, valid_until: datetime,
    matter: Matter | None = None, words: str = "",
) -> KnownEvent:  # fmt: skip
    """发布. From this moment the phone desk offers it; the same key again gives the same event."""
    _check_person(by)
    _wait_for_others(key)
    if found := KnownEvent.objects.filter(key=key).first():
        return found
    title, text = _line(title, TITLE_LIMIT, "title"), _line(text, TEXT_LIMIT, "text")
    _check_until(valid_until, at)
    event = Event.objects.create(title=title, opened_at=at)
    known = KnownEvent.objects.create(
        event=event, key=key, text=text, words=" ".join(words.split())[:200], area=area, matter=matter,
        valid_from=at, valid_until=valid_until, made_by=by, made_at=at,
    )  # fmt: skip
    office.write(act="announce_event", by=by, at=at, event=known.pk, area=area.pk, until=valid_until)
    return known


@transaction.atomic
def prolong(*, known: KnownEvent, by: Officer, at: datetime, valid_until: datetime) -> KnownEvent:
    """延长. Asked twice, it stands as it was asked."""
    _check_person(by)
    known = _still_on(known)
    if known.valid_until == valid_until:
        return known
    _check_until(valid_until, at)
    known.valid_until = valid_until
    known.save(update_fields=["valid_until"])
    office.write(act="prolong_event", by=by, at=at, event=known.pk, until=valid_until)
    return known


@transaction.atomic
def end(*, known: KnownEvent, by: Officer, at: datetime, all_clear: str) -> KnownEvent:
    """结束. Whoever was recorded under it was promised a message: without its words it cannot end. Asked twice: answered alike."""
    from .tasks import send_all_clear

    _check_person(by)
    all_clear = " ".join(clean_words(all_clear, ALL_CLEAR_LIMIT).split())
    locked = KnownEvent.objects.select_for_update().get(pk=known.pk)
    if locked.ended_at and locked.all_clear == all_clear and locked.ended_by_id == by.pk:
        return locked
    known = _still_on(known)
    members = Case.objects.filter(event=known.event_id).count()
    if members and not all_clear:
        raise Refused(
            _("记在下面的 %(n)d 件都等着恢复短信，请写上发什么") % {"n": members}, status=422, field="all_clear"
        )
    known.ended_at, known.ended_by, known.all_clear = at, by, all_clear
    known.save(update_fields=["ended_at", "ended_by", "all_clear"])
    office.write(act="end_event", by=by, at=at, event=known.pk, members=members)
    send_all_clear.defer(known_event_id=known.pk)
    return known


def usable(pk: int, at: datetime) -> KnownEvent:
    """The event under which a call may be recorded now; ended or past its time it is refused with the way on."""
    known = KnownEvent.objects.select_related("event").filter(pk=pk).first()
    if known is None:
        raise Refused(_("没有这条口径，请从右边选"), status=422, field="event")
    if known.ended_at or not known.valid_from <= at < known.valid_until:
        raise Refused(
            _("「%(event)s」这条口径已经结束或过了时间，不能再记在下面") % {"event": known.event.title},
            who_can=_("照常登记；还没恢复的，请班长延长口径"), field="event",
        )  # fmt: skip
    return known


def is_usable(pk: str, at: datetime) -> bool:
    """The same as a question, of a number as it was kept."""
    return pk.isdecimal() and len(pk) < 12 and KnownEvent.objects.open(at).filter(pk=pk).exists()


def tell_all_clear(known: KnownEvent) -> int:
    """One SMS for each caller who left a number, once, in his language. Returns how many callers it is for."""
    members = Case.objects.filter(event=known.event_id).select_related("person").order_by("id")
    told = set()
    for case in members.iterator(chunk_size=200):
        if case.person_id not in told and case.person.phone_sealed:
            told.add(case.person_id)
            tell_one(known, case)
    return len(told)


def tell_one(known: KnownEvent, case: Case) -> None:
    with translation.override(case.language):
        body = wordings.said(
            "all_clear",
            event=known.event.title,
            words=known.all_clear.rstrip("。. ") + _("。"),
            number=case.number,
            where=f"{settings.SITE_ADDRESS}/track/?number={case.number}",
        )
    outbox.write(
        key=f"all-clear:{known.pk}:{case.person_id}", channel="sms", to=case.person.phone, body=body,
        at=known.ended_at, case_number=case.number,
    )  # fmt: skip


def _still_on(known: KnownEvent) -> KnownEvent:
    locked = KnownEvent.objects.select_for_update().get(pk=known.pk)
    if locked.ended_at:
        raise Refused(_("这条口径已经结束了"), who_can=_("又发生了就另发一条"))
    return locked


def _check_person(by: Officer) -> None:
    if not may_announce(by):
        raise Refused(_("突发口径由班长或受理审核员发布"), who_can=_("热线中心的班长、受理审核员"), status=403)


def _check_until(until: datetime, at: datetime) -> None:
    if until <= at:
        raise Refused(_("有效时间要在现在之后"), status=422, field="valid_until")
    if until > at + LONGEST:
        raise Refused(_("口径最长 %(n)d 天，更长的请到时候再延") % {"n": LONGEST.days}, status=422, field="valid_until")


def _line(words: str, limit: int, name: str) -> str:
    found = " ".join(clean_words(words, 10 * limit).split())
    if not found:
        raise Refused(_("还没有填"), status=422, field=name)
    if len(found) > limit:
        raise Refused(_("最多 %(n)d 个字，现在 %(has)d 个") % {"n": limit, "has": len(found)}, status=422, field=name)
    return found


def _wait_for_others(key: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"announce:{key}"])
