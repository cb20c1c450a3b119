"""A stranger computes a published number again from its formula and inputs, and sees that none was changed.

The bundle of an observation is::

    {"type": "zhiheng/observation-bundle/1",
     "body": {"observation": {...},                        formats.shapes.observation
              "formula": {"tree": {...}, "sha256": hex},   formats.shapes.formula; null where there is none
              "inputs": [{"observation": {...}, "sha256": hex}, ...]},
     "digest": hex,                                        SHA-256 of the canonical body
     "inclusion": {"index", "size", "path": [hex, ...]},   its place among those recorded with it
     "ledger": [{"statement": {...}, "hash": hex}, ...],   rising; holds the entries named below
     "log": {"vkey", "receipts"}}                          where entries are sealed: verification.sealed

The entry that recorded the observation says ``observations_root`` and ``observations_count``: a Merkle tree
over the 32 bytes of each digest. An earlier entry ``indicators.formula_defined`` says ``formula_sha256``. The
observation names its formula and the set of its inputs by digest, so that all are bound by one entry. Where
the own bundles of the inputs lie beside, they are followed (``verification.inputs``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from zhiheng.formats.shapes import fields
from zhiheng.formats.shapes.observation import number
from zhiheng.formats.shapes.observation_bundle import ObservationBundle
from zhiheng.proof import canonical, merkle
from zhiheng.verification import bundles, digests, inputs, sealed
from zhiheng.verification.report import NotChecked, Report, Steps, demand, ending

DEFINED = "indicators.formula_defined"
RECORDED = ("indicators.observations_recorded", "indicators.released")


def bundle(
    body: Mapping[str, Any],
    *,
    inclusion: Mapping[str, Any],
    entries: Sequence[Mapping[str, Any]],
    log: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the bundle of a number from its body, its place in the record and the ledger entries."""
    return bundles.included(bundles.OBSERVATION_TYPE, body, inclusion=inclusion, entries=entries, log=log)


def check(
    bundle: Mapping[str, Any],
    *,
    beside: Path | None = None,
    given: Mapping[str, Path] | None = None,
    way: inputs.Way | None = None,
) -> Report:
    """Check the bundle of a number: binding first, then the number itself, then where its inputs come from.

    The own bundles of inputs are looked for in the folder ``beside``, and among the files ``given`` by name.
    """
    steps = Steps()
    found: list[ObservationBundle] = []
    if not steps.take("shape", lambda: _shape(bundle, found)):
        return Report("number", "", tuple(steps.taken))
    held, entries = found[0], bundle["ledger"]
    way = way or inputs.Way(beside, given or {})
    steps.take("digest", lambda: _digest(bundle, held))
    steps.take("ledger", lambda: bundles.check_segment(entries))
    steps.take("recorded", lambda: _recorded(bundle, held))
    if held.formula is not None:
        steps.take("formula", lambda: _defined(bundle, held))
        steps.take("inputs", lambda: _inputs(held))
    if all(step.ok for step in steps.taken):
        steps.take("number", lambda: _number(held))
        steps.take("origins", lambda: inputs.follow(held, way))
    steps.take("log", lambda: sealed.of_entries(bundle.get("log"), entries))
    return Report("number", name(held), tuple(steps.taken), data=held.data, **ending(entries[-1]))


def name(held: ObservationBundle) -> str:
    """Return how a number is called: series, region, period, breakdown and vintage."""
    row = held.observation
    parts = [row.series, row.region, row.period, row.breakdown, f"revision {row.revision}"]
    return " ".join(part for part in parts if part)


def _shape(bundle: Mapping[str, Any], found: list[ObservationBundle]) -> str:
    fields.mapping(bundle, "bundle", ("type", "body", "digest", "inclusion", "ledger"), ("log",))
    fields.one_of(bundle["type"], "type", (bundles.OBSERVATION_TYPE,))
    fields.digest(bundle["digest"], "digest")
    fields.mapping(bundle["inclusion"], "inclusion", ("index", "size", "path"))
    demand(bool(fields.items(bundle["ledger"], "ledger")), "the bundle holds no ledger entry")
    for entry in bundle["ledger"]:
        fields.mapping(entry, "ledger", (), ("statement", "hash", "seq", "previous", "body"))
    found.append(ObservationBundle.from_dict(bundle["body"]))
    return f"{name(found[0])}, {found[0].data} data"


def _digest(bundle: Mapping[str, Any], held: ObservationBundle) -> str:
    computed = canonical.digest(bundle["body"])
    demand(computed == bundle["digest"], "the body does not have the stated digest")
    for one in held.inputs:
        demand(
            canonical.digest(dict(one.stated)) == one.sha256, f"an input does not have digest {one.sha256}"
        )
    if held.formula is not None:
        same = digests.formula_sha(held.formula) == held.formula_sha256
        demand(same, "the formula does not have the stated digest")
    return computed


