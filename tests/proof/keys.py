"""Keys and logs that tests of proofs share; their secrets stand here for all to see."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from zhiheng.proof import checkpoint, merkle, note, providers

ORIGIN = "zhiheng.example/log"


def private(seed):
    return Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)


LOG = providers.Ed25519(ORIGIN, private(1))
WITNESSES = [providers.Ed25519(f"witness{n}.example", private(10 + n), note.COSIGNATURE) for n in range(5)]
TWIN = providers.Sm2(f"{ORIGIN}/sm", bytes(31) + b"\7")


def grown(size, algorithm="sha256", fork=None):
    """Return a tree of ``size`` entries; from ``fork`` on they are those of another history."""
    tree = merkle.Tree(algorithm)
    for number in range(size):
        tree.append(f"{'other' if fork is not None and number >= fork else 'entry'} {number}".encode())
    return tree


def stated(tree, signer=LOG, size=None):
    """Return the checkpoint of a tree as its log signs it."""
    size = len(tree) if size is None else size
    text = str(checkpoint.Checkpoint(signer.name, size, tree.root(size)))
    return note.write(text, [providers.signature(text, signer)])


def cosigned(signed, seen):
    """Return a checkpoint with the lines of witnesses, given as (signer, time)."""
    held = note.read(signed)
    lines = [providers.signature(held.text, signer, at=at) for signer, at in seen]
    return note.write(held.text, [*held.signatures, *lines])
