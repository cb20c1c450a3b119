"""The body of a number's bundle: the observation, the formula that gave it, and what went into it.

数值核验包。Every observation stands beside its digest; inputs are sorted by theirs, each once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from zhiheng.formats.shapes import fields
from zhiheng.formats.shapes import formula as tree
from zhiheng.formats.shapes.observation import Observation

TYPE = "zhiheng/observation-bundle/1"
MOST_INPUTS = 20_000
MOST_CELLS = 500_000
"""Inputs times nodes: what is more would keep a stranger waiting."""


@dataclass(frozen=True)
class Held:
    """An observation beside its digest, as the file has both."""

    row: Observation
    sha256: str
    stated: Mapping[str, Any]


@dataclass(frozen=True)
class ObservationBundle:
    """What a bundle says of one number; ``formula`` is nothing where none was computed."""

    observation: Observation
    formula: tree.Formula | None
    formula_sha256: str
    inputs: tuple[Held, ...]

    @property
    def is_computed(self) -> bool:
        """Whether a formula gave the number."""
        return self.formula is not None

    @property
    def data(self) -> str:
        """The kind of data, as the marks of the observation say it."""
        return "demonstration" if "demonstration" in self.observation.flags else "operational"

    @classmethod
    def from_dict(cls, body: Any) -> ObservationBundle:
        """Read a body, or refuse it and name the place."""
        held = fields.mapping(body, "body", ("observation", "formula", "inputs"))
        row = _observation(held["observation"], "body.observation")
        formula, sha = _formula(held["formula"])
        given = fields.items(held["inputs"], "body.inputs")
        if len(given) > MOST_INPUTS:
            raise fields.refuse("body.inputs", f"more than {MOST_INPUTS} inputs")
        inputs = tuple(_input(one, f"body.inputs[{place}]") for place, one in enumerate(given))
        _check_inputs(row, formula, inputs)
        return cls(row, formula, sha, inputs)


def body(
    observation: Observation, formula: tree.Formula | None, sha256: str, inputs: Sequence[tuple[str, Any]]
) -> dict[str, Any]:
    """Return the JSON form of a body; ``inputs`` are observations after their digests."""
    return {
        "observation": observation.to_dict(),
        "formula": None if formula is None else {"tree": formula.to_dict(), "sha256": sha256},
        "inputs": [{"observation": row.to_dict(), "sha256": sha} for sha, row in sorted(inputs)],
    }


def file_name(row: Observation, sha256: str) -> str:
    """Return the name of the file in which the bundle of an observation is handed out."""
    return f"number-{row.series}-{row.region}-{row.period.lstrip('~')}-{sha256[:12]}.json"


def address(row: Observation) -> str:
    """Return where a site of ours gives the bundle of an observation."""
    asked = {"region": row.region, "period": row.period, "breakdown": row.breakdown, "voice": row.voice}
    asked |= {"revision": str(row.revision)}
    return f"/figures/{row.series}/number/bundle.json?{urlencode(asked)}"


def figure_file(row: Observation) -> str:
    """Return the name of the bundle of the figure that an estimate is."""
    return f"figure-{'-'.join(_figure(row))}.json"


def figure_address(row: Observation) -> str:
    """Return where a site of ours gives the bundle of the figure that an estimate is: that of its vintage."""
    return f"/figures/{'/'.join(_figure(row))}/bundle.json?sha256={row.bundle_sha}"


def _figure(row: Observation) -> list[str]:
    parts = [row.series, row.region, row.period, row.members.get("division", "")]
    return [part for part in parts if part]


def _observation(value: Any, path: str) -> Observation:
    row = Observation.from_dict(value)
    if row.to_dict() != value:
        raise fields.refuse(path, "a number of it is not written in its one form")
    return row


def _formula(value: Any) -> tuple[tree.Formula | None, str]:
    if value is None:
        return None, ""
    held = fields.mapping(value, "body.formula", ("tree", "sha256"))
    found = tree.Formula.from_dict(held["tree"])
    if found.to_dict() != held["tree"]:
        raise fields.refuse("body.formula.tree", "it is not written in its one form")
    return found, fields.digest(held["sha256"], "body.formula.sha256")


def _input(value: Any, path: str) -> Held:
    held = fields.mapping(value, path, ("observation", "sha256"))
    row = _observation(held["observation"], f"{path}.observation")
    return Held(row, fields.digest(held["sha256"], f"{path}.sha256"), held["observation"])


def _is_of_voice(one: Observation, row: Observation, formula: tree.Formula | None) -> bool:
    """Say whether an input is by the voice that the formula reads: without a word, that of the number."""
    nodes = () if formula is None else (node for _path, node in tree.walk(formula.root))
    said = {node.voice for node in nodes if isinstance(node, tree.Series) and node.id == one.series}
    return "own-first" in said or one.voice in {voice or row.voice for voice in said}


def _check_inputs(row: Observation, formula: tree.Formula | None, inputs: Sequence[Held]) -> None:
    """Refuse inputs out of order, of strange series or of another voice, and a formula where none was."""
    names_one = row.origin in ("computed", "derived") and row.formula_sha != ""
    if names_one != (formula is not None):
        raise fields.refuse("body.formula", "it stands here exactly where the observation names one")
    shas = [one.sha256 for one in inputs]
    if shas != sorted(set(shas)):
        raise fields.refuse("body.inputs", "they are sorted by their digests, each once")
    if formula is None and inputs:
        raise fields.refuse("body.inputs", "a number without a formula has none")
    read = () if formula is None else formula.inputs()
    if row.series in read or any(one.row.series not in read for one in inputs):
        raise fields.refuse("body.inputs", "they are of the series that the formula reads, and not its own")
    if any(not _is_of_voice(one.row, row, formula) for one in inputs):
        raise fields.refuse("body.inputs", "numbers of ours and of others are never mixed")
    if len({one.row.key for one in inputs}) != len(inputs):
        raise fields.refuse("body.inputs", "one number stands there twice")
    nodes = 0 if formula is None else sum(1 for _node in tree.walk(formula.root))
    if nodes * len(inputs) > MOST_CELLS:
        raise fields.refuse("body.inputs", f"nodes times inputs are more than {MOST_CELLS}")
