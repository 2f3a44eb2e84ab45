"""The contract of every channel: its sample becomes a demand that intake takes; what it cannot read, it keeps or refuses in words."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from suqiu.cases.models import DemandType
from suqiu.errors import Refused
from suqiu.intake import actions, channels
from suqiu.intake.channels import BY_NAME, CHANNELS, batch, phone, web
from suqiu.intake.demand import Demand
from tests.cast import MONDAY

every_channel = pytest.mark.parametrize("channel", CHANNELS, ids=[c.name for c in CHANNELS])
ZONE = ZoneInfo("Asia/Shanghai")


@every_channel
def test_a_channel_has_a_name_a_label_in_both_languages_and_a_docstring(channel):
    with translation.override("zh-hans"):
        assert str(channel.label) and channels.label_of(channel.name) == str(channel.label)
    assert channel.name.isidentifier() and channel.__doc__
    assert BY_NAME[channel.name] is channel


@every_channel
def test_the_sample_becomes_a_demand(channel):
    demand = channel.read(channel.SAMPLE)
    assert isinstance(demand, Demand) and len(demand.text) > 10 and demand.channel
    assert channel.read(dict(channel.SAMPLE)) == demand, "reading a payload twice gives the same"


@every_channel
def test_the_sample_is_taken_in(channel, db, cast):
    case, _code = actions.receive(
        demand=channel.read(channel.SAMPLE), by=cast.operator, at=MONDAY, key=f"sample-{channel.name}"
    )
    line = case.lines.get()
    assert (case.state, line.step, line.says["channel"]) == ("R", "receive", case.channel)
    assert case.contents.get(name="text").body == channel.read(channel.SAMPLE).text
    assert case.person.phone == "13812342217"


@every_channel
def test_words_alone_are_enough(channel):
    only = {name: channel.SAMPLE[name] for name in ("words", "text") if name in channel.SAMPLE}
    demand = channel.read(only)
    assert (demand.text, demand.channel) == (*only.values(), channel.name)
    assert (demand.name, demand.phone, demand.longitude, demand.files) == ("", "", None, [])


def test_a_channel_nobody_knows_is_shown_as_written():
    assert channels.label_of("市长信箱") == "市长信箱"


def test_only_the_number_that_called_is_confirmed():
    assert phone.read(phone.SAMPLE).is_phone_confirmed
    assert not phone.read(phone.SAMPLE | {"is_caller_number": False}).is_phone_confirmed
    assert not phone.read(phone.SAMPLE | {"caller_number": ""}).is_phone_confirmed


def test_the_web_takes_neither_name_nor_telephone_of_an_anonymous_one():
    demand = web.read(web.SAMPLE | {"secrecy": "anonymous"})
    assert (demand.name, demand.phone, demand.secrecy) == ("", "", "anonymous")


def test_half_a_position_is_none():
    assert web.read(web.SAMPLE | {"lat": None}).longitude is None


# ---- a row of a file


def row(**cells) -> Demand:
    return batch.read({"text": "路灯不亮，请修。"} | cells)


def test_a_whole_row():
    demand = batch.read(batch.SAMPLE)
    assert (demand.channel, demand.demand_type, demand.type_as_written) == ("phone", "complaint", "")
    assert (demand.area_as_written, demand.place, demand.source_number) == (
        batch.SAMPLE["area"],
        "翠屏社区 3 栋",
        "2024-0731",
    )
    assert (demand.longitude, demand.latitude, demand.received_at) == (
        105.83,
        32.43,
        datetime(2024, 7, 31, 9, 12, tzinfo=ZONE),
    )


@pytest.mark.parametrize(
    ("written", "kind"),
    [("咨询", "consult"), ("意见建议", "suggest"), ("建议", "suggest"), ("report", "report"), ("求决", ""), ("", "")],
)
def test_a_type_is_recognised_or_kept_as_written(written, kind):
    demand = row(type=written)
    assert (demand.demand_type, demand.type_as_written) == (kind, "" if kind else written)


def test_every_type_has_its_chinese_word():
    assert set(batch.TYPES.values()) == set(DemandType)
    assert all(batch.TYPES[str(kind.label)] == kind for kind in DemandType)


@pytest.mark.parametrize(
    ("written", "channel"),
    [("", "import"), ("电话", "phone"), ("web", "web"), ("e福州app", "e福州app"), ("网站", "网站")],
)
def test_a_channel_is_recognised_or_kept_as_written(written, channel):
    assert row(channel=written).channel == channel


MORNING = datetime(2020, 1, 6, 9, 5, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2020-01-06 09:05", MORNING),
        ("2020-01-06 09:05:00", MORNING),
        ("2020-1-6 9:05", MORNING),
        ("2020/1/6 9:05:00", MORNING),
        ("2020.01.06 09:05", MORNING),
        ("2020-01-06T09:05:00", MORNING),
        ("2020-01-06T09:05:00.123", MORNING),
        ("2020-01-06T09:05:00+08:00", MORNING),
        ("2020-01-06T01:05:00Z", MORNING),
        ("2020年1月6日 9时05分", MORNING),
        ("2020年1月6日9:05", MORNING),
        ("2020/1/6 上午9:05:00", MORNING),
        ("2020/1/6 下午9:05", MORNING.replace(hour=21)),
        ("2020/1/6 下午12:05", MORNING.replace(hour=12)),
        ("20200106090500", MORNING),
        ("2020-01-06", MORNING.replace(hour=0, minute=0)),
        ("2020年1月6日", MORNING.replace(hour=0, minute=0)),
        ("20200106", MORNING.replace(hour=0, minute=0)),
        (datetime(2020, 1, 6, 9, 5), MORNING),
        (date(2020, 1, 6), MORNING.replace(hour=0, minute=0)),
        (43836.378472222, MORNING),  # a cell of a sheet that was never formatted as a date
        (20200106.0, MORNING.replace(hour=0, minute=0)),
        ("", None),
        (None, None),
        ("  ", None),
    ],
)
def test_a_moment_in_any_of_the_usual_ways(written, moment):
    assert row(received_at=written).received_at == moment


@pytest.mark.parametrize(
    "written",
    [
        "昨天下午",
        "2020-02-30",
        "2020-13-01",
        "6/1/2020",
        "2020-01-06 25:00",
        "0001-01-01",
        "99",
        "9999-12-31",
        12.5,
        True,
    ],
)
def test_what_is_no_moment_is_refused_with_what_was_written(written):
    with pytest.raises(Refused, match="时间看不懂") as no:
        row(received_at=written)
    assert (no.value.status, no.value.field) == (422, "received_at")


@pytest.mark.parametrize(
    ("longitude", "latitude", "position"),
    [
        ("105.83", "32.43", (105.83, 32.43)),
        (105.83, 32.43, (105.83, 32.43)),
        ("", "", (None, None)),
        ("0", "0.0", (None, None)),
    ],
)
def test_a_position(longitude, latitude, position):
    demand = row(longitude=longitude, latitude=latitude)
    assert (demand.longitude, demand.latitude) == position


@pytest.mark.parametrize(
    ("longitude", "latitude"), [("东经105", "32"), ("181", "32"), ("105", "91"), ("nan", "32"), ("inf", "1")]
)
def test_what_is_no_position_is_refused(longitude, latitude):
    with pytest.raises(Refused, match="看不懂"):
        row(longitude=longitude, latitude=latitude)


@pytest.mark.parametrize(
    ("written", "number"),
    [(13812342217.0, "13812342217"), ("138****2217", ""), ("138xxxx2217", ""), ("0839-3261234", "0839-3261234")],
)
def test_a_number_that_was_made_unreadable_is_none(written, number):
    assert row(phone=written).phone == number


def test_without_a_text_the_title_is_what_was_said():
    demand = row(text="  ", title="路灯不亮")
    assert (demand.text, demand.title) == ("路灯不亮", "路灯不亮")


@pytest.mark.parametrize("column", batch.LIMITS)
def test_what_is_too_long_for_its_column_stays_whole_in_the_text(column):
    long = "长" * 500
    demand = row(**{column: long})
    assert long in demand.text and demand.text.startswith("路灯不亮")
    lengths = (
        demand.channel,
        demand.area_as_written,
        demand.type_as_written,
        demand.place,
        demand.source_number,
        demand.title,
    )
    assert max(len(value) for value in lengths) == batch.LIMITS[column]


def test_what_cannot_be_seen_is_dropped_everywhere():
    demand = batch.read(
        dict.fromkeys(("title", "name", "area", "address", "channel", "type", "id"), "甲\x00\x07 乙\n丙")
        | {"text": "一\x00二"}
    )
    assert demand.text == "一二"
    assert {demand.title, demand.name, demand.area_as_written, demand.place, demand.channel, demand.source_number} == {
        "甲 乙 丙"
    }


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("'=1+1", "=1+1"),
        ("'-路灯", "-路灯"),
        ("'@所有人", "@所有人"),
        ("'早'上好", "'早'上好"),
        ("'", "'"),
        ("'' ", "''"),
    ],
)
def test_the_apostrophe_of_an_export_is_taken_away(written, plain):
    assert row(title=written).title == plain
