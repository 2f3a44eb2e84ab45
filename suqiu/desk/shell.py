"""What do all views of the desk share? A signed-in officer, forms too big to read, and how a moment is written."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from suqiu.directory.models import Officer
from suqiu.doors import FormRequest, Page, day, form_page


class DeskRequest(FormRequest):
    """A request at the desk, of somebody signed in."""

    user: Officer


def desk_page(view: Page) -> Page:
    """A page that only shows: signed in, never kept by a cache."""
    return login_required(never_cache(require_safe(view)))


def desk_form(view: Page) -> Page:
    """A page with a form, for who is signed in."""
    return login_required(form_page(view))


def is_fragment(request: HttpRequest) -> bool:
    """Asked by a script that puts the answer into the page that is open."""
    return request.headers.get("HX-Request") == "true"


def see_other(address: str) -> HttpResponse:
    """303: what was posted is not posted again by a reload."""
    return HttpResponse(status=303, headers={"Location": address})


def to_case(number: str, at: str = "") -> str:
    return reverse("desk:case", args=[number]) + at


def when(moment: datetime, now: datetime) -> str:
    """今天 16:00 · 明天 09:00 · 11 月 26 日 17:00; with the year when it is another one."""
    local, today = timezone.localtime(moment), timezone.localtime(now).date()
    near = {0: _("今天 %s"), 1: _("明天 %s"), -1: _("昨天 %s")}.get((local.date() - today).days)
    return near % f"{local:%H:%M}" if near else f"{day(local, now)} {local:%H:%M}"
