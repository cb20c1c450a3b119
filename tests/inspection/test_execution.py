"""Who goes where is told late and to him alone; what is done is bound at once and opened at the end."""

from __future__ import annotations

import copy
import re
from datetime import timedelta

import pytest
from django.urls import reverse

from tests.draw.campaign import refused
from zhiheng import ledger
from zhiheng.ledger.models import Entry
from zhiheng.people import clock
from zhiheng.proof import canonical, chain, execution
from zhiheng.stages.draw import bundles, frames
from zhiheng.stages.draw.models import Draw
from zhiheng.stages.inspection import actions, assignments, queries, rules
from zhiheng.stages.inspection import closing as composing
from zhiheng.stages.inspection.models import Deed, Visit
from zhiheng.stages.inspection.rules import Finding
from zhiheng.stages.inspection.rules.sampling import Receipt
from zhiheng.verification import assignment, closing
from zhiheng.verification import draw as verification

from .conftest import LAB, LATER, VISITED


@pytest.fixture
def inspector(visits, person):
    """Return the person behind the first inspector of the first visit."""
    return person("inspector", organisation=visits[0].selection.first_inspector.code)


def bound(draw) -> list[dict]:
    """Return the details of the public steps of a draw, oldest first."""
    rows = Entry.objects.filter(verb="draw.execution", subjects__key=draw.serial).order_by("seq")
    assert all(row.visibility == "public" for row in rows)
    return [row.detail for row in rows]


# --- the assignment of an inspector -------------------------------------------------------------


def test_an_inspector_gets_his_own_assignments_and_each_proves_itself(inspector, revealed):
    held = assignments.receipts(inspector, revealed)
    code = next(iter(assignments.codes(inspector, revealed)))

    assert held and all(code in one["leaf"]["inspectors"] for one in held)
    own = Visit.objects.filter(assignments._of({code})).values_list("selection__unit_code", flat=True)
    assert {one["opening"]["id"] for one in held} == set(own)
    reports = [assignment.check(one) for one in held]
    assert all(report.ok for report in reports), [report.refusal for report in reports]


def test_an_altered_receipt_is_refused(inspector, revealed):
    held = assignments.receipts(inspector, revealed)[0]

    other = {**held, "leaf": {**held["leaf"], "unit": "X13301060000000001"}}
    assert assignment.check(other).refusal.startswith("bound")
    of_a_friend = {**held, "opening": {**held["opening"], "id": "X13301060000000001"}}
    assert assignment.check(of_a_friend).refusal.startswith("opening")
    of_another = {**held, "opening": assignments.receipts(inspector, revealed)[1]["opening"]}
    assert assignment.check(of_another).refusal.startswith("opening")
    forged = copy.deepcopy(held)
    forged["entry"]["statement"]["detail"]["assignments_root"] = "0" * 64
    assert assignment.check(forged).refusal.startswith("entry")
    assert not assignment.check({**held, "index": held["size"]}).ok
    assert not assignment.check({"type": "zhiheng/assignment/1"}).ok


def test_an_assignment_is_told_from_the_day_before_its_planned_visit_on(province, inspector, revealed):
    day = clock.today() + timedelta(days=5)
    planned = actions.plan_visits(by=province.officer, draw=revealed, on=day)

    assert planned == Visit.objects.filter(draw=revealed).count()
    assert actions.plan_visits(by=province.officer, draw=revealed, on=day) == 0
    assert not queries.own_visits(inspector).exists()
    assert assignments.receipts(inspector, revealed) == []
    assert queries.visits(province.officer).count() == planned
    with clock.at(LATER + timedelta(days=3)):
        assert not queries.own_visits(inspector).exists()
    with clock.at(LATER + timedelta(days=4)):
        assert queries.own_visits(inspector).exists() and assignments.receipts(inspector, revealed)


