"""Is everything people see there in English, whole, and free of what a page or a text message would trip over?"""

from __future__ import annotations

import ast
import gettext
import io
import re
from collections.abc import Iterator

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from tools import messages

PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[a-z]|\{\w*\}")
CHINESE = re.compile("[\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]")


def said() -> Iterator[tuple[str, str]]:
    """(Chinese, English) of every message, each form of a plural by itself."""
    for message in messages.stored():
        if message.id:
            ids = message.id if isinstance(message.id, tuple) else (message.id,)
            strings = message.string if isinstance(message.string, tuple) else (message.string,)
            yield from ((ids[min(i, len(ids) - 1)], string) for i, string in enumerate(strings))


def placeholders(text: str) -> list[str]:
    """Named ones may be moved; those without a name keep their order."""
    found = PLACEHOLDER.findall(text.replace("%%", ""))
    return sorted({p for p in found if len(p) > 2}) + [p for p in found if len(p) == 2]


def test_every_message_of_the_sources_is_there_in_english() -> None:
    assert messages.missing(messages.stored()) == []


def test_no_message_is_left_that_the_sources_no_longer_have() -> None:
    wanted = {(m.id, m.context) for m in messages.wanted()}
    assert [m.id for m in messages.stored() if (m.id, m.context) not in wanted] == []


def test_nothing_waits_for_a_second_look() -> None:
    stored = messages.stored()
    assert not stored.fuzzy
    assert [m.id for m in stored if m.id and m.fuzzy] == []


def test_placeholders_are_those_of_the_chinese() -> None:
    differing = [(c, e) for c, e in said() if placeholders(c) != placeholders(e)]
    assert differing == []


def test_a_sign_for_per_cent_is_doubled_where_it_is_formatted() -> None:
    formatted = [(c, e) for c, e in said() if "%(" in c]
    assert [e for _c, e in formatted if "%" in re.sub(r"%\(\w+\)[a-z]|%%", "", e)] == []


def test_no_chinese_sign_stands_in_the_english() -> None:
    assert [(c, e) for c, e in said() if CHINESE.search(e)] == []


def test_line_breaks_are_kept() -> None:
    assert [(c, e) for c, e in said() if c.count("\n") != e.count("\n")] == []


def test_no_straight_double_quote_can_end_an_attribute() -> None:
    """`{% translate %}` does not escape what it says, and much of it stands inside attributes."""
    assert [(c, e) for c, e in said() if '"' in e and '"' not in c] == []


def test_nobody_is_shouted_at() -> None:
    assert [e for _c, e in said() if "!" in e] == []


def test_no_words_are_marked_inside_an_f_string() -> None:
    """They would not be found: the extractor sees one string there."""
    for path in (messages.ROOT / "suqiu").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            inside = ast.walk(node) if isinstance(node, ast.JoinedStr) else ()
            calls = [n for n in inside if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)]
            assert [n.func.id for n in calls if n.func.id in messages.KEYWORDS] == [], f"{path}:{node.lineno}"


def test_the_catalogue_compiles_and_speaks() -> None:
    compiled = io.BytesIO()
    write_mo(compiled, messages.stored())
    english = gettext.GNUTranslations(io.BytesIO(compiled.getvalue()))
    one, several = (english.ngettext("看全部 %(total)s 件", "看全部 %(total)s 件", n) for n in (1, 2))
    assert english.gettext("提诉求") == "Raise a demand"
    assert one != several
    assert "%(total)s" in one
    assert "%(total)s" in several


def test_what_is_missing_is_found() -> None:
    """The first test above can fail: a catalogue without a word lacks them all."""
    empty = read_po(io.BytesIO(b'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n'), locale="en")
    assert "提诉求" in messages.missing(empty)
