"""A number is computed again by two programs written apart: both take the true, and nothing else."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.verification import made, number_forgeries
from tests.verification import made_numbers as numbers
from zhiheng.errors import ZhihengError
from zhiheng.formats.shapes import observation_bundle as shape
from zhiheng.formats.shapes.observation import Observation
from zhiheng.proof import canonical
from zhiheng.site import cli
from zhiheng.verification import bundles, observation

VERIFIER = Path(__file__).parents[2] / "verifier" / "verify_numbers.py"
LONGEST_SECONDS = 30.0


@pytest.fixture(scope="module")
def alone():
    """The stranger's file for numbers, as a module of its own."""
    spec = importlib.util.spec_from_file_location("stranger_numbers", VERIFIER)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def told(alone, tmp_path):
    """Return what both programs say of a file: whether they verify it, by reason and not by a crash."""

    def tell(bundle) -> tuple[bool, bool]:
        path = tmp_path / "number.json"
        path.write_text(bundle if isinstance(bundle, str) else json.dumps(bundle, ensure_ascii=False))
        try:
            ours = observation.check(bundles.load(path), beside=tmp_path).ok
        except ZhihengError:
            ours = False
        return ours, alone.verify.main([str(path)]) == 0

    return tell


@pytest.mark.parametrize("name", numbers.TREES)
@pytest.mark.parametrize("is_sealed", [False, True], ids=["", "sealed"])
def test_a_number_of_every_kind_of_node_is_verified_by_both(name, is_sealed, told, capsys):
    bundle = numbers.bundle(name)

    assert told(made.sealed_bundle(bundle) if is_sealed else bundle) == (True, True)
    assert "not sealed in a log" in capsys.readouterr().out or is_sealed


@pytest.mark.parametrize("name", ["score", "ratio", "bridged by logit"])
def test_the_interval_of_a_number_is_computed_again_by_both(name, told, capsys):
    bundle = numbers.with_interval(name)

    assert bundle["body"]["observation"]["interval"] == "model"
    assert told(bundle) == (True, True)


def test_a_number_that_was_sealed_anew_unchanged_is_verified(told):
    assert {name: told(numbers.resealed(numbers.bundle(name))) for name in numbers.TREES} == dict.fromkeys(
        numbers.TREES, (True, True)
    )


@pytest.mark.parametrize("name", ["mean", "bridged by logit"])
def test_every_changed_leaf_is_refused_by_both(name, told, capsys):
    mutants = dict(number_forgeries.changed_leaves(made.sealed_bundle(numbers.bundle(name))))

    missed = [path for path, mutant in mutants.items() if told(mutant) != (False, False)]

    assert len(mutants) > 90
    assert missed == []


def test_every_dropped_or_added_field_is_refused_by_both(told, capsys):
    mutants = dict(number_forgeries.changed_branches(numbers.bundle("score")))

    assert [path for path, mutant in mutants.items() if told(mutant) != (False, False)] == []


@pytest.mark.parametrize("forgery", number_forgeries.FORGERIES)
def test_a_number_forged_and_sealed_anew_by_its_office_is_refused_by_both(forgery, told, capsys):
    bundle = number_forgeries.forged(*number_forgeries.FORGERIES[forgery])

    assert told(bundle) == (False, False)


def test_a_formula_that_was_defined_after_its_number_is_refused_by_both(told, capsys):
    bundle = numbers.bundle("ratio")
    ledger = made.Ledger()
    for entry in reversed(bundle["ledger"]):
        ledger.append(entry["statement"]["verb"], entry["statement"]["detail"])

    assert told({**bundle, "ledger": ledger.entries}) == (False, False)


@pytest.mark.parametrize("name", number_forgeries.text_forgeries({}))
def test_what_is_no_proper_file_is_refused_by_both(name, told, capsys):
    assert told(number_forgeries.text_forgeries(numbers.bundle("ratio"))[name]) == (False, False)


@pytest.mark.parametrize("cells", [3000])
def test_numbers_that_grow_without_end_are_refused_in_bounded_time(cells, told, capsys):
    bundle, began = number_forgeries.many_ratios(cells), time.perf_counter()

    assert told(bundle) == (False, False)
    assert time.perf_counter() - began < LONGEST_SECONDS


def test_a_published_number_is_said_to_rest_on_its_source_alone(told, capsys):
    bundle = numbers.published()

    assert told(bundle) == (True, True)
    assert "rests on its source alone: 公报 2025" in capsys.readouterr().out
    report = observation.check(bundle)
    assert [step.name for step in report.steps if not step.is_checked] == ["number", "log"]


def test_a_withheld_number_is_verified_and_shows_no_number(told, capsys):
    said = numbers.row("x", "000000|2024|", None, None, status="suppressed")

    bundle = numbers.sealed(said, None, [])

    assert told(bundle) == (True, True)
    assert {step.name: step.detail for step in observation.check(bundle).steps}["number"].endswith("withheld")


def test_a_number_that_the_formula_could_not_give_says_why(told, capsys):
    tree = numbers.formula(numbers.TREES["ratio"][0])
    missing = {"flags": ("missing",), "note": "除数为零", **numbers.by(tree, [])}

    bundle = numbers.sealed(numbers.row("made", "000000|2024|", None, None, **missing), tree, [])

    assert told(bundle) == (True, True)
    assert "the formula gave no number: 除数为零" in capsys.readouterr().out


