"""kill -9 in the middle of any action: done once or not at all, and nothing is half-written.

A deed is killed on copies of the story: where a file of evidence is put in place, just before its first entry
of the ledger, between its entries, after the last but before the commit, after the commit but before anything
that follows it, and where a bundle is put in place. How a deed went that nobody killed is the measure of what
is found in the end. Deeds from the register to the release are killed in every suite, all of them in the
slow lane, which writes docs/proof/kills.md.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from tests.country import ROOT, copied

from . import kills_page
from .deeds import DEEDS, OFTEN
from .kills_page import differing
from .victim import NOTICED, POINTS

PROVE = os.environ.get("ZHIHENG_PROVE") == "1"
DONE = tuple(DEEDS) if PROVE else OFTEN
PAGE = ROOT / "docs" / "proof" / "kills.md"

UNDONE = ("at-file", "before-entry", "between-entries", "before-commit")
OWED = ("after-commit", "at-bundle")
SIGNED_IN = {"people.signed_in"}
BY_THE_TICK = {NOTICED, "case.objection_time_over"}

pytestmark = [pytest.mark.parametrize("deed", DONE), *([pytest.mark.prove] if PROVE else [])]


@pytest.fixture(scope="module")
def outcome(story_var, tmp_path_factory):
    """What one run of the victim found: ``outcome[deed][point]``, and what stood ``before``."""
    folder = tmp_path_factory.mktemp("killed")
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "tests.loop.victim", str(folder), *DONE],
        cwd=ROOT,
        env=copied(story_var, folder / "var").environment,
        capture_output=True,
        text=True,
        timeout=2400 if PROVE else 180,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    found = json.loads(done.stdout)
    if PROVE:
        kills_page.write(PAGE, found, on=datetime.now(UTC).date())
    return found


@pytest.fixture
def apart(deed):
    """The tables that a transaction of its own before the action may have written."""
    return ("ledger_",) if DEEDS[deed].signs_in else ()


LATER = "ledger_sealed"  # sealing is no part of an action: the files of the log lead, this table follows


def at(found, points, moment):
    """Return what was found at those of the points that the deed passes."""
    return {point: found[point][moment] for point in points if point in found}


def none_of(found):
    """Return what a check of every point finds when there is nothing to find."""
    return {point: [] for point in found}


def entries(left, *, without=frozenset()):
    """Return how many entries there are of each verb."""
    return {verb: count for verb, count in left["verbs"].items() if verb not in without}


def test_the_deed_reaches_the_actions_that_it_names(outcome, deed):
    assert set(outcome[deed]["never"]["reached"]) == set(DEEDS[deed].actions)


def test_every_point_ends_by_a_kill(outcome, deed):
    ended = {point: report["signal"] for point, report in outcome[deed].items()}

    assert {"never", "before-entry", "before-commit", "after-commit"} <= set(ended)
    assert ended == {point: 0 if point == "never" else signal.SIGKILL for point in ended}


def test_a_kill_before_the_commit_leaves_every_row_as_it_was(outcome, deed, apart):
    found, before = at(outcome[deed], UNDONE, "killed"), outcome["before"]
    changed = {point: differing(left["exact"], before["exact"], apart) for point, left in found.items()}
    stood = {point: entries(left, without=SIGNED_IN if apart else set()) for point, left in found.items()}

    assert changed == none_of(found)
    assert stood == {point: entries(before, without=SIGNED_IN if apart else set()) for point in found}


def test_a_kill_after_the_commit_leaves_every_row_of_the_action(outcome, deed):
    found, whole = at(outcome[deed], OWED, "killed"), outcome[deed]["never"]["killed"]
    lacking = {
        point: [name for name in differing(left["shape"], whole["shape"]) if name != LATER]
        for point, left in found.items()
    }

    assert differing(whole["exact"], outcome["before"]["exact"])
    assert lacking == none_of(found)
    assert {left["waiting"] for left in found.values()} == {whole["waiting"]}
    assert whole["waiting"] > outcome["before"]["waiting"]


def test_the_chain_holds_at_every_point(outcome, deed):
    for moment in ("killed", "resumed"):
        found = at(outcome[deed], ("never", *POINTS), moment)
        assert {point: left["chain"] for point, left in found.items()} == {
            point: left["total"] for point, left in found.items()
        }


@pytest.mark.parametrize("what", ["half", "lost", "refused"])
def test_no_file_is_half_written_or_lost_and_every_bundle_is_believed(outcome, deed, what):
    for moment in ("killed", "resumed"):
        found = at(outcome[deed], ("never", *POINTS), moment)
        assert {point: left[what] for point, left in found.items()} == none_of(found)


def test_what_was_not_done_is_done_by_the_next_try_and_once(outcome, deed):
    undone, owed = at(outcome[deed], UNDONE, "resumed"), at(outcome[deed], ("never", *OWED), "resumed")
    twice = outcome[deed]["never"]["resumed"]["again"]

    assert {point: left["again"][0] for point, left in undone.items()} == dict.fromkeys(undone, "done")
    assert {point: left["again"][1] for point, left in undone.items()} == dict.fromkeys(undone, twice[1])
    assert {point: left["again"] for point, left in owed.items()} == dict.fromkeys(owed, twice)


def test_after_the_next_try_and_a_tick_all_is_as_if_nobody_had_killed_it(outcome, deed, apart):
    found, whole = at(outcome[deed], POINTS, "resumed"), outcome[deed]["never"]["resumed"]
    other = {point: differing(left["shape"], whole["shape"], apart) for point, left in found.items()}
    stood = {point: entries(left, without=SIGNED_IN if apart else set()) for point, left in found.items()}

    assert other == none_of(found)
    assert stood == {point: entries(whole, without=SIGNED_IN if apart else set()) for point in found}
    assert {left["waiting"] for left in found.values()} == {0}
    assert {left["uploads"] for left in found.values()} == {whole["uploads"]}
    assert {state for left in found.values() for state in left["tick"].values()} == {"done"}


def test_a_tick_writes_the_bundles_that_a_kill_left_out(outcome, deed):
    found, whole = at(outcome[deed], POINTS, "resumed"), outcome[deed]["never"]["resumed"]
    lacking = {point: sorted(set(whole["bundles"]) - set(left["bundles"])) for point, left in found.items()}

    assert lacking == none_of(found)


def test_trying_again_what_was_done_changes_nothing(outcome, deed):
    done, again = outcome[deed]["never"]["killed"], outcome[deed]["never"]["resumed"]
    moved = ("ledger_", "inspection_", "disclosure_look", "disclosure_observation")
    moved_by_the_tick = {name for name in done["shape"] if name.startswith(moved)}

    assert set(differing(done["shape"], again["shape"])) <= moved_by_the_tick
    assert entries(done, without=BY_THE_TICK) == entries(again, without=BY_THE_TICK)
