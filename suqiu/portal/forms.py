"""What may a citizen type about his case? Shapes only; whether it is taken, the action says."""

from __future__ import annotations

import hashlib
import re
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from suqiu.cases.flow import ATTEMPTS, WAYS, Field, Step
from suqiu.intake.demand import Demand
from suqiu.speech import spoken

from .areas import AreaField
from .fields import Degrees, Line, Photos, Words

SECRECIES = (
    ("general", _("办理单位的经办人\n先只看到姓和几位号码；要打电话才看全号，每看一次都记下，您看得到")),
    ("confidential", _("只有 12345\n办理单位不知道是谁，适合举报")),
    ("anonymous", _("谁都不知道\n不存姓名和电话，没法联系您；结果凭查询码自己看")),
)


def new_key() -> str:
    return str(uuid4())


class KeyedForm(forms.Form):
    """Carries an idempotency key: the same form with the same words, handed in twice, gets the same answer."""

    key = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data=None, files=None, *, initial: dict[str, Any] | None = None):
        super().__init__(data, files, initial={"key": new_key()} | (initial or {}))

    def clean_key(self) -> str:
        key = self.cleaned_data["key"]
        return key if re.fullmatch(r"[0-9a-f-]{36}", key) else new_key()

    def keyed(self) -> str:
        """The key as kept: who comes back, changes his words and hands in once more has said something else."""
        said = [
            (name, str(value))
            for name, value in sorted(self.cleaned_data.items())
            if name not in ("key", "seen", "photos")
        ]
        return f"portal:{self.cleaned_data['key']}:{hashlib.sha256(repr(said).encode()).hexdigest()[:16]}"


class SubmitForm(KeyedForm):
    words = Words(
        label=_("什么事？在哪里？"),
        error_messages={"required": _("还没有写内容。请说说是什么事、在哪里")},
        help_text=_("想到什么写什么：在哪里、从什么时候起、找过谁。不想打字，点键盘上的话筒说，说方言也行"),
    )
    area = AreaField(label=_("在哪个县区、乡镇"), required=False)
    place = Line(label=_("具体地方"), required=False, max_length=200, help_text=_("小区、路口、门牌或附近认得出的地方"))
    lon = Degrees(180)
    lat = Degrees(90)
    accuracy = Degrees(10**6)
    photos = Photos(
        label=_("照片"),
        required=False,
        help_text=_("最多 9 个。照片里的位置只给办理的人看"),
    )
    name = Line(label=_("怎么称呼您"), required=False, max_length=60)
    phone = Line(
        label=_("电话"),
        required=False,
        max_length=40,
        help_text=_("手机会收到一条验证码。不留电话也收，只是没法打给您问情况"),
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel"}),
    )
    on_behalf = Line(
        label=_("替谁说"), required=False, max_length=60, help_text=_("比如：我母亲、楼下王奶奶。自己的事不用填")
    )
    has_consent = forms.BooleanField(label=_("他知道，也同意我来说"), required=False)
    secrecy = forms.ChoiceField(
        label=_("谁能知道是您？"), choices=SECRECIES, initial="general", widget=forms.RadioSelect
    )

    OF_REFUSAL = {"text": "words", "longitude": "place"}

    def clean(self) -> dict[str, Any]:
        said = super().clean()
        if said.get("on_behalf") and not said.get("has_consent"):
            self.add_error(
                "has_consent", _("替别人说，要他知道。问过了请勾上；没法问的，把情况写在上面，「替谁说」空着")
            )
        return said

    def demand(self, language: str) -> Demand:
        """The demand as said; of an anonymous one neither name nor telephone is taken along."""
        said = self.cleaned_data
        is_anonymous = said["secrecy"] == "anonymous"
        lon, lat = (said["lon"], said["lat"]) if None not in (said["lon"], said["lat"]) else (None, None)
        return Demand(
            text=said["words"] + _on_behalf(said["on_behalf"]),
            name="" if is_anonymous else said["name"],
            phone="" if is_anonymous else said["phone"],
            area_code=said["area"],
            place=said["place"],
            longitude=lon,
            latitude=lat,
            secrecy=said["secrecy"],
            channel="web",
            language=language,
            files=said["photos"],
        )


def _on_behalf(whom: str) -> str:
    """代办: said under the words, since whoever answers must know for whom. The title is still the first thing said."""
    return "\n\n" + gettext("（替%(whom)s说的，本人知道并同意）") % {"whom": whom} if whom else ""


