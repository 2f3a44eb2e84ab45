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
from suqiu.directory.models import Department
from suqiu.intake.demand import Demand
from suqiu.intake.models import KnownEvent

from .. import fields, registry
from ..forms import KeyedForm

REGISTER, ACCEPT, DISPATCH, ANSWER, DIVERT, EVENT = (
    "register",
    "accept",
    "dispatch",
    "answer_at_once",
    "divert",
    "event",
)
THEN = (
    (REGISTER, gettext_lazy("先登记")),
    (ACCEPT, gettext_lazy("受理")),
    (DISPATCH, gettext_lazy("受理并派单")),
    (ANSWER, gettext_lazy("当场答复")),
    (DIVERT, gettext_lazy("告知途径")),
    (EVENT, gettext_lazy("记在这件事下")),
)
TO_ACCEPT = ("demand_type", "area", "urgency", "secrecy")
NEEDED = {  # what follows needs these of the form
    ACCEPT: TO_ACCEPT,
    DISPATCH: (*TO_ACCEPT, "matter"),
    ANSWER: ("answer", "source"),
    DIVERT: ("routing_class", "reason", "basis", "way", "told"),
    EVENT: ("event",),
}
TAKEN = {  # names of the step's fields -> names on this form
    ACCEPT: {n: n for n in (*TO_ACCEPT, "matter", "ask_lines", "about_department")},
    ANSWER: {"answer": "answer", "source": "source"},
    DIVERT: {"routing_class": "routing_class", "reason": "reason", "basis": "basis", "way": "way", "words": "told"},
}  # fmt: skip
IN_BAR = {"form": "call"}  # stands in the bar above the form
MALICIOUS = "malicious"  # two persons are needed: never in one breath with the call


def _choices(choices, empty):
    return [("", empty), *choices]


def _from_city() -> list[registry.Unit]:
    """Those to whom the city sends itself."""
    found = registry.units().values()
    return [u for u in found if not u.is_behind_centre and u.kind != Department.Kind.HOTLINE]


class EventField(forms.CharField):
    """A known event by its number; empty for none. Whether it may still be used, the action says."""

    widget = forms.HiddenInput

    def to_python(self, value) -> KnownEvent | None:
        value = super().to_python(value)
        if not value:
            return None
        known = (
            KnownEvent.objects.select_related("event", "made_by").filter(pk=value).first()
            if value.isdecimal() and len(value) < 12
            else None
        )
        if known is None:
            raise forms.ValidationError(_("没有这条口径，请从右边选"))
        return known


