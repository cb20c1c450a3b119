"""Checks a figure, number, draw, notice or proof offline: ``zhiheng verify FILE``; loads no Django."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from zhiheng.errors import BadInput
from zhiheng.site.cli import print_json, say
from zhiheng.verification import bundles, sealed
from zhiheng.verification.report import Report


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the bundles and the form of the answer."""
    parser.add_argument(
        "bundle",
        type=Path,
        nargs="+",
        help="files as downloaded: figure, number, draw, notice, proof; or a folder of them",
    )
    parser.add_argument("--vkey", help="key of the log as you know it, name+hash+key: no other may seal")
    parser.add_argument("--json", action="store_true", help="print the report as one JSON object")


def run(args: argparse.Namespace) -> int:
    """Check each bundle and return 0 when every step of every one holds, 1 when one does not."""
    paths = files(args.bundle)
    given = {path.name: path for path in paths}
    reports = [_checked(path, given, args.vkey) for path in paths]
    if len(reports) == 1:
        return show(reports[0], as_json=args.json)
    if args.json:
        told = {path.name: report.to_dict() for path, report in zip(paths, reports, strict=True)}
        print_json({"ok": all(report.ok for report in reports), "files": told})
        return 0 if all(report.ok for report in reports) else 1
    codes = []
    for path, report in zip(paths, reports, strict=True):
        print(f"{path.name}")
        codes.append(show(report, as_json=False))
    return max(codes)


def files(named: Sequence[Path]) -> list[Path]:
    """Return the files that were named, and those of a folder in the order of their names."""
    found = [one for path in named for one in (sorted(path.glob("*.json")) if path.is_dir() else [path])]
    if not found:
        raise BadInput("There is no bundle in this folder.", "Name a folder with the files you downloaded.")
    return found


def report_of(bundle: dict[str, Any], path: Path, given: Mapping[str, Path] | None = None) -> Report:
    """Run the check that fits the kind of bundle; only that one is imported.

    Own bundles of the inputs of a number are looked for beside it, and among those that were given by name.
    """
    return bundles.check(bundle, beside=path.parent, given=given)


def _checked(path: Path, given: Mapping[str, Path], vkey: str | None) -> Report:
    bundle = bundles.load(path)
    report = report_of(bundle, path, given)
    return report if vkey is None else sealed.pinned(report, bundle, vkey)


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
