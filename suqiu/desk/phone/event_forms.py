"""What does one write of a known event, and until when does it hold?"""

from __future__ import annotations

from datetime import datetime, timedelta

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy

from suqiu.intake.known_events import ALL_CLEAR_LIMIT, TEXT_LIMIT, TITLE_LIMIT

from .. import fields
from ..forms import KeyedForm


class EventForm(KeyedForm):
    title = fields.Line(label=gettext_lazy("什么事"), limit=TITLE_LIMIT, help_text=gettext_lazy("例如：城东片区停水"))
    text = fields.Words(
        label=gettext_lazy("对来电人怎么说"),
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": TEXT_LIMIT}),
        help_text=gettext_lazy("出了什么事，谁在处理，几点以前好；最多 400 字"),
        error_messages={"required": gettext_lazy("还没有写内容")},
    )
    area = fields.area_field(
        label=gettext_lazy("影响哪里"), error_messages={"required": gettext_lazy("请选影响到哪里")}
    )
    words = fields.Line(
        label=gettext_lazy("认得出的词"), required=False, limit=200,
        help_text=gettext_lazy("小区、路名、说法，以空格分开；来电说到其中一个就提示"),
    )  # fmt: skip
    matter = fields.matter_field(label=gettext_lazy("事项"), required=False, empty=gettext_lazy("说不准"))
    valid_until = fields.moment_field(label=gettext_lazy("有效到"))


class ProlongForm(forms.Form):
    valid_until = fields.moment_field(label=gettext_lazy("延到"))


class EndForm(forms.Form):
    all_clear = fields.Words(
        label=gettext_lazy("恢复短信"), required=False, limit=ALL_CLEAR_LIMIT,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": ALL_CLEAR_LIMIT}),
        help_text=gettext_lazy("一句话说清恢复了；记在下面、留了号码的来电人每人收到一条"),
    )  # fmt: skip


def until_default(now: datetime) -> datetime:
    """Four hours on, at a full hour."""
    local = timezone.localtime(now)
    return local.replace(minute=0, second=0, microsecond=0) + timedelta(hours=5 if local.minute else 4)
