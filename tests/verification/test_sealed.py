"""Receipts of the log: in a bundle and alone, both verifiers take the true ones and refuse every other."""

from __future__ import annotations

import copy
import json
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.verification import made
from tests.verification.test_mutations import altered, at, leaves
from zhiheng.proof import canonical, note
from zhiheng.site import cli
from zhiheng.verification import bundles

SHARED = Path(os.environ.get("ZHIHENG_SHARED", Path(__file__).parents[3] / "shared"))
WYCHEPROOF = SHARED / "data" / "crypto" / "wycheproof_ed25519_test.json"
OTHER = note.public(made.LOG.name, made.Ed25519PrivateKey.from_private_bytes(bytes(32)))


@pytest.fixture(params=["draw", "figure", "receipt"])
def file(request, draw_bundle, figure_bundles):
    return {
        "draw": lambda: made.sealed_bundle(draw_bundle),
        "figure": lambda: made.sealed_bundle(figure_bundles[""]),
        "receipt": made.receipt_file,
    }[request.param]()


def accepted(value, stranger, folder, *more) -> tuple[bool, bool]:
    """Tell whether each verifier accepts a file, by reason and not by a crash."""
    path = folder / "file.json"
    path.write_text(json.dumps(value), "utf-8")
    return cli.main(["verify", str(path), *more]) == 0, stranger.main([str(path), *more]) == 0


def test_a_sealed_file_is_accepted_and_the_key_is_named(file, stranger, tmp_path, capsys):
    assert accepted(file, stranger, tmp_path) == (True, True)

    assert capsys.readouterr().out.count(str(made.LOG)) >= 2


def test_the_key_that_is_known_is_asked_for(file, stranger, tmp_path, capsys):
    assert accepted(file, stranger, tmp_path, "--vkey", str(made.LOG)) == (True, True)
    assert accepted(file, stranger, tmp_path, "--vkey", str(OTHER)) == (False, False)


def test_a_file_without_receipts_is_not_sealed_by_any_known_key(draw_bundle, stranger, tmp_path, capsys):
    assert accepted(draw_bundle, stranger, tmp_path) == (True, True)
    assert "not sealed in a log" in capsys.readouterr().out
    assert accepted(draw_bundle, stranger, tmp_path, "--vkey", str(made.LOG)) == (False, False)


def test_every_changed_leaf_of_the_seal_is_refused_by_both(file, stranger, tmp_path, capsys):
    log = ("log",) if "log" in file else ()
    missed = []
    for path in leaves(at(file, log)):
        if path == ("type",):
            continue
        for value in altered(at(file, log + path)):
            mutant = copy.deepcopy(file)
            at(mutant, log + path[:-1])[path[-1]] = value
            if accepted(mutant, stranger, tmp_path) != (False, False):
                missed.append((path, value))

    assert missed == []


def swap_receipts(log):
    one, two = log["receipts"][:2]
    one["proof"], two["proof"] = two["proof"], one["proof"]


def give_one_twice(log):
    log["receipts"].append(log["receipts"][0])


def give_none(log):
    log["receipts"] = []


def another_key(log):
    log["vkey"] = str(OTHER)


def one_that_is_not_open(log):
    log["receipts"][0]["seq"] = 2


@pytest.mark.parametrize(
    "change", [swap_receipts, give_one_twice, give_none, another_key, one_that_is_not_open]
)
def test_receipts_of_something_else_are_refused_by_both(change, draw_bundle, stranger, tmp_path, capsys):
    value = copy.deepcopy(made.sealed_bundle(draw_bundle))
    change(value["log"])

    assert accepted(value, stranger, tmp_path) == (False, False)


def test_a_note_with_a_second_signature_of_a_key_nobody_knows_is_accepted(stranger, tmp_path, capsys):
    value = made.receipt_file()
    value["proof"] += "\u2014 witness.example " + "A" * 100 + "\n"

    assert accepted(value, stranger, tmp_path) == (True, True)


@given(
    place=st.integers(0, 10**9), byte=st.sampled_from([*b'\n\t "+/=-0A\\\x7f', 0, 0xFF]), cut=st.booleans()
)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_receipt_with_any_byte_changed_or_cut_off_is_refused_by_both(
    place, byte, cut, stranger, tmp_path, capsys
):
    data = canonical.dumps(made.receipt_file())
    place %= len(data)
    mutant = data[:place] if cut else data[:place] + bytes([byte]) + data[place + 1 :]
    path = tmp_path / "receipt.json"
    path.write_bytes(mutant)

    if mutant != data:
        assert (cli.main(["verify", str(path)]) == 0, stranger.main([str(path)]) == 0) == (False, False)


@pytest.mark.skipif(not WYCHEPROOF.exists(), reason="the vectors of Project Wycheproof are not here")
def test_the_ed25519_of_the_stranger_passes_the_vectors_of_wycheproof(stranger):
    groups = json.loads(WYCHEPROOF.read_text("utf-8"))["testGroups"]
    cases = [(bytes.fromhex(group["publicKey"]["pk"]), case) for group in groups for case in group["tests"]]

    wrong = [
        case["tcId"]
        for public, case in cases
        if holds(stranger, public, bytes.fromhex(case["sig"]), bytes.fromhex(case["msg"]))
        != (case["result"] == "valid")
    ]

    assert len(cases) == 151
    assert wrong == []


def holds(stranger, public, signature, message):
    """Return whether a signature holds; bytes that are no point refuse it."""
    try:
        return stranger.is_signed(public, signature, message)
    except (stranger.Refused, IndexError):
        return False


@pytest.mark.parametrize(
    "point",
    [
        (2**255 - 19).to_bytes(32, "little"),  # y = p, another form of 0
        (2**255 - 18).to_bytes(32, "little"),  # y = p + 1, another form of 1
        (1 | 1 << 255).to_bytes(32, "little"),  # x = 0 with the sign of an odd one
        (2).to_bytes(32, "little"),  # no point of the curve
    ],
)
def test_a_second_form_of_a_point_is_no_point(point, stranger):
    with pytest.raises(stranger.Refused, match="no point"):
        stranger.point(point)


def test_every_kind_of_file_that_the_stranger_reads_is_known_here(stranger):
    assert set(stranger.CHECKS) <= set(bundles.TYPES)