def _recorded(bundle: Mapping[str, Any], held: ObservationBundle) -> str:
    place, sha = bundle["inclusion"], digests.observation_sha(held.observation)
    entry = _entry_of(bundle, sha)
    at = entry["statement"]["at"]
    return f"number {place['index'] + 1} of {place['size']} in entry {bundles.place(entry)} at {at}"


def _entry_of(bundle: Mapping[str, Any], sha: str) -> Mapping[str, Any]:
    """Return the entry that recorded the observation, or refuse."""
    place, leaf = bundle["inclusion"], merkle.leaf_hash(bytes.fromhex(sha))
    size = fields.integer(place["size"], "inclusion.size", 1)
    index = fields.integer(place["index"], "inclusion.index")
    for entry in bundle["ledger"]:
        statement = entry.get("statement", {})
        detail = statement.get("detail", {})
        if statement.get("verb") not in RECORDED or detail.get("observations_count") != size:
            continue
        if merkle.is_included(leaf, index, size, place["path"], detail["observations_root"]):
            return entry
    demand(False, "no ledger entry recorded this number")
    return {}


def _defined(bundle: Mapping[str, Any], held: ObservationBundle) -> str:
    """Check that the observation names this formula, and that the ledger defined it before."""
    row, formula = held.observation, held.formula
    demand(row.formula_sha == held.formula_sha256, "the number names another formula")
    for said in ("unit", "basis", "purpose"):
        demand(getattr(row, said) == getattr(formula, said), f"the formula gives another {said}")
    demand(formula is not None and row.series == formula.id, "the formula gives another series")
    recorded = bundles.place(_entry_of(bundle, digests.observation_sha(row)))
    for entry in bundles.opened(bundle["ledger"], DEFINED):
        detail = entry["statement"]["detail"]
        if detail.get("formula_sha256") == row.formula_sha and detail.get("voice") == row.voice:
            demand(bundles.place(entry) < recorded, "the formula was defined after the number was recorded")
            return f"version {formula.version}, defined in entry {bundles.place(entry)}, {row.formula_sha}"
    demand(False, "no ledger entry defined this formula")
    return ""


def _inputs(held: ObservationBundle) -> str:
    found = digests.set_sha(one.sha256 for one in held.inputs)  # each was compared with its content
    demand(found == held.observation.inputs_sha, "the inputs are not the set that the number names")
    return f"{len(held.inputs)} inputs, {found}"


def _number(held: ObservationBundle) -> str:
    row = held.observation
    if held.formula is None:
        raise NotChecked(_without_formula(held))
    if row.value is None:
        demand("missing" in row.flags and not held.inputs, "a formula gives a number, or is missing")
        raise NotChecked(f"the formula gave no number: {row.note}")
    value, error = recompute(held)
    demand(value == row.value, f"value is {value} when computed again, not {row.value}")
    same = error == row.standard_error
    demand(same, f"standard_error is {error} when computed again, not {row.standard_error}")
    _interval(held)
    return f"{number(value)} {row.unit}" + ("" if error is None else f" ± {number(error)}") + ", as published"


def _interval(held: ObservationBundle) -> None:
    """Check that an interval, where one is stated, is the normal one of value and standard error."""
    from zhiheng.engine import formula as engine

    row = held.observation
    if row.interval == "none":
        return
    demand(row.interval == "model", "a formula gives the normal interval of its error, and no other kind")
    demand(bool(row.standard_error), "an interval is stated, but no error above zero")
    demand(row.level == engine.LEVEL, f"level is {row.level}, and not {engine.LEVEL}")
    low, high = engine.ends(row.value, row.standard_error)
    demand((low, high) == (row.lower, row.upper), f"the interval is {low} to {high} when computed again")


def recompute(held: ObservationBundle) -> tuple[Any, Any]:
    """Return value and standard error by the formula; every input given must go into them."""
    from zhiheng.engine import formula as engine

    row = held.observation
    key = (row.region, row.period, row.breakdown)
    run = engine.run(held.formula, engine.tables_of(one.row for one in held.inputs))
    demand(key in run.cells(), "the formula gives no such number from these inputs")
    why = run.at("root", key).why
    demand(not why, f"the formula gives no number from these inputs: {why}")
    given = {(one.row.series, (one.row.region, one.row.period, one.row.breakdown)) for one in held.inputs}
    demand(set(run.inputs(key)) == given, "an input stands here that does not go into the number")
    return run.value(key), run.error(key)


def _without_formula(held: ObservationBundle) -> str:
    row = held.observation
    if row.status == "suppressed":
        return "the number is withheld"
    if row.origin == "estimated":
        shown = (
            "the bundle of its figure shows it"
            if row.bundle_sha
            else f"its data set has digest {row.inputs_sha}"
        )
        return f"an estimate from draws; {shown}"
    grade = f", grade of evidence {row.evidence}" if row.evidence else ""
    return f"said by others; it rests on its source alone: {row.source}{grade}"
