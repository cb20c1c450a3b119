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
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NoReturn

from zhiheng import __version__
from zhiheng.errors import BadInput, ZhihengError
from zhiheng.reference import refusals

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
    "compute": (
        "zhiheng.site.commands.compute",
        "a formula over the published tables of its series, by any engine",
    ),
    "methods": (
        "zhiheng.site.commands.methods",
        "run reference cases of other programs against our methods: methods validate FILE",
    ),
    "proof": (
        "zhiheng.site.commands.proof",
        "run published cases of trees, notes, keys and draws: proof validate FILE",
    ),
    "log": (
        "zhiheng.site.commands.log",
        "check a log offline: log verify DIR; look after the own one",
    ),
    "draw": ("zhiheng.site.commands.draw", "check a draw bundle offline: draw verify BUNDLE"),
    "verify": ("zhiheng.site.commands.verify", "check a published figure or a draw offline"),
    "bench": ("zhiheng.site.commands.bench", "run a workload beside its peer"),
}


def build_parser() -> argparse.ArgumentParser:
    """Return the top parser; sub-commands are listed, their modules not imported."""
    parser = Parser(
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
    given = list(sys.argv[1:] if argv is None else argv)
    try:
        top = build_parser().parse_args(given)
    except ZhihengError as error:
        refuse("zhiheng", error, given)
        return error.exit_code
    module_name, text = COMMANDS[top.command]
    module = importlib.import_module(module_name)
    parser = Parser(prog=f"zhiheng {top.command}", description=text)
    module.add_arguments(parser)
    try:
        return int(module.run(parser.parse_args(top.arguments)) or 0)
    except ZhihengError as error:
        refuse(top.command, error, top.arguments)
        return error.exit_code
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        say(f"{top.command}: stopped")
        return 2


class Parser(argparse.ArgumentParser):
    """A parser whose refusals are like all others: one clear line, and one JSON object with --json."""

    def error(self, message: str) -> NoReturn:
        """Refuse wrong use."""
        raise BadInput(f"Wrong use: {message}.", f"See {self.prog} --help.", code="wrong-use")


def refuse(command: str, error: ZhihengError, arguments: Sequence[str]) -> None:
    """Say a refusal in the language of the person; with --json it is one object on standard output too."""
    told = refusals.told(error, chinese=_language_of(arguments) == "zh")
    say(f"{command}: {joined(told.cause, told.remedy)}")
    if "--json" in arguments:
        print_json({"state": "refused", "cause": told.cause, "remedy": told.remedy, "code": error.code})


def language() -> str:
    """Return the language of messages: English where the terminal asks for it, else Chinese."""
    names = (os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return "en" if next(filter(None, names), "").startswith("en") else "zh"


def _language_of(arguments: Sequence[str]) -> str:
    """Return the language that --lang asks for, else that of the terminal."""
    for place, argument in enumerate(arguments):
        asked = (
            argument.removeprefix("--lang=") if "=" in argument else "".join(arguments[place + 1 : place + 2])
        )
        if argument.partition("=")[0] == "--lang" and asked in ("zh", "en"):
            return asked
    return language()


def joined(*sentences: str) -> str:
    """Return sentences on one line; only a Chinese full stop needs no space behind it.

    >>> joined("没有这一天。", "请核对。"), joined("No day.", "Look again.")
    ('没有这一天。请核对。', 'No day. Look again.')
    """
    line = ""
    for sentence in filter(None, sentences):
        line += sentence if not line or line[-1] in "。；！？" else f" {sentence}"
    return line


def tally(statuses: Iterable[str]) -> dict[str, int]:
    """Return how many cases of a validation came out each way, as ``--json`` begins."""
    counts = Counter(statuses)
    return {name: counts[name] for name in ("passed", "failed", "unsupported")}


def say(line: str) -> None:
    """Write one line for a person to standard error."""
    print(line, file=sys.stderr)


def print_json(value: object) -> None:
    """Write exactly one JSON object to standard output."""
    json.dump(value, sys.stdout, ensure_ascii=False, indent=None)
    sys.stdout.write("\n")


if __name__ == "__main__":
    sys.exit(main())