def test_single_visits_can_be_planned_and_no_day_that_is_past(province, visits, revealed):
    unit = visits[0].selection.unit_code

    assert actions.plan_visits(by=province.officer, draw=revealed, on=clock.today(), units=[unit]) == 1
    with refused("visit-day-past"):
        actions.plan_visits(by=province.officer, draw=revealed, on=clock.today() - timedelta(days=1))


def test_opening_the_assignments_is_noted_once_by_the_code_alone(inspector, revealed):
    first = actions.open_assignments(by=inspector, draw=revealed)
    again = actions.open_assignments(by=inspector, draw=revealed)

    entries = [entry for entry in ledger.timeline("draw", revealed.serial) if "assignments" in entry.verb]
    assert first == again
    assert [(entry.verb, entry.visibility) for entry in entries] == [("draw.assignments_opened", "internal")]
    assert set(entries[0].detail) == {"inspector", "assignments"}


def test_somebody_without_assignments_opens_nothing(person, visits, revealed):
    stranger = person("inspector", organisation="ZJ999")

    assert actions.open_assignments(by=stranger, draw=revealed) is None
    assert assignments.receipts(stranger, revealed) == []


# --- the steps of a visit -----------------------------------------------------------------------


def test_a_step_is_bound_in_public_without_saying_what_where_or_to_whom(province, visits):
    visit = visits[0]
    actions.start_visit(by=province.officer, visit=visit)
    actions.start_visit(by=province.officer, visit=visit)
    actions.record_visit(by=province.officer, visit=visit, outcome="refused", visited_on=VISITED)

    details = bound(visit.draw)
    assert [set(detail) for detail in details] == [{"commitment"}, {"commitment"}]
    assert [deed.kind for deed in Deed.objects.all()] == ["started", "refused"]
    for deed, detail in zip(Deed.objects.all(), details, strict=True):
        assert execution.commitment(deed.salt, deed.fields) == detail["commitment"]
    entry = Entry.objects.filter(verb="draw.execution").last()
    assert visit.selection.unit_code not in canonical.dumps(ledger.statement_of(entry)).decode()
    assert entry.region == visit.draw.region


def test_seals_laboratory_and_receipt_are_bound_too(province, visits, sampled):
    sample = sampled(visits[0], lab="")
    actions.assign_lab(by=province.officer, sample=sample, lab=LAB)
    actions.receive_sample(by=province.officer, sample=sample, receipt=Receipt(is_seal_intact=True))

    deeds = list(Deed.objects.all())
    assert [deed.kind for deed in deeds] == ["finished", "handed", "received"]
    assert [deed.fields.get("seal_no") for deed in deeds] == ["S-001"] * 3
    assert len(bound(visits[0].draw)) == 3


def test_a_visit_that_ended_is_not_started(province, visits):
    actions.record_visit(by=province.officer, visit=visits[0], outcome="closed", visited_on=VISITED)

    with refused("visit-not-open"):
        actions.start_visit(by=province.officer, visit=visits[0])


# --- the closing record -------------------------------------------------------------------------


@pytest.fixture
def ended(province, visits, revealed, django_capture_on_commit_callbacks):
    """Return a closed draw of which one visit was recorded by itself and the others together."""
    actions.start_visit(by=province.officer, visit=visits[0])
    actions.record_visit(by=province.officer, visit=visits[0], outcome="not_found", visited_on=VISITED)
    rest = [(visit.selection.unit_code, Finding("closed", VISITED)) for visit in visits[1:]]
    actions.record_visits_bulk(by=province.officer, draw=revealed, rows=rest)
    with django_capture_on_commit_callbacks(execute=True):
        return actions.close_draw(by=province.officer, draw=revealed)


def kept(draw: Draw) -> dict:
    return canonical.loads((bundles.folder() / bundles.closing_name(draw.serial)).read_bytes())


