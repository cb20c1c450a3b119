"""What a statistician does with figures: release them, once, from finished draws."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction

from zhiheng import ledger, people
from zhiheng.ledger import evidence
from zhiheng.ledger.actor import Actor
from zhiheng.ledger.ids import uuid7
from zhiheng.people import clock
from zhiheng.people.permissions import P
from zhiheng.proof import canonical
from zhiheng.stages.draw.words import spoken
from zhiheng.stages.plan.models import Series, Target
from zhiheng.verification import figure as verification

from . import bundles, collecting, rules
from .models import Figure, Release
from .refusals import REFUSALS, refuse
from .rules import figures
from .rules.dataset import Base, by_draw, to_csv

VERB = "indicators.released"
BATCH = 500


@dataclass(frozen=True)
class _Computed:
    """The outcome of the computation, before anything is written."""

    rows: int
    dataset_sha: str
    base_sha: str
    base: Base
    figures: list[tuple[figures.Value, str]]
    root: str
    count: int


@spoken(REFUSALS)
def release(
    *,
    by: Any,
    series: Series,
    region: str,
    periods: Sequence[str],
    reason: str = "",
    draws: Sequence[str] | None = None,
) -> Release:
    """Publish the figures of a series for a region and some periods; a period is released once.

    A second release of a period needs a reason and replaces the first, which stays readable. ``draws``
    names the serial numbers to use where several draws of a period cover the same firms. The computation
    runs before the transaction, so that other people can work meanwhile; it rests on the data set alone.
    """
    actor = people.require(by, P.FIGURE_RELEASE, region=region)
    target = _check_series(series)
    wanted = rules.in_order(periods)
    if not wanted:
        raise refuse("no-periods")
    before = _earlier(series, region, wanted, reason)
    quarters = sorted({quarter for period in wanted for quarter in rules.quarters(period)})
    taken = collecting.draws(region, quarters, draws)
    rules.check_draws(collecting.facts(taken), wanted)
    for quarter in quarters:
        if missing := collecting.left_out(taken, region, quarter):
            raise refuse("region-not-covered", region=region, period=quarter, count=missing)
    terms = figures.Terms(
        series=series.pk,
        vintage=clock.today().isoformat(),
        basis=series.basis,
        purpose=series.purpose,
        size_rule=rules.size_rule(),
        target=_target(target),
        dataset_sha256="",
    )
    computed = _compute(taken, region, wanted, terms)
    made = _store(actor, series, region, wanted, terms, computed, before, reason)
    return made


def _check_series(series: Series) -> Target:
    if (series.basis, series.purpose, series.unit) != ("probability", "evaluation", "%"):
        raise refuse("series-not-estimated", series=series.pk)
    target = series.targets.filter(binding="bound").order_by("id").first()
    if target is None:
        raise refuse("series-not-bound", series=series.pk)
    return target


def _target(target: Target) -> dict[str, Any]:
    return {
        "id": target.id,
        "article": target.article,
        "operator": target.operator,
        "value": f"{target.value.normalize():f}",
        "unit": target.unit,
        "due": target.due,
    }


def _earlier(series: Series, region: str, wanted: Sequence[str], reason: str) -> Release | None:
    """Return the release that this one replaces, if any; refuse a repeat without a reason."""
    in_force = Release.objects.filter(series=series, region=region, replaced_by__isnull=True)
    for found in in_force.order_by("recorded_at"):
        if set(found.periods) & set(wanted):
            rules.check_revision(wanted, found.periods, reason=reason)
            return found
    return None


def _compute(taken: Sequence[Any], region: str, wanted: Sequence[str], terms: figures.Terms) -> _Computed:
    found = collecting.rows(taken, basis=terms.basis, purpose=terms.purpose)
    base = collecting.base(taken, found, region)
    dataset = evidence.store(
        to_csv(found, base.strata), name=f"dataset-{terms.series}-{region}.csv", media_type="text/csv"
    )
    weights = evidence.store(
        canonical.dumps(base.to_dict()),
        name=f"base-{terms.series}-{region}.json",
        media_type="application/json",
    )
    grouped, reduced = by_draw(found), figures.reduce(base, found)
    said = figures.Terms(**{**vars(terms), "dataset_sha256": dataset.sha256})
    computed: list[tuple[figures.Value, str]] = []
    for period in wanted:
        for code in figures.margins(base, region):
            part = figures.cut(base, reduced, code, period)
            for value in figures.values(part, terms.size_rule):
                shown = value.estimate is not None
                digest = verification.digest(figures.body(part, value, grouped, said)) if shown else ""
                computed.append((value, digest))
    digests = sorted(digest for _value, digest in computed if digest)
    root, _places = verification.seal(digests)
    return _Computed(len(found), dataset.sha256, weights.sha256, base, computed, root, len(digests))


def _store(
    actor: Actor,
    series: Series,
    region: str,
    wanted: Sequence[str],
    terms: figures.Terms,
    computed: _Computed,
    before: Release | None,
    reason: str,
) -> Release:
    serials = [draw.serial for draw in computed.base.draws]
    made = Release(
        id=uuid7(),
        series=series,
        region=region,
        periods=list(wanted),
        vintage=clock.today(),
        dataset_sha=computed.dataset_sha,
        dataset_rows=computed.rows,
        base_sha=computed.base_sha,
        figures_root=computed.root,
        method=figures.WEIGHTED,
        method_version=figures.method("")["version"],
        parameters={
            "draws": serials,
            "size_rule": vars(terms.size_rule),
            "target": terms.target,
            "methods": {"headline": figures.method(""), "division": figures.method("0")},
        },
        basis=terms.basis,
        purpose=terms.purpose,
        reason=reason.strip()[:400],
        actor_role=actor.role,
        recorded_at=clock.now(),
        replaces=before,
    )
    try:
        with transaction.atomic():
            made.save(force_insert=True)
            Figure.objects.bulk_create(
                [_figure(made, value, digest) for value, digest in computed.figures], batch_size=BATCH
            )
            _record(actor, made, serials, computed)
            transaction.on_commit(lambda: bundles.write_headlines(made))
    except IntegrityError:
        if Release.objects.filter(replaces=before).exists() if before else False:
            raise refuse("released-already", periods=", ".join(wanted)) from None
        raise
    return made


def _figure(made: Release, value: figures.Value, digest: str) -> Figure:
    return Figure(
        release=made,
        series_id=made.series_id,
        basis=made.basis,
        purpose=made.purpose,
        bundle_sha=digest,
        **vars(value),
    )


def _record(actor: Actor, made: Release, serials: Sequence[str], computed: _Computed) -> None:
    """Write the public entry; it names everything that a bundle of this release is checked against."""
    ledger.record(
        by=actor,
        verb=VERB,
        subjects=[
            ("release", str(made.pk)),
            ("series", made.series_id),
            ("region", made.region),
            *(("draw", serial) for serial in serials),
        ],
        detail={
            "series": made.series_id,
            "region": made.region,
            "periods": made.periods,
            "vintage": made.vintage.isoformat(),
            "dataset_sha256": made.dataset_sha,
            "dataset_rows": made.dataset_rows,
            "base_sha256": made.base_sha,
            "figures_root": made.figures_root,
            "figures_count": computed.count,
            "method": made.parameters["methods"],
            "size_rule": made.parameters["size_rule"],
            "replaces": str(made.replaces_id) if made.replaces_id else None,
            "reason": made.reason,
        },
        visibility="public",
        region=made.region,
    )
