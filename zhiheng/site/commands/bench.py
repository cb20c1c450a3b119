"""Runs the workloads of bench/, each in its own process, beside its peer."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path

import zhiheng
from zhiheng.errors import BadInput, CheckFailed, Missing
from zhiheng.site.cli import print_json, say

FOLDER = Path(zhiheng.__file__).resolve().parents[1] / "bench"
RUNNER = (
    "import importlib, json, sys; m = importlib.import_module('bench.' + sys.argv[1]); "
    "print(json.dumps({'name': m.NAME, 'goal': m.GOAL, **m.run(quick=sys.argv[2] == 'quick')}))"
)


def names() -> list[str]:
    """The workloads there are, by file name."""
    if not FOLDER.is_dir():
        raise Missing("The bench folder is not part of an installed wheel.", "Run this from a checkout.")
    return sorted(path.stem for path in FOLDER.glob("*.py") if path.stem != "__init__")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of ``zhiheng bench``."""
    parser.add_argument("name", nargs="?", help="one workload; all of them without a name")
    parser.add_argument("--quick", action="store_true", help="a tenth of the size, to see that it runs")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """Run one workload or all and print what was measured."""
    known = names()
    if args.name and args.name not in known:
        raise BadInput(f"There is no workload {args.name!r}.", "Choose one of: " + ", ".join(known) + ".")
    results = {}
    for name in [args.name] if args.name else known:
        say(f"bench: {name} ...")
        results[name] = measure(name, quick=args.quick)
        if not args.json:
            show(name, results[name])
    if args.json:
        print_json({"workloads": results})
    return 0


def measure(name: str, *, quick: bool) -> dict:
    """Run one workload in a process of its own, so that its peak memory is its own."""
    done = subprocess.run(
        [sys.executable, "-c", RUNNER, name, "quick" if quick else "full"],
        cwd=FOLDER.parent,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise CheckFailed(
            f"The workload {name} ended with code {done.returncode}.", "Its own message is above."
        )
    return json.loads(done.stdout.splitlines()[-1])


def show(name: str, result: dict) -> None:
    """Print one workload for a person: the goal, then each measured value."""
    print(f"\n{name}: {result.pop('name')}\n  goal: {result.pop('goal')}")
    for key, value in result.items():
        print(f"  {key}: {_text(value)}")


def _text(value: object) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{key} {_text(inner)}" for key, inner in value.items())
    if isinstance(value, list):
        return " | ".join(_text(inner) for inner in value)
    return f"{value:.4g}" if isinstance(value, float) else str(value)
