"""Runs what the schedule holds due; meant for cron or a systemd timer, once a minute."""

from __future__ import annotations

import argparse

from zhiheng.site import setup
from zhiheng.site.cli import print_json, say
from zhiheng.site.commands import migrate


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of ``zhiheng tick``."""
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """Run the due jobs; exit 1 when one failed (it is tried again at the next tick)."""
    setup.start()
    migrate.require_up_to_date()
    from zhiheng.site import schedule

    outcome = schedule.tick()
    if args.json:
        print_json({"jobs": outcome})
    else:
        for job, result in outcome.items():
            say(f"tick: {job}: {result}")
    return 1 if any(result.startswith("failed") for result in outcome.values()) else 0
