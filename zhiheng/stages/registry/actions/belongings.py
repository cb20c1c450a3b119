"""Adds and ends what a subject has for a time: sites, roles, brands; adds batches; imports lists of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db import transaction

from zhiheng import ledger
from zhiheng.errors import Conflict
from zhiheng.people import clock, scope
from zhiheng.people.permissions import P

from .. import identity, rules, words
from ..entering import BATCH, LINKED_AT_MOST, Outcome, once, plain
from ..models import Batch, Brand, Product, Site, Subject, SubjectRole

Row = Mapping[str, Any]
KINDS: dict[str, tuple[Any, Callable[[Row], list[rules.Fault]], tuple[str, ...]]] = {
    "sites": (Site, identity.site_faults, ("kind", "name", "address", "region")),
    "roles": (SubjectRole, identity.role_faults, ("kind",)),
    "brands": (Brand, identity.brand_faults, ("name", "mark_no")),
}
KEYS = {
    "sites": ("kind", "address", "valid_from"),
    "roles": ("kind", "valid_from"),
    "brands": ("name", "valid_from"),
}
BATCH_FIELDS = ("made_on", "expires_on", "quantity", "unit")


@transaction.atomic
def add_belonging(*, by: Any, subject: Subject, kind: str, row: Row) -> Any:
    """Add a site, a role or a brand to a subject; the same one twice is refused."""
    actor = scope.require(by, P.REGISTRY_EDIT, region=subject.region)
    _model, faults, _fields = KINDS[kind]
    words.refuse(faults(row) + _merged(subject))
    made = _make(kind, subject, row)
    key = {name: getattr(made, name) for name in KEYS[kind]}
    if type(made).objects.filter(subject=subject, **key).exists():
        fault = rules.Fault(KEYS[kind][-2], "stands-already", str(key[KEYS[kind][-2]]))
        raise Conflict(words.cause(fault), words.remedy(fault), code=fault.rule, field=fault.field)
    with once():
        made.save(force_insert=True)
    ledger.record(
        by=actor,
        verb=f"registry.{kind[:-1]}_added",
        subjects=[(kind[:-1], str(made.pk)), ("subject", str(subject.pk)), ("region", subject.region)],
        detail={"code": subject.code, **_told(made, kind), **_where(made, kind)},
        region=subject.region,
    )
    return made


@transaction.atomic
def end_belonging(*, by: Any, kind: str, thing: Any, on: dt.date) -> Any:
    """Say the last day of a site, a role or a brand; it is told once."""
    subject = thing.subject
    actor = scope.require(by, P.REGISTRY_EDIT, region=subject.region)
    held = type(thing).objects.select_for_update().get(pk=thing.pk)
    words.refuse(identity.end_faults(held.valid_from, held.valid_until, on, today=clock.today()))
    held.valid_until, held.end_recorded_at = on, clock.now()
    held.save(update_fields=["valid_until", "end_recorded_at"])
    ledger.record(
        by=actor,
        verb=f"registry.{kind[:-1]}_ended",
        subjects=[(kind[:-1], str(held.pk)), ("subject", str(subject.pk)), ("region", subject.region)],
        detail={"code": subject.code, **_told(held, kind)},
        region=subject.region,
    )
    return held


@transaction.atomic
def add_batch(*, by: Any, product: Product, row: Row) -> Batch:
    """Enter a batch of a product; a number stands once for each product."""
    region = product.subject.region
    actor = scope.require(by, P.REGISTRY_EDIT, region=region)
    words.refuse(identity.batch_faults(row))
    made = _new_batch(product, row)
    if Batch.objects.filter(product=product, number=made.number).exists():
        fault = rules.Fault("number", "stands-already", made.number)
        raise Conflict(words.cause(fault), words.remedy(fault), code=fault.rule, field="number")
    with once():
        made.save(force_insert=True)
    ledger.record(
        by=actor,
        verb="registry.batch_added",
        subjects=[("product", str(product.pk)), ("subject", str(product.subject_id)), ("region", region)],
        detail={"product": product.name, "number": made.number},
        region=region,
    )
    return made


def import_sites(*, by: Any, rows: Sequence[Row], source: str) -> Outcome:
    """Enter the sites of subjects from clean rows; those that stand already are left alone."""
    return _import_owned(by, "sites", rows, source)


def import_brands(*, by: Any, rows: Sequence[Row], source: str) -> Outcome:
    """Enter the brands of subjects from clean rows; those that stand already are left alone."""
    return _import_owned(by, "brands", rows, source)


def import_batches(*, by: Any, rows: Sequence[Row], source: str) -> Outcome:
    """Enter the batches of products from clean rows; ``product`` and ``model`` name the product."""
    scope.require(by, P.REGISTRY_IMPORT)
    for number, row in enumerate(rows, 1):
        words.refuse(identity.batch_faults(row), row=number)
    with once():
        subjects = _subjects(rows)
        goods = _products(subjects)
        found = []
        for number, row in enumerate(rows, 1):
            product = goods.get((row["subject"], row["product"], row.get("model") or ""))
            if product is None:
                words.refuse([rules.Fault("product", "product-unknown", row["product"])], row=number)
            found.append(_new_batch(product, row))
        exact = [dict(row) | {"quantity": row.get("quantity") and str(row["quantity"])} for row in rows]
        return _store(by, "batch", found, _batches_standing(found), exact, source)


def _import_owned(by: Any, kind: str, rows: Sequence[Row], source: str) -> Outcome:
    scope.require(by, P.REGISTRY_IMPORT)
    model, faults, _fields = KINDS[kind]
    for number, row in enumerate(rows, 1):
        words.refuse(faults(row), row=number)
    with once():
        subjects = _subjects(rows)
        made = [_make(kind, subjects[row["subject"]], row) for row in rows]
        names = ("subject_id", *KEYS[kind])
        standing = set()
        for start in range(0, len(made), BATCH):
            owners = {one.subject_id for one in made[start : start + BATCH]}
            standing |= set(model.objects.filter(subject__in=owners).values_list(*names))
        keys = {one.pk: tuple(getattr(one, name) for name in names) for one in made}
        return _store(by, kind[:-1], made, {pk for pk, key in keys.items() if key in standing}, rows, source)


def _store(
    by: Any, kind: str, made: Sequence[Any], standing: set[Any], rows: Sequence[Row], source: str
) -> Outcome:
    """Insert what is new in one statement a batch, with one entry that binds all rows."""
    new = [one for one in made if one.pk not in standing]
    owners = {owner.pk: owner for owner in map(_owner, made)}
    region = rules.common_region([owner.region for owner in owners.values()])
    actor = scope.require(by, P.REGISTRY_IMPORT, region=region)
    if not new:
        return Outcome(0, 0, len(made))
    type(new[0]).objects.bulk_create(new, batch_size=BATCH)
    touched = {_owner(one).pk for one in new}
    linked = [("subject", str(pk)) for pk in sorted(touched)] if len(touched) <= LINKED_AT_MOST else []
    plural = "batches" if kind == "batch" else f"{kind}s"
    entry = ledger.record_rows(
        by=actor,
        verb=f"registry.{plural}_imported",
        subjects=[("region", region), *linked],
        detail={
            "source": ledger.bound(source),
            "created": len(new),
            "updated": 0,
            "unchanged": len(made) - len(new),
        },
        rows=plain(rows),
        row_count=len(rows),
        region=region,
    )
    return Outcome(len(new), 0, len(made) - len(new), entry)


def _owner(made: Any) -> Subject:
    return made.product.subject if isinstance(made, Batch) else made.subject


def _subjects(rows: Sequence[Row]) -> dict[str, Subject]:
    """Return the subjects that the rows name; the first row with an unknown one is refused."""
    wanted, found = sorted({row["subject"] for row in rows}), {}
    for start in range(0, len(wanted), BATCH):
        held = Subject.objects.filter(code__in=wanted[start : start + BATCH])
        found.update({one.code: one for one in held})
    for number, row in enumerate(rows, 1):
        if row["subject"] not in found:
            words.refuse([rules.Fault("subject", "code-unknown", row["subject"])], row=number)
    return found


def _products(subjects: Mapping[str, Subject]) -> dict[tuple[str, str, str], Product]:
    owners, found = [one.pk for one in subjects.values()], {}
    for start in range(0, len(owners), BATCH):
        goods = Product.objects.select_related("subject").filter(subject__in=owners[start : start + BATCH])
        found.update({(one.subject.code, one.name, one.model): one for one in goods})
    return found


def _batches_standing(found: Sequence[Batch]) -> set[Any]:
    """Return those that stand already; one that stands with other values is refused: labels do not change."""
    held: dict[tuple[Any, str], Batch] = {}
    for start in range(0, len(found), BATCH):
        goods = {one.product_id for one in found[start : start + BATCH]}
        numbers = {one.number for one in found[start : start + BATCH]}
        rows = Batch.objects.filter(product__in=goods, number__in=numbers)
        held.update({(one.product_id, one.number): one for one in rows})
    standing = set()
    for number, one in enumerate(found, 1):
        known = held.get((one.product_id, one.number))
        if known is None:
            continue
        if any(getattr(known, name) != getattr(one, name) for name in BATCH_FIELDS):
            words.refuse([rules.Fault("number", "batch-differs", one.number)], row=number)
        standing.add(one.pk)
    return standing


def _make(kind: str, subject: Subject, row: Row) -> Any:
    model, _faults, fields = KINDS[kind]
    until = row.get("valid_until")
    return model(
        subject=subject,
        valid_from=row["valid_from"],
        valid_until=until,
        end_recorded_at=clock.now() if until else None,
        recorded_at=clock.now(),
        **{name: row[name] for name in fields if row.get(name)},
    )


def _new_batch(product: Product, row: Row) -> Batch:
    return Batch(
        product=product,
        number=row["number"],
        recorded_at=clock.now(),
        unit=row.get("unit") or "",
        **{name: row.get(name) for name in ("made_on", "expires_on", "quantity")},
    )


def _merged(subject: Subject) -> list[rules.Fault]:
    if subject.merged_into is None:
        return []
    return [rules.Fault("subject", "merged-already", subject.code, (("into", subject.merged_into.code),))]


def _where(made: Any, kind: str) -> dict[str, Any]:
    return {"where": ledger.bound(made.address, made, "address")} if kind == "sites" else {}


def _told(made: Any, kind: str) -> dict[str, Any]:
    """What a ledger entry says of it; an address may be where a person lives, so it stays in the row."""
    told = {name: getattr(made, name) for name in KINDS[kind][2] if name != "address"}
    until = made.valid_until.isoformat() if made.valid_until else None
    return told | {"valid_from": made.valid_from.isoformat(), "valid_until": until}
