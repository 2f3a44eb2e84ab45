"""What does a phone hand in? The form of a visit or a contact, with what the phone knows: when, where, and by which clock."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suqiu.cases.files import FILES_AT_MOST
from suqiu.cases.flow import BY_NAME, CONTACT_OUTCOMES
from suqiu.handling.rules import FOUND, MET, Shot

from .. import fields
from ..forms import StepForm
from ..queries import Opened

PATIENT = timedelta(minutes=1)  # a phone's clock that is wrong by less is right
SHOTS_LIMIT = 8_000  # characters
NAMES = ("visit", "contact")


class PhoneMoment(forms.DateTimeField):
    """As typed, in city time; or as a phone stamps it, with its zone."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=fields.MOMENT_FORMATS[0])
    input_formats = fields.MOMENT_FORMATS
    default_error_messages = {"invalid": gettext_lazy("时间写成 2026-06-08T15:30 这样")}

    def to_python(self, value) -> datetime | None:
        return stamped(value) or super().to_python(value)


class SiteForm(StepForm):
    """A step's form on a phone. `recorded_at`: when it was saved there; `sent_at`: the phone's clock when it handed it in."""

    recorded_at = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
    shots = forms.CharField(required=False, max_length=SHOTS_LIMIT, widget=forms.HiddenInput)

    def __init__(self, name: str, opened: Opened, data=None, files=None, *, sent_at: str = "", is_kept: bool = False):
        """`is_kept`: it comes from the phone's store; a form that is pressed has no time but that of its receipt."""
        super().__init__(BY_NAME[name], opened, data, files)
        self.sent_at, self.is_kept = stamped(sent_at), is_kept
        self.fields["words"].required = False
        self.fields["words"].widget.attrs |= {"rows": 3}
        if name == "visit":
            self._of_visit()

    def _of_visit(self) -> None:
        case, is_hidden = self.opened.case, not self.opened.sees_original
        shown = self.fields["visited_at"]
        self.fields["visited_at"] = PhoneMoment(label=shown.label)
        self.initial["place"] = "" if is_hidden else case.place
        self.fields["place"].required = False
        for name, label, choices in (
            ("found", _("现场怎么样了？"), FOUND),
            ("met", _("当面见到来电人了吗？"), MET),
        ):
            self.fields[name] = forms.ChoiceField(
                choices=choices, label=label, widget=forms.RadioSelect, required=False
            )
        for name in ("before", "after"):
            self.fields[name].widget.attrs |= {"accept": "image/*", "capture": "environment"}

    def clean_recorded_at(self) -> str:
        return self.cleaned_data["recorded_at"] if self.is_kept else ""

    def clean(self) -> dict[str, Any]:
        said = super().clean()
        if not said.get("words"):
            said["words"] = self._tapped(said)
        if not said["words"] and "words" not in self.errors:
            self.add_error("words", _("点一个结果，或者写一句"))
        if self.row.name == "visit" and not said.get("place") and "place" not in self.errors:
            said["place"] = self._placed(said)
        photos = [*said.get("before", []), *said.get("after", [])]
        if len(photos) > FILES_AT_MOST:
            self.add_error(None, _("一次最多 %(n)d 个文件") % {"n": FILES_AT_MOST})
        return said

    def _tapped(self, said: dict[str, Any]) -> str:
        """Who only tapped has said something too."""
        if self.row.name == "contact":
            is_enough = said.get("outcome") not in (None, "", "connected")
            return str(dict(CONTACT_OUTCOMES)[said["outcome"]]) if is_enough else ""
        return str(dict(FOUND).get(said.get("found"), ""))

    def _placed(self, said: dict[str, Any]) -> str:
        """Where the phone knows where it is, nobody need type it."""
        if not said.get("position"):
            self.add_error("place", _("没有定位，写一句到了哪里"))
            return ""
        area = self.opened.case.area
        return _("手机定位，%(area)s") % {"area": area.full_name} if area else _("手机定位")

    def keyed(self, officer) -> str:
        """What was saved on a phone once is sent until it arrived: its key alone says that it is the same."""
        if self.cleaned_data["recorded_at"]:
            return f"site:{officer.pk}:{self.cleaned_data['key']}"
        return super().keyed(officer)

    def said(self) -> dict[str, Any]:
        """As the action takes it, every time moved to our clock where the phone's is wrong."""
        kept = super().said()
        given = self.cleaned_data
        if self.row.name == "visit":
            kept |= {name: given[name] for name in ("found", "met") if given.get(name)}
            kept["visited_at"] = self._by_our_clock(kept["visited_at"])
            kept["shots"] = self._shots()
        if recorded := stamped(given["recorded_at"]):
            kept["recorded_at"] = self._by_our_clock(recorded)
        return kept

    def _by_our_clock(self, moment: datetime) -> datetime:
        wrong = self.opened.now - self.sent_at if self.sent_at else timedelta(0)
        return moment if abs(wrong) < PATIENT else moment + wrong

    def _shots(self) -> dict[str, list[Shot | None]]:
        try:
            told = json.loads(self.cleaned_data["shots"] or "{}")
            return {kind: [self._shot(s) for s in told.get(kind, [])] for kind in ("before", "after")}
        except (ValueError, AttributeError, TypeError):
            return {}

    def _shot(self, told: Any) -> Shot | None:
        """What the phone says of one picture it made; a time that cannot be is no time."""
        taken = stamped(told.get("at")) if isinstance(told, dict) else None
        if taken is None:
            return None
        place = fields.PlaceField(required=False).clean([told.get("lon"), told.get("lat"), None])
        lon, lat, _accuracy = place or (None, None, None)
        return Shot(min(self._by_our_clock(taken), self.opened.now), lon, lat)


def stamped(value: Any) -> datetime | None:
    """A moment with its zone, as phones stamp it; None for anything else."""
    try:
        found = parse_datetime(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return found if found and timezone.is_aware(found) else None
