"""A pass rate over lists that share firms: one weight a firm, one purpose, a file that a stranger checks."""

from __future__ import annotations

import copy
import datetime as dt
import json
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest

from zhiheng.errors import CheckFailed, ZhihengError
from zhiheng.formats.shapes import FigureBundle
from zhiheng.people import clock
from zhiheng.stages.draw import actions as draws
from zhiheng.stages.draw import memberships
from zhiheng.stages.draw.models import Selection
from zhiheng.stages.indicators import actions, bundles, collecting, scopes
from zhiheng.stages.inspection import actions as inspection
from zhiheng.stages.inspection.models import Visit
from zhiheng.stages.inspection.rules import Finding, Measurement
from zhiheng.stages.plan import actions as plan
from zhiheng.stages.plan import queries as plan_queries
from zhiheng.stages.registry.models import CatalogueItem, Site, Subject
from zhiheng.verification import drawn as verification_drawn
from zhiheng.verification import figure as verification

from .conftest import BEACON, BY, REGION, moment

VERIFIER = Path(__file__).parents[2] / "verifier" / "verify.py"
QUOTAS = {"factory": 90, "shop": 50, "platform": 50}
FAILING = {"platform": 40, "shop": 20, "factory": 5}  # of a hundred firms registered for a channel


@pytest.fixture
def markets(office, kept_steps):
    """220 firms: some sell in a shop or online alone, every third maker sells online as well."""
    kept_steps.step("markets", _open_markets)
    return office


def _open_markets() -> None:
    firms = list(Subject.objects.order_by("code"))
    for place, one in enumerate(firms):
        one.channel = ("factory", "factory", "shop", "factory", "platform")[place % 5]
    Subject.objects.bulk_update(firms, ["channel"])
    Site.objects.bulk_create(
        Site(
            subject=one,
            kind="online",
            address=f"{one.code}.example",
            region=one.region,
            valid_from=dt.date(2024, 1, 1),
            recorded_at=clock.now(),
        )
        for place, one in enumerate(firms)
        if place % 3 == 0
    )


def item(vertical: str = "consumer", code: str = "C-1") -> CatalogueItem:
    return CatalogueItem.objects.create(
        region=REGION,
        year=2025,
        code=code,
        name="演示消费品",
        vertical=vertical,
        divisions=["13", "34"],
        reason="example",
        state="issued",
        recorded_at=clock.now(),
    )


def campaign(goods, *, purpose: str = "evaluation"):
    with clock.at(moment("2025-01-06T09:00:00")):
        return draws.open_joint(
            by=BY,
            region=REGION,
            period="2025Q1",
            item=goods,
            quotas=QUOTAS,
            basis="joint plan",
            purpose=purpose,
        )


def drawn(duty, number: int):
    with clock.at(moment("2025-01-06T10:00:00")):
        frame = draws.freeze(by=BY, obligation=duty)
        made = draws.commit(by=BY, obligation=duty, frame=frame, secret=bytes([number]) * 32)
    with clock.at(moment("2025-01-10T09:00:00")):
        made = draws.reveal(by=BY, draw=made, beacon=BEACON)
        inspection.open_visits(by=BY, draw=made)
    return made


def visited(made) -> None:
    """Visit, sample and test the firms of a draw; whether one fails depends on the firm alone."""
    chosen = Selection.objects.filter(draw=made, is_reserve=False).select_related("subject")
    day, findings, results = dt.date(2025, 1, 20), [], []
    for one in chosen.order_by("unit_code"):
        number = int(one.unit_code[8:16])
        if number % 13 == 0:
            findings.append((one.unit_code, Finding("refused", day)))
            continue
        seal = f"T{made.serial[-3:]}-{number:05d}"
        findings.append((one.unit_code, Finding("sampled", day, "演示产品", seal, "LAB-1")))
        value = "0.30" if number * 7919 % 101 < FAILING[one.subject.channel] else "0.10"
        on = dt.date(2025, 2, 10)
        results.append(Measurement(seal, "铅", "T 1", value, "mg/kg", "0.25", "upper", on, "LAB-1"))
    with clock.at(moment("2025-02-01T09:00:00")):
        inspection.record_visits_bulk(by=BY, draw=made, rows=findings)
    with clock.at(moment("2025-02-10T09:00:00")):
        inspection.record_results_bulk(by=BY, draw=made, rows=results)
        inspection.close_draw(by=BY, draw=made)


def run(joint):
    for number, row in enumerate(joint.frames.select_related("obligation").order_by("channel"), 1):
        visited(drawn(row.obligation, number))
    return joint


def seal(joint):
    with clock.at(moment("2025-03-01T09:00:00")):
        return draws.seal_joint(by=BY, joint=joint)


