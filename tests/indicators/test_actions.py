"""A release takes finished draws alone, once, and leaves what a stranger needs to repeat it."""

from __future__ import annotations

import json
from decimal import Decimal

import numpy as np
import pytest
from django.db import IntegrityError, connection, transaction

from zhiheng import errors, ledger
from zhiheng.formats.identifiers import demo_uscc
from zhiheng.ledger import evidence
from zhiheng.ledger.models import Entry, Evidence
from zhiheng.methods import survey
from zhiheng.people import clock
from zhiheng.proof import canonical
from zhiheng.stages.indicators import actions, bundles, collecting, jobs, preparing, queries, rules
from zhiheng.stages.indicators.models import Figure, Release, ReleasedPeriod
from zhiheng.stages.inspection.models import Result, Visit
from zhiheng.stages.plan import queries as plan
from zhiheng.stages.registry.guards import GUARDS
from zhiheng.stages.registry.models import Frame, Subject
from zhiheng.verification import figure as verification

from .conftest import BY, REGION, SERIES, moment

pytestmark = pytest.mark.django_db


def release(office, periods=("2025Q1",), *, by=BY, at="2025-04-03T10:00:00", **more):
    with clock.at(moment(at)):
        return actions.release(by=by, series=office.series, region=REGION, periods=periods, **more)


def headline(made):
    return made.figures.get(region=REGION, division="", period="2025Q1")


def by_hand(draw):
    """The sums of the draw, counted here from the visits alone."""
    classes, divisions = ["A", "B", "C", "D"], ["13", "34"]
    shape = (len(classes), len(divisions))
    frame, answered, passed = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    for subject in Subject.objects.all():
        frame[classes.index(subject.risk_class), divisions.index(subject.division)] += 1
    for visit in Visit.objects.filter(selection__draw=draw).exclude(verdict=""):
        cell = classes.index(visit.selection.stratum), divisions.index(visit.division)
        answered[cell] += 1
        passed[cell] += visit.verdict == "pass"
    return survey.Sample.from_counts(frame.sum(1), answered, passed, frame=frame, classes=classes)


def test_the_headline_is_the_rate_weighted_by_output(office, released):
    sample = by_hand(office.draws["2025Q1"])
    output = [
        float(sum(Subject.objects.filter(division=division).values_list("output_value", flat=True)))
        for division in ("13", "34")
    ]

    expected = survey.post_stratified(sample, output).at()
    found = headline(released)

    assert found.estimate == pytest.approx(expected.estimate, abs=1e-12)
    assert (found.lower, found.upper) == pytest.approx((expected.lower, expected.upper), abs=1e-12)
    assert found.hajek == pytest.approx(survey.hajek(sample.merge()).at(0).estimate, abs=1e-12)
    assert found.raw == pytest.approx(survey.naive(sample.merge()).at(0).estimate, abs=1e-12)


def test_the_weights_of_divisions_are_those_frozen_with_the_frame(office, inspected):
    """Whoever knows the results can no longer move the headline by the register."""
    draw = inspected()
    frozen = draw.frame.outputs[REGION]
    Subject.objects.filter(division="13").update(output_value=10**9)
    Subject.objects.create(
        code=demo_uscc(9_001, "330106"),
        name="演示企业后来",
        region="330106",
        division="34",
        size="small",
        channel="factory",
        output_value=10**9,
        recorded_at=clock.now(),
    )

    made = release(office)

    bundle = json.loads(bundles.compose(headline(made)))
    stated = {row["division"]: row["output"] for row in bundle["body"]["outputs"]}
    entries = [entry["statement"] for entry in bundle["ledger"]]
    (bound,) = [entry for entry in entries if entry["verb"] == "registry.frame_frozen"]
    assert stated == frozen == bound["detail"]["outputs"][REGION]
    assert verification.check(bundle).refusal == ""


def test_a_year_sums_the_outputs_of_its_frames(office, inspected):
    first, second = inspected("2025Q1"), None
    Subject.objects.filter(division="13").update(output_value=50)
    second = inspected("2025Q2")
    made = release(office, ["2025Q1", "2025Q2"])
    base, _rows = collecting.stored(made)

    quarter = base.output([first.serial], "13")
    both = base.output([first.serial, second.serial], "13")

    assert quarter == Decimal(first.frame.outputs[REGION]["13"])
    assert both == quarter + Decimal(second.frame.outputs[REGION]["13"])
    assert first.frame.outputs != second.frame.outputs


