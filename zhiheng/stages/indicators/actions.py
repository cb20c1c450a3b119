"""What a statistician does with figures: release them from finished draws, record and compute others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction

from zhiheng import ledger, people
from zhiheng.formats.shapes import fields
from zhiheng.formats.shapes.formula import Formula as Tree
from zhiheng.formats.shapes.observation import VOICES, Observation
from zhiheng.ledger import evidence
from zhiheng.ledger.actor import Actor
from zhiheng.ledger.ids import uuid7
from zhiheng.people import clock
from zhiheng.people.permissions import P
from zhiheng.proof import canonical
from zhiheng.reference.quality_index import SERIES, Classification
from zhiheng.reference.regions import NATION
from zhiheng.stages.plan.models import Series
from zhiheng.verification import digests

from . import (
    bundles,
    formulas,
    indexing,
    loading,
    preparing,
    sampling,
    speaking,
    writing,
)
from .formula_refusals import refuse as refuse_formula
from .models import Figure, Formula, Release, ReleasedPeriod
from .refusals import refuse
from .rules import classification, recording
from .rules import figures as computing

VERB = "indicators.released"
SAMPLED = "indicators.sample_released"
RECORDED = "indicators.observations_recorded"
RECOMPUTED = "随输入数据修订重算 (computed again from restated inputs)"
BATCH = 500


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
    names the serial numbers to use where several draws of a period cover the same firms; a revealed draw
    that is left aside needs a reason as well. Called outside a transaction, it computes without holding
    back other writers; inside one it holds them back, so a page prepares first and publishes then.
    """
    prepared = preparing.prepare(
        by=by, series=series, region=region, periods=periods, reason=reason, draws=draws
    )
    return publish(by=by, prepared=prepared)


@speaking.spoken
def publish(*, by: Any, prepared: preparing.Prepared) -> Release:
    """Make prepared figures public, if nothing that they rest on changed since they were computed."""
    actor = people.require(by, P.FIGURE_RELEASE, region=prepared.region)
    try:
        with transaction.atomic():
            preparing.check_unchanged(prepared)
            made = _release(actor, prepared)
            made.save(force_insert=True)
            _claim_periods(made)
            figures = [_figure(made, value, digest) for value, digest in prepared.figures]
            Figure.objects.bulk_create(figures, batch_size=BATCH)
            rows = writing.add_release(made, figures, prepared.cells)
            _record(actor, made, prepared, rows)
            transaction.on_commit(lambda: bundles.write_headlines(made))
    except IntegrityError:
        if preparing.in_force(prepared) != ({prepared.before.pk} if prepared.before else set()):
            raise refuse("released-already", periods=", ".join(prepared.periods)) from None
        raise
    return made


def _release(actor: Actor, prepared: preparing.Prepared) -> Release:
    """Return the row of the release, its files kept as evidence."""
    terms, place = prepared.terms, f"{prepared.terms.series}-{prepared.region}"
    dataset = evidence.store(prepared.dataset, name=f"dataset-{place}.csv", media_type="text/csv")
    weights = evidence.store(prepared.weights, name=f"base-{place}.json", media_type="application/json")
    return Release(
        id=uuid7(),
        series=prepared.series,
        region=prepared.region,
        periods=list(prepared.periods),
        vintage=date.fromisoformat(terms.vintage),
        dataset_sha=dataset.sha256,
        dataset_rows=prepared.rows,
        base_sha=weights.sha256,
        figures_root=prepared.root,
        method=prepared.base.method,
        method_version=computing.method("")["version"],
        parameters={
            "draws": [draw.serial for draw in prepared.base.draws],
            "unused": list(prepared.mark.unused),
            "draw_data": prepared.draw_data,
            "size_rule": vars(terms.size_rule),
            "target": terms.target,
            "data": terms.data,
            "cells": prepared.said_cells,
            "methods": {
                "headline": computing.method("", prepared.base.method),
                "division": computing.method("0", prepared.base.method),
            },
        },
        basis=terms.basis,
        purpose=terms.purpose,
        reason=prepared.reason,
        actor_role=actor.role,
        recorded_at=clock.now(),
        replaces=prepared.before,
    )


def _claim_periods(made: Release) -> None:
    """Take the next place in the order of revisions of each period; the database gives each place once."""
    held = ReleasedPeriod.objects.filter(series=made.series, region=made.region, period__in=made.periods)
    revisions = Counter(held.values_list("period", flat=True))
    ReleasedPeriod.objects.bulk_create(
        ReleasedPeriod(
            release=made,
            series=made.series,
            region=made.region,
            period=period,
            revision=revisions[period],
        )
        for period in made.periods
    )


