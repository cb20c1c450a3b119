"""What people do with the plan: adopt the Outline, bind its targets, set obligations to inspect."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext

from zhiheng import ledger
from zhiheng.errors import Conflict
from zhiheng.ledger.actor import Actor
from zhiheng.people import clock, scope
from zhiheng.people.permissions import P
from zhiheng.reference import indicators, outline, parameters, regions

from . import queries, words
from .models import OBLIGATION_STATES, Obligation, Series, Target
from .rules import binding, obligations


@transaction.atomic
def adopt_outline(*, by: Any) -> list[Target]:
    """Take over the four targets of the Outline and the series that are published; safe to run twice.

    A target that stands already is left as it is: a promise does not change by a new installation.
    """
    actor = scope.require(by, P.PLAN_EDIT, region=regions.NATION)
    changed = [found.id for found in indicators.all() if _adopt_series(found)]
    known = set(Target.objects.values_list("id", flat=True))
    new = [_target(found) for found in outline.targets() if found.id not in known]
    Target.objects.bulk_create(new)
    if changed or new:
        ledger.record(
            by=actor,
            verb="plan.outline_adopted",
            subjects=[("region", regions.NATION), *(("target", target.id) for target in new)],
            detail={"series": changed, "targets": [target.id for target in new]},
            visibility="public",
        )
    return list(queries.targets())


@transaction.atomic
def bind_target(*, by: Any, target: Target, series_id: str) -> Target:
    """Bind a target to exactly one series, or keep the refusal with its reason when its name is ambiguous.

    A series that plainly does not fit is refused at once and nothing is kept. Binding twice is once.
    """
    actor = scope.require(by, P.TARGET_BIND, region=target.region)
    held = Target.objects.select_for_update().get(pk=target.pk)
    series = queries.series(series_id)
    promise = binding.Promise(held.indicator, held.zh, held.unit, held.operator)
    known = [queries.measure(found) for found in queries.all_series()]
    decision = binding.decide(promise, queries.measure(series), known, queries.doubts())
    words.refuse_mismatch(decision)
    chosen = series if decision.state == "bound" else None
    if held.binding == decision.state and held.series_id == (chosen.id if chosen else None):
        return held
    held.series, held.binding = chosen, decision.state
    held.binding_reason, held.binding_reason_en = decision.reason_zh, decision.reason_en
    held.bound_at = clock.now()
    held.save(update_fields=["series", "binding", "binding_reason", "binding_reason_en", "bound_at"])
    ledger.record(
        by=actor,
        verb="plan.target_bound" if chosen else "plan.binding_refused",
        subjects=[("target", held.id), ("series", series.id)],
        detail={
            "target": held.id,
            "series": series.id,
            "rule": decision.rule,
            "reason_zh": decision.reason_zh,
            "reason_en": decision.reason_en,
        },
        visibility="public",
        region=held.region,
    )
    return held


def create_obligation(
    *,
    by: Any,
    region: str,
    period: str,
    article: int = 27,
    basis: str = "",
    fractions: Mapping[str, Any] | None = None,
    minimum_per_stratum: int | None = None,
    as_draft: bool = False,
    id: UUID | None = None,
) -> Obligation:
    """Set the duty to inspect in a region and quarter; shares and floor default to the house rule.

    ``id`` is for whoever must find the same duty again in another run, such as the demonstration: a draw's
    announcement names its duty, so the outcome of a draw depends on it.
    """
    scope.require(by, P.PLAN_EDIT)
    said = {
        "region": region,
        "period": period,
        "article": article,
        "basis": basis.strip() or obligations.default_basis(article),
        "fractions": _pairs(parameters.sampling_fractions() if fractions is None else fractions),
        "minimum_per_stratum": (
            parameters.value("minimum_per_stratum") if minimum_per_stratum is None else minimum_per_stratum
        ),
    }
    words.refuse(obligations.faults(**said))
    actor = scope.require(by, P.PLAN_EDIT, region=region)
    duty = Obligation(**said, state="draft" if as_draft else "issued", recorded_at=clock.now())
    duty.id = id or duty.id
    try:
        with transaction.atomic():
            duty.save(force_insert=True)
            _record(actor, duty, "plan.obligation_drafted" if as_draft else "plan.obligation_issued")
    except IntegrityError:
        raise Conflict(
            gettext("This obligation stands already: same region, quarter, article and ground."),
            gettext("Open it in the list, or name another ground."),
            code="obligation-once",
        ) from None
    return duty


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
    held.save(update_fields=["state"])
    _record(actor, held, f"plan.obligation_{to}", reason=reason)
    return held


def _record(actor: Actor, duty: Obligation, verb: str, **more: str) -> None:
    ledger.record(
        by=actor,
        verb=verb,
        subjects=[("obligation", str(duty.id)), ("region", duty.region)],
        detail={
            "period": duty.period,
            "article": duty.article,
            "basis": duty.basis,
            "fractions": duty.fractions,
            "minimum_per_stratum": duty.minimum_per_stratum,
            **more,
        },
        visibility="internal" if verb.endswith("drafted") else "public",
        region=duty.region,
    )


def _adopt_series(found: indicators.Series) -> bool:
    """Store a published series, and say whether anything was new."""
    said = {
        "zh": found.zh,
        "en": found.en,
        "unit": found.unit,
        "basis": found.basis,
        "purpose": found.purpose,
        "direction": found.direction,
        "definition": found.definition_zh,
        "definition_en": found.definition_en,
        "warning": found.warning_zh,
        "warning_en": found.warning_en,
        "article": found.article,
        "system": found.system,
    }
    held = Series.objects.filter(pk=found.id).first()
    if held is not None and all(getattr(held, name) == value for name, value in said.items()):
        return False
    Series.objects.update_or_create(pk=found.id, defaults=said)
    return True


def _target(found: outline.Target) -> Target:
    return Target(
        id=found.id,
        plan=found.plan,
        region=found.region,
        article=found.article,
        indicator=found.indicator,
        zh=found.zh,
        en=found.en,
        goal=found.goal,
        wording=found.wording_zh,
        operator=found.operator,
        value=found.value,
        unit=found.unit,
        due=found.due,
    )


def _pairs(fractions: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: [share.numerator, share.denominator] if isinstance(share, Fraction) else share
        for name, share in fractions.items()
    }
