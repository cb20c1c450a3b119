"""Starts a real office: an empty register or its own lists, first accounts, no demonstration data."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from zhiheng.errors import BadInput, UnknownCode
from zhiheng.site import setup
from zhiheng.site.cli import joined, language, print_json, say

EPILOG = "Nothing is stored while a fault stands in a list, unless --good-rows is given."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of ``zhiheng init``."""
    parser.epilog = EPILOG
    parser.add_argument("--region", required=True, metavar="CODE", help="six digits, such as 330106")
    parser.add_argument(
        "--import", dest="files", nargs="+", action="extend", default=[], metavar="FILE",
        help="lists as they are: .xlsx, .xls or .csv",
    )  # fmt: skip
    parser.add_argument(
        "--kind", dest="kinds", nargs="+", action="extend", default=[], metavar="KIND",
        help="subjects, products, inspectors ...: one for each file; guessed from the header when left out",
    )  # fmt: skip
    parser.add_argument(
        "--sheet", dest="sheets", nargs="+", action="extend", default=[], metavar="NAME",
        help="one for each file; the sheet that fits when left out",
    )  # fmt: skip
    parser.add_argument(
        "--column", dest="columns", nargs="+", action="extend", default=[], metavar="NAME=COLUMN",
        help="which column of the lists holds what, by letter or header; - for none: region=D fields=-",
    )  # fmt: skip
    parser.add_argument(
        "--every", nargs="+", action="extend", default=[], metavar="NAME=TEXT",
        help="one answer for every row of a list that lacks the column: channel=生产 unit=质量科",
    )  # fmt: skip
    parser.add_argument("--good-rows", action="store_true", help="store the good rows of a faulty list")
    parser.add_argument("--yes", action="store_true", help="take what is proposed, ask nothing")
    parser.add_argument("--login", default="officer", help="login of the first officer")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """Start the office, and print what was done; exit code 2 when faults stand."""
    said = _start(args)
    if args.json:
        print_json(said)
    return 0 if said["state"] == "done" else 2


def _start(args: argparse.Namespace) -> dict[str, Any]:
    _check_use(args)
    setup.start(demo=False)
    from django.conf import settings
    from django.utils import translation

    from zhiheng.site.commands import migrate
    from zhiheng.site.office import start

    with translation.override("en" if language() == "en" else "zh-hans"):
        start.check_place(settings.VAR, args.region)
        migrate.apply()
        said = _bring_in(args)
        if said["state"] == "done":
            start.mark(settings.VAR, args.region)
        _say(said)
    return said


def _check_use(args: argparse.Namespace) -> None:
    """Refuse wrong use before anything is made."""
    from zhiheng.reference import regions

    try:
        regions.get(args.region)
    except UnknownCode as error:
        raise BadInput(error.cause, error.remedy, code=error.code) from None
    for name, given in (("--kind", args.kinds), ("--sheet", args.sheets)):
        if given and len(given) != len(args.files):
            raise BadInput(
                f"{name} names {len(given)} and --import names {len(args.files)} files.",
                f"Give one {name} for each file, in the same order, or leave it out.",
            )


