"""What this stage puts into the pages of earlier rooms: menu, to-do counts, panels, words."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhiheng.people.permissions import P
from zhiheng.web import as_of, imports, problems, slots, timeline, wording

from . import number_lists, sentences

MENU = (
    slots.MenuItem("figures", gettext_lazy("Figures"), "indicators:series_list", order=10, public=True),
    slots.MenuItem("regions", gettext_lazy("Regions"), "indicators:regions", order=12, public=True),
    slots.MenuItem("data", gettext_lazy("Open data"), "indicators:data", order=80, public=True),
    slots.MenuItem("verify", gettext_lazy("Check a file"), "indicators:verify", order=90, public=True),
    slots.MenuItem("board", gettext_lazy("Board"), "indicators:board", permission=P.FIGURE_VIEW, order=65),
    slots.MenuItem(
        "releases", gettext_lazy("Releases"), "indicators:releases", permission=P.FIGURE_VIEW, order=70
    ),
    slots.MenuItem(
        "formulas",
        gettext_lazy("Formulas and numbers"),
        "indicators:formulas",
        permission=P.FIGURE_VIEW,
        order=72,
    ),
    slots.MenuItem(
        "index-office",
        gettext_lazy("Competitiveness index"),
        "indicators:index_office",
        permission=P.FIGURE_VIEW,
        order=73,
    ),
    slots.MenuItem(
        "coverage", gettext_lazy("Coverage"), "indicators:coverage", permission=P.FIGURE_VIEW, order=75
    ),
)


def _of_sdmx(request: HttpRequest, build: Callable[[], problems.Problem]) -> HttpResponse:
    """Tell a problem in the form of SDMX; its page is loaded when it is needed, not with every command."""
    from .pages import sdmx

    return sdmx.problem(request, build)


def fill() -> None:
    """Register everything once."""
    for item in MENU:
        slots.menu.add(item)
    imports.register(number_lists.NUMBERS)
    problems.written_below("/sdmx/", _of_sdmx)
    slots.todo.add(to_release)
    slots.demo_accounts.add(demo_accounts)
    slots.official.add(official_numbers)
    slots.panels.add("target", target_panel)
    slots.panels.add("target", chance_panel)
    slots.panels.add("inspection", inspection_panel)
    timeline.labels.add("indicators.released", gettext_lazy("Figures released"))
    timeline.labels.add("indicators.sample_released", gettext_lazy("Numbers of a sample released"))
    timeline.labels.add("indicators.observations_recorded", gettext_lazy("Numbers recorded"))
    timeline.labels.add("indicators.formula_defined", gettext_lazy("Formula defined"))


def official_numbers(ids: Collection[str], dimensions: Collection[str], day: date | None) -> list[Any]:
    """Return the national numbers of others that were recorded here, now or by the end of a day."""
    from . import official

    return list(official.told(ids, dimensions, day))


def to_release(person: Any) -> list[slots.TodoItem]:
    """Count the finished draws whose figures wait for their release."""
    from . import queries

    if not queries.may_release(person):
        return []
    waiting = [row for row in queries.coverage(person) if row.is_ready]
    rows = tuple(
        slots.TodoRow(
            what=_("Release %(period)s") % {"period": wording.period(row.period)},
            about=wording.region_name(row.region),
            url=f"{reverse('indicators:new_release')}?region={row.region}&periods={row.period}",
            button=_("Release"),
        )
        for row in waiting[:20]
    )
    url = reverse("indicators:coverage")
    return [
        slots.TodoItem("to-release", _("Figures to release"), len(waiting), url, rows=rows),
        *_again(person),
    ]


def _again(person: Any) -> list[slots.TodoItem]:
    """Name the releases and formulas whose inputs were restated since."""
    from .pages import standing

    releases = f"{reverse('indicators:releases')}#again"
    parts = (
        ("to-release-again", _("Releases to make again"), standing.again(person), releases),
        (
            "to-compute",
            _("Formulas to compute anew"),
            standing.to_compute(person),
            reverse("indicators:formulas"),
        ),
    )
    return [
        slots.TodoItem(id, label, len(rows), url, rows=rows[: standing.MOST])
        for id, label, rows, url in parts
        if rows
    ]


def target_panel(person: Any, target: Any, day: date | None = None) -> slots.Panel | None:
    """Show on a target what its series says, or said at the end of a day."""
    from . import queries
    from .pages import cards

    moment, series = as_of.end_of(day), target.series_id
    region = None if series is None else queries.widest_region(series, as_of=moment)
    if region is None:
        return None
    found = queries.latest(series, region, as_of=moment, yearly=True)
    found = found or queries.latest(series, region, as_of=moment)
    context = {
        "figure": found,
        "share": sentences.share(found),
        "answer": cards.answer(found),
        "url": cards.figure_url(found, day),
        "series_url": cards.series_url(found, day),
    }
    return slots.Panel(_("What was measured"), "indicators/target_panel.html", context, id="measured")


def chance_panel(person: Any, target: Any, day: date | None = None) -> slots.Panel | None:
    """Show on a target how likely it is reached by its date, and the path, now or by what a day knew."""
    from . import promises
    from .pages import targets

    context = targets.chance(promises.of(target, day))
    return slots.Panel(_("How likely is it reached?"), "indicators/chance_panel.html", context, id="chance")


def inspection_panel(person: Any, visit: Any) -> slots.Panel | None:
    """Show on an inspection the released figures that it counts in."""
    from . import queries
    from .pages import cards

    used = queries.using_inspection(visit)
    if not used:
        return None
    rows = [
        {"title": cards.figure_title(row), "url": cards.figure_url(row), "share": sentences.share(row)}
        for row in used
    ]
    return slots.Panel(
        _("Figures that use this inspection"),
        "indicators/inspection_panel.html",
        {"rows": rows},
        id="figures",
    )


def demo_accounts() -> list[slots.DemoAccount]:
    """Return the accounts that a demonstration left in its folder; none outside of one."""
    place = Path(settings.VAR) / "demo.json"
    if not settings.DEMO or not place.exists():
        return []
    held = json.loads(place.read_text(encoding="utf-8"))
    words = "zh" if wording.is_chinese() else "en"
    return [
        slots.DemoAccount(
            login=account["login"],
            password=account["password"],
            name=account[f"name_{words}"],
            role=account[f"role_{words}"],
            region=account["region"],
            what=account[f"what_{words}"],
        )
        for account in held["accounts"]
    ]
