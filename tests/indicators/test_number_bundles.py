"""The bundle of any number: composed at any time, checked by all programs, one click from its page."""

from __future__ import annotations

import datetime as dt
import html
import importlib.util
import json
import re
from dataclasses import replace
from decimal import Decimal
from urllib.parse import unquote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.country import ROOT
from tests.indicators.conftest import BY, REGION, SERIES, moment
from tests.indicators.test_formulas import FOOD, PASSED, SCOPE, national, turned  # noqa: F401
from zhiheng.errors import Conflict
from zhiheng.people import clock
from zhiheng.stages.indicators import actions, number_bundles, observations
from zhiheng.stages.indicators.pages import number_files, numbers
from zhiheng.stages.plan import actions as plan_actions
from zhiheng.verification import bundles, observation

VERIFIER = ROOT / "verifier" / "verify_numbers.py"
WHERE = f"scope={SCOPE}"


def bundle_of(row):
    return json.loads(number_bundles.compose(row))


def rows(series, **asked):
    return list(observations.current(series, **asked))


def states(report):
    return {step.name: "open" if not step.is_checked else step.ok for step in report.steps}


@pytest.fixture
def computed(turned, national):  # noqa: F811
    """The pass rate of food, turned round from the published failures."""
    actions.compute(by=national, formula=turned)
    return rows(PASSED)[0]


def test_a_computed_number_is_computed_again_from_its_bundle(computed):
    report = observation.check(bundle_of(computed))

    assert report.refusal == ""
    assert states(report) | {"log": ""} == {
        **dict.fromkeys(("shape", "digest", "ledger", "recorded", "formula", "inputs", "number"), True),
        "origins": "open",
        "log": "",
    }


def test_a_published_number_says_that_it_rests_on_its_source_alone(computed):
    report = observation.check(bundle_of(rows(FOOD)[0]))

    step = next(step for step in report.steps if step.name == "number")
    assert report.ok and not step.is_checked
    assert "rests on its source alone" in step.detail


def test_an_input_is_followed_to_its_own_bundle_where_it_lies_beside(computed, tmp_path):
    bundle = bundle_of(computed)
    for row in rows(FOOD):
        (tmp_path / number_bundles.name(row)).write_bytes(number_bundles.compose(row))

    report = observation.check(bundle, beside=tmp_path)

    assert states(report)["origins"] is True


FAILED = "mfg_product_fail_rate"
OF_DRAWS = {
    "type": "zhiheng/formula/1",
    "id": FAILED,
    "version": "1",
    "unit": "%",
    "basis": "probability",
    "purpose": "evaluation",
    "root": {
        "op": "difference",
        "of": [
            {"op": "constant", "value": "100", "unit": "%"},
            {"op": "series", "id": SERIES},
        ],
    },
}


@pytest.fixture
def of_draws(released, person):
    """The failure rate of the province, computed from the figure of a finished draw."""
    by = person("statistician", "000000")
    plan_actions.define_series(
        by=by,
        id=FAILED,
        zh="制造业产品质量不合格率",
        en="fail rate of manufactured products",
        unit="%",
        basis="probability",
        purpose="evaluation",
        direction="lower",
        definition="由合格率换算。",
        definition_en="Turned round.",
    )
    formula = actions.define_formula(by=by, body=OF_DRAWS, voice="own")
    actions.compute(by=by, formula=formula)
    return rows(FAILED, region=REGION)[0]


@pytest.fixture
def alone():
    spec = importlib.util.spec_from_file_location("stranger_numbers", VERIFIER)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def downloaded(client, url, folder):
    """Save what an address hands out under the name that it gives."""
    answer = client.get(url)
    assert answer.status_code == 200, (url, answer.content[:300])
    name = re.search(r'filename="([^"]+)"', answer["Content-Disposition"])[1]
    (folder / name).write_bytes(answer.content)
    return folder / name


def test_a_number_is_followed_through_its_formula_to_the_drawn_units(
    of_draws, client, alone, tmp_path, capsys
):
    page = client.get(numbers.url(of_draws)).content.decode()
    (link,) = set(re.findall(r'href="(/figures/[^"]*/number/bundle\.json[^"]*)"', page))
    path = downloaded(client, html.unescape(link), tmp_path)
    for beside in re.findall(r"&amp;beside=([^&\"]+)", page):
        downloaded(client, unquote(html.unescape(beside)), tmp_path)

    report = observation.check(bundles.load(path), beside=tmp_path)

    origins = {step.name: step for step in report.steps}["origins"]
    assert report.refusal == ""
    assert "1 of 1 checked by their own bundles" in origins.detail
    assert "without the bundles of its draws" in origins.detail and not origins.is_checked
    assert alone.verify.main([str(path)]) == 0
    assert "1 of 1 checked by their own bundles, of figures without their draws" in capsys.readouterr().out


