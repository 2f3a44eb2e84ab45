"""What may a citizen type into the portal? Shapes only; whether it is taken, the action says."""

from __future__ import annotations

import hashlib
import json
import math
import re
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from suqiu.cases.flow import ATTEMPTS, WAYS, Field, Step
from suqiu.citizens.confirming import can_get_codes
from suqiu.icons import icon
from suqiu.intake.callers import plain_number
from suqiu.intake.demand import Demand, clean_words

from .areas import AreaField
from .proof import plain_code

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
    """Two ways to one list: the camera at once, or what lies in the album. Some browsers offer the camera only when asked for it alone."""

    allow_multiple_selected = True

    def render(self, name, value, attrs=None, renderer=None):
        own = (attrs or {}).get("id", f"id_{name}")
        chosen = super().render(name, value, attrs, renderer)
        return format_html(
            '<div class="photo-ways" data-away="{away}">'
            '<div class="photo-way"><input type="file" name="{name}" id="{own}_camera" accept="image/*" capture="environment"'
            ' data-camera-for="{own}"><label class="button" for="{own}_camera">{camera}{take}</label></div>'
            '<div class="photo-way">{chosen}<label class="button" for="{own}">{image}{choose}</label></div></div>',
            name=name, own=own, chosen=chosen, camera=icon("camera", 20), image=icon("image", 20),
            take=gettext("拍照"), choose=gettext("选照片或 PDF"), away=gettext("去掉"),
        )  # fmt: skip


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


class CodeForm(forms.Form):
    """The six digits of a message. `back`: the page he came from."""

    sms = Line(
        label=_("短信里的 6 位数字"),
        max_length=20,
        error_messages={"required": _("请填短信里的 6 位数字")},
        widget=forms.TextInput(
            attrs={
                "inputmode": "numeric",
                "autocomplete": "one-time-code",
                "data-draft-skip": True,
                "class": "code-box",
            }
        ),
    )
    back = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)

    def clean_sms(self) -> str:
        return plain_code(self.cleaned_data["sms"])


class LostCodeForm(forms.Form):
    """Number and telephone of who lost the query code."""

    number = Line(
        label=_("编号"),
        max_length=40,
        error_messages={"required": _("请填编号")},
        help_text=_("短信里有；打 12345 也能问到"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )
    phone = Line(
        label=_("当时留的手机号"),
        max_length=40,
        error_messages={"required": _("请填手机号")},
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel"}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)

    def clean_number(self) -> str:
        return plain_number(self.cleaned_data["number"])

    def clean_phone(self) -> str:
        phone = self.cleaned_data["phone"]
        if not can_get_codes(phone):
            raise forms.ValidationError(_("手机号是 11 位，1 开头。留的是座机，请打 12345"))
        return phone


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
ONLY_HURRY = _("只催一下，没有别的要补充")  # kept as his words where he wrote none
FIXED = {"attempt": {"outcome": ATTEMPTS[0][0], "way": WAYS[3][0]}}  # what the door itself knows: he answers, online
CHECKED_TOGETHER = {"caller_adds"}  # what is needed depends on what else was chosen: see clean
FIRST = {"attempt": "solved"}  # asked before all else, and the one thing needed


class StepForm(KeyedForm):
    """Built from Step.asks. `seen`: the last line the citizen had before his eyes."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, row: Step, data=None, files=None, *, initial: dict[str, Any] | None = None, is_hurry=False):
        super().__init__(data, files, initial={"is_hurry": is_hurry} | (initial or {}))
        self.row, self.fixed = row, FIXED.get(row.name, {})
        asked = [f for f in row.asks if f.name not in self.fixed]
        first = FIRST.get(row.name)
        for f in sorted(asked, key=lambda f: f.name != first):
            self.fields[f.name] = _widget_of(
                row, f, is_required=f.name == first or (f.is_required and row.name not in CHECKED_TOGETHER)
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