def test_altered_outputs_of_a_frame_are_noticed(office, inspected):
    draw = inspected()
    outputs = {REGION: {"13": "1.00", "34": "9.00"}}
    changed = {"outputs": outputs, "outputs_sha256": canonical.digest(outputs)}
    with GUARDS.lifted(connection):
        Frame.objects.filter(pk=draw.frame_id).update(**changed)

    refused(office, "outputs-altered")


def test_a_visit_without_an_answer_is_drawn_but_never_passes(office, released):
    found = headline(released)
    unanswered = Visit.objects.filter(outcome__in=("refused", "closed")).count()

    assert unanswered > 0
    assert found.n_sampled - found.n == unanswered
    assert found.population == 220


def test_the_release_stands_in_the_public_ledger_with_its_hashes(released):
    (entry,) = ledger.timeline("release", str(released.pk), public_only=True)

    assert entry.verb == "indicators.released"
    assert entry.detail["dataset_sha256"] == released.dataset_sha
    assert entry.detail["figures_root"] == released.figures_root
    assert entry.detail["figures_count"] == released.figures.exclude(bundle_sha="").count()
    assert ledger.check() > 0


def test_the_data_set_holds_one_line_a_drawn_unit_in_one_order(office, released):
    lines = evidence.read(released.dataset_sha).decode().splitlines()

    assert len(lines) - 1 == released.dataset_rows == len(office.units("2025Q1"))
    assert lines[1:] == sorted(lines[1:], key=lambda line: (*line.split(",")[:2], line.split(",")[9]))
    assert {line.split(",")[7] for line in lines[1:]} == {"sampled", "refused", "closed"}


def test_a_cell_below_the_size_rule_holds_no_number(settings, office, released):
    rule = rules.SizeRule(minimum=10_000, firm=10_000)
    part = released.figures.first()

    assert rule.state(n=part.n, population=part.population) == rules.SUPPRESSED
    with pytest.raises(IntegrityError), transaction.atomic():
        Figure(
            release=released,
            series_id=SERIES,
            region=REGION,
            period="2024",
            status="suppressed",
            estimate=0.9,
            lower=0.8,
            upper=1.0,
            raw=0.9,
            hajek=0.9,
            n=3,
            n_sampled=3,
            population=50,
            coverage=0.1,
        ).save()


def test_small_divisions_are_withheld_with_their_n(office, inspected, monkeypatch):
    inspected()
    monkeypatch.setattr(rules, "size_rule", lambda: rules.SizeRule(minimum=80, firm=120))

    made = release(office)

    small = made.figures.get(division="13")
    assert small.status == rules.SUPPRESSED
    assert (small.estimate, small.raw, small.hajek, small.bundle_sha) == (None, None, None, "")
    assert small.n > 0


def test_every_shown_figure_can_be_computed_again_from_its_bundle(released):
    shown = list(released.figures.exclude(bundle_sha=""))

    reports = [verification.check(json.loads(data)) for data in bundles.compose_all(released, shown)]

    assert len(reports) == 3
    assert [report.refusal for report in reports] == ["", "", ""]


def test_a_bundle_with_one_changed_verdict_is_refused(released):
    bundle = json.loads(bundles.compose(headline(released)))
    row = next(row for row in bundle["body"]["rows"] if row["verdict"] == "fail")
    row["verdict"] = "pass"

    report = verification.check(bundle)

    assert not report.ok
    assert "digest" in report.refusal


def test_the_bundle_is_written_after_the_release(office, inspected, django_capture_on_commit_callbacks):
    inspected()

    with django_capture_on_commit_callbacks(execute=True):
        made = release(office)

    place = bundles.folder() / f"figure-{SERIES}-{REGION}-2025Q1.json"
    assert place.read_bytes() == bundles.compose(headline(made))


def test_an_altered_data_set_is_noticed(released):
    place = evidence.path(released.dataset_sha)
    place.chmod(0o600)
    place.write_bytes(place.read_bytes().replace(b",fail,", b",pass,"))

    with pytest.raises(errors.CheckFailed):
        bundles.compose(headline(released))


# Refusals ------------------------------------------------------------------------------------


