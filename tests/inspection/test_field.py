"""Inspectors on the spot: a visit with its files in one step, a coarse place, the second one's word."""

from __future__ import annotations

from datetime import date

import pytest

from zhiheng.errors import BadInput, Conflict, LimitExceeded, NotAllowed, NotFound, RuleRefused
from zhiheng.ledger import evidence
from zhiheng.ledger.models import Entry
from zhiheng.stages.inspection import actions, firm_queries
from zhiheng.stages.inspection.models import Confirmation, Visit, VisitFile
from zhiheng.stages.inspection.rules.sampling import MOST_FILES, Paper, coarse

from .conftest import LAB, VISITED

JPEG = b"\xff\xd8\xff\xe0" + b"0" * 400


@pytest.fixture
def pair(visits, person):
    """The two inspectors of the first visit, each with an account."""
    chosen = visits[0].selection
    both = (chosen.first_inspector.code, chosen.second_inspector.code)
    return [person("inspector", "330000", code) for code in both]


def shot(data=JPEG, kind="photo", **changes):
    return Paper("IMG_1.jpg", data, kind, **changes)


def record(by, visit, **changes):
    said = {"outcome": "sampled", "visited_on": VISITED, "product_name": "kettle", "seal_no": "S-1"}
    said["lab"] = LAB
    return actions.record_visit(by=by, visit=visit, **{**said, **changes})


def test_a_visit_and_its_pictures_are_recorded_in_one_step(pair, visits):
    record(pair[0], visits[0], files=[shot(place="30.274156,120.155071"), shot(JPEG + b"1", kind="page")])

    visits[0].refresh_from_db()
    assert visits[0].state == "sealed"
    kept = firm_queries.files(visits[0])
    assert [one.kind for one in kept] == ["photo", "page"]
    assert evidence.read(kept[0].sha256) == JPEG
    assert kept[0].place == "30.27,120.16"
    entry = Entry.objects.get(verb="visit.sampled")
    assert entry.detail["files"] == [one.sha256 for one in kept]
    assert "30.27" not in str(entry.detail) and "IMG_1" not in str(entry.detail), "no place, no name"


def test_the_same_visit_again_changes_nothing(pair, visits):
    for _ in range(2):
        record(pair[0], visits[0], files=[shot()])

    assert VisitFile.objects.count() == 1
    assert Entry.objects.filter(verb="visit.sampled").count() == 1
    assert not Entry.objects.filter(verb="visit.files_added").exists()


def test_a_file_that_comes_with_the_same_visit_again_is_not_lost(pair, visits):
    record(pair[0], visits[0], files=[shot()])
    record(pair[0], visits[0], files=[shot(), shot(JPEG + b"1")])

    assert VisitFile.objects.count() == 2
    assert len(Entry.objects.get(verb="visit.files_added").detail["files_sha256"]) == 1


def test_more_files_than_are_taken_at_a_time_are_refused_whole(pair, visits):
    many = [shot(JPEG + bytes([place])) for place in range(MOST_FILES + 1)]

    with pytest.raises(LimitExceeded):
        actions.attach_files(by=pair[0], visit=visits[0], papers=many)

    assert not VisitFile.objects.exists()


def test_a_refused_visit_keeps_no_picture(pair, visits):
    with pytest.raises(BadInput):
        record(pair[0], visits[0], product_name="", files=[shot()])
    with pytest.raises(BadInput):
        record(pair[0], visits[0], files=[shot(place="behind the hill")])

    visits[0].refresh_from_db()
    assert visits[0].state == "assigned"
    assert not VisitFile.objects.exists()


def test_an_inspector_of_another_visit_records_and_adds_nothing(pair, visits, person, province):
    chosen = visits[0].selection
    own = {chosen.first_inspector.code, chosen.second_inspector.code}
    free = next(one.code for one in province.inspectors if one.code not in own)
    other = person("inspector", "330000", free)

    with pytest.raises(NotAllowed):
        record(other, visits[0], files=[shot()])
    with pytest.raises(NotAllowed):
        actions.attach_files(by=other, visit=visits[0], papers=[shot()])
    with pytest.raises(NotAllowed):
        actions.confirm_visit(by=other, visit=visits[0])


@pytest.mark.parametrize("place", ["here", "91,10", "10,181", "1", "1,2,3", "30.1;120", "nan,nan"])
def test_what_is_no_place_is_refused(place):
    with pytest.raises(BadInput):
        coarse(place)


def test_the_second_inspector_confirms_and_the_first_one_cannot(pair, visits):
    first, second = pair
    with pytest.raises(RuleRefused) as caught:
        actions.confirm_visit(by=second, visit=visits[0])
    assert caught.value.code == "confirm-early"
    record(first, visits[0])

    with pytest.raises(RuleRefused) as caught:
        actions.confirm_visit(by=first, visit=visits[0])
    assert caught.value.code == "confirm-own"
    assert [one.pk for one in firm_queries.to_confirm(second)] == [visits[0].pk]
    assert firm_queries.to_confirm(first) == []
    for _ in range(2):
        actions.confirm_visit(by=second, visit=visits[0])

    assert Confirmation.objects.get().inspector == visits[0].selection.second_inspector.code
    assert Entry.objects.filter(verb="visit.confirmed").count() == 1
    assert firm_queries.to_confirm(second) == []


def test_a_picture_is_seen_by_the_office_and_the_inspectors_alone(pair, visits, person, province):
    record(pair[0], visits[0], files=[shot()])
    visit, sha = Visit.objects.get(pk=visits[0].pk), VisitFile.objects.get().sha256

    for by in (*pair, province.officer):
        assert firm_queries.visit_file(by, visit.pk, sha)["media_type"] == "image/jpeg"
    firm = person("firm", "330000", visit.subject.code)
    for by in (firm, person("lab", "330000", LAB), person("officer", "320000")):
        with pytest.raises(NotFound):
            firm_queries.visit_file(by, visit.pk, sha)


def test_another_finding_afterwards_is_refused_with_its_pictures(pair, visits):
    record(pair[0], visits[0])

    with pytest.raises(Conflict):
        record(pair[0], visits[0], visited_on=date(2025, 3, 11), files=[shot()])
    assert not VisitFile.objects.exists()


def test_the_worker_of_the_field_pages_reaches_no_other_page_and_needs_an_inspector(client, pair, person):
    client.force_login(pair[0])
    answer = client.get("/office/field/worker.js")

    assert answer["Content-Type"].startswith("text/javascript")
    assert "Service-Worker-Allowed" not in answer, "its scope is the folder of its address"
    assert b"zhiheng-field" in answer.content
    assert 0 < int(client.get("/office/field/").context["left"]) <= 24 * 3600
    client.force_login(person("lab", organisation="X"))
    assert client.get("/office/field/worker.js").status_code == 403
