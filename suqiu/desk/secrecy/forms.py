"""What is asked of who takes something out, reports a leak, or answers a citizen about his data?"""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from suqiu.cases import exports, taking_out

from .. import fields
from ..forms import KeyedForm

BEFOREHAND = ("number", "title", "type", "area", "received_at", "state")  # ticked: enough for most purposes


class ExportForm(KeyedForm):
    since = fields.day_field(label=_("从哪天收到的"), required=False)
    until = fields.day_field(label=_("到哪天收到的"), required=False)
    columns = forms.MultipleChoiceField(
        label=_("要哪几栏"), choices=tuple(exports.LABELS.items()), widget=forms.CheckboxSelectMultiple,
        initial=BEFOREHAND, error_messages={"required": _("请至少选一栏")},
    )  # fmt: skip
    format = forms.ChoiceField(
        label=_("格式"), choices=[(f, f".{f}") for f in taking_out.FORMATS], widget=forms.RadioSelect, initial="xlsx"
    )
    why = fields.Line(
        label=_("给谁、做什么用"), help_text=_("第二人凭这句话决定"), error_messages={"required": _("还没有填")}
    )


class WordsForm(forms.Form):
    words = fields.Words(
        label=_("为什么不同意"), limit=500, widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("还没有填")},
    )  # fmt: skip


class BreachForm(KeyedForm):
    numbers = fields.Line(
        label=_("哪几件的编号"),
        help_text=_("几个编号之间空一格"),
        limit=4000,
        error_messages={"required": _("还没有填")},
    )
    words = fields.Words(
        label=_("怎么发现的、流出去了什么"), help_text=_("不写来电人的姓名电话"), limit=2000,
        error_messages={"required": _("还没有填")},
    )  # fmt: skip

    def given(self) -> list[str]:
        return self.cleaned_data["numbers"].replace("，", " ").replace(",", " ").replace("、", " ").split()


class AuthorityForm(forms.Form):
    authority = fields.Line(label=_("报告了哪个部门、文号或回执"), error_messages={"required": _("还没有填")})


class FindingForm(forms.Form):
    finding = fields.Words(
        label=_("查明的结果"), help_text=_("谁、怎么流出去的、怎么补救、怎么处理"), limit=2000,
        error_messages={"required": _("还没有填")},
    )  # fmt: skip


class AnswerForm(forms.Form):
    words = fields.Words(
        label=_("对本人说的话"), limit=1000, help_text=_("本人在自己的页面上看得到"),
        widget=forms.Textarea(attrs={"rows": 3}), error_messages={"required": _("还没有填")},
    )  # fmt: skip
    basis = fields.Line(label=_("依据"), required=False, help_text=_("不能办的必填"))
