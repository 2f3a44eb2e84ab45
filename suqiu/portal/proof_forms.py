"""What may a citizen type to prove that a case is his, and that his receipt holds?"""

from __future__ import annotations

import json
import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from suqiu.cases.journal import HEAD_AT_LEAST
from suqiu.citizens.confirming import can_get_codes
from suqiu.intake.callers import plain_number

from .fields import Line
from .proof import plain_code

RECEIPT_LIMIT = 64 * 1024


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

    def clean_number(self) -> str:
        return plain_number(self.cleaned_data["number"])

    def clean_phone(self) -> str:
        phone = self.cleaned_data["phone"]
        if not can_get_codes(phone):
            raise forms.ValidationError(_("手机号是 11 位，1 开头。留的是座机，请打 12345"))
        return phone
