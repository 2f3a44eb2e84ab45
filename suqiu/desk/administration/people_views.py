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
from django.utils.translation import override

from suqiu.citizens.contact import mask_phone
from suqiu.directory import actions
from suqiu.directory.models import Officer
from suqiu.errors import Refused
from suqiu.gateways import outbox

from ..shell import DeskRequest, desk_form, see_other
from . import files, hand_over
from .forms import HandOverForm, PasswordForm
from .gate import administrators


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
    """发一次性密码: to who has never signed in, shown once, on the answer to the posting; to everybody else on his own phone."""
    officer = get_object_or_404(Officer.objects.select_related("department"), username=username)
    context: dict[str, Any] = {"officer": officer}
    if request.too_big:  # such a form came without its token being looked at
        raise request.too_big
    if request.method == "POST":
        context |= _issued(officer, request)
    context["goes_by_sms"] = officer.has_own_password
    return render(request, "desk/administration/password.html", context)


@transaction.atomic
def _issued(officer: Officer, request: DeskRequest) -> dict[str, Any]:
    now = timezone.now()

    def by_sms(to: Officer, password: str) -> None:
        with override("zh-hans"):
            body = _("【12345】您的一次性密码 %(password)s，24 小时内有效，登录后请马上换掉。不是您要的，请告诉班长")
        key = f"password:{to.pk}:{now.isoformat()}"
        outbox.write(key=key, channel="sms", to=to.phone, body=body % {"password": password}, at=now)

    password = actions.issue_password(officer=officer, by=request.user, at=now, send=by_sms)
    return {"password": password, "sent_to": "" if password else mask_phone(officer.phone)}


@desk_form
@administrators
def first_passwords(request: DeskRequest) -> HttpResponse:
    """For all who have never signed in: a sheet to be handed out. Made again, the sheet before is worth nothing."""
    if request.too_big:
        raise request.too_big
    if request.method != "POST":
        waiting = actions.without_password()
        context = {"count": len(waiting), "again": sum(o.has_one_time_password for o in waiting)}
        return render(request, "desk/administration/first_passwords.html", context)
    with transaction.atomic():
        issued = actions.issue_first_passwords(by=request.user, at=timezone.now())
    if not issued:
        raise Refused(_("都登录过了。忘了密码的，到他那一行单独发"), status=409)
    heading = [_("账号"), _("姓名"), _("单位"), _("一次性密码")]
    rows = [[o.username, o.full_name, str(o.department), password] for o, password in issued]
    title = _("一次性密码")
    return files.answer(files.sheet(heading, rows), f"{title} {timezone.localdate()}.xlsx")


# ---- hand-over

HANDED = (
    "desk.handed"  # {"leaving", "to", "done", "refused"}: of the last hand-over, with why a case was not handed over
)


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
    if leaving is None or not units:
        raise Http404
    if request.method != "POST" and "done" in request.GET:
        return _handed_over(request, leaving)
    found = hand_over.cases_of(leaving, request.user, units)
    if request.method == "POST":  # pressed twice: what the first press gave stands on the form of the second too
        found += hand_over.given(request.POST.get("key", ""), by=request.user, besides=found)
    if not found:
        raise Http404
    people = [o for o in hand_over.people(units) if o.pk != leaving.pk]
    labels = [(case.number, f"{case.number}\n{hand_over.label(case)}") for case in found]
    form = HandOverForm(people, labels, request.POST if request.method == "POST" else None)
    context: dict[str, Any] = {"form": form, "leaving": leaving, "count": len(found)}
    if request.method == "POST" and form.is_valid():
        chosen = [c for c in found if c.number in form.cleaned_data["cases"]]
        to = form.chosen("officer")
        done, refused = hand_over.give(
            chosen, by=request.user, to=to, substitute=form.chosen("substitute"), key=form.keyed(request.user), at=timezone.now(),
        )  # fmt: skip
        request.session[HANDED] = {"leaving": leaving.pk, "to": to.pk, "done": done, "refused": refused}
        return see_other(f"{reverse('desk:give_cases', args=[leaving.username])}?done")
    return render(request, "desk/administration/hand_over.html", context, status=form.status if form.errors else 200)


def _handed_over(request: DeskRequest, leaving: Officer) -> HttpResponse:
    """What came of it, as often as it is loaded; without one, the list."""
    kept = request.session.get(HANDED)
    if not kept or kept["leaving"] != leaving.pk:
        return see_other(reverse("desk:cases_of_officers"))
    context = {
        "leaving": leaving,
        "to": Officer.objects.get(pk=kept["to"]),
        "done": kept["done"],
        "refused": kept["refused"],
    }
    return render(request, "desk/administration/handed_over.html", context)
