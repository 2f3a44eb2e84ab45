"""Is what somebody asks for found as it was written, whatever the width, the case or the script?"""

from __future__ import annotations

import pytest

from suqiu.language.words import INDEXED_CHARACTERS, phrases, question, words_of


def test_chinese_is_cut_into_pairs_other_scripts_into_words():
    assert words_of("窨井盖坏了，12345 热线 OK！") == ["12345", "ok", "井盖", "坏了", "热线", "盖坏", "窨井"]


def test_width_and_case_do_not_matter():
    assert words_of("ＡＢＣ１２３") == words_of("abc123") == ["abc123"]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("停水", "'停水'"),
        ("三天停水", "'三天' & '天停' & '停水'"),
        ("水", "'水':*"),
        ("GY2606", "'gy2606':*"),
        ("停水 水压", "'停水' & '水压'"),
        ("停水 停水", "'停水'"),
        ("！？ —", ""),
        ("it's 'quoted' \\ & | !", "'it':* & 's':* & 'quoted':*"),
        ("\x00停水\x1f", "'停水'"),
    ],
)
def test_a_question_asks_for_all_of_its_words(asked, said):
    assert question(asked) == said


def test_a_long_question_and_a_long_text_are_bounded():
    assert question("甲乙丙丁戊己庚辛壬癸" * 500).count("&") < 40
    assert "末尾" not in words_of("水" * INDEXED_CHARACTERS + "末尾")


def test_longer_runs_are_looked_for_whole():
    assert phrases("停水 窨井盖 abc") == ["窨井盖"]
