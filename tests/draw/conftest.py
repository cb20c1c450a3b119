"""A small province: forty firms in four classes, six inspectors in three offices, one issued duty."""

from __future__ import annotations

from datetime import date, datetime
from types import SimpleNamespace

import pytest

from zhiheng.formats.identifiers import demo_uscc
from zhiheng.people import clock

NOON = datetime.fromisoformat("2025-03-03T12:00:00+08:00")
BEACON = b"01 05 09 17 22 30 + 04; 02 03 11 18 25 31 + 09"
SECRET = bytes(range(32))
NAMES = bytes(range(64, 96))  # the key of the salted names of the list
SIZES = {"A": 20, "B": 12, "C": 6, "D": 2}
REGION = "330000"


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.VAR = tmp_path
    settings.DEMO = True


@pytest.fixture
def noon():
    with clock.at(NOON):
        yield NOON


@pytest.fixture
def person(db):
    """Return a maker of persons with one appointment each."""
    from zhiheng.people.models import Appointment, Person

    def make(role="officer", region=REGION, organisation=""):
        one = Person.objects.create(
            login=f"person{Person.objects.count() + 1}", display_name="Person", created_at=NOON, password="!"
        )
        Appointment.objects.create(
            person=one, role=role, region=region, organisation=organisation, valid_from=date(2020, 1, 1)
        )
        return one

    return make


@pytest.fixture
def province(db, noon, person, kept_steps):
    """Return officer, subjects, inspectors and an issued obligation of one province."""
    from zhiheng.people.models import Person
    from zhiheng.stages.plan.models import Obligation
    from zhiheng.stages.registry.models import Inspector, Subject

    officer = kept_steps.step("province", lambda: _build_province(person))
    return SimpleNamespace(
        officer=Person.objects.get(pk=officer.pk),
        subjects=list(Subject.objects.order_by("code")),
        inspectors=list(Inspector.objects.order_by("code")),
        obligation=Obligation.objects.get(),
    )


def _build_province(person):
    from zhiheng.stages.plan.models import Obligation
    from zhiheng.stages.registry.models import Inspector, Subject

    classes = [name for name, count in SIZES.items() for _ in range(count)]
    Subject.objects.bulk_create(
        Subject(
            code=demo_uscc(number, "330106"),
            name=f"演示企业{number:03d}",
            region=("330106", "330203")[number % 2],
            division=("13", "34")[number % 2],
            size="small",
            channel="factory",
            risk_class=risk,
            output_value=100,
            recorded_at=NOON,
        )
        for number, risk in enumerate(classes, 1)
    )
    Inspector.objects.bulk_create(
        Inspector(code=f"ZJ{n:03d}", name=f"演示{n}", region=REGION, unit=f"Office {n % 3}", recorded_at=NOON)
        for n in range(1, 7)
    )
    Obligation.objects.create(
        region=REGION,
        period="2025Q1",
        article=8,
        basis="yearly plan",
        fractions={"A": [1, 10], "B": [1, 4], "C": [1, 2], "D": [1, 1]},
        minimum_per_stratum=2,
        state="issued",
        recorded_at=NOON,
    )
    return person()


@pytest.fixture
def frame(province, kept_steps):
    """Return the frozen frame of the province."""
    from zhiheng.stages.registry import actions as registry

    said = {"region": REGION, "as_of": NOON.date(), "purpose": "spot check", "names_key": NAMES}
    return kept_steps.step("frame", lambda: registry.freeze_frame(by=province.officer, **said))


@pytest.fixture
def committed(province, frame, kept_steps):
    """Return a draw that was announced and not yet revealed."""
    from zhiheng.stages.draw import actions

    said = {"obligation": province.obligation, "frame": frame, "secret": SECRET}
    return kept_steps.step("committed", lambda: actions.commit(by=province.officer, **said))


@pytest.fixture
def revealed(province, committed, kept_steps, django_capture_on_commit_callbacks):
    """Return a draw whose units the office knows."""
    from zhiheng.stages.draw import actions

    def build():
        with django_capture_on_commit_callbacks(execute=True):
            return actions.reveal(by=province.officer, draw=committed, beacon=BEACON)

    return kept_steps.step("revealed", build)


@pytest.fixture
def closed(province, revealed, django_capture_on_commit_callbacks):
    """Return a draw whose visits have all ended, so that its list is public."""
    from zhiheng.stages.inspection import actions as inspection
    from zhiheng.stages.inspection.rules import Finding

    inspection.open_visits(by=province.officer, draw=revealed)
    units = revealed.selections.filter(is_reserve=False).values_list("unit_code", flat=True)
    rows = [(unit, Finding("closed", NOON.date())) for unit in units]
    inspection.record_visits_bulk(by=province.officer, draw=revealed, rows=rows)
    with django_capture_on_commit_callbacks(execute=True):
        return inspection.close_draw(by=province.officer, draw=revealed)
