"""Builds the yearly catalogue of key products: candidates, the issue of the whole, supplements afterwards."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from zhiheng import ledger
from zhiheng.ledger.ids import uuid7
from zhiheng.people import clock, scope
from zhiheng.people.permissions import P
from zhiheng.proof import canonical
from zhiheng.reference import verticals

from .. import entering, words
from .. import rules_catalogue as rules
from ..entering import Outcome, Row
from ..models import CatalogueIssue, CatalogueItem
from ..rules import Fault

FIELDS = (
    "name",
    "vertical",
    "divisions",
    "keywords",
    "reason",
    "hazards",
    "test_items",
    "is_full_coverage",
    "source",
)


@transaction.atomic
def propose_item(*, by: Any, row: Row) -> CatalogueItem:
    """Propose a category for a year, or change the candidate with its code; issued rows stay as they are."""
    scope.require(by, P.REGISTRY_EDIT)
    words.refuse(rules.item_faults(row))
    actor = scope.require(by, P.REGISTRY_EDIT, region=row["region"])
    made, is_changed = _put(row)
    if is_changed:
        _record(actor, "registry.catalogue_item_proposed", made)
    return made


@transaction.atomic
def drop_item(*, by: Any, item: CatalogueItem, reason: str) -> CatalogueItem:
    """Drop a candidate before its issue; drop an item that holds by a supplement of its own."""
    actor = scope.require(by, P.REGISTRY_EDIT, region=item.region)
    words.refuse(rules.issue_faults(1, 1, reason))
    held = CatalogueItem.objects.select_for_update().get(pk=item.pk)
    if held.state == "candidate":
        held.state, held.state_reason = "dropped", reason
        held.save(update_fields=["state", "state_reason"])
        _record(actor, "registry.catalogue_item_dropped", held)
        return held
    if held.pk not in {one.pk for one in _holding(held.region, held.year)}:
        words.refuse([Fault("state", "item-not-issued")])
    if CatalogueItem.objects.filter(
        region=held.region, year=held.year, code=held.code, state="candidate"
    ).exists():
        words.refuse([Fault("state", "candidate-waits")])
    made = CatalogueItem(
        id=uuid7(),
        region=held.region,
        year=held.year,
        code=held.code,
        state="ended",
        state_reason=reason,
        supplement=_next_number(held.region, held.year),
        recorded_at=clock.now(),
        **{name: getattr(held, name) for name in FIELDS},
    )
    _place(made)
    _issue(actor, made.region, made.year, reason, changed=[made])
    return made


@transaction.atomic
def issue_catalogue(*, by: Any, region: str, year: int, reason: str) -> CatalogueIssue:
    """Issue all candidates of a region and year together: the whole catalogue first, supplements later."""
    scope.require(by, P.REGISTRY_EDIT)
    words.refuse(rules.place_faults(region, year))
    actor = scope.require(by, P.REGISTRY_EDIT, region=region)
    rows = CatalogueItem.objects.select_for_update().filter(region=region, year=year, state="candidate")
    candidates = list(rows.order_by("code"))
    words.refuse(rules.issue_faults(len(candidates), _next_number(region, year), reason))
    for item in candidates:
        words.refuse(rules.item_faults(_row(item)))
    number = _next_number(region, year)
    for item in candidates:
        item.state, item.supplement = "issued", number
        item.save(update_fields=["state", "supplement"])
    return _issue(actor, region, year, reason, changed=candidates)


def import_items(*, by: Any, rows: Sequence[Row], source: str) -> Outcome:
    """Enter or change candidates from clean rows."""
    scope.require(by, P.REGISTRY_IMPORT)
    entering.check(rows, rules.item_faults, lambda row: (row["region"], row["year"], row["code"]), "code")
    with entering.once():
        actor = entering.require_everywhere(by, {row["region"] for row in rows})
        return _enter(actor, rows, "registry.catalogue_imported", source)


@transaction.atomic
def copy_year(*, by: Any, region: str, year: int) -> Outcome:
    """Propose what held in the year before as candidates of a year; what stands already is left alone."""
    scope.require(by, P.REGISTRY_EDIT)
    words.refuse(rules.place_faults(region, year))
    actor = scope.require(by, P.REGISTRY_EDIT, region=region)
    before = _holding(region, year - 1)
    if not before:
        words.refuse([Fault("year", "no-year-before")])
    return _enter(
        actor, [_row(item) | {"year": year} for item in before], "registry.catalogue_copied", str(year - 1)
    )


@transaction.atomic
def propose_building_materials(*, by: Any, region: str, year: int) -> Outcome:
    """Propose the categories of building materials that stand ready, with their sources and confidence."""
    scope.require(by, P.REGISTRY_EDIT)
    words.refuse(rules.place_faults(region, year))
    actor = scope.require(by, P.REGISTRY_EDIT, region=region)
    rows = [_building_material(region, year, one) for one in verticals.building_materials()]
    return _enter(actor, rows, "registry.catalogue_copied", "building_materials.csv")


def _building_material(region: str, year: int, one: verticals.Category) -> dict[str, Any]:
    return {
        "region": region,
        "year": year,
        "code": f"BM-{one.code}",
        "name": one.zh,
        "vertical": "building_material",
        "divisions": list(one.divisions),
        "keywords": list(one.keywords),
        "reason": gettext("A building material that bears on the safety of works: %(hazard)s.")
        % {"hazard": one.hazard_zh},
        "hazards": [part for part in one.hazard_zh.split("、") if part],
        "test_items": [
            {
                "item": test.zh,
                "method": test.method,
                "unit": test.unit,
                "limit": test.limit or None,
                "limit_kind": test.limit_kind,
                "source": test.source_zh,
                "confidence": test.confidence,
            }
            for test in one.items
        ],
        "is_full_coverage": False,
        "source": one.listed_in_zh,
    }


def _enter(actor: Any, rows: Sequence[Row], verb: str, source: str) -> Outcome:
    """Put candidates that do not stand yet, or change them; one entry holds the hash of all rows."""
    new, changed, same = [], [], 0
    for row in rows:
        is_known = CatalogueItem.objects.filter(
            region=row["region"], year=row["year"], code=row["code"], state="candidate"
        ).exists()
        made, is_changed = _put(row)
        if not is_changed:
            same += 1
        else:
            (changed if is_known else new).append(made)
    touched = [*new, *changed]
    if not touched:
        return Outcome(0, 0, same)
    places = sorted({(one.region, one.year) for one in touched})
    entry = ledger.record_rows(
        by=actor,
        verb=verb,
        subjects=[("catalogue", f"{region}-{year}") for region, year in places],
        detail={
            "source": ledger.bound(source),
            "created": len(new),
            "updated": len(changed),
            "unchanged": same,
        },
        rows=entering.plain(
            [{name: row.get(name) for name in ("region", "year", "code", *FIELDS)} for row in rows]
        ),
        row_count=len(rows),
        region=places[0][0],
    )
    return Outcome(len(new), len(changed), same, entry)


def _put(row: Row) -> tuple[CatalogueItem, bool]:
    """Return the candidate that says what the row says, and whether anything had to be written for it."""
    where = {"region": row["region"], "year": row["year"], "code": row["code"]}
    told = {name: _value(row, name) for name in FIELDS if name in row}
    held = CatalogueItem.objects.select_for_update().filter(**where, state="candidate").first()
    if held is None:
        issued = next((one for one in _holding(row["region"], row["year"]) if one.code == row["code"]), None)
        if issued is not None and all(getattr(issued, name) == value for name, value in told.items()):
            return issued, False
        made = CatalogueItem(
            id=uuid7(),
            supplement=_next_number(row["region"], row["year"]),
            recorded_at=clock.now(),
            **where,
            **told,
        )
        _place(made)
        return made, True
    if all(getattr(held, name) == value for name, value in told.items()):
        return held, False
    for name, value in told.items():
        setattr(held, name, value)
    held.save(update_fields=list(told))
    return held, True


def _place(made: CatalogueItem) -> None:
    """Store a row; a candidate with this code that was dropped before its issue gives up its place."""
    dropped = CatalogueItem.objects.filter(
        region=made.region, year=made.year, code=made.code, supplement=made.supplement, state="dropped"
    ).first()
    if dropped is None:
        made.save(force_insert=True)
        return
    made.pk, made._state.adding = dropped.pk, False
    made.save()


def _value(row: Row, name: str) -> Any:
    if name in ("divisions", "keywords", "hazards"):
        return list(row[name] or ())
    if name == "test_items":
        return [{field: test.get(field) or None for field in rules.TEST_FIELDS} for test in row[name] or ()]
    return row[name] or ("industrial" if name == "vertical" else False if name == "is_full_coverage" else "")


def _row(item: CatalogueItem) -> dict[str, Any]:
    where = {"region": item.region, "year": item.year, "code": item.code}
    return where | {name: getattr(item, name) for name in FIELDS}


def _holding(region: str, year: int) -> list[CatalogueItem]:
    """Return the items of a region that hold in a year: of each code the row of the latest supplement."""
    rows = CatalogueItem.objects.filter(region=region, year=year, state__in=("issued", "ended"))
    latest = {item.code: item for item in rows.order_by("supplement")}
    return [item for _code, item in sorted(latest.items()) if item.state == "issued"]


def _next_number(region: str, year: int) -> int:
    return CatalogueIssue.objects.filter(region=region, year=year).count()


def _issue(
    actor: Any, region: str, year: int, reason: str, *, changed: Sequence[CatalogueItem]
) -> CatalogueIssue:
    """Write the issue, its file with all items that hold, and the public entry that binds the file."""
    number = _next_number(region, year)
    issue = CatalogueIssue(
        id=uuid7(),
        region=region,
        year=year,
        number=number,
        reason=reason,
        changed_count=len(changed),
        issued_at=clock.now(),
        item_count=0,
        sha256="0" * 64,
    )
    holding = _holding(region, year)
    data = canonical.dumps(
        {"region": region, "year": year, "number": number, "items": [rules.plain(one) for one in holding]}
    )
    issue.item_count, issue.sha256 = len(holding), hashlib.sha256(data).hexdigest()
    issue.save(force_insert=True)
    ledger.evidence.store(
        data, name=f"catalogue-{region}-{year}-{number}.json", media_type="application/json"
    )
    ledger.record(
        by=actor,
        verb="registry.catalogue_supplemented" if number else "registry.catalogue_issued",
        subjects=[("catalogue", f"{region}-{year}"), ("region", region)],
        detail={
            "changed": [one.code for one in changed][:500],
            "taken_out": [one.code for one in changed if one.state == "ended"],
            "items": issue.item_count,
            "number": number,
            "reason": reason,
            "rule": rules.ISSUE_RULE,
            "sha256": issue.sha256,
        },
        visibility="public",
        region=region,
    )
    return issue


def _record(actor: Any, verb: str, item: CatalogueItem) -> None:
    ledger.record(
        by=actor,
        verb=verb,
        subjects=[("catalogue_item", str(item.pk)), ("catalogue", f"{item.region}-{item.year}")],
        detail={
            "code": item.code,
            "name": item.name,
            "state": item.state,
            "reason": ledger.bound(item.state_reason, item, "state_reason")
            if item.state_reason
            else ledger.bound(item.reason),
        },
        region=item.region,
    )
