"""Reads what an address asks for: series, region, period, division, and the day the page is shown as of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from zhiheng.errors import NotFound
from zhiheng.stages.plan import queries as plan
from zhiheng.web import as_of

from .. import queries, rules
from ..models import Figure


@dataclass(frozen=True)
class Asked:
    """What a page of figures is asked to show."""

    series: Any
    region: str
    period: str
    regions: tuple[str, ...]
    periods: tuple[str, ...]
    day: date | None

    @property
    def as_of(self) -> datetime | None:
        """The end of the day that the page is shown as of; None for now."""
        return as_of.end_of(self.day)

    def url(self, *, day: date | None = None, **changes: str) -> str:
        """Return the address of the series page with some parts changed; it keeps its day without another."""
        said = {"region": self.region, "period": self.period, **changes}
        page = f"{reverse('indicators:series', args=[self.series.pk])}?{urlencode(said)}"
        return as_of.with_day(page, day or self.day)


def series_page(request: HttpRequest, series_id: str) -> Asked:
    """Return what the page of a series is asked for; without words, the widest region and newest year."""
    series = plan.series(series_id)
    day = as_of.day(request)
    moment = as_of.end_of(day)
    codes, periods = queries.choices(series_id, as_of=moment)
    region = request.GET.get("region") or (codes[0] if codes else "000000")
    period = request.GET.get("period") or _newest(periods)
    if codes and (region not in codes or period not in periods):
        raise nothing_released()
    return Asked(series, region, period, tuple(codes), tuple(periods), day)


def as_of_day(request: HttpRequest) -> date | None:
    """Return the day that the address names, or None."""
    return as_of.day(request)


def end_of(day: date) -> datetime:
    """Return the last moment of a day at the place of the site."""
    return as_of.last_moment(day)


def figure(
    request: HttpRequest, series: str, region: str, period: str, division: str = "", *, sha: str = ""
) -> Figure:
    """Return one released figure, as known by a day, or of the vintage whose bundle has this digest."""
    rules.check_period(period)
    day = as_of.day(request)
    found = queries.figure(series, region, period, division, as_of=as_of.end_of(day), bundle_sha=sha)
    if found is None:
        raise nothing_released()
    return found


def nothing_released() -> NotFound:
    """Return the refusal of a figure that was never released."""
    return NotFound(
        _("No figure was released for this region, division and period, or not by that day."),
        _("Choose a region and period from the page of the series."),
    )


def _newest(periods: list[str]) -> str:
    whole = [period for period in periods if rules.is_year(period)]
    return (whole or periods or [""])[-1]
