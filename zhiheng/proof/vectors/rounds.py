"""Cases of drand: rounds with their signatures, checked by the key that the file gives."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from zhiheng.errors import Missing
from zhiheng.proof.beacons import drand
from zhiheng.proof.vectors import Named, are_rows


def _round(info: dict[str, Any], case: dict[str, Any]) -> bool:
    if info["schemeID"] != drand.SCHEME:
        raise Missing(
            f"The scheme {info['schemeID']} of drand is not known here.",
            f"Give rounds of the scheme {drand.SCHEME}.",
        )
    is_valid = case.get("valid", case.get("bls_verified_here", True))
    try:
        key, signature = bytes.fromhex(info["public_key"]), bytes.fromhex(case["signature"])
    except ValueError:
        return not is_valid
    is_random = case.get("randomness", drand.randomness(signature).hex()) == drand.randomness(signature).hex()
    return (is_random and drand.is_signed(key, case["round"], signature)) == is_valid


def _rounds(data: dict[str, Any]) -> Iterator[Named]:
    for case in data["rounds"]:
        yield f"round-{case['round']}", partial(_round, data["info"], case)


def _is_rounds(data: Any) -> bool:
    return isinstance(data, dict) and are_rows(data.get("rounds"), "round")


FAMILIES = (("drand", _is_rounds, _rounds),)
