"""Fills a notice from what it is about: a draw with its results, or a release with its figures.

What is counted and listed comes from the records each time a version is made; an officer writes the words
around it and cannot change a number.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from zhiheng import people
from zhiheng.errors import UnknownCode
from zhiheng.ledger.models import Entry
from zhiheng.people.permissions import P
from zhiheng.reference import notices, regions
from zhiheng.stages.draw import queries as draws
from zhiheng.stages.draw.models import Draw, Selection
from zhiheng.stages.indicators import queries as figures
from zhiheng.stages.indicators import sentences
from zhiheng.stages.indicators.models import Release
from zhiheng.stages.inspection import labels as visit_labels
from zhiheng.stages.inspection import queries as inspections
from zhiheng.stages.inspection.models import Result, Visit
from zhiheng.stages.plan import said as plan_said
from zhiheng.stages.plan.models import PLAIN_THING
from zhiheng.web import wording

from . import rules
from .refusals import refuse
from .rules import content, redaction
from .rules.content import Words

DRAW, FIGURE = "draw", "release"
LANGUAGES = {"zh": "zh-hans", "en": "en"}


@dataclass(frozen=True)
class Gathered:
    """What a notice is filled with: its parts, what it names, whose names are known, from when it counts."""

    region: str
    title: Words
    text: Words
    sections: list[dict[str, Any]]
    about: list[tuple[str, str]]
    names: tuple[str, ...] = ()
    event_on: date | None = None
    marks: tuple[redaction.Mark, ...] = field(default=())


def gather(kind: notices.Kind, source_key: str, rule: notices.RedactionRule) -> Gathered:
    """Return what a notice of this kind is filled with from its source, as the records stand now."""
    if not source_key:
        raise refuse("notice-without-source")
    if kind.source == "draw":
        return _of_draw(kind, _draw(source_key), rule)
    return _of_release(kind, _release(source_key))


def find(person: Any, kind: notices.Kind, source_key: str) -> tuple[str, str]:
    """Return kind and region of a source as far as this person may see it."""
    if not source_key:
        raise refuse("notice-without-source")
    if kind.source == "draw":
        rows, permission = Draw.objects.filter(serial=source_key), P.DRAW_VIEW
    else:
        rows, permission = _releases(source_key), P.FIGURE_VIEW
    found = people.within(rows, person, permission, region="region").first()
    if found is None:
        raise refuse("notice-source-unknown")
    return (DRAW if kind.source == "draw" else FIGURE), found.region


def known_names(source_kind: str, source_key: str) -> tuple[str, ...]:
    """Return the names of persons that the site knows about a source: the inspectors of a draw."""
    draw = Draw.objects.filter(serial=source_key).first() if source_kind == DRAW else None
    return _inspectors(draw) if draw is not None else ()


def closed_on(serials: Sequence[str]) -> dict[str, date]:
    """Return the day on which each of these draws was closed, as the ledger tells it."""
    rows = Entry.objects.filter(verb="draw.closed", subjects__kind="draw", subjects__key__in=serials)
    return {key: timezone.localdate(at) for key, at in rows.values_list("subjects__key", "at")}


def in_both(say: Callable[[], str]) -> Words:
    """Return what a function says in each of the two languages."""
    said = {}
    for language, code in LANGUAGES.items():
        with translation.override(code):
            said[language] = str(say())
    return said


def _draw(serial: str) -> Draw:
    found = draws.public_draws().filter(serial=serial).first()
    if found is None:
        raise refuse("notice-source-unknown")
    return found


def _release(key: str) -> Release:
    found = _releases(key).select_related("series").first()
    if found is None:
        raise refuse("notice-source-unknown")
    return found


def _releases(key: str) -> Any:
    try:
        return Release.objects.filter(pk=key)
    except (ValidationError, ValueError):
        return Release.objects.none()


def _of_draw(kind: notices.Kind, draw: Draw, rule: notices.RedactionRule) -> Gathered:
    if not rules.may_be_filled_from(kind, draw.state):
        raise refuse("notice-source-early", draw=draw.serial)
    facts = {"kind": kind, "draw": draw}
    if not kind.is_result:
        return Gathered(
            region=draw.region,
            title=in_both(lambda: _title(**facts)),
            text=in_both(lambda: _announced(draw)),
            sections=[_about_the_draw(draw)],
            about=[(DRAW, draw.serial)],
        )
    failing = _failing(draw)
    products, subjects, marks = _products(failing, rule)
    return Gathered(
        region=draw.region,
        title=in_both(lambda: _title(**facts)),
        text=in_both(lambda: _resulted(kind, draw)),
        sections=[_about_the_draw(draw), _counts(draw, len(failing)), products],
        about=[(DRAW, draw.serial), *subjects],
        names=_inspectors(draw),
        event_on=closed_on([draw.serial]).get(draw.serial),
        marks=marks,
    )


def _title(kind: notices.Kind, draw: Draw) -> str:
    said = {
        "region": wording.region_name(draw.region),
        "period": wording.period(draw.period),
        "kind": wording.bilingual(kind),
        "about": plan_said.about(draw.obligation),
    }
    if draw.thing == PLAIN_THING:
        return _("%(region)s, %(period)s: %(kind)s") % said
    return _("%(region)s, %(period)s: %(kind)s (%(about)s)") % said


def _announced(draw: Draw) -> str:
    said = {"serial": draw.serial, "region": wording.region_path(draw.region)}
    return (
        _(
            "The firms to be inspected in %(region)s are drawn by lot (draw %(serial)s). The list they are "
            "drawn from, the number to draw and the commitment were fixed before anybody could know "
            "the outcome.\n"
            "Anybody can repeat the draw once it is closed."
        )
        % said
    )


def _resulted(kind: notices.Kind, draw: Draw) -> str:
    said = {
        "region": wording.region_path(draw.region),
        "about": plan_said.about(draw.obligation),
        "serial": draw.serial,
    }
    return (
        _(
            "The results of the inspection in %(region)s (%(about)s, draw %(serial)s) are published below. "
            "The firms were drawn by lot; refused and closed visits are shown as what they are.\n"
            "A failing result is listed once nobody can object to it any more."
        )
        % said
    )


def _about_the_draw(draw: Draw) -> dict[str, Any]:
    chosen = sum(row.sample for row in draws.strata(draw))
    rows: list[tuple[Callable[[], str], Callable[[], str]]] = [
        (lambda: _("Draw"), lambda: draw.serial),
        (lambda: _("Region"), lambda: wording.region_path(draw.region)),
        (lambda: _("Period"), lambda: wording.period(draw.period)),
        (lambda: _("What is inspected"), lambda: plan_said.about(draw.obligation)),
        (lambda: _("Firms in the frame"), lambda: wording.number(draw.frame.unit_count)),
        (
            lambda: _("Firms to draw"),
            lambda: wording.number(chosen),
        ),
        (lambda: _("Hash of the announcement"), lambda: draw.announcement_hash),
    ]
    if draw.is_revealed:
        rows.append((lambda: _("Hash of the certificate"), lambda: draw.certificate_sha))
    return _facts(lambda: _("The draw"), rows)


def _counts(draw: Draw, failing: int) -> dict[str, Any]:
    counted = inspections.of_draw(draw)
    names = visit_labels.VISIT_STATES
    rows = [(lambda: _("Visits made"), _count(sum(counted.values())))]
    for state in ("passed", "refused", "closed", "not_found", "no_stock", "void"):
        rows.append((lambda state=state: str(names[state].label), _count(counted.get(state, 0))))
    rows.append((lambda: _("Failed, final"), _count(failing)))
    rows.append((lambda: _("Failed, not final yet"), _count(counted.get("failed", 0) - failing)))
    return _facts(lambda: _("What was found"), rows)


def _count(number: int) -> Callable[[], str]:
    return lambda: wording.number(number)


def _facts(heading: Callable[[], str], rows: Sequence[tuple[Any, Any]]) -> dict[str, Any]:
    return content.facts_section(
        in_both(heading), [(in_both(label), in_both(value)) for label, value in rows]
    )


def _failing(draw: Draw) -> list[Visit]:
    """Return the failing visits of a draw that everybody may see, in the order of their region and code."""
    rows = inspections.published().filter(draw=draw, verdict="fail").select_related("subject", "sample")
    found = list(rows.order_by("region", "subject__code")[: rules.MOST_ROWS + 1])
    if len(found) > rules.MOST_ROWS:
        raise refuse("notice-too-many-rows", count=rows.count(), most=rules.MOST_ROWS)
    return found


def _products(
    failing: Sequence[Visit], rule: notices.RedactionRule
) -> tuple[dict[str, Any], list[tuple[str, str]], tuple[redaction.Mark, ...]]:
    """Return the list of failing products, the firms it names, and what was masked in it."""
    items = _failed_items(failing)
    rows, subjects, marks = [], [], []
    for visit in failing:
        name, code = visit.subject.name, visit.subject.code
        if "sole_trader" in rule.masks and redaction.is_sole_trader(code):
            name, code = redaction.sole_trader(name, code)
            marks += [redaction.Mark("sole_trader", one, 0, 0) for one in (name, code)]
        else:
            subjects.append(("subject", code))
        sample = visit.sample
        goods = " ".join(filter(None, (sample.product_name, sample.model, sample.batch_no)))
        rows.append((name, code, f"{visit.region} {_place(visit.region)}", goods, items.get(sample.pk, "-")))
    head = [
        in_both(lambda: _("Firm")),
        in_both(lambda: _("Social credit code")),
        in_both(lambda: _("Region")),
        in_both(lambda: _("Product, model and batch")),
        in_both(lambda: _("Items that failed")),
    ]
    heading = in_both(lambda: _("Products that failed"))
    return content.table_section(heading, head, rows), list(dict.fromkeys(subjects)), tuple(marks)


def _place(region: str) -> str:
    """Return the name of a region as the records hold it; a cell is the same in both languages."""
    try:
        return regions.get(region).zh
    except UnknownCode:
        return ""


def _failed_items(failing: Sequence[Visit]) -> dict[Any, str]:
    """Return by sample which items failed, each with its value and limit as they were reported."""
    found: dict[Any, list[str]] = {}
    keys = [visit.sample.pk for visit in failing]
    for start in range(0, len(keys), 500):
        some = Result.objects.filter(
            sample__in=keys[start : start + 500], verdict="fail", replaced_by__isnull=True
        )
        for row in some.order_by("sample", "item", "recorded_at", "id"):
            sign = "≤" if row.limit_kind == "upper" else "≥"
            found.setdefault(row.sample_id, []).append(
                f"{row.item} {row.said} {row.unit} ({sign} {row.limit} {row.unit})"
            )
    return {key: "; ".join(said) for key, said in found.items()}


def _inspectors(draw: Draw) -> tuple[str, ...]:
    """Return the names of the inspectors of a draw: the words around the numbers may not name them."""
    names: set[str] = set()
    for place in ("first_inspector__name", "second_inspector__name"):
        rows = Selection.objects.filter(draw=draw).exclude(**{f"{place}": None})
        names.update(rows.order_by().values_list(place, flat=True).distinct())
    return tuple(sorted(names - {""}))


def _of_release(kind: notices.Kind, release: Release) -> Gathered:
    if figures.current_releases().filter(pk=release.pk).first() is None:
        raise refuse("notice-source-replaced")
    rows = list(release.figures.filter(division="").select_related("series", "release"))
    rows.sort(key=lambda row: (row.region, row.period))
    said: list[tuple[Callable[[], str], Callable[[], str]]] = [
        (
            lambda row=row: f"{wording.region_name(row.region)} {wording.period(row.period)}",
            lambda row=row: sentences.share(row),
        )
        for row in rows[: rules.MOST_ROWS]
    ]
    ground = [
        (lambda: _("Series"), lambda: sentences.name(release.series)),
        (lambda: _("Region"), lambda: wording.region_path(release.region)),
        (lambda: _("Drawn units"), lambda: wording.number(release.dataset_rows)),
        (lambda: _("Draws"), lambda: wording.number(len(release.parameters["draws"]))),
        (lambda: _("Estimation method"), lambda: f"{release.method} / {release.method_version}"),
        (lambda: _("Data set, SHA-256"), lambda: release.dataset_sha),
        (lambda: _("Root over all figures"), lambda: release.figures_root),
    ]
    return Gathered(
        region=release.region,
        title=in_both(lambda: _figure_title(release)),
        text=in_both(lambda: _figure_text(release)),
        sections=[
            _facts(lambda: _("Figures with their intervals of 95 %"), said),
            _facts(lambda: _("What they rest on"), ground),
        ],
        about=[(FIGURE, str(release.pk)), ("series", release.series_id)],
    )


def _figure_title(release: Release) -> str:
    said = {
        "series": sentences.name(release.series),
        "region": wording.region_name(release.region),
        "periods": ("、" if wording.is_chinese() else ", ").join(map(wording.period, release.periods)),
    }
    return _("%(series)s, %(region)s, %(periods)s") % said


def _figure_text(release: Release) -> str:
    return _(
        "The figures below were released on %(day)s. Each can be followed on its page back to the draw, the "
        "visits and the law, and computed again from its file."
    ) % {"day": wording.day(release.vintage)}
