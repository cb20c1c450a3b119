"""The dated page that says how often the published intervals hold the truth."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path

HEAD = """# Coverage of the intervals over re-draws / 区间覆盖率

Made by `make prove` on {on}. Synthetic countries with known truth, {draws} independent draws a group,
simple random within risk classes A to D by the design named below; firms answer with the chance of
their class, whatever their verdict: where refusing goes with failing inside a class, no weighting mends
it. Nominal 95 %; the bar for a group is {low} to {high} %. A group of several countries shares its
draws among them and shows the lowest and the highest country. Bias, spread, linearised error and width
are in percentage points. A division counts where {minimum} units or more answered.
The method and why it was chosen: docs/methods/pass-rate.md.

{designs}

| group | firms | figure | method | coverage % | countries % | intervals | bias | spread | error | width |
|---|---|---|---|---|---|---|---|---|---|---|
"""


def write(path: Path, rows: Sequence[dict], *, on: date, **facts: object) -> None:
    """Write the page and, beside it, the same rows as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [
        "| {country} | {firms} | {figure} | {method} | {coverage:.2f} | {lowest:.1f}–{highest:.1f} "
        "| {intervals} | {bias:+.3f} | {spread:.3f} | {linearised_error:.3f} | {width:.2f} |".format(**row)
        for row in rows
    ]
    named = {row["country"]: row["design"] for row in rows}
    designs = "\n".join(f"- {country}: {design} a stratum" for country, design in named.items())
    path.write_text(
        HEAD.format(on=on.isoformat(), designs=designs, **facts) + "\n".join(lines) + "\n", encoding="utf-8"
    )
    record = {"made_on": on.isoformat(), **facts, "rows": list(rows)}
    path.with_suffix(".json").write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", "utf-8")
