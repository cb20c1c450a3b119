"""What the pages of figures show, put together from released rows: cards, tables, addresses."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from zhiheng.reference import indicators
from zhiheng.stages.plan import queries as plan
from zhiheng.stages.plan.models import Series
from zhiheng.web import as_of, tilemap, wording

from .. import comparing, drawing, promises, queries, rules, scopes, sentences, telling
from ..models import Figure
from ..rules import figures


def figure_url(figure: Figure, day: date | None = None) -> str:
    """Return the address of one figure, now or as of a day."""
    parts = [figure.series_id, figure.region, figure.period]
    page = reverse("indicators:figure", args=[*parts, figure.division] if figure.division else parts)
    return as_of.with_day(page, day)


def bundle_url(figure: Figure) -> str:
    """Return the address of the bundle of exactly this vintage of a figure; none while it is withheld."""
    return f"{figure_url(figure)}bundle.json?sha256={figure.bundle_sha}" if figure.is_shown else ""


def series_url(figure: Figure, day: date | None = None) -> str:
    """Return the address of the series page that this figure stands on, now or as of a day."""
    page = reverse("indicators:series", args=[figure.series_id])
    return as_of.with_day(f"{page}?region={figure.region}&period={figure.period}", day)


def csv_url(figure: Figure, day: date | None = None) -> str:
    """Return the address of all figures of the series and region as CSV, now or as of a day."""
    file = reverse("indicators:figures_csv", args=[figure.series_id])
    return as_of.with_day(f"{file}?region={figure.region}", day)


def figure_title(figure: Figure) -> str:
    """Return the title of a figure: what, where, when."""
    said = {
        "series": sentences.name(figure.series),
        "region": wording.region_name(figure.region),
        "period": wording.period(figure.period),
        "division": wording.division_name(figure.division),
    }
    if figure.division:
        return _("%(series)s, %(division)s, %(region)s, %(period)s") % said
    return _("%(series)s, %(region)s, %(period)s") % said


def headline(figure: Figure, day: date | None = None) -> list[dict[str, Any]]:
    """Return the large numbers of a figure, as ``web/figures.html`` writes them; links keep the day."""
    where = f"{wording.region_name(figure.region)} · {wording.period(figure.period)}"
    vintage = _("vintage %(day)s") % {"day": wording.day(figure.release.vintage)}
    card = {
        "label": sentences.division(figure.division) if figure.division else sentences.name(figure.series),
        "value": wording.percent(figure.estimate) if figure.is_shown else _("Withheld"),
        "interval": _("95%% interval %(limits)s") % {"limits": sentences.limits(figure)}
        if figure.is_shown
        else sentences.withheld(figure),
        "period": f"{where} · {vintage}",
        "url": figure_url(figure, day),
    }
    target = figure.release.parameters.get("target")
    if target is None:
        return [card]
    return [
        card,
        {
            "label": _("Target of the Outline, article %(article)s") % target,
            "value": sentences.target_value(target),
            "interval": _("by %(due)s") % target,
            "period": _("a national target") if figure.region != "000000" else "",
            "url": as_of.with_day(reverse("plan:target", args=[target["id"]]), day),
        },
    ]


def answer(figure: Figure) -> dict[str, Any] | None:
    """Return where a figure stands to its target, in a word with a tone and in a sentence, if it has one."""
    target = figure.release.parameters.get("target")
    if target is None:
        return None
    word = sentences.against(figure)
    return {
        "word": sentences.AGAINST_WORD[word],
        "tone": sentences.AGAINST_TONE[word],
        "sentence": sentences.against_in_words(word, target["operator"]),
    }


def change(figure: Figure, *, day: date | None = None) -> dict[str, Any] | None:
    """Return the change from the period before with its split and breaks; None without such a period."""
    period, moment = rules.previous(figure.period), as_of.end_of(day)
    before = queries.figure(figure.series_id, figure.region, period, figure.division, as_of=moment)
    if before is None:
        return None
    moved = comparing.compare(before, figure, as_of=moment)
    return {
        "before": before,
        "share": sentences.share(before),
        "url": figure_url(before, day),
        "told": telling.told(moved, figure.series.unit),
        "label": sentences.CHANGE_WORD[moved.word],
        "chart": drawing.change(moved, before, figure),
    }


def division_rows(figure: Figure, *, day: date | None = None) -> list[dict[str, Any]]:
    """Return one row a division, withheld ones with their reason."""
    place, moment = (figure.series_id, figure.region), as_of.end_of(day)
    rows = queries.divisions(*place, figure.period, as_of=moment)
    earlier = queries.divisions(*place, rules.previous(figure.period), as_of=moment)
    before = {row.division: row for row in earlier}
    breaks = promises.declared_of([figure.series_id], moment)[figure.series_id]
    return [_division_row(row, before.get(row.division), breaks, day) for row in rows]


def _division_row(
    row: Figure, before: Figure | None, breaks: Sequence[rules.Break], day: date | None
) -> dict[str, Any]:
    label, tone = sentences.STATES[row.status]
    moved = rules.Headline(rules.NOT_COMPARABLE)
    if before is not None:
        moved = comparing.compare(before, row, breaks=breaks)
    return {
        "figure": row,
        "name": wording.division_name(row.division),
        "url": figure_url(row, day),
        "estimate": wording.percent(row.estimate),
        "limits": sentences.limits(row),
        "state": label,
        "tone": tone,
        "note": "" if row.is_shown else sentences.too_few(row),
        "word": sentences.CHANGE_WORD[moved.word],
        "difference": sentences.bounds(moved),
    }


def province_map(series_id: str, period: str, *, day: date | None = None) -> tuple[list, list]:
    """Return the tiles of the provinces with a released figure, and their legend, now or as of a day."""
    rows = queries.provinces(series_id, period, as_of=as_of.end_of(day))
    found = {code: row for code, row in rows.items() if row.is_shown}
    if not found:
        return [], []
    bounds = tilemap.bounds([100 * row.estimate for row in found.values()])
    pick = tilemap.shade(bounds)
    tiles = tilemap.build(
        found,
        label=lambda row: wording.points(row.estimate, 1),
        tone=lambda row: pick(100 * row.estimate),
        url=lambda code: figure_url(found[code], day),
    )
    return tiles, tilemap.legend(bounds, lambda bound: f"{wording.number(bound)}%")


def official_rows(series_id: str, whole: Sequence[indicators.Observation]) -> list[dict[str, Any]]:
    """Return the published national values of a series as a table shows them; they carry no interval.

    A series of our own has none: its numbers of others stand among those recorded.
    """
    if series_id not in {known.id for known in indicators.all()}:
        return []
    return [
        {
            "period": wording.period(seen.period),
            "value": f"{seen.text}{seen.unit if seen.unit == '%' else ''}" if seen.text else wording.NOTHING,
            "kind": _("derived") if seen.basis == "derived" else _("published"),
            "source": seen.source_title,
        }
        for seen in whole
    ]


def published_changes(series: Series, told: plan.Told, day: date | None = None) -> list[dict[str, Any]]:
    """Return the changes between published values in sentences, newest first."""
    return [
        {
            "periods": [wording.period(period) for period in found.periods],
            "label": sentences.CHANGE_WORD[found.word],
            "told": telling.told(found, series.unit),
        }
        for found in promises.published_changes(series, told, day=day)
    ]


def method_card(series: Series) -> dict[str, Any]:
    """Return what must be known of a series to read its figures."""
    chinese = wording.is_chinese()
    return {
        "definition": series.definition if chinese else series.definition_en,
        "warning": series.warning if chinese else series.warning_en,
        "basis": sentences.BASIS.get(series.basis, series.basis),
        "purpose": sentences.PURPOSE.get(series.purpose, series.purpose),
        "headline": figures.method("", scopes.of(series).method),
        "estimate": scopes.of(series).method,
    }


def facts(figure: Figure) -> list[tuple[str, str]]:
    """Return the numbers of a figure that a careful reader asks for."""
    shown = [
        (_("Answered units"), wording.number(figure.n)),
        (_("Drawn units"), wording.number(figure.n_sampled)),
        (_population(figure), wording.number(figure.population)),
        (_("Basis"), sentences.BASIS.get(figure.basis, figure.basis)),
        (_("Purpose"), sentences.PURPOSE.get(figure.purpose, figure.purpose)),
        (_("State"), sentences.STATES[figure.status][0]),
    ]
    if not figure.is_shown:
        return shown
    is_by_output = figure.release.method == figures.WEIGHTED
    covered = _("Covered share of output") if is_by_output else _("Covered share of firms")
    return [
        *shown,
        (_("Raw share of passing"), wording.percent(figure.raw)),
        (_("Weighted by the draw alone"), wording.percent(figure.hajek)),
        (_("Standard error"), wording.percent(figure.standard_error)),
        (covered, wording.percent(figure.coverage, 1)),
        (_("Design effect"), wording.number(figure.design_effect, 2)),
    ]


def _population(figure: Figure) -> Any:
    if figure.release.method == figures.SEVERAL:
        return _("Entries in the lists (a firm in two lists stands twice)")
    return _("Units in the frames")


def joint_rows(figure: Figure) -> list[dict[str, str]]:
    """Return the joint campaigns that a figure rests on, each with its address."""
    found = {}
    for draw in queries.draws_behind(figure).select_related("obligation__joint_frame__joint"):
        row = getattr(draw.obligation, "joint_frame", None)
        if row is not None:
            found[row.joint.serial] = reverse("draw:public_joint", args=[row.joint.serial])
    return [{"serial": serial, "url": url} for serial, url in sorted(found.items())]


def draw_rows(figure: Figure) -> list[dict[str, Any]]:
    """Return the draws that a figure rests on, each with its address."""
    return [
        {
            "serial": draw.serial,
            "url": reverse("draw:public_draw", args=[draw.serial]),
            "region": draw.region,
            "period": draw.period,
        }
        for draw in queries.draws_behind(figure)[:130]
    ]


def release_rows(asked: Any) -> list[dict[str, Any]]:
    """Return the releases of a region that spoke of a period, newest first, replaced ones too."""
    found = queries.releases_of(asked.series.pk, asked.region, as_of=asked.as_of)
    return [
        {
            "release": release,
            "vintage": wording.day(release.vintage),
            "is_replaced": hasattr(release, "replaced_by"),
            "url": asked.url(day=release.vintage),
            "reason": release.reason,
        }
        for release in found
        if asked.period in release.periods
    ]


def ways(figure: Figure, day: date | None = None) -> list[dict[str, str]]:
    """Return the ways from the front page into the site; those to figures keep the day."""
    series = series_url(figure, day)
    target = figure.release.parameters.get("target") or {}
    return [
        {
            "label": _("By region and period"),
            "text": _("Choose a region, a quarter or a year."),
            "url": series,
        },
        {
            "label": _("By division"),
            "text": _("Each division of manufacturing with its interval."),
            "url": f"{series}#divisions",
        },
        {
            "label": _("The draws"),
            "text": _("Who was drawn, and the proof that nobody was picked by hand."),
            "url": reverse("draw:public_draws"),
        },
        {
            "label": _("Single inspections"),
            "text": _("What was found at each drawn firm, refused and closed visits too."),
            "url": figure_url(figure, day),
        },
        {
            "label": _("Check a file"),
            "text": _("Compute a figure or a draw again from its bundle."),
            "url": reverse("indicators:verify"),
        },
        {
            "label": _("The plan"),
            "text": _("What was promised, in which clause, by when."),
            "url": reverse("plan:article", args=[target.get("article", 2)]),
        },
        *_demo_way(),
    ]


def _demo_way() -> list[dict[str, str]]:
    """Return the way to the accounts of a demonstration; none outside of one."""
    if not settings.DEMO:
        return []
    return [
        {
            "label": _("Accounts of the demonstration"),
            "text": _("Sign in as an officer, an inspector, a laboratory, a firm or a statistician."),
            "url": reverse("web:demo"),
        }
    ]