def test_the_closing_names_every_unit_with_its_outcome_and_opens_every_step(ended, visits):
    record = kept(ended)

    report = closing.check(record)
    assert report.ok, report.refusal
    assert len(record["results"]) == len(visits)
    assert {row["outcome"] for row in record["results"]} == {"closed", "not_found"}
    assert [row["deed"]["kind"] for row in record["executions"]] == ["started", "not_found"]
    detail = ledger.timeline("draw", ended.serial, public_only=True)[0].detail
    assert detail["closing_sha256"] == canonical.digest(record) == report.head
    assert detail["outcomes"] == {"closed": len(visits) - 1, "not_found": 1}
    assert detail["executions"] == 2


def test_a_stranger_finds_every_drawn_unit_in_the_record_beside_the_bundle(ended, visits):
    bundle = canonical.loads(bundles.find(ended).read_bytes())

    report = verification.check(bundle, beside=bundles.folder())
    steps = {step.name: step.detail for step in report.steps}
    assert report.ok, report.refusal
    assert steps["closing"] == f"all {len(visits)} drawn units have an outcome, 0 reserves"
    verbs = {entry["statement"]["verb"] for entry in bundle["ledger"]}
    assert "draw.execution" not in verbs


@pytest.mark.parametrize("attack", ["dropped", "changed", "added", "step", "salt"])
def test_an_altered_closing_record_is_found_out(ended, attack):
    record = kept(ended)
    if attack == "dropped":
        record["results"].pop()
    elif attack == "changed":
        record["results"][0]["outcome"] = "no_stock"
    elif attack == "added":
        record["results"].append({**record["results"][0], "unit": "X13301060000000001"})
    elif attack == "step":
        record["executions"][1]["deed"]["outcome"] = "refused"
    else:
        record["executions"][0]["salt"] = "00" * 32
    place = bundles.folder() / bundles.closing_name(ended.serial)
    place.write_bytes(canonical.dumps(record))

    report = verification.check(canonical.loads(bundles.find(ended).read_bytes()), beside=place.parent)
    assert report.refusal.startswith("closing")
    if attack in ("step", "salt"):
        assert closing.check(record).refusal.startswith("executions")


def test_an_outcome_other_than_the_bound_one_is_refused_even_with_a_new_digest(ended):
    record = kept(ended)
    wanted = record["executions"][1]["deed"]["unit"]
    row = next(row for row in record["results"] if row["unit"] == wanted)
    row["outcome"] = "closed"

    assert closing.check(record).refusal.startswith("results")


def test_a_step_whose_salt_was_destroyed_stays_as_a_number_alone(province, visits, revealed):
    actions.start_visit(by=province.officer, visit=visits[0])
    Deed.objects.all().delete()
    rows = [(visit.selection.unit_code, Finding("closed", VISITED)) for visit in visits]
    actions.record_visits_bulk(by=province.officer, draw=revealed, rows=rows)
    draw = actions.close_draw(by=province.officer, draw=revealed)

    record = canonical.loads(ledger.evidence.read(draw.closing_sha))
    report = closing.check(record)
    assert report.ok and [set(row) for row in record["executions"]] == [{"entry"}]
    assert any("1 were erased" in step.detail for step in report.steps)


def test_an_entry_of_another_draw_does_not_pass_as_a_step(ended):
    record = kept(ended)
    said = record["executions"][0]["entry"]["statement"]
    said["subjects"] = [["draw", "330000-2025Q1-002"]]
    record["executions"][0]["entry"]["hash"] = chain.entry_hash(said)

    assert "no step of this draw" in closing.check(record).refusal


def test_the_closing_says_nothing_of_a_verdict(province, visits, sampled, report, revealed):
    """Whether a sample conforms is public once nobody can object any more, with the visit itself."""
    report(sampled(visits[0]))
    rest = [(visit.selection.unit_code, Finding("closed", VISITED)) for visit in visits[1:]]
    actions.record_visits_bulk(by=province.officer, draw=revealed, rows=rest)
    draw = actions.close_draw(by=province.officer, draw=revealed)

    record = ledger.evidence.read(draw.closing_sha).decode()
    assert Visit.objects.get(pk=visits[0].pk).state == rules.FAILED
    assert '"sampled"' in record and "fail" not in record


