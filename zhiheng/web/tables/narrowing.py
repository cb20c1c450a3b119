"""Turns the address of a list page into a narrowed queryset, with index-friendly comparisons only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connections
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from zhiheng.errors import BadInput, UnknownCode
from zhiheng.reference import regions
from zhiheng.web import wording
from zhiheng.web.tables.columns import Filter

LAST = "\U0010ffff"
MAX_QUERY = 80


@dataclass(frozen=True)
class Narrowed:
    """A filter in use: its words, its values by name in the address, and the condition."""

    label: Any
    text: str
    names: tuple[str, ...]
    condition: Q


@dataclass(frozen=True)
class Refused:
    """A filter whose value in the address cannot be honoured, with what to do."""

    name: str
    text: str


def starts_with(queryset: QuerySet, field: str, prefix: str) -> Q:
    """Return the condition "field starts with prefix" in the form that the database answers from an index.

    SQLite compares texts by code point and cannot use an index for LIKE, so it gets a range; PostgreSQL
    compares by collation, where only LIKE means a prefix.
    """
    if connections[queryset.db].vendor == "sqlite":
        return Q(**{f"{field}__gte": prefix, f"{field}__lt": prefix + LAST})
    return Q(**{f"{field}__startswith": prefix})


def search(queryset: QuerySet, fields: Sequence[str], words: str) -> Q:
    """Return the condition that one of the fields starts with the words."""
    found = Q()
    for field in fields:
        found |= starts_with(queryset, field, words)
    return found


def read(
    queryset: QuerySet, filters: Sequence[Filter], state: Mapping[str, str]
) -> tuple[list[Narrowed], list[Refused]]:
    """Return the filters in use and the ones refused."""
    used: list[Narrowed] = []
    refused: list[Refused] = []
    for item in filters:
        values = [state.get(name, "").strip()[:MAX_QUERY] for name in item.names]
        if not any(values):
            continue
        try:
            text, condition = _READERS[item.kind](queryset, item, values)
        except BadInput as error:
            refused.append(Refused(item.names[0], str(error)))
        else:
            used.append(Narrowed(item.label, text, item.names, condition))
    return used, refused


def _text(queryset: QuerySet, item: Filter, values: list[str]) -> tuple[str, Q]:
    return values[0], starts_with(queryset, item.path, values[0])


def _exact(_queryset: QuerySet, item: Filter, values: list[str]) -> tuple[str, Q]:
    return values[0], Q(**{item.path: values[0]})


def _choice(_queryset: QuerySet, item: Filter, values: list[str]) -> tuple[str, Q]:
    label = dict(item.options()).get(values[0])
    if label is None:
        raise BadInput(
            _("“%(value)s” is not one of the choices of “%(label)s”.")
            % {"value": values[0], "label": item.label},
            _("Choose one from the list."),
        )
    return str(label), item.conditions.get(values[0]) or Q(**{item.path: values[0]})


def _region(_queryset: QuerySet, item: Filter, values: list[str]) -> tuple[str, Q]:
    code = region_code(values[0])
    low, high = regions.span(code)
    name = wording.region_path(code)
    if low == high:
        return name, Q(**{item.path: code})
    if code == regions.NATION:
        return name, Q()
    return name, Q(**{f"{item.path}__gte": low, f"{item.path}__lte": high})


def region_code(text: str) -> str:
    """Return the code for what a person typed: six digits, shorter digits, or the name of a region."""
    if text.isdigit() and len(text) <= 6:
        padded = text.ljust(6, "0")
        if regions.known(padded):
            return padded
    names = [region for region in regions.all() if text and region.zh.startswith(text)]
    if names:
        return names[0].code
    english = [region for region in regions.provinces() if (region.en or "").lower() == text.lower()]
    if english:
        return english[0].code
    raise UnknownCode(
        _("No region is called “%(text)s”.") % {"text": text},
        _("Give the name as in the official list, or its six digits, such as 330000."),
    )


def _date(_queryset: QuerySet, item: Filter, values: list[str]) -> tuple[str, Q]:
    condition = Q()
    words = []
    for value, lookup in zip(values, ("gte", "lte"), strict=True):
        if value:
            found = _day(value)
            condition &= Q(**{f"{item.path}__{lookup}": found})
            words.append(wording.day(found))
        else:
            words.append("…")
    return "–".join(words), condition


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput(
            _("“%(text)s” is not a date.") % {"text": text}, _("Write it as 2026-11-22.")
        ) from None


_READERS = {"text": _text, "exact": _exact, "choice": _choice, "region": _region, "date": _date}
