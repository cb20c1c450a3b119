"""Imports a list of subjects, products or inspectors: all rows or none, and the same list twice is once.

A row whose code is known and whose values are the same stays untouched; one that differs is corrected;
the rest is entered. One ledger entry holds the hash of all rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Model

from zhiheng import ledger
from zhiheng.ledger.actor import Actor
from zhiheng.people import clock, scope
from zhiheng.people.permissions import P

from .. import certificates, rules, versions, words
from ..entering import BATCH, LINKED_AT_MOST, Outcome, Row, plain
from ..entering import check as _check
from ..entering import once as _once
from ..entering import refuse_repeats as _refuse_repeats
from ..entering import require_everywhere as _require_everywhere
from ..models import Inspector, Product, Subject

SUBJECT_FIELDS = ("name", "region", "division", "size", "channel", "output_value")
PRODUCT_FIELDS = ("division", "standard", "gtin")
INSPECTOR_FIELDS = ("name", "region", "unit", "fields", "conflicts", "is_active")


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
    """Enter or correct inspectors from clean rows; the days of a certificate become one of its number."""
    scope.require(by, P.REGISTRY_IMPORT)
    _check(rows, lambda row: rules.inspector_faults(row, demo=settings.DEMO), lambda row: row["code"], "code")
    with _once():
        held = _held(Inspector, "code", [row["code"] for row in rows])
        places = {row["region"] for row in rows} | {inspector.region for inspector in held.values()}
        actor = _require_everywhere(by, places)
        sorted_rows = _sort(
            rows, held, lambda row: row["code"], INSPECTOR_FIELDS, _new_inspector, _inspector_value
        )
        papers = certificates.differing(rows, held)
        touched = _touched(sorted_rows, [held[row["code"]] for row in papers if row["code"] in held])
        outcome = _store(actor, "inspector", touched, INSPECTOR_FIELDS, rows, source)
        certificates.enter(papers, held | {one.code: one for one in touched.new})
        return outcome


@dataclass(frozen=True, slots=True)
class _Sorted:
    """The rows by what becomes of them; ``before`` holds the fields of each changed one that were told."""

    new: list[Model]
    changed: list[Model]
    before: list[dict[str, Any]]
    same: int
    region: str


def _touched(found: _Sorted, more: Sequence[Inspector]) -> _Sorted:
    """Count inspectors whose certificate alone differs as corrected."""
    known = {row.pk for row in found.changed}
    extra = [row for row in more if row.pk not in known]
    changed = [*found.changed, *extra]
    region = rules.common_region([row.region for row in (*found.new, *changed)])
    before = [*found.before, *({} for _row in extra)]
    return _Sorted(found.new, changed, before, found.same - len(extra), region)


def _refuse_taken_gtins(rows: Sequence[Row], held: Mapping[Any, Product]) -> None:
    own = {product.gtin: key for key, product in held.items()}
    taken = _held(Product, "gtin", [row["gtin"] for row in rows if row.get("gtin")])
    for number, row in enumerate(rows, 1):
        gtin = row.get("gtin")
        if gtin in taken and own.get(gtin) != rules.product_key(row):
            words.refuse([rules.Fault("gtin", "gtin-taken", gtin)], row=number)


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
    new, changed, before, same = [], [], [], 0
    for row in rows:
        known = held.get(key(row))
        if known is None:
            new.append(make(row))
            continue
        told = {field: value(row, field) for field in fields if field in row}
        if all(getattr(known, field) == told[field] for field in told):
            same += 1
            continue
        before.append({field: getattr(known, field) for field in told})
        for field, now in told.items():
            setattr(known, field, now)
        changed.append(known)
    region = rules.common_region([_region(row) for row in (*new, *changed)])
    return _Sorted(new, changed, before, same, region)


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
    if model is Subject:
        _keep(found)
    model.objects.bulk_create(found.new, batch_size=BATCH)
    model.objects.bulk_update(found.changed, fields, batch_size=BATCH // 5)
    linked = [(kind, str(row.pk)) for row in touched]
    if model is Product:
        linked += [("subject", str(owner)) for owner in sorted({row.subject_id for row in touched})]
    linked = linked if len(linked) <= LINKED_AT_MOST else []
    entry = ledger.record_rows(
        by=actor,
        verb=f"registry.{kind}s_imported",
        subjects=[("region", found.region), *linked],
        detail={
            "source": ledger.bound(source),
            "created": len(found.new),
            "updated": len(found.changed),
            "unchanged": found.same,
        },
        rows=plain(rows),
        row_count=len(rows),
        region=found.region,
    )
    return Outcome(len(found.new), len(found.changed), found.same, entry)


def _keep(found: _Sorted) -> None:
    """Keep what the register said of each changed subject; new ones tell their first state themselves."""
    changes = []
    for subject, before in zip(found.changed, found.before, strict=True):
        was = {field: versions.plain(field, value) for field, value in before.items()}
        told = versions.told(subject)
        now = {field: told[field] for field in was if told[field] != was[field]}
        changes.append(versions.Change(subject, told | was, now))
    versions.keep(changes, valid_from=clock.today(), at=clock.now())


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
