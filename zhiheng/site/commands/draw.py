"""Checks a draw bundle, or opens a draw from the shares of its custodians; loads no Django."""

from __future__ import annotations

import argparse
from pathlib import Path

from zhiheng.errors import BadInput
from zhiheng.site.cli import print_json
from zhiheng.site.commands import verify
from zhiheng.verification import bundles


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what can be done with a draw here."""
    parser.add_argument("action", choices=["verify", "recover"], help="check a bundle, or open from shares")
    parser.add_argument("bundle", type=Path, help="a draw-*.json; to recover: the announcement")
    parser.add_argument("shares", nargs="*", help="to recover: two shares as they stand on their sheets")
    parser.add_argument("--json", action="store_true", help="print the answer as one JSON object")


def run(args: argparse.Namespace) -> int:
    """Check the bundle and refuse one of another kind, or put shares together."""
    if args.action == "recover":
        return _recover(args)
    if args.shares:
        raise BadInput("Shares are not needed to check a draw.", "Use: zhiheng draw verify FILE")
    bundle = bundles.load(args.bundle)
    if bundle["type"] != bundles.DRAW_TYPE:
        raise BadInput(f"{args.bundle.name} is no draw.", f"Use: zhiheng verify {args.bundle.name}")
    return verify.show(verify.report_of(bundle, args.bundle), as_json=args.json)


def _recover(args: argparse.Namespace) -> int:
    """Print the secret that two shares give, each checked against the announcement, and the secret too."""
    from zhiheng.proof import shares

    said = bundles.read_json(args.bundle)
    if not isinstance(said, dict) or "commitment" not in said:
        raise BadInput(
            f"{args.bundle.name} is no announcement.",
            "Save the announcement from the public page of the draw as a file.",
        )
    secret = shares.recover([shares.read(written) for written in args.shares], said)
    if args.json:
        print_json({"draw": said["draw_id"], "secret": secret.hex()})
    else:
        print(secret.hex())
    return 0
