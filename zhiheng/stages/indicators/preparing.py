"""Computes the figures of a release, writing nothing, and looks again at what they rest on."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings

from zhiheng import people
from zhiheng.people import clock
from zhiheng.people.permissions import P
from zhiheng.proof import canonical
from zhiheng.stages.plan.models import Series, Target
from zhiheng.verification import figure as verification

from . import collecting, rules, scopes
from .models import Release
from .refusals import refuse
from .rules import cells, figures, recording
from .rules.dataset import Base, by_draw, digests, to_csv
from .speaking import spoken


@dataclass(frozen=True)
class Prepared:
    """The figures of a release, computed and not yet public, with the mark of what they rest on."""

    series: Series
    region: str
    periods: tuple[str, ...]
    reason: str
    named: tuple[str, ...] | None
    before: Release | None
    mark: collecting.Mark
    terms: figures.Terms
    rows: int
    dataset: bytes
    weights: bytes
    base: Base
    figures: list[tuple[figures.Value, str]]
    root: str
    cells: dict[str, cells.Fit]
    draw_data: dict[str, str]

    @property
    def said_cells(self) -> dict[str, Any]:
        """What the release says of the cells that borrow strength, by period."""
        headlines = {
            value.period: value.estimate
            for value, _digest in self.figures
            if value.region == self.region and not value.division
        }
        return {period: fit.said(headlines.get(period)) for period, fit in self.cells.items()}

    @property
    def count(self) -> int:
        """How many figures are shown, and so stand under the root."""
        return sum(1 for _value, digest in self.figures if digest)


@spoken
def prepare(
    *,
    by: Any,
    series: Series,
    region: str,
    periods: Sequence[str],
    reason: str = "",
    draws: Sequence[str] | None = None,
) -> Prepared:
    """Compute the figures of a release and write nothing, so that it may run outside any transaction."""
    people.require(by, P.FIGURE_RELEASE, region=region)
    target = _check_series(series)
    wanted = rules.in_order(periods)
    if not wanted:
        raise refuse("no-periods")
    for period in wanted:
        recording.check_begun(period, clock.today())
    before = _earlier(series, region, wanted, reason)
    named = None if draws is None else tuple(draws)
    scope = scopes.of(series)
    parts = collecting.periods(region, wanted, named, scope)
    mark = collecting.mark(region, wanted, named, scope)
    taken = collecting.draws(region, parts, named, scope)
    rules.check_unused(mark.unused, reason=reason)
    rules.check_draws(mark.facts, wanted)
    for part in parts:
        if missing := collecting.left_out(taken, region, part, scope):
            raise refuse("region-not-covered", region=region, period=part, count=missing)
    terms = figures.Terms(
        data="demonstration" if settings.DEMO else "operational",
        series=series.pk,
        vintage=clock.today().isoformat(),
        basis=series.basis,
        purpose=series.purpose,
        size_rule=rules.size_rule(),
        target=_target(target),
        dataset_sha256="",
    )
    said = {"series": series, "region": region, "periods": tuple(wanted), "reason": reason.strip()[:400]}
    return _compute(taken, terms, **said, named=named, before=before, mark=mark)


def check_unchanged(prepared: Prepared) -> None:
    """Lock the series, so that one release of it runs at a time, and refuse when an input moved since."""
    series = Series.objects.select_for_update().get(pk=prepared.series.pk)
    before = _earlier(series, prepared.region, prepared.periods, prepared.reason)
    target = _target(_check_series(series))
    mark = collecting.mark(prepared.region, prepared.periods, prepared.named, scopes.of(series))
    if (before, target, mark) != (prepared.before, prepared.terms.target, prepared.mark):
        raise refuse("inputs-changed")


def in_force(prepared: Prepared) -> set[Any]:
    """Return the releases in force that hold one of the periods."""
    held = Release.objects.filter(series=prepared.series, region=prepared.region, replaced_by__isnull=True)
    return {one.pk for one in held if set(one.periods) & set(prepared.periods)}


def _check_series(series: Series) -> Target | None:
    """Return the target that a series is measured against; only one of a vertical may be without."""
    if (series.basis, series.purpose, series.unit) != ("probability", "evaluation", "%"):
        raise refuse("series-not-estimated", series=series.pk)
    target = series.targets.filter(binding="bound").order_by("id").first()
    if target is None and scopes.of(series).is_plain:
        raise refuse("series-not-bound", series=series.pk)
    return target


def _target(target: Target | None) -> dict[str, Any] | None:
    if target is None:
        return None
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
    found = [one for one in in_force.order_by("recorded_at", "id") if set(one.periods) & set(wanted)]
    if reason.strip():
        rules.check_one_replaced([one.periods for one in found])
    for one in found:
        rules.check_revision(wanted, one.periods, reason=reason)
    return found[0] if found else None


def _compute(taken: Sequence[Any], terms: figures.Terms, **said: Any) -> Prepared:
    found = collecting.rows(taken, basis=terms.basis, purpose=terms.purpose)
    base = collecting.base(taken, found, scopes.of(said["series"]))
    dataset = to_csv(found, base.strata)
    terms = replace(terms, dataset_sha256=hashlib.sha256(dataset).hexdigest())
    grouped, reduced = by_draw(found), figures.reduce(base, found)
    computed: list[tuple[figures.Value, str]] = []
    fits: dict[str, cells.Fit] = {}
    codes = figures.margins(base, said["region"])
    for period in said["periods"]:
        leaves = []
        for code in codes:
            part = figures.cut(base, reduced, code, period)
            if len(codes) == 1 or code != said["region"]:
                leaves.append(part)
            for value in figures.values(part, terms.size_rule):
                shown = value.estimate is not None
                digest = verification.digest(figures.body(part, value, grouped, terms)) if shown else ""
                computed.append((value, digest))
        if fit := cells.borrow(leaves, firm=terms.size_rule.firm):
            fits[period] = fit
    root, _places = verification.seal(sorted(digest for _value, digest in computed if digest))
    return Prepared(
        **said,
        terms=terms,
        rows=len(found),
        dataset=dataset,
        weights=canonical.dumps(base.to_dict()),
        base=base,
        figures=computed,
        root=root,
        cells=fits,
        draw_data=digests(grouped),
    )
