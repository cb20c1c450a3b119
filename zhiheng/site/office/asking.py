"""Shows a person at a terminal how a list is understood, and asks before anything is stored."""

from __future__ import annotations

import getpass
import re
import sys
from typing import Any

from django.utils.translation import gettext as _

from zhiheng.errors import BadInput, ZhihengError
from zhiheng.formats.spreadsheet import Sheet, column_letter
from zhiheng.site.cli import joined, say
from zhiheng.site.office.choices import letters
from zhiheng.site.office.lists import Brought
from zhiheng.web.imports import answers, flow, known, layout, told
from zhiheng.web.imports.spec import ImportSpec
from zhiheng.web.imports.spec import get as spec_of
from zhiheng.web.models import Upload

TRIES = 5
SHOWN = 20


def ask(question: str) -> str:
    """Ask on standard error, so that standard output stays one JSON object; an end of input is no answer."""
    print(question, file=sys.stderr, end=" ", flush=True)
    return sys.stdin.readline().strip()


def yes(question: str, *, otherwise: bool) -> bool:
    """Return the answer to a question that is answered by yes or no."""
    answer = ask(f"{question} {'[Y/n]' if otherwise else '[y/N]'}").casefold()
    return otherwise if not answer else answer in {"y", "yes", "是", "好"}


def password(login: str) -> str:
    """Ask twice for a first password; an empty one means that a password is made and shown once."""
    for _try in range(TRIES):
        question = _("First password for %(login)s (empty: one is made and shown once):") % {"login": login}
        first = getpass.getpass(f"{question} ", stream=sys.stderr)
        if not first:
            return ""
        if getpass.getpass(f"{_('Once more:')} ", stream=sys.stderr) == first:
            return first
        say(_("The two are not alike."))
    raise BadInput(_("No password was chosen."), _("Start again, or leave it empty to have one made."))


def confirm(spec: ImportSpec, sheet: Sheet, upload: Upload) -> None:
    """Show the mapping once and take it, or let the person choose the columns."""
    names = layout.names(sheet, upload.header_row)
    recalled = known.recall(spec, sheet, known.home(upload.person, spec.permission))
    say("")
    say(f"{upload.name} · {sheet.name} · {spec.title}")
    for sentence in told.sentences(
        spec, sheet, upload.header_row, upload.mapping, recalled, answers=upload.said
    ):
        say(f"  {sentence}")
    proposed = set() if recalled else told.how(spec, sheet, upload.header_row, upload.mapping)
    for column in spec.columns:
        place = upload.mapping.get(column.key, 0)
        shown = f"{column_letter(place)} {names[place - 1].shown}" if 0 < place <= len(names) else "—"
        mark = _("required") if column.required else _("optional")
        guessed = f" ({_('proposed')})" if column.key in proposed else ""
        say(f"  {column.label} [{mark}]: {shown}{guessed}")
    mapping = dict(upload.mapping)
    if not recalled and not yes(_("Is each column right?"), otherwise=True):
        mapping = {column.key: _column(column, mapping.get(column.key, 0)) for column in spec.columns}
    open_ones = [column for column in spec.columns if column.required and not mapping.get(column.key)]
    if recalled or (not open_ones and mapping == upload.mapping):
        return
    said = {column.key: _answer(column, sheet, upload, mapping) for column in open_ones}
    said = {key: text for key, text in said.items() if text}
    flow.adjust(person=upload.person, upload=upload, mapping=mapping, said=said)


def _answer(column: Any, sheet: Sheet, upload: Upload, mapping: dict[str, int]) -> str:
    """Return the one answer for every row of a list that lacks a column; "-" for none."""
    for one in answers.doubtful(column, sheet, upload.header_row, mapping):
        words = _("It is not certain whether %(columns)s holds “%(label)s”.")
        say("  " + words % {"columns": one, "label": column.label})
    now = upload.said.get(column.key, "")
    for _try in range(TRIES):
        question = _("One answer for “%(name)s” in every row (%(now)s; - for none):")
        text = ask(question % {"name": column.label, "now": now or "-"}) or now
        if text in ("", "-"):
            return ""
        try:
            return answers.accepted(spec_of(upload.spec), {column.key: text}, upload.person)[column.key]
        except ZhihengError as error:
            say(f"  {error}")
    raise BadInput(_("No answer was given."), _("Start again."))


def _column(column: Any, now: int) -> int:
    """Return the column that a person names by its letter; "-" for none, nothing for the one shown."""
    for _try in range(TRIES):
        question = _("Letter of the column for %(name)s (%(now)s; - for none):")
        answer = ask(question % {"name": column.label, "now": column_letter(now) or "-"}).upper()
        if not answer:
            return now
        if answer == "-":
            return 0
        if re.fullmatch("[A-Z]{1,2}", answer):
            return letters(answer)
        say(_("Write a letter such as B."))
    raise BadInput(_("No column was chosen."), _("Start again."))


def store_good(brought: Brought) -> bool:
    """Show the first faults and ask whether the good rows alone are to be stored."""
    for line in fault_lines(brought)[:SHOWN]:
        say(f"  {line}")
    if len(brought.faults) > SHOWN:
        say(f"  … {len(brought.faults) - SHOWN}")
    question = _("%(faulty)s rows have faults. Store the %(good)s good rows alone?")
    return yes(
        question % {"faulty": brought.summary["faulty"], "good": brought.summary["good"]}, otherwise=False
    )


def fault_lines(brought: Brought) -> list[str]:
    """Return one line for each fault: sheet, row, column, value, rule and remedy."""
    words = _("%(file)s, sheet %(sheet)s, row %(row)s, column %(column)s, “%(value)s”: %(fault)s")
    column = _("%(file)s, sheet %(sheet)s, header in row %(row)s: %(fault)s")
    return [
        (column if brought.lacks_columns else words)
        % {
            "file": brought.file,
            "sheet": fault.sheet or "—",
            "row": fault.row,
            "column": column_letter(fault.column),
            "value": fault.value,
            "fault": joined(fault.rule, fault.remedy),
        }
        for fault in brought.faults
    ]
