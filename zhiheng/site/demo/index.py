"""Records invented statistics, publishes the index of two years, and gives the imported series a number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from zhiheng.reference import quality_index, regions
from zhiheng.world import statistics

from .calendar import Quarter, moment

if TYPE_CHECKING:
    from .loop import Story

YEARS = 2
SOURCE = "演示数据：虚构的统计年鉴（invented yearbook of the demonstration）"
RATE = "mfg_product_pass_rate"
# Invented numbers of the imported series for the last year: series, category, value.
IMPORTED = (
    ("energy_per_gdp", "", "0.47"),
    ("agri_standardised_production_rate", "", "36.2"),
    ("quality_talent", "", "128400"),
    ("quality_talent", "职称", "41200"),
    ("quality_talent", "职业资格", "52700"),
    ("quality_talent", "培训考核", "34500"),
    ("public_quality_literacy", "", "68.3"),
    ("nqi_intangible_investment", "", "96.5"),
    ("nqi_intangible_investment", "检定校准", "31.4"),
    ("nqi_intangible_investment", "标准研制", "18.9"),
    ("nqi_intangible_investment", "检验检测认证", "46.2"),
)


def run(story: Story, after: Quarter) -> None:
    """Record what the statistical offices of the country publish, then compute and publish from it."""
    from zhiheng.people import clock
    from zhiheng.stages.indicators import actions, indexing, loading

    by, years = story.cast["statistician"], story.scale.years[-YEARS:]
    if not years:
        return
    made = {year: statistics.make(story.seed, int(year)) for year in years}
    rows = [row for year in years for row in (*_statistics(story, made[year]), *_outputs(story, made[year]))]
    start = max(after.at(5), moment(loading.known_by(), 11))
    with clock.at(start):
        recorded = actions.record(by=by, rows=[*rows, *_imported(story, years[-1])])
    published = []
    with clock.at(start.replace(hour=15)):
        for year in years:
            choice = indexing.choose(period=year, weights="even", goalposts="demonstration")
            published += actions.publish_index(by=by, choice=choice)
        rule = next(iter(quality_index.classifications().values()))
        sizes = actions.classify(by=by, rule=rule)
    whole = [row for row in published if not row.breakdown and row.value is not None]
    story.stages["index"] = {
        "outcome": "published",
        "statistics": len(recorded),
        "numbers": sum(row.value is not None for row in published),
        "sizes": len(sizes),
        "beside_truth": list(_beside(story, whole, made)),
    }
    story.say(f"{len(recorded)} invented statistics, {len(published)} numbers of the index published")


def places(story: Story) -> Iterator[tuple[str, str]]:
    """Yield the regions, and the divisions of the region of the story: the cells that are recorded."""
    yield regions.NATION, ""
    for one in regions.reporting_provinces():
        yield one.code, ""
    for division in story.population.divisions:
        yield story.scale.region, division


def _statistics(story: Story, made: statistics.Statistics) -> Iterator[Any]:
    for one in quality_index.tree().statistics():
        if one.series == RATE:
            continue
        for region, division in places(story):
            breakdown = f"division={division}" if division else ""
            value = made.value(one.id, region, division)
            yield _row(one.series, region, str(made.year), str(value), breakdown)


def _outputs(story: Story, made: statistics.Statistics) -> Iterator[Any]:
    for region in sorted({regions.NATION, story.scale.region}):
        for division in ("", *made.divisions):
            breakdown = f"division={division}" if division else ""
            yield _row("mfg_output", region, str(made.year), str(made.size(region, division)), breakdown)


def _imported(story: Story, year: str) -> Iterator[Any]:
    for series, category, value in IMPORTED:
        breakdown = f"category={category}" if category else ""
        yield _row(series, story.scale.region, year, value, breakdown)


def _row(series: str, region: str, period: str, value: str, breakdown: str) -> Any:
    from zhiheng.formats.shapes.observation import Observation, number
    from zhiheng.people import clock
    from zhiheng.reference import indicators
    from zhiheng.stages.indicators import writing

    known = indicators.series(series)
    exact = Decimal(value)
    return Observation(
        series=series,
        region=region,
        period=period,
        breakdown=breakdown,
        unit=known.unit,
        basis=known.basis,
        purpose=known.purpose,
        origin="published",
        value=exact,
        standard_error=writing.sampling_error(series),
        said=number(exact) or "",
        evidence="C",
        source=SOURCE,
        flags=("demonstration",),
        recorded_at=clock.now(),
    )


def _beside(
    story: Story, rows: Iterable[Any], made: dict[str, statistics.Statistics]
) -> Iterator[dict[str, Any]]:
    """Yield each published index of a region beside the truth: the same tree over the true pass rate."""
    from zhiheng.stages.indicators import indexing
    from zhiheng.stages.indicators.rules import index

    rates: dict[str, dict[str, float]] = {}
    for row in rows:
        choice = indexing.choose(period=row.period, weights="even", goalposts="demonstration").made
        if row.period not in rates:
            rates[row.period] = _true_rates(story, row.period)
        found: dict[str, Any] = {"name": f"{row.region}-{row.period}", "index": float(row.value)}
        if row.standard_error is not None:
            found["standard_error"] = float(row.standard_error)
        true, truth = rates[row.period].get(row.region), None
        if true is not None:
            held = {}
            for one in choice.statistics():
                value = true if one.series == RATE else made[row.period].value(one.id, row.region)
                held[one.id] = index.Reading(Decimal(str(value)), Decimal(0), one.unit)
            truth = index.compute(choice, {row.region: held}).index(row.region)
        yield {**found, "truth": truth}


def _true_rates(story: Story, period: str) -> dict[str, float]:
    """Return the true pass rates in per cent of the regions that the population holds."""
    is_nation = story.scale.region == regions.NATION
    whole = story.population.truth(period, by="province" if is_nation else None)
    found = {story.scale.region: whole, **whole.parts}
    return {region: 100 * one.output_weighted for region, one in found.items()}
