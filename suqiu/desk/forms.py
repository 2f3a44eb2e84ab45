"""The form of any step, made from what its row asks for; and the door's own."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suqiu.cases.flow import ASK_OUTCOMES, Field, Step
from suqiu.directory.queries import officers_as

from . import fields, registry, targets
from .asked_before import open_promises
from .queries import Opened
from .starting import INITIAL

REQUIRED = {"required": gettext_lazy("还没有填")}
NO_CHANGE = {"correct"}  # steps in which an empty choice leaves things as they are
LONG = {"reply": 8, "account": 5, "answer": 6, "rewritten": 5, "ask_lines": 4, "override": 2}  # rows of a text area
UPLOADS = ("photos", "before", "after")


class KeyedForm(forms.Form):
    """Carries an idempotency key: the same form with the same words, handed in twice, gets the same answer."""

    key = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data=None, files=None, *, initial: dict[str, Any] | None = None):
        super().__init__(data, files, initial={"key": str(uuid4())} | (initial or {}))

    def clean_key(self) -> str:
        key = self.cleaned_data["key"]
        return key if re.fullmatch(r"[0-9a-f-]{36}", key) else str(uuid4())

    def keyed(self, officer) -> str:
        """The key as kept: who comes back, changes his words and hands in once more has said something else."""
        said = [
            (n, fields.plain(v)) for n, v in sorted(self.cleaned_data.items()) if n not in ("key", "seen", *UPLOADS)
        ]
        digest = hashlib.sha256(repr(said).encode()).hexdigest()[:16]
        return f"desk:{officer.pk}:{self.cleaned_data['key']}:{digest}"

    @property
    def status(self) -> int:
        """422, or 413 where something was too long."""
        codes = {e.code for errors in self.errors.as_data().values() for e in errors}
        return 413 if fields.TOO_LONG in codes else 422


class StepForm(KeyedForm):
    """Built from Step.asks. `seen`: the last line the officer had before his eyes."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, row: Step, opened: Opened, data=None, files=None):
        self.row, self.opened = row, opened
        start = {"seen": opened.case.line_no} | (INITIAL[row.name](opened) if row.name in INITIAL else {})
        super().__init__(data, files, initial=start)
        self.asks = _own_asks(row, opened)
        for f in row.asks:
            if f.name == "rewritten" and opened.case.is_confidential == (row.name in NO_CHANGE):
                continue
            if f.name == "to_others" and not opened.case.callers_waiting:
                continue
            if f.kind == "asks":
                self.fields |= _ask_fields(self.asks)
            else:
                self.fields[f.name] = BUILT[f.kind](f, self)

    def clean(self) -> dict[str, Any]:
        said = super().clean()
        for ask in self.asks:
            names = f"asks-{ask['no']}-outcome", f"asks-{ask['no']}-basis"
            if said.get(names[0]) == "declined" and not said.get(names[1]):
                self.add_error(names[1], _("不能办的，要写依据"))
        return said

    def said(self) -> dict[str, Any]:
        """The fields of the step as its action takes them; what was left empty is left out."""
        given = {f.name: self.cleaned_data.get(f.name) for f in self.row.asks if f.name in self.fields}
        kept = {name: value for name, value in given.items() if value not in (None, "", [], False)}
        if any(f.kind == "asks" for f in self.row.asks):
            kept["asks"] = {
                ask["no"]: {
                    part: self.cleaned_data.get(f"asks-{ask['no']}-{part}", "") for part in ("outcome", "basis")
                }
                for ask in self.asks
            }
        return kept

    def field_of(self, name: str) -> str | None:
        """The form's field for a field that an action names in a refusal; None: it concerns the whole form."""
        return name if name in self.fields and not self.fields[name].widget.is_hidden else None

    def show_line(self, line_no: int) -> None:
        """Shown again after a refusal: who presses now has read how things stand now."""
        self.data = self.data.copy()
        self.data["seen"] = str(line_no)


def _common(f: Field) -> dict[str, Any]:
    return {"label": f.label, "required": f.is_required, "help_text": f.help}


def _words(f: Field, form: StepForm) -> forms.Field:
    widget = forms.Textarea(attrs={"rows": LONG.get(f.name, 3)})
    return fields.Words(**_common(f), widget=widget, error_messages=REQUIRED)


def _choice(f: Field, form: StepForm) -> forms.Field:
    is_open = form.row.name in NO_CHANGE
    if not f.is_required and not is_open and len(f.choices) <= fields.RADIOS_AT_MOST:
        field = forms.ChoiceField(choices=f.choices, widget=forms.RadioSelect, required=False)
        field.label, field.help_text = f.label, f.help
        return field
    return fields.choice_field(
        f.choices, required=f.is_required, empty=_("不改") if is_open else "", label=f.label, help_text=f.help
    )


