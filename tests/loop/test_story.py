"""Every stage of the loop did its part, and what it left holds together.

A later stage lengthens the story here: its outcome, and the step by which a stranger reaches it.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing

from tests import country
from zhiheng.stages.indicators import loading

REGION, SERIES = country.REGION, "mfg_product_pass_rate"


def stage(story_var, name):
    return story_var.summary["stages"][name]


def test_the_summary_has_its_fixed_shape(story_var):
    assert set(story_var.summary) == {"scale", "seed", "stages", "figures", "var", "urls"}
    assert story_var.summary["seed"] == country.SEED
    assert all("outcome" in found for found in story_var.summary["stages"].values())
    for figure in story_var.summary["figures"]:
        assert set(figure) == {"name", "truth", "estimate", "lower", "upper", "n", "covered"}


def test_plan_binds_the_clear_target_and_refuses_the_ambiguous_one(story_var):
    found = stage(story_var, "plan")

    assert found["outcome"] == "bound"
    assert found["bound"] == {"CN-2025-4": SERIES}
    assert list(found["refused"]) == ["CN-2025-3"]
    assert "names no purpose" in found["refused"]["CN-2025-3"]


def test_no_published_number_is_known_before_its_source(story_var):
    query = "SELECT recorded_at FROM indicators_observation WHERE voice = 'others'"
    with closing(sqlite3.connect(story_var.var / "zhiheng.sqlite3")) as database:
        recorded = [at for (at,) in database.execute(query)]

    assert len(recorded) == stage(story_var, "plan")["published_numbers"] > 0
    assert min(recorded) >= loading.known_by().isoformat()


def test_registry_takes_the_lists_from_workbooks(story_var):
    found = stage(story_var, "registry")

    assert (found["outcome"], found["by"]) == ("imported", "workbook")
    assert found["subjects"] == found["products"] == country.FIRMS
    assert found["inspectors"] == country.scale().inspectors


def test_draw_commits_and_reveals_once_a_quarter(story_var):
    found = stage(story_var, "draw")

    assert found["outcome"] == "revealed"
    assert found["draws"] >= len(country.QUARTERS)


def test_inspection_records_refused_and_closed_visits_and_opens_cases(story_var):
    found = stage(story_var, "inspection")

    assert found["outcome"] == "recorded"
    assert found["refused"] >= 1
    assert found["closed"] >= 1
    assert found["pass"] + found["fail"] == found["sampled"]
    assert found["cases"] >= found["fail"] >= 1
    assert found["clocks"] >= found["cases"]


def test_visits_without_an_answer_are_drawn_and_not_counted_as_answered(story_var):
    found = stage(story_var, "inspection")
    unanswered = sum(found[name] for name in ("refused", "closed", "not_found", "no_stock"))
    answered = sum(row["n"] for row in story_var.summary["figures"])

    assert answered == found["sampled"]
    assert unanswered > 0


def test_indicators_release_every_quarter_with_its_interval(story_var):
    names = [row["name"] for row in story_var.summary["figures"]]

    assert stage(story_var, "indicators")["releases"] == len(country.QUARTERS)
    assert names == [f"{SERIES}-{REGION}-{quarter}" for quarter in country.QUARTERS]
    for row in story_var.summary["figures"]:
        assert 0 < row["lower"] < row["estimate"] < row["upper"] < 1


def test_the_summary_compares_each_figure_with_the_truth_of_the_country(story_var):
    for row, quarter in zip(story_var.summary["figures"], country.QUARTERS, strict=True):
        truth = country.population().truth(quarter).output_weighted

        assert row["truth"] == truth
        assert row["covered"] is (row["lower"] <= truth <= row["upper"])


def test_the_intervals_of_this_country_hold_the_truth(story_var):
    assert [row["covered"] for row in story_var.summary["figures"]] == [True, True]


def test_every_bundle_of_the_run_was_verified(story_var):
    bundles = sorted(path.name for path in (story_var.var / "bundles").glob("*.json"))

    assert stage(story_var, "verification") == {"outcome": "verified", "bundles": len(bundles)}
    for quarter in country.QUARTERS:
        assert f"draw-{REGION}-{quarter}-001.json" in bundles
        assert f"figure-{SERIES}-{REGION}-{quarter}.json" in bundles


def test_there_is_one_account_a_role_and_its_password_stands_in_one_private_file(story_var):
    held = json.loads((story_var.var / "demo.json").read_text(encoding="utf-8"))
    logins = {account["login"] for account in held["accounts"]}

    assert {"province", "inspector", "lab", "firm", "statistician", "leader"} <= logins
    assert {"system", "security", "audit"} <= logins
    assert (story_var.var / "demo.json").stat().st_mode & 0o077 == 0
    assert len({account["password"] for account in held["accounts"]}) == len(logins)
