"""How does a caller prove that a case is his, and what of his own step does the operator ask him?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from suqiu.cases.flow import ATTEMPTS, WAYS, Step
from suqiu.intake.models import ProofTry

from .. import fields
from ..forms import StepForm


class ProofForm(forms.Form):
    number = fields.Line(
        label=gettext_lazy("诉求编号"), limit=40, error_messages={"required": gettext_lazy("请问他编号")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip
    way = forms.ChoiceField(
        label=gettext_lazy("凭什么核对"), widget=forms.RadioSelect, initial=ProofTry.Way.NUMBER,
        choices=(
            (ProofTry.Way.NUMBER.value, gettext_lazy("来电号码\n他正用登记时留的电话打来")),
            (ProofTry.Way.CODE.value, gettext_lazy("查询码\n他念出 8 位数字")),
        ),
        error_messages={"required": gettext_lazy("请点一个")},
    )  # fmt: skip
    said = fields.Line(
        label=gettext_lazy("来电显示的号码，或他念的查询码"), limit=40,
        error_messages={"required": gettext_lazy("还没有填")},
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "off"}),
    )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["said" if self["number"].value() else "number"].widget.attrs["autofocus"] = True


FIXED = {"attempt": {"outcome": ATTEMPTS[0][0], "way": WAYS[0][0]}}  # he answers, on the telephone
NEEDED_OF = {"attempt": "solved"}  # the rest he may leave out
NOT_BY_PHONE = ("photos",)


class CallerStepForm(StepForm):
    """One of the caller's own steps, written down for him: what the desk itself knows is not asked."""

    def __init__(self, row: Step, opened, data=None):
        self.fixed = FIXED.get(row.name, {})
        needed = NEEDED_OF.get(row.name)
        asked = [f for f in row.asks if f.name not in self.fixed and f.kind not in NOT_BY_PHONE]
        asked = [replace(f, is_required=True) if f.name == needed else f for f in asked]
        super().__init__(replace(row, asks=tuple(asked)), opened, data)

    def said(self) -> dict[str, Any]:
        return self.fixed | super().said()
