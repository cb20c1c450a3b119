"""``zhiheng due`` prints one object, refuses clearly, and starts without the site."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from zhiheng.site import cli


def run(capsys, *arguments: str) -> tuple[int, str, str]:
    code = cli.main(["due", *arguments])
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def test_it_prints_exactly_one_object_of_the_agreed_shape(capsys):
    code, out, err = run(capsys, "spotcheck.rectify", "--from", "2025-09-15", "--json")

    answer = json.loads(out)
    assert (code, err, out.count("\n")) == (0, "", 1)
    assert {"rule", "due_on", "status", "article", "source", "confidence", "steps"} <= set(answer)
    assert answer["due_on"] == "2025-11-14"
    assert answer["confidence"] == "text"
    assert answer["steps"][0]["from"] == "2025-09-15"
    assert all(set(step) == {"from", "to", "because"} for step in answer["steps"])
    assert answer["steps"][-1]["to"] == answer["due_on"]


def test_pauses_and_places_can_be_given(capsys):
    _, out, _ = run(
        capsys,
        *("spotcheck.rectify", "--from", "2025-09-01", "--jurisdiction", "330106", "--json"),
        *("--pause", "2025-09-10..2025-09-15", "--pause", "2025-09-12..2025-09-19"),
    )

    assert json.loads(out)["due_on"] == "2025-11-10"


def test_the_reasons_are_chinese_unless_english_is_asked_for(capsys):
    _, zh, _ = run(capsys, "spotcheck.rectify", "--from", "2025-09-15", "--json")
    _, en, _ = run(capsys, "spotcheck.rectify", "--from", "2025-09-15", "--json", "--lang", "en")

    assert json.loads(zh)["source"].startswith("《产品质量监督抽查管理暂行办法》")
    assert json.loads(en)["source"] == "SAMR order 18"
    assert json.loads(en)["steps"][0]["because"].startswith("SAMR order 18 art. 46")


def test_a_person_reads_a_small_table(capsys):
    code, out, _ = run(capsys, "spotcheck.rectify", "--from", "2025-09-15")

    assert code == 0
    assert "届满日  2025-11-14" in out
    assert "状态    确定" in out


def test_a_limit_in_hours_names_the_moment(capsys):
    _, out, _ = run(capsys, "foodsample.urgent_fail", "--from", "2025-09-15T08:30", "--json")

    assert json.loads(out)["due_at"] == "2025-09-16T08:30:00"


def test_the_rules_can_be_listed(capsys):
    code, out, _ = run(capsys, "--list")

    assert code == 0
    assert len(out.splitlines()) == 53


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("spotcheck.rectfy", "--from", "2025-09-15"), "spotcheck.rectify"),
        (("spotcheck.rectify", "--from", "2025-02-30"), "2025-02-30"),
        (("spotcheck.rectify", "--from", "tomorrow"), "tomorrow"),
        (("spotcheck.rectify", "--from", "20250916"), "2025-09-15"),
        (("spotcheck.rectify", "--from", "2025-W38-2"), "2025-09-15"),
        (("spotcheck.rectify", "--from", "2025-9-16"), "2025-09-15"),
        (("spotcheck.rectify", "--from", "2025-09-16T8"), "2025-09-15T08:30"),
        (("spotcheck.rectify", "--from", "2025-09-15", "--pause", "20250920..20250925"), "2025-09-15"),
        (("spotcheck.rectify", "--form", "2025-09-15"), "--form"),
        (("spotcheck.rectify",), "day of its event"),
        ((), "rule"),
        (("spotcheck.rectify", "--from", "2025-09-15", "--jurisdiction", "999999"), "999999"),
        (("spotcheck.rectify", "--from", "2025-09-15", "--pause", "2025-09-20"), "A..B"),
        (("spotcheck.rectify", "--from", "2025-09-15", "--pause", "2025-09-20..2025-09-01"), "before"),
        (("spotcheck.samplers", "--from", "2025-09-15"), "2 persons"),
        (("recall.plan", "--from", "2019-01-02"), "in force"),
        (("spotcheck.rectify", "--from", "9999-12-31"), "too far away"),
    ],
)
def test_bad_input_is_one_clear_line_and_exit_code_2(capsys, arguments, says):
    code, out, err = run(capsys, *arguments, "--json")

    answer = json.loads(out)
    assert (code, answer["state"], out.count("\n")) == (2, "refused", 1)
    assert {"cause", "remedy", "code"} <= set(answer)
    assert len(err.splitlines()) == 1
    assert says in err


@pytest.mark.parametrize("asked", [{}, {"LC_ALL": "C.UTF-8"}, {"LANG": "zh_CN.UTF-8"}])
def test_a_refusal_is_chinese_unless_the_terminal_or_the_option_asks_for_english(capsys, monkeypatch, asked):
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in asked.items():
        monkeypatch.setenv(name, value)

    assert "请写成2025-09-15" in run(capsys, "spotcheck.rectify", "--from", "20250916")[2]
    assert "缺少" not in run(capsys, "spotcheck.rectify", "--from", "20250916", "--lang", "en")[2]
    assert "用法不对" in run(capsys, "--unheard")[2]


def test_neither_django_nor_yaml_nor_numpy_is_loaded():
    script = (
        "import sys; from zhiheng.site import cli; "
        "code = cli.main(['due', 'spotcheck.rectify', '--from', '2025-09-15', '--json']); "
        "heavy = {'django', 'yaml', 'numpy', 'scipy', 'polars'} & set(sys.modules); "
        "print(code, sorted(heavy), file=sys.stderr)"
    )

    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=30)

    assert ran.stderr.strip() == "0 []"
