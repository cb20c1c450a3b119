"""Cases of keys: Ed25519 and HMAC-SM3 of Wycheproof, SM2, SM3 and SM4 of the Chinese standards, RFC 9381."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from zhiheng.proof import hashes, note, sm2, sm4, vrf
from zhiheng.proof.vectors import Named, any_of, holds, holds_rows


def is_as_said(held: bool, result: str) -> bool:
    """Tell whether an outcome is the one of Wycheproof; what is *acceptable* may be taken or not."""
    return result == "acceptable" or held == (result == "valid")


def of_algorithm(name: str) -> Callable[[Any], bool]:
    """Return the question whether a file of Wycheproof is about this algorithm."""
    return lambda data: isinstance(data, dict) and data.get("algorithm") == name


def _ed25519(public: bytes, case: dict[str, Any]) -> bool:
    held = note.is_ed25519(public, bytes.fromhex(case["sig"]), bytes.fromhex(case["msg"]))
    return is_as_said(held, case["result"])


def _signatures(data: dict[str, Any]) -> Iterator[Named]:
    for group in data["testGroups"]:
        public = bytes.fromhex(group["publicKey"]["pk"])
        for case in group["tests"]:
            yield f"tcId-{case['tcId']}", partial(_ed25519, public, case)


def _tag(size: int, case: dict[str, Any]) -> bool:
    tag = hashes.hmac_digest(bytes.fromhex(case["key"]), bytes.fromhex(case["msg"]), "sm3")
    return is_as_said(tag[: size // 8].hex() == case["tag"], case["result"])


def _tags(data: dict[str, Any]) -> Iterator[Named]:
    for group in data["testGroups"]:
        for case in group["tests"]:
            yield f"tcId-{case['tcId']}", partial(_tag, group["tagSize"], case)


# --- SM2, SM3, SM4 ----------------------------------------------------------------------------------


def _sm3(case: dict[str, Any]) -> bool:
    message = bytes.fromhex(case["msg_hex"])
    if hashes.digest(message, "sm3").hex() != case["sm3"]:
        return False
    if "hmac_sm3" not in case:
        return True
    return hashes.hmac_digest(bytes.fromhex(case["hmac_key_hex"]), message, "sm3").hex() == case["hmac_sm3"]


def _sm2(case: dict[str, Any]) -> bool:
    """Judge a signature; where it is to hold, the numbers on the way to it too."""
    public, user_id = bytes.fromhex(case["pub"]), bytes.fromhex(case["uid_hex"])
    signature = int(case["r"], 16), int(case["s"], 16)
    held = sm2.verify(public, bytes.fromhex(case["msg_hex"]), signature, user_id)
    if not case["valid"] or not held:
        return held == case["valid"]
    is_derived = "d" not in case or sm2.public_key(bytes.fromhex(case["d"])) == public
    return is_derived and sm2.identity_hash(public, user_id).hex() == case["za"]


def _annex(case: dict[str, Any]) -> bool:
    secret, public, user_id = bytes.fromhex(case["d"]), bytes.fromhex(case["pub"]), case["uid"].encode()
    signature, message = bytes.fromhex(case["r"] + case["s"]), case["msg"].encode()
    return (
        sm2.public_key(secret) == public
        and sm2.identity_hash(public, user_id).hex() == case["za"]
        and sm2.sign(secret, message, user_id, nonce=int(case["k"], 16)) == signature
        and sm2.verify(public, message, signature, user_id)
    )


def _sm4(case: dict[str, Any]) -> bool:
    key, plain, sealed = (bytes.fromhex(case[name]) for name in ("key", "plaintext", "ciphertext"))
    is_both_ways = sm4.encrypt(key, plain) == sealed and sm4.decrypt(key, sealed) == plain
    last = case.get("after_1e6_iterations")
    return is_both_ways and last in (None, sm4.repeated(key, plain, 10**6).hex() if last else None)


def _chinese(data: dict[str, Any]) -> Iterator[Named]:
    for family in ("sm3_gbt32905", "sm3_computed"):
        for number, case in enumerate(data.get(family, ())):
            yield f"{family}-{number}", partial(_sm3, case)
    if "sm2_gbt32918_5_annexA" in data:
        yield "sm2_gbt32918_5_annexA", partial(_annex, data["sm2_gbt32918_5_annexA"])
    for number, case in enumerate(data.get("sm2_computed", ())):
        yield f"sm2_computed-{number}", partial(_sm2, case)
    if "sm4_gbt32907" in data:
        yield "sm4_gbt32907", partial(_sm4, data["sm4_gbt32907"])
    for number, case in enumerate(data.get("sm4_computed", ())):
        yield f"sm4_computed-{number}", partial(_sm4, case)


# --- the verifiable random function ---------------------------------------------------------------


def _vrf(case: dict[str, Any], proof: str, suite: int, beta: str | None) -> bool:
    secret, public, alpha = (bytes.fromhex(case[name]) for name in ("sk", "pk", "alpha"))
    found = vrf.verify(public, alpha, bytes.fromhex(proof), suite=suite)
    if not case.get("valid", True):
        return found is None
    is_made = vrf.prove(secret, alpha, suite=suite).hex() == proof and vrf.public_key(secret) == public
    return is_made and found is not None and beta in (None, found.hex())


def _is_refused(case: dict[str, Any]) -> bool:
    said = [case[name] for name in ("pk", "alpha", "pi")]
    try:
        public, alpha, proof = map(bytes.fromhex, said)
    except ValueError:
        return True
    return vrf.verify(public, alpha, proof) is None


def _vrfs(data: dict[str, Any]) -> Iterator[Named]:
    for number, case in enumerate(data.get("rfc_examples", ())):
        said = case["pi_tai"], vrf.TRY_AND_INCREMENT, case["beta_tai"]
        yield f"rfc-{number}-tai", partial(_vrf, case, *said)
        said = case["pi_ell2"], vrf.ELLIGATOR, case.get("beta_ell2")
        yield f"rfc-{number}-ell2", partial(_vrf, case, *said)
    for number, case in enumerate(data.get("computed_tai", ())):
        said = case["pi"], vrf.TRY_AND_INCREMENT, case["beta"]
        yield f"computed-{number}", partial(_vrf, case, *said)
    for case in data.get("must_reject", ()):
        yield case["why"], partial(_is_refused, case)


_IS_CHINESE = holds(
    *("sm3_gbt32905", "sm3_computed", "sm2_gbt32918_5_annexA", "sm2_computed", "sm4_gbt32907", "sm4_computed")
)
_IS_VRF = any_of(holds("rfc_examples", "computed_tai"), holds_rows("must_reject", "pi"))
FAMILIES = (
    ("Ed25519", of_algorithm("EDDSA"), _signatures),
    ("HMAC-SM3", of_algorithm("HMACSM3"), _tags),
    ("SM2, SM3 and SM4", _IS_CHINESE, _chinese),
    ("VRF", _IS_VRF, _vrfs),
)
