"""Cases of draws: zh-draw-1 from frame to reserves, and three draws that others published."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from zhiheng.proof import lottery
from zhiheng.proof import published_draws as published
from zhiheng.proof.vectors import Named, holds


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


# --- draws of others ------------------------------------------------------------------------------


def _rfc3797(case: dict[str, Any]) -> bool:
    key = published.rfc3797_key(case["sources"])
    digests = [published.rfc3797_digest(key, draw).hex() for draw in range(len(case["digests"]))]
    drawn = published.rfc3797_select(key, case["pool_size"], len(case["selected"]))
    return (key.decode(), digests, drawn) == (case["key"], case["digests"], case["selected"])


def _rfc3797s(data: dict[str, Any]) -> Iterator[Named]:
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


def _rivests(data: dict[str, Any]) -> Iterator[Named]:
    for name, case in data.items():
        yield name, partial(_rivest, case)


FAMILIES = (
    ("zh-draw-1", _is_draw, _draws),
    ("RFC 3797", holds("rfc_section6"), _rfc3797s),
    ("verifiable random selection", holds("draft_example"), _thomsons),
    ("consistent sampler", holds("readme_1"), _rivests),
)
