"""Other offices witness our log, and we witness theirs (c2sp.org/tlog-witness).

As a log: each new checkpoint is posted to the witnesses of a policy file (``ZHIHENG_LOG_POLICY``), and what
they sign stands below the checkpoint. As a witness: the logs of another policy file (``ZHIHENG_WITNESS``) may
hand in checkpoints; what was seen last is on disk before anything is signed, so nobody gets two histories.
"""

from __future__ import annotations

import hashlib
import json
import logging
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from zhiheng.errors import Missing, ZhihengError
from zhiheng.ledger import files, instants
from zhiheng.ledger.sealing import keys, lock, places, sequencer
from zhiheng.proof import note, policy, providers, witness
from zhiheng.verification.log_folder import CHECKPOINT

logger = logging.getLogger(__name__)

SECONDS = 10
MOST_BYTES = 64 * 1024
Post = Callable[[str, bytes], tuple[int, str]]


# --- our log before its witnesses -----------------------------------------------------------------


def witnesses() -> tuple[policy.Witness, ...]:
    """Return the witnesses that the policy of this site names, with an address to ask them at."""
    named = settings.LOG_POLICY
    return tuple(one for one in _policy(named).witnesses if one.url) if named else ()


def ask_all(post: Post | None = None) -> dict[str, str]:
    """Ask every witness for its signature, and return how each answered; no lock is held meanwhile.

    A witness that cannot be reached is asked again at the next turn; the checkpoint stands without it.
    """
    asked = witnesses()
    if not asked:
        return {}
    outcome: dict[str, str] = {}
    lines: list[note.Signature] = []
    with lock.held():
        log = sequencer.present()
        size, tree = log.size, log.tree()
        signed = (log.files.text(CHECKPOINT) or b"").decode()
    for one in asked:
        try:
            given = _ask(one, signed, size, tree, post or _post)
            lines += [line for line in note.read(given).signatures if line.name == one.key.name]
            outcome[one.name] = "signed"
        except (ZhihengError, OSError) as error:
            outcome[one.name] = getattr(error, "cause", "") or type(error).__name__
            logger.warning("witness %s did not sign: %s", one.name, outcome[one.name])
    with lock.held():
        log = sequencer.present()
        if lines and log.size == size:
            log.publish(lines)
    return outcome


def _ask(one: policy.Witness, signed: str, size: int, tree, post: Post) -> str:
    """Post a checkpoint; where the witness knows another size, send the proof from there, once."""
    known = _known(one)
    for _turn in range(2):
        proof = tree.consistency(known) if 0 < known < size else []
        request = witness.Request(known, tuple(proof), signed)
        status, body = post(f"{one.url.rstrip('/')}/{witness.PATH}", str(request).encode())
        if status == 200:
            _remember(one, size)
            return witness.cosigned(signed, body, [one.key])
        if status != 409:
            break
        known = witness.known_size(body)
        if known > size:
            raise Missing(
                f"The witness {one.name} has seen {known} entries, and this log has {size}.",
                "A newer state of this log is out there: look for it before anything is signed.",
                code="witness-ahead",
            )
    raise Missing(f"The witness {one.name} answered {status}.", "Ask its office why.", code="witness-refused")


def _known(one: policy.Witness) -> int:
    try:
        return int(json.loads(_known_place(one).read_text("ascii"))["size"])
    except (OSError, ValueError, KeyError):
        return 0


def _remember(one: policy.Witness, size: int) -> None:
    files.write_whole(_known_place(one), json.dumps({"size": size}).encode())


def _known_place(one: policy.Witness) -> Path:
    named = hashlib.sha256(f"{one.key} {settings.LOG_ORIGIN} {places.generation()}".encode()).hexdigest()
    return places.state() / "witnesses" / f"{named[:32]}.json"


def _post(url: str, body: bytes) -> tuple[int, str]:
    if not url.startswith(("https://", "http://")):
        raise Missing(f"{url} is no address of a witness.", "Give https:// in the policy.")
    request = urllib.request.Request(url, data=body, method="POST")
    opener = urllib.request.build_opener(_NoRedirect())
    try:
        with opener.open(request, timeout=SECONDS) as answer:
            return answer.status, answer.read(MOST_BYTES).decode("utf-8", "replace")
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read(MOST_BYTES).decode("utf-8", "replace")


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A witness answers where it was named, and sends nobody elsewhere."""

    def redirect_request(self, *_args, **_fields) -> None:
        """Follow nothing."""


# --- we as a witness of others --------------------------------------------------------------------


@dataclass(frozen=True)
class Files(witness.Memory):
    """Keeps what was cosigned last, one file for each log; a change is on disk before it is believed."""

    folder: Path

    def latest(self, origin: str) -> witness.Latest:
        """Return the last checkpoint of a log, that of the empty tree if there was none."""
        place = self._place(origin)
        if not place.exists():
            return witness.Latest()
        said = json.loads(place.read_text("utf-8"))
        return witness.Latest(said["size"], bytes.fromhex(said["root"]))

    def replace(self, origin: str, old: witness.Latest, new: witness.Latest) -> bool:
        """Put the new state in the place of the old one, durably; False if the old one is not there."""
        with lock.of_file(self.folder / "lock"):
            if self.latest(origin) != old:
                return False
            said = {"origin": origin, "size": new.size, "root": new.root.hex()}
            files.write_whole(self._place(origin), json.dumps(said).encode())
        return True

    def _place(self, origin: str) -> Path:
        return self.folder / f"{hashlib.sha256(origin.encode()).hexdigest()}.json"


def is_witness() -> bool:
    """Tell whether this site witnesses logs of others."""
    return bool(settings.WITNESS)


def answer(body: bytes) -> witness.Answer:
    """Return the answer to a checkpoint that was handed in; a signed one is kept for monitors too."""
    known: dict[str, list[note.Key]] = {}
    for log in _policy(settings.WITNESS).logs:
        known.setdefault(log.key.name, []).append(log.key)
    given = witness.answered(
        body,
        keys=known,
        memory=Files(folder()),
        signers=[signer()],
        at=int(instants.now().timestamp()),
    )
    if given.checkpoint:
        origin = given.checkpoint.partition("\n")[0]
        files.write_whole(folder() / witness.monitor_path(origin), given.checkpoint.encode())
    return given


def signer() -> providers.Ed25519:
    """Return the key by which this site signs as a witness, made at the first use."""
    name = settings.WITNESS_NAME
    held = keys.read_or_make(Path(settings.VAR) / "keys" / "witness.key", name)
    return providers.Ed25519(name, held.private, note.COSIGNATURE)


def folder() -> Path:
    """Return where the witness keeps what it saw."""
    return Path(settings.VAR) / "witness"


def _policy(named: str) -> policy.Policy:
    try:
        return policy.read(Path(named).read_bytes())
    except OSError:
        raise Missing(f"The policy {named} cannot be read.", "Set its path, or leave it out.") from None
