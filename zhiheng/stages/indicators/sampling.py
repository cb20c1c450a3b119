"""Computes the numbers of a release that rests on an uploaded sample or on site checks, writing nothing.

The table and its base (design, questionnaire, known totals, method) are kept as evidence of the release; from
both, everybody computes the same numbers again (``recomputed``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from typing import Any

from zhiheng import people
from zhiheng.formats.shapes import observation as shape
from zhiheng.ledger import evidence
from zhiheng.people import clock
from zhiheng.people.permissions import P
from zhiheng.proof import canonical
from zhiheng.reference import checks, questionnaires, regions
from zhiheng.reference.questionnaires import Questionnaire
from zhiheng.stages.inspection import sites
from zhiheng.stages.plan.models import Series
from zhiheng.verification.figure import decimal_text, seal

from . import rules, writing
from .models import Release
from .rules import families, recording, sample_files, sampled, samples
from .rules.families import Family
from .rules.sample_files import Table
from .rules.sampled import Number
from .sample_refusals import refuse
from .speaking import spoken

TYPE = "zhiheng/sample/1"
TARGETED = "按问题导向抽取，不是概率样本：没有抽样误差可言 | targeted, not drawn by chance: no sampling error"
CHOSEN = "由检查机关选取的工地，按判断抽查：没有抽样误差可言 | sites chosen by the office: no sampling error"


@dataclass(frozen=True)
class Prepared:
    """The numbers of a release, computed and not yet public, with the bytes that they rest on.

    ``repeats`` is how many times the table seems to hold its rows, which the release then says in public.
    """

    series: Series
    region: str
    period: str
    reason: str
    before: Release | None
    kind: str
    rows: int
    dataset: bytes
    base: dict[str, Any]
    numbers: tuple[Number, ...]
    repeats: int = 1

    @property
    def weights(self) -> bytes:
        """The base as it is kept."""
        return canonical.dumps(self.base)

    @property
    def root(self) -> str:
        """The root over what all numbers say, whatever their vintage."""
        digests = sorted(canonical.digest(_said(number)) for number in self.numbers)
        return seal(digests)[0]


@spoken
def prepare(
    *,
    by: Any,
    series: Series,
    region: str,
    period: str,
    file: bytes,
    form: str = "",
    totals: Mapping[str, int] | None = None,
    reason: str = "",
) -> Prepared:
    """Compute the numbers of an uploaded sample; every refusal names the row and column at fault."""
    people.require(by, P.FIGURE_RELEASE, region=region)
    family = families.of(series.pk)
    if not family.is_uploaded:
        raise refuse("sample-series", series=series.pk, known=", ".join(_uploaded()))
    asked = families.form_of(family, form)
    table = sample_files.read(file, family, asked, region=region)
    repeats = sample_files.check_repeats(table, asked, reason=reason)
    return replace(_prepared(series, family, asked, table, region, period, totals, reason), repeats=repeats)


@spoken
def prepare_sites(*, by: Any, region: str, period: str, reason: str = "") -> Prepared:
    """Compute the conformity of the points of construction sites that were checked in a region and period."""
    people.require(by, P.FIGURE_RELEASE, region=region)
    family = families.of(families.SITES)
    named = {one.code: one.zh for one in checks.subjects(checks.ENGINEERING)}
    held = sites.conforming(region, period)
    if not held:
        raise refuse("sample-empty")
    table = Table(
        {
            "project": [named.get(kind, kind) for kind, _conforms in held],
            "verdict": ["pass" if conforms else "fail" for _kind, conforms in held],
        }
    )
    series = Series.objects.get(pk=family.series)
    return _prepared(series, family, None, table, region, period, None, reason)


def _uploaded() -> list[str]:
    return [one.series for one in families.FAMILIES.values() if one.is_uploaded]


def _prepared(
    series: Series,
    family: Family,
    form: Questionnaire | None,
    table: Table,
    region: str,
    period: str,
    totals: Mapping[str, int] | None,
    reason: str,
) -> Prepared:
    regions.get(region)
    recording.check_begun(rules.check_period(period), clock.today())
    if family.kind != samples.COUNT:
        sampled.check_covered(table, region)
    found = sampled.numbers(table, family, form, region=region, totals=totals)
    return Prepared(
        series=series,
        region=region,
        period=period,
        reason=reason.strip()[:400],
        before=earlier(series, region, period, reason),
        kind=family.kind,
        rows=len(table),
        dataset=table.to_csv(),
        base={
            "type": TYPE,
            "series": series.pk,
            "region": region,
            "period": period,
            "kind": family.kind,
            "method": samples.method(family.kind, is_calibrated=bool(totals)),
            "questionnaire": None if form is None else canonical_form(form),
            "totals": dict(sorted((totals or {}).items())),
            "cities": _design(table, family),
        },
        numbers=tuple(found),
    )


def canonical_form(form: Questionnaire) -> dict[str, Any]:
    """Return a questionnaire as plain values; what was asked stays with the numbers it gave."""
    return canonical.loads(canonical.dumps(_plain(asdict(form))))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list | tuple) else value


def _design(table: Table, family: Family) -> list[list[str]]:
    """Return each drawn city with its stratum, its chance and how many of it answered."""
    if family.kind == samples.COUNT:
        return []
    held: dict[tuple[str, ...], int] = {}
    for key in zip(*(table.columns[name] for name in ("stratum", "city", "chance")), strict=True):
        held[key] = held.get(key, 0) + 1
    return [[*key, str(count)] for key, count in sorted(held.items())]


def earlier(series: Series, region: str, period: str, reason: str) -> Release | None:
    """Return the release in force of this very period, which needs a reason to be replaced."""
    found = Release.objects.filter(series=series, region=region, replaced_by__isnull=True)
    held = next((one for one in found if period in one.periods), None)
    if held is not None and not reason.strip():
        raise refuse("sample-released", periods=period, field="reason")
    return held


def observations(made: Release, prepared: Prepared) -> list[shape.Observation]:
    """Return the numbers of a release as observations; cells of few answers are withheld."""
    rule, method = rules.size_rule(), prepared.base["method"]
    formula = canonical.digest({"type": "zhiheng/method/1", "method": method, "base": made.base_sha})
    return [_observation(made, prepared, number, rule, formula) for number in prepared.numbers]


def _observation(
    made: Release, prepared: Prepared, number: Number, rule: rules.SizeRule, formula: str
) -> shape.Observation:
    found, is_drawn = number.estimate, prepared.kind != samples.COUNT
    is_shown = found.n >= rule.minimum
    scale = 100 if prepared.kind in (samples.SHARE, samples.COUNT) else 1
    note = "" if is_drawn else (CHOSEN if made.series_id == families.SITES else TARGETED)

    def said(value: float | None, times: int = scale) -> Decimal | None:
        text = decimal_text(value) if is_shown else None
        return None if text is None else Decimal(text) * times

    has_limits = is_drawn and is_shown
    thin = ["thin"] if is_shown and found.n < rule.firm else []
    return shape.Observation(
        series=made.series_id,
        region=number.region,
        period=prepared.period,
        breakdown=number.breakdown,
        unit=made.series.unit,
        basis=made.basis,
        purpose=made.purpose,
        origin="estimated",
        value=said(found.value),
        lower=said(found.lower) if has_limits else None,
        upper=said(found.upper) if has_limits else None,
        standard_error=said(found.error) if has_limits else None,
        interval="design" if has_limits else "none",
        level="0.95" if has_limits else "",
        n=found.n,
        population=found.units if is_drawn else None,
        design_effect=said(found.design_effect, 1) or None,
        status="final" if is_shown else "suppressed",
        flags=tuple(sorted({*writing.flags(), *thin})),
        note=note,
        formula_sha=formula,
        inputs_sha=made.dataset_sha,
        release=str(made.pk),
        recorded_at=made.recorded_at,
    )


def recomputed(release: Release) -> tuple[Number, ...]:
    """Compute the numbers of a release again from its evidence alone."""
    base = canonical.loads(evidence.read(release.base_sha))
    family = families.of(base["series"])
    asked = base["questionnaire"]
    form = None if asked is None else _form(asked)
    table = sample_files.read(evidence.read(release.dataset_sha), family, form, region=base["region"])
    return tuple(sampled.numbers(table, family, form, region=base["region"], totals=base["totals"] or None))


def _form(held: Mapping[str, Any]) -> Questionnaire:
    """Return the questionnaire as it was when it was asked."""
    fields = [
        questionnaires.Field(
            **{
                **one,
                "items": tuple(
                    questionnaires.Item(**{**item, "standard": questionnaires.Standard(**item["standard"])})
                    for item in one["items"]
                ),
            }
        )
        for one in held["fields"]
    ]
    return Questionnaire(**{**held, "fields": tuple(fields)})


def _said(number: Number) -> dict[str, Any]:
    numbers = {
        name: decimal_text(getattr(number.estimate, name)) for name in ("value", "lower", "upper", "error")
    }
    return {"region": number.region, "breakdown": number.breakdown, "n": number.estimate.n, **numbers}


def release_row(actor: Any, prepared: Prepared, id: Any) -> Release:
    """Return the row of the release, its files kept as evidence."""
    place = f"{prepared.series.pk}-{prepared.region}-{prepared.period}"
    dataset = evidence.store(prepared.dataset, name=f"sample-{place}.csv", media_type="text/csv")
    base = evidence.store(prepared.weights, name=f"base-{place}.json", media_type="application/json")
    method = prepared.base["method"]
    return Release(
        id=id,
        series=prepared.series,
        region=prepared.region,
        periods=[prepared.period],
        vintage=clock.today(),
        dataset_sha=dataset.sha256,
        dataset_rows=prepared.rows,
        base_sha=base.sha256,
        figures_root=prepared.root,
        method=method["id"],
        method_version=method["version"],
        parameters={
            "draws": [],
            "unused": [],
            "size_rule": vars(rules.size_rule()),
            "methods": {"headline": method},
            **({"repeats": prepared.repeats} if prepared.repeats > 1 else {}),
        },
        basis=prepared.series.basis,
        purpose=prepared.series.purpose,
        reason=prepared.reason,
        actor_role=actor.role,
        recorded_at=clock.now(),
        replaces=prepared.before,
    )
