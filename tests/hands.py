"""What do hands do on a page without JavaScript? Open it, fill the form that is there, press its button."""

from __future__ import annotations

from html.parser import HTMLParser

from django.test import Client


class Form(HTMLParser):
    """The controls of one form with the values they stand at; `action` decides which form of the page is meant."""

    def __init__(self, page: str, *, having: str):
        super().__init__()
        self.forms: list[dict] = []
        self._select = self._textarea = None
        self.feed(page)
        fitting = [f for f in self.forms if having in f["names"]]
        if not fitting:
            raise AssertionError(
                f"no form with a field named {having!r}; forms: {[sorted(f['names']) for f in self.forms]}"
            )
        self.values, self.action = fitting[0]["values"], fitting[0]["action"]
        self.names = fitting[0]["names"]

    def handle_starttag(self, tag: str, attrs: list) -> None:
        given = dict(attrs)
        if tag == "form":
            self.forms.append({"action": given.get("action", ""), "values": {}, "names": set()})
        if not self.forms:
            return
        form, name = self.forms[-1], given.get("name")
        if tag == "option" and self._select and "selected" in given:
            form["values"][self._select] = given.get("value", "")
        if name is None:
            return
        form["names"].add(name)
        kind = given.get("type", "text")
        if tag == "select":
            self._select = name
        elif tag == "textarea":
            self._textarea = name
            form["values"][name] = ""
        elif (
            tag == "input"
            and kind not in ("file", "submit", "button")
            and (kind not in ("radio", "checkbox") or "checked" in given)
        ):
            form["values"][name] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = None
        if tag == "textarea":
            self._textarea = None

    def handle_data(self, text: str) -> None:
        if self._textarea and self.forms:
            self.forms[-1]["values"][self._textarea] += text


def press(client: Client, path: str, fields: dict, *, having: str, expect: tuple[int, ...] = (302, 303), **more):
    """Opens the page, fills its form, sends it; the answer must be one of `expect`."""
    page = client.get(path, **more)
    assert page.status_code == 200, (path, page.status_code, page.content.decode()[:2000])
    form = Form(page.content.decode(), having=having)
    unknown = set(fields) - form.names
    assert not unknown, (path, f"the form has no {sorted(unknown)}; it has {sorted(form.names)}")
    answer = client.post(form.action or path, form.values | fields, **more)
    assert answer.status_code in expect, (path, answer.status_code, _said(answer))
    return answer


def _said(answer) -> str:
    """What a person would read on an answer that was not expected."""
    import re

    text = re.sub(r"<(script|style).*?</\1>", "", answer.content.decode(errors="replace"), flags=re.S)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))[:1500]
