"""Registers construction sites, plans their checks, records points and findings, and follows them up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from zhiheng import ledger, people
from zhiheng.people import clock
from zhiheng.people.permissions import P
from zhiheng.procedure import machine
from zhiheng.reference import checks, regions
from zhiheng.stages.draw.words import spoken
from zhiheng.stages.registry.available import Absences
from zhiheng.stages.registry.models import Inspector

from .. import rules, sites
from ..models import CheckPoint, PointResult, Site, SiteCheck
from ..refusals import REFUSALS, refuse
from ..rules import sampling
from ..rules import sites as site_rules


@dataclass(frozen=True)
class Point:
    """A place of a site and the answer to each item there."""

    place: str
    given: Mapping[str, str]


@spoken(REFUSALS)
@transaction.atomic
def register_site(
    *, by: Any, code: str, name: str, project_type: str, region: str, builder: str, builder_code: str = ""
) -> Site:
    """Enter a construction project; the same one again is returned."""
    actor = people.require(by, P.REGISTRY_EDIT, region=region)
    regions.get(region)
    if project_type not in {one.code for one in checks.subjects(checks.ENGINEERING)}:
        raise refuse("no-project-type", kind=project_type, field="project_type")
    if not (code.strip() and name.strip() and builder.strip()):
        raise refuse("site-incomplete")
    known = Site.objects.filter(code=code.strip()).first()
    if known is not None:
        if (known.name, known.region, known.project_type) == (name.strip(), region, project_type):
            return known
        raise refuse("site-known", code_of_site=code.strip())
    site = Site.objects.create(
        code=code.strip(),
        name=name.strip(),
        project_type=project_type,
        region=region,
        builder=builder.strip(),
        builder_code=builder_code.strip(),
        recorded_at=clock.now(),
    )
    _log(actor, "site.registered", site, {"project_type": project_type})
    return site


@spoken(REFUSALS)
@transaction.atomic
def plan_site_check(*, by: Any, site: Site, period: str, first: str, second: str) -> SiteCheck:
    """Plan a check of a site in a period by two inspectors who can go; planned twice it stands once."""
    actor = people.require(by, P.CASE_HANDLE, region=site.region)
    rules.check_pair([first.strip(), second.strip()])
    rows = SiteCheck.objects.select_related("first_inspector", "second_inspector")
    known = rows.filter(site=site, period=period).first()
    if known is not None:
        if {known.first_inspector.code, known.second_inspector.code} == {first.strip(), second.strip()}:
            return known
        raise refuse("site-check-planned", period=period, field="first")
    pair = [_inspector(code.strip()) for code in (first, second)]
    absences = Absences(pair)
    for one in pair:
        sampling.check_able(one.code, absences.why(one, clock.today()), on=clock.today())
    made = SiteCheck.objects.create(
        site=site,
        region=site.region,
        period=period,
        first_inspector=pair[0],
        second_inspector=pair[1],
        planned_on=clock.today(),
    )
    _log(
        actor, "site.check_planned", site, {"period": period, "inspectors": [one.code for one in pair]}, made
    )
    return made


@spoken(REFUSALS)
@transaction.atomic
def record_site_check(*, by: Any, check: SiteCheck, checked_on: date, points: Sequence[Point]) -> SiteCheck:
    """Record every point of a check with an answer to every item; the state follows from the answers.

    Handed in twice it is recorded once. One item that fails makes a finding of its point.
    """
    check = _locked(check)
    actor = people.require(by, P.INSPECTION_RECORD, region=check.region)
    if check.state != site_rules.PLANNED and check.checked_on == checked_on and points:
        if _recorded(check) == [(_place(point), _said(point)) for point in points]:
            return check
        raise refuse("site-check-recorded")
    edge = machine.advance(site_rules.TABLE, check.state, "check")
    _check_day(check, checked_on)
    if not points:
        raise refuse("no-points")
    items = sites.items_of(check.site)
    verdicts = [_keep(check, number, point, items) for number, point in enumerate(points, 1)]
    step = site_rules.concluding("pass" if conforms else "fail" for conforms in verdicts)
    edge = machine.advance(site_rules.TABLE, edge.target, step)
    check.state, check.checked_on, check.moved_on = edge.target, checked_on, checked_on
    check.save(update_fields=["state", "checked_on", "moved_on"])
    detail = {"points": len(verdicts), "conforming": sum(verdicts), "state": check.state}
    _log(actor, edge.verb, check.site, detail, check)
    return check


@spoken(REFUSALS)
@transaction.atomic
def move_site_check(
    *,
    by: Any,
    check: SiteCheck,
    event: str,
    reason: str = "",
    on: date | None = None,
    correct_by: date | None = None,
) -> SiteCheck:
    """Take one step of a check: no access, order to correct, correction, re-check, suspension, referral."""
    check = _locked(check)
    edge = machine.advance(site_rules.TABLE, check.state, event)
    actor = people.require(by, edge.permission or P.CASE_HANDLE, region=check.region)
    day = on or clock.today()
    if event in ("check", "conform", "find"):
        raise refuse("own-form")
    if check.state == site_rules.PLANNED:
        _check_day(check, day)
        check.checked_on = day
    else:
        rules.check_step_day(day, not_before=check.moved_on or check.planned_on, today=clock.today())
    if "reason_given" in edge.guards:
        rules.check_reason(reason)
    if "day_to_correct" in edge.guards:
        site_rules.check_correct_by(correct_by, on=day)
        check.correct_by = correct_by
    check.state, check.moved_on, check.note = edge.target, day, reason.strip()[:400] or check.note
    check.save(update_fields=["state", "moved_on", "checked_on", "correct_by", "note"])
    said = ledger.bound(reason.strip()[:400], check, "note")
    detail = {"reason": said, "state": check.state, "on": day.isoformat()}
    if check.correct_by and event == "order_correction":
        detail["correct_by"] = check.correct_by.isoformat()
    _log(actor, edge.verb, check.site, detail, check)
    return check


def _recorded(check: SiteCheck) -> list[tuple[str, dict[str, str]]]:
    """Return the points of a check as they were handed in."""
    rows = CheckPoint.objects.filter(site_check=check).order_by("number").prefetch_related("results")
    return [(row.place, {one.item: one.value for one in row.results.all()}) for row in rows]


def _place(point: Point) -> str:
    return point.place.strip()[:120]


def _said(point: Point) -> dict[str, str]:
    return {item: value.strip() for item, value in point.given.items()}


def _keep(check: SiteCheck, number: int, point: Point, items: Sequence[checks.CheckItem]) -> bool:
    found = site_rules.answers(items, point.given)
    if not point.place.strip():
        raise refuse("no-place-of-point", number=number)
    conforms = all(one.verdict == "pass" for one in found)
    made = CheckPoint.objects.create(
        site_check=check,
        number=number,
        place=_place(point),
        conforms=conforms,
        recorded_at=clock.now(),
    )
    PointResult.objects.bulk_create(
        PointResult(
            point=made,
            item=one.item.code,
            value=one.value,
            unit=one.item.unit,
            limit=one.limit,
            limit_kind=one.item.limit_kind,
            verdict=one.verdict,
            recorded_at=clock.now(),
        )
        for one in found
    )
    return conforms


def _check_day(check: SiteCheck, on: date) -> None:
    rules.check_step_day(on, not_before=check.planned_on, today=clock.today())
    pair = (check.first_inspector, check.second_inspector)
    absences = Absences(pair)
    for one in pair:
        sampling.check_able(one.code, absences.why(one, on), on=on)


def _inspector(code: str) -> Inspector:
    found = Inspector.objects.filter(code=code).first()
    if found is None:
        raise refuse("no-such-inspector", inspector=code, field="first")
    return found


def _locked(check: SiteCheck) -> SiteCheck:
    rows = SiteCheck.objects.select_for_update(of=("self",))
    return rows.select_related("site", "first_inspector", "second_inspector").get(pk=check.pk)


def _log(
    actor: ledger.Actor, verb: str, site: Site, detail: dict[str, Any], check: SiteCheck | None = None
) -> None:
    subjects = [("site", str(site.pk)), *([("site_check", str(check.pk))] if check is not None else [])]
    ledger.record(by=actor, verb=verb, subjects=subjects, detail=detail, region=site.region)
