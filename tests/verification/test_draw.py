"""A valid draw bundle is verified step by step; each kind of cheating is refused where it happened."""

from __future__ import annotations

import copy

import pytest

from tests.verification import made
from zhiheng.errors import BadInput, CheckFailed
from zhiheng.proof import canonical, chain, draw, frame, lottery
from zhiheng.verification import draw as draw_check

STEPS = [
    "shape",
    "ledger",
    "committed",
    "commitment",
    "announcement",
    "program",
    "frame",
    "frozen",
    "beacon",
    "seed",
    "exclusions",
    "probabilities",
    "selection",
    "pairs",
    "bound",
    "assignments",
    "substitutions",
    "closing",
    "log",
]


def failing(bundle: dict) -> list[str]:
    return [step.name for step in draw_check.check(bundle).steps if not step.ok]


def test_every_step_of_a_valid_draw_holds(draw_bundle):
    report = draw_check.check(draw_bundle)

    assert [step.name for step in report.steps] == STEPS
    assert report.ok and not report.refusal
    assert report.head == draw_bundle["ledger"][-1]["hash"]


MARKED = "demonstration data, draw 330000-2024Q1-001, 24 of 60 units"


def test_the_stranger_agrees_on_a_valid_draw(draw_bundle, stranger, tmp_path):
    assert stranger.check_draw(draw_bundle, tmp_path).startswith(MARKED)


def test_a_frame_file_beside_the_bundle_serves_as_well(draw_bundle, stranger, tmp_path):
    bundle = {**draw_bundle, "frame": {"file": "frame-330000-2024Q1-001.tsv"}}
    (tmp_path / "frame-330000-2024Q1-001.tsv").write_bytes(made.frame_bytes())

    assert draw_check.check(bundle, beside=tmp_path).ok
    assert stranger.check_draw(bundle, tmp_path)
    assert failing(bundle) == ["frame"]


@pytest.mark.parametrize("name", ["../frame-x.tsv", "/etc/passwd", "frame-.tsv/", "frame-missing.tsv"])
def test_a_strange_frame_file_is_not_opened(draw_bundle, stranger, tmp_path, name):
    bundle = {**draw_bundle, "frame": {"file": name}}

    assert "frame" in [step.name for step in draw_check.check(bundle, beside=tmp_path).steps if not step.ok]
    with pytest.raises(stranger.Refused):
        stranger.check_draw(bundle, tmp_path)


def reissued(change) -> dict:
    """Return a bundle whose forger changed the certificate and logged it anew, as an office itself could."""
    ledger = made.Ledger()
    certificate = copy.deepcopy(made.made_draw(ledger))
    change(certificate)
    ledger.entries.pop()
    sha = draw_check.certificate_sha256(certificate)
    ledger.append("draw.revealed", {"serial": made.SERIAL, "certificate_sha256": sha})
    return draw_check.bundle(certificate, entries=ledger.entries, frame_lines=made.frame_bytes())


def swap_selected(certificate):
    certificate["selected"][0]["unit"], certificate["reserves"][0]["unit"] = (
        certificate["reserves"][0]["unit"],
        certificate["selected"][0]["unit"],
    )


def send_a_friend(certificate):
    row = certificate["selected"][3]
    friend = next(key for key in made.INSPECTORS if key not in row["inspectors"])
    row["inspectors"][1] = friend


def choose_the_beacon(certificate):
    certificate["beacon"]["value"] = "00" * 32


def choose_the_secret(certificate):
    certificate["secret"] = "11" * 32


def drop_a_conflict(certificate):
    certificate["pairing"]["conflicts"].pop()


@pytest.mark.parametrize(
    ("change", "step"),
    [
        (swap_selected, "selection"),
        (send_a_friend, "pairs"),
        (choose_the_beacon, "seed"),
        (choose_the_secret, "commitment"),
        (drop_a_conflict, "pairs"),
    ],
)
def test_a_cheat_that_was_logged_anew_is_still_found(change, step, stranger, tmp_path):
    bundle = reissued(change)

    assert step in failing(bundle)
    with pytest.raises(stranger.Refused):
        stranger.check_draw(bundle, tmp_path)


