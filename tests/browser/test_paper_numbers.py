"""The page that checks without a server computes numbers again to the last digit, and takes nothing else."""

from __future__ import annotations

import json

import pytest

from tests.verification import made, number_forgeries
from tests.verification import made_numbers as numbers
from tests.verification.paper import Paper
from zhiheng.formats.shapes import observation_bundle as shape
from zhiheng.formats.shapes.observation import Observation
from zhiheng.proof import canonical


@pytest.fixture(scope="package")
def paper(chromium):
    page = Paper(chromium)
    yield page
    page.close()


def last(report) -> str:
    return report["steps"][-1]["found"][1]


def refused(paper, mutants) -> list[bool]:
    """Tell of each text whether the page refuses it with a reason."""
    texts = [one if isinstance(one, str) else json.dumps(one, ensure_ascii=False) for one in mutants]
    return [not ok and state == "fails" and bool(why) for ok, state, why in paper.check_each(texts)]


@pytest.mark.parametrize("name", numbers.TREES)
def test_a_number_of_every_kind_of_node_is_computed_again_to_the_last_digit(name, paper):
    bundle = numbers.bundle(name)

    report = paper.check("number.json", {"number.json": made.sealed_bundle(bundle)})

    said = bundle["body"]["observation"]
    assert report["ok"], last(report)
    assert report["numbers"] == {name: said[name] for name in ("value", "standard_error")}
    assert report["head"] == bundle["ledger"][-1]["hash"]
    assert paper.complaints == []


@pytest.mark.parametrize("name", ["score", "ratio", "bridged by logit"])
def test_the_interval_of_a_number_is_computed_again(name, paper):
    report = paper.check("number.json", {"number.json": numbers.with_interval(name)})

    assert report["ok"], last(report)


@pytest.mark.parametrize("name", ["mean", "bridged by logit"])
def test_every_changed_leaf_is_refused(name, paper):
    mutants = dict(number_forgeries.changed_leaves(made.sealed_bundle(numbers.bundle(name))))

    told = dict(zip(mutants, refused(paper, mutants.values()), strict=True))

    assert [path for path, is_refused in told.items() if not is_refused] == []


def test_every_dropped_or_added_field_is_refused(paper):
    mutants = dict(number_forgeries.changed_branches(numbers.bundle("score")))

    told = dict(zip(mutants, refused(paper, mutants.values()), strict=True))

    assert [path for path, is_refused in told.items() if not is_refused] == []


def test_what_its_office_forged_and_sealed_anew_is_refused(paper):
    forgeries = number_forgeries.FORGERIES
    mutants = [number_forgeries.forged(*forgery) for forgery in forgeries.values()]

    told = dict(zip(forgeries, refused(paper, mutants), strict=True))

    assert [name for name, is_refused in told.items() if not is_refused] == []


def test_what_is_no_proper_file_is_refused(paper):
    texts = number_forgeries.text_forgeries(numbers.bundle("ratio"))

    assert dict(zip(texts, refused(paper, texts.values()), strict=True)) == dict.fromkeys(texts, True)


def test_numbers_that_grow_without_end_are_refused(paper):
    assert refused(paper, [number_forgeries.many_ratios(3000)]) == [True]


def test_a_published_number_is_said_to_rest_on_its_source_alone(paper):
    report = paper.check("number.json", {"number.json": numbers.published()})

    found = {step["en"]: step for step in report["steps"]}
    step = found["The published number comes out of formula and inputs again"]
    assert report["ok"] and step["state"] == "open"
    assert "rests on its source alone: 公报 2025" in step["found"][1]


@pytest.fixture
def chain():
    """A number computed from a number: their bundles by the names of their files, the last one first."""
    given, found = numbers.rows({"x": {"000000|2024|": ("2.96", "0.02")}}), {}
    for read, id in (("x", "first"), ("first", "second")):
        root = {"op": "linear", "of": [numbers.series(read)], "weights": ["2"], "plus": "-1"}
        tree = numbers.formula(root, id=id)
        row = numbers.computed(tree, given, numbers.NATION)
        bundle = numbers.sealed(row, tree, given)
        found[shape.file_name(row, canonical.digest(bundle["body"]["observation"]))] = bundle
        given = [Observation.from_dict(bundle["body"]["observation"])]
    return dict(reversed(found.items()))


def test_an_input_is_followed_to_its_own_bundle_and_a_forgery_there_is_refused(chain, paper):
    last_one, before = chain

    followed = paper.check(last_one, chain)
    alone = paper.check(last_one, {last_one: chain[last_one]})
    chain[before]["body"]["inputs"][0]["observation"]["value"] = "1"
    forged = paper.check(last_one, chain)

    def origins(report):
        return {step["en"]: step["state"] for step in report["steps"]}["The inputs have bundles of their own"]

    assert (origins(followed), origins(alone), origins(forged)) == ("holds", "open", "fails")
    assert before in forged["steps"][-1]["found"][1]


def test_of_several_files_the_number_that_no_other_rests_on_is_checked(chain, paper, tmp_path):
    paths = []
    for name, bundle in reversed(chain.items()):
        paths.append(tmp_path / name)
        paths[-1].write_bytes(canonical.dumps(bundle))

    paper.hand_in(*paths)

    assert "数值 second" in paper.page.locator("#about").inner_text()
    assert "核验通过" in paper.page.locator("#verdict").inner_text()
