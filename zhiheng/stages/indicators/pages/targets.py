"""What pages say of a target's chance: a row of the front page, and the panel with its path."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhiheng import charts
from zhiheng.stages.plan import said as plan_said
from zhiheng.web import as_of, wording
from zhiheng.web.charts import ChartBlock, ChartColumn

from .. import sentences, telling
from ..promises import Promise
from ..rules import attainment, published
from . import cards

WORDS = {
    attainment.LIKELY: (gettext_lazy("Likely"), "done"),
    attainment.EVEN: (gettext_lazy("More likely than not"), "running"),
    attainment.UNLIKELY: (gettext_lazy("Less likely than not"), "stopped"),
}
REFUSED = {
    attainment.AMBIGUOUS: gettext_lazy(
        "No chance is computed: the name of the target fits two populations that give opposite answers."
    ),
    attainment.UNBOUND: gettext_lazy("No chance is computed: no series is bound to the target yet."),
    attainment.TOO_FEW: gettext_lazy("No chance is computed: fewer than three years are known."),
    attainment.NO_SIZE: gettext_lazy("No chance is computed: no number of records was published."),
    attainment.LOWER_BOUND: gettext_lazy(
        "No chance is computed: only a bound was published, which is no value."
    ),
    attainment.DUE_PAST: gettext_lazy(
        "The year of the target has its value; what counts now is where its interval lies."
    ),
}


def rows(promises: Sequence[Promise], day: date | None = None) -> list[dict[str, Any]]:
    """Return one row for each target, as the front page shows them; links keep the day."""
    return [_row(promise, day) for promise in promises]


def _row(promise: Promise, day: date | None) -> dict[str, Any]:
    target, found, newest = promise.target, promise.chance, promise.newest
    row: dict[str, Any] = {
        "name": wording.bilingual(target),
        "url": as_of.with_day(reverse("plan:target", args=[target.pk]), day),
        "promise": _("%(promise)s by %(due)s")
        % {"promise": plan_said.promise(target), "due": wording.period(str(target.due))},
    }
    if target.binding != "bound":
        state = plan_said.BINDING_STATES[target.binding]
        row |= {"label": state.label, "label_tone": state.tone}
    if promise.series_id is None:
        return row | {"refused": REFUSED[found.refused]}
    row |= _chances(promise)
    if promise.own is not None:
        where = f"{wording.region_name(promise.own.region)} · {wording.period(promise.own.period)}"
        row |= {
            "own": sentences.share(promise.own),
            "own_url": cards.figure_url(promise.own, day),
            "own_where": where,
        }
    if newest is not None:
        row |= {
            "value": plan_said.value(newest.value, target.unit),
            "period": wording.period(newest.period),
            "source": f"{newest.source_title} {newest.source_date}".strip(),
            "interval": _interval(promise),
        }
    if promise.word:
        row |= {
            "word": sentences.AGAINST_WORD[promise.word],
            "tone": sentences.AGAINST_TONE[promise.word],
        }
    return row


def _interval(promise: Promise) -> str:
    if promise.interval is None:
        return ""
    low, high = (wording.points(end, 2) for end in promise.interval)
    numbers = {"effect": telling.design_effect(), "low": low, "high": high}
    return _("ours with an assumed design effect of %(effect)s: %(low)s–%(high)s") % numbers


def _chances(promise: Promise) -> dict[str, Any]:
    found = promise.chance
    if found.at is None:
        return {"why": REFUSED[found.refused], "needed": wording.NOTHING}
    word, tone = WORDS[found.colour]
    return {
        "chance": wording.percent(found.at, 0),
        "chance_word": word,
        "chance_tone": tone,
        "other": _("other model %(chance)s") % {"chance": wording.percent(found.other, 0)},
        "needed": _needed(promise),
    }


def _needed(promise: Promise) -> str:
    """Return what the level has to move every year; a fall has its sign."""
    move = promise.chance.needed_per_year or 0.0
    return _points(promise, -move if promise.is_ceiling and move else move)


def _points(promise: Promise, value: float | None) -> str:
    number = (value or 0.0) * (100 if promise.is_rate else 1)
    return telling.amount(f"{number:.2f}", promise.series.unit)


def chance(promise: Promise) -> dict[str, Any]:
    """Return what the panel of a target shows: the chance in words, what it rests on, and the path."""
    found = promise.chance
    if found.at is None:
        return {"refused": REFUSED[found.refused]}
    word, tone = WORDS[found.colour]
    return {
        "word": word,
        "tone": tone,
        "chance": _("The chance that the true level stands at the target in %(due)s is %(chance)s.")
        % {"due": wording.period(str(found.due)), "chance": wording.percent(found.at, 0)},
        "other": _other(found),
        "said": _said(promise),
        "chart": _path(promise),
    }


def _other(found: attainment.Attainment) -> str:
    chance = {"chance": wording.percent(found.other, 0)}
    if "none-slope" in found.method:
        return _("With a steady slope it would be %(chance)s; so few years cannot tell which holds.") % chance
    return _("Without a slope it would be %(chance)s; so few years cannot tell which holds.") % chance


def _said(promise: Promise) -> list[str]:
    found = promise.chance
    needed = {
        "needed": _points(promise, found.needed_per_year),
        "year": wording.period(str(found.path[0].year)),
    }
    if promise.is_ceiling:
        said = [_("To reach it the level must fall by %(needed)s a year from %(year)s on.") % needed]
    else:
        said = [_("To reach it the level must gain %(needed)s a year from %(year)s on.") % needed]
    if found.expected is None:
        said.append(_("On this model the expected level does not reach it within 15 years."))
    else:
        year = {"year": wording.period(str(found.expected))}
        said.append(_("On this model the expected level reaches it in %(year)s.") % year)
    if promise.word:
        said.append(sentences.against_in_words(promise.word, promise.target.operator))
    assumed = _("; ").join(telling.assumed(name, promise.series_id) for name in found.assumptions)
    said.append(_("Assumed: %(what)s.") % {"what": assumed})
    said.append(
        _("Model: %(method)s, version %(version)s; it knows no reform that is still to come.")
        % {"method": found.method, "version": found.version}
    )
    said += [telling.break_note(one, promise.series.unit) for one in promise.breaks]
    return said


def _path(promise: Promise) -> ChartBlock:
    found, factor = promise.chance, 100 if promise.is_rate else 1
    known = [_span(promise, point) for point in found.history]
    coming = [
        charts.Span(str(one.year), *(factor * end for end in (one.level, one.lower, one.upper, one.needed)))
        for one in found.path
    ]
    promised = plan_said.promise(promise.target)
    question = _("Which path would reach the target, and where does the model expect the level?")
    unit = plan_said.unit(promise.target.unit)
    spec = charts.target_path(
        known,
        coming,
        title=question,
        target=factor * found.target,
        target_label=_("Target: %(promise)s") % {"promise": promised},
        axis_title=unit,
    )
    return ChartBlock(
        title=wording.bilingual(promise.series),
        question=question,
        svg=charts.render_svg(spec),
        columns=[
            ChartColumn(_("Year")),
            ChartColumn(_("Published value"), "number"),
            ChartColumn(_("Level expected"), "number"),
            ChartColumn(_("95% interval"), "number"),
            ChartColumn(_("Path needed"), "number"),
        ],
        rows=_path_rows(known, coming),
        unit=unit,
        period=f"{known[0].label}–{coming[-1].label}",
        basis=plan_said.basis(promise.series),
        purpose=plan_said.purpose(promise.series),
        interval_note=_("Bars and band: 95% intervals under the stated assumptions; dashed: the path needed"),
    )


def _span(promise: Promise, point: attainment.Point) -> charts.Span:
    if not promise.is_rate:
        return charts.Span(str(point.year), point.value)
    effective = point.value * (1 - point.value) / point.standard_error**2
    low, high = published.interval(point.value, effective)
    return charts.Span(str(point.year), 100 * point.value, 100 * low, 100 * high)


def _path_rows(known: Sequence[charts.Span], coming: Sequence[charts.Span]) -> list[list[str]]:
    seen, ahead = {row.label: row for row in known}, {row.label: row for row in coming}
    table = []
    for year in sorted(seen.keys() | ahead.keys()):
        value, level = seen.get(year), ahead.get(year)
        bounds = level or value
        has_bounds = bounds is not None and bounds.lower is not None
        table.append(
            [
                year,
                f"{value.estimate:.2f}" if value else wording.NOTHING,
                f"{level.estimate:.2f}" if level else wording.NOTHING,
                f"{bounds.lower:.2f}–{bounds.upper:.2f}" if has_bounds else wording.NOTHING,
                f"{level.needed:.2f}" if level else wording.NOTHING,
            ]
        )
    return table
