"""A stranger computes a published figure again from its bundle, and sees that nothing in it was changed.

A figure bundle is::

    {"type": "zhiheng/figure-bundle/1",
     "body": {...},                                        formats.shapes.FigureBundle
     "digest": hex,                                        SHA-256 of the canonical body
     "inclusion": {"index", "size", "path": [hex, ...]},   its place in the Merkle tree of the release
     "ledger": [{"statement": {...}, "hash": hex}, ...],   rising; holds the entries named below
     "log": {"vkey", "receipts"}}                          where entries are sealed: verification.sealed

The leaves of the tree are the 32 bytes of each digest. The entry of the release says ``figures_root``,
``figures_count`` and ``dataset_sha256`` in its detail; one entry a draw says ``certificate_sha256``. Where
the bundles of the draws (``draw-<serial>.json``) lie beside it, the rows must be the drawn units
(``verification.drawn``); where they do not, the step says that this was not checked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from zhiheng.formats.shapes import FigureBundle, fields
from zhiheng.formats.shapes.figure_bundle import SEVERAL
from zhiheng.proof import canonical, merkle
from zhiheng.verification import bundles, drawn, sealed
from zhiheng.verification.report import Report, Steps, demand, ending

TOLERANCE = 1e-9
NUMBERS = ("estimate", "lower", "upper", "standard_error", "raw", "hajek", "coverage", "design_effect")


def digest(body: Mapping[str, Any]) -> str:
    """Return the digest of a body."""
    return canonical.digest(dict(body))


def seal(digests: Sequence[str]) -> tuple[str, list[dict[str, Any]]]:
    """Return the root over all figures of a release, for its ledger entry, and the place of each under it."""
    leaves = [bytes.fromhex(text) for text in digests]
    places = [
        {"index": index, "size": len(leaves), "path": path} for index, path in enumerate(merkle.paths(leaves))
    ]
    return merkle.root(leaves), places


def bundle(
    body: Mapping[str, Any],
    *,
    inclusion: Mapping[str, Any],
    entries: Sequence[Mapping[str, Any]],
    log: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the bundle of a figure from its body, its place in the release and the ledger entries."""
    return bundles.included(bundles.FIGURE_TYPE, body, inclusion=inclusion, entries=entries, log=log)


def decimal_text(value: float | None) -> str | None:
    """Return a number in the form that bodies hold: twelve decimals as text.

    >>> decimal_text(0.93654321)
    '0.936543210000'
    """
    return None if value is None else f"{round(value, 12) + 0.0:.12f}"


def check(bundle: Mapping[str, Any], *, beside: Path | None = None, repeated: Collection[str] = ()) -> Report:
    """Check a figure bundle: binding first, then every number; ``beside`` may hold the draws' bundles.

    ``repeated`` names certificates (by SHA-256) whose draws the caller has checked already in the same run,
    so that a year's figures do not repeat each draw once more; their rows are compared all the same.
    """
    steps = Steps()
    found: list[FigureBundle] = []
    if not steps.take("shape", lambda: _shape(bundle, found)):
        return Report("figure", "", tuple(steps.taken))
    body, entries = found[0], bundle["ledger"]
    steps.take("digest", lambda: _digest(bundle))
    steps.take("ledger", lambda: bundles.check_segment(entries))
    steps.take("release", lambda: _release(bundle, entries))
    steps.take("draws", lambda: _draws(body, entries))
    steps.take("drawn units", lambda: drawn.compare(body, beside, repeated))
    steps.take("rows", lambda: _rows(bundle["body"]))
    counted = steps.take("weights", lambda: _weights(body)) and steps.take("counts", lambda: _counts(body))
    steps.take("size rule", lambda: _size_rule(body))
    if counted:
        steps.take("figure", lambda: _figure(body))
    steps.take("log", lambda: sealed.of_entries(bundle.get("log"), entries))
    return Report("figure", _name(body), tuple(steps.taken), data=body.data, **ending(entries[-1]))


def _name(body: FigureBundle) -> str:
    figure = body.figure
    return "-".join(filter(None, (figure.series, figure.region, figure.period, figure.division)))


def _shape(bundle: Mapping[str, Any], found: list[FigureBundle]) -> str:
    fields.mapping(bundle, "bundle", ("type", "body", "digest", "inclusion", "ledger"), ("log",))
    fields.one_of(bundle["type"], "type", (bundles.FIGURE_TYPE,))
    fields.digest(bundle["digest"], "digest")
    fields.mapping(bundle["inclusion"], "inclusion", ("index", "size", "path"))
    demand(bool(fields.items(bundle["ledger"], "ledger")), "the bundle holds no ledger entry")
    for entry in bundle["ledger"]:
        fields.mapping(entry, "ledger", (), ("statement", "hash", "seq", "previous", "body"))
    found.append(FigureBundle.from_dict(bundle["body"]))
    return f"{_name(found[0])}, {found[0].data} data"


def _digest(bundle: Mapping[str, Any]) -> str:
    computed = digest(bundle["body"])
    demand(computed == bundle["digest"], "the body does not have the stated digest")
    return computed


def _release(bundle: Mapping[str, Any], entries: Sequence[Mapping[str, Any]]) -> str:
    place = bundle["inclusion"]
    leaf = merkle.leaf_hash(bytes.fromhex(bundle["digest"]))
    for entry in entries:
        detail = entry.get("statement", {}).get("detail", {})
        if "figures_root" not in detail or detail.get("figures_count") != place["size"]:
            continue
        if merkle.is_included(leaf, place["index"], place["size"], place["path"], detail["figures_root"]):
            stated = bundle["body"]["dataset_sha256"]
            demand(detail.get("dataset_sha256") == stated, "the release names another data set")
            at = entry["statement"]["at"]
            return f"figure {place['index'] + 1} of {place['size']} in entry {bundles.place(entry)} at {at}"
    demand(False, "no release in the ledger entries holds this figure")
    return ""


