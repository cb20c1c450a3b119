"""``zhiheng methods validate`` says case by case whether another program agrees with us."""

from __future__ import annotations

import json

import pytest

from zhiheng.site import cli


@pytest.fixture
def file(tmp_path):
    def write(*changes):
        base = {
            "id": "worked",
            "topic": "survey",
            "method": "hypergeometric_ci",
            "inputs": {"N": 450, "n": 60, "x": 5, "level": 0.95},
            "expected": {"M_lower": 14, "M_upper": 79},
            "rtol": 1e-8,
        }
        path = tmp_path / "cases.json"
        rows = [{**base, **change} for change in changes]
        path.write_text(
            json.dumps({"format": "zhiheng-methods-vectors/1", "topic": "survey", "cases": rows}), "utf-8"
        )
        return str(path)

    return write


def test_agreement_is_exit_code_0(file, capsys):
    assert cli.main(["methods", "validate", file({})]) == 0

    assert "survey: passed 1, failed 0, unsupported 0" in capsys.readouterr().out


def test_a_case_that_is_not_met_is_exit_code_1(file, capsys):
    assert cli.main(["methods", "validate", file({}, {"expected": {"M_lower": 15}})]) == 1

    said = capsys.readouterr().out
    assert "expected 15.0, found 14.0" in said
    assert "passed 1" in said


def test_a_method_that_is_not_known_is_said_and_is_no_failure(file, capsys):
    assert cli.main(["methods", "validate", file({}, {"method": "unheard_of"})]) == 0

    said = capsys.readouterr().out
    assert "no method survey/unheard_of" in said
    assert "unsupported 1" in said


def test_json_carries_every_case_and_the_counts(file, capsys):
    assert cli.main(["methods", "validate", file({}, {"expected": {"M_lower": 15}}), "--json"]) == 1

    said = json.loads(capsys.readouterr().out)
    assert (said["passed"], said["failed"], said["unsupported"]) == (1, 1, 0)
    assert all({"id", "status", "message"} <= set(case) for case in said["cases"])
    assert said["topics"] == {"survey": {"passed": 1, "failed": 1, "unsupported": 0}}
    assert [case["status"] for case in said["cases"]] == ["passed", "failed"]
    assert said["cases"][1]["outputs"][0]["expected"] == 15


def test_nothing_to_run_is_no_agreement(file, capsys):
    assert cli.main(["methods", "validate", file({}), "--topic", "draw"]) == 2
    assert cli.main(["methods", "validate", file()]) == 2

    assert "Traceback" not in capsys.readouterr().err


def test_a_file_of_another_format_is_refused(tmp_path, capsys):
    path = tmp_path / "other.json"
    path.write_text("{}", "utf-8")

    assert cli.main(["methods", "validate", str(path)]) == 2
    assert "zhiheng-methods-vectors/1" in capsys.readouterr().err


def test_a_report_is_written_beside_the_answer(file, tmp_path, capsys):
    path = tmp_path / "report.html"

    assert cli.main(["methods", "validate", file({}), "--report", str(path), "--dated", "2026-03-02"]) == 0

    assert "hypergeometric_ci" in path.read_text("utf-8")


@pytest.mark.parametrize(("name", "more"), [("report.html", []), ("report.odt", ["--dated", "2026-03-02"])])
def test_a_report_that_cannot_be_written_is_refused(file, tmp_path, capsys, name, more):
    assert cli.main(["methods", "validate", file({}), "--report", str(tmp_path / name), *more]) == 2

    assert not (tmp_path / name).exists()
