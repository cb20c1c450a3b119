"""Where the plan stands, for the front page: its targets by binding and value, goals and obligations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from zhiheng.reference import outline
from zhiheng.stages.plan import queries as plan
from zhiheng.stages.plan import said as plan_said
from zhiheng.web import as_of, wording

from ..promises import Promise
from ..rules import attainment, published


def facts(promises: Sequence[Promise], day: date | None = None) -> list[tuple[Any, str]]:
    """Return what the front page says of the plan; obligations are counted as they stand, so only for now."""
    if not promises:
        return []
    known = [one for one in promises if one.newest is not None]
    standing = {"count": sum(map(_stands, known)), "of": len(known)}
    likely = sum(one.chance.colour == attainment.LIKELY for one in promises)
    rows = [
        (_("Targets"), _bindings(promises)),
        (_("Published values at their target"), _("%(count)s of %(of)s") % standing),
        (_("Likely to be reached by their date"), wording.number(likely)),
        (_("Groups of goals"), wording.number(len(outline.goals()))),
        (_("Articles"), wording.number(len(outline.articles()))),
    ]
    return rows if day is not None else [*rows, (_("Obligations"), _obligations())]


def _stands(promise: Promise) -> bool:
    """Say whether the published value itself stands at its target, whatever its error.

    Of a bound, only one on the safe side can: "95 or less" says nothing of reaching 94.
    """
    newest, safe = promise.newest, "upper" if promise.is_ceiling else "lower"
    if published.is_bound(newest) and safe not in newest.basis:
        return False
    value, target = newest.value, promise.target.value
    return value <= target if promise.is_ceiling else value >= target


def _bindings(promises: Sequence[Promise]) -> str:
    counts = Counter(one.target.binding for one in promises)
    shown = [
        f"{state.label} {counts[name]}" for name, state in plan_said.BINDING_STATES.items() if counts[name]
    ]
    return " · ".join([str(len(promises)), *shown])


def _obligations() -> str:
    counts = plan.public_counts()
    shown = [
        f"{state.label} {counts[name]}" for name, state in plan_said.DUTY_STATES.items() if name in counts
    ]
    return " · ".join(shown) or str(_("none issued yet"))


def ways(day: date | None = None) -> list[dict[str, str]]:
    """Return the ways from a front page that has no figure of its own yet."""
    return [
        {
            "label": _("The plan"),
            "text": _("What was promised, in which clause, by when."),
            "url": reverse("plan:plan"),
        },
        {
            "label": _("Series and published values"),
            "text": _("What others published of each series, with its source."),
            "url": as_of.with_day(reverse("indicators:series_list"), day),
        },
        {
            "label": _("Check a file"),
            "text": _("Compute a figure or a draw again from its bundle."),
            "url": reverse("indicators:verify"),
        },
    ]
