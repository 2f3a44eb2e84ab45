"""Passwords, and the hand-over of what an officer has in his hands to another of his unit."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import update_session_auth_hash
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from suqiu.directory import actions
from suqiu.directory.models import Officer
from suqiu.errors import Refused

from ..shell import DeskRequest, desk_form, see_other
from . import files, hand_over
from .forms import HandOverForm, PasswordForm
from .views import administrators, as_file


@desk_form
def own_password(request: DeskRequest) -> HttpResponse:
    """换密码: everybody his own; who has a one-time password sees no other page before."""
    form = PasswordForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            actions.choose_password(officer=request.user, old=said["old"], new=said["new"], at=timezone.now())
        except Refused as refused:
            form.add_error(refused.field or None, str(refused.reason))
        else:
            update_session_auth_hash(request, request.user)
            return see_other(reverse("desk:today"))
    context = {"form": form, "is_first": request.user.has_one_time_password}
    return render(request, "desk/administration/own_password.html", context, status=422 if form.errors else 200)


@desk_form
@administrators
def issue_password(request: DeskRequest, username: str) -> HttpResponse:
    """发一次性密码: shown once, on the answer to the posting; the person changes it at the first sign-in."""
    officer = get_object_or_404(Officer.objects.select_related("department"), username=username)
    context: dict[str, Any] = {"officer": officer}
    if request.too_big:  # such a form came without its token being looked at
        raise request.too_big
    if request.method == "POST":
        context["password"] = actions.issue_password(officer=officer, by=request.user, at=timezone.now())
    return render(request, "desk/administration/password.html", context)


@desk_form
@administrators
def first_passwords(request: DeskRequest) -> HttpResponse:
    """For all who have none yet: a sheet to be handed out, made once."""
    if request.too_big:
        raise request.too_big
    if request.method != "POST":
        return render(request, "desk/administration/first_passwords.html", {"count": _without_password()})
    with transaction.atomic():
        issued = actions.issue_first_passwords(by=request.user, at=timezone.now())
    if not issued:
        raise Refused(_("都有密码了。忘了的，到他那一行单独发"), status=409)
    heading = [_("账号"), _("姓名"), _("单位"), _("一次性密码")]
    rows = [[o.username, o.full_name, str(o.department), password] for o, password in issued]
    title = _("一次性密码")
    return as_file(files.sheet(heading, rows), f"{title} {timezone.localdate()}.xlsx")


def _without_password() -> int:
    return sum(not o.has_usable_password() for o in Officer.objects.filter(is_active=True, last_login=None))


# ---- hand-over


@desk_form
def hand_over_list(request: DeskRequest) -> HttpResponse:
    """Whose hands are how full, in the units in which this person may assign."""
    if not hand_over.units(request.user):
        raise Refused(_("交接由单位负责人或审核人做"), status=403)
    return render(request, "desk/administration/hand_over_list.html", {"people": hand_over.hands(request.user)})


@desk_form
def hand_over_form(request: DeskRequest, username: str) -> HttpResponse:
    """All open cases of one officer to another, in one go; each is a step of its own, and each refusal names its case."""
    units = hand_over.units(request.user)
    leaving = Officer.objects.filter(username=username).first()
    if leaving is None or not (found := hand_over.cases_of(leaving, request.user, units)):
        raise Http404
    people = [o for o in hand_over.people(units) if o.pk != leaving.pk]
    labels = [(case.number, f"{case.number}\n{hand_over.label(case)}") for case in found]
    form = HandOverForm(people, labels, request.POST if request.method == "POST" else None)
    context: dict[str, Any] = {"form": form, "leaving": leaving, "count": len(found)}
    if request.method == "POST" and form.is_valid():
        chosen = [c for c in found if c.number in form.cleaned_data["cases"]]
        context["done"], context["refused"] = hand_over.give(
            chosen, by=request.user, to=form.chosen("officer"), substitute=form.chosen("substitute"), key=form.keyed(request.user), at=timezone.now(),
        )  # fmt: skip
        context["to"] = form.chosen("officer")
        return render(request, "desk/administration/handed_over.html", context, status=200 if context["done"] else 409)
    return render(request, "desk/administration/hand_over.html", context, status=form.status if form.errors else 200)