def _figure(made: Release, value: computing.Value, digest: str) -> Figure:
    return Figure(
        release=made,
        series_id=made.series_id,
        basis=made.basis,
        purpose=made.purpose,
        bundle_sha=digest,
        **vars(value),
    )


def _record(actor: Actor, made: Release, prepared: preparing.Prepared, rows: Sequence[Observation]) -> None:
    """Write the public entry; it names everything that a bundle of this release is checked against."""
    ledger.record(
        by=actor,
        verb=VERB,
        subjects=[
            ("release", str(made.pk)),
            ("series", made.series_id),
            ("region", made.region),
            *(("draw", draw.serial) for draw in prepared.base.draws),
        ],
        detail={
            **_told(made, rows, prepared.count),
            "unused_draws": made.parameters["unused"],
        },
        visibility="public",
        region=made.region,
    )


@speaking.spoken
@transaction.atomic
def release_sample(*, by: Any, prepared: sampling.Prepared) -> Release:
    """Publish the numbers of an uploaded sample; its table and base are kept as evidence and are public.

    A second release of a period needs a reason and replaces the first, which stays readable.
    """
    actor = people.require(by, P.FIGURE_RELEASE, region=prepared.region)
    writing.lock([prepared.series.pk])
    before = sampling.earlier(prepared.series, prepared.region, prepared.period, prepared.reason)
    if before != prepared.before:
        raise refuse("inputs-changed")
    made = sampling.release_row(actor, prepared, uuid7())
    made.save(force_insert=True)
    _claim_periods(made)
    reason = made.reason or writing.of_release_words(made)
    rows = writing.add(sampling.observations(made, prepared), reason=reason)
    ledger.record(
        by=actor,
        verb=SAMPLED,
        subjects=[("release", str(made.pk)), ("series", made.series_id), ("region", made.region)],
        detail=_told(made, rows, len(prepared.numbers)),
        visibility="public",
        region=made.region,
    )
    return made


@speaking.spoken
@transaction.atomic
def record(*, by: Any, rows: Sequence[Observation], reason: str = "") -> list[Observation]:
    """Record numbers of others or of our own estimates; one that stands is restated with a reason alone.

    The old vintage stays readable. What says nothing new is left out, so that it may run twice.
    """
    actor = _counting(by, {row.region for row in rows})
    for row in rows:
        recording.check_begun(row.period, clock.today())
    writing.lock(row.series for row in rows)
    for id in formulas.in_force():
        if any(row.series == id for row in rows):
            raise refuse_formula("observation-made-here", series=id)
    return _added(actor, rows, reason)


@speaking.spoken
@transaction.atomic
def load_published(*, by: Any, reason: str = "") -> list[Observation]:
    """Take over the published numbers of the reference as observations; safe to run twice."""
    actor = people.require(by, P.FIGURE_RELEASE, region=NATION)
    known = set(Series.objects.values_list("id", flat=True))
    rows = [row for row in loading.published(clock.now()) if row.series in known]
    return _added(actor, rows, reason)


@speaking.spoken
@transaction.atomic
def define_formula(*, by: Any, body: Any, voice: str = "others", reason: str = "") -> Formula:
    """Define how a series follows from others; units, basis and purpose are checked here, once and for all.

    ``voice`` says whose numbers it reads: those of others, or our own. A second formula of a series needs a
    reason and another version.
    """
    actor = people.require(by, P.FIGURE_RELEASE, region=NATION)
    tree, voice = Tree.from_dict(body), fields.one_of(voice, "voice", VOICES)
    series = writing.lock().get(tree.id)  # all of them: a circle may go through any
    if series is None:
        raise refuse_formula("formula-series-unknown", path="root", series=tree.id)
    sha = digests.formula_sha(tree)
    if held := Formula.objects.filter(sha=sha, voice=voice).first():
        return held
    formulas.check(tree, series, reason=reason)
    made = Formula.objects.create(
        series=series,
        version=tree.version,
        sha=sha,
        body=tree.to_dict(),
        voice=voice,
        reason=reason.strip()[:400],
        actor_role=actor.role,
        recorded_at=clock.now(),
    )
    ledger.record(
        by=actor,
        verb="indicators.formula_defined",
        subjects=[("series", series.pk), *(("series", id) for id in tree.inputs())],
        detail={"formula": tree.to_dict(), "formula_sha256": sha, "voice": voice, "reason": made.reason},
        visibility="public",
    )
    return made


@speaking.spoken
@transaction.atomic
def compute(*, by: Any, formula: Formula, reason: str = "") -> list[Observation]:
    """Compute a formula from the numbers in force and record what changed; safe to run twice."""
    actor = people.require(by, P.FIGURE_RELEASE, region=NATION)
    reads = formulas.tree(formula).inputs()
    writing.lock([formula.series_id, *reads])
    rows = formulas.compute(formula).shapes(clock.now(), flags=writing.flags())
    if not rows:
        return []
    why = reason.strip() or RECOMPUTED
    made = writing.add(rows, reason=why, reads=reads)
    if made:
        _record_rows(actor, made, reason=reason, formula_sha256=formula.sha)
    return made