@pytest.fixture
def chain(tmp_path):
    """Three numbers, each computed from the one before; return their files, the last one first."""
    paths, given, tree = [], numbers.rows({"x": {"000000|2024|": ("2.96", "0.02")}}), None
    for place in range(3):
        id = ("x", "first", "second", "third")[place]
        root = {"op": "linear", "of": [numbers.series(id)], "weights": ["2"], "plus": "-1"}
        tree = numbers.formula(root, id=("first", "second", "third")[place])
        made_row = numbers.computed(tree, given, numbers.NATION)
        bundle = numbers.sealed(made_row, tree, given)
        sha = canonical.digest(bundle["body"]["observation"])
        paths.append(tmp_path / shape.file_name(made_row, sha))
        paths[-1].write_bytes(canonical.dumps(bundle))
        given = [Observation.from_dict(bundle["body"]["observation"])]
    return paths[::-1]


def test_inputs_are_followed_to_their_own_bundles_and_to_theirs(chain, alone, capsys):
    report = observation.check(bundles.load(chain[0]), beside=chain[0].parent)

    assert report.ok
    assert (
        "1 of 1 checked by their own bundles" in {step.name: step for step in report.steps}["origins"].detail
    )
    assert alone.verify.main([str(chain[0])]) == 0
    assert "1 of 1 checked by their own bundles" in capsys.readouterr().out


@pytest.mark.parametrize("place", [1, 2])
def test_a_forgery_behind_an_input_is_refused_by_both(place, chain, alone, capsys):
    forged = json.loads(chain[place].read_text())
    forged["body"]["inputs"][0]["observation"]["value"] = "1"
    chain[place].write_text(json.dumps(forged))

    report = observation.check(bundles.load(chain[0]), beside=chain[0].parent)

    assert "does not hold" in report.refusal
    assert alone.verify.main([str(chain[0])]) == 1


def test_a_file_of_the_name_that_holds_another_number_is_not_taken_for_it(chain, alone, capsys):
    chain[1].write_bytes(canonical.dumps(numbers.bundle("ratio")))

    report = observation.check(bundles.load(chain[0]), beside=chain[0].parent)

    step = {step.name: step for step in report.steps}["origins"]
    assert report.ok and not step.is_checked
    assert "taken as stated: second 000000 2024, its own bundle is at /figures/second/number/" in step.detail
    assert alone.verify.main([str(chain[0])]) == 0
    assert "taken as stated: second" in capsys.readouterr().out


def test_the_command_follows_files_of_other_folders_that_are_named_with_it(chain, tmp_path, capsys):
    away = tmp_path / "away"
    away.mkdir()
    last = chain[0].rename(away / chain[0].name)

    assert cli.main(["verify", str(last), "--json"]) == 0
    alone_says = json.loads(capsys.readouterr().out)
    assert cli.main(["verify", str(last), *map(str, chain[1:]), "--json"]) == 0
    with_others = json.loads(capsys.readouterr().out)["files"][last.name]
    assert cli.main(["verify", str(tmp_path), "--json"]) == 0

    def is_followed(report):
        return {step["name"]: step["is_checked"] for step in report["steps"]}["origins"]

    assert (is_followed(alone_says), is_followed(with_others)) == (False, True)
    assert len(json.loads(capsys.readouterr().out)["files"]) == 2


def test_a_folder_with_one_forged_file_ends_with_1_and_an_empty_one_with_2(chain, tmp_path, capsys):
    text = chain[2].read_text()
    chain[2].write_text(text.replace('"value":"4.92"', '"value":"4.93"'))
    (tmp_path / "empty").mkdir()

    assert text != chain[2].read_text()
    assert cli.main(["verify", str(tmp_path)]) == 1
    assert cli.main(["verify", str(tmp_path / "empty")]) == 2


def test_the_file_for_numbers_runs_alone_and_checks_the_rest_as_well(tmp_path, draw_bundle):
    number, draw = tmp_path / "number.json", tmp_path / "draw.json"
    number.write_bytes(canonical.dumps(numbers.bundle("mean")))
    draw.write_bytes(canonical.dumps(draw_bundle))
    command = [sys.executable, "-I", "-S", str(VERIFIER)]

    done = [
        subprocess.run([*command, str(path)], capture_output=True, text=True, check=False)
        for path in (number, draw)
    ]

    assert [one.returncode for one in done] == [0, 0], done
    assert done[0].stdout.startswith(
        "verified: demonstration data, number made 000000 2024 = 88.7874672774869 %"
    )


def test_the_file_for_numbers_imports_nothing_of_ours():
    text = VERIFIER.read_text()

    assert "zhiheng import" not in text and "import zhiheng" not in text and "numpy" not in text
    assert len(text.splitlines()) <= 480


def test_verify_py_says_which_file_checks_a_number(stranger, tmp_path, capsys):
    path = tmp_path / "number.json"
    path.write_bytes(canonical.dumps(numbers.bundle("ratio")))

    assert stranger.main([str(path)]) == 1
    assert "verify_numbers.py" in capsys.readouterr().out


def test_verifying_a_number_loads_no_django_and_no_polars(tmp_path):
    path = tmp_path / "number.json"
    path.write_bytes(canonical.dumps(numbers.bundle("mean")))
    program = (
        f"import sys; from zhiheng.site import cli; code = cli.main(['verify', {str(path)!r}]); "
        "sys.exit(1 if {'django', 'polars'} & set(sys.modules) or code else 0)"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)

    assert done.returncode == 0
