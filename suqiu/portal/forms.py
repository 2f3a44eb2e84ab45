"""What may a citizen type into the portal? Shapes only; whether it is taken, the action says."""

from __future__ import annotations

import hashlib
import json
import math
import re
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from suqiu.cases.flow import ATTEMPTS, WAYS, Field, Step
from suqiu.intake.demand import Demand, clean_words

from .areas import AreaField
from .proof import plain_code, plain_number

PHOTO_TYPES = "image/jpeg,image/png,image/heic,image/heif,image/webp,image/gif,application/pdf"
SECRECIES = (
    ("general", _("办理单位的经办人\n先只看到姓和几位号码；要打电话才看全号，每看一次都记下，您看得到")),
    ("confidential", _("只有 12345\n办理单位不知道是谁，适合举报")),
    ("anonymous", _("谁都不知道\n不存姓名和电话，没法联系您；结果凭查询码自己看")),
)
RECEIPT_LIMIT = 64 * 1024
HEAD_AT_LEAST = 8  # hexadecimal digits of a head that may be typed beside number and code


def new_key() -> str:
    return str(uuid4())


class Line(forms.CharField):
    """One line: what cannot be seen is dropped, line ends become spaces."""

    def to_python(self, value) -> str:
        return re.sub(r"\s+", " ", clean_words(str(value or ""), 10**7)).strip()


class Words(forms.CharField):
    """Long text, kept as typed in the form; the action cleans it and knows the limit."""

    widget = forms.Textarea(attrs={"rows": 5})

    def __init__(self, **kwargs):
        super().__init__(strip=False, **kwargs)
        self.validators = []  # a NUL is dropped with other control characters, not refused

    def to_python(self, value) -> str:
        return "" if not str(value or "").strip() else str(value)


class FileInput(forms.FileInput):
    allow_multiple_selected = True


class Photos(forms.FileField):
    widget = FileInput(attrs={"accept": PHOTO_TYPES, "multiple": True})

    def clean(self, data, initial=None) -> list:
        given = data if isinstance(data, list | tuple) else [data]
        return [super(Photos, self).clean(upload, initial) for upload in given if upload]


class Degrees(forms.CharField):
    """A hidden coordinate filled by the phone; what cannot be one is as if nothing came."""

    widget = forms.HiddenInput

    def __init__(self, limit: float):
        super().__init__(required=False)
        self.limit = limit

    def clean(self, value) -> float | None:
        try:
            degrees = float(value)
        except (TypeError, ValueError):
            return None
        return degrees if math.isfinite(degrees) and abs(degrees) <= self.limit else None


