"""``zhiheng coverage``: lists the 151 systems, how far each stands and what shows it."""

from __future__ import annotations

import argparse
from collections import Counter

from zhiheng.reference import systems
from zhiheng.site.cli import print_json

NAMES = {"works": "可用", "method": "仅方法", "data": "仅数据", "absent": "未建"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("--state", choices=systems.STATES, help="only the systems in this state")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """Print every system with its state, page, command and test."""
    rows = [
        {
            "id": covered.id,
            "zh": systems.get(covered.id).zh,
            "en": systems.get(covered.id).en,
            "kind": systems.get(covered.id).kind,
            "state": covered.state,
            "page": covered.page,
            "command": covered.command,
            "test": covered.test,
        }
        for covered in systems.coverage()
        if args.state in (None, covered.state)
    ]
    if args.json:
        print_json({"systems": rows})
        return 0
    for row in rows:
        shown = "  ".join(filter(None, (row["page"], row["command"], row["test"])))
        name = NAMES[row["state"]]
        print(f"{row['id']:<4} {row['kind']}  {name}\t{row['zh']} · {row['en']}  {shown}".rstrip())
    counts = Counter(covered.state for covered in systems.coverage())
    total = sum(counts.values())
    print(f"{total}: " + ", ".join(f"{state} {counts[state]}" for state in systems.STATES))
    return 0
