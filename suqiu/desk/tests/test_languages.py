"""Is the English desk English? Every page in both languages, and no word of the Chinese catalogue on an English page."""

from __future__ import annotations

import re

import pytest
from babel.messages.pofile import read_po
from django.conf import settings

from suqiu.language.words import han_runs

from .conftest import said
from .test_steps import LIVES


@pytest.fixture(scope="module")
def chinese_words() -> set[str]:
    """What the catalogue says in Chinese: long enough to be told from a caller's words."""
    with (settings.ROOT / "suqiu/locale/en/LC_MESSAGES/django.po").open("rb") as file:
        messages = [m.id[0] if isinstance(m.id, tuple) else m.id for m in read_po(file) if m.id and m.string]
    plain = {m for m in messages if not re.search(r"[%{<]", m)}
    return {m for m in plain if len("".join(han_runs(m))) >= 4}


ADDRESSES = [
    "/desk/",
    "/desk/queue/unit/",
    "/desk/queue/mine/?show=late",
    "/desk/notices/",
    "/desk/catalogue/",
    "/desk/mailbox/",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_pages_speak_both_languages(address, cast, seated, chinese_words):
    cast.in_hand()
    officer = seated("c-housing-jb1")
    chinese = officer.open(address)
    assert 'lang="zh-CN"' in chinese.content.decode() and any(w in said(chinese) for w in chinese_words)
    english = officer.open(address, headers={"accept-language": "en"})
    assert english.status_code == 200 and '<html lang="en"' in english.content.decode()
    assert [w for w in chinese_words if w in said(english)] == []


@pytest.mark.parametrize(
    "name", ["accept", "dispatch", "visit", "draft_reply", "approve", "attempt", "meet", "decide", "keep"]
)
def test_a_case_and_its_steps_speak_english(name, cast, seated, chinese_words):
    make, who, _fields, _state = LIVES[name]
    case, officer = make(cast), seated(who, headers={"accept-language": "en"})
    for page in (officer.case(case), officer.open(f"/desk/case/{case.number}/step/{name}/")):
        assert page.status_code == 200
        written = said(page)
        for body in case.contents.values_list("body", flat=True):
            written = written.replace(body, "")
        assert [w for w in chinese_words if w in written] == []


def test_a_refusal_speaks_english(cast, seated, chinese_words):
    case = cast.in_hand()
    page = seated("c-housing-jb1", headers={"accept-language": "en"}).open(
        f"/desk/case/{case.number}/step/draft_reply/"
    )
    assert page.status_code == 422
    assert [w for w in chinese_words if w in said(page)] == []


def test_the_door_and_the_telephone_speak_english(cast, seated, stranger, chinese_words):
    for page in (
        stranger.open("/login/", headers={"accept-language": "en"}),
        seated("hw01").open("/desk/intake/", headers={"accept-language": "en"}),
    ):
        assert page.status_code == 200
        names = page.content.decode()
        assert "Guangyuan" in names
        assert [w for w in chinese_words if w in said(page)] == []


def test_the_link_to_the_other_language_is_kept(seated):
    officer = seated("hw01")
    assert '<html lang="en"' in officer.open("/desk/?lang=en").content.decode()
    assert '<html lang="en"' in officer.open("/desk/").content.decode()
    assert '<html lang="zh-CN"' in officer.open("/desk/?lang=zh").content.decode()