class RateWordsForm(forms.Form):
    """The last words of who came by the link."""

    words = Words(label=_("还想说什么"), required=False)
    finish = forms.CharField(widget=forms.HiddenInput, initial="1")


# ---- one citizen's step: the form is what its row asks for

LABELS = {
    ("caller_adds", "words"): _("补充什么"),
    ("attempt", "words"): _("还想说什么"),
    ("look_back", "words"): _("哪里又坏了"),
    ("not_answered", "words"): _("还想知道什么"),
}
MOMENT_FORMATS = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"]
ONLY_HURRY = _("只催一下，没有别的要补充")  # kept as his words where he wrote none
FIXED = {
    "attempt": {"outcome": ATTEMPTS[0][0], "way": WAYS[3][0]},
    "look_back": {"outcome": ATTEMPTS[0][0]},
}  # what the door itself knows: he answers, online
CHECKED_TOGETHER = {"caller_adds"}  # what is needed depends on what else was chosen: see clean
FIRST = {"attempt": "solved", "look_back": "still"}  # asked before all else, and the one thing needed


class StepForm(KeyedForm):
    """Built from Step.asks. `seen`: the last line the citizen had before his eyes."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(
        self, row: Step, data=None, files=None, *, initial: dict[str, Any] | None = None, is_hurry=False, promises=()
    ):
        super().__init__(data, files, initial={"is_hurry": is_hurry} | (initial or {}))
        self.row, self.fixed, self.promises = row, FIXED.get(row.name, {}), {str(p.pk): p for p in promises}
        asked = [f for f in row.asks if f.name not in self.fixed]
        first = FIRST.get(row.name)
        for f in sorted(asked, key=lambda f: f.name != first):
            self.fields[f.name] = _widget_of(
                row,
                f,
                is_required=f.name == first or (f.is_required and row.name not in CHECKED_TOGETHER),
                promises=promises,
            )
        if is_hurry:  # one button: what he could add has a page of its own
            self.fields["is_hurry"].widget = forms.HiddenInput()
            del self.fields["photos"]

    def clean(self) -> dict[str, Any]:
        """Who only hurries need not write anything; whoever adds something must."""
        said = super().clean()
        if self.row.name == "caller_adds" and not said.get("words"):
            if said.get("is_hurry"):
                said["words"] = str(ONLY_HURRY)
            elif "words" not in self.errors:
                self.add_error("words", _("还没有写内容"))
        return said

    def said(self) -> dict[str, Any]:
        """The fields of the step as its action takes them; what was left empty is left out."""
        given = {f.name: self.cleaned_data.get(f.name) for f in self.row.asks if f.name in self.fields}
        if "promise" in given:
            given["promise"] = self.promises[given["promise"]]
        return self.fixed | {name: value for name, value in given.items() if value not in (None, "", [], False)}


def _promised(promise) -> str:
    return gettext("%(when)s：%(what)s") % {"when": spoken(promise.due_at), "what": promise.what}


def _widget_of(row: Step, f: Field, *, is_required: bool, promises=()) -> forms.Field:
    common = {"label": LABELS.get((row.name, f.name), f.label), "required": is_required, "help_text": f.help}
    if f.kind == "words":
        return Words(**common, error_messages={"required": _("还没有写内容")})
    if f.kind == "choice":
        return forms.ChoiceField(
            choices=f.choices, widget=forms.RadioSelect, **common, error_messages={"required": _("请点一个")}
        )
    if f.kind == "yes":
        return forms.BooleanField(**common)
    if f.kind == "photos":
        return Photos(**common)
    if f.kind == "promise":
        told = [(str(p.pk), _promised(p)) for p in promises]
        first = told[0][0] if len(told) == 1 else None
        return forms.ChoiceField(
            choices=told,
            initial=first,
            widget=forms.RadioSelect,
            **common,
            error_messages={"required": gettext("请点一个")},
        )
    if f.kind == "moment":
        return forms.DateTimeField(
            widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT_FORMATS[0]),
            input_formats=MOMENT_FORMATS,
            error_messages={"invalid": gettext("时间写成 2026-06-08T15:30 这样"), "required": gettext("请填一个时间")},
            **common,
        )
    raise LookupError(f"the portal has no widget for {row.name}.{f.name} ({f.kind})")