def test_a_figure_behind_a_number_that_was_altered_is_refused_by_both(
    of_draws, client, alone, tmp_path, capsys
):
    path = downloaded(client, number_files.url(of_draws), tmp_path)
    figure = downloaded(client, number_bundles.own_addresses(of_draws, 1)[0], tmp_path)
    figure.write_text(figure.read_text("utf-8").replace('"verdict":"fail"', '"verdict":"pass"', 1))

    report = observation.check(bundles.load(path), beside=tmp_path)

    assert "origins" in report.refusal and "does not hold" in report.refusal
    assert alone.verify.main([str(path)]) == 1


def test_an_estimate_leads_to_the_bundle_of_its_figure(released, client, alone, tmp_path, capsys):
    (row,) = [row for row in rows(SERIES, region=REGION) if not row.breakdown]
    path = downloaded(client, number_files.url(row), tmp_path)

    before = states(observation.check(bundles.load(path), beside=tmp_path))
    downloaded(client, number_bundles.figure_address(row), tmp_path)
    after = states(observation.check(bundles.load(path), beside=tmp_path))

    assert (before["number"], before["origins"], before["recorded"]) == ("open", "open", True)
    assert after["recorded"] is True and capsys.readouterr().out == ""
    assert alone.verify.main([str(path)]) == 0
    assert "1 of 1 checked by their own bundles" in capsys.readouterr().out


def test_an_old_estimate_leads_to_the_figure_of_its_vintage_after_a_restatement(
    released, office, client, alone, tmp_path, capsys
):
    (first,) = [row for row in rows(SERIES, region=REGION) if not row.breakdown]
    plain = reverse("indicators:bundle", args=[SERIES, REGION, "2025Q1"])
    before = client.get(plain).content
    with clock.at(moment("2025-05-06T10:00:00")):
        actions.release(by=BY, series=office.series, region=REGION, periods=["2025Q1"], reason="更正一处录入")
    (second,) = [row for row in rows(SERIES, region=REGION) if not row.breakdown]
    page = client.get(numbers.url(first, dt.date(2025, 5, 5))).content.decode()

    now, then = client.get(plain).content, client.get(f"{plain}?as_of=2025-05-05").content
    named = [client.get(number_bundles.figure_address(row)).content for row in (first, second)]
    path = downloaded(client, number_files.url(first), tmp_path)
    downloaded(client, number_bundles.figure_address(first), tmp_path)

    assert (named, then) == ([before, now], before) and before != now
    assert f"sha256%3D{first.bundle_sha}" in page
    origins = observation.check(bundles.load(path), beside=tmp_path).steps[-2]
    assert origins.name == "origins" and "1 of 1 checked by their own bundles" in origins.detail
    assert alone.verify.main([str(path)]) == 0
    assert "1 of 1 checked by their own bundles" in capsys.readouterr().out
    assert client.get(f"{plain}?sha256={'0' * 64}").status_code == 404
    assert client.get(f"{plain}?sha256={second.bundle_sha}&as_of=2025-05-05").status_code == 404


def test_every_vintage_keeps_its_bundle_when_its_input_is_restated(computed, turned, national, client):  # noqa: F811
    (held,) = [row for row in rows(FOOD, region="000000") if (row.period, row.breakdown) == ("2024", WHERE)]
    first = next(row for row in rows(PASSED) if row.period == "2024")
    before = number_bundles.compose(first)
    with clock.at(moment("2025-09-01T09:00:00")):
        changed = replace(observations.shape_of(held), value=Decimal("3.1"), said="3.1")
        actions.record(by=national, rows=[changed], reason="更正")
        actions.compute(by=national, formula=turned)
    second = next(row for row in rows(PASSED) if row.period == "2024")

    asked = {"region": "000000", "period": "2024", "voice": "others"}
    answers = [client.get(number_files.url(row)).content for row in (first, second)]
    with clock.at(moment("2025-09-02T09:00:00")):
        day = {**asked, "as_of": "2025-08-01"}
        old = client.get(reverse("indicators:number_bundle", args=[PASSED]), day)

    assert answers[0] == old.content == before
    said = [json.loads(one)["body"]["observation"] for one in answers]
    assert [(one["value"], one["revision"]) for one in said] == [("97.04", 0), ("96.9", 1)]
    assert all(observation.check(json.loads(one)).ok for one in answers)


@pytest.mark.parametrize("asked", [{}, {"region": "000000", "period": "2099"}, {"revision": "9"}])
def test_a_number_that_is_not_there_has_no_bundle(computed, client, asked):
    assert client.get(reverse("indicators:number_bundle", args=[PASSED]), asked).status_code == 404


def test_a_bundle_is_checked_on_the_page_and_each_step_has_its_words(computed, client):
    client.cookies["language"] = "en"
    file = SimpleUploadedFile("number.json", number_bundles.compose(computed), "application/json")

    text = client.post(reverse("indicators:verify"), {"bundle": file}).content.decode()

    assert "Every step holds." in text
    assert "The number comes out of formula and inputs again" in text
    assert "published by others" in text


def test_a_row_that_no_entry_recorded_has_no_bundle(computed, monkeypatch):
    monkeypatch.setattr(number_bundles, "MOST_TRIED", 0)

    with pytest.raises(Conflict, match=r"ledger|台账"):
        number_bundles.compose(computed)
