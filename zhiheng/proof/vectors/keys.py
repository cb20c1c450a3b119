"""Cases of Wycheproof: Ed25519 signatures, and HMAC with SM3."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from zhiheng.proof import hashes, note

Named = tuple[str, Callable[[], bool]]


def _ed25519(public: bytes, case: dict[str, Any]) -> bool:
    held = note.is_ed25519(public, bytes.fromhex(case["sig"]), bytes.fromhex(case["msg"]))
    return held == (case["result"] == "valid")


def _signatures(data: dict[str, Any]) -> Iterator[Named]:
    for group in data["testGroups"]:
        public = bytes.fromhex(group["publicKey"]["pk"])
        for case in group["tests"]:
            yield f"tcId-{case['tcId']}", partial(_ed25519, public, case)


def _tag(size: int, case: dict[str, Any]) -> bool:
    tag = hashes.hmac_digest(bytes.fromhex(case["key"]), bytes.fromhex(case["msg"]), "sm3")
    return (tag[: size // 8].hex() == case["tag"]) == (case["result"] == "valid")


def _tags(data: dict[str, Any]) -> Iterator[Named]:
    for group in data["testGroups"]:
        for case in group["tests"]:
            yield f"tcId-{case['tcId']}", partial(_tag, group["tagSize"], case)


def _is(algorithm: str) -> Callable[[Any], bool]:
    return lambda data: isinstance(data, dict) and data.get("algorithm") == algorithm


FAMILIES = (
    ("Ed25519", _is("EDDSA"), _signatures),
    ("HMAC-SM3", _is("HMACSM3"), _tags),
)