def refused(office, code, **more):
    before = Release.objects.count(), Figure.objects.count()
    with pytest.raises(errors.ZhihengError) as caught:
        release(office, **more)
    assert caught.value.code == code
    assert (Release.objects.count(), Figure.objects.count()) == before
    return caught.value


@pytest.mark.parametrize(
    ("role", "region"), [("officer", REGION), ("statistician", "440000"), ("leader", REGION)]
)
def test_only_a_statistician_of_the_region_releases(office, inspected, person, role, region):
    inspected()

    refused(office, "not-allowed", by=person(role, region))


def test_a_draw_that_was_not_revealed_is_refused(office, draw):
    draw(is_revealed=False)

    refused(office, "draw-not-revealed")


def test_a_draw_with_open_visits_is_refused(office, draw):
    draw()

    assert refused(office, "draw-not-finished").facts["open"] == len(office.units("2025Q1"))


def test_a_failing_result_that_can_still_be_contested_holds_the_release_back(office, inspected):
    inspected(reported="2025-03-28T09:00:00")

    refused(office, "draw-contestable")


def test_a_period_without_a_draw_is_refused(office, inspected):
    inspected()

    error = refused(office, "period-without-draw", periods=["2025"])
    assert "2025Q2" in str(error)


def test_a_region_without_any_draw_is_refused(office):
    refused(office, "no-draw")


def test_a_province_never_stands_for_the_nation(office, inspected):
    inspected()
    Subject.objects.filter(code__in=office.units("2025Q1")[:1]).update(region="320102")

    with pytest.raises(errors.RuleRefused) as caught, clock.at(moment("2025-04-03T10:00:00")):
        actions.release(by=BY, series=office.series, region="000000", periods=["2025Q1"])

    assert caught.value.code == "region-not-covered"
    assert caught.value.facts["count"] == 1


def test_no_period_at_all_is_refused(office, inspected):
    inspected()

    refused(office, "no-periods", periods=[])


def test_a_series_without_a_bound_target_is_refused(office, inspected):
    inspected()
    target = plan.target("CN-2025-4")
    target.series, target.binding = None, "unbound"
    target.save()

    refused(office, "series-not-bound")


def test_a_series_of_another_basis_is_never_computed_from_draws(office, inspected):
    inspected()
    office.series = plan.series("mfg_quality_competitiveness_index")

    refused(office, "series-not-estimated")


def test_results_of_another_purpose_are_never_mixed_in(office, inspected):
    inspected()
    one = Result.objects.first()
    Result.objects.filter(pk=one.pk).update(purpose="enforcement")

    error = refused(office, "kinds-mixed")
    assert "enforcement" in str(error)


def test_a_frame_without_output_values_cannot_weigh(office, inspected):
    Subject.objects.update(output_value=0)
    inspected()

    refused(office, "no-output")


# Vintages ------------------------------------------------------------------------------------


def test_the_same_release_twice_is_refused_and_names_the_period(office, released):
    error = refused(office, "released-already", at="2025-04-04T10:00:00")

    assert "2025Q1" in str(error)


def test_a_revision_replaces_and_the_old_page_can_still_be_shown(office, released):
    revised = release(office, at="2025-05-03T10:00:00", reason="复核后更正一家企业的行业")

    now = queries.figure(SERIES, REGION, "2025Q1")
    then = queries.figure(SERIES, REGION, "2025Q1", as_of=moment("2025-04-30T23:59:59"))
    never = queries.figure(SERIES, REGION, "2025Q1", as_of=moment("2025-04-01T00:00:00"))

    assert revised.replaces == released
    assert (now.release, then.release, never) == (revised, released, None)


def test_a_revision_of_several_releases_at_once_is_refused(office, inspected):
    inspected("2025Q1")
    inspected("2025Q2")
    release(office, ["2025Q1"])
    release(office, ["2025Q2"], at="2025-04-04T10:00:00")

    refused(
        office,
        "revision-of-several",
        periods=["2025Q1", "2025Q2"],
        reason="更正",
        at="2025-05-03T10:00:00",
    )


def prepared(office, *, at="2025-04-03T10:00:00", **more):
    said = {"by": BY, "series": office.series, "region": REGION, "periods": ["2025Q1"], **more}
    with clock.at(moment(at)):
        return preparing.prepare(**said)


