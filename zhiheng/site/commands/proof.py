"""``zhiheng proof validate FILE...``: published cases of the formats of proofs, run here; needs no site."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from zhiheng.errors import BadInput
from zhiheng.site.cli import print_json, tally

if TYPE_CHECKING:
    from zhiheng.proof.vectors import Verdict

FAILURES_SHOWN = 4


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    deeds = parser.add_subparsers(dest="deed", required=True, metavar="validate")
    validate = deeds.add_parser("validate", help="run published cases of trees, notes, keys and draws")
    validate.add_argument("files", type=Path, nargs="+", metavar="FILE", help="JSON as it was published")
    validate.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """Print how each family came out; 1 when a case failed."""
    from zhiheng.proof import vectors

    found = [case for path in args.files for case in vectors.read(path)]
    if not found:
        raise BadInput("There is no case to run.", "Name a file of published cases.")
    verdicts = [vectors.judge(case) for case in found]
    families, counts = vectors.by_family(verdicts), tally(one.status for one in verdicts)
    if args.json:
        rows = [
            {
                "id": f"{one.case.family}/{one.case.name}",
                "family": one.case.family,
                "status": one.status,
                "message": one.reason,
            }
            for one in verdicts
        ]
        print_json({**counts, "families": families, "cases": rows})
    else:
        print("\n".join(_lines(verdicts, families)))
    return int(counts["failed"] > 0)


def _lines(verdicts: list[Verdict], families: dict[str, dict[str, int]]) -> list[str]:
    lines = []
    for family, counts in families.items():
        said = ", ".join(f"{count} {status}" for status, count in counts.items() if count)
        lines.append(f"{family}: {said}")
        wrong = [one for one in verdicts if one.case.family == family and one.status != "passed"]
        lines += [f"  {one.status} {one.case.name}: {one.reason}" for one in wrong[:FAILURES_SHOWN]]
        if len(wrong) > FAILURES_SHOWN:
            lines.append(f"  and {len(wrong) - FAILURES_SHOWN} more; --json lists them all")
    return lines
