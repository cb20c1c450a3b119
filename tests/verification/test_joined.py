"""Both verifiers join the classes of a small quota again, and refuse strata that the rule does not give."""

from __future__ import annotations

import copy
import hashlib
from collections import Counter

import pytest

from tests.verification import made
from zhiheng.proof import draw, frame, joining, lottery
from zhiheng.verification import draw as draw_check

QUOTA, MINIMUM = 5, 2


def bundle(groups, quota=QUOTA, samples=(3, 2), **said):
    """Return the bundle of a draw whose classes were joined as given, logged as an office would."""
    ledger, rows = made.Ledger(), made.frame_rows()
    table = {**joining.table(groups, quota, MINIMUM), **said}
    names = [joining.name(group) for group in groups]
    counted = Counter(row.stratum for row in draw.covered(rows, (), table))
    pairing = draw.pairing_terms(made.INSPECTORS)
    announcement = draw.announce(
        serial=made.SERIAL,
        obligation="2024Q1-330000-27",
        region="330000",
        period="2024Q1",
        frame=frame.FrameSummary(hashlib.sha256(made.frame_bytes()).hexdigest(), len(rows), {}),
        samples=dict(zip(names, samples, strict=True)),
        reserves=1,
        commitment=lottery.commitment(made.SECRET),
        beacon_kind="drand-quicknet",
        beacon_ref="1000",
        pairing=pairing,
        populations=counted,
        joined=table,
    )
    sha = lottery.announcement_hash(announcement)
    certificate = draw.carry_out(
        announcement,
        secret=made.SECRET,
        beacon=made.BEACON,
        rows=rows,
        pairing=pairing,
        committed=ledger.append("draw.committed", {"announcement_hash": sha})["hash"],
    ) | {"data": "demonstration"}
    ledger.append("draw.revealed", {"certificate_sha256": draw_check.certificate_sha256(certificate)})
    return draw_check.bundle(certificate, entries=ledger.entries, frame_lines=made.frame_bytes())


def verdicts(found, stranger, folder):
    """Return whether the site's verifier and the stranger's accept a bundle."""
    try:
        stranger.check_draw(found, folder)
        alone = True
    except stranger.Refused:
        alone = False
    return draw_check.check(found).ok, alone


RIGHT = [["A", "B"], ["C", "D"]]


def test_the_joined_strata_of_the_rule_are_verified(stranger, tmp_path):
    found = bundle(RIGHT)

    assert [row["stratum"] for row in found["certificate"]["strata"]] == ["A~B", "C~D"]
    assert verdicts(found, stranger, tmp_path) == (True, True)


@pytest.mark.parametrize(
    ("groups", "more"),
    [
        ([["A"], ["B", "C", "D"]], {}),
        ([["A", "B", "C"], ["D"]], {}),
        (RIGHT, {"minimum": 1}),
        (RIGHT, {"minimum": 9}),
        (RIGHT, {"quota": 6}),
        (RIGHT, {"quota": 8}),
        (RIGHT, {"least": {"A": 2, "B": 2}}),
    ],
)
def test_an_office_cannot_join_classes_as_it_likes(groups, more, stranger, tmp_path):
    assert verdicts(bundle(groups, **more), stranger, tmp_path) == (False, False)


def test_a_table_that_was_dropped_afterwards_is_missed(stranger, tmp_path):
    found = copy.deepcopy(bundle(RIGHT))
    del found["certificate"]["announcement"]["joined"]

    assert verdicts(found, stranger, tmp_path) == (False, False)