class KeyedForm(forms.Form):
    """Carries an idempotency key: the same form with the same words, handed in twice, gets the same answer."""

    key = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data=None, files=None, *, initial: dict[str, Any] | None = None):
        super().__init__(data, files, initial={"key": new_key()} | (initial or {}), label_suffix="")

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
        help_text=_("从什么时候起、找过谁、想要什么结果，想到什么写什么"),
    )
    area = AreaField(label=_("在哪个县区、乡镇"), required=False)
    place = Line(label=_("具体地方"), required=False, max_length=200, help_text=_("小区、路口、门牌或附近认得出的地方"))
    lon = Degrees(180)
    lat = Degrees(90)
    accuracy = Degrees(10**6)
    photos = Photos(
        label=_("照片"),
        required=False,
        help_text=_("最多 9 个，JPG、PNG、HEIC、WebP 照片或 PDF。照片里的位置只给办理的人看"),
    )
    name = Line(label=_("怎么称呼您"), required=False, max_length=60)
    phone = Line(
        label=_("电话"),
        required=False,
        max_length=40,
        help_text=_("不留电话也收，只是没法打给您问情况，也收不到短信"),
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel"}),
    )
    secrecy = forms.ChoiceField(
        label=_("谁能知道是您？"), choices=SECRECIES, initial="general", widget=forms.RadioSelect
    )

    OF_REFUSAL = {"text": "words", "longitude": "place"}

    def demand(self, language: str) -> Demand:
        """The demand as said; of an anonymous one neither name nor telephone is taken along."""
        said = self.cleaned_data
        is_anonymous = said["secrecy"] == "anonymous"
        lon, lat = (said["lon"], said["lat"]) if None not in (said["lon"], said["lat"]) else (None, None)
        return Demand(
            text=said["words"],
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


class TrackForm(forms.Form):
    number = Line(
        label=_("编号"),
        max_length=40,
        error_messages={"required": _("请填编号")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )
    code = Line(
        label=_("查询码"),
        max_length=40,
        help_text=_("8 位数字"),
        error_messages={"required": _("请填查询码")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "data-draft-skip": True}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)

    def clean_number(self) -> str:
        return plain_number(self.cleaned_data["number"])

    def clean_code(self) -> str:
        return plain_code(self.cleaned_data["code"])


class VerifyForm(TrackForm):
    """Number, code and head as typed; or the receipt's file alone, whose whole head nobody can guess."""

    head = Line(
        label=_("凭证上的校验码"),
        required=False,
        max_length=200,
        help_text=_("照凭证抄，至少前 8 位；有凭证文件就不用抄"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    receipt = forms.FileField(
        label=_("或者选凭证文件"),
        required=False,
        help_text=_("提交时存下的那个文件，名字以 .json 结尾；选了它，上面可以空着"),
        widget=forms.FileInput(attrs={"accept": ".json,application/json"}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["number"].required = self.fields["code"].required = False

    def clean_head(self) -> str:
        head = re.sub(r"[\s-]", "", self.cleaned_data["head"]).lower()
        if head and not re.fullmatch(rf"[0-9a-f]{{{HEAD_AT_LEAST},64}}", head):
            raise forms.ValidationError(_("校验码只有数字和字母 a 到 f，至少 8 位"))
        return head

    def clean_receipt(self) -> dict[str, str] | None:
        upload = self.cleaned_data["receipt"]
        return read_receipt(upload.read(RECEIPT_LIMIT + 1)) if upload else None

    def clean(self) -> dict[str, Any]:
        said = super().clean()
        if said.get("receipt"):
            return said
        for name, lack in (
            ("number", _("请填编号")),
            ("code", _("请填查询码")),
            ("head", _("请照凭证抄校验码，或者选凭证文件")),
        ):
            if not said.get(name) and name not in self.errors and "receipt" not in self.errors:
                self.add_error(name, lack)
        return said


def read_receipt(data: bytes) -> dict[str, str]:
    """{"number", "head"} of a receipt file; refuses, in words, what is none."""
    try:
        found = json.loads(data.decode("utf-8-sig")) if len(data) <= RECEIPT_LIMIT else None
        number, head = plain_number(str(found["number"])), str(found["head"]).lower()
    except (UnicodeDecodeError, ValueError, TypeError, KeyError, RecursionError):
        raise forms.ValidationError(_("这不是凭证文件，或者已经坏了。凭证文件里有编号和校验码")) from None
    if not re.fullmatch(r"[0-9a-f]{64}", head):
        raise forms.ValidationError(_("凭证文件里的校验码不完整，可能被改过或没存全"))
    return {"number": number, "head": head}


class RateWordsForm(forms.Form):
    """The last words of who came by the link."""

    words = Words(label=_("还想说什么"), required=False)
    finish = forms.CharField(widget=forms.HiddenInput, initial="1")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)


# ---- one citizen's step: the form is what its row asks for

LABELS = {
    ("caller_adds", "words"): _("补充什么"),
    ("attempt", "words"): _("还想说什么"),
    ("not_answered", "words"): _("还想知道什么"),
}
FIXED = {"attempt": {"outcome": ATTEMPTS[0][0], "way": WAYS[3][0]}}  # what the door itself knows: he answers, online
CHECKED_TOGETHER = {"caller_adds"}  # what is needed depends on what else was chosen: see clean
FIRST = {"attempt": "solved"}  # asked before all else, and the one thing needed


class StepForm(KeyedForm):
    """Built from Step.asks. `seen`: the last line the citizen had before his eyes."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, row: Step, data=None, files=None, *, initial: dict[str, Any] | None = None):
        super().__init__(data, files, initial=initial)
        self.row, self.fixed = row, FIXED.get(row.name, {})
        asked = [f for f in row.asks if f.name not in self.fixed]
        first = FIRST.get(row.name)
        for f in sorted(asked, key=lambda f: f.name != first):
            self.fields[f.name] = _widget_of(
                row, f, is_required=f.name == first or (f.is_required and row.name not in CHECKED_TOGETHER)
            )

    def clean(self) -> dict[str, Any]:
        """Who only hurries need not write anything; whoever adds something must."""
        said = super().clean()
        if self.row.name == "caller_adds" and not said.get("words"):
            if said.get("is_hurry"):
                said["words"] = str(_("只催一下，没有别的要补充"))
            elif "words" not in self.errors:
                self.add_error("words", _("还没有写内容"))
        return said

    def said(self) -> dict[str, Any]:
        """The fields of the step as its action takes them; what was left empty is left out."""
        given = {f.name: self.cleaned_data.get(f.name) for f in self.row.asks if f.name in self.fields}
        return self.fixed | {name: value for name, value in given.items() if value not in (None, "", [], False)}


def _widget_of(row: Step, f: Field, *, is_required: bool) -> forms.Field:
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
    raise LookupError(f"the portal has no widget for {row.name}.{f.name} ({f.kind})")
