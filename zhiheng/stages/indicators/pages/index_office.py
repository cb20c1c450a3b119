"""The office's pages of the index: choose, look at what would come out and what is missing, publish."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhiheng import web
from zhiheng.errors import NotFound
from zhiheng.formats.shapes.observation import members
from zhiheng.people.permissions import P
from zhiheng.reference import quality_index
from zhiheng.reference.regions import NATION
from zhiheng.web import breadcrumb, forms, wording

from .. import actions, indexing, observations, queries, rules, speaking
from ..index_forms import FIELDS, IndexForm, choice_of
from ..number_lists import NUMBERS
from ..rules import index as rule
from . import index as public

MOST_MISSING = 40
MOST_PERIODS = 6


@web.page(permission=P.FIGURE_VIEW)
def start(request: HttpRequest) -> HttpResponse:
    """Show which statistics are recorded, and let a statistician choose how the index is computed."""
    may_release = queries.may_release(request.user)
    context: dict[str, Any] = {
        "title": _("Competitiveness index"),
        **_recorded(),
        "may_release": may_release,
        "upload_url": reverse("web:import", args=[NUMBERS.id]),
        "rules": [_rule(one) for one in quality_index.classifications().values()],
        "names": [(one.id, one.zh if wording.is_chinese() else one.en) for one in _nodes()],
    }
    if not may_release:
        return render(request, "indicators/index_office.html", context)

    def act(form: IndexForm) -> str:
        speaking.spoken(_prepared)(form.asked)
        return f"{reverse('indicators:index_preview')}?{form.address}"

    initial = {name: request.GET.get(name, "") for name in FIELDS}
    initial = {name: said for name, said in initial.items() if said}
    form, answer = forms.handle(
        request, IndexForm, act=act, title=_("Competitiveness index"), initial=initial
    )
    return answer or render(request, "indicators/index_office.html", {**context, "form": form})


def _prepared(asked: Any) -> indexing.Prepared:
    return indexing.prepare(choice_of(asked))


@web.page(permission=P.FIGURE_RELEASE)
def preview(request: HttpRequest) -> HttpResponse:
    """Show the index as it would come out, what is missing, and what it hangs on; nothing is written."""
    if not request.GET.get("period"):
        return HttpResponseRedirect(reverse("indicators:index_office"))
    found = speaking.spoken(_prepared)(request.GET)
    places = {
        cell: (held, n) for name, held in found.doubts.items() for n, cell in enumerate(found.groups[name])
    }
    context = {
        "title": _("The index of %(period)s before it is published")
        % {"period": wording.period(found.choice.period)},
        "choice": found.choice.said if wording.is_chinese() else found.choice.said_en,
        "rows": [_row(found, cell, places.get(cell)) for cell in sorted(found.result.cells)],
        "missing": _missing(found),
        "shares": [
            {
                "about": wording.region_name(name) if name else "",
                "shares": [
                    (public.FACTORS[factor], wording.percent(float(row.mean()), 0))
                    for factor, row in held.shares.items()
                ],
            }
            for name, held in found.doubts.items()
        ],
        "tree": list(public.rows_of(rule.formula(found.choice.made, version="0").root)),
        "asked": [(name, request.GET[name]) for name in FIELDS if request.GET.get(name)],
        "back_url": f"{reverse('indicators:index_office')}?{request.GET.urlencode()}",
        "crumbs": breadcrumb.trail(
            (_("Competitiveness index"), reverse("indicators:index_office")), _("Preview")
        ),
    }
    return render(request, "indicators/index_preview.html", context)


@web.page(permission=P.FIGURE_RELEASE)
@require_POST
def publish(request: HttpRequest) -> HttpResponse:
    """Publish the index as it was looked at."""
    choice = speaking.spoken(choice_of)(request.POST)
    made = actions.publish_index(by=request.user, choice=choice, reason=request.POST.get("reason", ""))
    words = _("Numbers recorded: %(count)s.")
    messages.success(request, words % {"count": len(made)} if made else _("Nothing changed."))
    return HttpResponseRedirect(f"{reverse('indicators:index')}?period={choice.period}")


@web.page(permission=P.FIGURE_RELEASE)
@require_POST
def classify(request: HttpRequest) -> HttpResponse:
    """Compute size and share of quality-competitive industry by a rule."""
    rule_id = request.POST.get("rule", "")
    found = quality_index.classifications().get(rule_id)
    if found is None:
        raise NotFound(_("There is no such rule."), _("Go back to the list."))
    made = actions.classify(by=request.user, rule=found)
    words = _("Numbers recorded: %(count)s.")
    messages.success(request, words % {"count": len(made)} if made else _("Nothing changed."))
    return HttpResponseRedirect(reverse("indicators:index_office"))


def _nodes() -> list[Any]:
    return list(quality_index.tree().nodes())


def _recorded() -> dict[str, Any]:
    """Return, for the newest periods, how many regions and divisions each statistic is recorded for."""
    statistics = quality_index.tree().statistics()
    found: Counter[tuple[str, str]] = Counter()
    rows = observations.current().filter(series__in={one.series for one in statistics}).exclude(value="")
    for series, period, breakdown in rows.values_list("series", "period", "breakdown"):
        if not set(members(breakdown)) - {"division"}:
            found[period, series] += 1
    entered = {one.series for one in statistics if one.voice == "others"}
    periods = sorted({period for period, series in found if series in entered})[-MOST_PERIODS:]
    counts = [
        {"name": _said(one), "counts": [found[period, one.series] for period in periods]}
        for one in statistics
    ]
    return {"periods": periods, "recorded": counts}


def _missing(found: indexing.Prepared) -> list[dict[str, Any]]:
    """Return what is missing, for each set of statistics the regions and divisions that lack it."""
    cells: dict[str, list[str]] = {}
    for cell, lacking in sorted(found.missing.items()):
        cells.setdefault("、".join(_said(one) for one in lacking), []).append(_name(cell))
    return [
        {
            "names": names,
            "count": len(places),
            "places": "、".join(places[:MOST_MISSING]),
            "more": max(0, len(places) - MOST_MISSING),
        }
        for names, places in cells.items()
    ]


def _rule(one: quality_index.Classification) -> dict[str, Any]:
    chinese = wording.is_chinese()
    return {
        "id": one.id,
        "name": one.zh if chinese else one.en,
        "note": one.note_zh if chinese else one.note_en,
        "source": one.source,
        "as_of": one.as_of,
        "divisions": [wording.division_name(code) for code in one.divisions],
    }


def _said(one: quality_index.Statistic) -> str:
    return one.zh if wording.is_chinese() else one.en


def _name(cell: str) -> str:
    region, _space, breakdown = cell.partition(" ")
    name = wording.region_name(region)
    division = members(breakdown).get("division")
    return f"{name} · {wording.division_name(division)}" if division else name


def _row(found: indexing.Prepared, cell: str, place: tuple[Any, int] | None) -> dict[str, Any]:
    value, error = found.result.index(cell), found.result.error(cell)
    half = None if error is None else rules.Z_95 * error
    row = {
        "name": _name(cell),
        "is_nation": cell == NATION,
        "value": wording.number(value, 2),
        "interval": "" if half is None else public.limits(value - half, value + half),
        "words": public.words(value),
    }
    if place is not None:
        held, n = place
        row |= {
            "place": f"{held.place[n]:g}",
            "places": f"{held.best[n]:g}–{held.worst[n]:g}",
            "choices": public.limits(held.lower[n], held.upper[n]),
        }
    return row
