"""Ten thousand hostile files: each is refused with a reason by both verifiers, in bounded time and memory.

`make prove` makes ten thousand, and a thousand of numbers, and writes docs/proof/hostile-bundles.md; some two
hundred run with every suite.
"""

from __future__ import annotations

import contextlib
import importlib.util
import io
import json
import os
import random
import resource
import time
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.prove import hostile
from tests.verification.conftest import Stranger
from zhiheng.site import cli

SEED, TOTAL, TOTAL_OF_NUMBERS = 20261127, 10_000, 1_000
LONGEST_SECONDS, MOST_MIB = 10.0, 512
PAGE = Path(__file__).resolve().parents[2] / "docs/proof/hostile-bundles.md"
HEAD = """# Hostile files / 恶意文件

Made by `make prove` on {on}, seed {seed}: {total} files given to `zhiheng verify` and to verifier/verify.py,
those of numbers to verifier/verify_numbers.py; {accepted} accepted, {crashed} tracebacks. Longest
{house:.2f} s and {alone:.2f} s; memory grew by {mib:.0f}
MiB at most, over all of them. Tests: tests/prove/test_hostile_bundles.py; how: tests/prove/hostile.py.

- refused: both said no, each with a reason and without a traceback.
- same content: the bytes differ and say the same as the true file (white space, order of keys): both accept.
- as its office sealed it: a file that was bent and sealed anew by its own office, in words that describe and
  are not computed (a day, a target), or in a form that one of the two takes more strictly. Not forged.
"""
TABLE = """
## {title}

| kind 种类 | files | refused 拒绝 | same 含义不变 | as sealed 机关自封 | accepted 误收 | longest, s |
|---|---|---|---|---|---|---|
"""
NUMBERS = Path(__file__).resolve().parents[2] / "verifier/verify_numbers.py"
DRAWS_AND_FIGURES, OF_NUMBERS = "Draws, figures and receipts 抽样、数据和回执", "Numbers 数值"


class Met:
    """What the two verifiers said to the files of one kind, and how long they took."""

    def __init__(self) -> None:
        self.count: Counter[str] = Counter()
        self.odd: list[str] = []
        self.longest = {"house": 0.0, "alone": 0.0}


def asked(act: Any, who: str, met: Met) -> tuple[int | None, str]:
    """Return the exit code, or None for a traceback, and what was printed."""
    said, began = io.StringIO(), time.perf_counter()
    try:
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            code = act()
    except Exception as error:  # a verifier must never let one through: it is what is looked for
        return None, f"{type(error).__name__}: {error}"
    met.longest[who] = max(met.longest[who], time.perf_counter() - began)
    return code, said.getvalue()


def meet(kind: hostile.Kind, count: int, folder: Path, alone: Any, true: list[dict[str, Any]]) -> Met:
    """Give so many files of a kind to both verifiers, each made of a true one."""
    met, draws = Met(), random.Random(f"{SEED} {kind.name}")
    path = folder / "file.json"
    for number in range(count):
        value = true[number % len(true)]
        data = kind.spoil(value, draws)
        path.write_bytes(data)
        told = {
            "house": asked(lambda: cli.main(["verify", str(path)]), "house", met),
            "alone": asked(lambda: alone.main([str(path)]), "alone", met),
        }
        met.count[judged(told, data, value, kind)] += 1
        if met.count.keys() - {"refused", "same", "sealed"} and not met.odd:
            met.odd.append(f"{kind.name} {number}: {told} {data[:300]!r}")
    return met


def judged(told: dict[str, tuple[int | None, str]], data: bytes, value: Any, kind: hostile.Kind) -> str:
    """Say how a file was met: refused, same, sealed, silent, accepted or crashed."""
    codes = [code for code, _words in told.values()]
    if None in codes or any("Traceback" in words for _code, words in told.values()):
        return "crashed"
    if 0 not in codes:
        return "refused" if all(code in (1, 2) and words for code, words in told.values()) else "silent"
    if kind.is_sealed:
        return "sealed"
    try:
        same = json.loads(data) == value
    except ValueError:
        same = False
    return "same" if same and codes == [0, 0] else "accepted"


def run(total: int, folder: Path, *, of_numbers: bool = False) -> tuple[dict[str, Met], float]:
    """Meet all kinds; return what was said, and by how many MiB memory grew at most."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    alone, true = (numbers_alone(), hostile.numbers()) if of_numbers else (Stranger(), hostile.files())
    each = -(-total // len(hostile.KINDS))
    found = {kind.name: meet(kind, each, folder, alone, true) for kind in hostile.KINDS}
    return found, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024


def numbers_alone() -> Any:
    """Return the stranger's program as its file for numbers completes it."""
    spec = importlib.util.spec_from_file_location("hostile_numbers", NUMBERS)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.verify


def check(found: dict[str, Met], grown: float) -> None:
    odd = [one for met in found.values() for one in met.odd]

    assert odd == []
    assert all(max(met.longest.values()) < LONGEST_SECONDS for met in found.values())
    assert grown < MOST_MIB
    assert all(met.count["refused"] > met.count.total() / 2 for met in found.values())


def test_a_hundred_hostile_files_are_refused_with_a_reason(tmp_path):
    check(*run(140, tmp_path))


def test_a_few_hostile_files_of_numbers_are_refused_with_a_reason(tmp_path):
    check(*run(98, tmp_path, of_numbers=True))


@pytest.mark.prove
def test_ten_thousand_hostile_files_are_refused_with_a_reason(tmp_path):
    found, grown = run(TOTAL, tmp_path)
    numbers, more = run(TOTAL_OF_NUMBERS, tmp_path, of_numbers=True)

    check(found, grown)
    check(numbers, more)
    if os.environ.get("ZHIHENG_PROVE"):
        write({DRAWS_AND_FIGURES: found, OF_NUMBERS: numbers}, max(grown, more))


def write(tables: dict[str, dict[str, Met]], grown: float) -> None:
    """Write the page and the numbers behind it."""
    rows = [
        {
            "table": title,
            "kind": name,
            "files": met.count.total(),
            "refused": met.count["refused"],
            "same": met.count["same"],
            "sealed": met.count["sealed"],
            "accepted": met.count["accepted"],
            "longest_s": {who: round(seconds, 3) for who, seconds in met.longest.items()},
        }
        for title, found in tables.items()
        for name, met in found.items()
    ]
    every = [met for found in tables.values() for met in found.values()]
    total = sum(row["files"] for row in rows)
    facts = {
        "on": date.today().isoformat(),
        "seed": SEED,
        "total": total,
        "accepted": sum(row["accepted"] for row in rows),
        "crashed": sum(met.count["crashed"] for met in every),
        "house": max(met.longest["house"] for met in every),
        "alone": max(met.longest["alone"] for met in every),
        "mib": grown,
    }
    page = HEAD.format(**facts)
    for title in tables:
        page += TABLE.format(title=title) + "".join(
            map(_line, (row for row in rows if row["table"] == title))
        )
    PAGE.write_text(page, encoding="utf-8")
    PAGE.with_suffix(".json").write_text(
        json.dumps({**facts, "rows": rows}, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
    )


def _line(row: dict[str, Any]) -> str:
    cells = [str(row[name]) for name in ("kind", "files", "refused", "same", "sealed", "accepted")]
    return f"| {' | '.join(cells)} | {max(row['longest_s'].values()):.2f} |\n"