# --- erasure --------------------------------------------------------------------------------------


def test_an_erased_step_leaves_its_number_and_the_word_that_it_was_erased(province, visits):
    step = actions.start_visit(by=province.officer, visit=visits[0])
    before = bound(visits[0].draw)

    actions.erase_step(by=province.officer, step=step, reason="requested")

    assert not Deed.objects.filter(entry=step.entry).exists()
    assert bound(visits[0].draw) == before
    entry = Entry.objects.latest("seq")
    assert (entry.verb, entry.visibility) == ("draw.execution_erased", "public")
    assert entry.detail == {"entry": str(step.entry), "reason": "requested"}


def test_the_closing_record_says_how_many_steps_were_erased(province, visits):
    step = actions.start_visit(by=province.officer, visit=visits[0])
    actions.start_visit(by=province.officer, visit=visits[1])

    actions.erase_step(by=province.officer, step=step, reason="mistaken")

    said = closing.record(
        serial=visits[0].draw.serial,
        data="operational",
        results=[
            {
                "unit": frames.namer(v.draw.frame)(v.selection.unit_code),
                "stratum": "",
                "order": 1,
                "outcome": "refused",
                "is_reserve": False,
            }
            for v in visits[:2]
        ],
        executions=composing._executions(visits[0].draw),
    )
    assert closing._executions(said) == "1 of 2 steps open what bound them, 1 were erased"


def test_a_step_is_erased_once_for_a_known_reason_by_the_office(province, inspector, visits):
    step = actions.start_visit(by=province.officer, visit=visits[0])

    with refused("no-erasing-reason"):
        actions.erase_step(by=province.officer, step=step, reason="张三")
    with refused("not-allowed"):
        actions.erase_step(by=inspector, step=step, reason="requested")
    actions.erase_step(by=province.officer, step=step, reason="requested")
    with refused("step-erased"):
        actions.erase_step(by=province.officer, step=Deed(pk=step.pk, visit=visits[0]), reason="requested")


def test_nothing_is_erased_once_the_closing_record_is_public(province, visits):
    step = actions.start_visit(by=province.officer, visit=visits[0])
    Draw.objects.filter(pk=visits[0].draw.pk).update(state="closed")

    with refused("steps-public"):
        actions.erase_step(by=province.officer, step=step, reason="requested")


def test_the_office_erases_a_step_on_the_page_of_the_visit_once_it_is_meant(client, province, visits):
    step = actions.start_visit(by=province.officer, visit=visits[0])
    page = reverse("inspection:visit", args=[visits[0].pk])
    address = reverse("inspection:erase_step", args=[visits[0].pk, step.pk])
    client.force_login(province.officer)
    assert address in client.get(page).content.decode()

    send(client, address, reason="requested")
    assert Deed.objects.filter(pk=step.pk).exists()
    send(client, address, reason="requested", is_meant="on")

    assert not Deed.objects.filter(pk=step.pk).exists()
    assert address not in client.get(page).content.decode()
    assert client.get(address).status_code == 404


def test_an_inspector_sees_the_steps_and_no_way_to_erase_them(client, inspector, visits, province):
    step = actions.start_visit(by=province.officer, visit=visits[0])
    client.force_login(inspector)

    page = client.get(reverse("inspection:visit", args=[visits[0].pk])).content.decode()

    assert 'id="steps"' in page and "/erase/" not in page
    answer = client.get(reverse("inspection:erase_step", args=[visits[0].pk, step.pk]))
    assert answer.status_code == 403


def send(client, address, **fields):
    token = re.search(r'name="zh-token" value="([^"]+)"', client.get(address).content.decode())[1]
    return client.post(address, {"zh-token": token, **fields})
