"""``zhiheng estimate`` on plain CSV files: equal to R survey, honest on non-response, clear on faults."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from types import SimpleNamespace

import pytest

from tests.methods import vectors
from zhiheng.errors import BadInput
from zhiheng.site import cli
from zhiheng.site.commands.estimate import design_roles

COUNTRY = [("A", 400, 18, 2, 3), ("B", 100, 20, 5, 0)]  # class, frame, passes, failures, no answer


def written(path, rows, encoding="utf-8"):
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def country(path, encoding="utf-8"):
    rows = [("企业", "检验结论", "风险分类", "抽样框企业数", "地区")]
    for name, frame, passes, failures, silent in COUNTRY:
        outcomes = ["合格"] * passes + ["不合格"] * failures + ["拒绝检查"] * silent
        rows += [
            (f"{name}{n}", said, name, frame, "东" if n % 2 else "西") for n, said in enumerate(outcomes)
        ]
    return written(path, rows, encoding)


def estimate(*arguments):
    """Run the command in this process: to start Python for each of the tests takes longer than they do."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = cli.main(["estimate", *map(str, arguments)])
    return SimpleNamespace(returncode=code, stdout=out.getvalue(), stderr=err.getvalue())


def answer(*arguments):
    done = estimate(*arguments, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_from_the_shell_it_needs_no_settings_and_says_the_same(tmp_path):
    file = country(tmp_path / "draw.csv")
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "zhiheng.site.cli", "estimate", str(file), "--json"],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": ""},
    )

    assert (done.returncode, done.stderr.count("\n")) == (0, 1)  # that some gave no answer
    assert json.loads(done.stdout) == answer(file)


@pytest.mark.parametrize("case", vectors.cases("stratified_taylor"), ids=lambda c: c["id"])
def test_a_stratified_draw_agrees_with_r_survey(case, tmp_path):
    inputs, expected = case["inputs"], case["expected"]
    sizes = [inputs["N_h"][h - 1] for h in inputs["stratum"]]
    rows = zip(inputs["stratum"], inputs["y"], sizes, inputs["domain"], strict=True)
    file = written(tmp_path / "draw.csv", [("stratum", "y", "N_h", "domain"), *rows])

    found = answer(file, "--design", "stratum=stratum,y=y,population=N_h", "--by", "domain")

    assert found["overall"]["method"] == "hajek"
    assert found["overall"]["estimate"] == pytest.approx(expected["mean_fpc"], rel=1e-6)
    assert found["overall"]["standard_error"] == pytest.approx(expected["se_fpc"], rel=1e-6)
    assert found["overall"]["lower"] < expected["mean_fpc"] < found["overall"]["upper"]
    by_domain = {one["domain"]["domain"]: one for one in found["domains"]}
    for name, mean, error in zip(
        expected["domain"], expected["domain_mean"], expected["domain_se"], strict=True
    ):
        assert by_domain[name]["estimate"] == pytest.approx(mean, rel=1e-6)
        assert by_domain[name]["standard_error"] == pytest.approx(error, rel=1e-6)


