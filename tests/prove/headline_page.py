"""The dated page that says how often the intervals of rounds, surveys and small cells hold the truth."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path

HEAD = """# Coverage of rounds, surveys and small cells over re-draws / 例行监测、满意度与小域的区间覆盖率

Made by `make prove` on {on}. Synthetic cities and firms with known truth, drawn again and again by the
designs of the releases. Nominal 95 %; the bar for a whole figure is {low} to {high} %. *agri round* and
*survey score*: the capital for certain, other cities in proportion to size (conditional Poisson), lots or
people within them; *whole* is the headline, *category*, *medical* and *capital* are parts. *small cells*:
every division in every region with fewer answers than the firm limit; the interval is that of a model and
is meant on the average over cells, not for each one, so the draws are shared among many countries. *±* is
the Monte-Carlo error of the coverage over draws, or over countries where they share the draws. Bias, spread,
error and width are in percentage points, or points of the score. The headline pass rate by output stands in
[interval-coverage.md](interval-coverage.md), joint lists in [design-coverage.md](design-coverage.md).
Methods: docs/methods/samples.md.

| figure | scale | part | draws | intervals | coverage % | ± | bias | spread | error | width |
|---|---|---|---|---|---|---|---|---|---|---|
"""


def write(path: Path, rows: Sequence[dict], *, on: date, **facts: object) -> None:
    """Write the page and, beside it, the same rows as JSON."""
    lines = [
        "| {figure} | {scale} | {part} | {draws} | {intervals} | {coverage:.2f} | {monte_carlo:.2f} "
        "| {bias:+.3f} | {spread:.3f} | {error:.3f} | {width:.2f} |".format(**row)
        for row in rows
    ]
    path.write_text(HEAD.format(on=on.isoformat(), **facts) + "\n".join(lines) + "\n", encoding="utf-8")
    record = {"made_on": on.isoformat(), **facts, "rows": list(rows)}
    path.with_suffix(".json").write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", "utf-8")
