"""What a witness does with a checkpoint that is handed to it (c2sp.org/tlog-witness, add-checkpoint).

A witness remembers the last checkpoint of each log and signs a newer one only when the older is its
beginning. So whoever asks several witnesses cannot be shown another history. Here is the decision alone,
without network and files: the memory comes from outside and holds the new state before anything is signed.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from zhiheng.errors import BadInput, CheckFailed, ZhihengError
from zhiheng.proof import checkpoint, hashes, merkle, note, providers, receipt

SIZE_TYPE = "text/x.tlog.size"
TEXT_TYPE = "text/plain; charset=utf-8"
PATH = "add-checkpoint"

_OLD = re.compile(r"old (0|[1-9][0-9]{0,18})")
_SIZE = re.compile(r"(0|[1-9][0-9]{0,18})\n")


@dataclass(frozen=True)
class Request:
    """The size that the sender believes the witness to know, the proof from there, the signed checkpoint."""

    old_size: int
    proof: tuple[bytes, ...]
    checkpoint: str

    def __str__(self) -> str:
        steps = "".join(f"{base64.b64encode(step).decode()}\n" for step in self.proof)
        return f"old {self.old_size}\n{steps}\n{self.checkpoint}"


@dataclass(frozen=True)
class Latest:
    """The last checkpoint of a log that a witness cosigned: size and root; at first the empty tree."""

    size: int = 0
    root: bytes = hashlib.sha256(b"").digest()


@dataclass(frozen=True)
class Judged:
    """A checkpoint that may be signed: the state before, the state after, the note with the log's lines."""

    origin: str
    old: Latest
    new: Latest
    signed: note.Note


class Memory(Protocol):
    """Where a witness keeps what it cosigned last; it outlives the process."""

    def latest(self, origin: str) -> Latest:
        """Return the last checkpoint of a log, ``Latest()`` if there was none."""

    def replace(self, origin: str, old: Latest, new: Latest) -> bool:
        """Put ``new`` in the place of ``old`` in one step; False if ``old`` is no longer what is kept.

        It returns True only once ``new`` would survive a loss of power.
        """


@dataclass(frozen=True)
class Answer:
    """What goes back: status, body and its type; ``checkpoint`` is the one to show to monitors, if signed."""

    status: int
    body: str
    content_type: str = TEXT_TYPE
    checkpoint: str = ""


class Refusal(ZhihengError):
    """A request that a witness does not sign; ``answer`` says so in the form of the protocol."""

    code = "not-witnessed"

    def __init__(self, status: int, cause: str, body: str = "", content_type: str = TEXT_TYPE) -> None:
        super().__init__(cause, "Ask the witness which size it knows, and send the proof from there.")
        self.answer = Answer(status, body or f"{cause}\n", content_type)


def read(data: bytes | str) -> Request:
    """Return the request that a body holds, or refuse what is none."""
    try:
        text = data if isinstance(data, str) else data.decode("utf-8")
    except UnicodeDecodeError:
        raise _malformed("it is not UTF-8") from None
    head, gap, signed = text.partition("\n\n")
    first, *steps = head.split("\n")
    found = _OLD.fullmatch(first)
    if not gap or found is None or int(found[1]) > merkle.LARGEST:
        raise _malformed("it does not begin with the old size")
    proof = tuple(map(receipt.decoded, steps))
    if len(proof) > receipt.MOST_HASHES or any(len(step) != 32 for step in proof):
        raise _malformed("a line of its proof is no hash of 32 bytes")
    return Request(int(found[1]), proof, signed)


