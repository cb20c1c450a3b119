"""An index is published from recorded statistics and our own pass rate, with its formula and its way back."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from decimal import Decimal

import pytest

from tests.country import ROOT
from tests.indicators.conftest import REGION, moment
from tests.indicators.test_index import NUMBERS, TREE
from zhiheng.errors import BadInput, NotAllowed, RuleRefused
from zhiheng.formats.shapes.observation import Observation as Shape
from zhiheng.ledger import evidence
from zhiheng.ledger.models import Entry
from zhiheng.people import clock
from zhiheng.reference import quality_index
from zhiheng.reference.quality_index import PUBLISHED, SERIES
from zhiheng.stages.indicators import actions, formulas, indexing, number_bundles, observations
from zhiheng.stages.indicators.models import Formula, Observation
from zhiheng.verification import observation

PERIOD = "2025Q1"
CELLS = ("", "division=13", "division=34")


def statistic(series, unit, value, breakdown="", region=REGION, period=PERIOD):
    return Shape(
        series=series,
        region=region,
        period=period,
        breakdown=breakdown,
        unit=unit,
        basis="administrative",
        purpose="evaluation",
        origin="published",
        value=Decimal(value),
        standard_error=Decimal(0),
        said=value,
        evidence="A",
        source="年鉴（测试）",
        recorded_at=clock.now(),
    )


def eleven(**about):
    return [
        statistic(one.series, one.unit, NUMBERS[one.id], **about)
        for one in TREE.statistics()
        if one.voice == "others"
    ]


@pytest.fixture
def national(person):
    return person("statistician", "000000")


@pytest.fixture
def recorded(released, national):
    """The eleven statistics of the province and two divisions, beside the pass rate that was estimated."""
    rows = [row for breakdown in CELLS for row in eleven(breakdown=breakdown)]
    actions.record(by=national, rows=rows)
    return released


def choose(**changes):
    asked = {"period": PERIOD, "weights": "even", "goalposts": "demonstration", **changes}
    return indexing.choose(**asked)


def own(breakdown=""):
    return observations.current(SERIES, REGION, voice="own").get(breakdown=breakdown)


def test_the_index_is_published_with_interval_formula_and_inputs(recorded, national):
    made = actions.publish_index(by=national, choice=choose())

    row, rate = own(), observations.current("mfg_product_pass_rate", REGION, voice="own").get(breakdown="")
    assert {one.breakdown for one in made} >= {""}
    half = 1.959964 * float(row.standard_error)
    ends = (float(row.value) - half, float(row.value) + half)
    assert (row.origin, row.interval, row.level) == ("computed", "model", "0.95")
    assert (float(row.lower), float(row.upper)) == pytest.approx(ends, abs=1e-6)
    assert observation.check(json.loads(number_bundles.compose(row))).refusal == ""
    assert float(row.standard_error) == pytest.approx(float(rate.standard_error) / 6, rel=1e-9)
    assert row.formula_sha == Formula.objects.get(series=SERIES, version="1").sha
    assert "不是官方" in row.note
    assert row.inputs_sha


def test_the_published_number_is_the_one_of_the_rule(recorded, national):
    prepared = indexing.prepare(choose())

    actions.publish_index(by=national, choice=choose())

    for cell in prepared.result.cells:
        held = own(cell.partition(" ")[2])
        assert float(held.value) == pytest.approx(prepared.result.index(cell), rel=1e-12)
        error = prepared.result.error(cell)
        assert error is None or float(held.standard_error) == pytest.approx(error, rel=1e-9)


def test_publishing_twice_changes_nothing(recorded, national):
    actions.publish_index(by=national, choice=choose())
    count = Observation.objects.count(), Formula.objects.count(), Entry.objects.count()

    again = actions.publish_index(by=national, choice=choose())

    assert again == []
    assert (Observation.objects.count(), Formula.objects.count(), Entry.objects.count()) == count


def test_other_weights_are_a_new_version_of_the_formula_and_restate_the_number(recorded, national):
    actions.publish_index(by=national, choice=choose())
    before = own().value

    with clock.at(moment("2025-07-01T09:00:00")):
        actions.publish_index(by=national, choice=choose(weights="level-first"))

    assert own().revision == 1 and own().value != before
    assert "质量水平60%" in own().reason
    assert formulas.in_force(SERIES)[SERIES].version == "2"


def test_a_late_correction_of_a_statistic_keeps_the_old_index(recorded, national):
    actions.publish_index(by=national, choice=choose())
    rows = [replace(row, value=Decimal("2"), said="2") for row in eleven() if "loss" in row.series]

    with clock.at(moment("2025-07-01T09:00:00")):
        actions.record(by=national, rows=rows, reason="年鉴更正")
        actions.publish_index(by=national, choice=choose(), reason="年鉴更正")

    vintages = observations.history(SERIES, REGION, PERIOD, voice="own")
    assert [(row.revision, row.status) for row in vintages] == [(0, "final"), (1, "revised")]
    assert float(vintages[0].value) > float(vintages[1].value)


def test_the_official_index_is_never_touched(recorded, national):
    actions.load_published(by=national)
    published = observations.current(PUBLISHED).count()

    actions.publish_index(by=national, choice=choose())

    assert observations.current(PUBLISHED).count() == published
    assert not Observation.objects.filter(series=PUBLISHED, voice="own").exists()
    assert not Observation.objects.filter(series=SERIES, voice="others").exists()


def test_the_tree_leads_from_the_index_to_each_input(recorded, national):
    actions.publish_index(by=national, choice=choose())
    formula = formulas.by_sha(own().formula_sha)
    key = (REGION, PERIOD, "")

    found = formulas.compute(formula, at=[key])

    assert found.inputs_sha(key) == own().inputs_sha
    read = {series: held[key].voice for series, held in found.inputs.items() if key in held}
    assert len(read) == 12
    assert {series for series, voice in read.items() if voice == "own"} == {"mfg_product_pass_rate"}


def test_without_an_own_pass_rate_the_published_one_is_read_and_the_error_is_unknown(office, national):
    actions.load_published(by=national)
    actions.record(by=national, rows=eleven(region="000000", period="2024"))

    actions.publish_index(by=national, choice=choose(period="2024"))

    row = observations.current(SERIES, "000000", voice="own").get()
    assert (row.period, row.standard_error, row.interval) == ("2024", "", "none")


def test_the_doubt_is_kept_as_evidence_that_the_entry_names(recorded, national):
    actions.publish_index(by=national, choice=choose())

    entry = Entry.objects.filter(verb="indicators.observations_recorded").latest("seq")
    body = json.loads(evidence.read(entry.detail["index"]["doubt_sha256"]))
    assert (entry.visibility, entry.detail["index"]["period"]) == ("public", PERIOD)
    assert body["type"] == "zhiheng/index-doubt/1"
    assert json.loads(indexing.document(indexing.prepare(choose()))) == body


def test_a_period_without_a_whole_region_is_refused_and_nothing_is_kept(recorded, national):
    with pytest.raises(RuleRefused) as refused:
        actions.publish_index(by=national, choice=choose(period="2025Q2"))

    assert refused.value.code == "index-none-whole"
    assert not Formula.objects.filter(series=SERIES).exists()


def test_own_lines_go_before_the_sets(recorded, national):
    even = "\n".join(f"{name} {share}" for name, share in quality_index.weights()["even"].weights.items())
    changed = even.replace("level 1/2", "level 3/4").replace("capacity 1/2", "capacity 1/4")

    actions.publish_index(by=national, choice=choose(own_weights=changed))

    assert formulas.tree(Formula.objects.get(series=SERIES, version="1")).root.weights == ("0.75", "0.25")


def test_goalposts_may_be_the_extremes_of_a_base_period(recorded, national):
    rows = [replace(row, value=row.value + 1, said="", region="110000") for row in eleven()]
    actions.record(by=national, rows=rows)

    choice = choose(goalposts="", base=PERIOD)

    assert choice.made.posts["loss"] == (Decimal("0.6"), Decimal("1.6"))
    assert PERIOD in choice.said


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"weights": "official"}, "index-set-unknown"),
        ({"goalposts": "official"}, "index-set-unknown"),
        ({"goalposts": ""}, "index-no-goalposts"),
        ({"period": "soon"}, "index-no-period"),
        ({"goalposts": "", "base": "2031"}, "index-no-base"),
    ],
)
def test_a_choice_that_cannot_be_is_refused(recorded, changes, code):
    with pytest.raises(BadInput) as refused:
        choose(**changes)

    assert refused.value.code == code


def test_only_a_statistician_of_the_nation_publishes(recorded, person):
    for stranger in (person("officer", "000000"), person("statistician", REGION)):
        with pytest.raises(NotAllowed):
            actions.publish_index(by=stranger, choice=choose())


OUTPUTS = {
    "": "100",
    **{f"division={code}": "5" for code in quality_index.classifications()["published-index-80"].divisions},
}


def outputs(**about):
    return [statistic("mfg_output", "亿元", value, name, **about) for name, value in OUTPUTS.items()]


def test_size_and_share_follow_from_the_rule_and_the_outputs(office, national):
    rule = quality_index.classifications()["published-index-80"]
    actions.record(by=national, rows=outputs())

    made = {row.series: row for row in actions.classify(by=national, rule=rule)}

    assert made["quality_competitive_output"].value == 5 * len(rule.divisions)
    assert made["quality_competitive_share"].value == 5 * len(rule.divisions)
    assert actions.classify(by=national, rule=rule) == []


def test_a_division_without_a_number_makes_the_size_missing_not_smaller(office, national):
    rule = quality_index.classifications()["published-index-80"]
    actions.record(by=national, rows=outputs()[:-1])

    assert actions.classify(by=national, rule=rule) == []


def test_another_rule_is_another_version_and_restates(office, national):
    rule = quality_index.classifications()["published-index-80"]
    actions.record(by=national, rows=outputs())
    actions.classify(by=national, rule=rule)

    narrower = replace(rule, id="narrower", zh="较窄的规则", divisions=rule.divisions[:2])
    made = {row.series: row for row in actions.classify(by=national, rule=narrower)}

    assert (made["quality_competitive_share"].value, made["quality_competitive_share"].revision) == (10, 1)


def test_the_bundle_of_an_index_is_computed_again_offline_from_inputs_of_both_voices(
    recorded, national, tmp_path
):
    actions.publish_index(by=national, choice=choose())
    row = own()
    path = tmp_path / "number.json"
    path.write_bytes(number_bundles.compose(row))
    bundle = json.loads(path.read_bytes())

    report = observation.check(bundle)
    done = subprocess.run(
        [sys.executable, str(ROOT / "verifier" / "verify_numbers.py"), str(path)],
        capture_output=True,
        text=True,
        check=False,
    )

    origins = {one["observation"]["origin"] for one in bundle["body"]["inputs"]}
    assert origins == {"published", "estimated"}
    assert report.ok, report.refusal
    assert done.returncode == 0, done.stdout + done.stderr
