"""Writes observations in one transaction of an action: checked, as the next vintage of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.conf import settings

from zhiheng.formats.shapes import observation as shape
from zhiheng.proof import canonical
from zhiheng.reference import dimensions, quality_index
from zhiheng.stages.plan import queries as plan
from zhiheng.stages.plan.models import Series
from zhiheng.verification import digests
from zhiheng.verification.figure import decimal_text

from . import observations, rules, vintages
from .models import Figure, Release
from .rules import cells, recording

MODEL = (
    "小域模型估计：由{count}个单元拟合，本单元自身结果的权重为{weight:.2f}；区间为模型区间，不进入总体数字 | "
    "small-area model over {count} cells, own weight {weight:.2f}; the interval is the model's"
)
WITH_RELEASE = "随地区{region}一并发布 (released together with {region})"


def lock(ids: Iterable[str] | None = None) -> dict[str, Series]:
    """Lock some series, or all of them, until the end of the transaction.

    They are locked in the order of their keys, so that two that want the same ones never wait for each other.
    """
    found = Series.objects.select_for_update().order_by("pk")
    return {row.pk: row for row in (found if ids is None else found.filter(pk__in=set(ids)))}


def add(
    rows: Sequence[shape.Observation], *, reason: str, reads: Iterable[str] = ()
) -> list[shape.Observation]:
    """Check and write rows as the next vintages of their keys; what says nothing new is left out.

    The series are locked, so that two that restate one number come one after the other. ``reads`` names the
    series, locked too, from which the rows were computed: they are recorded no earlier than those.
    """
    series = lock(row.series for row in rows)
    kinds = {id: recording.kind(held.unit, held.basis, held.purpose) for id, held in series.items()}
    recording.check_batch(rows, kinds, dimensions.all())
    recording.check_scale(rows, plan.own_ranges(series))
    held = observations.standing(rows)
    new = [row for row in rows if row.key not in held or not observations.says_the_same(held[row.key], row)]
    recording.check_new(new, held, reason=reason)
    if not new:
        return []
    at = vintages.moment(series, reads=list(reads))
    made = [
        observations.next_vintage(row, held.get(row.key), at=at, reason=reason.strip()[:400]) for row in new
    ]
    vintages.add(observations.store(made))
    return made


def sampling_error(series: str, said: Decimal | None = None) -> Decimal | None:
    """Return the error of a published number: as its source says it; zero where everybody reports."""
    return Decimal(0) if said is None and series in quality_index.complete() else said


def bound(rows: Iterable[shape.Observation]) -> dict[str, Any]:
    """Return the detail of an entry that binds each of the rows it records: their root and number."""
    root, count = digests.observations_root(map(digests.observation_sha, rows))
    return {"observations_root": root, "observations_count": count}


def flags() -> tuple[str, ...]:
    """Return the flag that every row of a demonstration carries."""
    return ("demonstration",) if settings.DEMO else ()


def of_release(made: Release, figures: Iterable[Figure]) -> list[shape.Observation]:
    """Return the figures of a release as observations."""
    return [_of_figure(made, figure) for figure in figures]


def add_release(
    made: Release, figures: Iterable[Figure], fits: Mapping[str, cells.Fit]
) -> list[shape.Observation]:
    """Write the observations of a release; one that another region's release said before is restated."""
    rows = of_release(made, figures)
    rows += [_borrowed(made, cell, fit) for fit in fits.values() for cell in fit.cells]
    return add(rows, reason=made.reason or of_release_words(made))


def _borrowed(made: Release, cell: cells.Borrowed, fit: cells.Fit) -> shape.Observation:
    """Return a small cell as an observation of its own, beside the direct one, flagged and with the model."""
    scale = 100 if made.series.unit == "%" else 1

    def number(value: float) -> Decimal:
        return Decimal(decimal_text(value) or "0") * scale

    return shape.Observation(
        series=made.series_id,
        region=cell.region,
        period=cell.period,
        breakdown=shape.breakdown({"division": cell.division, "estimator": cells.MEMBER}),
        unit=made.series.unit,
        basis=made.basis,
        purpose=made.purpose,
        origin="estimated",
        value=number(cell.estimate),
        lower=number(cell.lower),
        upper=number(cell.upper),
        standard_error=number(cell.error),
        interval="model",
        level="0.95",
        n=cell.n,
        population=cell.population,
        flags=tuple(sorted({*flags(), "borrowed"})),
        note=MODEL.format(count=fit.fitted, weight=cell.own_weight),
        formula_sha=canonical.digest({"type": "zhiheng/method/1", "method": cells.method()}),
        inputs_sha=made.dataset_sha,
        release=str(made.pk),
        recorded_at=made.recorded_at,
    )


def of_release_words(made: Release) -> str:
    """Return why a number is restated that another region's release said before."""
    return WITH_RELEASE.format(region=made.region)


def _of_figure(made: Release, figure: Figure) -> shape.Observation:
    shown, scale = figure.is_shown, 100 if made.series.unit == "%" else 1
    method = made.parameters["methods"]["division" if figure.division else "headline"]

    def number(value: float | None, times: int = scale) -> Decimal | None:
        text = decimal_text(value) if shown else None
        return None if text is None else Decimal(text) * times

    own = {rules.THIN: "thin", rules.CENSUS: "census"}.get(figure.status)
    return shape.Observation(
        series=made.series_id,
        region=figure.region,
        period=figure.period,
        breakdown=f"division={figure.division}" if figure.division else "",
        unit=made.series.unit,
        basis=figure.basis,
        purpose=figure.purpose,
        origin="estimated",
        value=number(figure.estimate),
        lower=number(figure.lower),
        upper=number(figure.upper),
        standard_error=number(figure.standard_error),
        interval="design" if shown else "none",
        level="0.95" if shown else "",
        n=figure.n,
        population=figure.population,
        coverage=Decimal(decimal_text(figure.coverage) or "0"),
        design_effect=number(figure.design_effect, 1) or None,
        status="final" if shown else "suppressed",
        flags=tuple(sorted({*flags(), *([own] if own else [])})),
        formula_sha=canonical.digest({"type": "zhiheng/method/1", "method": method}),
        inputs_sha=made.dataset_sha,
        bundle_sha=figure.bundle_sha,
        release=str(made.pk),
        recorded_at=made.recorded_at,
    )