def test_preparing_writes_nothing(office, inspected):
    inspected()
    before = Evidence.objects.count(), Entry.objects.count()

    found = prepared(office)

    assert (Evidence.objects.count(), Entry.objects.count(), Release.objects.count()) == (*before, 0)
    assert found.count == 3


def test_of_two_prepared_releases_of_a_period_one_is_published(office, inspected):
    inspected()
    first, second = prepared(office), prepared(office)

    with clock.at(moment("2025-04-03T10:00:00")):
        actions.publish(by=BY, prepared=first)
        with pytest.raises(errors.Conflict) as caught:
            actions.publish(by=BY, prepared=second)

    assert caught.value.code == "released-already"
    assert Release.objects.count() == 1


def test_of_two_prepared_revisions_one_is_published(office, released):
    one, other = (prepared(office, at="2025-05-03T10:00:00", reason="更正") for _ in range(2))

    with clock.at(moment("2025-05-03T10:00:00")):
        actions.publish(by=BY, prepared=one)
        with pytest.raises(errors.Conflict) as caught:
            actions.publish(by=BY, prepared=other)

    assert caught.value.code == "inputs-changed"
    assert Release.objects.filter(replaced_by__isnull=True).count() == 1


def test_figures_prepared_from_results_that_changed_are_not_published(office, inspected):
    inspected()
    found = prepared(office)
    visit = Visit.objects.filter(verdict="pass").first()
    Visit.objects.filter(pk=visit.pk).update(state="void", verdict="")

    with clock.at(moment("2025-04-03T10:00:00")), pytest.raises(errors.Conflict) as caught:
        actions.publish(by=BY, prepared=found)

    assert caught.value.code == "inputs-changed"
    assert Release.objects.count() == 0


def test_the_database_holds_each_revision_of_a_period_once(office, released):
    held = ReleasedPeriod.objects.get(release=released)
    assert held.revision == 0

    revised = release(office, at="2025-05-03T10:00:00", reason="更正")

    assert ReleasedPeriod.objects.get(release=revised).revision == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        ReleasedPeriod.objects.create(
            release=revised, series_id=SERIES, region=REGION, period="2025Q1", revision=0
        )


def test_a_revealed_draw_that_is_left_aside_is_stated(office, inspected, monkeypatch):
    inspected()
    monkeypatch.setattr(collecting, "unused", lambda *_said: ["330000-2025Q1-002"])

    refused(office, "draws-left-aside")
    made = release(office, reason="第二次抽取的样品在运输中损毁")

    (entry,) = ledger.timeline("release", str(made.pk), public_only=True)
    assert made.parameters["unused"] == entry.detail["unused_draws"] == ["330000-2025Q1-002"]
    assert entry.detail["reason"] == "第二次抽取的样品在运输中损毁"


def test_a_draw_that_no_release_names_is_unused(office, inspected):
    inspected()

    assert collecting.unused(REGION, ["2025Q1"], []) == [f"{REGION}-2025Q1-001"]
    assert collecting.unused(REGION, ["2025Q1"], collecting.draws(REGION, ["2025Q1"])) == []


def test_bundles_lost_to_a_kill_are_written_again(office, released):
    place = bundles.folder() / f"figure-{SERIES}-{REGION}-2025Q1.json"
    assert not place.exists()

    written = jobs.write_bundles(), jobs.write_bundles()

    assert written == (1, 0)
    assert place.read_bytes() == bundles.compose(headline(released))


def test_the_bundle_of_a_replaced_release_is_written_anew(office, released):
    bundles.write_headlines(released)
    revised = release(office, at="2025-05-03T10:00:00", reason="更正")

    assert jobs.write_bundles() == 1
    place = bundles.folder() / f"figure-{SERIES}-{REGION}-2025Q1.json"
    assert place.read_bytes() == bundles.compose(headline(revised))


def test_a_revision_may_not_drop_a_period(office, inspected):
    inspected("2025Q1")
    inspected("2025Q2")
    release(office, ["2025Q1", "2025Q2"])

    refused(office, "revision-too-narrow", periods=["2025Q1"], reason="更正", at="2025-05-03T10:00:00")


def test_a_released_row_is_never_changed_or_removed(released):
    one = headline(released)

    for act in (one.save, one.delete, released.save, released.delete):
        with pytest.raises(TypeError):
            act()
    with pytest.raises(TypeError):
        Figure.objects.update(estimate=1.0)
    with pytest.raises(TypeError):
        Release.objects.all().delete()


