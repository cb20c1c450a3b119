"""Published cases run through ``zhiheng proof validate``: all pass, and one that is spoiled does not."""

from __future__ import annotations

import json
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from zhiheng.errors import BadInput
from zhiheng.proof import beacons, vectors
from zhiheng.site import cli

DATA = Path(__file__).parent / "data"
has_curve = pytest.mark.skipif(find_spec("py_ecc") is None, reason="needs the extra beacon")
COUNTS = {
    "merkle_transparency_dev.json": ("merkle", 522),
    "merkle_computed.json": ("merkle computed", 32),
    "signed_note.json": ("signed note", 19),
    "tlog_tiles.json": ("tiles", 32),
    "jcs_rfc8785.json": ("canonical JSON", 494),
    "wycheproof_hmac_sm3_test.json": ("HMAC-SM3", 174),
    "wycheproof_ed25519_test.json": ("Ed25519", 151),
    "wycheproof_sm4_gcm_test.json": ("SM4-GCM", 104),
    "wycheproof_sm4_ccm_test.json": ("SM4-CCM", 184),
    "sm2_sm3_sm4.json": ("SM2, SM3 and SM4", 64),
    "draw_zh1_proposed.json": ("zh-draw-1", 30),
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


@has_curve
def test_rounds_of_drand_come_out_and_one_said_to_be_invalid_must_be():
    found = verdicts(DATA / "drand_quicknet.json")

    assert vectors.by_family(found) == {"drand": {"passed": 2, "failed": 0, "unsupported": 0}}


@has_curve
@pytest.mark.parametrize(
    "change",
    [
        {"round": 1001},
        {"signature": "00" * 48},
        {"signature": "b4"},
        {"signature": "no hexadecimal"},
        {"randomness": "00" * 32},
        {"round": 2**64},
    ],
)
def test_a_round_that_does_not_hold_fails_unless_it_is_said_not_to(change, tmp_path):
    data = json.loads((DATA / "drand_quicknet.json").read_text("utf-8"))
    data["rounds"] = [{**data["rounds"][0], **change}]
    for said, status in (({}, "failed"), ({"valid": False}, "passed")):
        data["rounds"][0].update(said)
        (tmp_path / "rounds.json").write_text(json.dumps(data))

        assert [one.status for one in verdicts(tmp_path / "rounds.json")] == [status]


def test_without_the_library_of_the_curve_rounds_are_unsupported_with_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "zhiheng.proof.beacons.curve", None)
    monkeypatch.delattr(beacons, "curve", raising=False)
    found = verdicts(DATA / "drand_quicknet.json")

    assert [one.status for one in found] == ["unsupported"] * 2
    assert "zhiheng[beacon]" in found[0].reason


PARTS = [
    ("merkle_transparency_dev.json", "subtreeinclusion", "merkle"),
    ("jcs_rfc8785.json", "computed", "canonical JSON"),
    ("rfc3797.json", "computed", "RFC 3797"),
    ("vrs_draft_thomson.json", "computed", "verifiable random selection"),
    ("vrf_rfc9381.json", "computed_tai", "VRF"),
    ("vrf_rfc9381.json", "must_reject", "VRF"),
    ("signed_note.json", "computed_checkpoints", "signed note"),
    ("sm2_sm3_sm4.json", "sm2_computed", "SM2, SM3 and SM4"),
    ("tlog_tiles.json", "sizes", "tiles"),
    ("consistent_sampler.json", "readme_2", "consistent sampler"),
]


@pytest.mark.parametrize(("name", "part", "family"), PARTS)
def test_a_file_with_one_part_of_its_family_is_known_all_the_same(name, part, family, tmp_path):
    data = json.loads((DATA / name).read_text("utf-8"))
    (tmp_path / "part.json").write_text(json.dumps({part: data[part]}))
    found = verdicts(tmp_path / "part.json")

    assert {one.case.family for one in found} == {family}
    assert {one.status for one in found} == {"passed"}


