"""A published figure is computed again from its bundle by two programs that share no line."""

from __future__ import annotations

import copy
from pathlib import Path

import numpy as np
import pytest

from tests.verification import made
from zhiheng.formats.shapes import FigureBundle
from zhiheng.proof import canonical
from zhiheng.verification import figure as figure_check
from zhiheng.verification.recomputation import recompute

BOUND = ["shape", "digest", "ledger", "release", "draws"]
STEPS = [*BOUND, "drawn units", "rows", "weights", "counts", "size rule", "figure", "log"]


def by_stranger(stranger, bundle: dict, folder=Path("/nowhere")) -> str:
    return stranger.check_figure(bundle, folder)


def failing(bundle: dict) -> list[str]:
    return [step.name for step in figure_check.check(bundle).steps if not step.ok]


@pytest.mark.parametrize("division", ["", "13", "38"])
def test_every_step_of_a_valid_figure_holds(figure_bundles, division):
    report = figure_check.check(figure_bundles[division])

    assert [step.name for step in report.steps] == STEPS
    assert report.ok, report.refusal
    assert report.subject.startswith("mfg_product_pass_rate-330000-2024Q1")


@pytest.mark.parametrize("division", ["", "13", "38"])
def test_the_stranger_agrees_on_a_valid_figure(figure_bundles, stranger, division):
    bundle = figure_bundles[division]

    estimate = float(bundle["body"]["figure"]["estimate"])

    assert f"{estimate:.4f}" in by_stranger(stranger, bundle)


def reissued(change) -> dict:
    """Return a bundle whose forger changed the body and released it anew, as an office itself could."""
    ledger = made.Ledger()
    body = copy.deepcopy(made.figure_body(made.made_draw(ledger)))
    change(body)
    body["rows_sha256"] = canonical.digest(body["rows"])
    root, places = figure_check.seal([figure_check.digest(body)])
    detail = {"figures_root": root, "figures_count": 1, "dataset_sha256": body["dataset_sha256"]}
    ledger.append("indicators.released", detail)
    return figure_check.bundle(body, inclusion=places[0], entries=ledger.entries)


def polish(body):
    body["figure"]["estimate"] = "0.900000000000"


def narrow(body):
    body["figure"]["lower"] = "0.700000000000"


def turn_a_failure(body):
    next(row for row in body["rows"] if row["verdict"] == "fail")["verdict"] = "pass"


def drop_a_row(body):
    body["rows"].pop()


def weigh_more(body):
    next(row for row in body["rows"] if row["weight"])["weight"][0] += 1


def tilt_the_output(body):
    body["outputs"][0]["output"] = "0.01"


def call_it_firm(body):
    body["size_rule"] = {"minimum": 1, "firm": 17}


def count_the_refused(body):
    row = next(row for row in body["rows"] if row["visit"] == "refused")
    row["verdict"] = "pass"


def another_place(body):
    body["rows"][0]["region"] = "440106"


@pytest.mark.parametrize(
    ("change", "step"),
    [
        (polish, "figure"),
        (narrow, "figure"),
        (turn_a_failure, "figure"),
        (drop_a_row, "counts"),
        (weigh_more, "weights"),
        (tilt_the_output, "figure"),
        (call_it_firm, "size rule"),
        (count_the_refused, "shape"),
        (another_place, "counts"),
    ],
)
def test_a_cheat_that_was_released_anew_is_still_found(change, step, stranger):
    bundle = reissued(change)

    assert step in failing(bundle)
    with pytest.raises(stranger.Refused):
        by_stranger(stranger, bundle)


def test_a_figure_released_anew_without_a_change_is_verified(stranger):
    bundle = reissued(lambda body: None)

    assert figure_check.check(bundle).ok
    assert by_stranger(stranger, bundle)


def test_a_figure_of_another_release_is_refused(figure_bundles, stranger):
    bundle = {**figure_bundles[""], "inclusion": figure_bundles["13"]["inclusion"]}

    assert failing(bundle) == ["release"]
    with pytest.raises(stranger.Refused, match="no release"):
        by_stranger(stranger, bundle)


def test_a_draw_that_the_ledger_does_not_name_is_refused(figure_bundles, stranger):
    bundle = {**figure_bundles[""], "ledger": figure_bundles[""]["ledger"][1:]}

    assert failing(bundle) == ["draws"]
    with pytest.raises(stranger.Refused):
        by_stranger(stranger, bundle)


def drawn_units(report):
    return next(step for step in report.steps if step.name == "drawn units")


def test_without_the_draw_beside_it_says_that_the_rows_were_not_compared(figure_bundles, stranger, tmp_path):
    step = drawn_units(figure_check.check(figure_bundles[""], beside=tmp_path))

    assert not step.is_checked
    assert step.detail == "not checked: the draw's bundle is not beside this file"
    said = by_stranger(stranger, figure_bundles[""], tmp_path)
    assert "0 of 1 draws, not checked: the draw's bundle is not beside this file" in said


@pytest.mark.parametrize("division", ["", "13", "38"])
def test_the_rows_are_compared_with_the_draw_beside(
    figure_bundles, draw_bundle, stranger, tmp_path, division
):
    bundle = figure_bundles[division]
    path = tmp_path / f"draw-{made.SERIAL}.json"
    path.write_bytes(canonical.dumps(draw_bundle))

    report = figure_check.check(bundle, beside=tmp_path)

    assert report.ok, report.refusal
    assert "drawn units of 1 draw(s), none left out" in drawn_units(report).detail
    assert "rows are the drawn units of 1 of 1 draws; not sealed" in by_stranger(stranger, bundle, tmp_path)