def test_the_same_certificate_logged_anew_without_a_change_is_verified(stranger, tmp_path):
    bundle = reissued(lambda certificate: None)

    assert draw_check.check(bundle).ok
    assert stranger.check_draw(bundle, tmp_path)


def test_an_announcement_logged_after_the_result_is_refused(draw_bundle, stranger, tmp_path):
    certificate = draw_bundle["certificate"]
    late = made.Ledger()
    late.append("draw.revealed", {"certificate_sha256": draw_check.certificate_sha256(certificate)})
    late.append("draw.committed", {"announcement_hash": certificate["announcement_hash"]})
    bundle = {**draw_bundle, "ledger": late.entries}

    assert {"committed", "bound"} <= set(failing(bundle))
    with pytest.raises(stranger.Refused):
        stranger.check_draw(bundle, tmp_path)


def test_a_phantom_or_a_dropped_friend_in_the_frame_is_refused(draw_bundle, stranger, tmp_path):
    lines = draw_bundle["frame"]["lines"].splitlines(keepends=True)
    for forged in ("".join(lines[1:]), "".join([*lines, lines[-1].replace("X1", "X2", 1)])):
        bundle = {**draw_bundle, "frame": {"lines": forged}}
        assert failing(bundle) == ["frame"]
        with pytest.raises(stranger.Refused, match="frame"):
            stranger.check_draw(bundle, tmp_path)


def announced(**changes):
    summary = frame.FrameSummary("0" * 64, 30, {"A": 10, "B": 20})
    terms = {
        "serial": made.SERIAL,
        "obligation": "o",
        "region": "330000",
        "period": "2024Q1",
        "frame": summary,
        "samples": {"A": 2, "B": 3},
        "reserves": 1,
        "commitment": lottery.commitment(made.SECRET),
        "beacon_kind": "dice",
        "beacon_ref": "1",
        "pairing": draw.pairing_terms(made.INSPECTORS),
    }
    return draw.announce(**{**terms, **changes})


@pytest.mark.parametrize("samples", [{"A": 2}, {"A": 2, "B": 3, "C": 1}, {"A": 11, "B": 3}, {"A": 0, "B": 3}])
def test_sizes_that_do_not_fit_the_frame_are_not_announced(samples):
    with pytest.raises(BadInput):
        announced(samples=samples)


def test_another_secret_or_other_inspectors_than_announced_are_refused():
    said = announced()
    rest = {"beacon": b"b", "rows": [], "committed": "0" * 64}

    with pytest.raises(CheckFailed):
        draw.carry_out(said, secret=bytes(32), pairing=draw.pairing_terms(made.INSPECTORS), **rest)
    with pytest.raises(CheckFailed):
        draw.carry_out(said, secret=made.SECRET, pairing=draw.pairing_terms({"x": "y", "z": "y"}), **rest)


def test_the_order_in_which_inspectors_are_named_does_not_change_the_terms():
    turned = dict(reversed(made.INSPECTORS.items()))

    assert draw.pairing_terms(turned) == draw.pairing_terms(made.INSPECTORS)
    assert canonical.digest(draw.pairing_terms(turned, cap=3)) != canonical.digest(
        draw.pairing_terms(made.INSPECTORS)
    )


def test_a_withheld_entry_discloses_nothing(draw_bundle):
    withheld = draw_bundle["ledger"][1]

    assert set(withheld) == {"seq", "previous", "body", "hash"}
    assert chain.check(draw_bundle["ledger"]) is None


def test_assignments_other_than_those_bound_at_the_reveal_are_refused(draw_bundle):
    bundle = copy.deepcopy(draw_bundle)
    made.rebound(bundle, assignments_root="0" * 64)

    assert failing(bundle) == ["assignments"]


def test_a_draw_revealed_without_a_root_says_that_it_was_not_checked(draw_bundle):
    bundle = copy.deepcopy(draw_bundle)
    made.rebound(bundle, assignments_root=None)

    open_ones = [step.name for step in draw_check.check(bundle).steps if not step.is_checked]

    assert failing(bundle) == [] and "assignments" in open_ones


def test_a_field_for_proofs_of_the_log_is_a_field_of_the_bundle(draw_bundle):
    assert "shape" not in failing({**draw_bundle, "log": {}})
    assert "shape" in failing({**draw_bundle, "lag": {}})
