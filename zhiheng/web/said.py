"""Refusals of the pure floors in the language of the page.

The pure floors know no translations: their refusals are English and carry a stable code. Pages say the common
ones by that code, the others by ``reference.refusals``; everything else is said as it was raised.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from zhiheng.errors import ZhihengError
from zhiheng.formats.spreadsheet import CellFault
from zhiheng.reference import refusals
from zhiheng.web import wording


@dataclass(frozen=True)
class Said:
    """The cause and the remedy as a page shows them."""

    cause: str
    remedy: str


def of(error: ZhihengError) -> Said:
    """Return what a page says of a refusal."""
    words = _WORDS.get(error.code)
    if not wording.is_chinese():
        return Said(error.cause, error.remedy)
    told = refusals.told(error, chinese=True)
    if words is None or _has_chinese(error.cause) or error.code in _IN_FULL:
        return Said(told.cause, told.remedy)
    return Said(*(text % error.facts if "%(" in text else text for text in words()))


def of_cell(fault: CellFault) -> CellFault:
    """Return a fault that stands in the file itself, in the language of the page."""
    if not wording.is_chinese():
        return fault
    return replace(fault, rule=refusals.in_chinese(fault.rule), remedy=refusals.in_chinese(fault.remedy))


def _has_chinese(text: str) -> bool:
    return any("\u4e00" <= sign <= "\u9fff" for sign in str(text))


# Refusals whose own sentence, with the value in it, says more than the one by code.
_IN_FULL = frozenset(
    {"day-order", "day-short-year", "not-a-day", "no-such-sheet", "damaged-workbook", "cell-far-out"}
)

_WORDS: dict[str, Callable[[], tuple[str, str]]] = {
    "damaged-workbook": lambda: (
        _("The workbook is damaged."),
        _("Open it in a spreadsheet program, save it again as .xlsx and upload that."),
    ),
    "old-workbook": lambda: (
        _("This is an old .xls workbook, or one that is locked with a password."),
        _("Open it, remove the password, save it as .xlsx and upload that."),
    ),
    "locked-workbook": lambda: (
        _("This workbook is locked with a password."),
        _("Open it, remove the password, save it and upload that."),
    ),
    "day-order": lambda: (
        _("It is not certain which number is the day and which the month."),
        _("Write the year first, as in 2025-03-01."),
    ),
    "day-short-year": lambda: (
        _("The year has two digits."),
        _("Write the year with four digits, as in 2025-03-01."),
    ),
    "not-a-day": lambda: (_("This is no day."), _("Write it like 2025-03-01 or 2025年3月1日.")),
    "no-such-sheet": lambda: (_("The workbook has no such sheet."), _("Choose one of its sheets.")),
    "unknown-file": lambda: (
        _("The file is neither a workbook nor a text list."),
        _("Upload an .xlsx workbook, or a CSV file in UTF-8 or GB 18030."),
    ),
    "list-too-long": lambda: (
        _("The list has more rows or columns than can be read at once."),
        _("Split it and upload the parts one after the other."),
    ),
    "file-too-large": lambda: (
        _("The file is larger than can be read."),
        _("Split it, or remove pictures and unused sheets."),
    ),
    "parser-stopped": lambda: (
        _("The file could not be read within the bounds of memory, time and size set for uploads."),
        _("Copy the filled cells alone into a new workbook, save it as .xlsx and upload that."),
    ),
    "cell-far-out": lambda: (
        _("A cell of the workbook lies far outside of the list."),
        _("Copy the filled cells alone into a new workbook, save it as .xlsx and upload that."),
    ),
    "expands-too-far": lambda: (
        _("The workbook expands further than is allowed."),
        _("Copy the filled cells alone into a new workbook, save it as .xlsx and upload that."),
    ),
    "procedure-over": lambda: (
        _("“%(procedure)s” has ended (%(standing)s), so this step can no longer be taken."),
        _("Open the page again to see what was done; start a new matter if it comes up again."),
    ),
    "step-not-now": lambda: (
        _("“%(procedure)s” stands at “%(standing)s”, so this step cannot be taken now."),
        _("Open the page again: the steps that can be taken now stand there as buttons."),
    ),
    "no-chinese-font": lambda: (
        _("This server has no font with Chinese, so it sets no PDF."),
        _("Take the Word file or the page instead, or have fonts-noto-cjk installed on the server."),
    ),
    "paper-not-set": lambda: (
        _("The paper could not be set; a character in it may be in no font of this server."),
        _("Take the Word file instead."),
    ),
    "bad-uscc": lambda: (
        _("This is no valid social credit code: its length, a character or the check character is wrong."),
        _("Compare all 18 characters with the licence."),
    ),
    "bad-gtin": lambda: (
        _("This is no valid GTIN: its length or its check digit is wrong."),
        _("Compare every digit with the label."),
    ),
}
