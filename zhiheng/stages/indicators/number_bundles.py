"""The file from which a stranger computes a number again: the same at any time."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from zhiheng import ledger
from zhiheng.errors import Conflict
from zhiheng.formats.shapes import observation as shape
from zhiheng.formats.shapes import observation_bundle as bundle
from zhiheng.ledger import evidence
from zhiheng.ledger.models import Entry
from zhiheng.ledger.sealing import receipts
from zhiheng.proof import canonical
from zhiheng.verification import digests
from zhiheng.verification import observation as verification

from . import formulas, observations
from .formula_refusals import refuse
from .models import Formula, Observation

MOST_TRIED = 50
"""Entries that are looked into for a row: the first one after it, but for clocks that stand still."""
_SLACK = timedelta(seconds=1)


def name(row: Observation) -> str:
    """Return the file name of the bundle of a number."""
    return bundle.file_name(observations.shape_of(row), row.sha)


def compose(row: Observation) -> bytes:
    """Return the bundle of one stored number with its formula and inputs as they were then."""
    said = observations.shape_of(row)
    formula = formulas.by_sha(row.formula_sha) if row.origin in ("computed", "derived") else None
    inputs = _inputs(row, said, formula) if formula else []
    tree = formulas.tree(formula) if formula else None
    entry, shas = _recorded(row)
    entries = sorted({entry.seq: entry, **_defined(formula)}.items())
    listed = [one for _seq, one in entries]
    made = verification.bundle(
        bundle.body(said, tree, row.formula_sha, inputs),
        inclusion=digests.place_of(shas, row.sha),
        entries=[{"statement": ledger.statement_of(one), "hash": one.hash} for one in listed],
        log=receipts.field_of(listed),
    )
    return canonical.dumps(made)


def own_addresses(row: Observation, most: int) -> list[str]:
    """Return where the own bundles of the inputs of a number are; none where they are more than so many.

    Inputs on record that are not those of the number have none: its page says so, its bundle is refused.
    """
    formula = formulas.by_sha(row.formula_sha)
    if formula is None:
        return []
    try:
        found = _inputs(row, observations.shape_of(row), formula)
    except Conflict:
        return []
    return [_address(one) for _sha, one in found] if len(found) <= most else []


def figure_address(row: Observation) -> str:
    """Return where the bundle of the figure is that an estimate came from."""
    return bundle.figure_address(observations.shape_of(row))


def _address(row: shape.Observation) -> str:
    is_figure = row.origin == "estimated" and row.bundle_sha != ""
    return bundle.figure_address(row) if is_figure else bundle.address(row)


def _inputs(
    row: Observation, said: shape.Observation, formula: Formula
) -> list[tuple[str, shape.Observation]]:
    """Return the observations that went into a number, after their digests; refuse others than it names."""
    key = (said.region, said.period, said.breakdown)
    found = formulas.compute(formula, as_of=row.recorded_at, at=[key]).used(key)
    if digests.inputs_sha(found) != row.inputs_sha:
        raise refuse("inputs-altered")
    return sorted((digests.observation_sha(one), one) for one in found)


def _recorded(row: Observation) -> tuple[Entry, list[str]]:
    """Return the public entry that recorded a row, with the digests of all rows that it recorded."""
    if row.release_id:
        shas = list(Observation.objects.filter(release=row.release_id).values_list("sha", flat=True))
        entry = ledger.timeline("release", str(row.release_id), public_only=True).first()
        if entry is not None and "observations_root" in entry.detail and row.sha in shas:
            return entry, shas
    held = Entry.objects.filter(
        verb="indicators.observations_recorded",
        visibility="public",
        subjects__kind="series",
        subjects__key=row.series_id,
        at__gte=row.recorded_at - _SLACK,
    )
    for entry in held.order_by("seq")[:MOST_TRIED]:
        lines = evidence.read(entry.detail["rows_sha256"]).removesuffix(b"\n").split(b"\n")
        shas = [hashlib.sha256(line).hexdigest() for line in lines]
        if row.sha in shas:
            return entry, shas
    raise refuse("not-recorded")


def _defined(formula: Formula | None) -> dict[int, Entry]:
    """Return the entry that defined a formula, by its number."""
    if formula is None:
        return {}
    held = Entry.objects.filter(
        verb="indicators.formula_defined",
        visibility="public",
        subjects__kind="series",
        subjects__key=formula.series_id,
    ).prefetch_related("subjects")
    return {one.seq: one for one in held if one.detail["formula_sha256"] == formula.sha}
