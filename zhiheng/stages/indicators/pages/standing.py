"""What pages say of a number whose inputs were restated since, and where the office computes it anew."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from zhiheng import people
from zhiheng.people.permissions import P
from zhiheng.reference.quality_index import SERIES
from zhiheng.reference.regions import NATION
from zhiheng.stages.plan import queries as plan
from zhiheng.web import as_of, slots, wording

from .. import actions, following, observations, resting, sentences
from ..models import Figure, Observation
from ..rules.resting import Held

MOST = 20


def of_figure(figure: Figure, day: date | None = None) -> dict[str, str] | None:
    """Return what is said of a figure whose draws gave other results since, now or as of a day."""
    (by,) = resting.restated([figure], as_of=as_of.end_of(day))
    return None if by is None else _told(by, day)


def of_number(row: Observation, day: date | None = None) -> dict[str, str] | None:
    """Return what is said of a stored number that does not follow its inputs, now or as of a day."""
    return _followed(following.restated([observations.shape_of(row)], as_of=as_of.end_of(day)))


def of_series(series: str, day: date | None = None) -> dict[str, str] | None:
    """Return what is said of a computed series whose newest numbers do not follow their inputs."""
    return _followed(following.newest_restated(series, as_of=as_of.end_of(day)))


def _followed(at: datetime | None) -> dict[str, str] | None:
    if at is None:
        return None
    said = _("Numbers that this one is computed from were restated on %(day)s; it is not computed anew yet.")
    return {"said": said % {"day": wording.day(at)}}


def to_compute(person: Any) -> list[slots.TodoRow]:
    """Return the formulas whose numbers do not follow their inputs, each with its way to be computed."""
    if not people.may(person, P.FIGURE_RELEASE, region=NATION):
        return []
    return [
        slots.TodoRow(
            what=_("Compute “%(series)s” anew") % {"series": sentences.name(row.series)},
            about=_("inputs restated or added on %(day)s") % {"day": wording.day(at)},
            url=reverse("indicators:index_office" if row.series_id == SERIES else "indicators:formulas"),
            button=_("Compute"),
        )
        for row, at in following.waiting()
    ]


def _told(by: Held, day: date | None = None) -> dict[str, str]:
    page = reverse("indicators:series", args=[by.series])
    asked = urlencode({"region": by.region, "period": by.periods[-1]})
    return {
        "said": _("Results that this number rests on were restated on %(day)s; it is not computed anew yet.")
        % {"day": wording.day(by.recorded_at)},
        "url": as_of.with_day(f"{page}?{asked}", day),
        "what": _where(by),
    }


def _where(one: Held) -> str:
    periods = " ".join(wording.period(period) for period in one.periods)
    return f"{wording.region_name(one.region)} · {periods}"


def of_release(pk: Any, person: Any) -> dict[str, str] | None:
    """Return what is said of a release that has to be made again."""
    found = next((by for one, by in resting.outdated(person) if one.pk == pk), None)
    return None if found is None else _told(found)


def again(person: Any) -> list[slots.TodoRow]:
    """Return the releases that an office should make again, each with its form filled in."""
    found = resting.outdated(person)
    names = {one.pk: sentences.name(one) for one in plan.all_series()} if found else {}
    return [
        slots.TodoRow(
            what=_("Release %(period)s again") % {"period": " ".join(map(wording.period, one.periods))},
            about=f"{names[one.series]} · {wording.region_name(one.region)}",
            url=_form(one),
            button=_("Release again"),
        )
        for one, _by in found
    ]


def _form(one: Held) -> str:
    asked = {
        "series": one.series,
        "region": one.region,
        "periods": " ".join(one.periods),
        "reason": actions.RECOMPUTED,
    }
    return f"{reverse('indicators:new_release')}?{urlencode(asked)}"
