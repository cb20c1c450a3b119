"""``zhiheng log verify DIR`` rereads a whole log and needs no site; other deeds look after the own one."""

from __future__ import annotations

import argparse
import time
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zhiheng.site.cli import language, print_json, say

if TYPE_CHECKING:
    from zhiheng.verification.log import Checked
    from zhiheng.verification.report import Report


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what can be done with a log."""
    deeds = parser.add_subparsers(dest="deed", required=True, metavar="DEED")
    verify = deeds.add_parser("verify", help="reread every file of all logs in a folder: roots, signatures")
    verify.add_argument("folder", type=Path, metavar="DIR", help="the folder that holds the file checkpoint")
    verify.add_argument("--vkey", default="", metavar="LINE", help="the key as it was published")
    _with_json(verify)
    watch = deeds.add_parser("monitor", help="look for what is overdue, missing or odd in a copy of the log")
    watch.add_argument("folder", type=Path, metavar="DIR", help="the folder that holds the file checkpoint")
    watch.add_argument("--vkey", default="", metavar="LINE", help="the key as it was published")
    watch.add_argument("--since", type=Path, nargs="+", default=[], metavar="FILE", help="kept checkpoints")
    watch.add_argument("--receipt", type=Path, nargs="+", default=[], metavar="FILE", help="kept receipts")
    watch.add_argument("--files", type=Path, metavar="DIR", help="a folder of downloaded bundles")
    watch.add_argument("--on", type=date.fromisoformat, metavar="DATE", help="the day to judge by; today")
    watch.add_argument("--lang", choices=("zh", "en"), default="", help="language of what is found")
    _with_json(watch)
    _with_json(deeds.add_parser("status", help="say where the own log stands"))
    _with_json(deeds.add_parser("seal", help="seal what is public now"))
    renew = deeds.add_parser("renew", help="end the own log, publicly, and open a new one with a new key")
    renew.add_argument(
        "--because",
        required=True,
        choices=["restored", "key", "damaged"],
        help="an older database was restored; the key is replaced; files cannot be put back",
    )
    _with_json(renew)


def _with_json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """Do what was asked; 1 when something does not hold."""
    if args.deed == "verify":
        return _verify(args)
    if args.deed == "monitor":
        return _monitor(args)
    from zhiheng.site import setup
    from zhiheng.site.commands import migrate

    setup.start()
    migrate.require_up_to_date()
    said = {"status": _status, "seal": _seal, "renew": _renew}[args.deed](args)
    if args.json:
        print_json(said)
    else:
        for name, value in said.items():
            say(f"log: {name}: {value}")
    return 0


def _status(_args: argparse.Namespace) -> dict[str, Any]:
    from zhiheng.ledger.sealing import status

    return status.of_all()


def _seal(_args: argparse.Namespace) -> dict[str, Any]:
    from zhiheng.ledger.sealing import sequencer

    return vars(sequencer.seal_now())


def _renew(args: argparse.Namespace) -> dict[str, Any]:
    from zhiheng.ledger.sealing import renewal
    from zhiheng.people.scope import System

    ended = renewal.renew(by=System("log").actor(), reason=args.because)
    return {"finished": "an earlier turn"} if ended is None else vars(ended)


def _verify(args: argparse.Namespace) -> int:
    from zhiheng.proof import note
    from zhiheng.verification import log_tree

    if args.vkey:
        note.key(args.vkey.strip())
    found = log_tree.check(args.folder, vkey=args.vkey)
    ok = all(checked.report.ok for checked in found.values())
    if args.json:
        logs = [{"folder": place or ".", **_plain(checked)} for place, checked in found.items()]
        print_json({**_plain(found[""]), "ok": ok, "logs": logs})
    else:
        for place, checked in found.items():
            _show(place or ".", checked)
    for place, checked in found.items():
        if not checked.report.ok:
            say(f"{'拒绝' if language() == 'zh' else 'refused'}: {place or '.'}: {_refusal(checked.report)}")
    return 0 if ok else 1


def _plain(checked: Checked) -> dict[str, Any]:
    return {
        **checked.report.to_dict(),
        "size": checked.size,
        "root": checked.root,
        "file": checked.file,
    }


def _show(place: str, checked: Checked) -> None:
    report = checked.report
    print(f"log {place} {report.subject}")
    for step in report.steps:
        print(f"{'holds' if step.ok else 'REFUSED':<7}  {step.name}: {step.detail}")
    if report.ok:
        print(f"verified: log {report.subject}, {checked.size} entries, root {checked.root}")


def _refusal(report: Report) -> str:
    """Return why a log was refused, in the language of the terminal."""
    from zhiheng.reference import refusals

    refused = next((step for step in report.steps if not step.ok), None)
    if refused is None:
        return ""
    said = refusals.both_in_chinese(refused.detail) if language() == "zh" else refused.detail
    return f"{refused.name}: {said}"


def _monitor(args: argparse.Namespace) -> int:
    from zhiheng.reference import monitoring
    from zhiheng.verification.monitor import folder

    looked = folder.look(
        args.folder,
        today=args.on or date.fromtimestamp(time.time()),
        vkey=args.vkey,
        kept=args.since,
        receipts=args.receipt,
        files=args.files,
    )
    if args.json:
        found = [one.to_dict() for one in looked.found]
        print_json({"size": looked.checked.size, "root": looked.checked.root, "findings": found})
        return 1 if looked.found else 0
    chinese = (args.lang or language()) == "zh"
    for one in looked.found:
        rule = monitoring.rule(one.rule)
        numbers = ", ".join(map(str, one.entries))
        print(
            f"[{monitoring.KINDS[one.kind][0 if chinese else 1]}] {rule.title(chinese=chinese)} {one.subject}"
        )
        print(f"    {rule.sentence(one.facts, chinese=chinese)} {rule.ask(chinese=chinese)}")
        if numbers:
            print(f"    {'条目' if chinese else 'entries'} {numbers}")
    print(f"{len(looked.found)} / {looked.checked.size}")
    return 1 if looked.found else 0
