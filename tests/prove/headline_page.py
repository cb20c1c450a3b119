"""The dated page that says how often the interval of each estimated headline figure holds the truth."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path

HEAD = """# Coverage of every estimated headline figure over re-draws / 各项估计值的区间覆盖率

Made by `make prove` on {on}. Synthetic cities and firms with known truth, drawn again and again by the
designs of the releases, estimated as the releases are. Nominal 95 %; the bar is {low} to {high} %.

- *pass rate by output*: mfg_product_pass_rate of a year and of its quarters, country of the demonstration.
  More countries, designs and divisions: [interval-coverage.md](interval-coverage.md).
- *competitiveness index*: the index of the office with even weights and the goalposts of the demonstration,
  its value ± 1.96 of the error that its pass rate carries into it; the other statistics have no such error.
- *agri round*, *survey score*: the capital for certain, other cities in proportion to size (conditional
  Poisson), lots or people within them; *whole* is the headline, *category*, *medical*, *capital* are parts.
- *food*, *consumer goods*: one quarter's campaign over the lists of factories, shops and platforms, by the
  quotas of the demonstration (70, 40 and 44 visits), three times these in *province, 3 x*, six times for the
  nation; *over lists* is the rate of all of them, *factory*, *shop* and *platform* are series of their own
  from one list alone. A sample that expects fewer than {few:.0f} failures (7 or 8 over the lists, 2 or 3
  in one of them, of 37 to 66 answers) is held to {few_low} % only: the smoothed variance draws the few units
  of classes C and D to the rate of all, and is up to an eighth too small where all classes are drawn alike.
  Three times the quotas are enough for every figure. Fewer than {firm} answers are shown as thin.
- *small cells*: every division in every region with fewer than {firm} answers; the interval is that of a
  model and is meant on the average over cells, not for each one, so many countries share the draws.

Food supervision and site checks of building works are counts of what nobody drew by chance: they have no
interval. *±* is the Monte-Carlo error of the coverage over draws, of small cells over countries. Bias,
spread, error and width are in percentage points, or points of score or index. Other draws and estimators:
[design-coverage.md](design-coverage.md). Methods: docs/methods/samples.md, multiple-frames.md, index.md.

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
