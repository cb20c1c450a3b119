"""The one country that all tests share: 400 invented firms of Zhejiang, two quarters, the truth known.

``population()`` is the country on the pure floors, made in a millisecond. ``story(var)`` is the same country
after the whole loop (plan, register, draw, visits, results, release) in a folder of its own, built by the
demonstration's own code and by nothing else; the fixture ``story_var`` builds it once for a test session.

Equal seeds give equal firms, draws and results of the two quarters, so a test may name their figures.
Ids and passwords follow from the seed of the run (``tests.chance``); what the demonstration leaves to do
today follows the clock. Whoever changes something in the story works on a copy (``copied``).
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests import chance
from zhiheng.world import Population

SEED = 20230206
REGION = "330000"
FIRMS = 400
QUARTERS = ("2025Q3", "2025Q4")
NAME = "fixture"
ROOT = Path(__file__).resolve().parents[1]
SUMMARY = "summary.json"


@dataclass(frozen=True)
class Story:
    """Where the built story lies, what the demonstration said of it, and how to sign in."""

    var: Path
    summary: dict[str, Any]
    passwords: dict[str, str]

    @property
    def environment(self) -> dict[str, str]:
        """Return the environment in which a command works on this story."""
        kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        return {**kept, "ZHIHENG_VAR": str(self.var), "ZHIHENG_DEMO": "1", "PYTHONUTF8": "1"}


@cache
def population() -> Population:
    """Return the firms of the country; their verdicts and the truth follow from the seed."""
    return Population(seed=SEED, firms=FIRMS, regions=REGION)


def scale() -> Any:
    """Return the size of the story: about 170 units are drawn in a quarter, some visits entered by hand."""
    from zhiheng.site.demo.scale import Scale

    return Scale(
        NAME,
        firms=FIRMS,
        region=REGION,
        inspectors=24,
        fractions={"A": (1, 3), "B": (1, 2), "C": (1, 1), "D": (1, 1)},
        minimum=10,
        quarters=QUARTERS,
        row_by_row=True,
    )


def build(var: Path, schema: Path) -> dict[str, Any]:
    """Build the story into a folder and return its summary; for a process of its own, not for a test's.

    It begins on a copy of the tables, and spares the disk: no power cut is to be outlived.
    """
    from zhiheng.site import setup
    from zhiheng.site.commands import demo
    from zhiheng.site.demo import place
    from zhiheng.site.demo.scale import SCALES

    SCALES[NAME] = scale()
    place.clear(var)
    place.mark(var, {"scale": NAME, "seed": SEED, "accounts": []})
    shutil.copy(schema, var / "zhiheng.sqlite3")
    setup.start(demo=True, var=var)
    chance.follow("story")
    without_syncing()
    return demo.build(NAME, SEED, var, lambda line: print(line, file=sys.stderr))


def without_syncing() -> None:
    """Save the time of syncing: it matters when the power fails, and here a process ends or is killed."""
    from django.conf import settings

    os.fsync = lambda _handle: None
    options = settings.DATABASES["default"]["OPTIONS"]
    options["init_command"] = options["init_command"].replace("synchronous=FULL", "synchronous=OFF")


def story(var: Path, schema: Path) -> Story:
    """Build the story into a folder that does not hold it yet, in a process of its own."""
    said = var.with_name(f"{var.name}-{SUMMARY}")
    if not said.exists():
        environment = Story(var, {}, {}).environment
        done = subprocess.run(
            [sys.executable, "-m", "tests.country", str(var), str(schema)],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise AssertionError(f"the story could not be told:\n{done.stderr[-4000:]}")
        said.write_text(done.stdout, encoding="utf-8")
    return opened(var, json.loads(said.read_text(encoding="utf-8")))


def opened(var: Path, summary: dict[str, Any]) -> Story:
    """Return a built story with the passwords that its folder holds."""
    accounts = json.loads((var / "demo.json").read_text(encoding="utf-8"))["accounts"]
    return Story(var, summary, {account["login"]: account["password"] for account in accounts})


def copied(told: Story, var: Path) -> Story:
    """Return a copy that a test may change."""
    shutil.copytree(told.var, var)
    return opened(var, told.summary)


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Let one process of a test run build at a time; the others find what it has built."""
    with lock.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def story_var(schema: Path, tmp_path_factory: pytest.TempPathFactory) -> Story:
    """The story, built once for a whole run, its worker processes included; treat it as read-only."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    with _alone(shared / "story.lock"):
        return story(shared / "story", schema)


if __name__ == "__main__":
    print(json.dumps(build(*(Path(path).resolve() for path in sys.argv[1:])), ensure_ascii=False))
