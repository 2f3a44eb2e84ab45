"""How does one row of a table stand on a form? A field per column; whether it may be so, the rules of the table say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suqiu.directory.models import Area, Department, Officer
from suqiu.directory.tabular import Column, Given, Table, Unreadable, Values, cell_value
from suqiu.gateways.wordings import BY_NAME as WORDINGS

from ..fields import MOMENT_FORMATS
from ..forms import KeyedForm

ROWS_OF_A_TEXT = 3


def _departments() -> list[tuple[str, str]]:
    return [(d.pk, f"{d}  {d.pk}") for d in Department.objects.filter(is_active=True)]


def _areas() -> list[tuple[str, str]]:
    return [(a.pk, f"{a}  {a.pk}") for a in Area.objects.exclude(kind=Area.Kind.VILLAGE)]


def _officers() -> list[tuple[str, str]]:
    return list(Officer.objects.filter(is_active=True).values_list("username", "full_name"))


# Columns that name a row of another table: chosen from a list; people are so many that one types and is helped.
SELECTED = {
    ("", "department"): _departments,
    ("", "area"): _areas,
    ("departments", "parent"): _departments,
    ("areas", "parent"): _areas,
}
HELPED = {"officer": _officers, "substitute": _officers}


class CellField(forms.Field):
    """One column of one row; read exactly as a cell of a sheet is."""

    def __init__(self, column: Column, table: str = "", **more: Any):
        self.column = column
        is_required = column.is_required and column.kind != "flag"
        super().__init__(
            label=column.label, help_text=column.help, required=is_required, widget=_widget(column, table), **more
        )

    def clean(self, value: Any) -> Any:
        try:
            return cell_value(self.column, value)
        except Unreadable as why:
            raise forms.ValidationError(str(why)) from why

    def prepare_value(self, value: Any) -> Any:
        return value


class MomentField(forms.DateTimeField):
    def __init__(self, column: Column, **more: Any):
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT_FORMATS[0])
        wrong = {"invalid": gettext_lazy("时间写成 2026-06-08T15:30 这样")}
        super().__init__(
            label=column.label, help_text=column.help, required=column.is_required, widget=widget,
            input_formats=MOMENT_FORMATS, error_messages=wrong, **more,
        )  # fmt: skip

    def clean(self, value: Any) -> str | None:
        moment = super().clean(value)
        if moment and moment < timezone.now() - timezone.timedelta(minutes=10):
            raise forms.ValidationError(_("生效时间不能早于现在"))
        return moment.isoformat() if moment else None


class HelpedInput(forms.TextInput):
    """Typed, with the list of what there is beside it; without a script the browser itself helps."""

    def __init__(self, options: Callable[[], list[tuple[str, str]]], attrs: dict[str, Any]):
        super().__init__(attrs)
        self.options = options

    def render(self, name, value, attrs=None, renderer=None) -> SafeString:
        shown = super().render(name, value, (attrs or {}) | {"list": f"list-{name}"}, renderer)
        options = format_html_join("", '<option value="{}">{}</option>', self.options())
        return format_html('{}<datalist id="list-{}">{}</datalist>', shown, name, options)


def _widget(column: Column, table: str) -> forms.Widget:
    if column.kind == "choice":
        empty = [("", "—")] if not column.is_required else [("", _("请选"))]
        return forms.Select(choices=[*empty, *column.choices()])
    if column.kind == "ref" and (listed := SELECTED.get((table, column.name)) or SELECTED.get(("", column.name))):
        empty = [("", "—" if not column.is_required else _("请选"))]
        return forms.Select(choices=[*empty, *listed()])
    if column.kind == "ref" and column.name in HELPED:
        return HelpedInput(
            HELPED[column.name], {"maxlength": column.limit, "autocomplete": "off", "spellcheck": "false"}
        )
    if column.kind == "flag":
        return forms.CheckboxInput()
    if column.kind == "words":
        return forms.Textarea(attrs={"rows": ROWS_OF_A_TEXT, "maxlength": column.limit})
    if column.kind == "day":
        return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    if column.kind == "number":
        return forms.NumberInput(attrs={"min": 0, "max": 9999})
    return forms.TextInput(attrs={"maxlength": column.limit, "autocomplete": "off", "spellcheck": "false"})


class ChangeForm(KeyedForm):
    """What is said once for a whole change: from when, why, on which notice."""

    def __init__(
        self, table: Table, data: Mapping | None = None, files: Mapping | None = None, *, initial: dict | None = None
    ):
        super().__init__(data, files, initial=initial)
        self.table = table
        self.add_options()

    def add_options(self) -> None:
        for column in self.table.options:
            self.fields[f"option-{column.name}"] = MomentField(column) if column.kind == "moment" else CellField(column)

    def options(self) -> dict[str, Any]:
        return {c.name: self.cleaned_data[f"option-{c.name}"] for c in self.table.options}


class RowForm(ChangeForm):
    """One row. The columns that are its key are shown, not asked, once it stands."""

    def __init__(self, table: Table, stands: Values | None, data: Mapping | None = None):
        self.stands = stands
        start = stands or {c.name: c.first for c in table.columns}
        super().__init__(table, data, initial=dict(start))

    def add_options(self) -> None:
        for column in self.table.columns:
            if self.stands is None or column.name not in self.table.keys:
                self.fields[column.name] = CellField(column, self.table.name)
        super().add_options()
        if self.table.name == "messages" and self.stands:
            blanks = WORDINGS[self.stands["name"]].blanks
            self.fields["text"].help_text = _("空位：%(blanks)s。清空就用回程序自己的") % {
                "blanks": "、".join("{" + b + "}" for b in blanks)
            }

    def given(self) -> Given:
        own = {c.name: self.cleaned_data[c.name] for c in self.table.columns if c.name in self.fields}
        kept = {k: self.stands[k] for k in self.table.keys} if self.stands else {}
        return Given(0, kept | own)


class UploadForm(ChangeForm):
    """A sheet of the table, whole or in part."""

    file = forms.FileField(
        label=gettext_lazy("表格"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
        help_text=gettext_lazy(".xlsx 或 .csv。没写的行和没有的列，都原样不动"),
        error_messages={"required": gettext_lazy("请选一个文件"), "empty": gettext_lazy("这个文件是空的")},
    )
    field_order = ["key", "file"]


class RefusalForm(forms.Form):
    words = forms.CharField(
        label=gettext_lazy("为什么不同意这项变更"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": gettext_lazy("请写为什么不同意")},
    )


def _password(label: Any, autocomplete: str, help_text: Any = "") -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    wrong = {"required": gettext_lazy("还没有填")}
    return forms.CharField(
        label=label, strip=False, max_length=200, help_text=help_text, widget=widget, error_messages=wrong
    )


class PasswordForm(forms.Form):
    """换自己的密码."""

    old = _password(gettext_lazy("现在的密码"), "current-password")
    new = _password(gettext_lazy("新密码"), "new-password", gettext_lazy("10 个字以上，别人猜不到的"))
    again = _password(gettext_lazy("再写一遍"), "new-password")

    def clean(self) -> dict[str, Any]:
        said = super().clean()
        if said.get("new") and said.get("again") and said["new"] != said["again"]:
            self.add_error("again", _("两遍不一样"))
        return said


class HandOverForm(KeyedForm):
    """谁手里的，交给谁."""

    officer = forms.ChoiceField(label=gettext_lazy("交给谁"), error_messages={"required": gettext_lazy("请选一个人")})
    substitute = forms.ChoiceField(label=gettext_lazy("B 岗"), required=False)
    cases = forms.MultipleChoiceField(
        label=gettext_lazy("交哪几件"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("请至少留一件")},
    )

    def __init__(self, people: list[Officer], cases: list[tuple[str, str]], data: Mapping | None = None):
        super().__init__(data, initial={"cases": [number for number, _label in cases]})
        options = [(str(o.pk), f"{o.full_name} {o.post}") for o in people]
        self.fields["officer"].choices = [("", _("请选")), *options]
        self.fields["substitute"].choices = [("", _("不指定")), *options]
        self.fields["cases"].choices = cases
        self.people = {str(o.pk): o for o in people}

    def chosen(self, name: str) -> Officer | None:
        return self.people.get(self.cleaned_data[name])
