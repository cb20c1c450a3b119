"""What the page of compared regions says of areas and of convergence, in words with their intervals."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from zhiheng.reference import groupings
from zhiheng.web import wording

from .. import sentences, telling
from ..rules import Z_95
from ..sidebyside import Compared, Together
from . import numbers


def levels(found: Compared) -> dict[str, Any] | None:
    """Return the four areas beside each other: level, gap to all of them, what each brings to the change."""
    if not found.levels:
        return None
    division = groupings.areas()
    split = found.split
    brings = {} if split is None else {one.name: telling.signed(one.total) for one in split.by_group}
    rows = [
        {
            "name": wording.region_name(code),
            "regions": one.regions,
            "share": wording.percent(one.share, 1),
            "value": wording.number(one.value, 2),
            "gap": _signed(one.gap),
            "limits": wording.NOTHING
            if one.gap_lower is None
            else _("%(lower)s to %(upper)s")
            % {"lower": _signed(one.gap_lower), "upper": _signed(one.gap_upper)},
            "word": _("apart") if one.is_apart else _("not distinguishable"),
            "brings": brings.get(code, wording.NOTHING),
        }
        for code, one in found.levels.items()
    ]
    return {
        "division": wording.bilingual(division),
        "source": division.source,
        "since": division.in_force,
        "confidence": sentences.CONFIDENCES[division.confidence],
        "rows": rows,
        "is_weighted": found.is_weighted,
        "has_limits": all(one.gap_lower is not None for one in found.levels.values()),
        "before": numbers.period(found.before) if found.before else "",
        "unit": telling.points(found.series.unit),
        "total": ""
        if split is None
        else f"{telling.signed(split.total.estimate)} ({telling.bounds(split.total)})",
    }


def together(found: Compared) -> dict[str, Any] | None:
    """Return how the regions moved against each other: their spread at each period, and who caught up."""
    one = found.together
    if one is None:
        return None
    rows = [
        {
            "period": numbers.period(period),
            "seen": wording.number(seen, 2),
            "own": wording.number(own, 2) if one.has_errors else wording.NOTHING,
        }
        for period, seen, own in zip(one.periods, one.spread.seen, one.spread.own, strict=True)
    ]
    return {"rows": rows, "units": one.spread.units, "said": [_sigma(one), _beta(one)]}


def _sigma(one: Together) -> str:
    change = one.sigma_change
    if change is None:
        return _(
            "The numbers were published without errors, so that the spread holds what sampling adds to it: "
            "whether the regions draw together cannot be told from it."
        )
    difference, error = change
    if abs(difference) <= Z_95 * error:
        return _(
            "Whether the regions drew together or apart cannot be told: the change of their spread is within "
            "its error."
        )
    if difference < 0:
        return _("The regions drew together: their spread without sampling fell by more than its error.")
    return _("The regions drew apart: their spread without sampling rose by more than its error.")


def _beta(one: Together) -> str:
    found = one.catching_up
    if found is None:
        return _(
            "Whether regions that were behind caught up is not computed: there are too few regions, an error "
            "is unknown, or they differed at the start hardly more than samples would."
        )
    facts = {
        "slope": wording.number(found.slope, 2),
        "lower": wording.number(found.lower, 2),
        "upper": wording.number(found.upper, 2),
    }
    if found.lower <= 0 <= found.upper:
        return (
            _(
                "Whether regions that were behind caught up cannot be told: to each unit of lead, "
                "%(slope)s units were added (95%% interval %(lower)s to %(upper)s)."
            )
            % facts
        )
    return (
        _(
            "To each unit of lead at the start, %(slope)s units were added (95%% interval %(lower)s to "
            "%(upper)s): below zero, regions that were behind caught up; above it, they fell further behind."
        )
        % facts
    )


def _signed(value: float | None) -> str:
    text = f"{value or 0.0:+.2f}"
    return "0.00" if text in ("+0.00", "-0.00") else text