def _bring_in(args: argparse.Namespace) -> dict[str, Any]:
    """Open the accounts and store the lists in one transaction: all of it, or nothing."""
    from django.db import transaction

    from zhiheng.ledger import evidence
    from zhiheng.site.office import asking, choices, lists, start

    is_asked = sys.stdin.isatty() and not args.yes
    ways = lists.Ways(
        columns=[choices.parse(text) for text in args.columns],
        every=[choices.parse(text) for text in args.every],
        confirm=asking.confirm if is_asked else None,
        store_good=asking.store_good if is_asked and not args.good_rows else None,
    )
    kinds = args.kinds or [""] * len(args.files)
    sheets = args.sheets or [""] * len(args.files)
    files = [lists.Wanted(Path(name), *more) for name, *more in zip(args.files, kinds, sheets, strict=True)]
    password = asking.password(args.login) if is_asked and not _stands(args.login) else ""
    with evidence.swept_when_refused(), transaction.atomic():
        accounts, officer = start.open_accounts(region=args.region, login=args.login, password=password)
        brought = lists.bring_in(officer, files, ways)
        is_done = not any(one.lacks_columns for one in brought)
        is_done = is_done and (args.good_rows or all(_is_stored(one) for one in brought))
        if not is_done:
            transaction.set_rollback(True)
    return {
        "state": "done" if is_done else "refused",
        **({} if is_done else _refusal(brought)),
        "region": args.region,
        "accounts": [vars(one) for one in accounts] if is_done else [],
        "lists": [_told(one) for one in brought],
        "faults": [{"file": one.file, **vars(fault)} for one in brought for fault in one.faults],
        "standing": start.standing(),
        "next": _next(args.login) if is_done else [],
    } | {"_lines": [line for one in brought for line in asking.fault_lines(one)]}


def _refusal(brought: Sequence[Any]) -> dict[str, str]:
    """Return cause, remedy and code of a refusal for faults in lists; the faults stand beside them."""
    from django.utils.translation import gettext as _

    count = sum(len(one.faults) for one in brought)
    remedy = _(
        "Mend the lists and run the same command again, or add --good-rows. "
        "Faults of a later list may go away once an earlier one is mended."
    )
    if any(one.lacks_columns for one in brought):
        remedy = _("Settle the columns first, then run the same command again.")
    return {
        "cause": _("%(count)s faults; nothing was stored.") % {"count": count},
        "remedy": remedy,
        "code": "column-missing" if any(one.lacks_columns for one in brought) else "faults-stand",
    }


def _stands(login: str) -> bool:
    from zhiheng.site.office import start

    return start.stands(login)


def _is_stored(one: Any) -> bool:
    """Say whether a list is stored as the person wanted: whole, or asked for its good rows alone."""
    return not one.faults or one.chose_good


def _told(one: Any) -> dict[str, Any]:
    return {
        "file": one.file,
        "kind": one.kind,
        "sheet": one.sheet,
        "header_row": one.header_row,
        "columns": one.columns,
        "unread": one.unread,
        "every_row": one.said,
        "told": one.told,
        **one.summary,
    }


def _next(login: str) -> list[str]:
    from django.utils.translation import gettext as _

    return [
        _("zhiheng serve, then open http://127.0.0.1:8000/sign-in/ and sign in as %(login)s.")
        % {"login": login},
        _("Choose a password of your own; the workbench then names the lists that are still to come."),
        _("Issue a duty, freeze a frame, commit and reveal a draw; its visits are the task list."),
        _("The security administrator appoints further people; the system administrator opens accounts."),
    ]


def _say(said: dict[str, Any]) -> None:
    """Say what was done, or every fault; the lines of faults are no part of the JSON object."""
    from django.utils.translation import gettext as _

    for line in said.pop("_lines"):
        say(line)
    for one in said["lists"]:
        for sentence in one["told"]:
            say(f"init: {one['file']}: {sentence}")
    if said["state"] != "done":
        say(f"init: {joined(said['cause'], said['remedy'])}")
        return
    for one in said["lists"]:
        counts = {name: one.get(name, 0) for name in ("created", "updated", "unchanged", "left_out")}
        words = _(
            "%(file)s: %(created)s new, %(updated)s corrected, %(unchanged)s unchanged, "
            "%(left_out)s left out."
        )
        say("init: " + words % {"file": one["file"], **counts})
    for account in said["accounts"]:
        if account["is_new"]:
            words = _(
                "account %(login)s, password %(password)s (shown once, to be changed at the first sign-in)"
            )
        else:
            words = _("account %(login)s stands already")
        say("init: " + words % account)
    counts = _("In the register: %(subjects)s subjects, %(products)s products, %(inspectors)s inspectors.")
    say("init: " + counts % said["standing"])
    for number, step in enumerate(said["next"], 1):
        say(f"init: {number}. {step}")
