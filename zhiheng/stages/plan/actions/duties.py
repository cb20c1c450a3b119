"""What people do with obligations: set one, take over a list of them, issue or end one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext

from zhiheng import ledger
from zhiheng.errors import BadInput, Conflict
from zhiheng.ledger.actor import Actor
from zhiheng.people import clock, scope
from zhiheng.people.permissions import P
from zhiheng.proof import canonical
from zhiheng.reference import parameters, regions
from zhiheng.stages.registry.models import CatalogueItem

from .. import numbering, queries, words
from ..models import OBLIGATION_STATES, Obligation, thing
from ..rules import obligations

Find = Callable[[str, str, str], CatalogueItem | None]
ISSUED = "plan.obligation_issued"
LINKED_AT_MOST = 999  # an entry names at most a thousand subjects, and its region is one of them


@dataclass(frozen=True, slots=True)
class Imported:
    """How many obligations of a list were issued, and how many stood already."""

    created: int
    unchanged: int
    updated: int = 0


def create_obligation(
    *,
    by: Any,
    region: str,
    period: str,
    article: int = 27,
    basis: str = "",
    fractions: Mapping[str, Any] | None = None,
    minimum_per_stratum: int | None = None,
    quota: int | None = None,
    purpose: str = "evaluation",
    item: CatalogueItem | None = None,
    channel: str = "",
    weights: Mapping[str, Any] | None = None,
    weights_reason: str = "",
    burden_periods: int = 0,
    cycle_from: str = "",
    cycle_to: str = "",
    as_draft: bool = False,
    id: UUID | None = None,
) -> Obligation:
    """Set the duty to inspect in a region and period; shares and floor default to the house rule.

    With a quota the shares are left out unless they are given: then they are the least of each class.
    ``id`` is for whoever must find the same duty again in another run, such as the demonstration: a draw's
    announcement names its duty, so the outcome of a draw depends on it.
    """
    scope.require(by, P.PLAN_EDIT)
    duty = _checked(
        region=region,
        period=period,
        article=article,
        basis=basis,
        fractions=fractions,
        minimum_per_stratum=minimum_per_stratum,
        quota=quota,
        purpose=purpose,
        item=item,
        channel=channel,
        weights=dict(weights or {}),
        weights_reason=weights_reason.strip(),
        burden_periods=burden_periods,
        cycle_from=cycle_from,
        cycle_to=cycle_to,
    )
    actor = scope.require(by, P.PLAN_EDIT, region=region)
    duty.state = "draft" if as_draft else "issued"
    duty.id = id or duty.id
    try:
        with transaction.atomic():
            if not as_draft:
                numbering.give([duty])
            duty.save(force_insert=True)
            _record(actor, duty, "plan.obligation_drafted" if as_draft else ISSUED)
    except IntegrityError:
        raise _stands_already() from None
    return duty


def import_obligations(*, by: Any, rows: Sequence[Mapping[str, Any]], source: str) -> Imported:
    """Issue the obligations of a list, such as a provincial plan: all rows or none, the same list twice once.

    A row names ``region``, ``period``, ``quota`` and ``basis``, and may name the ``item`` by its code, a
    ``channel``, a ``purpose``, an ``article``, a ``minimum_per_stratum`` and the ends of a cycle.
    """
    scope.require(by, P.PLAN_EDIT)
    if not rows:
        raise BadInput(gettext("The list has no rows."), gettext("Fill in at least one row."), code="no-rows")
    find = cache(queries.item)
    duties = [_from_row(row, number, find) for number, row in enumerate(rows, 1)]
    for place, first in queries.repeats([queries.key_of(duty) for duty in duties]).items():
        facts = (("first", str(first + 1)),)
        words.refuse([obligations.Fault("basis", "repeated", facts=facts)], row=place + 1)
    actor = _require_everywhere(by, {duty.region for duty in duties})
    try:
        with transaction.atomic():
            standing = queries.standing(duties)
            new = [duty for duty in duties if queries.key_of(duty) not in standing]
            if new:
                numbering.give(new)
                Obligation.objects.bulk_create(new, batch_size=200)
                _record_list(actor, new, source)
    except IntegrityError:
        raise _stands_already() from None
    return Imported(len(new), len(duties) - len(new))


@transaction.atomic
def move_obligation(*, by: Any, obligation: Obligation, to: str, reason: str = "") -> Obligation:
    """Issue a draft, or end an obligation as done, withdrawn or lapsed; the same move twice is once."""
    actor = scope.require(by, P.PLAN_EDIT, region=obligation.region)
    held = Obligation.objects.select_for_update().get(pk=obligation.pk)
    if held.state == to:
        return held
    if not obligations.may_move(held.state, to):
        raise Conflict(
            gettext("This obligation is “%(state)s” and cannot become “%(to)s”.")
            % {"state": held.get_state_display(), "to": dict(OBLIGATION_STATES).get(to, to)},
            gettext("Open it again to see its present state."),
            code="obligation-state",
        )
    if to == "withdrawn" and not reason.strip():
        words.refuse([obligations.Fault("basis", "required")])
    held.state = to
    if to == "issued":
        numbering.give([held])
    held.save(update_fields=["state", "number"])
    _record(actor, held, f"plan.obligation_{to}", reason=reason)
    return held


def _checked(
    *, fractions: Any, minimum_per_stratum: Any, find: Find = queries.item, **said: Any
) -> Obligation:
    """Return the obligation that is meant, not stored yet, or refuse what stands against it."""
    quota, item = said["quota"], said["item"]
    if fractions is None:
        fractions = {} if quota is not None else parameters.sampling_fractions()
    said["basis"] = said["basis"].strip() or obligations.default_basis(said["article"])
    said["fractions"] = _pairs(fractions)
    said["minimum_per_stratum"] = (
        parameters.value("minimum_per_stratum") if minimum_per_stratum is None else minimum_per_stratum
    )
    base = ("region", "period", "article", "basis", "fractions", "minimum_per_stratum", "quota")
    found = obligations.faults(**{name: said[name] for name in base})
    found += obligations.choice_faults(said["purpose"], said["channel"])
    found += obligations.weight_faults(
        said["weights"], said["weights_reason"], said["burden_periods"], has_quota=quota is not None
    )
    found += obligations.burden_faults(said["period"], said["burden_periods"])
    found += obligations.cycle_faults(said["period"], said["cycle_from"], said["cycle_to"], quota=quota)
    if not found and item is not None:
        held = find(said["region"], said["period"], item.code)
        if held is None or held.pk != item.pk:
            found.append(obligations.Fault("item", "item-unknown", item.code))
        elif not (item.divisions or item.keywords):
            found.append(obligations.Fault("item", "item-without-scope", item.code))
    words.refuse(found)
    about = thing(said["purpose"], item.pk if item else None, said["channel"])
    return Obligation(**said, thing=about, state="issued", recorded_at=clock.now())


def _from_row(row: Mapping[str, Any], number: int, find: Find) -> Obligation:
    code = row.get("item") or ""
    item = find(row["region"], row["period"], code) if code else None
    if code and item is None:
        words.refuse([obligations.Fault("item", "item-unknown", code)], row=number)
    try:
        return _checked(
            region=row["region"],
            period=row["period"],
            article=row.get("article") or 27,
            basis=row.get("basis") or "",
            find=find,
            fractions=None,
            minimum_per_stratum=row.get("minimum_per_stratum"),
            quota=row.get("quota"),
            purpose=row.get("purpose") or "evaluation",
            item=item,
            channel=row.get("channel") or "",
            weights={},
            weights_reason="",
            burden_periods=0,
            cycle_from=row.get("cycle_from") or "",
            cycle_to=row.get("cycle_to") or "",
        )
    except BadInput as error:
        words.refuse(error.facts.get("faults", ()), row=number)
        raise


def _require_everywhere(by: Any, places: set[str]) -> Actor:
    """Require the permission in each region of a list; the first names the office that acts."""
    actors = [scope.require(by, P.PLAN_EDIT, region=place) for place in sorted(places)]
    return actors[0]


def _stands_already() -> Conflict:
    return Conflict(
        gettext("This obligation stands already: same region, period, article, ground and object."),
        gettext("Open it in the list, or name another ground."),
        code="obligation-once",
    )


def _record(actor: Actor, duty: Obligation, verb: str, **more: str) -> None:
    ledger.record(
        by=actor,
        verb=verb,
        subjects=[("obligation", str(duty.id)), ("region", duty.region)],
        detail={**_said(duty), **more, **({"plan": numbering.leaf(duty)} if verb == ISSUED else {})},
        visibility="internal" if verb.endswith("drafted") else "public",
        region=duty.region,
    )


def _record_list(actor: Actor, new: Sequence[Obligation], source: str) -> None:
    """Write the public entry of a list, and one more for each thousand, so that every duty finds its own."""
    places = {duty.region for duty in new}
    region = places.pop() if len(places) == 1 else regions.NATION
    for start in range(0, len(new), LINKED_AT_MOST):
        part = new[start : start + LINKED_AT_MOST]
        ledger.record_rows(
            by=actor,
            verb="plan.obligations_imported",
            subjects=[("region", region), *(("obligation", str(duty.id)) for duty in part)],
            detail={
                "source": source,
                "quota": sum(duty.quota or 0 for duty in part),
                "plan_numbers": numbering.ranges(part),
            },
            rows=b"".join(canonical.dumps(_row(duty)) + b"\n" for duty in part),
            row_count=len(part),
            visibility="public",
            region=region,
        )


def _row(duty: Obligation) -> dict[str, Any]:
    return {"id": str(duty.id), "region": duty.region, **_said(duty), "plan": numbering.leaf(duty)}


def _said(duty: Obligation) -> dict[str, Any]:
    """Return what a ledger entry says of an obligation; what is not set is left out."""
    more = {
        "quota": duty.quota,
        "item": duty.item and {"code": duty.item.code, "region": duty.item.region, "year": duty.item.year},
        "channel": duty.channel,
        "weights": duty.weights,
        "weights_reason": duty.weights_reason,
        "burden_periods": duty.burden_periods,
        "cycle": [duty.cycle_from, duty.cycle_to] if duty.is_full_coverage else None,
        "purpose": duty.purpose if duty.purpose != "evaluation" else "",
    }
    return {
        "period": duty.period,
        "article": duty.article,
        "basis": duty.basis,
        "fractions": duty.fractions,
        "minimum_per_stratum": duty.minimum_per_stratum,
        **{name: value for name, value in more.items() if value},
    }


def _pairs(fractions: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: [share.numerator, share.denominator] if isinstance(share, Fraction) else share
        for name, share in fractions.items()
    }