@pytest.mark.parametrize("case", vectors.cases("cluster_taylor"), ids=lambda c: c["id"])
def test_clusters_and_weights_agree_with_r_survey(case, tmp_path):
    inputs, expected = case["inputs"], case["expected"]
    names = ("stratum", "psu", "y", "x", "weight")
    rows = zip(*(inputs[name] for name in names), strict=True)
    file = written(tmp_path / "clusters.csv", [names, *rows])
    design = "stratum,psu,weight,outcome="

    share, mean = answer(file, "--design", f"{design}y"), answer(file, "--design", f"{design}x", "--mean")

    for place, found in enumerate((share, mean)):
        assert found["overall"]["method"] == "taylor"
        assert found["overall"]["estimate"] == pytest.approx(expected["mean"][place], rel=1e-8)
        error = expected["vcov"][place][place] ** 0.5
        assert found["overall"]["standard_error"] == pytest.approx(error, rel=1e-8)
        assert found["overall"]["df"] == expected["df"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_chinese_file_needs_no_design(tmp_path, encoding):
    found = answer(country(tmp_path / "抽查.csv", encoding), "--by", "地区")

    assert found["design"] == {"outcome": "检验结论", "stratum": "风险分类", "population": "抽样框企业数"}
    assert found["overall"]["estimate"] == pytest.approx((400 * 0.9 + 100 * 0.8) / 500)
    assert found["overall"]["raw"] == pytest.approx(38 / 45)
    assert [one["domain"]["地区"] for one in found["domains"]] == ["东", "西"]


def test_a_refused_visit_is_never_a_pass(tmp_path):
    found = answer(country(tmp_path / "draw.csv"))

    assert (found["rows"], found["answered"], found["overall"]["n"]) == (48, 45, 45)
    assert found["response"] == pytest.approx(45 / 48)
    assert any("3 of 48" in warning for warning in found["warnings"])


def test_the_chances_of_a_certificate_are_taken_as_fractions(tmp_path):
    rows = [("verdict", "pi"), ("pass", "167/1331"), ("fail", "24/29"), ("pass", "0.5"), ("pass", "1")]
    file = written(tmp_path / "draw.csv", rows)
    weights = [1331 / 167, 29 / 24, 2, 1]

    found = answer(file)

    assert found["overall"]["estimate"] == pytest.approx(1 - weights[1] / sum(weights))


def test_without_any_chance_it_says_what_the_number_is_not(tmp_path):
    file = written(tmp_path / "found.csv", [("verdict",), *[("pass",)] * 9, ("fail",)])

    found = answer(file)

    assert found["overall"]["estimate"] == pytest.approx(0.9)
    assert "not what the population is like" in found["warnings"][0]


FAULTY = {
    "an outcome that is none": ([("y", "N"), ("pass", 5), ("maybe", 5)], "y,fpc=N", ["row 3", "maybe"]),
    "a size that is no number": ([("y", "fpc"), ("1", "many")], "", ["row 2", "many"]),
    "a size that is not a number": ([("y", "fpc"), ("1", "nan")], "", ["row 2"]),
    "two sizes": (
        [("y", "class", "fpc"), ("1", "A", 5), ("1", "B", 9), ("0", "A", 6)],
        "",
        ["Row 2, 4", "Stratum 'A' has two sizes, 5 and 6"],
    ),
    "more rows than units": (
        [("y", "fpc"), ("1", 1), ("0", 1)],
        "",
        ["Row 2, 3", "more rows than units: 2 rows, 1 units"],
    ),
    "more rows than units of one stratum": (
        [("y", "class", "fpc"), ("1", "A", 5), ("1", "乙", 1), ("0", "乙", 1)],
        "",
        ["Row 3, 4", "Stratum '乙'"],
    ),
    "a probability above one": ([("y", "pi"), ("1", "1.5")], "", ["Row 2", "1.5", "(0, 1]"]),
    "a probability of zero": ([("y", "pi"), ("1", "0")], "", ["(0, 1]"]),
    "a weight of zero": ([("y", "w"), ("1", "0")], "", ["above zero"]),
    "weight and probability": ([("y", "w", "pi"), ("1", "2", "0.5")], "", ["one of them"]),
    "a ragged row": ([("y", "fpc"), ("1", 5, 7)], "", ["Row 2"]),
    "a column twice": ([("y", "y"), ("1", "0")], "", ["twice"]),
    "no rows": ([("y", "fpc")], "", ["no rows"]),
    "no outcome": ([("a", "b"), ("1", "2")], "", ["outcome"]),
    "an unknown role": ([("y",), ("1",)], "colour=y", ["no role"]),
    "an unknown column": ([("y",), ("1",)], "y=z", ["no column 'z'"]),
}


@pytest.mark.parametrize("what", FAULTY)
def test_a_faulty_file_is_refused_with_what_to_do(what, tmp_path):
    rows, design, words = FAULTY[what]
    file = written(tmp_path / "faulty.csv", rows)

    done = estimate(file, "--json", *(["--design", design] if design else []))

    assert done.returncode == 2
    assert json.loads(done.stdout)["state"] == "refused"
    assert len(done.stderr.splitlines()) == 1
    assert all(word in done.stderr for word in words), done.stderr


def test_a_level_and_a_path_that_are_none_are_refused(tmp_path):
    file = written(tmp_path / "draw.csv", [("y",), ("1",)])

    assert estimate(file, "--level", "95").returncode == 2
    assert estimate(tmp_path / "absent.csv").returncode == 2


def test_the_table_for_people_names_the_method(tmp_path):
    said = estimate(country(tmp_path / "draw.csv"), "--by", "地区").stdout

    assert "hajek" in said
    assert "Wilson" in said
    assert "(all)" in said


def test_two_columns_together_name_the_strata(tmp_path):
    rows = [("draw", "class", "y", "N"), ("I", "A", 1, 40), ("I", "A", 0, 40), ("II", "A", 1, 10)]
    file = written(tmp_path / "draws.csv", rows)

    found = answer(file, "--design", "y,stratum=draw+class,population=N")

    assert found["overall"]["estimate"] == pytest.approx((40 * 0.5 + 10) / 50)
    assert estimate(file, "--design", "y,stratum=draw+colour,population=N").returncode == 2


def test_a_bare_word_is_role_and_column_at_once():
    assert design_roles(("Y", "w"), "w,y=Y") == {"weight": "w", "outcome": "Y"}
    with pytest.raises(BadInput):
        design_roles(("y", "a"), "y,y=a")
