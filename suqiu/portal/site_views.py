"""What stands beside the cases: what is done with people's data, the card on a phone's home screen, leaving a shared machine."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from .areas import city_name
from .nothing_lost import POSTS_ONLY, FormRequest, form_page
from .shell import page, see_other

ACCENT, PAPER = "#0E5A73", "#F7F6F3"  # as in tokens.css, which a manifest cannot read
ICONS = (
    ("icons/icon-192.png", "192x192", "any"),
    ("icons/icon-512.png", "512x512", "any"),
    ("icons/icon-maskable-512.png", "512x512", "maskable"),
)


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    return page(request, "portal/privacy.html")


@require_safe
def manifest(request: HttpRequest) -> JsonResponse:
    """网页应用清单: the portal on a home screen, in the reader's language; nothing of it works without the network, and nothing runs behind."""
    name = _("%(city)s 12345") % {"city": city_name()}
    found = {
        "id": reverse("portal:home"),
        "name": name.strip(),
        "short_name": "12345",
        "description": _("说一件事，看它办到哪一步"),
        "lang": "en" if (get_language() or "").startswith("en") else "zh-CN",
        "start_url": reverse("portal:home"),
        "scope": "/",
        "display": "standalone",
        "theme_color": ACCENT,
        "background_color": PAPER,
        "icons": [
            {"src": static(src), "sizes": sizes, "type": "image/png", "purpose": purpose}
            for src, sizes, purpose in ICONS
        ],
        "shortcuts": [
            {"name": _("提诉求"), "url": reverse("portal:submit")},
            {"name": _("查进度"), "url": reverse("portal:track")},
        ],
    }
    return JsonResponse(found, content_type="application/manifest+json", json_dumps_params={"ensure_ascii": False})


def _leave(request: FormRequest) -> HttpResponse:
    """用完了: what this browser knows of cases is forgotten; somebody signed in at the desk stays so."""
    names = list(request.session.keys())
    for name in names:
        if name.startswith("portal."):
            del request.session[name]
    return see_other("home")


leave = never_cache(form_page(_leave, POSTS_ONLY))