LACKING = [
    ("draw_zh1_proposed.json", ["cases", 0, "input", "secret_hex"]),
    ("draw_zh1_proposed.json", ["cases", 0, "expected", "seed"]),
    ("wycheproof_sm4_ccm_test.json", ["testGroups", 0, "tests", 0, "tag"]),
    ("wycheproof_ed25519_test.json", ["testGroups", 0, "tests", 0, "result"]),
    ("signed_note.json", ["c2sp_example", "expect"]),
    ("signed_note.json", ["computed_checkpoints", 0, "witness_vkey"]),
    ("merkle_transparency_dev.json", ["inclusion", 0, "wantErr"]),
    ("merkle_computed.json", [0, "root"]),
    ("tlog_tiles.json", ["sizes", 0, "levels"]),
    ("vrf_rfc9381.json", ["rfc_examples", 0, "pi_ell2"]),
    ("sm2_sm3_sm4.json", ["sm2_computed", 0, "valid"]),
    ("sm2_sm3_sm4.json", ["sm4_gbt32907", "key"]),
    ("rfc3797.json", ["rfc_section6", "pool_size"]),
    ("drand_quicknet.json", ["info"]),
]


@pytest.mark.parametrize(("name", "where"), LACKING, ids=lambda value: str(value))
def test_a_case_without_a_field_of_its_family_is_refused_by_the_name_of_the_field(name, where, tmp_path):
    data = json.loads((DATA / name).read_text("utf-8"))
    holder = data
    for step in where[:-1]:
        holder = holder[step]
    del holder[where[-1]]
    (tmp_path / name).write_text(json.dumps(data))

    with pytest.raises(BadInput, match=f"layout.*the field {where[-1]} is missing"):
        verdicts(tmp_path / name)
    assert cli.main(["proof", "validate", str(tmp_path / name)]) == 2


def test_what_wycheproof_calls_acceptable_may_be_taken_or_not(tmp_path):
    for name in (
        "wycheproof_sm4_gcm_test.json",
        "wycheproof_ed25519_test.json",
        "wycheproof_hmac_sm3_test.json",
    ):
        data = json.loads((DATA / name).read_text("utf-8"))
        for group in data["testGroups"]:
            for case in group["tests"]:
                case["result"] = "acceptable"
        (tmp_path / name).write_text(json.dumps(data))

        assert {one.status for one in verdicts(tmp_path / name)} == {"passed"}


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
    ("draw_zh1_proposed.json", ["cases", 1, "expected", "reserve", 0]),
    ("draw_zh1_proposed.json", ["cases", 1, "expected", "certainty"]),
    ("wycheproof_sm4_gcm_test.json", ["testGroups", 0, "tests", 0, "tag"]),
    ("wycheproof_sm4_ccm_test.json", ["testGroups", 0, "tests", 1, "ct"]),
    ("wycheproof_ed25519_test.json", ["testGroups", 0, "tests", 0, "sig"]),
    ("sm2_sm3_sm4.json", ["sm4_gbt32907", "after_1e6_iterations"]),
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


def test_the_command_says_each_family_and_ends_with_1_only_if_one_failed(capsys, tmp_path):
    assert cli.main(["proof", "validate", str(DATA / "tlog_tiles.json"), str(DATA / "signed_note.json")]) == 0
    assert capsys.readouterr().out.splitlines() == ["tiles: 32 passed", "signed note: 19 passed"]

    assert cli.main(["proof", "validate", str(DATA / "draw_zh1_proposed.json"), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["passed"], said["failed"], said["unsupported"]) == (30, 0, 0)
    assert all({"id", "status", "message"} <= set(case) for case in said["cases"])
    assert said["families"]["zh-draw-1"] == {"passed": 30, "failed": 0, "unsupported": 0}
    assert {case["status"] for case in said["cases"]} == {"passed"}

    (tmp_path / "other.json").write_text("{}")
    assert cli.main(["proof", "validate", str(tmp_path / "other.json")]) == 0
    assert "unsupported other.json" in capsys.readouterr().out
