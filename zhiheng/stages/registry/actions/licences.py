"""Registers licences and certificates, corrects, suspends and withdraws them; every change is a newer row."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db import transaction

from zhiheng import ledger
from zhiheng.ledger.ids import uuid7
from zhiheng.people import clock, scope
from zhiheng.people.permissions import P

from .. import entering, rules, words
from .. import rules_licences as licences
from ..entering import Outcome, Row
from ..models import Licence, Product, Subject

FIELDS = ("scope", "issuer", "state", "reason", "valid_from", "valid_until")


@transaction.atomic
def register_licence(*, by: Any, row: Row) -> Licence:
    """Enter one licence of a subject; ``product`` is the name of one of its products, or empty."""
    scope.require(by, P.REGISTRY_EDIT)
    words.refuse(licences.licence_faults(row, demo=settings.DEMO))
    subject = _subjects([row["subject"]]).get(row["subject"])
    if subject is None:
        words.refuse([rules.Fault("subject", "code-unknown", row["subject"])])
    actor = scope.require(by, P.REGISTRY_EDIT, region=subject.region)
    if Licence.objects.filter(kind=row["kind"], number=row["number"]).exists():
        words.refuse([rules.Fault("number", "number-taken", row["number"])])
    made = _new(row, subject, _product(row, subject, _products([subject])), None)
    made.save(force_insert=True)
    _record(actor, "registry.licence_registered", made)
    return made


@transaction.atomic
def correct_licence(*, by: Any, licence: Licence, row: Row, reason: str) -> Licence:
    """Correct what a licence says by a newer row; state and number stay. The same twice is once."""
    actor = scope.require(by, P.REGISTRY_EDIT, region=licence.subject.region)
    held = _latest(licence)
    told = {"subject": held.subject.code, "kind": held.kind, "number": held.number} | dict(row)
    told |= {"state": held.state, "reason": held.reason}
    words.refuse(
        [*licences.licence_faults(told, demo=settings.DEMO), *rules.text_faults("reason", reason, 400)]
    )
    product = _product(told, held.subject, _products([held.subject]))
    made = _new(told, held.subject, product, held)
    if _says(made) == _says(held):
        return held
    made.save(force_insert=True)
    _record(actor, "registry.licence_corrected", made, why=reason)
    return made


@transaction.atomic
def set_licence_state(*, by: Any, licence: Licence, state: str, reason: str) -> Licence:
    """Suspend or withdraw a licence, or let a suspended one hold again, with the reason."""
    actor = scope.require(by, P.REGISTRY_EDIT, region=licence.subject.region)
    held = _latest(licence)
    words.refuse(licences.state_faults(state, reason, held.state))
    told = {name: getattr(held, name) for name in FIELDS} | {"state": state, "reason": reason}
    made = _new({"kind": held.kind, "number": held.number, **told}, held.subject, held.product, held)
    made.save(force_insert=True)
    _record(actor, "registry.licence_state_set", made, why=reason, was=held.state)
    return made


def import_licences(*, by: Any, rows: Sequence[Row], source: str) -> Outcome:
    """Enter licences from clean rows; a known number whose row differs gets a newer row."""
    scope.require(by, P.REGISTRY_IMPORT)
    entering.check(
        rows,
        lambda row: licences.licence_faults(row, demo=settings.DEMO),
        lambda row: (row["kind"], row["number"]),
        "number",
    )
    with entering.once():
        subjects = _subjects({row["subject"] for row in rows})
        for place, row in enumerate(rows, 1):
            if row["subject"] not in subjects:
                words.refuse([rules.Fault("subject", "code-unknown", row["subject"])], row=place)
        actor = entering.require_everywhere(by, {subject.region for subject in subjects.values()})
        return _store(actor, rows, subjects, source)


def _store(actor: Any, rows: Sequence[Row], subjects: Mapping[str, Subject], source: str) -> Outcome:
    held = _held(rows)
    products = _products(list(subjects.values()))
    new, changed, same = [], [], 0
    for place, row in enumerate(rows, 1):
        subject, known = subjects[row["subject"]], held.get((row["kind"], row["number"]))
        if known is not None and known.subject_id != subject.pk:
            words.refuse([rules.Fault("number", "number-of-another", row["number"])], row=place)
        product = _product(row, subject, products, place=place)
        if known is None:
            new.append(_new(row, subject, product, None))
        elif _says(known) == _says(wanted := _new(row, subject, product, known)):
            same += 1
        else:
            changed.append(wanted)
    touched = [*new, *changed]
    if not touched:
        return Outcome(0, 0, same)
    Licence.objects.bulk_create(touched, batch_size=entering.BATCH)
    region = rules.common_region([one.subject.region for one in touched])
    entry = ledger.record_rows(
        by=actor,
        verb="registry.licences_imported",
        subjects=[
            ("region", region),
            *_named(touched),
        ],
        detail={
            "source": ledger.bound(source),
            "created": len(new),
            "updated": len(changed),
            "unchanged": same,
        },
        rows=entering.plain(rows),
        row_count=len(rows),
        region=region,
    )
    return Outcome(len(new), len(changed), same, entry)


def _named(licences: Sequence[Licence]) -> list[tuple[str, str]]:
    """Return the licences and their subjects, each once; none when there are too many for one entry."""
    found = [("licence", f"{one.kind}:{one.number}") for one in licences]
    found += [("subject", str(key)) for key in dict.fromkeys(one.subject_id for one in licences)]
    return found if len(found) <= entering.LINKED_AT_MOST else []


def _says(licence: Licence) -> tuple:
    return (licence.product_id, *(getattr(licence, name) for name in FIELDS))


def _held(rows: Sequence[Row]) -> dict[tuple[str, str], Licence]:
    found, numbers = {}, [row["number"] for row in rows]
    for start in range(0, len(numbers), entering.BATCH):
        query = Licence.objects.select_for_update(of=("self",)).filter(
            number__in=numbers[start : start + entering.BATCH], replaced_by__isnull=True
        )
        found.update(((one.kind, one.number), one) for one in query)
    return found


def _subjects(codes: Any) -> dict[str, Subject]:
    found, wanted = {}, sorted(codes)
    for start in range(0, len(wanted), entering.BATCH):
        query = Subject.objects.filter(code__in=wanted[start : start + entering.BATCH])
        found.update((one.code, one) for one in query)
    return found


def _products(subjects: Sequence[Subject]) -> dict[tuple[Any, str], Product]:
    found: dict[tuple[Any, str], Product] = {}
    for start in range(0, len(subjects), entering.BATCH):
        query = Product.objects.filter(subject__in=subjects[start : start + entering.BATCH])
        for one in query.order_by("-model"):
            found[one.subject_id, one.name] = one
    return found


def _product(
    row: Row, subject: Subject, products: Mapping[tuple[Any, str], Product], *, place: int | None = None
) -> Product | None:
    name = str(row.get("product") or "")
    if not name:
        return None
    found = products.get((subject.pk, name))
    if found is None:
        words.refuse([rules.Fault("product", "product-unknown", name)], row=place)
    return found


def _new(row: Row, subject: Subject, product: Product | None, before: Licence | None) -> Licence:
    return Licence(
        id=uuid7(),
        subject=subject,
        product=product,
        kind=row["kind"],
        number=row["number"],
        scope=row.get("scope") or "",
        issuer=row.get("issuer") or "",
        state=row.get("state") or "valid",
        reason=row.get("reason") or "",
        valid_from=row["valid_from"],
        valid_until=row.get("valid_until") or None,
        replaces=before,
        recorded_at=clock.now(),
    )


def _latest(licence: Licence) -> Licence:
    """Read and lock the row that holds; the one at hand may have been replaced meanwhile."""
    rows = Licence.objects.select_for_update(of=("self",)).select_related("subject", "product")
    return rows.get(kind=licence.kind, number=licence.number, replaced_by__isnull=True)


def _record(actor: Any, verb: str, made: Licence, *, why: str = "", was: str = "") -> None:
    ledger.record(
        by=actor,
        verb=verb,
        subjects=[("licence", f"{made.kind}:{made.number}"), ("subject", str(made.subject_id))],
        detail={
            "kind": made.kind,
            "number": made.number,
            "product": str(made.product_id or ""),
            "scope": made.scope,
            "state": made.state,
            "was": was,
            "reason": ledger.bound(why)
            if why and why != made.reason
            else ledger.bound(made.reason, made, "reason"),
            "valid_from": made.valid_from.isoformat(),
            "valid_until": _day(made.valid_until),
        },
        region=made.subject.region,
    )


def _day(value: dt.date | None) -> str | None:
    return value.isoformat() if value else None
