"""Numbers, dates, intervals and names in both languages; trails, tiles, time lines."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.template import engines
from django.utils import translation

from zhiheng.errors import UnknownCode
from zhiheng.web import breadcrumb, tilemap, timeline, wording
from zhiheng.web.templatetags import zh


@pytest.fixture
def english():
    with translation.override("en"):
        yield


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (12345, "12,345"),
        (Decimal("12345.50"), "12,345.5"),
        (0, "0"),
        (-3.25, "-3.25"),
        (None, "—"),
        (100, "100"),
    ],
)
def test_a_number_is_grouped_and_unknown_is_a_dash(value, text):
    assert wording.number(value) == text


@pytest.mark.parametrize(
    ("share", "places", "text"),
    [(0.9365, 2, "93.65%"), (Decimal("1"), 1, "100.0%"), (0, 0, "0%"), (None, 2, "—")],
)
def test_a_share_is_written_in_per_cent(share, places, text):
    assert wording.percent(share, places) == text


def test_a_date_is_written_in_the_language_of_the_page():
    day = date(2026, 11, 22)

    with translation.override("zh-hans"):
        assert zh.day(day) == "2026年11月22日"
    with translation.override("en"):
        assert zh.day(day) == "22 Nov 2026"


def test_an_interval_has_bounds_one_digit_shorter(english):
    figure = {"estimate": 0.93651, "lower": 0.9342, "upper": 0.9388}

    assert zh.interval(figure) == "93.65% (95% interval 93.4–93.9)"
    assert zh.interval(SimpleNamespace(estimate=0.9, lower=None, upper=None)) == "90.00%"
    assert zh.interval({"estimate": None, "lower": None, "upper": None}) == "—"


@pytest.mark.parametrize(
    ("ago", "text"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(minutes=5), "5 min ago"),
        (timedelta(hours=23), "23 h ago"),
        (timedelta(days=2), "20 Nov 2026 09:00"),
        (-timedelta(hours=1), "22 Nov 2026 10:00"),
    ],
)
def test_a_time_is_relative_for_a_day_and_absolute_after(english, ago, text):
    now = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)

    assert wording.moment(now - ago, now) == text


def test_names_come_from_the_reference_and_unknown_codes_stay():
    with translation.override("zh-hans"):
        assert (zh.region("330000"), zh.region_path("330106")) == ("浙江省", "浙江省杭州市西湖区")
        assert zh.division("13") == "农副食品加工业"
        assert zh.period("2024Q3") == "2024年第三季度"
        assert zh.region("999999") == "999999"
    with translation.override("en"):
        assert zh.region("330000") == "Zhejiang"
        assert zh.period("2024Q3") == "Q3 2024"


def test_placeholders_are_no_steps_of_a_trail():
    crumbs = breadcrumb.region_trail("110101", lambda code: f"/r/{code}/")

    with translation.override("zh-hans"):
        labels = [crumb.label for crumb in breadcrumb.region_trail("110101")]
    assert labels == ["全国", "北京市", "东城区"]
    assert [crumb.url for crumb in crumbs] == ["/r/000000/", "/r/110000/", ""]


def test_a_trail_begins_at_the_region_of_the_reader():
    assert len(breadcrumb.region_trail("330106", top="330100")) == 2


def test_a_trail_to_nowhere_is_refused():
    with pytest.raises(UnknownCode):
        breadcrumb.region_trail("999999")


def test_a_shade_rises_with_the_value():
    tone = tilemap.shade((0.92, 0.94))

    assert [tone(value) for value in (0.9, 0.92, 0.93, 0.94, 1)] == ["s1", "s2", "s2", "s3", "s3"]


@pytest.mark.parametrize("bounds", [(), (0.9, 0.8), (1, 2, 3, 4, 5)])
def test_bounds_that_make_no_shades_are_refused(bounds):
    with pytest.raises(ValueError, match="bounds"):
        tilemap.shade(bounds)


def test_a_legend_has_a_line_for_each_shade(english):
    keys = tilemap.legend((0.9, 0.95), lambda share: f"{share:.0%}")

    assert [(key.tone, key.label) for key in keys] == [
        ("s1", "below 90%"),
        ("s2", "90%–95%"),
        ("s3", "95% and above"),
    ]


def test_a_zero_is_a_figure_and_nothing_is_none():
    tiles = {tile.code: tile for tile in tilemap.build({"330000": 0})}

    assert tiles["330000"].tone != "none"
    assert tiles["440000"].tone == "none"


def test_entries_become_items_with_the_words_of_their_verb(english):
    labels = timeline.Labels()
    labels.add("draw.revealed", "Draw revealed", "done")
    entry = SimpleNamespace(
        at=datetime(2026, 3, 2, tzinfo=UTC),
        verb="x.y",
        actor={"role": "officer"},
        seq=7,
        id="1",
        visibility="internal",
    )

    item = timeline.from_entries([entry], url=lambda found: f"/ledger/{found.id}/")[0]

    assert labels.get("draw.revealed") == ("Draw revealed", "done")
    assert (item.title, item.url) == ("x.y", "/ledger/1/")
    assert "Regulatory officer" in item.text
    assert "7" in item.text


def test_a_deadline_says_the_days_left_or_over(english, at):
    with at("2026-03-02T09:00:00+08:00"):
        assert "5 days left" in zh.days_left(date(2026, 3, 7))
        assert "today" in zh.days_left(date(2026, 3, 2))
        assert 'class="state overdue"' in zh.days_left(date(2026, 3, 1))


def test_a_state_cannot_carry_markup():
    text = engines["django"].from_string('{% load zh %}{% state "done" word %}').render({"word": "<b>"})

    assert text == '<span class="state done">&lt;b&gt;</span>'
