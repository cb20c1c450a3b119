"""Breaks that an office declares: what they must say, who may, and as of which day they are known."""

from __future__ import annotations

import pytest

from zhiheng.errors import NotAllowed, NotFound, ZhihengError
from zhiheng.ledger.models import Entry
from zhiheng.people import clock
from zhiheng.stages.plan import actions, queries
from zhiheng.stages.plan.models import SeriesBreak

RATE = "mfg_product_pass_rate"
AGRI = "agri_routine_monitoring_pass_rate"
SAID = {
    "at": "2025Q1",
    "old": "29个行业",
    "new": "31个行业",
    "bridge": "-0.70",
    "error": "0.2",
    "reason": "行业目录扩大。",
    "reason_en": "The list of industries grew.",
    "source": "公告2025年第1号",
}


def test_a_break_is_declared_in_public_with_its_bridge_and_saying_it_twice_is_once(targets, statistician):
    made = actions.declare_break(by=statistician, series_id=RATE, **SAID)
    again = actions.declare_break(by=statistician, series_id=RATE, **{**SAID, "bridge": "-0.70 "})

    entry = Entry.objects.get(verb="plan.break_declared")
    assert made == again
    assert (made.at, made.bridge, made.error, made.scale, made.revision) == (
        "2025Q1",
        "-0.70",
        "0.2",
        "difference",
        0,
    )
    assert (entry.visibility, entry.detail["bridge"], entry.detail["new"]) == ("public", "-0.70", "31个行业")
    assert ("series", RATE) in [(one.kind, one.key) for one in entry.subjects.all()]


def test_a_corrected_break_is_a_revision_and_the_first_is_read_as_of_its_day(targets, statistician):
    with clock.at("2026-03-02T10:00:00+08:00"):
        actions.declare_break(by=statistician, series_id=RATE, **SAID)
        known = clock.now()
    with clock.at("2026-05-04T10:00:00+08:00"):
        actions.declare_break(by=statistician, series_id=RATE, **{**SAID, "bridge": "-0.5"})

    assert [row.bridge for row in queries.breaks(RATE, as_of=known)] == ["-0.70"]
    assert [(row.bridge, row.revision) for row in queries.breaks(RATE)] == [("-0.5", 1)]
    assert SeriesBreak.objects.filter(series=RATE).count() == 2


def test_a_break_of_one_breakdown_stands_beside_that_of_the_whole(targets, statistician):
    actions.declare_break(by=statistician, series_id=RATE, **SAID)
    actions.declare_break(by=statistician, series_id=RATE, dimension="division", **{**SAID, "at": "2025-01"})

    assert [(row.at, row.dimension) for row in queries.breaks(RATE)] == [
        ("2025-01", "division"),
        ("2025Q1", ""),
    ]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        *(
            ({name: " "}, f"break-{name}-required")
            for name in ("old", "new", "reason", "reason_en", "source")
        ),
        ({"at": "soon"}, "break-at-shape"),
        ({"dimension": "colour"}, "break-dimension-unknown"),
        ({"scale": "log"}, "break-scale-unknown"),
        ({"confidence": "memory"}, "break-confidence-unknown"),
        ({"bridge": "seven"}, "break-bridge-shape"),
        *(({"bridge": text}, "break-bridge-shape") for text in ("NaN", "1e9", "1e99999", "1_0", "１２")),
        ({"error": "1e9"}, "break-error-shape"),
        ({"error": "-0.1"}, "break-error-shape"),
        ({"bridge": ""}, "break-error-alone"),
        ({"bridge": "-0.7", "scale": "ratio"}, "break-bridge-shape"),
        ({"new": "29个行业"}, "break-new-same"),
        ({"old": "长" * 81}, "break-old-too-long"),
    ],
)
def test_a_break_that_cannot_stand_is_refused_and_nothing_is_kept(targets, statistician, change, code):
    before = SeriesBreak.objects.count()

    with pytest.raises(ZhihengError) as refused:
        actions.declare_break(by=statistician, series_id=RATE, **{**SAID, **change})

    assert refused.value.code == code
    assert SeriesBreak.objects.count() == before
    assert not Entry.objects.filter(verb="plan.break_declared").exists()


def test_a_ratio_of_zero_is_refused_with_what_a_ratio_and_an_error_must_be(targets, statistician):
    with pytest.raises(ZhihengError) as refused:
        actions.declare_break(by=statistician, series_id=RATE, **{**SAID, "bridge": "0", "scale": "ratio"})

    assert "比值须大于零，标准误差不得为负" in refused.value.remedy


@pytest.mark.parametrize("at", ["2025", "2025H1", "2025-01", "20250101-20250331"])
def test_two_breaks_never_begin_on_one_day(targets, statistician, at):
    actions.declare_break(by=statistician, series_id=RATE, **SAID)

    with pytest.raises(ZhihengError) as refused:
        actions.declare_break(by=statistician, series_id=RATE, **{**SAID, "at": at})

    assert refused.value.code == "break-at-standing"


def test_only_who_binds_targets_of_the_nation_declares_breaks(targets, officer, stranger):
    for one in (officer, stranger):
        with pytest.raises(NotAllowed):
            actions.declare_break(by=one, series_id=RATE, **SAID)


def test_a_series_that_is_none_cannot_break(targets, statistician):
    with pytest.raises(NotFound):
        actions.declare_break(by=statistician, series_id="nothing", **SAID)


def test_adopting_the_same_reference_again_does_not_undo_what_an_office_said_better(
    targets, statistician, system
):
    (first, *_rest) = queries.breaks(AGRI)
    said = {**SAID, "at": first.at, "old": first.old, "new": first.new, "bridge": "-0.7", "error": "0.1"}
    actions.declare_break(by=statistician, series_id=AGRI, **said)

    actions.adopt_outline(by=system)

    newest = queries.breaks(AGRI)[0]
    assert (newest.error, newest.revision) == ("0.1", 1)


def test_breaks_stand_in_the_order_of_their_days_and_not_of_their_names(targets, statistician):
    for at in ("2024-11", "2024H2", "2024Q1", "20240215-20240315"):
        actions.declare_break(by=statistician, series_id=RATE, **{**SAID, "at": at})

    assert [row.at for row in queries.breaks(RATE)] == ["2024Q1", "20240215-20240315", "2024H2", "2024-11"]
