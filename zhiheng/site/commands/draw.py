"""Checks a draw bundle offline: ``zhiheng draw verify BUNDLE``; loads no Django."""

from __future__ import annotations

import argparse

from zhiheng.errors import BadInput
from zhiheng.site.commands import verify
from zhiheng.verification import bundles


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the one thing that can be done with a draw here."""
    parser.add_argument("action", choices=["verify"], help="check a draw bundle")
    verify.add_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Check the bundle; refuse one of another kind."""
    bundle = bundles.load(args.bundle)
    if bundle["type"] != bundles.DRAW_TYPE:
        raise BadInput(f"{args.bundle.name} is no draw.", f"Use: zhiheng verify {args.bundle.name}")
    return verify.show(verify.report_of(bundle, args.bundle), as_json=args.json)
