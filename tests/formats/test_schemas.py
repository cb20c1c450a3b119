"""Every example keeps to its schema, every schema to its metaschema, every shape comes back as it went."""

from __future__ import annotations

import copy
import json
from importlib import resources

import pytest
import yaml
from jsonschema import Draft202012Validator

from tests.formats import examples
from zhiheng.formats.shapes import DrawCertificate, FigureBundle, LedgerEntry, ResultRecord

NAMES = (
    "result_record",
    "draw_certificate",
    "figure_bundle",
    "ledger_entry",
    "procedure_table",
    "limit",
    "frame_proof",
)
SHAPES = {"result_record": ResultRecord, "draw_certificate": DrawCertificate, "ledger_entry": LedgerEntry}


def schema(name: str) -> dict:
    text = resources.files("zhiheng.formats").joinpath(f"schemas/{name}.schema.json").read_text("utf-8")
    return json.loads(text)


def example(name: str) -> dict:
    return json.loads((examples.FOLDER / f"{name}.json").read_text("utf-8"))


def is_valid(name: str, value: object) -> bool:
    return Draft202012Validator(schema(name)).is_valid(value)


@pytest.mark.parametrize("name", NAMES)
def test_a_schema_is_itself_valid(name):
    Draft202012Validator.check_schema(schema(name))


@pytest.mark.parametrize("name", NAMES)
def test_an_example_keeps_to_its_schema(name):
    assert is_valid(name, example(name))


def test_the_kept_examples_are_the_ones_that_are_built():
    assert {name: example(name) for name in NAMES} == examples.all_examples()


@pytest.mark.parametrize("name", SHAPES)
def test_a_shape_comes_back_as_it_went(name):
    shape = SHAPES[name].from_dict(example(name))

    assert shape.to_dict() == example(name)
    assert SHAPES[name].from_dict(shape.to_dict()) == shape


def test_the_body_of_a_figure_comes_back_as_it_went():
    body = example("figure_bundle")["body"]

    assert FigureBundle.from_dict(body).to_dict() == body


@pytest.mark.parametrize("name", NAMES)
def test_a_schema_refuses_a_missing_and_a_strange_field(name):
    value = example(name)
    for key in value:
        assert not is_valid(name, {inner: item for inner, item in value.items() if inner != key}), key

    assert not is_valid(name, {**value, "strange": 1})


@pytest.mark.parametrize(
    ("name", "path", "wrong"),
    [
        ("result_record", ("value",), 0.124),
        ("result_record", ("unit",), ""),
        ("result_record", ("verdict",), "unknown"),
        ("result_record", ("probability",), [1]),
        ("draw_certificate", ("seed",), "AB"),
        ("draw_certificate", ("selected", 0, "inspectors"), ["ZJ-001", "ZJ-001"]),
        ("draw_certificate", ("announcement", "method"), "convenience"),
        ("figure_bundle", ("body", "figure", "estimate"), "1.5"),
        ("figure_bundle", ("body", "figure", "status"), "suppressed"),
        ("figure_bundle", ("body", "rows", 0, "verdict"), "maybe"),
        ("ledger_entry", ("statement", "seq"), 0),
        ("ledger_entry", ("statement", "verb"), "done"),
        ("procedure_table", ("states", 0, "kind"), "limbo"),
        ("limit", ("unit",), "moon"),
        ("limit", ("confidence",), "sure"),
    ],
)
def test_a_schema_refuses_a_wrong_value(name, path, wrong):
    value = copy.deepcopy(example(name))
    place = value
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = wrong

    assert not is_valid(name, value)


def test_every_procedure_and_every_limit_of_the_house_keeps_to_its_schema():
    import dataclasses

    from zhiheng.reference import limits

    folder = resources.files("zhiheng.procedure").joinpath("data")
    for path in folder.iterdir():
        if path.name.endswith(".yaml"):
            table = yaml.safe_load(path.read_text("utf-8"))
            assert is_valid("procedure_table", table), path.name
    for limit in limits.all():
        plain = json.loads(json.dumps(dataclasses.asdict(limit), default=lambda day: day.isoformat()))
        assert is_valid("limit", plain), limit.rule
