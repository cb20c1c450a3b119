"""Imports a list of subjects, products or inspectors: all rows or none, and the same list twice is once.

A row whose code is known and whose values are the same stays untouched; one that differs is corrected;
the rest is entered. One ledger entry holds the hash of all rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Model
from django.utils.translation import gettext

from zhiheng import ledger
from zhiheng.errors import BadInput, Conflict
from zhiheng.ledger.actor import Actor
from zhiheng.people import clock, scope
from zhiheng.people.permissions import P
from zhiheng.proof import canonical

from .. import rules, words
from ..models import Inspector, Product, Subject

BATCH = 500
LINKED_AT_MOST = 1_000  # beyond this an entry names its region alone, and its rows name the rest
SUBJECT_FIELDS = ("name", "region", "division", "size", "channel", "output_value")
PRODUCT_FIELDS = ("division", "standard", "gtin")
INSPECTOR_FIELDS = ("name", "region", "unit", "fields", "conflicts", "is_active")

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many rows were entered, corrected and left alone; no entry when all were left alone."""

    created: int
    updated: int
    unchanged: int
    entry: Any = None


def import_subjects(*, by: Any, rows: Sequence[Row], source: str) -> Outcome:
    """Enter or correct subjects from clean rows; the class of a known subject is left to its standing."""
    scope.require(by, P.REGISTRY_IMPORT)
    _check(rows, lambda row: rules.subject_faults(row, demo=settings.DEMO), lambda row: row["code"], "code")
    with _once():
        held = _held(Subject, "code", [row["code"] for row in rows])
        places = {row["region"] for row in rows} | {subject.region for subject in held.values()}
        actor = _require_everywhere(by, places)
        sorted_rows = _sort(rows, held, lambda row: row["code"], SUBJECT_FIELDS, _new_subject, _subject_value)
        return _store(actor, "subject", sorted_rows, SUBJECT_FIELDS, rows, source)


def import_products(*, by: Any, rows: Sequence[Row], source: str) -> Outcome:
    """Enter or correct products of subjects in the register; ``subject`` of a row is the subject's code."""
    scope.require(by, P.REGISTRY_IMPORT)
    _check(rows, lambda row: rules.product_faults(row, demo=settings.DEMO), rules.product_key, "name")
    _refuse_repeats([row.get("gtin") for row in rows], "gtin")
    with _once():
        subjects = _held(Subject, "code", {row["subject"] for row in rows})
        missing = [number for number, row in enumerate(rows, 1) if row["subject"] not in subjects]
        if missing:
            fault = rules.Fault("subject", "code-unknown", rows[missing[0] - 1]["subject"])
            words.refuse([fault], row=missing[0])
        actor = _require_everywhere(by, {subject.region for subject in subjects.values()})
        held = {
            rules.product_key(
                {"subject": product.subject.code, "name": product.name, "model": product.model}
            ): product
            for product in _held(Product, "subject", [s.pk for s in subjects.values()], key="pk").values()
        }
        _refuse_taken_gtins(rows, held)
        sorted_rows = _sort(
            rows,
            held,
            rules.product_key,
            PRODUCT_FIELDS,
            lambda row: _new_product(row, subjects),
            _text_value,
        )
        return _store(actor, "product", sorted_rows, PRODUCT_FIELDS, rows, source)


def import_inspectors(*, by: Any, rows: Sequence[Row], source: str) -> Outcome:
    """Enter or correct inspectors from clean rows."""
    scope.require(by, P.REGISTRY_IMPORT)
    _check(rows, lambda row: rules.inspector_faults(row, demo=settings.DEMO), lambda row: row["code"], "code")
    with _once():
        held = _held(Inspector, "code", [row["code"] for row in rows])
        places = {row["region"] for row in rows} | {inspector.region for inspector in held.values()}
        actor = _require_everywhere(by, places)
        sorted_rows = _sort(
            rows, held, lambda row: row["code"], INSPECTOR_FIELDS, _new_inspector, _inspector_value
        )
        return _store(actor, "inspector", sorted_rows, INSPECTOR_FIELDS, rows, source)


@dataclass(frozen=True, slots=True)
class _Sorted:
    new: list[Model]
    changed: list[Model]
    same: int
    region: str


