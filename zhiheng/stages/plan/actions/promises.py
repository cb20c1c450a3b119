"""What people do with the promises of the plan: adopt the Outline, bind its targets."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from zhiheng import ledger
from zhiheng.people import clock, scope
from zhiheng.people.permissions import P
from zhiheng.reference import indicators, outline, regions

from .. import queries, words
from ..models import Series, SeriesVersion, Target
from ..rules import binding
from ..rules import series as series_rules

KIND = ("unit", "basis", "purpose")
ON_SERIES = ("zh", "en", "direction", "definition", "definition_en")
WORDS = (*ON_SERIES, "population", "population_en", "frequency", "owner", "lower", "upper")
AS_REFERENCE = "随参考数据更新 (as the reference data were updated)"


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
    if changed:
        _look_again(actor)
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
    known = [queries.measure(found) for found in queries.all_series()]
    decision = binding.decide(_promise(held), queries.measure(series), known, queries.doubts())
    words.refuse_mismatch(decision)
    chosen = series if decision.state == "bound" else None
    if held.binding == decision.state and held.series_id == (chosen.id if chosen else None):
        return held
    return _decide(actor, held, chosen, series.id, decision)


@transaction.atomic
def define_series(*, by: Any, id: str, reason: str = "", **said: Any) -> Series:
    """Define a series of our own, or say better what one means; each wording is a version that stays.

    Unit, basis and purpose never change: numbers of another kind are another series. A change needs a
    reason; saying the same twice is once. The name of a bound target stays that of its one series.
    """
    actor = scope.require(by, P.TARGET_BIND, region=regions.NATION)
    held = Series.objects.select_for_update().filter(pk=id).first()
    meant = {name: said.get(name, "") for name in (*KIND, *WORDS)}
    last = queries.definition(id)
    if held and last and all(getattr(last, name) == value for name, value in meant.items()):
        return held
    words.refuse_series(series_rules.check(id, meant, vars(held) if held else None, reason))
    _check_bound(id, meant)
    if held is None:
        held = Series.objects.create(pk=id, **{name: meant[name] for name in (*KIND, *ON_SERIES)})
    else:
        for name in ON_SERIES:
            setattr(held, name, meant[name])
        held.save(update_fields=ON_SERIES)
    _add_version(held, meant, reason=reason.strip()[:400])
    number = last.version + 1 if last else 1
    ledger.record(
        by=actor,
        verb="plan.series_defined",
        subjects=[("series", id)],
        detail={"series": id, "version": number, "reason": reason.strip()[:400], **meant},
        visibility="public",
    )
    return held


def _promise(target: Target) -> binding.Promise:
    return binding.Promise(target.indicator, target.zh, target.unit, target.operator)


def _check_bound(id: str, meant: dict[str, str]) -> None:
    """Refuse a definition by which the name of a bound target would fit another series, or none."""
    known = [queries.measure(one) for one in queries.all_series() if one.pk != id]
    measure = binding.Measure(id, *(meant[name] for name in ("zh", *KIND, "direction")))
    bound = [(one.id, _promise(one), one.series_id) for one in queries.targets().filter(binding="bound")]
    words.refuse_unsettled(binding.unsettled(bound, measure, known, queries.doubts()))


def _look_again(actor: Any) -> None:
    """Refuse each binding whose name fits several series since others were adopted, or no more its own.

    A definition by an office that would do so is refused; a reference is adopted as it stands, so here the
    binding gives way.
    """
    known = {one.pk: queries.measure(one) for one in queries.all_series()}
    for target in Target.objects.select_for_update().filter(binding="bound").order_by("id"):
        measure = known[target.series_id]
        decision = binding.decide(_promise(target), measure, list(known.values()), queries.doubts())
        if decision.state != "bound":
            _decide(actor, target, None, measure.id, binding.undone(decision, measure))


def _decide(
    actor: Any, held: Target, chosen: Series | None, asked: str, decision: binding.Decision
) -> Target:
    """Store a decision on a target and write its public entry."""
    held.series, held.binding = chosen, decision.state
    held.binding_reason, held.binding_reason_en = decision.reason_zh, decision.reason_en
    held.bound_at = clock.now()
    held.save(update_fields=["series", "binding", "binding_reason", "binding_reason_en", "bound_at"])
    ledger.record(
        by=actor,
        verb="plan.target_bound" if chosen else "plan.binding_refused",
        subjects=[("target", held.id), ("series", asked)],
        detail={
            "target": held.id,
            "series": asked,
            "rule": decision.rule,
            "reason_zh": decision.reason_zh,
            "reason_en": decision.reason_en,
        },
        visibility="public",
        region=held.region,
    )
    return held


def _adopt_series(found: indicators.Series) -> bool:
    """Store a published series, a version for its words and its breaks; say whether anything was new."""
    said = {
        "zh": found.zh,
        "en": found.en,
        "unit": found.unit,
        "basis": found.basis,
        "purpose": found.purpose,
        "direction": found.direction,
        "definition": found.definition_zh,
        "definition_en": found.definition_en,
    }
    besides = {
        "warning": found.warning_zh,
        "warning_en": found.warning_en,
        "article": found.article,
        "system": found.system,
    }
    held = Series.objects.filter(pk=found.id).first()
    is_new = held is None or any(getattr(held, name) != value for name, value in {**said, **besides}.items())
    if is_new:
        held, _made = Series.objects.update_or_create(pk=found.id, defaults={**said, **besides})
    meant = {
        **said,
        "population": found.population_zh,
        "population_en": found.population_en,
        "frequency": found.frequency,
        "owner": found.owner,
        "lower": found.lower,
        "upper": found.upper,
    }
    return any([is_new, _add_version(held, meant), _add_breaks(held)])


def _add_version(series: Series, meant: dict[str, str], *, reason: str = AS_REFERENCE) -> bool:
    """Add a version where the words of a series are not those of its last one."""
    last = series.versions.order_by("-version").first()
    if last is not None and all(getattr(last, name) == value for name, value in meant.items()):
        return False
    SeriesVersion.objects.create(
        series=series,
        version=last.version + 1 if last else 1,
        reason=reason if last else "",
        recorded_at=clock.now(),
        **meant,
    )
    return True


def _add_breaks(series: Series) -> bool:
    """Add each known break that was never stored as it stands in the reference.

    What an office said better since is not undone by adopting the same reference once more.
    """
    is_new = False
    for found in indicators.breaks():
        if found.series != series.pk:
            continue
        said = {
            "scale": found.scale,
            "old": found.old,
            "new": found.new,
            "bridge": "" if found.bridge is None else f"{found.bridge:f}",
            "error": "" if found.error is None else f"{found.error:f}",
            "reason": found.reason_zh,
            "reason_en": found.reason_en,
            "source": found.source,
            "confidence": found.confidence,
        }
        held = series.breaks.filter(at=found.at, dimension=found.dimension)
        if held.filter(**said).exists():
            continue
        revision = held.count()
        series.breaks.create(
            at=found.at, dimension=found.dimension, revision=revision, recorded_at=clock.now(), **said
        )
        is_new = True
    return is_new


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
