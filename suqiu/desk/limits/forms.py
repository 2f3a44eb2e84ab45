"""What is asked of who proposes a limit on a caller, or decides about one?"""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from suqiu.intake.models import CallerLimit

from .. import fields
from ..forms import REQUIRED, KeyedForm


class ProposeForm(KeyedForm):
    ground = forms.ChoiceField(
        label=_("原因"), choices=CallerLimit.Ground.choices, widget=forms.RadioSelect,
        error_messages={"required": _("请点一个")},
    )  # fmt: skip
    words = fields.Words(
        label=_("每次来电的事实"), help_text=_("第几次、每次说了什么。来电人看得到，照事实写"),
        widget=forms.Textarea(attrs={"rows": 3}), error_messages=REQUIRED,
    )  # fmt: skip
    until = fields.day_field(label=_("到哪天"), help_text=_("最长 30 天，到那天下班自己结束"))


class ReasonForm(forms.Form):
    words = fields.Words(
        label=_("理由"), help_text=_("来电人看得到，照事实写"), widget=forms.Textarea(attrs={"rows": 3}),
        error_messages=REQUIRED,
    )  # fmt: skip


class AppealForm(KeyedForm):
    words = fields.Words(
        label=_("他为什么不同意"),
        help_text=_("照他说的写"),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages=REQUIRED,
    )
