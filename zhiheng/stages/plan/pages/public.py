"""The Outline as everybody may browse it: its parts, one article, one target."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from zhiheng import ledger
from zhiheng.errors import NotFound, UnknownCode
from zhiheng.reference import indicators, outline, systems
from zhiheng.web import as_of, breadcrumb, slots, timeline, wording
from zhiheng.web.gate import page

from .. import grounds, pictures, queries, said
from ..models import Target

DUTIES_SHOWN = 10


@page(public=True)
def plan(request: HttpRequest) -> HttpResponse:
    """Show the Outline as a tree, with its goals and targets."""
    targets = _shown_targets(queries.targets())
    named = {article for found in targets for article in (found["target"].article,)}
    context = {
        "title": said.outline_title(),
        "published": outline.published(),
        "parts": [
            {
                "part": part,
                "name": wording.bilingual(part),
                "articles": [_shown_article(outline.article(number), named) for number in part.articles],
                "projects": [wording.bilingual(p) for p in outline.projects() if p.part == part.number],
            }
            for part in outline.parts()
        ],
        "counts": _state_counts(),
        "goals": [wording.bilingual(goal) for goal in outline.goals()],
        "task_groups": [wording.bilingual(group) for group in outline.task_groups()],
        "targets": targets,
    }
    return render(request, "plan/plan.html", context)


def _shown_article(article: outline.Article, named: set[int]) -> dict[str, Any]:
    return {
        "number": article.number,
        "heading": said.heading(article),
        "state": said.ARTICLE_STATES[article.state],
        "has_targets": article.number in named,
    }


def _state_counts() -> list[tuple[Any, int]]:
    states = [article.state for article in outline.articles()]
    return [(shown, states.count(state)) for state, shown in said.ARTICLE_STATES.items()]


def _shown_targets(found: Iterable[Target]) -> list[dict[str, Any]]:
    """Return some targets, each with the newest published value of its series, in one statement for all."""
    targets = list(found)
    seen = queries.latest_of([target.series_id for target in targets if target.series_id])
    return [_shown_target(target, seen.get(target.series_id)) for target in targets]


def _shown_target(target: Target, seen: indicators.Observation | None) -> dict[str, Any]:
    return {
        "target": target,
        "name": wording.bilingual(target),
        "promise": said.promise(target),
        "due": wording.period(str(target.due)),
        "state": said.BINDING_STATES[target.binding],
        "series": wording.bilingual(target.series) if target.series else "",
        "latest": said.value(seen.value, target.unit) if seen else "",
        "latest_period": wording.period(seen.period) if seen else "",
    }


@page(public=True)
def article(request: HttpRequest, number: int) -> HttpResponse:
    """Show one article: its state, our words on it, and what rests on it."""
    try:
        found = outline.article(number)
    except UnknownCode:
        raise NotFound(
            _("The Outline has no article %(number)s.") % {"number": number},
            _("Its articles run from 1 to 32; open the plan and choose one."),
        ) from None
    part = outline.parts()[found.part - 1]
    duties = queries.public_obligations(number)
    context = {
        "title": said.article_name(found),
        "crumbs": breadcrumb.trail(
            (said.outline_title(), reverse("plan:plan")), wording.bilingual(part), said.article_name(found)
        ),
        "article": found,
        "state": said.ARTICLE_STATES[found.state],
        "summary": said.summary(found),
        "seen_elsewhere": found.seen_elsewhere_zh,
        "targets": _shown_targets(queries.targets().filter(article=number)),
        "series": [(one, wording.bilingual(one)) for one in queries.series_of_article(number)],
        "systems": [(one.id, wording.bilingual(one)) for one in systems.all() if _cites(one, number)],
        "duties": [(duty, said.DUTY_STATES[duty.state]) for duty in duties[:DUTIES_SHOWN]],
        "duty_count": duties.count(),
        "before": number - 1 if number > 1 else 0,
        "after": number + 1 if number < len(outline.articles()) else 0,
        "panels": slots.panels.collect("article", _reader(request), found),
    }
    return render(request, "plan/article.html", context)


def _cites(system: systems.System, number: int) -> bool:
    return number in system.articles and len(system.articles) < len(outline.articles())


def _reader(request: HttpRequest) -> Any:
    return request.user if request.user.is_authenticated else None


@page(public=True)
def target(request: HttpRequest, id: str) -> HttpResponse:
    """Show one target: what is promised, what measures it, how far it is."""
    day = as_of.day(request)
    found = queries.as_bound(queries.target(id), as_of.end_of(day))
    observations = queries.observations(found.series_id, known_on=day) if found.series_id else ()
    definition, warning = said.definition(found.series) if found.series else ("", "")
    doubt = indicators.ambiguity(found.indicator)
    chart = pictures.published(found, observations)
    context = {
        **as_of.told(request),
        "title": wording.bilingual(found),
        "crumbs": breadcrumb.trail(
            (said.outline_title(), reverse("plan:plan")),
            (
                said.article_name(outline.article(found.article)),
                reverse("plan:article", args=[found.article]),
            ),
            found.id,
        ),
        "standing": [said.BINDING_STATES[found.binding]],
        "identity": _identity(found),
        "shown": _shown_target(found, queries.newest(observations)),
        "target": found,
        "definition": definition,
        "warning": warning,
        "reason": said.reason(found),
        "remedy": (doubt.remedy_zh if wording.is_chinese() else doubt.remedy_en) if doubt else "",
        "candidates": _candidates(doubt) if found.binding == "refused" else [],
        "chart": chart,
        "observations": [
            (seen, said.published(seen, found.unit), said.found_how(seen))
            for seen in observations
            if chart is None or seen.breakdown
        ],
        "local": [_local(one) for one in outline.local_targets() if one.indicator == found.indicator],
        "why": grounds.of_binding(found),
        "panels": slots.panels.collect("target", _reader(request), found, day=day),
        "items": timeline.from_entries(_happened(found, as_of.end_of(day))),
    }
    return render(request, "plan/target.html", context)


def _happened(found: Target, moment: datetime | None) -> list[Any]:
    entries = ledger.timeline("target", found.id, public_only=True)
    return [entry for entry in entries if moment is None or entry.at <= moment]


def _identity(found: Target) -> list[tuple[Any, Any]]:
    rows = [
        (_("Promise"), said.promise(found)),
        (_("Due"), wording.period(str(found.due))),
        (_("Region"), wording.region_name(found.region)),
        (_("Unit"), said.unit(found.unit)),
    ]
    if found.series:
        rows += [
            (_("Series"), wording.bilingual(found.series)),
            (_("Basis"), said.basis(found.series)),
            (_("Purpose"), said.purpose(found.series)),
        ]
    return rows


def _candidates(doubt: indicators.Ambiguity | None) -> list[tuple[str, str, str]]:
    found = queries.all_series().filter(pk__in=doubt.candidates) if doubt else ()
    return [(wording.bilingual(one), said.basis(one), said.purpose(one)) for one in found]


def _local(one: outline.LocalTarget) -> dict[str, Any]:
    return {
        "region": wording.region_name(one.region),
        "plan": one.plan,
        "value": said.local_promise(one.operator, said.value(one.value, one.unit)),
        "relation": said.relation(one.relation),
        "source": f"{one.source} {one.source_date}",
    }
