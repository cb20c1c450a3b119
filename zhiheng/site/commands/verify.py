"""Checks a figure, draw, notice, receipt or proof offline: ``zhiheng verify FILE``; loads no Django."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from zhiheng.site.cli import print_json, say
from zhiheng.verification import bundles, sealed
from zhiheng.verification.report import Report


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the bundle and the form of the answer."""
    parser.add_argument("bundle", type=Path, help="a file as it was downloaded: figure, draw, notice, proof")
    parser.add_argument("--vkey", help="key of the log as you know it, name+hash+key: no other may seal")
    parser.add_argument("--json", action="store_true", help="print the report as one JSON object")


def run(args: argparse.Namespace) -> int:
    """Check the bundle and return 0 when every step holds, 1 when one does not."""
    bundle = bundles.load(args.bundle)
    report = report_of(bundle, args.bundle)
    if args.vkey is not None:
        report = sealed.pinned(report, bundle, args.vkey)
    return show(report, as_json=args.json)


def report_of(bundle: dict[str, Any], path: Path) -> Report:
    """Run the check that fits the kind of bundle; only that one is imported."""
    return bundles.check(bundle, beside=path.parent)


def show(report: Report, *, as_json: bool) -> int:
    """Print the report and return the exit code."""
    if as_json:
        print_json(report.to_dict())
    else:
        for step in report.steps:
            word = "REFUSED" if not step.ok else "holds" if step.is_checked else "open"
            print(f"{word:<7}  {step.name}: {step.detail}")
        if report.ok:
            print(f"verified: {report.kind} {report.subject}; compare with the public ledger: {report.head}")
    if not report.ok:
        say(f"refused: {report.refusal}")
    return 0 if report.ok else 1