@pytest.mark.parametrize(
    "wrong",
    [
        {"lower": 0.95},
        {"upper": 0.85},
        {"estimate": 1.2, "upper": 1.3},
        {"n": 500},
        {"n_sampled": 500},
        {"coverage": 1.5},
        {"estimate": None},
        {"status": "guessed"},
    ],
)
def test_the_database_refuses_a_figure_that_cannot_be(released, wrong):
    said = {
        "estimate": 0.9,
        "lower": 0.88,
        "upper": 0.92,
        "raw": 0.9,
        "hajek": 0.9,
        "n": 90,
        "n_sampled": 100,
        "population": 400,
        "coverage": 1.0,
        "status": "published",
        **wrong,
    }

    with pytest.raises(IntegrityError), transaction.atomic():
        Figure(release=released, series_id=SERIES, region=REGION, period="2024Q4", **said).save()


def test_the_numbers_of_a_release_are_canonical_and_hold_no_float(released):
    (entry,) = ledger.timeline("release", str(released.pk))

    assert canonical.loads(canonical.dumps(entry.detail)) == entry.detail


def test_a_void_sample_is_a_state_of_its_own_and_never_a_pass(office, inspected):
    inspected()
    visit = Visit.objects.filter(verdict="pass").first()
    Visit.objects.filter(pk=visit.pk).update(state="void", verdict="")

    made = release(office)
    bundle = json.loads(bundles.compose(headline(made)))
    row = next(row for row in bundle["body"]["rows"] if row["unit"] == visit.selection.unit_code)

    found = headline(made)
    answered = Visit.objects.exclude(verdict="").count()
    assert visit.outcome == "sampled"
    assert (found.n, found.n_sampled) == (answered, len(office.units("2025Q1")))
    assert (row["visit"], row["verdict"], row["weight"]) == ("void", None, None)
    assert verification.check(bundle).refusal == ""


def overturn(by_retest, **where):
    """Overturn the failing result of one visit: by a re-test that conforms, or by an upheld objection."""
    from zhiheng.stages.inspection import actions as cases
    from zhiheng.stages.inspection.models import Case
    from zhiheng.stages.inspection.rules import Measurement

    case = Case.objects.filter(state="notified", **where).order_by("id").first()
    day = moment("2025-02-12T09:00:00")
    with clock.at(day):
        kind = "test" if by_retest else "process"
        cases.object_result(by=BY, case=case, kind=kind, grounds="The seal was loose.")
        if not by_retest:
            return cases.move_case(by=BY, case=case, event="uphold_objection", reason="It was loose.").visit
        cases.move_case(by=BY, case=case, event="offer_retest")
        cases.move_case(by=BY, case=case, event="complete_formalities")
        cases.name_retest_lab(by=BY, case=case, lab="LAB-2")
        again = Measurement("-", "铅", "T 1", "0.11", "mg/kg", "0.25", "upper", day.date(), "LAB-2")
        return cases.record_case_test(by=BY, case=case, measured=again).case.visit


def test_an_overturned_result_that_nobody_corrected_never_counts_as_failing(office, inspected):
    from zhiheng.stages.inspection.models import CaseTest

    inspected()
    failing = Visit.objects.filter(verdict="fail").count()
    answered = Visit.objects.exclude(verdict="").count()
    cleared, annulled = overturn(by_retest=True), overturn(by_retest=False)

    made = release(office)
    bundle = json.loads(bundles.compose(headline(made)))
    rows = {row["unit"]: row for row in bundle["body"]["rows"]}

    again, gone = rows[cleared.selection.unit_code], rows[annulled.selection.unit_code]
    assert (again["visit"], again["verdict"]) == ("sampled", "pass")
    assert str(CaseTest.objects.get().pk) in evidence.read(made.dataset_sha).decode()
    assert (gone["visit"], gone["verdict"], gone["weight"]) == ("void", None, None)
    assert sum(row["verdict"] == "fail" for row in rows.values()) == failing - 2
    assert headline(made).n == answered - 1
    assert set(
        Result.objects.filter(sample__visit__in=[cleared, annulled]).values_list("verdict", flat=True)
    ) == {"fail"}, "the first results stay as they were"
    assert verification.check(bundle).refusal == ""
