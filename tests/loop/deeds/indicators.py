"""What a statistician does with figures."""

from __future__ import annotations

from tests import country

from .cast import INSPECTED, person


def release() -> None:
    """Release the quarter that was inspected."""
    from zhiheng.site.demo.loop import HEADLINE
    from zhiheng.stages.indicators import actions
    from zhiheng.stages.plan.models import Series

    actions.release(
        by=person("statistician"),
        series=Series.objects.get(pk=HEADLINE),
        region=country.REGION,
        periods=[INSPECTED],
    )


def release_sample() -> None:
    """Release a file of food supervision, which nobody drew by chance."""
    from zhiheng.stages.indicators import actions, sampling
    from zhiheng.stages.plan.models import Series

    lines = ["category,cause,verdict", *["糕点,,pass"] * 60, *["糕点,微生物污染,fail"] * 3]
    by = person("statistician")
    prepared = sampling.prepare(
        by=by,
        series=Series.objects.get(pk=FAILED),
        region=country.REGION,
        period="2025Q3",
        file="\n".join(lines).encode(),
    )
    actions.release_sample(by=by, prepared=prepared)


FAILED = "food_supervision_fail_rate"
TURNED = "all_levels_spot_check_fail_rate"
PERIOD = "2026Q4"
YEAR = "2022"


def formula(version: str) -> dict:
    """Return a formula that turns one rate of enforcement into another of the same kind."""
    half = {"op": "linear", "of": [{"op": "series", "id": FAILED}], "weights": ["0.5"]}
    head = {"type": "zhiheng/formula/1", "id": TURNED, "version": version, "unit": "%"}
    return {**head, "basis": "judgement", "purpose": "enforcement", "root": half}


def published(period: str, series: str = FAILED, value: str = "2.5", breakdown: str = ""):
    """Return a number of others about a period of the nation."""
    from datetime import UTC, datetime
    from decimal import Decimal

    from zhiheng.formats.shapes.observation import Observation
    from zhiheng.reference import indicators

    known = indicators.series(series)
    return Observation(
        series=series,
        region="000000",
        period=period,
        breakdown=breakdown,
        unit=known.unit,
        basis=known.basis,
        purpose=known.purpose,
        origin="published",
        value=Decimal(value),
        said=value,
        evidence="A",
        source="a notice",
        recorded_at=datetime(2025, 1, 1, tzinfo=UTC),
    )


def statistics():
    """Return what an index and the sizes of industries are computed from, beside the published pass rate."""
    from zhiheng.reference import industries, quality_index

    for one in quality_index.tree().statistics():
        if one.voice == "others":
            yield published(YEAR, one.series, "1")
    yield published(YEAR, "mfg_output", "290")
    for one in industries.covered():
        yield published(YEAR, "mfg_output", "10", f"division={one.code}")


def prepare() -> None:
    """Leave a formula with one number that it reads, and a published number that was restated wrongly."""
    from dataclasses import replace
    from decimal import Decimal

    from zhiheng.stages.indicators import actions, loading

    actions.define_formula(by=person("statistician"), body=formula("1"))
    actions.record(by=person("statistician"), rows=[published("2026"), *statistics()])
    held = next(row for row in loading.published(published("2026").recorded_at) if row.series == FAILED)
    wrong = replace(held, value=Decimal(9), said="9")
    actions.record(by=person("statistician"), rows=[wrong], reason="kill in the middle")


def record() -> None:
    """Record a number that somebody published."""
    from zhiheng.stages.indicators import actions

    actions.record(by=person("statistician"), rows=[published(PERIOD)])


def load_published() -> None:
    """Take over the published numbers of the reference."""
    from zhiheng.stages.indicators import actions

    actions.load_published(by=person("statistician"), reason="as the page says")


def define_formula() -> None:
    """Define the next version of a formula."""
    from zhiheng.stages.indicators import actions

    actions.define_formula(by=person("statistician"), body=formula("2"), reason="kill in the middle")


def compute() -> None:
    """Compute the formula that stands."""
    from zhiheng.stages.indicators import actions, formulas

    actions.compute(by=person("statistician"), formula=formulas.in_force(TURNED)[TURNED])


def publish_index() -> None:
    """Publish the index of the year of which every statistic is there."""
    from zhiheng.stages.indicators import actions, indexing

    choice = indexing.choose(period=YEAR, weights="even", goalposts="demonstration")
    actions.publish_index(by=person("statistician"), choice=choice)


def classify() -> None:
    """Compute the size of the industries that count by the rule."""
    from zhiheng.reference import quality_index
    from zhiheng.stages.indicators import actions

    rule = next(iter(quality_index.classifications().values()))
    actions.classify(by=person("statistician"), rule=rule)
