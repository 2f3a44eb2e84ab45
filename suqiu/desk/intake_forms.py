"""The operator's one form: who calls, what he says, and what follows at once."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suqiu.cases.flow import DIVERT_CLASSES, DIVERT_REASONS
from suqiu.cases.models import DemandType, Secrecy, Urgency
from suqiu.citizens.contact import normal_phone
from suqiu.intake.demand import Demand

from . import fields, registry
from .forms import KeyedForm

REGISTER = "register"  # and nothing more for now
THEN = (
    (REGISTER, gettext_lazy("先登记\n由受理审核员受理")),
    ("accept", gettext_lazy("登记并受理\n下面选好类型、区划、事项")),
    ("answer_at_once", gettext_lazy("当场答复\n写下答复和出处")),
    ("divert", gettext_lazy("告知途径\n不归热线办的，写明该找谁")),
)
NEEDED = {  # what follows needs these of the form
    "accept": ("demand_type", "area", "urgency", "secrecy"),
    "answer_at_once": ("answer", "source"),
    "divert": ("routing_class", "reason", "basis", "way", "told"),
}
TAKEN = {  # names of the step's fields -> names on this form
    "accept": {n: n for n in ("demand_type", "area", "urgency", "secrecy", "matter", "ask_lines", "about_department")},
    "answer_at_once": {"answer": "answer", "source": "source"},
    "divert": {"routing_class": "routing_class", "reason": "reason", "basis": "basis", "way": "way", "words": "told"},
}  # fmt: skip
MALICIOUS = "malicious"  # two persons are needed: never in one breath with the call


def _choices(choices, empty):
    return [("", empty), *choices]


class IntakeForm(KeyedForm):
    phone = fields.Line(
        label=gettext_lazy("来电号码"),
        required=False,
        limit=40,
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "off"}),
    )
    name = fields.Line(
        label=gettext_lazy("怎么称呼"), required=False, limit=60, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    preferred_time = fields.Line(
        label=gettext_lazy("方便接听"),
        required=False,
        limit=60,
        help_text=gettext_lazy("照他说的写，例如晚上 7 点以后"),
    )
    words = fields.Words(
        label=gettext_lazy("他说"),
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": gettext_lazy("还没有写内容")},
    )
    title = fields.Line(
        label=gettext_lazy("标题"),
        required=False,
        limit=60,
        help_text=gettext_lazy("一句话，不写姓名电话；空着就取第一句"),
    )
    place = fields.Line(label=gettext_lazy("具体地方"), required=False, limit=200)
    area = fields.area_field(label=gettext_lazy("事发区划"), required=False)
    secrecy = forms.ChoiceField(label=gettext_lazy("保密级别"), choices=Secrecy.choices, initial=Secrecy.GENERAL)
    then = forms.ChoiceField(label=gettext_lazy("接下来"), choices=THEN, widget=forms.RadioSelect, initial=REGISTER)
    demand_type = forms.ChoiceField(
        label=gettext_lazy("诉求类型"), choices=_choices(DemandType.choices, gettext_lazy("还没定")), required=False
    )
    urgency = forms.ChoiceField(label=gettext_lazy("紧急程度"), choices=Urgency.choices, initial=Urgency.NORMAL)
    matter = fields.matter_field(
        label=gettext_lazy("事项"), required=False, help_text=gettext_lazy("说不准就留给派单员选")
    )
    ask_lines = fields.Words(
        label=gettext_lazy("要求几点"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("一行一点，动词开头；空则整件算一点"),
    )
    about_department = fields.department_field(
        lambda: registry.unit_options(registry.by_kind(registry.units().values())),
        label=gettext_lazy("被反映的单位"),
        required=False,
    )
    answer = fields.Words(label=gettext_lazy("答复"), required=False, widget=forms.Textarea(attrs={"rows": 4}))
    source = fields.Line(
        label=gettext_lazy("出处"), required=False, help_text=gettext_lazy("哪份指南、哪条规定，写明名称")
    )
    routing_class = forms.ChoiceField(
        label=gettext_lazy("分类"),
        choices=_choices([c for c in DIVERT_CLASSES if c[0] != MALICIOUS], gettext_lazy("请选")),
        required=False,
    )
    reason = forms.ChoiceField(
        label=gettext_lazy("原因"),
        choices=_choices([c for c in DIVERT_REASONS if c[0] != MALICIOUS], gettext_lazy("请选")),
        required=False,
    )
    basis = fields.Line(label=gettext_lazy("依据"), required=False, help_text=gettext_lazy("哪条规定"))
    way = fields.Line(
        label=gettext_lazy("该找谁"),
        required=False,
        help_text=gettext_lazy("单位、电话或网址；紧急的写明已转给谁、几点"),
    )
    told = fields.Words(label=gettext_lazy("对来电人说的话"), required=False, widget=forms.Textarea(attrs={"rows": 3}))

    CALLER = ("phone", "name", "preferred_time")
    SAID = ("words", "place", "area", "secrecy", "title")
    OF_REFUSAL = {"text": "words", "longitude": "place"}

    @property
    def parts(self) -> list[tuple[str, str, list]]:
        """(what follows, heading, fields): shown one under the other, all of them without a script."""
        found = []
        for then, names in TAKEN.items():
            own = [self[name] for name in names.values() if name not in self.SAID]
            found.append((then, dict(THEN)[then].split("\n")[0], own))
        return found

    @property
    def of_caller(self) -> list:
        return [self[name] for name in self.CALLER]

    @property
    def of_words(self) -> list:
        return [self[name] for name in self.SAID]

    def clean_phone(self) -> str:
        return self._not_masked("phone", _("号码里有星号：打过码的号码不能存，请问来电人"))

    def clean_name(self) -> str:
        return self._not_masked("name", _("姓名里有星号：打过码的姓名不能存，不知道就空着"))

    def _not_masked(self, name: str, reason: str) -> str:
        value = self.cleaned_data[name]
        if re.search(r"[*＊]", value):
            raise forms.ValidationError(reason)
        return value

    def clean(self) -> dict[str, Any]:
        said = super().clean()
        for name in NEEDED.get(said.get("then", ""), ()):
            if not said.get(name) and name not in self.errors:
                self.add_error(
                    name, _("「%(then)s」要填这一项") % {"then": str(dict(THEN)[said["then"]]).split("\n")[0]}
                )
        return said

    def demand(self, language: str) -> Demand:
        said = self.cleaned_data
        is_anonymous = said["secrecy"] == Secrecy.ANONYMOUS
        return Demand(
            text=said["words"],
            title=said["title"],
            name="" if is_anonymous else said["name"],
            phone="" if is_anonymous else said["phone"],
            is_phone_confirmed=bool(said["phone"]) and not is_anonymous,
            preferred_time=said["preferred_time"],
            area_code=said["area"].pk if said["area"] else "",
            demand_type=said["demand_type"],
            place=said["place"],
            secrecy=said["secrecy"],
            channel="phone",
            language=language,
        )

    def taken(self) -> dict[str, Any]:
        """The fields of the step that follows."""
        said = self.cleaned_data
        given = {name: said.get(own) for name, own in TAKEN[said["then"]].items()}
        return {name: value for name, value in given.items() if value not in (None, "")}

    def field_of(self, name: str) -> str | None:
        own = self.OF_REFUSAL.get(name, name)
        return own if own in self.fields else None

    @property
    def number_given(self) -> str:
        """The caller's number as typed, before the form is whole: for looking up what he asked before."""
        typed = str(self.data.get("phone", ""))
        return typed if "*" not in typed and len(normal_phone(typed)) >= 5 else ""
