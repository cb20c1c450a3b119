"""Spoils proofs, checkpoints, receipts, cosignatures and requests in all ways that cost a forger nothing."""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import partial

from tests.proof import keys
from zhiheng.errors import CheckFailed
from zhiheng.proof import checkpoint, merkle, note, policy, providers, receipt, witness

SIZES = (1, 2, 3, 5, 8, 13, 21, 64, 100)
LOG, TWIN = providers.key(keys.LOG), providers.key(keys.TWIN)
SEERS = keys.WITNESSES[:3]
POLICY = policy.read(
    "".join(
        [f"log {LOG}\n"]
        + [f"witness w{place} {providers.key(one)}\n" for place, one in enumerate(SEERS)]
        + ["group all all w0 w1 w2\nquorum all\n"]
    ).encode()
)


@dataclass(frozen=True)
class Kind:
    """One kind of forgery: how many are made, how one is drawn, and what a reader takes it for.

    ``draw`` returns something spoiled and all that was ever signed; ``taken`` returns what a reader believes
    after reading it, or raises. Belief in anything else than what was signed is a forgery accepted.
    """

    name: str
    count: int
    draw: Callable[[random.Random], tuple[object, Collection[object]]]
    taken: Callable[[object], object]


# --- bare proofs: numbers and hashes --------------------------------------------------------------


def spoiled_hashes(random: random.Random, hashes: list[bytes], spare: list[bytes]) -> list[bytes]:
    """Turn a bit, leave one out, put one in, exchange two, or take one from elsewhere in the tree."""
    found, deed = list(hashes), random.randrange(5)
    at = random.randrange(len(found)) if found else 0
    if deed == 0 and found:
        turned = bytearray(found[at])
        turned[random.randrange(32)] ^= 1 << random.randrange(8)
        found[at] = bytes(turned)
    elif deed == 1 and found:
        del found[at]
    elif deed == 2 and len(found) > 1:
        other = random.randrange(len(found))
        found[at], found[other] = found[other], found[at]
    elif deed == 3 and found:
        found[at] = random.choice(spare)
    else:
        found.insert(at, random.choice(spare))
    return found


