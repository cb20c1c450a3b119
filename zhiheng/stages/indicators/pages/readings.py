"""How a number stands in a list of many: its value, its interval, its state, and the page it leads to."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from zhiheng.web import wording

from .. import sentences, telling
from ..models import Observation
from ..moving import error_of
from ..rules.headline import Headline
from . import numbers


def number(row: Observation, day: date | None = None) -> dict[str, Any]:
    """Return what a list says of one number, with the address of its page."""
    return {
        "said": value(row),
        "interval": interval(row),
        "url": numbers.url(row, day),
        "period": numbers.period(row.period),
        "status": numbers.STATUS_NAMES[row.status],
        "n": row.n,
        "row": row,
    }


def value(row: Observation) -> str:
    """Return a number with its unit; one that is withheld says why."""
    if row.status == "suppressed" and row.release is not None:
        return sentences.too_few_answered(row.n, row.release)
    return numbers.said(row)


def interval(row: Observation) -> str:
    """Return the limits of a number, or in words that none were published."""
    if row.interval in ("design", "model") and row.lower and row.upper:
        limits = {"low": limit(row.lower), "high": limit(row.upper)}
        return _("95%% interval %(low)s–%(high)s") % limits
    if row.status == "suppressed" or row.unit == "grade" or row.interval == "bound":
        return ""
    return _("published without interval")


def limits(row: Observation) -> str:
    """Return the two limits alone, or a dash."""
    if row.interval in ("design", "model") and row.lower and row.upper:
        return f"{limit(row.lower)}–{limit(row.upper)}"
    return wording.NOTHING


def limit(text: str) -> str:
    """Return a limit with one digit less than its number."""
    return wording.number(text, 1)


def has_error(row: Observation) -> bool:
    """Say whether the error of a number is known."""
    return bool(error_of(row))


def change(moved: Headline | None, unit: str) -> dict[str, Any] | None:
    """Return a change in a word and in all the sentences that belong to it; None where there is none."""
    if moved is None:
        return None
    said, *besides = telling.told(moved, unit).sentences
    return {
        "word": sentences.CHANGE_WORD[moved.word],
        "said": said,
        "before": numbers.period(moved.periods[0]),
        "besides": besides,
    }
