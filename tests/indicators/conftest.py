"""A small province with one finished draw: two divisions, four classes, some visits without an answer."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass, field
from typing import Any

import pytest

from zhiheng.formats.identifiers import demo_uscc
from zhiheng.people import clock
from zhiheng.people.models import Appointment, Person
from zhiheng.people.scope import System

REGION = "330000"
SERIES = "mfg_product_pass_rate"
SIZES = {"A": 120, "B": 60, "C": 30, "D": 10}
FRACTIONS = {"A": [1, 2], "B": [2, 3], "C": [1, 1], "D": [1, 1]}
BEACON = b"01 05 09 17 22 30 + 04; 02 03 11 18 25 31 + 09"
BY = System("test")


def store_break(at: str, recorded_at: dt.datetime, **more: Any) -> None:
    """Store a break of the series as it was recorded at a time."""
    from zhiheng.stages.plan.models import SeriesBreak

    said = {"scale": "difference", "old": "甲口径", "new": "乙口径", "source": "演示", "confidence": "text"}
    said |= {"series_id": SERIES, "reason": "口径变更", "reason_en": "another footing", **more}
    SeriesBreak.objects.create(at=at, recorded_at=recorded_at, **said)


def moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(f"{text}+08:00")


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.VAR = tmp_path
    settings.DEMO = True
    with clock.at(moment("2025-06-02T09:00:00")):
        yield


@pytest.fixture
def person(db):
    """Return a maker of persons with one appointment each."""

    def make(role: str = "statistician", region: str = REGION) -> Person:
        now = clock.now()
        login = f"p{Person.objects.count() + 1}"
        one = Person.objects.create(login=login, display_name="P", created_at=now, password="!")
        Appointment.objects.create(person=one, role=role, region=region, valid_from=dt.date(2020, 1, 1))
        return one

    return make


@dataclass
class Office:
    """What the fixtures build step by step."""

    series: Any
    draws: dict[str, Any] = field(default_factory=dict)

    def units(self, period: str) -> list[str]:
        from zhiheng.stages.draw.models import Selection

        chosen = Selection.objects.filter(draw=self.draws[period], is_reserve=False)
        return list(chosen.order_by("unit_code").values_list("unit_code", flat=True))


@pytest.fixture
def office(db, kept_steps) -> Office:
    """The Outline adopted, its target bound, firms and inspectors entered."""
    from zhiheng.stages.plan import queries

    kept_steps.step("office", _open_office)
    return Office(queries.series(SERIES))


@pytest.fixture
def with_published(office, kept_steps) -> Office:
    """The office once it took over the published numbers, before anything is released."""
    from zhiheng.stages.indicators import actions

    def load() -> None:
        with clock.at(moment("2024-12-02T09:30:00")):
            actions.load_published(by=BY)

    kept_steps.step("published", load)
    return office


def _open_office() -> None:
    from zhiheng.stages.plan import actions, queries
    from zhiheng.stages.registry.models import Inspector, Subject

    with clock.at(moment("2024-12-02T09:00:00")):
        actions.adopt_outline(by=BY)
        actions.bind_target(by=BY, target=queries.target("CN-2025-4"), series_id=SERIES)
        classes = [name for name, count in SIZES.items() for _ in range(count)]
        Subject.objects.bulk_create(
            Subject(
                code=demo_uscc(number, "330106"),
                name=f"演示企业{number:03d}",
                region=("330106", "330203")[number % 2],
                division=("13", "34", "34")[number % 3],
                size="small",
                channel="factory",
                risk_class=risk,
                output_value=100 + number % 7,
                recorded_at=clock.now(),
            )
            for number, risk in enumerate(classes, 1)
        )
        Inspector.objects.bulk_create(
            Inspector(
                code=f"ZJ{n:03d}", name=f"演示{n}", region=REGION, unit=f"队{n % 3}", recorded_at=clock.now()
            )
            for n in range(1, 7)
        )


@pytest.fixture
def draw(office, kept_steps):
    """Return a maker of revealed draws with open visits."""
    from zhiheng.ledger.sealing import sequencer
    from zhiheng.stages.draw import actions as draws
    from zhiheng.stages.inspection import actions as inspection
    from zhiheng.stages.plan import actions as plan
    from zhiheng.stages.registry import actions as registry

    def build(period: str, is_revealed: bool, singles: tuple, terms: dict[str, Any]) -> Any:
        with clock.at(moment("2025-01-06T09:00:00")):
            duty = plan.create_obligation(by=BY, region=REGION, period=period, article=27, **terms)
            frame = registry.freeze_frame(
                by=BY,
                region=REGION,
                as_of=dt.date(2025, 1, 6),
                purpose=f"test {period}",
                names_key=hashlib.sha256(period.encode()).digest(),
            )
            made = draws.commit(by=BY, obligation=duty, frame=frame, secret=bytes(range(32)), singles=singles)
            sequencer.seal_now()
        if is_revealed:
            with clock.at(moment("2025-01-10T09:00:00")):
                made = draws.reveal(by=BY, draw=made, beacon=BEACON)
                inspection.open_visits(by=BY, draw=made)
        return made

    def make(period: str = "2025Q1", *, is_revealed: bool = True, singles: tuple = (), **terms: Any) -> Any:
        terms = {"fractions": FRACTIONS, "minimum_per_stratum": 5, **terms}
        name = f"draw {period} {is_revealed} {singles} {sorted(terms.items())}"
        made = kept_steps.step(name, lambda: build(period, is_revealed, singles, terms))
        office.draws[period] = made
        return made

    return make


@pytest.fixture
def inspected(office, draw, kept_steps):
    """Return a maker of finished draws: some visits refused or closed, some results failing."""
    from zhiheng.stages.inspection import actions
    from zhiheng.stages.inspection.rules import Finding, Measurement

    def build(made: Any, period: str, reported: str) -> Any:
        units = office.units(period)
        visited, findings, results = dt.date(2025, 1, 20), [], []
        for place, unit in enumerate(units):
            if place % 9 == 8:
                findings.append((unit, Finding(("refused", "closed")[place % 2], visited)))
                continue
            seal = f"T{period}-{place:04d}"
            findings.append((unit, Finding("sampled", visited, "演示产品", seal, "LAB-1")))
            value = "0.30" if place % 7 == 0 else "0.10"
            results.append(
                Measurement(seal, "铅", "T 1", value, "mg/kg", "0.25", "upper", dt.date(2025, 2, 10), "LAB-1")
            )
        with clock.at(moment("2025-02-01T09:00:00")):
            actions.record_visits_bulk(by=BY, draw=made, rows=findings)
        with clock.at(moment(reported)):
            actions.record_results_bulk(by=BY, draw=made, rows=results)
            actions.close_draw(by=BY, draw=made)
        return made

    def make(
        period: str = "2025Q1", *, reported: str = "2025-02-10T09:00:00", singles: tuple = (), **terms: Any
    ) -> Any:
        made = draw(period, singles=singles, **terms)
        return kept_steps.step(f"inspected {period} {reported}", lambda: build(made, period, reported))

    return make


@pytest.fixture
def released(office, inspected, person, kept_steps):
    """One release of one finished quarter."""
    from zhiheng.stages.indicators import actions

    def build() -> Any:
        with clock.at(moment("2025-04-03T10:00:00")):
            return actions.release(by=person(), series=office.series, region=REGION, periods=["2025Q1"])

    inspected()
    return kept_steps.step("released", build)
