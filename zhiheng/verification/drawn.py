"""The rows of a figure must be the drawn units: compared with the bundles of the draws that lie beside it.

Each draw beside is repeated first (``verification.draw``). Then, for that draw:

- the strata of the figure are those of the certificate, N_h and n_h;
- the cells of the figure are counted from the frame file without the excluded units, N_hd;
- the rows are the selected units, all of them and no others, each with stratum, region and division of its
  line in the frame. For a rate of one domain (``hajek``) they are those selected units whose line in the
  frame lies in the domain. Where ids are salted, each drawn unit is opened first. Reserves are not drawn
  units: no certificate and no ledger entry states that one was used, so a row of a reserve is refused.

A unit that could not be sampled has its row as well, so none can be dropped as if it had not answered. Not
shown by this: that visit and verdict of a row are true, that r_h of a stratum is right where the figure holds
only one domain of it, and that the release took every draw that it should have taken.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zhiheng.formats.shapes import FigureBundle
from zhiheng.formats.shapes.figure_bundle import SEVERAL
from zhiheng.proof import canonical
from zhiheng.proof.frame import FrameRow
from zhiheng.verification import bundles, draw, framed
from zhiheng.verification.report import NotChecked, demand

_SERIAL = re.compile(r"[0-9A-Za-z-]{1,64}")


@dataclass(frozen=True)
class _Framed:
    """What a draw beside was about (period and item), and who could be drawn in which stratum."""

    about: tuple[str, str]
    strata: Mapping[str, str]


def compare(body: FigureBundle, beside: Path | None, repeated: Collection[str] = ()) -> str:
    """Compare rows, cells and strata with every draw whose bundle lies beside; say when one does not."""
    compared, framed = 0, dict[str, _Framed]()
    for serial, sha in body.draws:
        path = beside / f"draw-{serial}.json" if beside is not None and _SERIAL.fullmatch(serial) else None
        if path is not None and path.is_file():
            framed[serial] = _with_draw(body, serial, sha, bundles.load(path), beside, repeated)
            compared += 1
    _same_overlaps(body, framed)
    if lacking := len(body.draws) - compared:
        agree = f", the other {compared} agree" if compared else ""
        of_many = f" ({lacking} of {len(body.draws)} draws{agree})" if len(body.draws) > 1 else ""
        raise NotChecked(f"the draw's bundle is not beside this file{of_many}")
    return f"the {len(body.rows)} rows are the drawn units of {compared} draw(s), none left out, none added"


def is_in_region(code: str, region: str) -> bool:
    """Tell whether a region code lies in a region.

    >>> is_in_region("330106", "330000"), is_in_region("440106", "330000"), is_in_region("440106", "000000")
    (True, False, True)
    """
    return code.startswith(region.removesuffix("00").removesuffix("00").removesuffix("00"))


def _with_draw(
    body: FigureBundle,
    serial: str,
    sha: str,
    bundle: Mapping[str, Any],
    beside: Path | None,
    repeated: Collection[str],
) -> _Framed:
    certificate = bundle["certificate"]
    same = canonical.digest(certificate) == sha
    demand(same, f"the certificate of draw {serial} beside the bundle is another")
    if sha not in repeated:
        report = draw.check(bundle, beside=beside)
        demand(report.ok, f"draw {serial} beside the bundle does not hold: {report.refusal}")
    demand(certificate["data"] == body.data, f"the data of draw {serial} are {certificate['data']} data")
    strata = {row["stratum"]: (row["population"], row["sample"]) for row in certificate["strata"]}
    stated = {row.stratum: (row.population, row.sample) for row in body.strata if row.draw == serial}
    demand(stated == strata, f"the strata differ from those of draw {serial}")
    rows = framed.rows(certificate, bundle["frame"], beside)
    behind = framed.units_behind(certificate)
    could_be_drawn = [
        row._replace(id=behind.get(row.id, row.id)) for row in framed.covered(certificate, rows)
    ]
    inside = _domain(body, could_be_drawn)
    _same_cells(body, serial, inside)
    selected = {behind.get(row["unit"], row["unit"]) for row in certificate["selected"]}
    _same_units(body, serial, inside, selected)
    said = certificate["announcement"]
    about = str(said.get("period", "")), str((said.get("scope") or {}).get("item", ""))
    is_looked_up = body.method["id"] == SEVERAL
    return _Framed(about, {row.id: row.stratum for row in could_be_drawn} if is_looked_up else {})


def _same_overlaps(body: FigureBundle, framed: Mapping[str, _Framed]) -> None:
    """Look each row up in the lists of the other draws on the same goods and period that lie beside.

    What they hold must be stated, and what is stated they must hold. What a visit was told is not shown.
    """
    if body.method["id"] != SEVERAL:
        return
    stated = {(row.draw, row.unit, row.other): row for row in body.overlaps}
    for row in body.overlaps:
        if row.other in framed and row.stratum is not None:
            same = framed[row.other].strata.get(row.code or "") == row.stratum
            demand(same, f"the list of {row.other} does not hold {row.code} in stratum {row.stratum}")
    for row in body.rows:
        for other, list_ in framed.items():
            is_beside = other != row.draw and row.draw in framed and list_.about == framed[row.draw].about
            if is_beside and row.unit in list_.strata:
                found = stated.get((row.draw, row.unit, other))
                listed = found is not None and found.source == "listed"
                demand(listed, f"unit {row.unit} stands in the list of {other} as well, which is not stated")


def _domain(body: FigureBundle, rows: Sequence[FrameRow]) -> list[FrameRow]:
    """Return the units of the frame that the figure is about; a rate of the whole is about all of them."""
    if body.method["id"] == "post-stratified":
        return list(rows)
    figure = body.figure
    return [
        row
        for row in rows
        if figure.division in ("", row.division) and is_in_region(row.region, figure.region)
    ]


def _same_cells(body: FigureBundle, serial: str, framed: Sequence[FrameRow]) -> None:
    counted = Counter((row.stratum, row.division) for row in framed)
    stated = {(cell.stratum, cell.division): cell.population for cell in body.cells if cell.draw == serial}
    demand(counted == Counter(stated), f"the cells are not those of the frame of draw {serial}")


def _same_units(body: FigureBundle, serial: str, framed: Sequence[FrameRow], selected: set[str]) -> None:
    drawn = {row.id: (row.stratum, row.region, row.division) for row in framed if row.id in selected}
    listed = {row.unit: (row.stratum, row.region, row.division) for row in body.rows if row.draw == serial}
    for unit in sorted(listed.keys() - drawn.keys()):
        demand(False, f"unit {unit} was not drawn by {serial} for this figure")
    for unit in sorted(drawn.keys() - listed.keys()):
        demand(False, f"unit {unit} was drawn by {serial} and has no row")
    for unit, place in listed.items():
        demand(place == drawn[unit], f"unit {unit} has another stratum, region or division in the frame")
