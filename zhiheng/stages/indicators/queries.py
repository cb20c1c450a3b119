"""What may be read of released figures: public, as of a day, and the way down to single inspections."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, Count, Exists, F, Min, OuterRef, Q, QuerySet, Sum, Value, When
from django.utils.translation import gettext

from zhiheng import people
from zhiheng.errors import NotFound
from zhiheng.formats.periods import parse
from zhiheng.people.permissions import P
from zhiheng.reference import regions
from zhiheng.stages.draw.models import Draw, DrawStratum, Exclusion
from zhiheng.stages.draw.rules import period_of
from zhiheng.stages.inspection.models import Visit
from zhiheng.stages.inspection.queries import published
from zhiheng.stages.plan.models import PLAIN_THING

from . import rules, scopes
from .board import DECIDED
from .collecting import SETTLED
from .models import Figure, Release

A_YEAR = "^[0-9]{4}$"


def current_releases(*, as_of: datetime | None = None) -> QuerySet[Release]:
    """Return the releases in force: recorded by that time and not replaced by then."""
    if as_of is None:
        return Release.objects.filter(replaced_by__isnull=True)
    return Release.objects.filter(recorded_at__lte=as_of).exclude(replaced_by__recorded_at__lte=as_of)


def releases(person) -> QuerySet[Release]:
    """Return the releases of the regions this person works for."""
    rows = Release.objects.select_related("series", "replaces", "replaced_by")
    return people.within(rows, person, P.FIGURE_VIEW, region="region")


def figures(series_id: str, *, as_of: datetime | None = None) -> QuerySet[Figure]:
    """Return the figures of a series that the public page shows, or showed at a time."""
    return _shown(Figure.objects.filter(series_id=series_id), as_of)


def _shown(rows: QuerySet[Figure], as_of: datetime | None) -> QuerySet[Figure]:
    rows = rows.select_related("release", "series")
    if as_of is None:
        return rows.filter(release__replaced_by__isnull=True)
    return rows.filter(release__recorded_at__lte=as_of).exclude(release__replaced_by__recorded_at__lte=as_of)


def figure(
    series_id: str,
    region: str,
    period: str,
    division: str = "",
    *,
    as_of: datetime | None = None,
    bundle_sha: str = "",
) -> Figure | None:
    """Return one figure, or None when it was not released by then.

    With the digest of its bundle it is that vintage, also where a later one replaced it.
    """
    if bundle_sha:
        rows = Figure.objects.filter(series=series_id, bundle_sha=bundle_sha).select_related(
            "release", "series"
        )
        rows = rows if as_of is None else rows.filter(release__recorded_at__lte=as_of)
    else:
        rows = figures(series_id, as_of=as_of)
    rows = rows.filter(region=region, period=period, division=division)
    return rows.order_by("-release__recorded_at", "-release_id").first()


def latest(series_id: str, region: str, *, as_of: datetime | None = None, yearly: bool | None = None):
    """Return the newest figure of a region over all divisions, a year before its last quarter."""
    rows = figures(series_id, as_of=as_of).filter(region=region, division="")
    if yearly is not None:
        rows = rows.filter(period__regex=A_YEAR) if yearly else rows.exclude(period__regex=A_YEAR)
    found = {row.period: row for row in rows.order_by("release__recorded_at")}
    return found[rules.in_order(found)[-1]] if found else None


def newest_of(series_ids: Sequence[str] | None = None, *, as_of: datetime | None = None) -> dict[str, Figure]:
    """Return the newest yearly headline of the widest region of each series, else its newest period.

    Of some series or of all, now or as of a time, in two queries.
    """
    rows = _shown(Figure.objects.filter(division=""), as_of)
    if series_ids is not None:
        rows = rows.filter(series_id__in=series_ids)
    found: dict[str, tuple] = {}
    names = ("series_id", "region", "period", "release__recorded_at", "pk")
    for series, *row in rows.select_related(None).order_by().values_list(*names):
        if series not in found or _rank(*row) > _rank(*found[series]):
            found[series] = row
    held = Figure.objects.select_related("release", "series").in_bulk(row[-1] for row in found.values())
    return {series: held[row[-1]] for series, row in found.items()}


def _rank(region: str, period: str, recorded_at: datetime, _pk: Any) -> tuple[Any, ...]:
    """Order headlines: nation, province, below; smallest code; a whole year, the latest, the last release."""
    level = (region == regions.NATION, region.endswith("0000"), -int(region))
    return *level, period.isdecimal(), parse(period).order, recorded_at


def trend(series_id: str, region: str, division: str = "", *, as_of: datetime | None = None) -> list[Figure]:
    """Return the quarterly figures of a region, oldest first."""
    rows = figures(series_id, as_of=as_of).filter(region=region, division=division, period__contains="Q")
    return list(rows.order_by("period"))


def years(series_id: str, region: str, division: str = "", *, as_of: datetime | None = None) -> list[Figure]:
    """Return the yearly figures of a region, oldest first."""
    rows = figures(series_id, as_of=as_of).filter(region=region, division=division, period__regex=A_YEAR)
    return list(rows.order_by("period"))


def divisions(series_id: str, region: str, period: str, *, as_of: datetime | None = None) -> list[Figure]:
    """Return the figures of each division in one region and period."""
    rows = figures(series_id, as_of=as_of).filter(region=region, period=period).exclude(division="")
    return list(rows.order_by("division"))


def divisions_of(release: Release, region: str, period: str) -> list[Figure]:
    """Return the figures of each division that one release holds for a region and period."""
    return list(
        release.figures.filter(region=region, period=period).exclude(division="").order_by("division")
    )


def provinces(series_id: str, period: str, *, as_of: datetime | None = None) -> dict[str, Figure]:
    """Return the figure of each province over all divisions, by region code."""
    rows = figures(series_id, as_of=as_of).filter(period=period, division="", region__endswith="0000")
    return {row.region: row for row in rows.exclude(region="000000")}


def widest_region(series_id: str, *, as_of: datetime | None = None) -> str | None:
    """Return the widest region with a released figure: the nation, or the first province."""
    codes = figures(series_id, as_of=as_of).values_list("region", flat=True).order_by("region").distinct()
    return codes.first()


def widest_regions() -> dict[str, str]:
    """Return the widest region with a released figure of every series that has one."""
    rows = Figure.objects.filter(release__replaced_by__isnull=True).order_by()
    return dict(rows.values("series").annotate(widest=Min("region")).values_list("series", "widest"))


def choices(series_id: str, *, as_of: datetime | None = None) -> tuple[list[str], list[str]]:
    """Return the regions and the periods for which the series was released."""
    rows = figures(series_id, as_of=as_of).filter(division="")
    codes = sorted(set(rows.values_list("region", flat=True)))
    periods = rules.in_order(set(rows.values_list("period", flat=True)))
    return codes, periods


def inspections_behind(shown: Figure) -> QuerySet[Visit]:
    """Return the visits that a figure was computed from, refused and closed ones included.

    ``is_public`` says whether everybody may see firm and result (``inspection.queries.published``), and
    ``public_verdict`` is empty where not: a list for everybody shows and narrows by this alone.
    """
    is_public = Exists(published().filter(pk=OuterRef("pk")).order_by())
    rows = Visit.objects.filter(draw__in=draws_behind(shown), selection__is_reserve=False)
    if shown.division:
        rows = rows.filter(division=shown.division)
    return rows.select_related("subject", "draw").annotate(
        is_public=is_public,
        public_verdict=Case(When(is_public, then=F("verdict")), default=Value("")),
    )


def withheld_behind(shown: Figure) -> int:
    """Count the inspections behind a figure whose firm and result are not public (any more)."""
    return inspections_behind(shown).filter(is_public=False).order_by().count()


def left_out_behind(shown: Figure) -> int:
    """Count the firms that the draws behind a figure left out with a reason; it speaks of the others."""
    return Exclusion.objects.filter(draw__in=draws_behind(shown).order_by()).count()


def draws_behind(shown: Figure) -> QuerySet[Draw]:
    """Return the draws that a figure rests on."""
    low, high = regions.span(shown.region)
    return Draw.objects.filter(
        Q(serial__in=shown.release.parameters["draws"]),
        period__in=_made_of(shown),
        region__gte=low,
        region__lte=high,
    ).order_by("period", "region", "serial")


def _made_of(shown: Figure) -> tuple[str, ...]:
    """Return the periods whose draws feed a figure, told by the serial numbers of its release."""
    low, high = regions.span(shown.region)
    inside = (name for name in shown.release.parameters["draws"] if low <= name[:6] <= high)
    return rules.made_of(shown.period, {period_of(name) for name in inside})


def using_inspection(visit: Visit) -> list[Figure]:
    """Return the current headline figures that this visit counts in, widest region first."""
    codes = [region.code for region in regions.path(visit.region)]
    rows = Figure.objects.filter(
        region__in=codes,
        period__startswith=visit.period[:4],
        division__in=["", visit.division],
        release__replaced_by__isnull=True,
    ).select_related("release", "series")
    serial = visit.draw.serial
    used = [
        row for row in rows if serial in row.release.parameters["draws"] and visit.period in _made_of(row)
    ]
    return sorted(used, key=lambda row: (row.region, parse(row.period).order, row.division))


def releases_of(series_id: str, region: str, *, as_of: datetime | None = None) -> list[Release]:
    """Return every public release of a series and region, newest first, replaced ones too."""
    found = Release.objects.filter(series_id=series_id, region__in=_speakers(region))
    if as_of is not None:
        found = found.filter(recorded_at__lte=as_of)
    return list(found.select_related("replaced_by").order_by("-recorded_at"))


def _speakers(region: str) -> list[str]:
    """Return the regions whose releases may speak of a region: itself and those above it."""
    return [found.code for found in regions.path(region)]


def release(person, pk) -> Release:
    """Return one release of the regions this person works for."""
    found = releases(person).filter(pk=pk).first()
    if found is None:
        raise NotFound(
            gettext("There is no such release, or it belongs to a region outside your appointment."),
            gettext("Go back to the list of releases."),
        )
    return found


def may_release(person) -> bool:
    """Say whether a person may release figures anywhere."""
    return people.may(person, P.FIGURE_RELEASE)


@dataclass(frozen=True)
class Covered:
    """How far the visits of one draw are recorded, and whether its quarter was released."""

    serial: str
    region: str
    period: str
    drawn: int
    settled: int
    answered: int
    is_closed: bool
    is_released: bool

    @property
    def is_ready(self) -> bool:
        """Whether the draw is closed with an outcome for every drawn unit, and no release took it."""
        return self.is_closed and not self.is_released and 0 < self.drawn == self.settled


def _drawn(draws: list[Draw]) -> dict[Any, int]:
    """Return how many units each revealed draw chose: the sizes of its classes, without reserves."""
    rows = DrawStratum.objects.filter(draw__in=draws).order_by().values_list("draw")
    return dict(rows.annotate(chosen=Sum("sample")))


def _states(draws: list[Draw]) -> Counter[tuple[Any, str]]:
    """Return how many visits of each draw are in each state, from the index of the board."""
    rows = Visit.objects.filter(period__in={draw.period for draw in draws}, draw__in=draws).order_by()
    counted = rows.values_list("draw", "state").annotate(count=Count("*"))
    return Counter({(draw, state): count for draw, state, count in counted})


def coverage(person, *, limit: int = 60) -> list[Covered]:
    """Return the newest revealed draws of one's regions with their visits and releases."""
    verticals = Q(obligation__purpose="evaluation", obligation__item__vertical__in=scopes.verticals())
    feeding = Draw.objects.filter(Q(thing=PLAIN_THING) | verticals).exclude(certificate_sha="")
    draws = people.within(feeding, person, P.FIGURE_VIEW, region="region")
    newest = list(draws.order_by("-period", "region")[:limit])
    drawn, states = _drawn(newest), _states(newest)
    released = set()
    for draws_used in (
        current_releases().order_by("-recorded_at").values_list("parameters__draws", flat=True)[:200]
    ):
        released.update(draws_used or ())
    return [
        Covered(
            serial=row.serial,
            region=row.region,
            period=row.period,
            drawn=drawn.get(row.pk, 0),
            settled=sum(states[row.pk, state] for state in SETTLED),
            answered=sum(states[row.pk, state] for state in DECIDED),
            is_closed=row.is_closed,
            is_released=row.serial in released,
        )
        for row in newest
    ]
