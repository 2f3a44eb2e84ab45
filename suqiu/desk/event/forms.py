"""Which cases are taken into an event at once, and on what ground?"""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .. import fields
from ..forms import KeyedForm

NUMBERS_AT_MOST = 20


class TakeInForm(KeyedForm):
    words = fields.Words(
        label=gettext_lazy("凭什么说是同一件事"), limit=500, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("地点、时间、说的事哪里一样；每个来电人都会收到短信，不同意可以申诉"),
        error_messages={"required": gettext_lazy("还没有写内容")},
    )  # fmt: skip

    def clean(self):
        said = super().clean()
        numbers = [n[:24] for n in self.data.getlist("numbers")] if hasattr(self.data, "getlist") else []
        if not numbers:
            raise forms.ValidationError(_("请至少勾一件"))
        if len(numbers) > NUMBERS_AT_MOST:
            raise forms.ValidationError(_("一次最多并 %(n)d 件") % {"n": NUMBERS_AT_MOST})
        return said | {"numbers": numbers}
