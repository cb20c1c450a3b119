"""Cases are read strictly, dispatched by topic and method, and judged without stopping the others."""

from __future__ import annotations

import json

import pytest

from zhiheng.errors import BadInput
from zhiheng.methods.validation import cases, run, topics


def document(*rows, **changes):
    return {"format": cases.FORMAT, "topic": "survey", "cases": list(rows), **changes}


def row(**changes):
    base = {
        "id": "survey/hypergeometric_ci/worked",
        "topic": "survey",
        "method": "hypergeometric_ci",
        "inputs": {"N": 450, "n": [60], "x": 5, "level": 0.95},
        "expected": {"M_lower": 14, "M_upper": [79]},
        "rtol": 1e-8,
        "made_with": {"r": "4.2.2"},
        "note": None,
    }
    return {**base, **changes}


def verdict(**changes):
    (case,) = cases.parse(document(row(**changes)))
    return run.judge(case)


def test_a_case_that_agrees_passes():
    found = verdict()

    assert (found.status, found.worst, len(found.findings)) == ("passed", 0.0, 2)


def test_the_name_of_a_case_plays_no_part():
    assert verdict(id="anything").status == "passed"


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"expected": {"M_lower": 15}}, "failed"),
        ({"expected": {"M_lower": 14, "other": 1}}, "unsupported"),
        ({"expected": {"M_lower": 15, "other": 1}}, "failed"),
        ({"expected": {}}, "unsupported"),
        ({"method": "unheard_of"}, "unsupported"),
        ({"topic": "unheard_of"}, "unsupported"),
        ({"topic": "../survey"}, "unsupported"),
        ({"inputs": {"N": 450}}, "failed"),
        ({"inputs": {"N": 450, "n": 60, "x": 70, "level": 0.95}}, "failed"),
        ({"inputs": {"N": 450, "n": "many", "x": 5, "level": 0.95}}, "failed"),
        ({"inputs": {"N": 450, "n": [60, 61], "x": 5, "level": 0.95}}, "failed"),
        ({"inputs": {"N": 450, "n": 60, "x": 5.5, "level": 0.95}}, "failed"),
    ],
)
def test_a_case_that_does_not_agree_says_so(changes, status):
    found = verdict(**changes)

    assert found.status == status
    assert found.reason or any(not finding.holds for finding in found.findings)


def test_a_fault_of_one_method_is_the_verdict_on_it_alone(monkeypatch):
    def broken(given):
        raise ZeroDivisionError("a fault")

    monkeypatch.setattr(run, "adapters", lambda topic: {"hypergeometric_ci": broken})

    found = verdict()

    assert (found.status, found.reason) == ("failed", "ZeroDivisionError: a fault")


@pytest.mark.parametrize(
    "wrong",
    [
        [],
        {},
        document(format="zhiheng-methods-vectors/2"),
        document(cases={}),
        document("no object"),
        document(row(rtol=None)),
        document(row(rtol=-1)),
        document(row(rtol=True)),
        document(row(method=7)),
        document(row(inputs=[])),
        document({k: v for k, v in row().items() if k != "expected"}),
    ],
)
def test_what_is_not_of_the_format_is_refused(wrong):
    with pytest.raises(BadInput):
        cases.parse(wrong)


@pytest.mark.parametrize("content", [b"\xff", b"{", b""])
def test_a_file_that_is_no_json_is_refused(tmp_path, content):
    path = tmp_path / "cases.json"
    path.write_bytes(content)

    with pytest.raises(BadInput, match=r"cases\.json"):
        cases.read(path)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(BadInput, match="cannot be read"):
        cases.read(tmp_path / "none.json")


def test_verdicts_are_counted_by_topic():
    found = [verdict(), verdict(expected={"M_lower": 15}), verdict(topic="unheard_of")]

    assert run.by_topic(found) == {
        "survey": {"passed": 1, "failed": 1, "unsupported": 0},
        "unheard_of": {"passed": 0, "failed": 0, "unsupported": 1},
    }


def test_every_module_of_a_topic_offers_adapters():
    import pkgutil

    names = [module.name for module in pkgutil.iter_modules(topics.__path__)]

    assert "survey" in names
    assert all(callable(adapter) for name in names for adapter in run.adapters(name).values())
    assert all(run.adapters(name) for name in names)


def test_a_document_that_was_written_is_read_again(tmp_path):
    path = tmp_path / "cases.json"
    path.write_text(json.dumps(document(row())), "utf-8")

    assert [case.id for case in cases.read(path)] == ["survey/hypergeometric_ci/worked"]