TREES = {size: keys.grown(size) for size in SIZES}
OTHERS = {size: keys.grown(size, fork=size // 2) for size in SIZES}
SPARE = [merkle.leaf_hash(f"entry {place}".encode()) for place in range(100)]
SPARE += [tree.root(size) for tree in TREES.values() for size in range(1, len(tree) + 1)]


def changed(spoil: Callable[[random.Random], tuple[object, object]], random: random.Random) -> object:
    """Draw from a way to spoil bare proofs until one differs from the sound one; none may be believed."""
    while True:
        said, sound = spoil(random)
        if said[1:] != sound:
            return said, ()


def inclusion(random: random.Random) -> tuple[object, object]:
    """Spoil leaf, place, path or root of an inclusion; its size is bound by the checkpoint alone."""
    size = random.choice(SIZES)
    tree, index = TREES[size], random.randrange(size)
    leaf, path, root = merkle.leaf_hash(f"entry {index}".encode()), tree.inclusion(index), tree.root()
    sound = (index, leaf, tuple(path), root)
    deed = random.randrange(4)
    if deed == 0:
        index = random.choice([random.randrange(size + 2), index ^ 1, -1, 2**63])
    elif deed == 1:
        leaf = random.choice([*SPARE, root, *path])
    elif deed == 2:
        path = spoiled_hashes(random, path, SPARE)
    else:
        root = random.choice([OTHERS[size].root(), *SPARE])
    return (size, index, leaf, tuple(path), root), sound


def taken_inclusion(said: object) -> object:
    size, index, leaf, path, root = said
    if not merkle.is_included(leaf, index, size, [step.hex() for step in path], root.hex()):
        raise CheckFailed("It is not included.")
    return index, leaf, path, root


def consistency(random: random.Random) -> tuple[object, object]:
    """Spoil old size, either root, or the proof."""
    size = random.choice(SIZES)
    tree, old = TREES[size], random.randrange(1, size + 1)
    first, last, proof = tree.root(old), tree.root(), tree.consistency(old)
    sound = (old, first, last, tuple(proof))
    deed = random.randrange(4)
    if deed == 0:
        old = random.choice([random.randrange(size + 2), old - 1, old + 1, -1])
    elif deed == 1:
        first = random.choice([OTHERS[size].root(old), *SPARE])
    elif deed == 2:
        last = random.choice([OTHERS[size].root(), *SPARE])
    else:
        proof = spoiled_hashes(random, proof, SPARE)
    return (size, old, first, last, tuple(proof)), sound


def taken_consistency(said: object) -> object:
    size, old, first, last, proof = said
    if not merkle.is_consistent(old, first, size, last, proof):
        raise CheckFailed("It is not consistent.")
    return old, first, last, proof


# --- texts ----------------------------------------------------------------------------------------


def spoiled_text(random: random.Random, sound: bytes, others: list[bytes]) -> bytes:
    """Turn a bit, overwrite, cut, repeat, move lines, or join the head of one with the tail of another."""
    deed = random.randrange(9)
    at = random.randrange(len(sound))
    end = min(len(sound), at + random.randrange(1, 40))
    lines = sound.split(b"\n")
    one, two = random.randrange(len(lines)), random.randrange(len(lines))
    other = random.choice(others)
    match deed:
        case 0:
            return sound[:at] + bytes([sound[at] ^ 1 << random.randrange(8)]) + sound[at + 1 :]
        case 1:
            return sound[:at] + bytes([random.choice(b"\n 0123456789+/=AZaz\x00\xff")]) + sound[at + 1 :]
        case 2:
            return sound[:at] + sound[end:]
        case 3:
            return sound[:end] + sound[at:]
        case 4:
            lines[one], lines[two] = lines[two], lines[one]
        case 5:
            lines.insert(one, lines[two])
        case 6:
            del lines[one]
        case 7:
            theirs = other.split(b"\n")
            lines[one] = theirs[min(one, len(theirs) - 1)]
        case _:
            return sound[:at] + other[min(at, len(other)) :]
    return b"\n".join(lines)


def text(
    sound: dict[bytes, object], random: random.Random, signed: Collection[object] = ()
) -> tuple[object, Collection[object]]:
    """Draw one sound text and spoil it with parts of the others, until it is none of them."""
    texts = list(sound)
    whole = random.choice(texts)
    while (found := spoiled_text(random, whole, texts)) in sound:
        pass
    return (found, sound[whole]), signed or sound.values()


def of_checkpoints(signer: providers.Signer, sizes: tuple[int, ...] = SIZES) -> dict[bytes, object]:
    """Return sound checkpoints of a log, with what each says."""
    algorithm = "sm3" if signer is keys.TWIN else "sha256"
    trees = {size: keys.grown(size, algorithm) for size in sizes}
    return {keys.stated(tree, signer).encode(): (size, tree.root()) for size, tree in trees.items()}


def taken_checkpoint(key: note.Key, said: object) -> object:
    found, _signed = checkpoint.opened(said[0], key)
    return found.size, found.root


def taken_by_policy(said: object) -> object:
    seen = POLICY.check(note.read(said[0]))
    return seen.checkpoint.size, seen.checkpoint.root, tuple(seen.times.values())


def cosigned() -> dict[bytes, object]:
    """Return checkpoints that all witnesses saw, each at its time."""
    found = {}
    for size, tree in TREES.items():
        times = tuple(1_000 + size + place for place in range(3))
        whole = keys.cosigned(keys.stated(tree), list(zip(SEERS, times, strict=True)))
        found[whole.encode()] = size, tree.root(), times
    return found


def receipts() -> dict[bytes, object]:
    """Return receipts of entries of logs of every size, with the entry and its checkpoint."""
    found = {}
    for size, tree in TREES.items():
        for index in {0, size // 2, size - 1}:
            held = receipt.Receipt(index, tuple(tree.inclusion(index)), keys.stated(tree))
            meaning = f"entry {index}".encode(), index, size, tree.root()
            found[receipt.write(held).encode()] = meaning
    return found


# All that the receipts of these logs can truly say: parts of two may make a third one that was never given.
TRUE_RECEIPTS = {
    (f"entry {index}".encode(), index, size, tree.root())
    for size, tree in TREES.items()
    for index in range(size)
}


def taken_receipt(said: object) -> object:
    data, (leaf, *_rest) = said
    held = receipt.read(data)
    found = receipt.opened(held, leaf, LOG)
    return leaf, held.index, found.size, found.root


# --- a witness ------------------------------------------------------------------------------------


class Memory:
    """Remembers the first half of a log, and what it was led to."""

    def __init__(self, size: int) -> None:
        self.held = witness.Latest(size, TREES[100].root(size))

    def latest(self, origin: str) -> witness.Latest:
        return self.held

    def replace(self, origin: str, old: witness.Latest, new: witness.Latest) -> bool:
        self.held = new
        return True


def requests() -> dict[bytes, object]:
    """Return requests that lead a witness who knows 40 entries on to more."""
    tree, found = TREES[100], {}
    for size in (41, 64, 77, 100):
        proof = tuple(tree.consistency(40, size))
        asked = witness.Request(40, proof, keys.stated(tree, size=size))
        found[str(asked).encode()] = size, tree.root(size)
    return found


def taken_by_witness(said: object) -> object:
    memory = Memory(40)
    answer = witness.answered(said[0], keys={keys.ORIGIN: [LOG]}, memory=memory, signers=[SEERS[0]], at=2_000)
    if answer.status != 200:
        raise CheckFailed(answer.body)
    return memory.held.size, memory.held.root


def kinds(total: int) -> Iterator[Kind]:
    """Yield every kind, together ``total`` forgeries; SM2 in Python is slow and has fewer."""
    twin = total // 500
    share = (total - twin) // 10
    yield Kind("inclusion 包含证明", 2 * share, partial(changed, inclusion), taken_inclusion)
    yield Kind("consistency 一致性证明", 2 * share, partial(changed, consistency), taken_consistency)
    sound = of_checkpoints(keys.LOG)
    yield Kind("checkpoint 检查点", 2 * share, partial(text, sound), partial(taken_checkpoint, LOG))
    yield Kind("cosignature 见证签名", share, partial(text, cosigned()), taken_by_policy)
    draw = partial(text, receipts(), signed=TRUE_RECEIPTS)
    yield Kind("receipt 回执", 2 * share, draw, taken_receipt)
    rest = total - twin - 9 * share
    yield Kind("witness request 见证请求", rest, partial(text, requests()), taken_by_witness)
    sound = of_checkpoints(keys.TWIN, (1, 5, 8))
    yield Kind("checkpoint, SM2 国密检查点", twin, partial(text, sound), partial(taken_checkpoint, TWIN))
