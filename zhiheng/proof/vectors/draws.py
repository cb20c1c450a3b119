"""Cases of zh-draw-1: frame, announcement, seed, sample and reserves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from zhiheng.proof import lottery

Named = tuple[str, Callable[[], bool] | None]


def _draw(case: dict[str, Any]) -> bool:
    given, expected = case["input"], case["expected"]
    algorithm, secret = given["announcement"]["hash"], bytes.fromhex(given["secret_hex"])
    frame = sorted(given["frame"], key=lambda row: row[0].encode())
    digest = lottery.frame_hash((lottery.frame_line(*row) for row in frame), algorithm)
    said = {**given["announcement"], "frame_hash": digest, "frame_size": len(frame)}
    seed = lottery.seed(secret, said, given["beacon_utf8"].encode())
    n, reserves = said["n"], len(expected["reserve"])
    order = lottery.select(seed, [row[0] for row in frame], n + reserves, algorithm)
    return (
        said == expected["announcement"]
        and lottery.announcement_hash(said) == expected["announcement_hash"]
        and lottery.commitment(secret, algorithm) == said["commitment"]
        and seed.hex() == expected["seed"]
        and (order[:n], order[n:]) == (expected["selected"], expected["reserve"])
    )


def _draws(data: dict[str, Any]) -> Iterator[Named]:
    for case in data["cases"]:
        said = case["input"]["announcement"]
        yield said["draw_id"], partial(_draw, case) if said["method"] == "srs" else None


def _is_draw(data: Any) -> bool:
    cases = data.get("cases") if isinstance(data, dict) else None
    return bool(cases) and isinstance(cases, list) and "secret_hex" in cases[0].get("input", {})


FAMILIES = (("zh-draw-1", _is_draw, _draws),)