def leave_out_the_failures(body):
    """Drop the refused of one stratum with its sample size, as if fewer had been drawn."""
    gone = next(row for row in body["rows"] if row["visit"] == "closed")
    body["rows"].remove(gone)
    next(row for row in body["strata"] if row["stratum"] == gone["stratum"])["sample"] -= 1
    body["figure"]["n_sampled"] -= 1


def put_in_a_friend(body):
    body["rows"][0]["unit"] = "X133010699999999XX"


@pytest.mark.parametrize("change", [leave_out_the_failures, put_in_a_friend])
def test_rows_picked_by_hand_are_found_when_the_draw_lies_beside(change, draw_bundle, stranger, tmp_path):
    bundle = reissued(change)
    assert figure_check.check(bundle).ok
    (tmp_path / f"draw-{made.SERIAL}.json").write_bytes(canonical.dumps(draw_bundle))

    report = figure_check.check(bundle, beside=tmp_path)

    assert [step.name for step in report.steps if not step.ok] == ["drawn units"]
    with pytest.raises(stranger.Refused):
        by_stranger(stranger, bundle, tmp_path)


def test_another_certificate_beside_is_refused(figure_bundles, draw_bundle, stranger, tmp_path):
    other = copy.deepcopy(draw_bundle)
    other["certificate"]["selected"].pop()
    (tmp_path / f"draw-{made.SERIAL}.json").write_bytes(canonical.dumps(other))

    assert not figure_check.check(figure_bundles[""], beside=tmp_path).ok
    with pytest.raises(stranger.Refused, match="another certificate"):
        by_stranger(stranger, figure_bundles[""], tmp_path)


def random_body(seed: int) -> dict:
    """Return a body with random strata, divisions, answers and verdicts; numbers are not filled in."""
    random = np.random.default_rng(seed)
    divisions = [str(code) for code in range(13, 13 + int(random.integers(1, 7)))]
    draws = [f"d{number}" for number in range(int(random.integers(1, 4)))]
    strata, cells, rows = [], [], []
    for draw in draws:
        for stratum in "ABC"[: int(random.integers(1, 4))]:
            sizes = random.integers(3, 40, len(divisions))
            unit_divisions = np.repeat(divisions, sizes)
            sample = int(random.integers(1, len(unit_divisions) + 1))
            chosen = random.choice(len(unit_divisions), sample, replace=False)
            met = random.random(sample) < 0.85
            if not rows:
                met[0] = True
            population, respondents = len(unit_divisions), int(met.sum())
            strata.append(
                {
                    "draw": draw,
                    "stratum": stratum,
                    "population": population,
                    "sample": sample,
                    "respondents": respondents,
                }
            )
            cells += [
                {"draw": draw, "stratum": stratum, "division": code, "population": int(size)}
                for code, size in zip(divisions, sizes, strict=True)
            ]
            for unit, answered in zip(chosen, met, strict=True):
                passes = random.random() < 0.9
                rows.append(
                    {
                        "draw": draw,
                        "unit": f"{stratum}{unit}",
                        "stratum": stratum,
                        "region": "330106",
                        "division": str(unit_divisions[unit]),
                        "visit": "sampled" if answered else "closed",
                        "verdict": ("pass" if passes else "fail") if answered else None,
                        "weight": [population, respondents] if answered else None,
                    }
                )
    body = copy.deepcopy(made.figure_body(made.made_draw(made.Ledger())))
    n = sum(row["verdict"] is not None for row in rows)
    body["figure"].update(n=n, n_sampled=len(rows), population=sum(row["population"] for row in strata))
    outputs = [{"division": code, "output": f"{random.uniform(1, 500):.2f}"} for code in divisions]
    body.update(strata=strata, cells=cells, rows=rows, outputs=outputs)
    body["draws"] = [{"serial": draw, "certificate_sha256": "0" * 64} for draw in draws]
    body["method"] = {**made.METHOD, "alone_from": int(random.integers(0, 40))}
    return body


def within_division(body: dict, code: str) -> dict:
    """Return the same body cut down to one division, for the Hajek rate of a domain."""
    return {
        **body,
        "figure": {**body["figure"], "division": code},
        "method": {**body["method"], "id": "hajek"},
        "cells": [cell for cell in body["cells"] if cell["division"] == code],
        "rows": [row for row in body["rows"] if row["division"] == code],
        "outputs": [row for row in body["outputs"] if row["division"] == code],
    }


@pytest.mark.parametrize("seed", range(40))
def test_two_independent_programs_compute_the_same_numbers(stranger, seed):
    body = random_body(seed)
    bodies = [body]
    code = next(row["division"] for row in body["rows"] if row["verdict"])
    bodies.append(within_division(body, code))

    for each in bodies:
        ours, theirs = recompute(FigureBundle.from_dict(each)), stranger.compute(each)
        assert set(ours) == set(theirs)
        for name, number in ours.items():
            assert theirs[name] == pytest.approx(number, abs=1e-11), (seed, name)
