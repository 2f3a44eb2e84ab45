"""What the law says must be forgotten is forgotten: words, files and person of one case. The chain keeps its digests and still verifies."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from functools import partial

from django.apps import apps
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from suqiu.citizens.models import Person, PhoneCode
from suqiu.directory import office
from suqiu.directory.models import Notice, Officer
from suqiu.errors import Refused
from suqiu.gateways import storage
from suqiu.gateways.models import Message

from .models import Attachment, Case, CaseWords, Content

REMOVED = "（依法删除了）"  # what stands where a text was
NOWHERE = {"longitude": None, "latitude": None}
# what other rooms keep of a case in words or places of their own, and what stands there afterwards
BESIDE = (
    ("visits", {"place": REMOVED, "accuracy": None, "metres": None} | NOWHERE),
    ("meetings", {"place": REMOVED}),
    ("hangings", {"plan": REMOVED}),
    ("replies", {"plan": "", "basis": ""}),
    ("calls", {"words": ""}),
    ("data_requests", {"words": "", "answer": "", "name_sealed": b"", "preferred_time": ""}),
    ("spot_checks", {"accuracy": None} | NOWHERE),
    ("caller_limits", {"words": REMOVED, "decision": "", "appeal": "", "judgement": ""}),
)


def found(case: Case) -> Counter[str]:
    """How much of each kind anonymising would remove."""
    return Counter(
        texts=case.contents.filter(removed_at=None).count(),
        files=case.attachments.filter(removed_at=None).count(),
        asks=case.asks.exclude(text=REMOVED).count(),
        promises=case.promises.exclude(what=REMOVED).count(),
        messages=_messages(case).exclude(body=REMOVED).count(),
        notices=Notice.objects.filter(case_number=case.number).exclude(text=REMOVED).count(),
        person=int(case.person.removed_at is None),
    )


@transaction.atomic
def anonymise(*, case: Case, by: Officer | None, at: datetime) -> Counter[str]:
    """Removes texts and files with their salts, and whoever asked. Refused while the case is open: its words are needed."""
    case = Case.objects.select_for_update().select_related("person").get(pk=case.pk)
    if case.is_open:
        raise Refused(
            _("%(number)s 还没办完，内容还要用") % {"number": case.number},
            state=case.get_state_display(),
            who_can=_("办结以后，或来电人撤单以后再删"),
        )
    removed = found(case)
    _remove_texts(case, at)
    _remove_files(case, at)
    _remove_words_beside(case)
    _forget_person(case)
    case.title = REMOVED
    case.place = case.area_as_written = ""
    case.longitude = case.latitude = None
    case.save(update_fields=["title", "place", "area_as_written", "longitude", "latitude", "person"])
    if any(removed.values()):
        office.write(act="anonymise", by=by, at=at, case=case.number, **removed)
    return removed


@transaction.atomic
def forget_person(*, case: Case, by: Officer | None, at: datetime) -> Counter[str]:
    """Name and number go, and the numbers of what was sent; words and files stay as long as the law on archives wants."""
    case = Case.objects.select_for_update(of=("self",)).select_related("person").get(pk=case.pk)
    if case.is_open:
        raise Refused(
            _("%(number)s 还没办完，还要找得到来电人") % {"number": case.number}, state=case.get_state_display()
        )
    removed = Counter(person=int(case.person.removed_at is None))
    _forget_person(case)
    case.save(update_fields=["person"])
    _forget_numbers(case)
    case.data_requests.update(name_sealed=b"", preferred_time="")
    if removed["person"]:
        office.write(act="forget_person", by=by, at=at, case=case.number)
    return removed


def _remove_texts(case: Case, at: datetime) -> None:
    CaseWords.objects.filter(case=case).update(words="")
    Content.objects.filter(case=case, removed_at=None).update(body="", salt="", removed_at=at)


def _remove_files(case: Case, at: datetime) -> None:
    """The rows first; a file that a kill leaves behind goes when the case is anonymised once more."""
    files = Attachment.objects.filter(case=case)
    paths = list(files.values_list("path", flat=True))
    blank = {"name": REMOVED, "sha256": "", "salt": "", "taken_at": None} | NOWHERE
    files.filter(removed_at=None).update(removed_at=at, **blank)
    for path in paths:
        transaction.on_commit(partial(storage.remove, path))


def _remove_words_beside(case: Case) -> None:
    """What was made of his words: asks, promises, outcomes, places, plans, and what was sent or rung about them."""
    case.asks.update(text=REMOVED, basis="")
    case.promises.update(what=REMOVED)
    case.holdings.exclude(outcome="").update(outcome=REMOVED)
    for name, blank in BESIDE:
        getattr(case, name).update(**blank)
    _messages(case).update(body=REMOVED)
    _forget_numbers(case)
    Notice.objects.filter(case_number=case.number).update(text=REMOVED)


def _forget_numbers(case: Case) -> None:
    """Of everybody who was written to about it; what still waits is not sent."""
    messages = _messages(case)
    messages.filter(status=Message.Status.WAITING).update(status=Message.Status.FAILED, why=REMOVED)
    messages.update(to_sealed=b"", to_masked="")
    _guests(case).update(phone_sealed=b"", phone_masked="")
    PhoneCode.objects.filter(subject=case.number).delete()


def _messages(case: Case) -> QuerySet[Message]:
    """To an outsider who was asked to come too: his names no case, but says where the caller lives."""
    to_guests = [f"guest:{pk}" for pk in _guests(case).values_list("pk", flat=True)]
    return Message.objects.filter(Q(case_number=case.number) | Q(key__in=to_guests))


def _guests(case: Case) -> QuerySet:
    return apps.get_model("handling", "Guest").objects.filter(meeting__case=case)


def _forget_person(case: Case) -> None:
    """Whoever asked is forgotten; one who has other cases stays theirs, and this case gets a person without a name."""
    if case.person.removed_at is None and _has_other_cases(case):
        case.person = Person.objects.create(language=case.person.language)
    case.person.forget()


def _has_other_cases(case: Case) -> bool:
    """He is still asked for by another case of his."""
    return Content.objects.filter(case__person=case.person, removed_at=None).exclude(case=case).exists()
