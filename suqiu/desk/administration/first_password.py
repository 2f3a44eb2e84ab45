"""Who was given a password by somebody else chooses one of his own before he does anything at the desk."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from suqiu.directory.models import Officer

from ..shell import see_other


class OwnPasswordFirst:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith("/desk/") and self._must_choose(request):
            return see_other(reverse("desk:own_password"))
        return self.get_response(request)

    def _must_choose(self, request: HttpRequest) -> bool:
        officer = getattr(request, "user", None)
        is_free = request.path == reverse("desk:own_password")
        return not is_free and isinstance(officer, Officer) and officer.has_one_time_password
