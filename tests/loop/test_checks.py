"""What the run leaves behind is checked offline by two programs, and whatever is altered is refused."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests import country
from zhiheng.site.cli import main
from zhiheng.verification import bundles, draw, figure

SERIES = "mfg_product_pass_rate"
VERIFIER = country.ROOT / "verifier" / "verify.py"
NAMES = (
    f"draw-{country.REGION}-{country.QUARTERS[0]}-001.json",
    f"figure-{SERIES}-{country.REGION}-{country.QUARTERS[-1]}.json",
)


def verify_alone(path):
    """Run the single file as a stranger would: no packages, no site, no environment of ours."""
    return subprocess.run(
        [sys.executable, "-I", "-S", str(VERIFIER), str(path)], capture_output=True, text=True, timeout=60
    )


@pytest.fixture(params=NAMES)
def bundle(request, story_var, tmp_path):
    """A copy of one bundle of the story."""
    source = story_var.var / "bundles"
    for frame in source.glob("frame-*.tsv"):
        shutil.copy(frame, tmp_path)
    return Path(shutil.copy(source / request.param, tmp_path))


def changed(path, change):
    value = json.loads(path.read_text(encoding="utf-8"))
    change(value)
    path.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")


def report(path):
    value = bundles.load(path)
    check = draw.check if value["type"] == bundles.DRAW_TYPE else figure.check
    return check(value, beside=path.parent) if check is draw.check else check(value)


def test_both_programs_accept_the_bundle(bundle, capsys):
    assert main(["verify", str(bundle)]) == 0
    alone = verify_alone(bundle)

    assert alone.returncode == 0, alone.stderr
    assert "refused" not in alone.stdout + alone.stderr


def test_a_stranger_with_every_code_reads_the_class_of_no_firm_that_was_not_drawn(story_var):
    """He has what anybody may download of a draw, and knows the code of each firm of the province."""
    draw_file = story_var.var / "bundles" / NAMES[0]
    closing_file = draw_file.with_name(NAMES[0].replace("draw-", "closing-"))
    told = draw_file.read_text("utf-8") + closing_file.read_text("utf-8")
    bundle, closing = (json.loads(file.read_text("utf-8")) for file in (draw_file, closing_file))
    everybody = country.population()
    codes = everybody.codes(everybody.block(0)).tolist()

    opened = [*bundle["certificate"]["openings"], *closing.get("openings", ())]
    named = {line.split("\t")[0] for line in bundle["frame"]["lines"].splitlines()}
    found = {
        code
        for code in codes
        for salt in ("", *(row["salt"] for row in opened))
        if hashlib.sha256(bytes.fromhex(salt) + code.encode()).hexdigest() in named
    }

    drawn = {row["id"] for row in opened}
    assert bundle["certificate"]["announcement"]["ids"] == "salted"
    assert len(named) == len(codes) and len(codes) > 2 * len(drawn)
    assert found == drawn == {code for code in codes if code in told}


def _ledger(value):
    value["ledger"][0]["statement"]["actor"]["role"] = "leader"


def _verdict(value):
    row = next(row for row in value["body"]["rows"] if row["verdict"] == "fail")
    row["verdict"] = "pass"


def _estimate(value):
    value["body"]["figure"]["estimate"] = value["body"]["figure"]["upper"]


def _dropped(value):
    value["body"]["rows"].pop()


def _selected(value):
    rows = value["certificate"]["selected"]
    rows[0]["unit"], rows[1]["unit"] = rows[1]["unit"], rows[0]["unit"]


def _secret(value):
    value["certificate"]["secret"] = "00" * 32


def _frame(value):
    lines = value["frame"]["lines"].splitlines(keepends=True)
    value["frame"]["lines"] = "".join(lines[1:])


@pytest.mark.parametrize(
    ("name", "change"),
    [
        (NAMES[1], _ledger),
        (NAMES[1], _verdict),
        (NAMES[1], _estimate),
        (NAMES[1], _dropped),
        (NAMES[0], _ledger),
        (NAMES[0], _selected),
        (NAMES[0], _secret),
        (NAMES[0], _frame),
    ],
)
def test_an_altered_bundle_is_refused_by_both_programs(story_var, tmp_path, capsys, name, change):
    copy = Path(shutil.copy(story_var.var / "bundles" / name, tmp_path))
    changed(copy, change)

    assert not report(copy).ok
    assert main(["verify", str(copy)]) == 1
    alone = verify_alone(copy)
    assert alone.returncode == 1
    assert "refused:" in alone.stdout + alone.stderr


def test_a_forger_who_also_mends_the_digest_is_refused(story_var, tmp_path):
    copy = Path(shutil.copy(story_var.var / "bundles" / NAMES[1], tmp_path))

    def forge(value):
        _estimate(value)
        value["digest"] = figure.digest(value["body"])

    changed(copy, forge)

    assert "release" in report(copy).refusal
    assert verify_alone(copy).returncode == 1
