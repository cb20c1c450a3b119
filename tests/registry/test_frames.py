"""A frame holds the active subjects of covered divisions of its region, and its hash is public."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
from decimal import Decimal

import pytest

from zhiheng import ledger
from zhiheng.errors import BadInput, NotAllowed, RuleRefused
from zhiheng.ledger.models import Entry
from zhiheng.proof import canonical
from zhiheng.proof import frame as frame_file
from zhiheng.stages.registry import actions
from zhiheng.stages.registry.models import Frame, Subject

from .conftest import code, subject_row

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 3, 2)


@pytest.fixture
def register(system):
    rows = [subject_row(n, risk_class="ABCD"[n % 4]) for n in range(1, 9)]
    rows += [
        subject_row(20, division="42"),
        subject_row(21, region="330206"),
        subject_row(22, region="440103"),
    ]
    actions.import_subjects(by=system, rows=rows, source="表")
    Subject.objects.filter(code=code(8)).update(is_active=False)


def freeze(by, **changes):
    said = {"region": "330100", "as_of": TODAY, "purpose": "季度抽查"} | changes
    return actions.freeze_frame(by=by, **said)


def test_a_frame_holds_the_active_covered_subjects_of_its_region(city_officer, register):
    frame = freeze(city_officer)

    rows = list(frame_file.read(io.BytesIO(ledger.evidence.read(frame.evidence_sha))))
    assert [row.id for row in rows] == sorted(code(n) for n in range(1, 8))
    assert frame.unit_count == 7
    assert frame.strata == {"A": 1, "B": 2, "C": 2, "D": 2}
    assert {row.weight for row in rows} == {1}


def test_the_hash_is_that_of_the_file_and_stands_in_a_public_entry(city_officer, register):
    frame = freeze(city_officer)

    data = ledger.evidence.read(frame.evidence_sha)
    entry = Entry.objects.get(verb="registry.frame_frozen")
    published = ledger.evidence.read(frame.sha256)
    assert frame.evidence_sha == hashlib.sha256(data).hexdigest()
    assert frame.sha256 == hashlib.sha256(published).hexdigest() != frame.evidence_sha
    assert (entry.visibility, entry.detail["sha256"]) == ("public", frame.sha256)
    assert list(ledger.timeline("frame", frame.id)) == [entry]


def test_the_same_request_twice_is_one_frame(city_officer, register):
    assert freeze(city_officer).pk == freeze(city_officer).pk
    assert (Frame.objects.count(), Entry.objects.filter(verb="registry.frame_frozen").count()) == (1, 1)


def test_a_changed_register_gives_another_frame(city_officer, register):
    first = freeze(city_officer)
    Subject.objects.filter(code=code(1)).update(risk_class="D")

    assert freeze(city_officer).evidence_sha != first.evidence_sha


@pytest.mark.parametrize("days", [-400, -1, 1])
def test_a_frame_of_another_day_than_today_is_refused(city_officer, register, days):
    with pytest.raises(BadInput) as refusal:
        freeze(city_officer, as_of=TODAY + dt.timedelta(days))

    assert refusal.value.code == "not-today"
    assert TODAY.isoformat() in str(refusal.value)
    assert Frame.objects.count() == 0


def test_a_frame_settles_the_output_of_exactly_its_units(city_officer, register):
    frame = freeze(city_officer)

    entry = Entry.objects.get(verb="registry.frame_frozen")
    expected = {"330000": {"34": "843.50"}}
    assert frame.outputs == entry.detail["outputs"] == expected
    assert frame.outputs_sha256 == entry.detail["outputs_sha256"] == canonical.digest(expected)
    assert canonical.loads(ledger.evidence.read(frame.outputs_sha256)) == expected


def test_a_corrected_output_leaves_the_frozen_one_and_gives_another_frame(city_officer, register):
    first = freeze(city_officer)
    Subject.objects.filter(code=code(1)).update(output_value=Decimal("999999.99"))

    second = freeze(city_officer)

    first.refresh_from_db()
    assert first.outputs["330000"]["34"] == "843.50"
    assert second.outputs["330000"]["34"] == "1000722.99"
    assert (second.evidence_sha, second.pk == first.pk) == (first.evidence_sha, False)


def test_a_frame_of_many_provinces_names_its_outputs_by_their_hash(system, register, monkeypatch):
    monkeypatch.setattr("zhiheng.stages.registry.actions.frames.INLINE_UP_TO", 1)

    frame = freeze(system, region="000000")

    entry = Entry.objects.get(verb="registry.frame_frozen")
    assert set(frame.outputs) == {"330000", "440000"}
    assert entry.detail["outputs"] is None
    assert canonical.loads(ledger.evidence.read(entry.detail["outputs_sha256"])) == frame.outputs


def test_a_frame_of_an_unknown_region_is_refused(city_officer, register):
    with pytest.raises(BadInput) as refusal:
        freeze(city_officer, region="339999")

    assert refusal.value.code == "region-unknown"


def test_an_empty_frame_is_refused(city_officer):
    with pytest.raises(RuleRefused):
        freeze(city_officer)


def test_a_frame_beyond_the_appointment_is_refused(city_officer, stranger, register):
    with pytest.raises(NotAllowed):
        freeze(city_officer, region="330000")
    with pytest.raises(NotAllowed):
        freeze(stranger)

    assert Frame.objects.count() == 0


def test_a_frame_is_never_changed(city_officer, register):
    frame = freeze(city_officer)

    with pytest.raises(TypeError):
        frame.save()
    with pytest.raises(TypeError):
        frame.delete()
