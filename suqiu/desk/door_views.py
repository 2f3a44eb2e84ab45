"""Who is at the door? Signing in and out; in the demo city, its people as a list."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.conf import settings
from django.contrib import auth
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from suqiu.directory.rules import is_over
from suqiu.doors import form_page

from . import demo_people, locks, registry
from .forms import LoginForm
from .shell import see_other


@form_page
def login(request: HttpRequest) -> HttpResponse:
    target = request.POST.get("next") or request.GET.get("next", "")
    if request.too_big or request.method != "POST":
        return _login_page(request, LoginForm(), target, request.too_big.status if request.too_big else 200)
    form = LoginForm(request.POST)
    if not form.is_valid():
        return _login_page(request, form, target, 422)
    status = _sign_in(request, form)
    if status:
        return _login_page(request, form, target, status)
    return see_other(_safe(request, target))


def _sign_in(request: HttpRequest, form: LoginForm) -> int:
    """0 when signed in; else the status of the refusal that now stands on the form."""
    said = form.cleaned_data
    try:
        tried = locks.note(request, said["username"], timezone.now())
    except locks.TooMany as lock:
        form.add_error(
            None, _("这个账号在这台电脑上试错太多次，请等 %(n)d 分钟；急用请找本单位管理员") % {"n": lock.minutes}
        )
        return 429
    officer = auth.authenticate(request, username=said["username"], password=said["password"])
    if officer is None:
        form.add_error(None, _("账号或密码不对。大小写也要一样；忘了请找本单位管理员"))
        return 422
    locks.forgive(tried)
    if is_over(officer, timezone.now()):
        form.add_error(None, _("这个一次性密码过了 24 小时，不能用了。请管理员再发一个"))
        return 422
    auth.login(request, officer)
    return 0


def _safe(request: HttpRequest, target: str) -> str:
    is_ours = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if target and is_ours else settings.LOGIN_REDIRECT_URL


def _login_page(request: HttpRequest, form: LoginForm, target: str, status: int) -> HttpResponse:
    shown: dict[str, Any] = {
        "form": form,
        "city": {"name": registry.city_name()},
        "next": target if _safe(request, target) == target else "",
    }
    if settings.DEMO:
        shown |= {
            "demo_accounts": demo_people.groups(),
            "demo_password": demo_people.password(),
            "demo_citizens": demo_people.citizens(),
        }
    return render(request, "desk/login.html", shown, status=status)


@partial(form_page, methods=("POST",))
def logout(request: HttpRequest) -> HttpResponse:
    auth.logout(request)
    return see_other(settings.LOGOUT_REDIRECT_URL)
