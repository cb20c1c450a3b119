"""Reads what an address asks for: series, region, period, division, and the day the page is shown as of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhiheng.errors import BadInput, NotFound
from zhiheng.stages.plan import queries as plan

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
        return None if self.day is None else end_of(self.day)

    def url(self, **changes: str) -> str:
        """Return the address of the series page with some parts changed."""
        said = {"region": self.region, "period": self.period, **changes}
        if self.day is not None:
            said["as_of"] = self.day.isoformat()
        return f"{reverse('indicators:series', args=[self.series.pk])}?{urlencode(said)}"


def series_page(request: HttpRequest, series_id: str) -> Asked:
    """Return what the page of a series is asked for; without words, the widest region and newest year."""
    series = plan.series(series_id)
    day = as_of_day(request)
    moment = None if day is None else end_of(day)
    codes, periods = queries.choices(series_id, as_of=moment)
    region = request.GET.get("region") or (codes[0] if codes else "000000")
    period = request.GET.get("period") or _newest(periods)
    if codes and (region not in codes or period not in periods):
        raise nothing_released()
    return Asked(series, region, period, tuple(codes), tuple(periods), day)


def as_of_day(request: HttpRequest) -> date | None:
    """Return the day that the address names, or None."""
    text = request.GET.get("as_of", "")
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput(
            _("“%(text)s” is not a day.") % {"text": text[:40]}, _("Write it like 2025-04-30.")
        ) from None


def end_of(day: date) -> datetime:
    """Return the last moment of a day at the place of the site."""
    return timezone.make_aware(datetime.combine(day, time.max))


def figure(request: HttpRequest, series: str, region: str, period: str, division: str = "") -> Figure:
    """Return one released figure, or say that there is none."""
    rules.check_period(period)
    day = as_of_day(request)
    found = queries.figure(series, region, period, division, as_of=None if day is None else end_of(day))
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
