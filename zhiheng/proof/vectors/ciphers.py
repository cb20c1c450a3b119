"""Cases of sealing with SM4, GCM and CCM, in the layout of Wycheproof."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from zhiheng.errors import BadInput, CheckFailed
from zhiheng.proof import sm4
from zhiheng.proof.vectors import Named
from zhiheng.proof.vectors.keys import is_as_said, of_algorithm

PARTS = ("key", "iv", "aad", "msg", "ct", "tag")


def _sealed(
    seal: Callable[..., tuple[bytes, bytes]],
    unseal: Callable[..., bytes],
    tag_size: int,
    case: dict[str, Any],
) -> bool:
    """Judge a case both ways: what opens must be the message, and sealing it must give the same bytes."""
    key, nonce, data, message, sealed, tag = (bytes.fromhex(case[name]) for name in PARTS)
    try:
        opened = unseal(key, nonce, data, sealed, tag, tag_size)
    except (BadInput, CheckFailed):
        return is_as_said(False, case["result"])
    is_same = opened == message and seal(key, nonce, data, message, tag_size) == (sealed, tag)
    return is_same and is_as_said(True, case["result"])


def _cases(seal: Callable[..., Any], unseal: Callable[..., Any], data: dict[str, Any]) -> Iterator[Named]:
    for group in data["testGroups"]:
        size, rest = divmod(group["tagSize"], 8)
        for case in group["tests"]:
            yield f"tcId-{case['tcId']}", partial(_sealed, seal, unseal, 0 if rest else size, case)


FAMILIES = (
    ("SM4-GCM", of_algorithm("SM4-GCM"), partial(_cases, sm4.gcm_seal, sm4.gcm_open)),
    ("SM4-CCM", of_algorithm("SM4-CCM"), partial(_cases, sm4.ccm_seal, sm4.ccm_open)),
)
