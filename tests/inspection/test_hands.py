"""A sample goes from hand to hand: each step is a row that stays, and a broken seal goes back."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from zhiheng import ledger
from zhiheng.errors import BadInput, Conflict, NotAllowed, RuleRefused
from zhiheng.ledger import evidence
from zhiheng.ledger.insert_only import ERASED
from zhiheng.ledger.models import Entry
from zhiheng.people.actions import erase_words
from zhiheng.people.scope import System
from zhiheng.stages.inspection import actions
from zhiheng.stages.inspection.models import Move, Purchase, Result, Specimen, VisitFile
from zhiheng.stages.inspection.rules.sampling import Bought, Described, Paper, Receipt

from .conftest import LAB, VISITED

PICTURE = Paper("shop.png", b"\x89PNG\r\n\x1a\n" + b"0" * 40, "page")
WHOLE = Receipt(is_seal_intact=True, condition="dry", temperature="4")


@pytest.fixture
def lab(person):
    return person("lab", "330000", LAB)


def hands(sample):
    return [(move.kind, move.giver, move.taker, move.seal) for move in Move.objects.filter(sample=sample)]


def test_each_step_of_custody_is_a_row_that_nobody_changes(visits, sampled, lab):
    sample = sampled(visits[0])
    inspector = visits[0].selection.first_inspector.code

    actions.receive_sample(by=lab, sample=sample, receipt=WHOLE)

    assert hands(sample) == [
        ("sealed", visits[0].selection.unit_code, inspector, "S-001"),
        ("handed", inspector, LAB, "S-001"),
        ("received", inspector, LAB, "S-001"),
    ]
    last = Move.objects.get(kind="received")
    assert (last.is_seal_intact, last.condition, last.temperature) == (True, "dry", "4")
    with pytest.raises(TypeError):
        last.save()
    with pytest.raises(TypeError):
        last.delete()


def test_a_sample_is_taken_in_once(visits, sampled, lab):
    sample = sampled(visits[0])
    for _ in range(2):
        actions.receive_sample(by=lab, sample=sample, receipt=WHOLE)

    visits[0].refresh_from_db()
    assert visits[0].state == "received"
    assert Move.objects.filter(kind="received").count() == 1


def test_a_broken_seal_is_not_taken_in(visits, sampled, lab):
    sample = sampled(visits[0])

    with pytest.raises(RuleRefused) as refused:
        actions.receive_sample(by=lab, sample=sample, receipt=Receipt(is_seal_intact=False))

    assert refused.value.code == "seal-broken"
    with pytest.raises(IntegrityError, match="move_received_only_with_its_seal"), transaction.atomic():
        Move.objects.bulk_create(
            [
                Move(
                    sample=sample,
                    kind="received",
                    at=visits[0].opened_at,
                    giver="a",
                    taker="b",
                    seal="S-001",
                    is_seal_intact=False,
                )
            ]
        )


@pytest.mark.parametrize("temperature", ["cold", "NaN", "4 ℃"])
def test_a_temperature_is_a_number(temperature):
    with pytest.raises(BadInput):
        Receipt(is_seal_intact=True, temperature=temperature)


def test_a_refused_sample_is_taken_again_under_a_new_seal(province, visits, sampled, lab, report):
    sample = sampled(visits[0])
    with pytest.raises(BadInput):
        actions.refuse_sample(by=lab, sample=sample, ground="other", reason=" ", receipt=WHOLE)
    actions.refuse_sample(by=lab, sample=sample, ground="seal", receipt=Receipt(is_seal_intact=False))
    visits[0].refresh_from_db()
    assert visits[0].state == "returned"

    again = {"reason": "Seal torn on the way.", "lab": LAB}
    with pytest.raises(Conflict) as used:
        actions.take_again(by=province.officer, sample=sample, seal_no="S-001", **again)
    sample = actions.take_again(by=province.officer, sample=sample, seal_no="S-002", **again)

    assert used.value.code == "seal-taken"
    assert [kind for kind, *_ in hands(sample)] == ["sealed", "handed", "refused", "sealed", "handed"]
    visits[0].refresh_from_db()
    assert (visits[0].state, sample.seal_no, sample.lab) == ("sealed", "S-002", LAB)
    report(sample)
    assert Result.objects.get().sample_id == sample.pk


def test_why_a_sample_was_taken_again_is_erased_on_each_of_its_steps(province, visits, sampled, lab):
    sample = sampled(visits[0])
    actions.refuse_sample(by=lab, sample=sample, ground="seal", receipt=Receipt(is_seal_intact=False))
    actions.take_again(
        by=province.officer, sample=sample, seal_no="S-002", reason=f" {'张三撕毁' * 101} ", lab=LAB
    )
    entry = Entry.objects.filter(detail__seal_no="S-002", detail__has_key="reasons").get()

    erase_words(by=System("test"), entry=entry, reason="requested")

    again = Move.objects.filter(sample=sample, seal="S-002")
    assert list(again.values_list("reason", flat=True)) == [ERASED, ERASED]


@pytest.mark.parametrize(
    ("ground", "is_seal_intact", "code"),
    [
        ("", True, "no-ground"),
        ("bored", True, "no-ground"),
        ("other", True, "no-reason"),
        ("seal", True, "ground-not-the-seal"),
        ("damaged", False, "ground-not-the-seal"),
    ],
)
def test_a_refusal_needs_a_known_ground_that_fits_the_seal(
    visits, sampled, lab, ground, is_seal_intact, code
):
    sample = sampled(visits[0])

    with pytest.raises(BadInput) as refused:
        actions.refuse_sample(by=lab, sample=sample, ground=ground, receipt=Receipt(is_seal_intact))

    assert refused.value.code == code
    assert not Move.objects.filter(kind="refused").exists()


def test_a_refused_sample_may_be_declared_void(province, visits, sampled, lab):
    sample = sampled(visits[0])
    actions.refuse_sample(by=lab, sample=sample, ground="temperature", receipt=WHOLE)

    actions.void_sample(by=province.officer, sample=sample, reason="No more of this batch.")

    visits[0].refresh_from_db()
    assert (visits[0].state, visits[0].verdict) == ("void", "")


def test_a_result_of_a_refused_sample_is_not_recorded(visits, sampled, lab, report):
    sample = sampled(visits[0])
    actions.refuse_sample(by=lab, sample=sample, ground="temperature", receipt=WHOLE)

    with pytest.raises(Conflict):
        report(sample, by=lab)

    assert not Result.objects.exists()


def test_a_sample_is_sent_on_before_its_test_and_not_after(visits, sampled, lab, person, report):
    sample = sampled(visits[0])
    actions.receive_sample(by=lab, sample=sample, receipt=WHOLE)
    sample = actions.send_on(by=lab, sample=sample, lab="LAB-02", reason="Machine down.")
    visits[0].refresh_from_db()

    assert (sample.lab, visits[0].state) == ("LAB-02", "sealed")
    assert hands(sample)[-1] == ("sent_on", LAB, "LAB-02", "S-001")
    with pytest.raises(NotAllowed):
        actions.receive_sample(by=lab, sample=sample, receipt=WHOLE)
    other = person("lab", "330000", "LAB-02")
    actions.receive_sample(by=other, sample=sample, receipt=WHOLE)
    report(sample, by=other, lab="LAB-02", is_complete=False)
    with pytest.raises(Conflict):
        actions.send_on(by=other, sample=sample, lab=LAB, reason="Back again.")


def test_another_laboratory_neither_takes_in_nor_refuses(visits, sampled, person):
    sample, other = sampled(visits[0]), person("lab", "330000", "LAB-02")

    for act in (
        lambda: actions.receive_sample(by=other, sample=sample, receipt=WHOLE),
        lambda: actions.refuse_sample(by=other, sample=sample, ground="damaged", receipt=WHOLE),
        lambda: actions.send_on(by=other, sample=sample, lab="LAB-02", reason="x"),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_a_check_from_afar_needs_a_file(province, visits):
    said = {"outcome": "no_stock", "visited_on": VISITED, "kind": "remote"}

    with pytest.raises(RuleRefused) as refused:
        actions.record_visit(by=province.officer, visit=visits[0], **said)
    assert refused.value.code == "no-files"

    visit = actions.record_visit(by=province.officer, visit=visits[0], files=[PICTURE], **said)

    kept = VisitFile.objects.get(visit=visit)
    assert (visit.kind, visit.state) == ("remote", "no_stock")
    assert evidence.read(kept.sha256) == PICTURE.data


def test_a_file_handed_in_twice_is_kept_once(province, visits):
    for _ in range(2):
        actions.attach_files(by=province.officer, visit=visits[0], papers=[PICTURE])

    assert VisitFile.objects.count() == 1
    assert Entry.objects.filter(verb="visit.files_added").count() == 1
    with pytest.raises(BadInput):
        Paper("empty.png", b"")


def test_a_purchase_online_keeps_order_and_price_and_no_buyer(province, visits):
    order = Paper("order.pdf", b"%PDF-1.4 order", "order")
    bought = Bought(Decimal("128.5"), VISITED, platform="演示平台", platform_code="X1", order=order)

    visit = actions.record_visit(
        by=province.officer,
        visit=visits[0],
        outcome="sampled",
        visited_on=VISITED,
        product_name="kettle",
        seal_no="S-1",
        lab=LAB,
        kind="online",
        files=[PICTURE],
        described=Described(brand="K", model="K-2", batch_no="B7", producer_name="演示制造厂"),
        bought=bought,
    )

    kept = Purchase.objects.get()
    assert (kept.price_paid, kept.platform, bool(kept.order_sha)) == (Decimal("128.50"), "演示平台", True)
    assert not {"buyer", "name", "person"} & {field.name for field in Purchase._meta.fields}
    assert (visit.sample.model, visit.sample.producer_name) == ("K-2", "演示制造厂")
    assert visit.kind == "online"


@pytest.mark.parametrize(
    "wrong",
    [
        {"price_paid": Decimal("-1"), "bought_on": VISITED},
        {"price_paid": Decimal("NaN"), "bought_on": VISITED},
        {"price_paid": Decimal("1"), "bought_on": VISITED, "platform": "P"},
    ],
)
def test_an_impossible_purchase_is_refused(wrong):
    with pytest.raises(BadInput):
        Bought(**wrong)


def test_a_purchase_is_recorded_once_and_not_before_the_draw(province, visits, sampled):
    sample = sampled(visits[0])
    with pytest.raises(BadInput):
        actions.record_purchase(
            by=province.officer, sample=sample, bought=Bought(Decimal("5"), date(2024, 1, 1))
        )
    first = actions.record_purchase(by=province.officer, sample=sample, bought=Bought(Decimal("5"), VISITED))

    assert first == actions.record_purchase(
        by=province.officer, sample=sample, bought=Bought(Decimal("5"), VISITED)
    )
    with pytest.raises(Conflict):
        actions.record_purchase(by=province.officer, sample=sample, bought=Bought(Decimal("6"), VISITED))


def test_parts_of_a_sample_carry_their_own_seals_and_results(province, visits, sampled, report):
    sample = sampled(visits[0])
    part = {"by": province.officer, "sample": sample, "kept_at": "with the firm"}
    actions.add_specimen(**part, role="test", seal_no="S-101", model="K-3")
    spare = actions.add_specimen(**part, role="spare", seal_no="S-102")
    assert actions.add_specimen(**part, role="spare", seal_no="S-102") == spare
    with pytest.raises(Conflict):
        actions.add_specimen(**part, role="spare", seal_no="S-001")

    report(sample, value="0.05", is_complete=False)
    with pytest.raises(RuleRefused) as spared:
        report(sample, part="S-102")
    with pytest.raises(BadInput):
        report(sample, part="S-999")
    report(sample, part="S-101", value="0.30")

    visits[0].refresh_from_db()
    assert spared.value.code == "spare-not-tested"
    assert {(row.specimen and row.specimen.seal_no, row.verdict) for row in Result.objects.all()} == {
        (None, "pass"),
        ("S-101", "fail"),
    }
    assert visits[0].verdict == "fail"
    assert [move.kind for move in Move.objects.filter(specimen__isnull=False)] == ["sealed", "kept"]
    assert Specimen.objects.count() == 2


def test_the_label_is_noted_until_the_laboratory_has_reported(province, visits, sampled, report):
    sample = sampled(visits[0])
    actions.describe_sample(by=province.officer, sample=sample, described=Described(batch_no="B1"))
    report(sample)

    with pytest.raises(Conflict):
        actions.describe_sample(by=province.officer, sample=sample, described=Described(batch_no="B2"))

    sample.refresh_from_db()
    assert sample.batch_no == "B1"
    with pytest.raises(BadInput):
        Described(producer_code="X")


@pytest.mark.parametrize(
    ("unit", "value", "code"), [("mg/kg", "-0.01", "below-zero"), ("℃", "-5", ""), ("dB", "-3", "")]
)
def test_a_value_that_its_unit_forbids_is_refused(visits, sampled, report, unit, value, code):
    sample = sampled(visits[0])
    if not code:
        assert report(sample, value=value, unit=unit).value == value
        return

    with pytest.raises(BadInput) as refused:
        report(sample, value=value, unit=unit)

    assert refused.value.code == code
    assert not Result.objects.exists()


def test_a_value_of_an_unlikely_size_is_asked_for_once_more(visits, sampled, report):
    sample = sampled(visits[0])

    with pytest.raises(BadInput) as doubted:
        report(sample, value="120", is_confirmed=False)
    assert doubted.value.code == "doubtful-value"
    assert not Result.objects.exists()

    assert report(sample, value="120", is_confirmed=True).verdict == "fail"


def test_custody_stands_in_the_ledger_with_seal_and_condition(visits, sampled, lab):
    sample = sampled(visits[0])
    actions.receive_sample(by=lab, sample=sample, receipt=WHOLE)

    entry = ledger.timeline("visit", str(visits[0].pk))[0]
    assert entry.verb == "sample.received"
    assert (entry.detail["seal_intact"], entry.detail["temperature"]) == (True, "4")
