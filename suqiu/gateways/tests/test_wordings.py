"""A message in the program's words, in the city's, and what a text of the city's may not do."""

from __future__ import annotations

from django.utils.translation import override

from suqiu.gateways import wordings
from suqiu.gateways.models import MessageTemplate


def test_the_program_s_own_words_in_the_language_of_the_reader(db):
    with override("zh-hans"):
        assert wordings.said("reply_out", number="N1", link="L").startswith("【12345】N1 有答复了")
    with override("en"):
        assert wordings.said("reply_out", number="N1", link="L").startswith("[12345] N1 has a reply")


def test_the_city_s_words_are_for_their_language_alone(db):
    MessageTemplate.objects.create(name="reply_out", language="zh-hans", text="{number} 好了：{link}")
    with override("zh-hans"):
        assert wordings.said("reply_out", number="N1", link="L") == "N1 好了：L"
    with override("en"):
        assert wordings.said("reply_out", number="N1", link="L").startswith("[12345]")


def test_a_part_ends_so_that_what_follows_can_be_read(db):
    with override("en"):
        assert wordings.said("part_verdict", verdict="solved").endswith(". ")
    MessageTemplate.objects.create(name="part_verdict", language="en", text="You said: {verdict}.")
    with override("en"):
        assert wordings.said("part_verdict", verdict="solved") == "You said: solved. "


def test_a_text_obeys_nothing_but_its_blanks():
    assert (
        wordings.filled("{number} {number.__class__} {0} %(number)s", {"number": "{link}", "link": "L"})
        == "{link}   %(number)s"
    )
