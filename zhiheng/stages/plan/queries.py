"""Reads the plan: targets and series are public, obligations are narrowed to the reader's region."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from copy import copy
from datetime import date, datetime
from typing import Any

from django.db.models import Count, QuerySet
from django.utils.translation import gettext

from zhiheng.errors import NotFound
from zhiheng.formats import periods
from zhiheng.ledger.models import Entry
from zhiheng.people import scope
from zhiheng.people.permissions import P
from zhiheng.reference import indicators, regions, units
from zhiheng.stages.registry import queries as registry
from zhiheng.stages.registry.models import CatalogueItem
from zhiheng.web import slots

from . import words
from .models import Obligation, Series, SeriesBreak, SeriesVersion, Target
from .rules import binding
from .rules import obligations as obligation_rules

ISSUED_BY = ("plan.obligation_issued", "plan.obligations_imported")
PUBLIC_STATES = ("issued", "done", "lapsed", "withdrawn")


def targets() -> QuerySet[Target]:
    """Return every target with its series."""
    return Target.objects.select_related("series")


def target(id: str) -> Target:
    """Return one target, or say that there is none."""
    found = targets().filter(pk=id).first()
    if found is None:
        raise NotFound(
            gettext("There is no target “%(id)s”.") % {"id": id},
            gettext("Open the plan and choose one of its targets."),
        )
    return found


def as_bound(target: Target, as_of: datetime | None) -> Target:
    """Return a target as it was bound at a time: before that, no series measured it."""
    if as_of is None or target.bound_at is None or target.bound_at <= as_of:
        return target
    earlier = copy(target)
    earlier.series, earlier.binding, earlier.binding_reason, earlier.binding_reason_en = (
        None,
        "unbound",
        "",
        "",
    )
    return earlier


def all_series() -> QuerySet[Series]:
    """Return every series."""
    return Series.objects.all()


def series(id: str) -> Series:
    """Return one series, or say that there is none."""
    found = Series.objects.filter(pk=id).first()
    if found is None:
        raise NotFound(
            gettext("There is no series “%(id)s”.") % {"id": id},
            gettext("Adopt the Outline first, or choose one of the series that it brings."),
        )
    return found


def definition(series_id: str, *, as_of: datetime | None = None) -> SeriesVersion | None:
    """Return what a series meant at a time, by what was recorded by then; None before its first version."""
    found = SeriesVersion.objects.filter(series_id=series_id)
    if as_of is not None:
        found = found.filter(recorded_at__lte=as_of)
    return found.order_by("-version").first()


def own_ranges(ids: Collection[str]) -> dict[str, units.Range]:
    """Return the scale of each of some series that states one of its own, as last defined."""
    found = SeriesVersion.objects.filter(series_id__in=ids).order_by("series", "version")
    ends = {series: (lower, upper) for series, lower, upper in found.values_list("series", "lower", "upper")}
    return {series: units.Range.of(*pair) for series, pair in ends.items() if any(pair)}


def breaks(series_id: str, *, as_of: datetime | None = None) -> list[SeriesBreak]:
    """Return the breaks of a series as known at a time, the oldest first."""
    return breaks_of([series_id], as_of=as_of)[series_id]


def breaks_of(ids: Collection[str], *, as_of: datetime | None = None) -> dict[str, list[SeriesBreak]]:
    """Return the breaks of several series as known at a time, each with its own, the oldest first."""
    found = SeriesBreak.objects.filter(series_id__in=set(ids))
    if as_of is not None:
        found = found.filter(recorded_at__lte=as_of)
    newest = {(row.series_id, row.at, row.dimension): row for row in found.order_by("revision")}
    held: dict[str, list[SeriesBreak]] = {id: [] for id in ids}
    for row in sorted(newest.values(), key=_since):
        held[row.series_id].append(row)
    return held


def _since(row: SeriesBreak) -> tuple[date, str, str]:
    """Return the key that sorts breaks by their first day; one whose period has no days comes last."""
    first = periods.parse(row.at).first if periods.known(row.at) else date.max
    return first, row.at, row.dimension


def series_of_article(article: int) -> QuerySet[Series]:
    """Return the series that an article names."""
    return Series.objects.filter(article=article)


def item(region: str, period: str, code: str) -> CatalogueItem | None:
    """Return the issued catalogue item of this code that holds in a region in the year of a period.

    Where several levels issued the same code, the nearest level counts; none in a place or year unknown.
    """
    if not period[:4].isdecimal() or not regions.known(region):
        return None
    found = registry.catalogue(region=region, year=int(period[:4])).filter(code=code)
    levels = {level.code: place for place, level in enumerate(regions.path(region))}
    return max(found, key=lambda one: levels.get(one.region, -1), default=None)


def items(first: int, last: int) -> QuerySet[CatalogueItem]:
    """Return the issued catalogue items of some years, of every region."""
    return registry.still_holding(CatalogueItem.objects.filter(year__range=(first, last))).order_by("code")


def chosen_item(region: str, period: str, code: str) -> CatalogueItem:
    """Return the catalogue item that an office chose, or say that it does not hold there and then."""
    found = item(region, period, code)
    if found is None:
        words.refuse([obligation_rules.Fault("item", "item-unknown", code)])
    return found


def key_of(duty: Obligation) -> tuple[Any, ...]:
    """Return what an obligation may stand once by."""
    return duty.region, duty.period, duty.article, duty.basis, duty.thing


def standing(duties: Sequence[Obligation]) -> set[tuple[Any, ...]]:
    """Return the keys of the obligations that stand already in the regions and periods of these."""
    found = Obligation.objects.filter(
        region__in={duty.region for duty in duties}, period__in={duty.period for duty in duties}
    )
    return set(found.order_by().values_list("region", "period", "article", "basis", "thing"))


def repeats(keys: Sequence[Any]) -> dict[int, int]:
    """Return, for each place whose key stood before, the place where it stood first.

    >>> repeats(["a", "b", "a"])
    {2: 0}
    """
    first: dict[Any, int] = {}
    return {place: first[key] for place, key in enumerate(keys) if first.setdefault(key, place) != place}


def obligations(person: Any) -> QuerySet[Obligation]:
    """Return the obligations that this person may see."""
    return scope.within(Obligation.objects.select_related("item"), person, P.PLAN_VIEW)


def obligation(person: Any, id: Any) -> Obligation:
    """Return one obligation that this person may see, or say that there is none."""
    found = obligations(person).filter(pk=id).first()
    if found is None:
        raise NotFound(
            gettext("There is no such obligation, or it belongs to a region outside your appointment."),
            gettext("Go back to the list of obligations."),
        )
    return found


def public_obligations(article: int) -> QuerySet[Obligation]:
    """Return the obligations under an article that everybody may know.

    A duty that was issued in public and then withdrawn stays listed as withdrawn; a draft, and a draft that
    was withdrawn, never shows.
    """
    found = Obligation.objects.filter(article=article, state__in=PUBLIC_STATES)
    gone = [str(key) for key in found.filter(state="withdrawn").values_list("pk", flat=True)]
    issued = Entry.objects.filter(verb__in=ISSUED_BY, subjects__kind="obligation", subjects__key__in=gone)
    known = set(issued.values_list("subjects__key", flat=True))
    return found.exclude(pk__in=[key for key in gone if key not in known])


def public_counts() -> dict[str, int]:
    """Count the obligations that were issued in public and not withdrawn, by their state."""
    found = Obligation.objects.filter(state__in=PUBLIC_STATES).exclude(state="withdrawn").order_by()
    return dict(found.values_list("state").annotate(count=Count("pk")))


def measure(found: Series) -> binding.Measure:
    """Return a series as the rule of binding reads it."""
    return binding.Measure(found.id, found.zh, found.unit, found.basis, found.purpose, found.direction)


def doubts() -> tuple[binding.Doubt, ...]:
    """Return the names that are known to fit several series."""
    return tuple(
        binding.Doubt(found.name, found.candidates, found.reason_zh, found.reason_en)
        for found in indicators.ambiguities()
    )


def observations(series_id: str, *, known_on: date | None = None) -> tuple[indicators.Observation, ...]:
    """Return the published national numbers of a series by year, other scopes included, the oldest first."""
    return observations_of([series_id], known_on=known_on)[series_id]


def observations_of(
    ids: Collection[str], *, known_on: date | None = None
) -> dict[str, tuple[indicators.Observation, ...]]:
    """Return the published national numbers of some series by year, in one statement for all of them.

    The reference is known from the date of a source on; what the office recorded since stands in its place,
    or beside it, from the day of recording on. Numbers without a reference year are left out.
    """
    return {id: _of_years(rows) for id, rows in _national(ids, ["scope"], known_on).items()}


Told = tuple[tuple[indicators.Observation, ...], tuple[indicators.Observation, ...]]


def whole_and_parts(series_id: str, dimension: str, *, known_on: date | None = None) -> Told:
    """Return the published national numbers of a series by year, and those of its parts, in one statement."""
    found = _national([series_id], ["scope", dimension], known_on)[series_id]
    parts = tuple(seen for seen in found if seen.breakdown.startswith(f"{dimension}="))
    return _of_years(seen for seen in found if not seen.breakdown.startswith(f"{dimension}=")), parts


def _of_years(found: Iterable[indicators.Observation]) -> tuple[indicators.Observation, ...]:
    return tuple(seen for seen in found if seen.period.isdigit())


def _national(
    ids: Collection[str], dimensions: Collection[str], known_on: date | None
) -> dict[str, list[indicators.Observation]]:
    """Return the national numbers of the whole and along some dimensions, each as last said by a day."""
    known = {one.id for one in indicators.all()}
    shipped = [
        seen
        for id in dict.fromkeys(ids)
        if id in known
        for seen in indicators.observations(id, geo_code=indicators.NATION)
        if known_on is None or seen.known_on <= known_on
    ]
    told = slots.official.collect(list(ids), dimensions, known_on) if ids else []
    last = {(seen.series, seen.period, seen.breakdown): seen for seen in (*shipped, *told)}
    found: dict[str, list[indicators.Observation]] = {id: [] for id in ids}
    for (id, _period, breakdown), seen in sorted(last.items()):
        if not breakdown or (breakdown.partition("=")[0] in dimensions and ";" not in breakdown):
            found[id].append(seen)
    return found


def latest_of(ids: Collection[str], *, known_on: date | None = None) -> dict[str, indicators.Observation]:
    """Return the newest published national number of each of some series in its own scope, if it has one."""
    found = observations_of(ids, known_on=known_on)
    return {id: seen for id, rows in found.items() if (seen := newest(rows)) is not None}


def newest(found: Iterable[indicators.Observation]) -> indicators.Observation | None:
    """Return the newest of some numbers in their own scope; one that was withdrawn counts no more."""
    whole = [seen for seen in found if not seen.breakdown and seen.value is not None]
    return max(whole, key=lambda seen: seen.period, default=None)
