"""Is every word that people see also there in English? `python -m tools.messages` brings the catalogue in step with the sources.

Works with Babel alone: templates become Python-like text by Django's own templatize, so no gettext programs are needed.
"""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "suqiu" / "locale" / "en" / "LC_MESSAGES" / "django.po"
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}


def main() -> None:
    catalogue = stored()
    catalogue.update(wanted(), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    with CATALOGUE.open("wb") as out:
        write_po(out, catalogue, no_location=True, sort_output=True, width=0, omit_header=False, ignore_obsolete=True)
    lacking = missing(catalogue)
    print(f"{len(catalogue)} messages, {len(lacking)} without English")
    if "--missing" in sys.argv:
        print("\n".join(map(str, lacking)))


def stored() -> Catalog:
    if not CATALOGUE.exists():
        CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
        return Catalog(locale="en", project="Suqiu", charset="utf-8")
    with CATALOGUE.open("rb") as lines:
        return read_po(lines, locale="en")


def wanted() -> Catalog:
    """Everything marked for translation in Python files and templates, tests and migrations left out."""
    found = Catalog(locale="en")
    for message, context in _messages():
        found.add(message, context=context)
    return found


def missing(catalogue: Catalog) -> list:
    """Messages of the sources that the catalogue does not say in English."""
    lacking = []
    for message in wanted():
        if message.id:
            key = message.id[0] if isinstance(message.id, tuple) else message.id
            there = catalogue.get(key, message.context)
            if there is None or not (all(there.string) if isinstance(there.string, tuple) else there.string):
                lacking.append(key)
    return lacking


def _messages() -> Iterator[tuple]:
    for path in sorted((ROOT / "suqiu").rglob("*.py")):
        if not {"tests", "migrations"} & set(path.parts):
            yield from _extracted(path.read_bytes())
    for path in sorted((ROOT / "suqiu" / "templates").rglob("*.html")):
        yield from _extracted(_templatized(path))


def _templatized(path: Path) -> bytes:
    from django.utils.translation.template import templatize

    text = templatize(path.read_text(encoding="utf-8"), origin=str(path))
    return re.sub(r"(?m)^[ \t]+", "", text).encode()  # a template's indents are not Python's


def _extracted(source: bytes) -> Iterator[tuple]:
    for _line, message, _comments, context in extract(
        "python", io.BytesIO(source), keywords=KEYWORDS, options={"encoding": "utf-8"}
    ):
        yield message, context


if __name__ == "__main__":
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "suqiu.settings")
    django.setup()
    main()
