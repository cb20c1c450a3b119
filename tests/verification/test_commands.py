"""The commands: exit codes, one JSON object, no Django, no traceback."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.verification import made
from zhiheng.proof import canonical
from zhiheng.site import cli

VERIFIER = Path(__file__).parents[2] / "verifier" / "verify.py"


@pytest.fixture
def files(draw_bundle, figure_bundles, tmp_path):
    """Write the bundles as the publisher does, and two broken ones."""
    paths = {name: tmp_path / f"{name}.json" for name in ("draw", "figure", "forged-draw", "forged-figure")}
    paths["draw"].write_bytes(canonical.dumps(draw_bundle))
    paths["figure"].write_bytes(canonical.dumps(figure_bundles[""]))
    forged = paths["draw"].read_bytes().replace(b'"cap":6', b'"cap":7')
    paths["forged-draw"].write_bytes(forged)
    paths["forged-figure"].write_bytes(paths["figure"].read_bytes().replace(b'"fail"', b'"pass"', 1))
    return paths


@pytest.mark.parametrize("command", [["draw", "verify"], ["verify"]])
def test_a_valid_draw_ends_with_0_and_names_the_head(command, files, capsys):
    assert cli.main([*command, str(files["draw"])]) == 0

    printed = capsys.readouterr()
    assert "verified: demonstration data, draw 330000-2024Q1-001" in printed.out
    assert printed.err == ""


def test_a_valid_figure_ends_with_0_and_json_is_one_object(files, capsys):
    assert cli.main(["verify", str(files["figure"]), "--json"]) == 0

    report = json.loads(capsys.readouterr().out)
    assert report["ok"] and report["kind"] == "figure" and len(report["steps"]) == 12
    assert report["data"] == "demonstration"


@pytest.mark.parametrize("name", ["forged-draw", "forged-figure"])
def test_a_forged_bundle_ends_with_1_and_a_reason(name, files, capsys):
    assert cli.main(["verify", str(files[name])]) == 1

    assert "refused: " in capsys.readouterr().err


@pytest.mark.parametrize("text", ["", "{}", "[1.5]", '{"type":"zhiheng/draw-bundle/1","type":1}', "\x00"])
def test_what_is_no_bundle_ends_with_2(text, tmp_path, capsys):
    path = tmp_path / "x.json"
    path.write_text(text)

    assert cli.main(["verify", str(path)]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_a_missing_file_and_a_figure_for_draw_verify_end_with_2(files, tmp_path, capsys):
    assert cli.main(["verify", str(tmp_path / "none.json")]) == 2
    assert cli.main(["draw", "verify", str(files["figure"])]) == 2
    assert "zhiheng verify" in capsys.readouterr().err


def test_the_single_file_verifier_runs_alone(files):
    outcomes = {
        name: subprocess.run(
            [sys.executable, "-I", "-S", str(VERIFIER), str(path)],
            capture_output=True,
            text=True,
            check=False,
        )
        for name, path in files.items()
    }

    assert {name: done.returncode for name, done in outcomes.items()} == {
        "draw": 0,
        "figure": 0,
        "forged-draw": 1,
        "forged-figure": 1,
    }
    assert all(outcomes[name].stdout.startswith("refused: ") for name in ("forged-draw", "forged-figure"))
    assert not any(done.stderr for done in outcomes.values())


def test_the_single_file_verifier_imports_nothing_of_ours():
    text = VERIFIER.read_text()

    assert "zhiheng import" not in text and "import zhiheng" not in text and "numpy" not in text
    assert len(text.splitlines()) <= 600


def test_verifying_loads_no_django(files):
    program = (
        "import sys; from zhiheng.site import cli; "
        f"code = [cli.main(['verify', p]) for p in {[str(files['draw']), str(files['figure'])]!r}]; "
        "sys.exit(1 if 'django' in sys.modules or any(code) else 0)"
    )

    assert subprocess.run([sys.executable, "-c", program], capture_output=True, check=False).returncode == 0


def test_a_draw_whose_frame_lies_beside_it_is_verified(draw_bundle, tmp_path, capsys):
    bundle = {**draw_bundle, "frame": {"file": "frame-x.tsv"}}
    (tmp_path / "draw-x.json").write_bytes(canonical.dumps(bundle))
    (tmp_path / "frame-x.tsv").write_bytes(made.frame_bytes())

    assert cli.main(["draw", "verify", str(tmp_path / "draw-x.json")]) == 0


@pytest.fixture
def shared_out(tmp_path):
    """Write an announcement whose secret was shared out, and return its path with the three sheets."""
    from zhiheng.proof import lottery, shares

    held = shares.split(made.SECRET, bytes(range(80)))
    seats = [(office, "body") for office in shares.OFFICES]
    said = {
        "draw_id": made.SERIAL,
        "commitment": lottery.commitment(made.SECRET),
        "custody": shares.terms(held, seats),
    }
    path = tmp_path / "announcement.json"
    path.write_bytes(canonical.dumps(said))
    return path, [shares.text(one) for one in held]


def test_two_sheets_open_a_draw_at_the_command_line(shared_out, capsys):
    path, sheets = shared_out

    assert cli.main(["draw", "recover", str(path), sheets[2], sheets[0].lower(), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"draw": made.SERIAL, "secret": made.SECRET.hex()}


@pytest.mark.parametrize("given", [[0], [0, 0], []], ids=["one", "the same twice", "none"])
def test_less_than_two_sheets_open_nothing(shared_out, given, capsys):
    path, sheets = shared_out

    assert cli.main(["draw", "recover", str(path), *(sheets[at] for at in given)]) == 2
    assert made.SECRET.hex() not in capsys.readouterr().out


def test_a_sheet_with_a_wrong_sign_and_a_file_that_is_no_announcement_are_refused(shared_out, files):
    path, sheets = shared_out

    assert cli.main(["draw", "recover", str(path), sheets[0], sheets[1][:-1] + "A"]) == 2
    assert cli.main(["draw", "recover", str(files["figure"]), sheets[0], sheets[1]]) == 2
    assert cli.main(["draw", "verify", str(files["draw"]), sheets[0]]) == 2
