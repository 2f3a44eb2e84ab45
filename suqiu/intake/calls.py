"""Where is a call that is half written down? Drafts of operators, kept on the server while they type, sealed at rest."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta

from cryptography.exceptions import InvalidTag
from django.db import transaction
from django.utils.translation import gettext as _

from suqiu.citizens.contact import decrypt, encrypt
from suqiu.directory.models import Officer
from suqiu.errors import Refused

from .models import CallDraft

BYTES_AT_MOST = 200_000
KEPT = timedelta(days=7)
AT_ONCE = 20  # calls one operator can have half written down


@transaction.atomic
def save(*, by: Officer, key: str, revision: int, values: dict[str, str], at: datetime) -> int:
    """Keeps what was typed under the form's key. An older revision never replaces a newer one; returns the one that is kept."""
    if not re.fullmatch(r"[0-9a-f-]{36}", key):
        raise Refused(_("草稿的键不对，请刷新页面；写的字还在这台电脑里"), status=422)
    plain = json.dumps(values, ensure_ascii=False)
    if len(plain.encode()) > BYTES_AT_MOST:
        raise Refused(_("写得太长，草稿存不下。请删短一些"), status=413)
    Officer.objects.select_for_update(no_key=True).get(pk=by.pk)  # two windows of one operator wait for each other
    kept = CallDraft.objects.filter(officer=by, key=key).first()
    if kept and kept.revision >= revision:
        return kept.revision
    if kept is None:
        if CallDraft.objects.filter(officer=by).count() >= AT_ONCE:
            raise Refused(_("已有 %(n)d 份没登记完的草稿，请先登记或删掉几份") % {"n": AT_ONCE})
        kept = CallDraft(officer=by, key=key, begun_at=at)
    kept.revision, kept.sealed, kept.saved_at = revision, encrypt(plain), at
    kept.save()
    return revision


def read(draft: CallDraft) -> dict[str, str]:
    """What was typed, field by field; nothing where it cannot be read any more."""
    try:
        found = json.loads(decrypt(draft.sealed))
    except (InvalidTag, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def drop(*, by: Officer, key: str) -> None:
    """Registered, or given up by who typed it. Done twice it is done."""
    CallDraft.objects.filter(officer=by, key=key).delete()


def drop_old(at: datetime) -> int:
    """Names and numbers of callers do not lie about for ever."""
    return CallDraft.objects.filter(saved_at__lt=at - KEPT).delete()[0]
