"""``zhiheng due RULE --from DATE``: works out a time limit and prints its proof; needs no site."""

from __future__ import annotations

import argparse
import unicodedata
from datetime import date, datetime

from zhiheng.errors import BadInput
from zhiheng.procedure.due import Due, due
from zhiheng.procedure.pauses import parse
from zhiheng.reference import limits, regions
from zhiheng.site.cli import print_json

LABELS = {
    "zh": ("期限", "届满日", "状态", "含义", "依据", "可信度", "推算步骤"),
    "en": ("limit", "due on", "status", "meaning", "source", "confidence", "steps"),
}
STATUS_ZH = {"final": "确定", "provisional": "暂定（放假通知未齐）", "unverified": "条文未核对，仅作提醒"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("rule", nargs="?", metavar="RULE", help="name of a limit, such as spotcheck.rectify")
    parser.add_argument("--from", dest="start", metavar="DATE", help="day (or moment) of the event")
    parser.add_argument("--jurisdiction", default=regions.NATION, metavar="CODE", help="six-digit region")
    parser.add_argument("--pause", action="append", default=[], metavar="A..B", help="days that do not count")
    parser.add_argument("--lang", choices=("zh", "en"), default="zh", help="language of the reasons")
    parser.add_argument("--list", action="store_true", help="list the rule names and stop")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """Print the answer; bad input raises and becomes exit code 2."""
    if args.list:
        return _list(args)
    if args.rule is None or args.start is None:
        raise BadInput("A rule and the day of its event are needed.", "Write: RULE --from 2025-09-15.")
    found = due(
        args.rule,
        _moment(args.start),
        jurisdiction=args.jurisdiction,
        pauses=[parse(text) for text in args.pause],
    )
    if args.json:
        print_json(found.as_json(args.lang))
    else:
        print("\n".join(_table(found, args.lang)))
    return 0


def _list(args: argparse.Namespace) -> int:
    every = limits.all()
    if args.json:
        print_json({"rules": [{"rule": x.rule, "jurisdiction": x.jurisdiction, "zh": x.zh} for x in every]})
        return 0
    for limit in every:
        place = "" if limit.jurisdiction == regions.NATION else f" [{limit.jurisdiction}]"
        print(f"{limit.rule:<32} {limit.amount:>3} {limit.unit:<13} {limit.confidence:<10} {limit.zh}{place}")
    return 0


def _moment(text: str) -> date | datetime:
    try:
        return date.fromisoformat(text)
    except ValueError:
        pass
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise BadInput(
            f"The date {text!r} is not a day or a moment.",
            "Write 2025-09-15, or 2025-09-15T08:30 for a limit in hours.",
        ) from None


def _table(found: Due, language: str) -> list[str]:
    name, day, status, reading, source, confidence, steps = LABELS[language]
    limit = found.limit
    is_zh = language == "zh"
    instrument = limit.instrument_zh if is_zh else limit.instrument
    pairs = [
        (name, f"{limit.rule}  {limit.zh if is_zh else limit.en}"),
        (day, (found.due_at or found.due_on).isoformat()),
        (status, STATUS_ZH[found.status] if is_zh else found.status),
        (reading, found.reading(language)),
        (source, f"{instrument} {limit.article}".strip()),
        (confidence, limit.confidence),
    ]
    width = max(_width(label) for label, _ in pairs)
    lines = [f"{label}{' ' * (width - _width(label))}  {text}" for label, text in pairs]
    lines.append(f"{steps}:")
    for number, step in enumerate(found.steps, start=1):
        lines.append(f"  {number}. {step.start.isoformat()} -> {step.end.isoformat()}")
        lines.append(f"     {step.because(language)}")
    return lines


def _width(text: str) -> int:
    """Return how many columns a terminal gives to the text; Han characters take two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