def release(series: str = "consumer_goods_pass_rate", **more):
    with clock.at(moment("2025-04-03T10:00:00")):
        found = plan_queries.series(series)
        return actions.release(by=BY, series=found, region=REGION, periods=["2025Q1"], **more)


def refusal(act, *given, **named) -> str:
    with pytest.raises(ZhihengError) as found:
        act(*given, **named)
    return found.value.code


@pytest.fixture
def visits_made(markets, kept_steps):
    """A campaign over three lists whose visits and tests have ended."""
    return kept_steps.step("campaign", lambda: run(campaign(item())))


@pytest.fixture
def sealed(visits_made, kept_steps):
    return kept_steps.step("sealed", lambda: seal(visits_made))


def test_the_figure_weighs_each_firm_by_its_answered_chances_in_all_lists(sealed):
    held = memberships.standing(sealed)
    answered: dict[tuple[str, str], int] = {}
    for visit in Visit.objects.exclude(verdict="").select_related("selection", "draw"):
        key = visit.draw.serial, visit.selection.stratum
        answered[key] = answered.get(key, 0) + 1
    share = {key: Fraction(answered[key], row.population) for key, row in held.sizes.items()}
    verdicts = {
        (visit.draw.serial, visit.selection.unit_code): visit.verdict
        for visit in Visit.objects.exclude(verdict="").select_related("selection", "draw")
    }
    total = passing = Fraction(0)
    for one in memberships.units(sealed, held):
        if verdict := verdicts.get((one.draw, one.unit)):
            chances = [share[one.draw, one.stratum], *(share[r.other, r.stratum] for r, _c in one.others)]
            total += 1 / sum(chances)
            passing += (verdict == "pass") / sum(chances)

    found = release().figures.get(division="")

    assert found.estimate == pytest.approx(float(passing / total), abs=1e-12)
    assert found.raw == pytest.approx(sum(v == "pass" for v in verdicts.values()) / len(verdicts), abs=1e-12)
    assert found.raw != pytest.approx(found.estimate, abs=1e-6), "the weights say something"
    assert found.lower < found.estimate < found.upper
    assert found.release.method == "multiple-frame" and found.release.parameters["target"] is None


def test_a_channel_has_a_series_of_its_own_and_divisions_are_categories(sealed):
    rates = {name: release(f"consumer_goods_pass_rate_{name}").figures.get(division="") for name in QUOTAS}

    assert rates["platform"].estimate < rates["factory"].estimate
    assert {row.release.method for row in rates.values()} == {"hajek"}
    held = memberships.standing(sealed)
    assert all(row.release.parameters["draws"] == [held.draws[name].serial] for name, row in rates.items())
    assert set(release().figures.values_list("division", flat=True)) == {"", "13", "34"}


def beside(made, tmp_path) -> tuple[dict, Path]:
    """Return a bundle and its file, with the bundles of the draws beside it."""
    from zhiheng.stages.draw import bundles as draw_bundles

    folder = draw_bundles.folder()
    folder.mkdir(parents=True, exist_ok=True)
    for draw in collecting.draws(REGION, ["2025Q1"], scope=scopes.of(made.series)):
        draw_bundles.find(draw)
    (path,) = bundles.write(made, [made.figures.get(division="")])
    return json.loads(path.read_text()), path


def test_both_verifiers_compute_the_figure_again_and_look_into_the_lists(sealed, tmp_path):
    made = release()
    bundle, path = beside(made, tmp_path)

    report = verification.check(bundle, beside=path.parent)

    assert report.ok, report.refusal
    assert not any(step.state == "not checked" for step in report.steps if hasattr(step, "state"))
    alone = subprocess.run([sys.executable, str(VERIFIER), str(path)], capture_output=True, text=True)
    assert alone.returncode == 0, alone.stdout
    assert "rows are the drawn units of 3 of 3 draws" in alone.stdout
    for row in made.figures.exclude(division="").exclude(bundle_sha=""):
        (other,) = bundles.write(made, [row])
        assert verification.check(json.loads(other.read_text()), beside=path.parent).ok
        assert subprocess.run([sys.executable, str(VERIFIER), str(other)], check=False).returncode == 0


