"""The pages of the year's plan: periods and weeks against inspectors, planning all draws or one."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from zhiheng import people, web
from zhiheng.formats import periods
from zhiheng.people import clock
from zhiheng.people.permissions import P
from zhiheng.stages.plan import said as plan_said
from zhiheng.web import breadcrumb, forms, wording
from zhiheng.web.tables import export

from .. import actions, labels, queries, yearplan
from ..forms import PlanDrawForm, PlanYearForm

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@web.page(permission=P.DRAW_VIEW)
def calendar(request: HttpRequest) -> HttpResponse:
    """Show the year of a region: duties and draws by period, inspector-days by week, who is on leave."""
    year, place = _year(request), queries.home(request.user)
    plan = yearplan.of_year(request.user, place, year)
    if request.GET.get("format") == "xlsx":
        return _workbook(plan)
    may_plan = people.may(request.user, P.DRAW_COMMIT, region=place)
    context = {
        "title": _("Year’s plan of draws"),
        "lead": f"{wording.region_path(place)} · {wording.period(str(year))}",
        "crumbs": _crumbs(),
        "plan": plan,
        "years": range(year - 1, year + 2),
        "today": clock.today(),
        "states": [labels.PLAN_STATES[state] for state in yearplan.STATES],
        "by_period": [(row, [row.counts[state] for state in yearplan.STATES]) for row in plan.by_period],
        "duties": [(one, labels.PLAN_STATES[one.state], plan_said.about(one.duty)) for one in plan.duties],
        "weeks": [(week, float(week.needed), float(week.free), away) for week, away in plan.weeks],
        "may_plan": may_plan,
        "plan_url": f"{reverse('draw:plan_year')}?year={year}",
    }
    return render(request, "draw/calendar.html", context)


@web.page(permission=P.DRAW_COMMIT)
def plan_year(request: HttpRequest) -> HttpResponse:
    """Show the day of each draw that would be planned, and plan all of them in one go."""
    year, place = _year(request), queries.home(request.user)
    back = f"{reverse('draw:calendar')}?year={year}"

    def act(_form: PlanYearForm) -> str:
        actions.plan_year(by=request.user, region=place, year=year)
        return back

    form, answer = forms.handle(request, PlanYearForm, act=act, key=f"{place} {year}")
    if answer:
        return answer
    proposed = yearplan.proposals(request.user, place, year)
    context = {
        "title": _("Plan the draws of the year"),
        "lead": _(
            "Each duty without a draw gets the first working day of its period, from today on. The list of "
            "firms is frozen and the draw announced on that day, not before."
        ),
        "crumbs": _crumbs((_("Plan the draws of the year"), "")),
        "form": form,
        "proposed": [(one, plan_said.about(one.duty)) for one in proposed],
        "is_empty": not any(one.draw_on for one in proposed),
        "back": back,
    }
    return render(request, "draw/plan_year.html", context)


@web.page(permission=P.DRAW_COMMIT)
def plan_draw(request: HttpRequest, pk: Any) -> HttpResponse:
    """Plan the draw of one duty on another day of its period."""
    duty = queries.obligation(request.user, pk)
    year = periods.parse(duty.period).year
    back = f"{reverse('draw:calendar')}?year={year}"

    def act(form: PlanDrawForm) -> str:
        actions.plan_draw(by=request.user, obligation=duty, draw_on=form.cleaned_data["draw_on"])
        return back

    planned = getattr(duty, "planned_draw", None)
    initial = {"draw_on": planned.draw_on} if planned else {}
    form, answer = forms.handle(request, PlanDrawForm, act=act, key=str(duty.pk), initial=initial)
    title = _("Plan the day of a draw")
    lead = " · ".join((wording.region_path(duty.region), wording.period(duty.period), plan_said.about(duty)))
    context = {"form": form, "title": title, "lead": lead, "crumbs": _crumbs((title, "")), "cancel_url": back}
    return answer or render(request, "web/form_page.html", context)


def _crumbs(*more: tuple[Any, str]) -> Any:
    here = (_("Year’s plan of draws"), reverse("draw:calendar"))
    if not more:
        return breadcrumb.trail((_("Draws"), reverse("draw:draws")), here[0])
    return breadcrumb.trail((_("Draws"), reverse("draw:draws")), here, more[0][0])


def _year(request: HttpRequest) -> int:
    text = request.GET.get("year", "")
    is_year = periods.known(text) and periods.parse(text).kind == periods.YEAR
    return int(text) if is_year else clock.today().year


def _workbook(plan: yearplan.Plan) -> HttpResponse:
    """Return the weeks of the year as a workbook."""
    header = (
        *(_("Week"), _("From"), _("To"), _("Working days"), _("Inspector-days held")),
        *(_("Inspector-days asked for"), _("Free"), _("Overfull"), _("On leave")),
    )
    rows = [
        (
            week.number,
            week.first,
            week.last,
            week.working_days,
            week.capacity,
            round(float(week.needed), 1),
            round(float(week.free), 1),
            _("yes") if week.is_overfull else "",
            "; ".join(f"{one.name} {one.days}" for one in away),
        )
        for week, away in plan.weeks
    ]
    data = export.workbook(header, rows, title=str(plan.year))
    answer = export.mark(HttpResponse(data, content_type=XLSX))
    return export.attach(answer, export.marked(f"draw-plan-{plan.region}-{plan.year}.xlsx"))
