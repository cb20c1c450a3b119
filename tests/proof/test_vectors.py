"""Published cases run through ``zhiheng proof validate``: all pass, and one that is spoiled does not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from zhiheng.errors import BadInput
from zhiheng.proof import vectors
from zhiheng.site import cli

DATA = Path(__file__).parent / "data"
COUNTS = {
    "merkle_transparency_dev.json": ("merkle", 522),
    "merkle_computed.json": ("merkle computed", 32),
    "signed_note.json": ("signed note", 19),
    "tlog_tiles.json": ("tiles", 32),
    "jcs_rfc8785.json": ("canonical JSON", 494),
    "wycheproof_hmac_sm3_test.json": ("HMAC-SM3", 174),
    "vrf_rfc9381.json": ("VRF", 19),
    "rfc3797.json": ("RFC 3797", 11),
    "vrs_draft_thomson.json": ("verifiable random selection", 11),
    "consistent_sampler.json": ("consistent sampler", 2),
}


def verdicts(path):
    return [vectors.judge(case) for case in vectors.read(path)]


@pytest.mark.parametrize("name", COUNTS)
def test_every_case_of_a_published_file_comes_out_as_published(name):
    family, count = COUNTS[name]
    found = verdicts(DATA / name)

    assert [one for one in found if one.status != "passed"] == []
    assert vectors.by_family(found) == {family: {"passed": count, "failed": 0, "unsupported": 0}}


@pytest.mark.parametrize(
    ("name", "family", "passed", "unsupported"),
    [("draw_zh1_proposed.json", "zh-draw-1", 15, 15), ("sm2_sm3_sm4.json", "SM2 and SM3", 63, 1)],
)
def test_draws_by_weight_and_sm4_are_said_to_be_unsupported(name, family, passed, unsupported):
    counts = {"passed": passed, "failed": 0, "unsupported": unsupported}

    assert vectors.by_family(verdicts(DATA / name)) == {family: counts}


def spoil(value):
    """Change the last digit or letter that is found in a case, or turn its outcome round."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, str) and value:
        at = max(place for place, character in enumerate(value) if character.isalnum())
        return value[:at] + ("0" if value[at] != "0" else "1") + value[at + 1 :]
    return value + 1


SPOILED = [
    ("merkle_transparency_dev.json", ["inclusion", 7, "wantErr"]),
    ("merkle_transparency_dev.json", ["consistency", 7, "wantErr"]),
    ("merkle_transparency_dev.json", ["subtreeconsistency", 7, "wantErr"]),
    ("merkle_transparency_dev.json", ["subtreeinclusion", 7, "wantErr"]),
    ("merkle_transparency_dev.json", ["hash_constants", "empty_root"]),
    ("merkle_transparency_dev.json", ["hash_constants", "node_N123_N456"]),
    ("merkle_computed.json", [7, "root"]),
    ("merkle_computed.json", [7, "consistency", 0, "proof", 0]),
    ("merkle_computed.json", [7, "inclusion", 0, "proof", 0]),
    ("signed_note.json", ["c2sp_example", "vkey"]),
    ("signed_note.json", ["computed_checkpoints", 0, "origin_of_note"]),
    ("tlog_tiles.json", ["index_path_examples", "1234067"]),
    ("tlog_tiles.json", ["sizes", 4, "levels", 0, "full_tiles"]),
    ("jcs_rfc8785.json", ["computed", 0, "canonical_hex"]),
    ("wycheproof_hmac_sm3_test.json", ["testGroups", 0, "tests", 0, "tag"]),
    ("draw_zh1_proposed.json", ["cases", 0, "expected", "seed"]),
    ("vrf_rfc9381.json", ["rfc_examples", 0, "pi_ell2"]),
    ("sm2_sm3_sm4.json", ["sm2_computed", 0, "valid"]),
    ("sm2_sm3_sm4.json", ["sm3_computed", 0, "hmac_sm3"]),
    ("sm2_sm3_sm4.json", ["sm2_gbt32918_5_annexA", "s"]),
    ("rfc3797.json", ["computed", 1, "selected", 0]),
    ("vrs_draft_thomson.json", ["computed", 1, "otp_used"]),
    ("consistent_sampler.json", ["readme_2", "out", 0, 0]),
]


@pytest.mark.parametrize(("name", "where"), SPOILED, ids=lambda value: str(value))
def test_a_spoiled_case_fails_and_no_other_with_it(name, where, tmp_path):
    data = json.loads((DATA / name).read_text("utf-8"))
    holder = data
    for step in where[:-1]:
        holder = holder[step]
    if where[-1] == "origin_of_note":
        holder["note"] = "x" + holder["note"]
    else:
        holder[where[-1]] = spoil(holder[where[-1]])
    (tmp_path / name).write_text(json.dumps(data), "utf-8")

    assert len([one for one in verdicts(tmp_path / name) if one.status == "failed"]) == 1


@pytest.mark.parametrize(
    ("text", "word"), [(None, "no file"), ("{", "as JSON"), ("[" * 9_999, "as JSON"), ("\udcff", "as JSON")]
)
def test_what_is_no_file_of_cases_is_refused(tmp_path, text, word):
    if text is not None:
        (tmp_path / "cases.json").write_bytes(text.encode("utf-8", "surrogateescape"))

    with pytest.raises(BadInput, match=word):
        vectors.read(tmp_path / "cases.json")


def test_a_known_family_in_another_layout_is_refused_and_an_unknown_one_is_unsupported(tmp_path):
    (tmp_path / "known.json").write_text('{"cyberphone": [{"name": "x"}]}')
    (tmp_path / "unknown.json").write_text('{"anything": 1}')

    with pytest.raises(BadInput, match="layout"):
        vectors.read(tmp_path / "known.json")
    assert [one.status for one in verdicts(tmp_path / "unknown.json")] == ["unsupported"]


def test_the_command_says_each_family_and_ends_with_0_only_if_all_passed(capsys, tmp_path):
    assert cli.main(["proof", "validate", str(DATA / "tlog_tiles.json"), str(DATA / "signed_note.json")]) == 0
    assert capsys.readouterr().out.splitlines() == ["tiles: 32 passed", "signed note: 19 passed"]

    assert cli.main(["proof", "validate", str(DATA / "draw_zh1_proposed.json"), "--json"]) == 1
    said = json.loads(capsys.readouterr().out)
    assert said["families"]["zh-draw-1"]["unsupported"] == 15
    assert {case["status"] for case in said["cases"]} == {"passed", "unsupported"}

    (tmp_path / "other.json").write_text("{}")
    assert cli.main(["proof", "validate", str(tmp_path / "other.json")]) == 1
    assert "unsupported other.json" in capsys.readouterr().out