@pytest.mark.parametrize("change", ["forgotten", "invented", "another stratum", "heavier"])
def test_a_changed_membership_or_weight_is_refused(sealed, tmp_path, change):
    bundle, path = beside(release(), tmp_path)
    body = copy.deepcopy(bundle["body"])
    first = body["overlaps"][0]
    if change == "forgotten":
        body["overlaps"].pop(0)
    elif change == "another stratum":
        first["stratum"] = next(
            row["stratum"]
            for row in body["strata"]
            if row["draw"] == first["other"] and row["stratum"] != first["stratum"]
        )
    elif change == "invented":
        several = {row["unit"] for row in body["overlaps"]}
        row = next(row for row in body["rows"] if row["unit"] not in several)
        body["overlaps"].append({**first, "draw": row["draw"], "unit": row["unit"], "code": row["unit"]})
        if row["draw"] == first["other"]:
            body["overlaps"][-1]["other"] = first["draw"]
    else:
        row = next(row for row in body["rows"] if row["unit"] == first["unit"] and row["weight"])
        row["weight"] = [row["weight"][0] * 2, row["weight"][1]]
    changed = FigureBundle.from_dict(body)

    with pytest.raises(CheckFailed):
        verification_drawn.compare(changed, path.parent)
        verification._weights(changed)


def test_nothing_is_released_before_the_weights_are_sealed(visits_made):
    assert refusal(release) == "joint-not-sealed"


def test_what_a_visit_could_not_tell_widens_the_interval_alone(visits_made):
    joint = visits_made
    held = memberships.standing(joint).draws
    alone = Visit.objects.filter(
        draw__in=[held["factory"], held["shop"]], selection__overlaps__isnull=True
    ).order_by("selection__unit_code")
    both = [*alone.filter(verdict="fail")[:10], *alone.filter(verdict="pass")]
    assert both[0].verdict == "fail", "a failing unit widens the interval upwards"
    for visit in both[:30]:
        inspection.tell_list(by=BY, visit=visit, channel="platform", answer="unknown")
    seal(joint)

    wide = release()

    found = wide.figures.get(division="")
    part = collecting.stored(wide)[0]
    assert sum(1 for row in part.overlaps if not row.stratum) == 30
    bundle = json.loads(bundles.compose(found))
    assert verification.check(bundle).ok
    known = copy.deepcopy(bundle["body"])
    known["overlaps"] = [row for row in known["overlaps"] if row["stratum"]]
    from zhiheng.verification.recomputation import recompute

    narrow = recompute(FigureBundle.from_dict(known))
    assert narrow["estimate"] == pytest.approx(found.estimate)
    assert found.lower < narrow["lower"] - 0.001 and found.upper > narrow["upper"] + 0.001


@pytest.mark.parametrize("purpose", ["enforcement", "risk-screening"])
def test_food_drawn_for_another_purpose_never_feeds_the_evaluative_rate(markets, purpose):
    seal(run(campaign(item("food", "F-1"), purpose=purpose)))

    assert refusal(release, "food_evaluative_pass_rate") == "no-draw"
    assert refusal(release, "food_supervision_fail_rate") == "series-not-estimated"


def test_food_has_its_rate_beside_an_enforcement_on_the_same_goods(markets):
    goods = item("food", "F-1")
    seal(run(campaign(goods)))
    with clock.at(moment("2025-01-06T09:30:00")):
        duty = plan.create_obligation(
            by=BY, region=REGION, period="2025Q1", item=goods, quota=20, purpose="enforcement", basis="case"
        )
    other = drawn(duty, 9)

    made = release("food_evaluative_pass_rate")

    assert other.serial not in made.parameters["draws"] and len(made.parameters["draws"]) == 3
    assert made.parameters["unused"] == [] and made.purpose == "evaluation"


def test_other_goods_do_not_feed_the_series_of_a_vertical(markets):
    seal(run(campaign(item("industrial", "I-1"))))

    assert refusal(release) == "no-draw"
    assert refusal(release, "food_evaluative_pass_rate") == "no-draw"


def test_a_draw_on_all_channels_needs_no_campaign(markets):
    goods = item("food", "F-1")
    with clock.at(moment("2025-01-06T09:00:00")):
        duty = plan.create_obligation(
            by=BY, region=REGION, period="2025Q1", item=goods, quota=90, basis="plan"
        )
    visited(drawn(duty, 1))

    found = release("food_evaluative_pass_rate").figures.get(division="")

    assert found.hajek == found.estimate and found.population == 220


def test_the_page_of_a_figure_leads_to_the_campaign_and_says_the_formula(sealed, client):
    release()
    client.cookies["language"] = "en"

    figure = client.get(f"/figures/consumer_goods_pass_rate/{REGION}/2025Q1/").content.decode()
    series = client.get("/figures/consumer_goods_pass_rate/").content.decode()

    assert f"/joint/{sealed.serial}/" in figure and "Weighted over several lists" in figure
    assert "r<sub>h(f)</sub>" in series and "Cannot be told" not in series
    assert client.get("/figures/").status_code == 200