@contextmanager
def _once() -> Iterator[None]:
    """One transaction; a row that someone else entered in the same moment is told as a conflict."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise Conflict(
            gettext("Someone else stored some of these rows at the same moment; nothing was stored now."),
            gettext("Import the list once more; rows that stand already are left alone."),
            code="stored-meanwhile",
        ) from error


def _check(rows: Sequence[Row], faults: Callable[[Row], list], key: Callable[[Row], Any], field: str) -> None:
    if not rows:
        raise BadInput(gettext("The list has no rows."), gettext("Fill in at least one row."), code="no-rows")
    for number, row in enumerate(rows, 1):
        words.refuse(faults(row), row=number)
    _refuse_repeats([key(row) for row in rows], field)


def _refuse_repeats(keys: Sequence[Any], field: str) -> None:
    for place, first in rules.repeated(keys).items():
        words.refuse([rules.Fault(field, "repeated", facts=(("first", str(first + 1)),))], row=place + 1)


def _refuse_taken_gtins(rows: Sequence[Row], held: Mapping[Any, Product]) -> None:
    own = {product.gtin: key for key, product in held.items()}
    taken = _held(Product, "gtin", [row["gtin"] for row in rows if row.get("gtin")])
    for number, row in enumerate(rows, 1):
        gtin = row.get("gtin")
        if gtin in taken and own.get(gtin) != rules.product_key(row):
            words.refuse([rules.Fault("gtin", "gtin-taken", gtin)], row=number)


def _require_everywhere(by: Any, places: Iterable[str]) -> Actor:
    """Require the permission in the region that holds all places, or else in each of them."""
    places = sorted(places)
    whole = rules.common_region(places)
    if scope.may(by, P.REGISTRY_IMPORT, region=whole):
        return scope.require(by, P.REGISTRY_IMPORT, region=whole)
    actors = [scope.require(by, P.REGISTRY_IMPORT, region=place) for place in places]
    return actors[0]


def _held(model: type[Model], field: str, values: Iterable[Any], *, key: str = "") -> dict[Any, Any]:
    """Read and lock the rows that stand already, a batch of values at a time."""
    wanted, found = list(values), {}
    for start in range(0, len(wanted), BATCH):
        query = model.objects.select_for_update(of=("self",)).filter(
            **{f"{field}__in": wanted[start : start + BATCH]}
        )
        if model is Product:
            query = query.select_related("subject")
        found.update((getattr(row, key or field), row) for row in query)
    return found


def _sort(
    rows: Sequence[Row],
    held: Mapping[Any, Model],
    key: Callable[[Row], Any],
    fields: Sequence[str],
    make: Callable[[Row], Model],
    value: Callable[[Row, str], Any],
) -> _Sorted:
    new, changed, same = [], [], 0
    for row in rows:
        known = held.get(key(row))
        if known is None:
            new.append(make(row))
            continue
        told = {field: value(row, field) for field in fields if field in row}
        if all(getattr(known, field) == told[field] for field in told):
            same += 1
            continue
        for field, now in told.items():
            setattr(known, field, now)
        changed.append(known)
    return _Sorted(new, changed, same, rules.common_region([_region(row) for row in (*new, *changed)]))


def _region(row: Model) -> str:
    return row.subject.region if isinstance(row, Product) else row.region


def _store(
    actor: Actor,
    kind: str,
    found: _Sorted,
    fields: Sequence[str],
    rows: Sequence[Row],
    source: str,
) -> Outcome:
    touched = [*found.new, *found.changed]
    if not touched:
        return Outcome(0, 0, found.same)
    model = type(touched[0])
    model.objects.bulk_create(found.new, batch_size=BATCH)
    model.objects.bulk_update(found.changed, fields, batch_size=BATCH // 5)
    linked = [(kind, str(row.pk)) for row in touched] if len(touched) <= LINKED_AT_MOST else []
    entry = ledger.record_rows(
        by=actor,
        verb=f"registry.{kind}s_imported",
        subjects=[("region", found.region), *linked],
        detail={
            "source": source,
            "created": len(found.new),
            "updated": len(found.changed),
            "unchanged": found.same,
        },
        rows=b"".join(canonical.dumps(_plain(row)) + b"\n" for row in rows),
        row_count=len(rows),
        region=found.region,
    )
    return Outcome(len(found.new), len(found.changed), found.same, entry)


def _plain(row: Row) -> dict[str, Any]:
    return {name: f"{value:.2f}" if isinstance(value, Decimal) else value for name, value in row.items()}


def _new_subject(row: Row) -> Subject:
    return Subject(
        code=row["code"],
        risk_class=row.get("risk_class") or rules.DEFAULT_RISK_CLASS,
        recorded_at=clock.now(),
        **{field: _subject_value(row, field) for field in SUBJECT_FIELDS if field in row},
    )


def _subject_value(row: Row, field: str) -> Any:
    return row[field].quantize(Decimal("0.01")) if field == "output_value" else row[field]


def _new_product(row: Row, subjects: Mapping[str, Subject]) -> Product:
    return Product(
        subject=subjects[row["subject"]],
        name=row["name"],
        model=row.get("model") or "",
        recorded_at=clock.now(),
        **{field: _text_value(row, field) for field in PRODUCT_FIELDS},
    )


def _text_value(row: Row, field: str) -> str:
    return row.get(field) or ""


def _new_inspector(row: Row) -> Inspector:
    told = {field: _inspector_value(row, field) for field in INSPECTOR_FIELDS if field in row}
    return Inspector(code=row["code"], recorded_at=clock.now(), **told)


def _inspector_value(row: Row, field: str) -> Any:
    return list(row[field] or ()) if field in ("fields", "conflicts") else row[field]