def _draws(body: FigureBundle, entries: Sequence[Mapping[str, Any]]) -> str:
    for serial, sha in body.draws:
        named = bundles.find(entries, "certificate_sha256", sha) is not None
        demand(named, f"no ledger entry names the certificate of draw {serial}")
    return f"{len(body.draws)} certificate(s) named in the ledger"


def _rows(body: Mapping[str, Any]) -> str:
    computed = canonical.digest(body["rows"])
    demand(computed == body["rows_sha256"], "the rows do not have the stated digest")
    return f"{len(body['rows'])} rows, {computed}"


def _weights(body: FigureBundle) -> str:
    if body.method["id"] == SEVERAL:
        return _weights_over_lists(body)
    strata = {(row.draw, row.stratum): row for row in body.strata}
    for row in body.rows:
        stratum = strata[row.draw, row.stratum]
        if row.weight is None:
            continue
        top, bottom = row.weight
        right = bottom > 0 and top * stratum.respondents == bottom * stratum.population
        demand(right, f"unit {row.unit} does not have the weight N/r of its stratum")
    return "every answered unit weighs N/r of its stratum, exactly"


def _weights_over_lists(body: FigureBundle) -> str:
    """Compare each weight with 1 / the sum of r/N in the lists that hold the unit."""
    from zhiheng.verification import recomputation

    found = recomputation.chances(body)
    for row in body.rows:
        if row.weight is not None:
            known, _perhaps = found[row.draw, row.unit]
            right = row.weight[1] > 0 and abs(Fraction(*row.weight) * sum(known) - 1) <= TOLERANCE
            demand(right, f"unit {row.unit} does not weigh 1 / the sum of its chances")
    several = len({(row.draw, row.unit) for row in body.overlaps if row.stratum})
    unknown = len({(row.draw, row.unit) for row in body.overlaps if not row.stratum})
    return f"every answered unit weighs 1 / its chances; {several} in several lists, {unknown} not known"


def _counts(body: FigureBundle) -> str:
    """Compare the counts of rows, cells and strata, as far as the figure's domain reaches."""
    figure = body.figure
    whole = body.method["id"] == "post-stratified" or (body.method["id"] == SEVERAL and not figure.division)
    sampled = Counter((row.draw, row.stratum) for row in body.rows)
    answered = Counter((row.draw, row.stratum) for row in body.rows if row.verdict)
    framed: Counter[tuple[str, str]] = Counter()
    in_cell = Counter((row.draw, row.stratum, row.division) for row in body.rows)
    for cell in body.cells:
        framed[cell.draw, cell.stratum] += cell.population
        few = in_cell[cell.draw, cell.stratum, cell.division] <= cell.population
        demand(few, f"division {cell.division} of stratum {cell.stratum} has more rows than units")
    for row in body.strata:
        key = (row.draw, row.stratum)
        found, stated = (
            (sampled[key], answered[key], framed[key]),
            (row.sample, row.respondents, row.population),
        )
        fits = found == stated if whole else all(map(int.__le__, found, stated))
        demand(fits, f"rows and cells do not fit stratum {row.stratum} of draw {row.draw}")
    demand(sum(answered.values()) == figure.n, "n is not the number of answered rows")
    demand(len(body.rows) == figure.n_sampled, "n_sampled is not the number of rows")
    demand(sum(framed.values()) == figure.population, "population is not the number of units in the cells")
    _domain(body)
    return f"{figure.n} answered of {figure.n_sampled} drawn from {figure.population}"


def _domain(body: FigureBundle) -> None:
    """Refuse rows from outside the region or the division that the figure names."""
    figure = body.figure
    inside = all(drawn.is_in_region(row.region, figure.region) for row in body.rows)
    demand(inside, f"rows from outside region {figure.region} stand in the bundle")
    divisions = {row.division for row in body.outputs}
    alone = not figure.division or divisions == {figure.division}
    demand(alone, f"divisions other than {figure.division} stand in the bundle")


def _size_rule(body: FigureBundle) -> str:
    figure, rule = body.figure, body.size_rule
    if figure.n == figure.population:
        state = "census"
    elif figure.n < rule["minimum"]:
        state = "suppressed"
    else:
        state = "thin" if figure.n < rule["firm"] else "published"
    demand(figure.status == state, f"{figure.n} answered units make this figure {state}")
    return f"{state}: {figure.n} answered, shown from {rule['minimum']}, firm from {rule['firm']}"


def _figure(body: FigureBundle) -> str:
    from zhiheng.methods import survey
    from zhiheng.verification import recomputation

    demand(
        body.method["version"] == survey.VERSION, f"this program holds version {survey.VERSION} of the method"
    )
    computed = recomputation.recompute(body)
    for name in NUMBERS:
        stated, number = getattr(body.figure, name), computed[name]
        same = (
            stated is None
            if number is None
            else (stated is not None and abs(float(stated) - number) <= TOLERANCE)
        )
        demand(same, f"{name} is {number} when computed again, not {stated}")
    numbers = [f"{computed[name]:.6f}" for name in ("estimate", "lower", "upper")]
    return "{}, interval {} to {}, as published".format(*numbers)
