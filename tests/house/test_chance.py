"""A seed gives the same draws again; names keep tests and steps apart; processes keep their own chance."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import transaction

from tests import chance
from tests.draw.conftest import BEACON, NOON, REGION, noon, own_folder, person, province  # noqa: F401
from tests.kept import Kept
from zhiheng.ledger import ids
from zhiheng.stages.draw import actions
from zhiheng.stages.registry import actions as registry

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def drawn(province, monkeypatch):  # noqa: F811
    """Draw with a secret of the house under a seed, say what came of it, and take it back."""

    def draw(seed):
        monkeypatch.setenv(chance.SEED, seed)
        with transaction.atomic(), chance.named("a story"):
            said = {"region": REGION, "as_of": NOON.date(), "purpose": "spot check"}
            frame = registry.freeze_frame(by=province.officer, **said)
            made = actions.commit(by=province.officer, obligation=province.obligation, frame=frame)
            made = actions.reveal(by=province.officer, draw=made, beacon=BEACON)
            units = made.selections.order_by("stratum", "order").values_list("unit_code", flat=True)
            found = made.commitment, made.certificate_sha, list(units)
            transaction.set_rollback(True)
        return found

    return draw


def test_one_seed_gives_one_draw_and_another_seed_another(drawn):
    first, again, other = drawn("1"), drawn("1"), drawn("2")

    assert first == again
    assert all(one != two for one, two in zip(first, other, strict=True))


TOLD_ELSEWHERE = """
import json
from pathlib import Path
from tests.house.test_chance import drawn, noon, own_folder, person, province

def test_of_another_name(drawn):
    Path({file!r}).write_text(json.dumps(drawn("1")))
"""


def test_another_process_and_another_order_of_sets_come_to_the_same_draw(drawn, tmp_path):
    test, said, seed = tmp_path / "test_elsewhere.py", tmp_path / "said.json", chance.seed()
    test.write_text(TOLD_ELSEWHERE.format(file=str(said)))
    quietly = ("-p", "no:cacheprovider", "-p", "no:xdist", "-p", "conftest", "-c", ROOT / "pyproject.toml")

    done = subprocess.run(
        [sys.executable, "-m", "pytest", *quietly, test],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "5"},
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0, done.stdout
    assert json.loads(said.read_text()) == list(drawn("1"))
    assert f"--seed {seed}" in done.stdout, "a quiet run names its seed too"


def test_what_a_test_takes_differs_each_time_and_from_every_other_test():
    with chance.named("one"):
        taken = [secrets.token_bytes(16), secrets.token_bytes(16), uuid4().bytes, ids.uuid7().bytes]
    with chance.named("two"):
        taken += [secrets.token_bytes(16), secrets.token_bytes(16), uuid4().bytes, ids.uuid7().bytes]

    assert len(set(taken)) == 8


@pytest.mark.django_db
def test_a_step_is_the_same_whatever_its_test_took_before_and_its_ids_rise():
    def told(*, before):
        kept, made = Kept(), [ids.uuid7() for _ in range(before)]
        for name in ("first", "second"):
            made.append(kept.step(name, ids.uuid7))
            made.append(ids.uuid7())
        return made

    with chance.named("a test"):
        one = told(before=0)
    with chance.named("another test"):
        two = told(before=5000)[5000:]

    assert one == sorted(set(one)) and two == sorted(set(two))
    assert (one[0], one[2]) == (two[0], two[2])
    assert not {one[1], one[3]} & {two[1], two[3]}


FORKING = """
import os
from zhiheng.site import setup
setup.start()
from tests import chance
from zhiheng.ledger import ids

chance.follow("a process")
for _ in range(2):
    if (child := os.fork()) == 0:
        os.write(1, f"{ids.uuid7()} {os.urandom(16).hex()}\\n".encode())
        os._exit(0)
    os.waitpid(child, 0)
"""


def test_two_forks_never_make_the_same_id(tmp_path):
    environment = {**os.environ, "ZHIHENG_VAR": str(tmp_path), "DATABASE_URL": ""}

    done = subprocess.run(
        [sys.executable, "-c", FORKING], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )

    (one, noise), (two, other) = [line.split() for line in done.stdout.splitlines()]
    assert one[19:] != two[19:] and noise != other
