"""Cases of keys: Ed25519 and HMAC-SM3 of Wycheproof, SM2 and SM3 of the Chinese standards, RFC 9381."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from zhiheng.proof import hashes, note, sm2, vrf
from zhiheng.proof.vectors import Named, holds


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


# --- SM2 and SM3 ----------------------------------------------------------------------------------


def _sm3(case: dict[str, Any]) -> bool:
    message = bytes.fromhex(case["msg_hex"])
    if hashes.digest(message, "sm3").hex() != case["sm3"]:
        return False
    if "hmac_sm3" not in case:
        return True
    return hashes.hmac_digest(bytes.fromhex(case["hmac_key_hex"]), message, "sm3").hex() == case["hmac_sm3"]


def _sm2(case: dict[str, Any]) -> bool:
    public, user_id = bytes.fromhex(case["pub"]), bytes.fromhex(case["uid_hex"])
    held = sm2.verify(public, bytes.fromhex(case["msg_hex"]), bytes.fromhex(case["r"] + case["s"]), user_id)
    is_same = sm2.identity_hash(public, user_id).hex() == case["za"]
    return is_same and held == case["valid"] and sm2.public_key(bytes.fromhex(case["d"])) == public


def _annex(case: dict[str, Any]) -> bool:
    secret, public, user_id = bytes.fromhex(case["d"]), bytes.fromhex(case["pub"]), case["uid"].encode()
    signature, message = bytes.fromhex(case["r"] + case["s"]), case["msg"].encode()
    return (
        sm2.public_key(secret) == public
        and sm2.identity_hash(public, user_id).hex() == case["za"]
        and sm2.sign(secret, message, user_id, nonce=int(case["k"], 16)) == signature
        and sm2.verify(public, message, signature, user_id)
    )


def _chinese(data: dict[str, Any]) -> Iterator[Named]:
    for family in ("sm3_gbt32905", "sm3_computed"):
        for number, case in enumerate(data.get(family, ())):
            yield f"{family}-{number}", partial(_sm3, case)
    yield "sm2_gbt32918_5_annexA", partial(_annex, data["sm2_gbt32918_5_annexA"])
    for number, case in enumerate(data.get("sm2_computed", ())):
        yield f"sm2_computed-{number}", partial(_sm2, case)
    if "sm4_gbt32907" in data:
        yield "sm4_gbt32907", None


# --- the verifiable random function ---------------------------------------------------------------


def _vrf(case: dict[str, Any], proof: str, suite: int, beta: str | None) -> bool:
    secret, public, alpha = (bytes.fromhex(case[name]) for name in ("sk", "pk", "alpha"))
    found = vrf.verify(public, alpha, bytes.fromhex(proof), suite=suite)
    if not case.get("valid", True):
        return found is None
    is_made = vrf.prove(secret, alpha, suite=suite).hex() == proof and vrf.public_key(secret) == public
    return is_made and found is not None and beta in (None, found.hex())


def _is_refused(case: dict[str, Any]) -> bool:
    public, alpha, proof = (bytes.fromhex(case[name]) for name in ("pk", "alpha", "pi"))
    return vrf.verify(public, alpha, proof) is None


def _vrfs(data: dict[str, Any]) -> Iterator[Named]:
    for number, case in enumerate(data["rfc_examples"]):
        said = case["pi_tai"], vrf.TRY_AND_INCREMENT, case["beta_tai"]
        yield f"rfc-{number}-tai", partial(_vrf, case, *said)
        said = case["pi_ell2"], vrf.ELLIGATOR, case.get("beta_ell2")
        yield f"rfc-{number}-ell2", partial(_vrf, case, *said)
    for number, case in enumerate(data.get("computed_tai", ())):
        said = case["pi"], vrf.TRY_AND_INCREMENT, case["beta"]
        yield f"computed-{number}", partial(_vrf, case, *said)
    for case in data.get("must_reject", ()):
        yield case["why"], partial(_is_refused, case)


def _is(algorithm: str) -> Callable[[Any], bool]:
    return lambda data: isinstance(data, dict) and data.get("algorithm") == algorithm


FAMILIES = (
    ("Ed25519", _is("EDDSA"), _signatures),
    ("HMAC-SM3", _is("HMACSM3"), _tags),
    ("SM2 and SM3", holds("sm2_gbt32918_5_annexA"), _chinese),
    ("VRF", holds("rfc_examples"), _vrfs),
)
