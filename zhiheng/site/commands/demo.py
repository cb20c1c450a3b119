"""Builds the reference country, runs the loop into VAR, and serves it: ``zhiheng demo``."""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path

from zhiheng.site import setup
from zhiheng.site.cli import print_json, say
from zhiheng.site.demo import place
from zhiheng.site.demo.scale import SCALES, SEED


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare scale, seed, and whether to serve."""
    parser.add_argument("--scale", choices=sorted(SCALES), default="small", help="small, province or nation")
    parser.add_argument("--seed", type=int, default=SEED, help="the country that is made")
    parser.add_argument("--no-serve", action="store_true", help="build only")
    parser.add_argument("--json", action="store_true", help="print the summary as one JSON object")


def run(args: argparse.Namespace) -> int:
    """Build, check, print the summary, and serve unless told not to."""
    started = time.monotonic()

    def progress(line: str) -> None:
        say(f"demo {time.monotonic() - started:6.1f} s  {line}")

    var = Path(os.environ.get("ZHIHENG_VAR", "var")).resolve()
    place.clear(var)
    place.mark(var, {"scale": args.scale, "seed": args.seed, "accounts": []})
    setup.start(demo=True, var=var)
    summary = build(args.scale, args.seed, var, progress)
    if args.json:
        print_json(summary)
    from zhiheng.site.demo.summary import sentence

    progress(sentence(summary["figures"]))
    if args.no_serve:
        return 0
    say(f"demo: start page {summary['urls']['start']}  accounts {summary['urls']['accounts']}")
    from zhiheng.site.commands import serve

    serve.serve()
    return 0


def build(scale: str, seed: int, var: Path, progress) -> dict:
    """Make the database, live through the quarters, check every bundle; return the summary."""
    from zhiheng.site.commands import migrate
    from zhiheng.site.demo import loop, summary, today
    from zhiheng.site.demo.fast import unsynced

    migrate.apply()
    progress("database made")
    with unsynced():
        story = loop.run(SCALES[scale], seed, progress)
        today.leave_work(story)
    place.mark(var, {"scale": scale, "seed": seed, "accounts": story.cast.accounts})
    sealed = summary.seal(var)
    progress(f"log of {sealed['size']} entries verified, root {sealed['root']}")
    progress(f"public monitor: {summary.monitored()} places to ask about")
    checked = summary.check_bundles(var / "bundles")
    progress(f"{checked} bundles verified")
    return summary.compose(story, var, checked=checked, sealed=sealed)
