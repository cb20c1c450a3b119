"""``zhiheng log verify DIR`` rereads a whole log and needs no site; other deeds look after the own one."""

from __future__ import annotations

import argparse
from pathlib import Path

from zhiheng.site.cli import print_json, say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what can be done with a log."""
    deeds = parser.add_subparsers(dest="deed", required=True, metavar="DEED")
    verify = deeds.add_parser("verify", help="reread every file of a log and check its root and signature")
    verify.add_argument("folder", type=Path, metavar="DIR", help="the folder that holds the file checkpoint")
    verify.add_argument("--vkey", default="", metavar="LINE", help="the key as it was published")
    _with_json(verify)


def _with_json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """Do what was asked; 1 when something does not hold."""
    if args.deed == "verify":
        return _verify(args)
    raise AssertionError(args.deed)


def _verify(args: argparse.Namespace) -> int:
    from zhiheng.proof import note
    from zhiheng.verification import log

    if args.vkey:
        note.key(args.vkey.strip())
    checked = log.check(args.folder, vkey=args.vkey)
    report = checked.report
    if args.json:
        print_json({**report.to_dict(), "size": checked.size, "root": checked.root, "file": checked.file})
    else:
        for step in report.steps:
            print(f"{'holds' if step.ok else 'REFUSED':<7}  {step.name}: {step.detail}")
        if report.ok:
            print(f"verified: log {report.subject}, {checked.size} entries, root {checked.root}")
    if not report.ok:
        say(f"refused: {report.refusal}")
    return 0 if report.ok else 1