class IntakeForm(KeyedForm):
    phone = fields.Line(
        label=gettext_lazy("来电号码"),
        required=False,
        limit=40,
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "off"} | IN_BAR),
    )
    name = fields.Line(
        label=gettext_lazy("怎么称呼"),
        required=False,
        limit=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"} | IN_BAR),
    )
    words = fields.Words(
        label=gettext_lazy("他说"),
        widget=forms.Textarea(attrs={"rows": 7, "spellcheck": "false"}),
        error_messages={"required": gettext_lazy("还没有写内容")},
    )
    place = fields.Line(label=gettext_lazy("具体地方"), required=False, limit=200)
    area = fields.area_field(label=gettext_lazy("事发区划"), required=False)
    matter = fields.matter_field(label=gettext_lazy("事项"), required=False)
    demand_type = forms.ChoiceField(
        label=gettext_lazy("诉求类型"), choices=_choices(DemandType.choices, gettext_lazy("还没定")), required=False
    )
    urgency = forms.ChoiceField(label=gettext_lazy("紧急程度"), choices=Urgency.choices, initial=Urgency.NORMAL)
    secrecy = forms.ChoiceField(label=gettext_lazy("保密级别"), choices=Secrecy.choices, initial=Secrecy.GENERAL)
    preferred_time = fields.Line(
        label=gettext_lazy("方便接听"),
        required=False,
        limit=60,
        help_text=gettext_lazy("照他说的写，例如晚上 7 点以后"),
    )
    title = fields.Line(
        label=gettext_lazy("标题"), required=False, limit=60, help_text=gettext_lazy("不写姓名电话；空着就取第一句")
    )
    ask_lines = fields.Words(
        label=gettext_lazy("要求几点"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("一行一点，动词开头；空则整件算一点"),
    )
    about_department = fields.department_field(
        lambda: registry.unit_options(registry.by_kind(registry.units().values())),
        label=gettext_lazy("被反映的单位"),
        required=False,
        empty=gettext_lazy("没有"),
    )
    department = fields.department_field(
        lambda: registry.unit_options(registry.by_kind(_from_city())),
        label=gettext_lazy("派给谁"),
        required=False,
        empty=gettext_lazy("按派单目录"),
    )
    then = forms.ChoiceField(label=gettext_lazy("接下来"), choices=THEN, widget=forms.HiddenInput, initial=REGISTER)
    event = EventField(required=False)
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

    FACTS = ("place", "area", "matter", "demand_type", "urgency", "secrecy")
    MORE = ("preferred_time", "title", "ask_lines", "about_department")
    OF_ANSWER = ("answer", "source")
    OF_DIVERT = ("routing_class", "reason", "basis", "way", "told")
    OF_REFUSAL = {"text": "words", "longitude": "place", "override": "department", "rewritten": "secrecy"}

    def __init__(self, data=None, *, can_dispatch: bool = False, initial: dict[str, Any] | None = None):
        super().__init__(data, initial=initial)
        self.can_dispatch = can_dispatch
        if not can_dispatch:
            del self.fields["department"]

    @property
    def facts(self) -> list:
        return [self[name] for name in self.FACTS]

    @property
    def more(self) -> list:
        return [self[name] for name in (*self.MORE, *(("department",) if self.can_dispatch else ()))]

    @property
    def of_answer(self) -> list:
        return [self[name] for name in self.OF_ANSWER]

    @property
    def of_divert(self) -> list:
        return [self[name] for name in self.OF_DIVERT]

    @property
    def open_part(self) -> str:
        """Which fold stands open: where something is filled in or wrong."""
        for part, names in ((ANSWER, self.OF_ANSWER), (DIVERT, self.OF_DIVERT)):
            if self["then"].value() == part or any(name in self.errors or self[name].value() for name in names):
                return part
        return ""

    @property
    def is_more_open(self) -> bool:
        return any(
            name in self.errors or self[name].value() for name in (*self.MORE, "department") if name in self.fields
        )

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
        then = said.get("then", "")
        for name in NEEDED.get(then, ()):
            if not said.get(name) and name not in self.errors:
                self.add_error(name, _("「%(then)s」要填这一项") % {"then": dict(THEN)[then]})
        if then == DISPATCH and said.get("secrecy") in (Secrecy.CONFIDENTIAL, Secrecy.ANONYMOUS):
            self.add_error("secrecy", _("保密件要先改写才能派：先「受理」，再到派单页改写"))
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
            known_event=said["event"].pk if said["event"] else None,
        )

    def taken(self, then: str) -> dict[str, Any]:
        """The fields of the step that follows."""
        said = self.cleaned_data
        given = {name: said.get(own) for name, own in TAKEN[then].items()}
        return {name: value for name, value in given.items() if value not in (None, "")}

    def field_of(self, name: str) -> str | None:
        own = self.OF_REFUSAL.get(name, name)
        return own if own in self.fields else None

    @property
    def number_given(self) -> str:
        """The caller's number as typed, before the form is whole: for looking up what he asked before."""
        return number_in(str(self.data.get("phone", "")))


DRAFTED = tuple(name for name in IntakeForm.base_fields if name not in ("key", "then"))


def number_in(typed: str) -> str:
    """A telephone number long enough to look for; empty for less, and for a masked one."""
    return typed if not re.search(r"[*＊]", typed) and len(normal_phone(typed)) >= 5 else ""