def judged(request: Request, keys: Mapping[str, Sequence[note.Key]], memory: Memory) -> Judged:
    """Return the checkpoint that a witness may sign and what it follows; else raise ``Refusal``.

    ``keys`` are those that it trusts for each origin. Nothing is kept or signed yet.
    """
    signed, found = _opened(request)
    if found.origin not in keys:
        raise Refusal(404, f"The log {found.origin} is not known here.")
    try:
        held = note.verified(signed, keys[found.origin])
    except CheckFailed:
        raise Refusal(403, f"A signature of the log {found.origin} does not hold.") from None
    if not held:
        raise Refusal(403, f"No known key of the log {found.origin} signed this.")
    if request.old_size > found.size:
        raise Refusal(400, "The old size is larger than the checkpoint.")
    latest = memory.latest(found.origin)
    if request.old_size != latest.size:
        raise _conflict(latest)
    if not _follows(latest, found, request.proof, held[0][0].tree_hash):
        raise Refusal(422, f"The proof does not lead from size {latest.size} to this checkpoint.")
    lines = tuple(line for _key, line in held)
    return Judged(found.origin, latest, Latest(found.size, found.root), note.Note(signed.text, lines))


def answered(
    data: bytes | str,
    *,
    keys: Mapping[str, Sequence[note.Key]],
    memory: Memory,
    signers: Sequence[providers.Signer],
    at: int,
) -> Answer:
    """Return the answer to a body that was posted; ``at`` is the time in seconds since 1970.

    The order is fixed: judge, keep, sign. What was kept and then not signed is asked for again with the new
    size as the old one.
    """
    try:
        found = judged(read(data), keys, memory)
        if not memory.replace(found.origin, found.old, found.new):
            raise _conflict(memory.latest(found.origin))
    except Refusal as refusal:
        return refusal.answer
    signed = found.signed
    lines = [providers.signature(signed.text, signer, at=at) for signer in signers]
    whole = note.write(signed.text, [*signed.signatures, *lines])
    return Answer(200, "".join(map(str, lines)), TEXT_TYPE, whole)


def monitor_path(origin: str) -> str:
    """Return below which address a witness shows the last checkpoint of a log."""
    return f"{hashlib.sha256(origin.encode()).hexdigest()}/checkpoint"


# --- the side of the log --------------------------------------------------------------------------


def cosigned(signed: str, body: str, witnesses: Iterable[note.Key]) -> str:
    """Return a checkpoint with the lines that a witness gave back, those of known keys alone.

    A line that stands there already is not added twice; a wrong one of a known key is refused.
    """
    before = note.read(signed)
    given = note.read(f"{before.text}\n{body}")
    held = [line for _key, line in note.verified(given, witnesses)]
    if not held:
        raise CheckFailed("The answer holds no signature of this witness.", "Ask it which key it signs with.")
    new = [line for line in held if line not in before.signatures]
    known = {(line.name, line.hash) for line in new}
    kept = [line for line in before.signatures if (line.name, line.hash) not in known]
    return note.write(before.text, [*kept, *new])


def known_size(body: str) -> int:
    """Return the size that a witness says it knows, from the body of an answer 409."""
    found = _SIZE.fullmatch(body)
    if found is None or int(found[1]) > merkle.LARGEST:
        raise BadInput("The witness does not say which size it knows.", "Ask it again.")
    return int(found[1])


# --- parts ----------------------------------------------------------------------------------------


def _opened(request: Request) -> tuple[note.Note, checkpoint.Checkpoint]:
    try:
        signed = note.read(request.checkpoint)
        return signed, checkpoint.read(signed.text)
    except BadInput as error:
        raise Refusal(400, error.cause) from None


def _follows(latest: Latest, found: checkpoint.Checkpoint, proof: Sequence[bytes], algorithm: str) -> bool:
    """Tell whether a checkpoint goes on from the one that is known; every tree goes on from the empty one."""
    if latest.size == 0:
        return not proof and (found.size > 0 or found.root == hashes.digest(b"", algorithm))
    ends = 0, latest.size, latest.root, found.size, found.root
    return merkle.is_subtree_consistent(*ends, proof, algorithm)


def _conflict(latest: Latest) -> Refusal:
    return Refusal(409, f"This witness knows the size {latest.size}.", f"{latest.size}\n", SIZE_TYPE)


def _malformed(why: str) -> Refusal:
    return Refusal(400, f"This is no request to a witness: {why}.")
