"""A million spoiled proofs and signed texts: none is taken for what nobody signed.

`make prove` makes a million and writes docs/proof/mutations.md; a few thousand run with every suite.
"""

from __future__ import annotations

import json
import os
import random
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from tests.prove import mutants
from zhiheng.errors import ZhihengError

SEED = 20261127
TOTAL = 1_000_000
PAGE = Path(__file__).resolve().parents[2] / "docs/proof/mutations.md"
HEAD = """# Spoiled proofs and signatures / 篡改的证明与签名

Made by `make prove` on {on}, seed {seed}: {total} forgeries, {accepted} accepted. A proof has a bit turned,
a hash left out, put in, exchanged or taken from elsewhere in the tree, another place, old size, leaf or root;
a text has a bit turned, bytes overwritten, cut or repeated, lines moved, repeated, left out, or parts of
another sound text. Tests: tests/prove/test_mutations.py; how they are made: tests/prove/mutants.py.

- refused: the reader said no.
- same claim: the text is another and says what was signed: a sound signature that stands twice, a line of an
  unknown key, parts of two receipts of one log that are a third. The formats want that accepted.
- accepted: the reader believed what nobody signed.

| kind 种类 | forgeries 篡改 | refused 拒绝 | same claim 含义不变 | accepted 误收 | a second 每秒 |
|---|---|---|---|---|---|
"""


@dataclass(frozen=True)
class Outcome:
    """How the forgeries of one kind were met."""

    kind: str
    made: int
    refused: int
    same: int
    accepted: int
    seconds: float


def met(kind: mutants.Kind, seed: int) -> Outcome:
    """Make the forgeries of a kind and count what a reader says to each."""
    draws = random.Random(f"{seed} {kind.name}")
    refused = same = accepted = 0
    began = time.perf_counter()
    while refused + same + accepted < kind.count:
        said, signed = kind.draw(draws)
        try:
            believed = kind.taken(said)
        except ZhihengError:
            refused += 1
            continue
        if believed in signed:
            same += 1
        else:
            accepted += 1
    return Outcome(kind.name, kind.count, refused, same, accepted, time.perf_counter() - began)


@pytest.mark.parametrize("kind", list(mutants.kinds(3_000)), ids=lambda kind: kind.name)
def test_a_few_hundred_forgeries_of_each_kind_are_refused(kind):
    assert met(kind, SEED).accepted == 0


@pytest.mark.parametrize("kind", list(mutants.kinds(3_000)), ids=lambda kind: kind.name)
def test_a_reader_who_believes_everything_would_be_found(kind):
    gullible = mutants.Kind(kind.name, min(kind.count, 100), kind.draw, lambda said: "whatever")

    assert met(gullible, SEED).accepted == gullible.count


@pytest.mark.prove
@pytest.mark.skipif(os.environ.get("ZHIHENG_PROVE") != "1", reason="the slow lane: ZHIHENG_PROVE=1")
def test_a_million_forgeries_are_refused():
    found = [met(kind, SEED) for kind in mutants.kinds(TOTAL)]

    write(found)
    assert sum(one.made for one in found) == TOTAL
    assert sum(one.accepted for one in found) == 0
    assert all(one.refused > 0.85 * one.made for one in found)


def write(found: list[Outcome]) -> None:
    """Write the page and, beside it, the same rows as JSON."""
    total, accepted = sum(one.made for one in found), sum(one.accepted for one in found)
    lines = [
        f"| {one.kind} | {one.made} | {one.refused} | {one.same} | {one.accepted} "
        f"| {one.made / one.seconds:.0f} |"
        for one in found
    ]
    on = date.today().isoformat()
    head = HEAD.format(on=on, seed=SEED, total=total, accepted=accepted)
    PAGE.write_text(head + "\n".join(lines) + "\n", encoding="utf-8")
    rows = [
        {
            "kind": one.kind,
            "made": one.made,
            "refused": one.refused,
            "same": one.same,
            "accepted": one.accepted,
        }
        for one in found
    ]
    record = {"made_on": on, "seed": SEED, "total": total, "accepted": accepted, "rows": rows}
    PAGE.with_suffix(".json").write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", "utf-8")
