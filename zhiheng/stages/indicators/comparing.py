"""Compares two released figures: word, interval, split by division, and what a panel shares."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache

from django.db.models import Q

from zhiheng.ledger import evidence
from zhiheng.proof import canonical
from zhiheng.stages.draw.models import Draw

from . import collecting, promises, queries, rules
from .models import Figure
from .rules import contribution, figures, together
from .rules import headline as headlines
from .rules.contribution import Group
from .rules.dataset import Base
from .rules.headline import Headline, Side

DIVISION = "division"
"""The dimension along which a headline is split, and a figure is a part of one."""


def compare(
    before: Figure,
    after: Figure,
    *,
    divisions: tuple[Sequence[Figure], Sequence[Figure]] | None = None,
    breaks: Sequence[headlines.Break] | None = None,
    as_of: datetime | None = None,
) -> Headline:
    """Return the change between two figures of one series with everything that must stand beside it.

    ``divisions`` of both periods, and the ``breaks`` of the series, are given where the caller has them
    already, as for a list of many. Breaks are those recorded by the moment ``as_of``, now without one.
    """
    if breaks is None:
        breaks = promises.declared_of([after.series_id], as_of)[after.series_id]
    groups, why = None, headlines.ONE_GROUP
    if not after.division:
        groups, why = _groups(before, after, divisions)
    return headlines.headline(
        _side(before),
        _side(after),
        groups=groups,
        along=DIVISION,
        why=why,
        covariance=_covariance(before, after),
        breaks=breaks,
    )


def _side(figure: Figure) -> Side:
    return Side.of(figure.reading, figure.period, (DIVISION,) if figure.division else ())


def _groups(
    before: Figure, after: Figure, divisions: tuple[Sequence[Figure], Sequence[Figure]] | None
) -> tuple[tuple[list[Group], list[Group]] | None, str]:
    """Return the divisions shown at both times with their shares of output, all others as one rest."""
    if {before.release.method, after.release.method} != {figures.WEIGHTED}:
        return None, headlines.NOT_WEIGHTED
    if not (before.is_shown and after.is_shown):
        return None, headlines.NO_GROUPS
    found = divisions or tuple(
        queries.divisions_of(side.release, side.region, side.period) for side in (before, after)
    )
    shown = [{row.division: row for row in rows if row.is_shown} for rows in found]
    shares = [shares_of(side) for side in (before, after)]
    alone = [name for name in sorted(shown[0].keys() & shown[1].keys()) if all(name in one for one in shares)]
    sides = []
    for side, rows, share in zip((before, after), shown, shares, strict=True):
        parts = [Group(name, share[name], rows[name].estimate, rows[name].standard_error) for name in alone]
        error = side.reading.standard_error or 0.0
        sides.append(contribution.with_rest(parts, rate=side.estimate, standard_error=error))
    if len(sides[0]) != len(sides[1]) or len(sides[0]) < 2:
        return None, headlines.TOO_THIN
    return (sides[0], sides[1]), ""


def shares_of(figure: Figure) -> dict[str, float]:
    """Return the share of each division in the output that weighs a headline, without those that it pools.

    A division counts by itself where it expects enough answers: sum_h N_hd r_h / N_h, as the method says.
    """
    return _shares(figure.release.base_sha, figure.region, figure.period)


@lru_cache(maxsize=512)
def _shares(base_sha: str, region: str, period: str) -> dict[str, float]:
    base = Base.from_dict(canonical.loads(evidence.read(base_sha)))
    draws = base.draws_of(region, rules.made_of(period, base.periods_of(region)))
    serials = {draw.serial for draw in draws}
    answers = {
        (row.draw, row.stratum): row.respondents / row.population for row in base.strata if row.population
    }
    expected: dict[str, float] = {}
    for cell in base.cells:
        if cell.draw in serials:
            own = cell.population * answers.get((cell.draw, cell.stratum), 0.0)
            expected[cell.division] = expected.get(cell.division, 0.0) + own
    outputs = {division: float(base.output(serials, division)) for division in expected}
    whole = sum(outputs.values())
    least = figures.method("")["alone_from"]
    return {name: outputs[name] / whole for name, count in expected.items() if count >= least and whole > 0}


def _covariance(before: Figure, after: Figure) -> float:
    """Return the covariance that a panel gives to both headlines; zero for draws that were made apart.

    A few shared firms can estimate one that the two published errors do not allow; it is not used at all.
    """
    if before.division or not (before.is_shown and after.is_shown):
        return 0.0
    if {before.release.method, after.release.method} != {figures.WEIGHTED} or not _share_a_panel(
        before, after
    ):
        return 0.0
    releases = (str(side.release_id) for side in (before, after))
    found = _together(*releases, after.region, before.period, after.period)
    most = (before.reading.standard_error or 0.0) * (after.reading.standard_error or 0.0)
    return found if abs(found) <= most else 0.0


def _share_a_panel(before: Figure, after: Figure) -> bool:
    serials = [set(side.release.parameters["draws"]) for side in (before, after)]
    in_panels = Q(panel__isnull=False) | Q(begins_panel__isnull=False)
    rows = Draw.objects.filter(in_panels, serial__in=serials[0] | serials[1])
    held: list[set] = [set(), set()]
    for serial, panel, begun in rows.values_list("serial", "panel", "begins_panel"):
        for place, own in enumerate(serials):
            if serial in own:
                held[place].add(panel or begun)
    return bool(held[0] & held[1])


@lru_cache(maxsize=64)
def _together(before: str, after: str, region: str, first: str, last: str) -> float:
    from .models import Release

    halves = []
    for pk, period in ((before, first), (after, last)):
        base, rows = collecting.stored(Release.objects.get(pk=pk))
        halves.append(together.Half(base, tuple(rows), region, period))
    return together.covariance(*halves).covariance
