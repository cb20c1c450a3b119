"""The one command line: finds the command's module, runs it, turns an error into an exit code.

Only the named command's module is imported, so that ``zhiheng --help`` and the commands of the
pure floors never load Django.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import sys
from collections.abc import Sequence

from zhiheng import __version__
from zhiheng.errors import ZhihengError

# name -> (module, what it does); the order is the order of the help page.
COMMANDS: dict[str, tuple[str, str]] = {
    "demo": ("zhiheng.site.commands.demo", "build the reference country and run one turn of the loop"),
    "init": ("zhiheng.site.commands.init", "start a real office from its own lists, without demo data"),
    "serve": ("zhiheng.site.commands.serve", "serve the site on 127.0.0.1:8000"),
    "worker": ("zhiheng.site.commands.worker", "run queued jobs"),
    "tick": ("zhiheng.site.commands.tick", "run what the schedule holds due"),
    "migrate": ("zhiheng.site.commands.migrate", "bring the database schema up to date"),
    "doctor": ("zhiheng.site.commands.doctor", "name what this machine lacks and what is lost by it"),
    "coverage": ("zhiheng.site.commands.coverage", "list the 151 systems and what shows each"),
    "due": ("zhiheng.site.commands.due", "work out a time limit, with its proof"),
    "estimate": (
        "zhiheng.site.commands.estimate",
        "a rate with its interval from a plain CSV, by its design",
    ),
    "methods": (
        "zhiheng.site.commands.methods",
        "run reference cases of other programs against our methods: methods validate FILE",
    ),
    "draw": ("zhiheng.site.commands.draw", "check a draw bundle offline: draw verify BUNDLE"),
    "verify": ("zhiheng.site.commands.verify", "check a published figure or a draw offline"),
    "bench": ("zhiheng.site.commands.bench", "run a workload beside its peer"),
}


def build_parser() -> argparse.ArgumentParser:
    """Return the top parser; sub-commands are listed, their modules not imported."""
    parser = argparse.ArgumentParser(
        prog="zhiheng",
        description="质衡 Zhiheng: runs a quality-governance programme from plan to proof.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="commands:\n" + "\n".join(f"  {name:<10} {text}" for name, (_, text) in COMMANDS.items()),
    )
    parser.add_argument("--version", action="version", version=f"zhiheng {__version__}")
    parser.add_argument("command", choices=COMMANDS, metavar="COMMAND", help="one of the commands below")
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help="see zhiheng COMMAND --help")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 1 a check failed, 2 wrong use or bad input."""
    top = build_parser().parse_args(argv)
    module_name, text = COMMANDS[top.command]
    module = importlib.import_module(module_name)
    parser = argparse.ArgumentParser(prog=f"zhiheng {top.command}", description=text)
    module.add_arguments(parser)
    args = parser.parse_args(top.arguments)
    try:
        return int(module.run(args) or 0)
    except ZhihengError as error:
        say(f"{top.command}: {error}")
        return error.exit_code
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        say(f"{top.command}: stopped")
        return 2


def say(line: str) -> None:
    """Write one line for a person to standard error."""
    print(line, file=sys.stderr)


def print_json(value: object) -> None:
    """Write exactly one JSON object to standard output."""
    json.dump(value, sys.stdout, ensure_ascii=False, indent=None)
    sys.stdout.write("\n")


if __name__ == "__main__":
    sys.exit(main())
