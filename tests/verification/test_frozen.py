"""The frame of a draw is the one that was frozen in public before it: root, size, strata, kind of ids."""

from __future__ import annotations

import hashlib
import io
from collections import Counter

import pytest

from tests.verification import made
from zhiheng.proof import draw, frame_index, lottery
from zhiheng.verification import draw as draw_check

ROOT = frame_index.build(io.BytesIO(made.frame_bytes())).root


def detail(**changes) -> dict:
    strata = dict(Counter(row.stratum for row in made.frame_rows()))
    sha = hashlib.sha256(made.frame_bytes()).hexdigest()
    return {"sha256": sha, "units": 60, "strata": strata, "merkle_root": ROOT, "ids": "open"} | changes


def bundle(frozen: dict, *, is_late: bool = False) -> dict:
    """Return a valid draw whose ledger holds the entry that froze its frame."""
    ledger = made.Ledger()
    if not is_late:
        ledger.append("registry.frame_frozen", frozen)
    certificate = made.made_draw(ledger)
    if is_late:
        ledger.append("registry.frame_frozen", frozen)
    return draw_check.bundle(certificate, entries=ledger.entries, frame_lines=made.frame_bytes())


def steps(file: dict) -> dict:
    return {step.name: step for step in draw_check.check(file).steps}


def failing(file: dict) -> list[str]:
    return [step.name for step in draw_check.check(file).steps if not step.ok]


def test_the_lines_of_the_frame_lead_to_the_root_that_was_published():
    found = steps(bundle(detail()))["frozen"]

    assert found.ok and found.is_checked
    assert found.detail == f"root {ROOT} over 60 lines in entry 1"


def test_without_the_entry_nothing_is_claimed(draw_bundle):
    found = steps(draw_bundle)["frozen"]

    assert found.ok and not found.is_checked


@pytest.mark.parametrize(
    "changes", [{"merkle_root": "11" * 32}, {"units": 61}, {"strata": {"A": 60}}, {"ids": "salted"}]
)
def test_an_entry_that_says_something_else_is_refused(changes):
    assert failing(bundle(detail(**changes))) == ["frozen"]


def test_a_frame_frozen_after_the_announcement_is_refused():
    assert failing(bundle(detail(), is_late=True)) == ["frozen"]


def test_the_stranger_reads_such_a_bundle_too(stranger, tmp_path):
    assert stranger.check_draw(bundle(detail()), tmp_path)


def test_reasons_counted_otherwise_in_the_announcement_are_refused():
    file = made.rich_bundle()
    ledger, said = made.Ledger(), file["certificate"]["announcement"]
    sha = lottery.announcement_hash(said)
    committed = ledger.append("draw.committed", {"announcement_hash": sha, "excluded": {"conflict": 2}})
    certificate = draw.carry_out(
        said,
        secret=made.SECRET,
        beacon=made.BEACON,
        rows=made.frame_rows(),
        pairing=file["certificate"]["pairing"],
        committed=committed["hash"],
        exclusions=file["certificate"]["exclusions"],
    ) | {"data": "demonstration"}

    assert failing(made.bound(certificate, ledger, made.frame_bytes())) == ["exclusions"]