def _department(f: Field, form: StepForm) -> forms.Field:
    opened, name = form.opened, form.row.name
    if name in ("dispatch", "send_on"):
        suggested = form.initial.get("department", "")
        found = targets.groups(opened.case, suggested, from_city=name == "dispatch")
    else:
        found = registry.by_kind(registry.units().values())
    return fields.department_field(lambda: registry.unit_options(found), **_common(f), error_messages=REQUIRED)


def _departments(f: Field, form: StepForm) -> forms.Field:
    present = {h.department_id for h in form.opened.open_holdings if h.role != "first"}
    found = targets.helpers(form.opened.case, present)
    return fields.DepartmentsField(
        choices=[(u.code, u.name) for u in found], **_common(f), error_messages={"required": _("请至少选一个单位")}
    )


def _officer(f: Field, form: StepForm) -> forms.Field:
    unit = form.opened.case.lead_department
    people = {o.pk: o for role in ("handler", "reviewer", "unit_leader") for o in officers_as(role, unit)}
    choices = [
        ("", _("请选") if f.is_required else _("不指定")),
        *((str(pk), f"{o.full_name} {o.post}") for pk, o in people.items()),
    ]
    return fields.OfficerField(choices=choices, **_common(f), error_messages=REQUIRED)


def _number(f: Field, form: StepForm) -> forms.Field:
    return forms.IntegerField(**_common(f), min_value=0, max_value=9999, error_messages=REQUIRED)


BUILT: dict[str, Callable[[Field, StepForm], forms.Field]] = {
    "words": _words,
    "line": lambda f, form: fields.Line(**_common(f), error_messages=REQUIRED),
    "choice": _choice,
    "department": _department,
    "departments": _departments,
    "officer": _officer,
    "anyone": lambda f, form: fields.AnyOfficer(**_common(f), error_messages=REQUIRED),
    "matter": lambda f, form: fields.matter_field(**_common(f), empty=_("不改") if form.row.name in NO_CHANGE else "", error_messages=REQUIRED),
    "area": lambda f, form: fields.area_field(**_common(f), empty=_("不改") if form.row.name in NO_CHANGE else "", error_messages=REQUIRED),
    "moment": lambda f, form: fields.moment_field(**_common(f)),
    "day": lambda f, form: fields.day_field(**_common(f)),
    "number": _number,
    "yes": lambda f, form: forms.BooleanField(**_common(f)),
    "photos": lambda f, form: fields.Photos(**_common(f)),
    "place": lambda f, form: fields.PlaceField(**_common(f)),
    "case": lambda f, form: fields.CaseField(form.opened.seat.officer, **_common(f), error_messages=REQUIRED),
    "points": lambda f, form: fields.PointsField(form.opened.case.kept_asks, **_common(f), error_messages={"required": _("请至少选一点")}),
    "promise": lambda f, form: fields.PromiseField(open_promises(form.opened), **_common(f), error_messages={"required": _("请点一个承诺")}),
}  # fmt: skip


def _own_asks(row: Step, opened: Opened) -> list[dict[str, Any]]:
    """The points on which this step decides: those that were split off are their own unit's."""
    if not any(f.kind == "asks" for f in row.asks):
        return []
    assisting = {h.department_id for h in opened.open_holdings if h.role == "assist"}
    if row.name == "decide_asks":
        return [a for a in opened.case.kept_asks if a["department"] in opened.seat.units]
    return [a for a in opened.case.kept_asks if a["department"] not in assisting]


def _ask_fields(asks: list[dict[str, Any]]) -> dict[str, forms.Field]:
    """Each ask with its outcome and, where it cannot be done, the basis: nothing is chosen beforehand."""
    found: dict[str, forms.Field] = {}
    for ask in asks:
        label = _("第 %(no)d 点：%(text)s") % {"no": ask["no"], "text": ask["text"]}
        wrong = {"required": _("这一点还没有结果")}
        found[f"asks-{ask['no']}-outcome"] = forms.ChoiceField(
            choices=ASK_OUTCOMES, widget=forms.RadioSelect, label=label, error_messages=wrong
        )
        found[f"asks-{ask['no']}-basis"] = fields.Line(label=_("依据"), required=False, help_text=_("不能办的必填"))
    return found


class LoginForm(forms.Form):
    username = fields.Line(label=gettext_lazy("账号"), limit=60, error_messages={"required": gettext_lazy("请填账号")})
    password = forms.CharField(
        label=gettext_lazy("密码"), strip=False, max_length=200, error_messages={"required": gettext_lazy("请填密码")},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["username"].widget.attrs |= {
            "autocomplete": "username",
            "autocapitalize": "none",
            "spellcheck": "false",
        }
