"""The Outline is adopted once, targets are bound or refused for everybody to see, duties are set."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from zhiheng import ledger
from zhiheng.errors import BadInput, Conflict, NotAllowed, NotFound, RuleRefused
from zhiheng.ledger.models import Entry
from zhiheng.reference import indicators
from zhiheng.stages.plan import actions
from zhiheng.stages.plan.models import Obligation, Series, Target

pytestmark = pytest.mark.django_db


def obligation(by, **changes):
    return actions.create_obligation(by=by, **({"region": "330000", "period": "2026Q1"} | changes))


def test_the_outline_brings_four_targets_and_every_published_series(targets):
    assert sorted(targets) == ["CN-2025-1", "CN-2025-2", "CN-2025-3", "CN-2025-4"]
    assert {target.binding for target in targets.values()} == {"unbound"}
    assert Series.objects.count() == len(indicators.all())


def test_adopting_twice_is_once(targets, system):
    actions.adopt_outline(by=system)

    assert Entry.objects.filter(verb="plan.outline_adopted").count() == 1


def test_adopting_again_leaves_a_binding_alone(targets, system):
    actions.bind_target(by=system, target=targets["CN-2025-4"], series_id="mfg_product_pass_rate")

    actions.adopt_outline(by=system)

    assert Target.objects.get(pk="CN-2025-4").binding == "bound"


def test_a_province_cannot_adopt_for_the_nation(officer):
    with pytest.raises(NotAllowed):
        actions.adopt_outline(by=officer)

    assert Target.objects.count() == 0


def test_the_statistician_binds_a_target_to_its_series(targets, statistician):
    target = actions.bind_target(
        by=statistician, target=targets["CN-2025-4"], series_id="mfg_product_pass_rate"
    )

    entry = ledger.timeline("target", "CN-2025-4")[0]
    assert (target.binding, target.series_id) == ("bound", "mfg_product_pass_rate")
    assert (entry.verb, entry.visibility) == ("plan.target_bound", "public")


def test_binding_twice_is_once(targets, statistician):
    for _ in range(2):
        actions.bind_target(by=statistician, target=targets["CN-2025-4"], series_id="mfg_product_pass_rate")

    assert Entry.objects.filter(verb="plan.target_bound").count() == 1


@pytest.mark.parametrize("series", ["food_evaluative_pass_rate", "food_supervision_fail_rate"])
def test_the_food_target_is_refused_and_the_reason_is_kept_in_both_languages(targets, statistician, series):
    target = actions.bind_target(by=statistician, target=targets["CN-2025-3"], series_id=series)

    target.refresh_from_db()
    assert (target.binding, target.series_id) == ("refused", None)
    assert "食品抽检合格率" in target.binding_reason
    assert "purpose" in target.binding_reason_en
    assert ledger.timeline("target", "CN-2025-3")[0].verb == "plan.binding_refused"


def test_a_refusal_is_recorded_once(targets, statistician):
    for _ in range(2):
        actions.bind_target(
            by=statistician, target=targets["CN-2025-3"], series_id="food_evaluative_pass_rate"
        )

    assert Entry.objects.filter(verb="plan.binding_refused").count() == 1


def test_a_series_that_does_not_fit_is_turned_away_and_nothing_is_kept(targets, statistician):
    with pytest.raises(RuleRefused) as refusal:
        actions.bind_target(
            by=statistician, target=targets["CN-2025-4"], series_id="national_spot_check_fail_rate"
        )

    assert refusal.value.code == "name-differs"
    assert Target.objects.get(pk="CN-2025-4").binding == "unbound"
    assert not Entry.objects.filter(verb__startswith="plan.target").exists()


def test_an_unknown_series_is_refused(targets, statistician):
    with pytest.raises(NotFound):
        actions.bind_target(by=statistician, target=targets["CN-2025-4"], series_id="nothing")


def test_a_province_cannot_bind_a_national_target(targets, officer):
    with pytest.raises(NotAllowed):
        actions.bind_target(by=officer, target=targets["CN-2025-4"], series_id="mfg_product_pass_rate")


def test_the_database_refuses_a_bound_target_without_series(targets):
    with pytest.raises(IntegrityError), transaction.atomic():
        Target.objects.filter(pk="CN-2025-4").update(binding="bound")


def test_the_database_refuses_a_refusal_without_reason(targets):
    with pytest.raises(IntegrityError), transaction.atomic():
        Target.objects.filter(pk="CN-2025-4").update(binding="refused")


def test_an_obligation_takes_the_house_rule(officer):
    duty = obligation(officer)

    assert duty.fractions == {"A": [1, 25], "B": [1, 12], "C": [1, 6], "D": [1, 3]}
    assert (duty.minimum_per_stratum, duty.article, duty.state) == (2, 27, "issued")
    assert duty.basis == "《质量强国建设纲要》第27条"
    assert ledger.timeline("obligation", duty.id, public_only=True)[0].verb == "plan.obligation_issued"


def test_the_same_obligation_twice_is_refused_the_second_time(officer):
    obligation(officer)

    with pytest.raises(Conflict):
        obligation(officer)

    assert (Obligation.objects.count(), Entry.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"region": "339999"}, "region-unknown"),
        ({"period": "2026-1"}, "period-shape"),
        ({"article": 40, "basis": "某条"}, "article-unknown"),
        ({"minimum_per_stratum": 0}, "floor-too-low"),
        ({"fractions": {"A": [0, 5], "B": [1, 5], "C": [1, 5], "D": [1, 5]}}, "share-outside"),
    ],
)
def test_a_wrong_obligation_is_refused(officer, changes, rule):
    with pytest.raises(BadInput) as refusal:
        obligation(officer, **changes)

    assert refusal.value.code == rule
    assert Obligation.objects.count() == 0


def test_an_obligation_outside_the_region_is_refused(stranger):
    with pytest.raises(NotAllowed):
        obligation(stranger)


def test_a_draft_is_issued_and_ended(officer):
    duty = obligation(officer, as_draft=True)

    actions.move_obligation(by=officer, obligation=duty, to="issued")
    ended = actions.move_obligation(by=officer, obligation=duty, to="done")

    assert ended.state == "done"
    verbs = [entry.verb for entry in ledger.timeline("obligation", duty.id)]
    assert verbs == ["plan.obligation_done", "plan.obligation_issued", "plan.obligation_drafted"]


def test_an_ended_obligation_does_not_come_back(officer):
    duty = obligation(officer)
    actions.move_obligation(by=officer, obligation=duty, to="lapsed")

    with pytest.raises(Conflict):
        actions.move_obligation(by=officer, obligation=duty, to="issued")


def test_a_withdrawal_needs_a_reason(officer):
    duty = obligation(officer)

    with pytest.raises(BadInput):
        actions.move_obligation(by=officer, obligation=duty, to="withdrawn")

    withdrawn = actions.move_obligation(by=officer, obligation=duty, to="withdrawn", reason="并入上级任务")
    assert withdrawn.state == "withdrawn"


def test_a_stranger_moves_nothing(officer, stranger):
    duty = obligation(officer)

    with pytest.raises(NotAllowed):
        actions.move_obligation(by=stranger, obligation=duty, to="done")
