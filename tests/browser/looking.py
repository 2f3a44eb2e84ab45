"""What does a page look like to a careful eye? Sideways scroll, small print, what axe finds, words of the wrong language."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.urls import Resolver404, resolve

from suqiu.cases.models import Ask, Attachment, Case, Content
from suqiu.demo.city import PASSWORD
from suqiu.directory.models import Officer
from suqiu.language.words import has_han

AXE = Path(__file__).resolve().parent.parent / "vendor" / "axe.min.js"
FAULTS = """() => { const d = document.documentElement, out = [];
  if (d.scrollWidth > d.clientWidth + 1) out.push(`scrolls sideways ${d.scrollWidth} > ${d.clientWidth}`);
  for (const e of document.querySelectorAll('body *')) {
    const own = [...e.childNodes].some(n => n.nodeType == 3 && n.data.trim()), r = e.getBoundingClientRect();
    if (own && r.width && r.height && parseFloat(getComputedStyle(e).fontSize) < 12) out.push('small: ' + e.textContent.trim().slice(0, 20)); }
  return out; }"""
SHOWN = """() => { const out = []; const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) { const n = walk.currentNode, e = n.parentElement;
    if (!e.closest('[lang^=zh], [aria-hidden=true], script, style, textarea, option') &&
      n.data.trim() && e.getBoundingClientRect().width) out.push(n.data.trim()); }
  return out; }"""
LINKS = "() => [...document.querySelectorAll('a[href]')].map(a => a.href)"
NOT_PAGES = {"desk:administration_file", "desk:file", "desk:logout", "portal:file", "portal:receipt"}


def enter(page, officer: Officer) -> None:
    """Signed in without the form: a session of his own."""
    store = SessionStore()
    store["_auth_user_id"], store["_auth_user_backend"] = str(officer.pk), settings.AUTHENTICATION_BACKENDS[0]
    store["_auth_user_hash"] = officer.get_session_auth_hash()
    store.save()
    page.goto("/privacy/")
    address = urlsplit(page.url)
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": store.session_key, "domain": address.hostname, "path": "/"}
    page.context.add_cookies([cookie])


def log_in(page, who: str) -> None:
    page.goto("/login/")
    page.fill("[name=username]", who)
    page.fill("[name=password]", PASSWORD)
    page.locator(
        "form:has([name=password]) button[type=submit], form:has([name=password]) button:not([type])"
    ).first.click()
    page.wait_for_url("**/desk/**")


def crawl(page, start: str, language: str, *, known: frozenset[str] = frozenset()) -> tuple[set[str], list[str]]:
    """Every kind of page that links lead to, each once, but those known; (names of addresses seen, faults)."""
    seen, faults, ahead = set(), [], [start]
    while ahead:
        address = ahead.pop(0)
        name = kind(address)
        if name is None or name in seen | known:
            continue
        seen.add(name)
        faults += faults_of(page, address, language)
        ahead += [a.removeprefix(page.evaluate("location.origin")) for a in page.evaluate(LINKS)]
    return seen, faults


def kind(address: str) -> str | None:
    """Pages of one address name are of one kind; steps and queues differ by their own name."""
    parts = urlsplit(address)
    if parts.netloc or not parts.path.startswith("/"):
        return None
    try:
        match = resolve(parts.path)
    except Resolver404:
        return None
    if match.view_name in NOT_PAGES or match.view_name.startswith("admin"):
        return None
    return f"{match.view_name} {match.kwargs.get('name', '')}".strip()


def faults_of(page, address: str, language: str) -> list[str]:
    answer = page.goto(address)
    if answer and answer.status >= 500:
        return [f"{address} answered {answer.status}"]
    if "text/html" not in (answer.headers.get("content-type", "") if answer else ""):
        return []
    found = page.evaluate(FAULTS)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    for violation in page.evaluate("axe.run({resultTypes: ['violations']}).then(r => r.violations)"):
        found.append(f"{violation['id']}: {violation['nodes'][0]['html'][:160]}")
    if language == "en":
        found += chinese_of(page)
    return [f"{address} {fault}" for fault in found]


def chinese_of(page) -> list[str]:
    """What the interface itself says in Chinese on an English page."""
    chinese = [text for text in page.evaluate(SHOWN) if has_han(text)]
    data = _data() if chinese else []
    return [f"Chinese: {text[:40]}" for text in chinese if has_han(_without(data, text))]


def _data() -> list[str]:
    """Names, posts and what people wrote: they stay as they were written. The longest first."""
    said = {"中文"}
    for rows in (
        Officer.objects.values_list("full_name", "post"),
        Case.objects.values_list("title", "place"),
        Content.objects.values_list("body"),
        Ask.objects.values_list("text"),
        Attachment.objects.values_list("name"),
    ):
        said |= {word for row in rows for word in row if word}
    said |= {case.person.masked_name for case in Case.objects.select_related("person")}
    return sorted(filter(None, said), key=len, reverse=True)


def _without(data: list[str], text: str) -> str:
    for word in data:
        text = text.replace(word, "")
    return text
