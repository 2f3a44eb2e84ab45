"""What may happen to a note from shift to shift: it is written once, and read once by somebody else."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from suqiu.directory import office
from suqiu.directory.models import Officer
from suqiu.errors import Refused

from ..models import HandOver

TEXT_LIMIT = 2000
ANSWER_LIMIT = 300


@transaction.atomic
def write(*, by: Officer, at: datetime, key: str, text: str, stood: dict[str, Any]) -> HandOver:
    """The note and its line in the office journal; the same form twice is one note."""
    text = text.strip().replace("\r\n", "\n")
    if not text:
        raise Refused(_("写一句要接着盯什么；没有就写“没有”"), status=422, field="text")
    if len(text) > TEXT_LIMIT or "\0" in text:
        raise Refused(_("最多 %(n)d 个字") % {"n": TEXT_LIMIT}, status=422, field="text")
    if not 8 <= len(key) <= 40:
        raise Refused(_("这一页打开太久，请刷新后再交一次"), status=422)
    note, is_new = HandOver.objects.get_or_create(
        key=f"{by.pk}:{key}", defaults={"written_by": by, "written_at": at, "text": text, "stood": stood}
    )
    if is_new:
        office.write(act="hand_over", by=by, at=at, note=note.pk)
    return note


@transaction.atomic
def read(*, pk: int, by: Officer, at: datetime, answer: str = "") -> HandOver:
    """接班. Read twice by one person is read once; by another, it is refused."""
    note = (
        HandOver.objects.select_for_update(of=("self",)).select_related("written_by", "read_by").filter(pk=pk).first()
    )
    if note is None:
        raise Refused(_("没有这份交班"), status=404)
    if note.written_by_id == by.pk:
        raise Refused(_("自己写的交班，要别人来接"), who_can=_("请接班的班长来看"), status=403)
    if note.read_by_id == by.pk:
        return note
    if note.read_by_id:
        raise Refused(_("%(who)s 已经接了这一班") % {"who": note.read_by})
    answer = answer.strip()
    if len(answer) > ANSWER_LIMIT or "\0" in answer:
        raise Refused(_("最多 %(n)d 个字") % {"n": ANSWER_LIMIT}, status=422, field="answer")
    note.read_by, note.read_at, note.answer = by, at, answer
    note.save(update_fields=["read_by", "read_at", "answer"])
    office.write(act="take_over", by=by, at=at, note=note.pk)
    return note
