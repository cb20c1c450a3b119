"""Cases of draws: zh-draw-1 from frame to reserves, and three draws that others published."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from typing import Any

from zhiheng.errors import CheckFailed
from zhiheng.proof import lottery, lottery_fast
from zhiheng.proof import published_draws as published
from zhiheng.proof.vectors import Named, any_of, are_rows, holds, holds_rows

METHODS = ("srs", "pareto")


def _draw(case: dict[str, Any]) -> bool:
    given, expected = case["input"], case["expected"]
    algorithm, secret = given["announcement"]["hash"], bytes.fromhex(given["secret_hex"])
    frame = sorted(given["frame"], key=lambda row: row[0].encode())
    digest = lottery.frame_hash((lottery.frame_line(*row) for row in frame), algorithm)
    said = {**_plain(given["announcement"]), "frame_hash": digest, "frame_size": len(frame)}
    seed = lottery.seed(secret, said, given["beacon_utf8"].encode())
    selected, reserve, certainty = _drawn(seed, frame, said["n"], case)
    return (
        said == expected["announcement"]
        and lottery.announcement_hash(said) == expected["announcement_hash"]
        and lottery.commitment(secret, algorithm) == said["commitment"]
        and seed.hex() == expected["seed"]
        and (selected, reserve) == (expected["selected"], expected["reserve"])
        and certainty == expected.get("certainty", certainty)
    )


def _plain(value: Any) -> Any:
    """Return a value of plain objects, of which alone there is a canonical form."""
    return json.loads(json.dumps(value))


def _drawn(
    seed: bytes, frame: list[list[Any]], n: int, case: dict[str, Any]
) -> tuple[list[str], list[str], int]:
    """Return sample, reserves and the number of certain units; by weight, as plainly as fast."""
    said, size = case["input"]["announcement"], len(case["expected"]["reserve"])
    ids, weights = [row[0] for row in frame], [row[1] for row in frame]
    if said["method"] == "srs":
        order = lottery.select(seed, ids, n + size, said["hash"])
        return order[:n], order[n:], 0
    found = lottery.select_by_weight(seed, list(zip(ids, weights, strict=True)), n, size, said["hash"])
    if lottery_fast.select_by_weight(seed, ids, weights, n, size, said["hash"]) != found:
        raise CheckFailed("The fast draw by weight differs from the plain one.", "Report the case.")
    return list(found.selected), list(found.reserves), found.certainty


def _draws(data: dict[str, Any]) -> Iterator[Named]:
    for case in data["cases"]:
        said = case["input"]["announcement"]
        yield said["draw_id"], partial(_draw, case) if said["method"] in METHODS else None


def _is_draw(data: Any) -> bool:
    return are_rows(data.get("cases") if isinstance(data, dict) else None, "input", "expected")


# --- draws of others ------------------------------------------------------------------------------


def _rfc3797(case: dict[str, Any]) -> bool:
    key = published.rfc3797_key(case["sources"])
    digests = [published.rfc3797_digest(key, draw).hex() for draw in range(len(case["digests"]))]
    drawn = published.rfc3797_select(key, case["pool_size"], len(case["selected"]))
    return (key.decode(), digests, drawn) == (case["key"], case["digests"], case["selected"])


def _rfc3797s(data: dict[str, Any]) -> Iterator[Named]:
    if "rfc_section6" in data:
        yield "section 6", partial(_rfc3797, data["rfc_section6"])
    for number, case in enumerate(data.get("computed", ())):
        yield f"computed-{number}", partial(_rfc3797, case)


def _thomson(case: dict[str, Any], secret: bytes, order: list[tuple[str, str]]) -> bool:
    code, randomness = published.one_time_code(secret, case["n"] - 1), case["randomness"].encode()
    commitment = bytes.fromhex(case["published_commitment"])
    key = case.get("prk")
    return (
        code.hex() == case["otp_used"]
        and published.is_next_code(code, commitment)
        and key in (None, published.thomson_key(code, randomness).hex())
        and published.thomson_order(code, randomness, sorted(label for label, _place in order)) == order
    )


def _thomsons(data: dict[str, Any]) -> Iterator[Named]:
    if "draft_example" in data:
        case = data["draft_example"]
        order = [(case["first_label"], case["first_position"])]
        yield "draft", partial(_thomson, case, case["secret_utf8"].encode(), order)
    for number, case in enumerate(data.get("computed", ())):
        order = [(row["label"], row["position"]) for row in case["sorted"]]
        yield f"computed-{number}", partial(_thomson, case, bytes.fromhex(case["secret_hex"]), order)


def _rivest(case: dict[str, Any]) -> bool:
    is_again = case["with_replacement"]
    drawn = published.consistent_sample(
        case["ids"], str(case["seed"]), case["take"], with_replacement=is_again
    )
    if "ids_out" in case:
        return [unit for _ticket, unit, _generation in drawn] == case["ids_out"]
    expected = [tuple(row) for row in case["out"]]
    return [(one[0][: len(row[0])], *one[1:]) for one, row in zip(drawn, expected, strict=True)] == expected


def _is_rivest(data: Any) -> bool:
    cases = list(data.values()) if isinstance(data, dict) else []
    return are_rows(cases, "ids", "take", "seed")


def _rivests(data: dict[str, Any]) -> Iterator[Named]:
    for name, case in data.items():
        yield name, partial(_rivest, case)


FAMILIES = (
    ("zh-draw-1", _is_draw, _draws),
    ("RFC 3797", any_of(holds("rfc_section6"), holds_rows("computed", "sources")), _rfc3797s),
    (
        "verifiable random selection",
        any_of(holds("draft_example"), holds_rows("computed", "otp_used")),
        _thomsons,
    ),
    ("consistent sampler", _is_rivest, _rivests),
)
