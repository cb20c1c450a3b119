"""kill -9 in the middle of any action of the loop: done once or not at all, and nothing is half-written.

One action of each stage is killed on copies of the story: where a file of evidence is put in place, just
before its first entry of the ledger, after the last but before the commit, after the commit but before
anything that follows it, and where a bundle is put in place. How an action went that nobody killed is the
measure of what is found in the end.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys

import pytest

from tests.country import ROOT, copied

from .deeds import ACTIONS
from .victim import POINTS

UNDONE = ("at-file", "before-entry", "before-commit")
OWED = ("after-commit", "at-bundle")

pytestmark = pytest.mark.parametrize("action", ACTIONS)


@pytest.fixture(scope="module")
def outcome(story_var, tmp_path_factory):
    """What one run of the victim found: ``outcome[action][point]``, and what stood ``before``."""
    folder = tmp_path_factory.mktemp("killed")
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "tests.loop.victim", str(folder)],
        cwd=ROOT,
        env=copied(story_var, folder / "var").environment,
        capture_output=True,
        text=True,
        timeout=180,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return json.loads(done.stdout)


def differing(one, other):
    """Return the names of the tables in which two states differ."""
    return sorted(name for name in one | other if one.get(name) != other.get(name))


def at(found, points, moment):
    """Return what was found at those of the points that the action passes."""
    return {point: found[point][moment] for point in points if point in found}


def none_of(found):
    """Return what a check of every point finds when there is nothing to find."""
    return {point: [] for point in found}


def test_every_point_ends_by_a_kill(outcome, action):
    ended = {point: report["signal"] for point, report in outcome[action].items()}

    assert {"never", "before-entry", "before-commit", "after-commit"} <= set(ended)
    assert ended == {point: 0 if point == "never" else signal.SIGKILL for point in ended}


def test_a_kill_before_the_commit_leaves_every_row_as_it_was(outcome, action):
    found = at(outcome[action], UNDONE, "killed")
    changed = {point: differing(left["exact"], outcome["before"]["exact"]) for point, left in found.items()}

    assert changed == none_of(found)


def test_a_kill_after_the_commit_leaves_every_row_of_the_action(outcome, action):
    found, whole = at(outcome[action], OWED, "killed"), outcome[action]["never"]["killed"]
    lacking = {point: differing(left["shape"], whole["shape"]) for point, left in found.items()}

    assert differing(whole["exact"], outcome["before"]["exact"])
    assert lacking == none_of(found)
    assert {left["waiting"] for left in found.values()} == {outcome["before"]["waiting"] + 1}


def test_the_chain_holds_at_every_point(outcome, action):
    for moment in ("killed", "resumed"):
        found = at(outcome[action], ("never", *POINTS), moment)
        assert {point: left["chain"] for point, left in found.items()} == {
            point: left["total"] for point, left in found.items()
        }


@pytest.mark.parametrize("what", ["half", "lost", "refused"])
def test_no_file_is_half_written_or_lost_and_every_bundle_is_believed(outcome, action, what):
    for moment in ("killed", "resumed"):
        found = at(outcome[action], ("never", *POINTS), moment)
        assert {point: left[what] for point, left in found.items()} == none_of(found)


def test_what_was_not_done_is_done_by_the_next_try_and_once(outcome, action):
    undone, owed = at(outcome[action], UNDONE, "resumed"), at(outcome[action], ("never", *OWED), "resumed")
    twice = outcome[action]["never"]["resumed"]["again"]

    assert {point: left["again"][0] for point, left in undone.items()} == dict.fromkeys(undone, "done")
    assert {point: left["again"][1] for point, left in undone.items()} == dict.fromkeys(undone, twice[1])
    assert {point: left["again"] for point, left in owed.items()} == dict.fromkeys(owed, twice)


def test_after_the_next_try_and_a_tick_all_is_as_if_nobody_had_killed_it(outcome, action):
    found, whole = at(outcome[action], POINTS, "resumed"), outcome[action]["never"]["resumed"]
    other = {point: differing(left["shape"], whole["shape"]) for point, left in found.items()}

    assert other == none_of(found)
    assert {left["waiting"] for left in found.values()} == {0}
    assert {left["uploads"] for left in found.values()} == {whole["uploads"]}
    assert {state for left in found.values() for state in left["tick"].values()} == {"done"}


def test_a_tick_writes_the_bundles_that_a_kill_left_out(outcome, action):
    found, whole = at(outcome[action], POINTS, "resumed"), outcome[action]["never"]["resumed"]
    lacking = {point: sorted(set(whole["bundles"]) - set(left["bundles"])) for point, left in found.items()}

    assert lacking == none_of(found)


def test_trying_again_what_was_done_changes_nothing(outcome, action):
    done, again = outcome[action]["never"]["killed"], outcome[action]["never"]["resumed"]
    moved_by_the_tick = {name for name in done["shape"] if name.startswith(("ledger_", "inspection_"))}

    assert set(differing(done["shape"], again["shape"])) <= moved_by_the_tick