@speaking.spoken
@transaction.atomic
def publish_index(*, by: Any, choice: indexing.Choice, reason: str = "") -> list[Observation]:
    """Publish the index of a period by weights and goalposts that the office chose; safe to run twice.

    The formula of the choice is defined where it is not in force; the doubt in the places is kept as
    evidence, and the entry names it.
    """
    actor = people.require(by, P.FIGURE_RELEASE, region=NATION)
    writing.lock([SERIES, *(one.series for one in choice.made.statistics())])
    prepared = indexing.prepare(choice)
    held = indexing.held_formulas(choice) or {
        end: define_formula(by=by, body=tree.to_dict(), voice="own", reason=choice.said)
        for end, tree in indexing.new_formulas(choice)
    }
    runs = [formulas.compute(row, period=choice.period) for row in held.values()]
    rows = [row for run in runs for row in run.shapes(clock.now(), flags=writing.flags())]
    rows = indexing.with_intervals(prepared, rows)
    made = writing.add(rows, reason=reason.strip() or choice.said)
    if made:
        kept = evidence.store(
            indexing.document(prepared), name=f"index-{choice.period}.json", media_type="application/json"
        )
        about = {"period": choice.period, "choice": choice.said, "doubt_sha256": kept.sha256}
        _record_rows(actor, made, reason=reason or choice.said, index=about, formula_sha256=held[""].sha)
    return made


@speaking.spoken
@transaction.atomic
def classify(*, by: Any, rule: Classification, reason: str = "") -> list[Observation]:
    """Compute size and share of the industries that count by a rule; safe to run twice."""
    people.require(by, P.FIGURE_RELEASE, region=NATION)
    made: list[Observation] = []
    for series in classification.SERIES:
        row = formulas.in_force(series).get(series)
        version = row.version if row else "0"
        tree = classification.formula(rule, series, version=version)
        if row is None or formulas.tree(row).root != tree.root:
            number = Formula.objects.filter(series=series).count() + 1
            tree = classification.formula(rule, series, version=str(number))
            row = define_formula(by=by, body=tree.to_dict(), voice="own", reason=f"{rule.zh}（非官方）")
        made += compute(by=by, formula=row, reason=reason)
    return made


def _counting(by: Any, regions: set[str]) -> Actor:
    """Return the actor if this person may record numbers of all these regions; a grouping is the nation's."""
    places = sorted({code if code.isdecimal() else NATION for code in regions}) or [NATION]
    actors = [people.require(by, P.FIGURE_RELEASE, region=code) for code in places]
    return actors[0]


def _told(made: Release, rows: Sequence[Observation], count: int) -> dict[str, Any]:
    """Return what the entry of a release says of it, with the root that binds the numbers it recorded."""
    return {
        "series": made.series_id,
        "region": made.region,
        "periods": made.periods,
        "vintage": made.vintage.isoformat(),
        "dataset_sha256": made.dataset_sha,
        "dataset_rows": made.dataset_rows,
        "base_sha256": made.base_sha,
        "figures_root": made.figures_root,
        "figures_count": count,
        **writing.bound(rows),
        "method": made.parameters["methods"],
        "size_rule": made.parameters["size_rule"],
        **{name: made.parameters[name] for name in ("repeats",) if name in made.parameters},
        "replaces": str(made.replaces_id) if made.replaces_id else None,
        "reason": made.reason,
    }


def _added(actor: Any, rows: Sequence[Observation], reason: str) -> list[Observation]:
    """Add what says something new, and write the entry of it where there is any."""
    made = writing.add(rows, reason=reason)
    if made:
        _record_rows(actor, made, reason=reason)
    return made


def _record_rows(actor: Actor, made: Sequence[Observation], *, reason: str, **detail: Any) -> None:
    """Write the public entry of some rows; they are kept as evidence, line by line."""
    series = sorted({row.series for row in made})
    regions = {row.region for row in made}
    lines = b"".join(canonical.dumps(row.to_dict()) + b"\n" for row in made)
    ledger.record_rows(
        by=actor,
        verb=RECORDED,
        subjects=[("series", id) for id in series],
        detail={
            "series": series,
            "restated": sum(row.revision > 0 for row in made),
            "reason": reason.strip()[:400],
            **writing.bound(made),
            **detail,
        },
        rows=lines,
        row_count=len(made),
        visibility="public",
        region=regions.pop() if len(regions) == 1 and all(map(str.isdecimal, regions)) else "000000",
    )
