"""What becomes of typed words when the form's token is too old? They come back on the page, to be handed in again."""

from __future__ import annotations

from functools import wraps

from django.http import HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.views.decorators.csrf import csrf_exempt

from suqiu import doors

POSTS_ONLY = ("POST",)


class FormRequest(doors.FormRequest):
    """`is_token_lost`: the form was not made for this browser, or long ago; it may be shown again with its words, and nothing else done."""

    is_token_lost: bool


class _Noting(CsrfViewMiddleware):
    """The same check, noted instead of answered with a page on which everything typed would be gone."""

    def _reject(self, request, reason):
        request.is_token_lost = True


def form_page(view: doors.Page, methods: tuple[str, ...] = ("GET", "HEAD", "POST")) -> doors.Page:
    """As doors.form_page, but a lost token comes to the view, as `request.is_token_lost`."""
    check = _Noting(lambda request: HttpResponse())

    @csrf_exempt  # checked here
    @wraps(view)
    def noted(request: FormRequest, *args, **named) -> HttpResponse:
        request.is_token_lost = False
        if request.method == "POST" and not request.too_big:
            check.process_view(request, view, args, named)
        return view(request, *args, **named)

    return doors.form_page(noted, methods)
