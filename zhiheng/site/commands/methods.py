"""``zhiheng methods validate FILE...``: reference cases of other programs, run here; needs no site."""

from __future__ import annotations

import argparse
import hashlib
import math
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zhiheng.errors import BadInput
from zhiheng.site.cli import print_json, tally

if TYPE_CHECKING:
    from zhiheng.methods.validation.run import Verdict

FINDINGS_SHOWN = 4


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    deeds = parser.add_subparsers(dest="deed", required=True, metavar="validate")
    validate = deeds.add_parser("validate", help="run reference cases and compare at their tolerance")
    validate.add_argument(
        "files", type=Path, nargs="+", metavar="FILE", help="cases in the format zhiheng-methods-vectors/1"
    )
    validate.add_argument("--topic", action="append", help="only this topic; may be given again")
    validate.add_argument(
        "--report", type=Path, metavar="FILE", help="write a validation report as .html or .pdf to file"
    )
    validate.add_argument("--dated", type=date.fromisoformat, metavar="YYYY-MM-DD", help="date of the report")
    validate.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """Print how each case came out; 1 when one failed."""
    from zhiheng.methods.validation import cases
    from zhiheng.methods.validation.run import by_topic, judge

    found = [case for path in args.files for case in cases.read(path)]
    found = [case for case in found if not args.topic or case.topic in args.topic]
    if not found:
        raise BadInput("There is no case to run.", "Name a file that holds cases of the topic.")
    verdicts = [judge(case) for case in found]
    topics, counts = by_topic(verdicts), tally(verdict.status for verdict in verdicts)
    if args.report:
        _write_report(args.report, verdicts, args.files, args.dated)
    if args.json:
        rows = [_row(verdict) for verdict in verdicts]
        print_json({**counts, "format": cases.FORMAT, "topics": topics, "cases": rows})
    else:
        print("\n".join(_lines(verdicts, topics)))
    return int(counts["failed"] > 0)


def _write_report(path: Path, verdicts: list[Verdict], files: list[Path], dated: date | None) -> None:
    from zhiheng.reports import page, pdf, validation

    makers = {".html": page.render, ".pdf": pdf.render}
    if path.suffix.lower() not in makers:
        raise BadInput(
            f"A report cannot be written as {path.name}.", "Name a file that ends in .html or .pdf."
        )
    if dated is None:
        raise BadInput("The report has no date.", "Give the day of the validation: --dated 2026-03-02.")
    sums = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}
    report = validation.paper(verdicts, sums, dated=dated)
    path.write_bytes(makers[path.suffix.lower()](report))


def _row(verdict: Verdict) -> dict[str, Any]:
    return {
        "id": verdict.case.id,
        "topic": verdict.case.topic,
        "method": verdict.case.method,
        "status": verdict.status,
        "message": verdict.reason,
        "rtol": verdict.case.rtol,
        "worst": _plain(verdict.worst),
        "made_with": dict(verdict.case.made_with),
        "outputs": [
            {
                "output": finding.output,
                "holds": finding.holds,
                "error": _plain(finding.error),
                **({} if finding.holds else {"expected": _plain(finding.expected)}),
                **({} if finding.holds else {"found": _plain(finding.found)}),
            }
            for finding in verdict.findings
        ],
    }


def _plain(value: Any) -> Any:
    """Return a value that JSON can hold."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if value is None or isinstance(value, str | int | list | dict) else str(value)


def _lines(verdicts: list[Verdict], topics: dict[str, dict[str, int]]) -> list[str]:
    lines = []
    for verdict in verdicts:
        worst = "" if verdict.worst is None else f"  worst {verdict.worst:.2g} at rtol {verdict.case.rtol:g}"
        reason = f"  {verdict.reason}" if verdict.reason else ""
        lines.append(f"{verdict.status:<11} {verdict.case.id}  {verdict.case.method}{worst}{reason}")
        off = [finding for finding in verdict.findings if not finding.holds and not finding.is_absent]
        lines += [
            f"            {finding.output}: expected {finding.expected!r}, found {finding.found!r}"
            for finding in off[:FINDINGS_SHOWN]
        ]
    lines.append("")
    lines += [
        f"{topic}: " + ", ".join(f"{status} {count}" for status, count in counts.items())
        for topic, counts in topics.items()
    ]
    return lines
