"""What does an officer write down when he files for somebody who cannot go online?"""

from __future__ import annotations

import re

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suqiu.intake.channels import assisted
from suqiu.intake.demand import Demand
from suqiu.intake.filing import Consent
from suqiu.intake.models import Filing

from .. import fields
from ..forms import KeyedForm

SECRECIES = (
    ("general", gettext_lazy("一般\n办理的单位先只看到姓和几位号码")),
    ("confidential", gettext_lazy("保密\n只有 12345 知道是谁，适合举报")),
)


class FilingForm(KeyedForm):
    name = fields.Line(
        label=gettext_lazy("替谁办的（姓名）"), limit=60, error_messages={"required": gettext_lazy("替谁办的要写明姓名")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autofocus": True}),
    )  # fmt: skip
    phone = fields.Line(
        label=gettext_lazy("他的电话"), required=False, limit=40,
        help_text=gettext_lazy("手机能收短信的，查询码只发给他本人；没有手机的，登记后打印给他"),
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "off"}),
    )  # fmt: skip
    words = fields.Words(
        label=gettext_lazy("他说的事，照原话写"), widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": gettext_lazy("还没有写内容")},
    )  # fmt: skip
    area = fields.area_field(label=gettext_lazy("事发区划"), required=False)
    place = fields.Line(label=gettext_lazy("具体地方"), required=False, limit=200)
    secrecy = forms.ChoiceField(
        label=gettext_lazy("谁能知道是他"), choices=SECRECIES, initial="general", widget=forms.RadioSelect
    )
    photos = fields.Photos(label=gettext_lazy("照片或材料"), required=False)
    consent_way = forms.ChoiceField(
        label=gettext_lazy("他怎么同意您代办的"), choices=Filing.ConsentWay.choices, widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("请点一个")},
    )  # fmt: skip
    consent_at = fields.moment_field(label=gettext_lazy("什么时候同意的"))
    consent_words = fields.Words(
        label=gettext_lazy("他同意的原话"), limit=500, widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": gettext_lazy("请照他的原话记下他怎么说的")},
    )  # fmt: skip

    OF_REFUSAL = {"text": "words"}

    def clean_phone(self) -> str:
        return self._not_masked("phone")

    def clean_name(self) -> str:
        return self._not_masked("name")

    def _not_masked(self, name: str) -> str:
        value = self.cleaned_data[name]
        if re.search(r"[*＊]", value):
            raise forms.ValidationError(_("里面有星号：打过码的不能存，请问他本人"))
        return value

    def demand(self) -> Demand:
        said = self.cleaned_data
        plain = {n: said[n] for n in ("words", "name", "phone", "place", "secrecy", "photos")}
        return assisted.read(plain | {"area": said["area"].pk if said["area"] else ""})

    def consent(self) -> Consent:
        said = self.cleaned_data
        return Consent(said["consent_way"], said["consent_at"], said["consent_words"])

    def field_of(self, name: str) -> str | None:
        own = self.OF_REFUSAL.get(name, name)
        return own if own in self.fields else None
