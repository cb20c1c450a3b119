"""Whom a reader trusts for a log, in one file: logs, witnesses, groups, quorum (c2sp.org/tlog-policy).

A checkpoint counts when a listed log signed it and the quorum of witnesses cosigned it. A quorum is a
witness, a group of which at least k have seen it, a group of groups, or ``none``. Names are octets without
further meaning; those that are no UTF-8 are kept as they are.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from zhiheng.errors import BadInput, CheckFailed
from zhiheng.proof import checkpoint, note

NONE = "none"
MOST_BYTES = 1_000_000
LOG_KINDS = (note.ED25519, note.UNASSIGNED)

_CONTROL = re.compile(rb"[^\t\n\x20-\x7e\x80-\xff]")
_SPACE = re.compile("[ \t]+")
_NUMBER = re.compile(r"[1-9][0-9]{0,8}")


@dataclass(frozen=True)
class Log:
    """A log by its key, whose name is the origin; the address is for whoever asks it."""

    key: note.Key
    url: str = ""


@dataclass(frozen=True)
class Witness:
    """A witness by the name that this policy gives it, and its key."""

    name: str
    key: note.Key
    url: str = ""


@dataclass(frozen=True)
class Group:
    """A group has seen what at least ``least`` of its members have seen."""

    name: str
    least: int
    members: tuple[str, ...]

    def __post_init__(self) -> None:
        if not 1 <= self.least <= len(self.members):
            raise _refused(f"the group {self.name} asks for {self.least} of {len(self.members)} members")


@dataclass(frozen=True)
class Seen:
    """By whom a checkpoint was signed, and when the witnesses said they saw it.

    ``at`` is the first moment, in seconds since 1970, at which the quorum was met; None where no witness is
    asked for.
    """

    checkpoint: checkpoint.Checkpoint
    log: note.Key | None
    times: dict[str, int]
    at: int | None


@dataclass(frozen=True)
class Policy:
    """Logs, witnesses and groups in the order of the file, and the name of the quorum."""

    logs: tuple[Log, ...]
    witnesses: tuple[Witness, ...]
    groups: tuple[Group, ...]
    quorum: str

    def __post_init__(self) -> None:
        _check_keys(self.logs, self.witnesses)
        known, taken = {one.name for one in self.witnesses}, set()
        if len(known) != len(self.witnesses) or NONE in known:
            raise _refused("a name is given twice, or is none")
        for group in self.groups:
            if group.name in known or group.name == NONE:
                raise _refused(f"the name {group.name} is given twice, or is none")
            for member in group.members:
                if member not in known or member in taken:
                    raise _refused(f"{member} is not known when a group names it, or is in two groups")
                taken.add(member)
            known.add(group.name)
        if self.quorum != NONE and self.quorum not in known:
            raise _refused(f"its quorum {self.quorum} is not known")

    def is_met(self, names: Collection[str]) -> bool:
        """Tell whether these witnesses are a quorum."""
        has_seen = set(names) & {one.name for one in self.witnesses}
        for group in self.groups:
            if sum(member in has_seen for member in group.members) >= group.least:
                has_seen.add(group.name)
        return self.quorum == NONE or self.quorum in has_seen

    def check(self, signed: note.Note) -> Seen:
        """Return by whom a checkpoint was signed, or refuse it: no log of these, a wrong line, no quorum."""
        found = checkpoint.read(signed.text)
        log = _log(self.logs, found, signed) if self.logs else None
        times = {}
        for one in self.witnesses:
            line = signed.by(one.key)
            if line is not None:
                times[one.name] = line.time
        if not self.is_met(times):
            raise CheckFailed(
                f"{len(times)} of {len(self.witnesses)} witnesses signed this checkpoint: no quorum.",
                "Ask the log for a checkpoint that more witnesses have seen.",
            )
        return Seen(found, log, times, self._met_at(times))

    def _met_at(self, times: dict[str, int]) -> int | None:
        """Return the first moment by which those who had signed were a quorum."""
        if self.quorum == NONE:
            return None
        moments = sorted(set(times.values()))
        return next(at for at in moments if self.is_met([name for name, when in times.items() if when <= at]))

    def __bytes__(self) -> bytes:
        """Return the policy as a file, one statement a line."""
        lines = [f"log {one.key} {one.url}".rstrip() for one in self.logs]
        lines += [f"witness {one.name} {one.key} {one.url}".rstrip() for one in self.witnesses]
        lines += [f"group {one.name} {one.least} {' '.join(one.members)}" for one in self.groups]
        text = "".join(f"{line}\n" for line in [*lines, f"quorum {self.quorum}"])
        return text.encode("utf-8", "surrogateescape")


def read(data: bytes) -> Policy:
    """Return the policy of a file, or refuse it with the line that is wrong."""
    if len(data) > MOST_BYTES or _CONTROL.search(data) or not data.endswith(b"\n"):
        raise _refused("it is too long, holds a control character, or its last line does not end")
    logs: list[Log] = []
    witnesses: list[Witness] = []
    groups: list[Group] = []
    quorums: list[str] = []
    known = {NONE}
    for number, line in enumerate(data.decode("utf-8", "surrogateescape").split("\n"), 1):
        match _SPACE.split(line.strip(" \t")):
            case [""]:
                continue
            case [word, *_] if word.startswith("#"):
                continue
            case ["log", vkey, *url] if len(url) < 2:
                logs.append(Log(_key(vkey, number), *url))
            case ["witness", name, vkey, *url] if len(url) < 2:
                witnesses.append(Witness(name, _key(vkey, number), *url))
                known.add(name)
            case ["group", name, least, *members] if members and known.issuperset(members):
                groups.append(Group(name, _least(least, len(members), number), tuple(members)))
                known.add(name)
            case ["quorum", name] if name in known:
                quorums.append(name)
            case _:
                raise _refused(f"line {number} says nothing that is known by then")
    if len(quorums) != 1:
        raise _refused("it has not exactly one quorum")
    return Policy(tuple(logs), tuple(witnesses), tuple(groups), quorums[0])


def write(policy: Policy) -> bytes:
    """Return the file of a policy; it must read back as it was meant."""
    if read(bytes(policy)) != policy:
        raise BadInput("This policy cannot be written.", "Use names and addresses without spaces.")
    return bytes(policy)


def _least(word: str, size: int, number: int) -> int:
    if word in ("all", "any"):
        return size if word == "all" else 1
    if _NUMBER.fullmatch(word) is None:
        raise _refused(f"line {number} says neither all nor any nor how many")
    return int(word)


def _key(line: str, number: int) -> note.Key:
    try:
        return note.key(line.encode("utf-8", "surrogateescape").decode("utf-8"))
    except (BadInput, UnicodeDecodeError):
        raise _refused(f"line {number} has no key that is known here") from None


def _check_keys(logs: Sequence[Log], witnesses: Sequence[Witness]) -> None:
    for held, kinds in ((logs, LOG_KINDS), (witnesses, (note.COSIGNATURE,))):
        if any(one.key.kind not in kinds for one in held):
            raise _refused("a log has the key of a witness, or a witness that of a log")
        if len({one.key.public for one in held}) != len(held):
            raise _refused("a key is listed twice")


def _log(logs: Sequence[Log], found: checkpoint.Checkpoint, signed: note.Note) -> note.Key:
    """Return the key of the listed log that signed a checkpoint of its own name."""
    for one in logs:
        if one.key.name == found.origin and signed.by(one.key) is not None:
            return one.key
    raise CheckFailed(
        f"No log of the policy signed this checkpoint of {found.origin}.", "Ask whose log it is."
    )


def _refused(why: str) -> BadInput:
    return BadInput(f"This is no policy of witnesses: {why}.", "Write it as c2sp.org/tlog-policy says.")
