"""The page that shows a draw before it is committed: who could be drawn, who is left out, how much work."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from zhiheng import people, web
from zhiheng.errors import ZhihengError
from zhiheng.people import clock
from zhiheng.people.permissions import P
from zhiheng.reference import limits
from zhiheng.stages.plan import grounds as plan_grounds
from zhiheng.stages.plan import said as plan_said
from zhiheng.stages.plan.models import Obligation
from zhiheng.stages.registry.models import Frame, Subject
from zhiheng.stages.registry.rules_frames import objections_until
from zhiheng.web import breadcrumb, forms, wording

from .. import actions, beacon_forms, designing, labels, linkage, objections, queries, rules
from ..designing import Design, Wish
from ..forms import FreezeForm, PrepareForm, prepare_form
from ..rules import design
from ..words import translated

NAMED = 20


@web.page(permission=P.DRAW_COMMIT)
def prepare(request: HttpRequest, pk: Any) -> HttpResponse:
    """Show the design of a draw, and commit it as it is shown."""
    duty = queries.obligation(request.user, pk)
    frame = queries.frame_for(duty)
    title = _("Prepare the draw")
    context = {
        "title": title,
        "lead": " · ".join(
            (wording.region_path(duty.region), wording.period(duty.period), plan_said.about(duty))
        ),
        "duty": duty,
        "frame": frame,
        "freeze_url": _freeze_url(duty),
        "why": plan_grounds.of_obligation(duty),
        "crumbs": breadcrumb.trail(
            (_("Obligations"), reverse("plan:obligations")),
            (wording.period(duty.period), reverse("plan:obligation", args=[duty.pk])),
            title,
        ),
    }
    if frame is None:
        return render(request, "draw/prepare.html", context)
    absent = designing.away_until_reveal(duty.region, clock.today())
    form, answer = _form(request, duty, frame, absent)
    if answer:
        return answer
    preview = _preview(request, duty, frame, absent)
    return render(request, "draw/prepare.html", context | preview | {"form": form})


def _freeze_url(duty: Obligation) -> str:
    """Return where the list of a duty is frozen: its own, or its region's with the names of its panel."""
    if duty.needs_own_list:
        return reverse("draw:freeze", args=[duty.pk])
    panel = designing.panel_of(duty)
    goes_on = panel is not None and panel.first_draw.frame.is_salted
    return reverse("registry:frame_new") + (f"?names_from={panel.first_draw.frame_id}" if goes_on else "")


@web.page(permission=P.DRAW_COMMIT)
def freeze(request: HttpRequest, pk: Any) -> HttpResponse:
    """Freeze the list of a duty."""
    duty = queries.obligation(request.user, pk)
    back = reverse("draw:prepare", args=[duty.pk])

    def act(form: FreezeForm) -> str:
        actions.freeze(by=request.user, obligation=duty, **form.cleaned_data)
        return back

    is_joint, panel = hasattr(duty, "joint_frame"), designing.panel_of(duty)
    is_settled = is_joint or panel is not None
    form, answer = forms.handle(request, FreezeForm, act=act, key=str(duty.pk), may_choose=not is_settled)
    lead = _("All firms that the duty is about are listed as the register stands now; its hash is public.")
    if is_joint:
        lead = _(
            "All firms that the duty is about are listed as the register stands now, under their codes: the "
            "lists of a joint campaign are compared with one another in public, firm by firm."
        )
    elif panel is not None:
        lead = _(
            "All firms that the duty is about are listed as the register stands now, named as in the first "
            "draw of their panel, so that each keeps its number."
        )
    context = {"form": form, "title": _("Freeze the list of this duty"), "lead": lead, "cancel_url": back}
    return answer or render(request, "web/form_page.html", context)


def _form(
    request: HttpRequest, duty: Obligation, frame: Frame, absent: Collection[str]
) -> tuple[Any, HttpResponse | None]:
    def act(form: PrepareForm) -> str:
        said = form.cleaned_data
        objections.check(frame, beacon_forms.announced(said), said["objection_reason"])
        draw = actions.commit(
            by=request.user,
            obligation=duty,
            frame=frame,
            beacon_kind=said["beacon_kind"],
            beacon_reference=said["beacon_reference"],
            fallbacks=said["fallbacks"],
            away=said.get("away", ()),
            exclude=said["exclude"],
            singles=said["singles"],
            match_fields=said["match_fields"],
            by_weight=said["method"] == rules.BY_WEIGHT,
            objection_reason=said["objection_reason"],
        )
        return reverse("draw:draw", args=[draw.serial])

    chosen = {"exclude": _chosen(request), "method": _method(request)}
    initial = {**chosen, "match_fields": True, **beacon_forms.suggested(_until(frame))}
    wanted = prepare_form(duty.region, absent)
    return forms.handle(request, wanted, act=act, key=str(duty.pk), initial=initial)


def _chosen(request: HttpRequest) -> list[str]:
    """Return the grounds of exclusion that the page shows: those sent, those asked for, or the law's one.

    Only what a text of law demands is chosen by itself; the half-year rule, whose text was not read, is not.
    """
    asked = request.POST if request.method == "POST" else request.GET
    if request.method != "POST" and "exclude" not in asked:
        return [design.HIGHER]
    return [name for name in design.BY_RULE if name in asked.getlist("exclude")]


def _until(frame: Frame) -> date:
    """Return the last day on which firms may object to a list."""
    return objections_until(frame.as_of)


def _method(request: HttpRequest) -> str:
    """Return the method that the page shows: the one sent, the one asked for, or the default."""
    asked = request.POST if request.method == "POST" else request.GET
    return asked["method"] if asked.get("method") == rules.BY_WEIGHT else rules.METHOD


def _other_method(chosen: Sequence[str], *, by_weight: bool) -> str:
    """Return the address of the page with the other method."""
    method = rules.METHOD if by_weight else rules.BY_WEIGHT
    return "?" + "&".join([f"method={method}", *(f"exclude={one}" for one in chosen or [""])])


def _preview(request: HttpRequest, duty: Obligation, frame: Frame, absent: Collection[str]) -> dict[str, Any]:
    chosen = _chosen(request)
    try:
        designing.check_frame(duty, frame)
        by_weight = _method(request) == rules.BY_WEIGHT
        found = designing.work_out(duty, frame, Wish(exclude=chosen, by_weight=by_weight))
    except ZhihengError as error:
        return {"fault": translated(error)}
    no_repeat = limits.get(linkage.NO_REPEAT_LIMIT, on=clock.today())
    return {
        "design": found,
        "objections_until": _until(frame),
        "rows": [
            (labels.stratum(share.stratum), share, share.sample / share.population) for share in found.shares
        ],
        "excluded": labels.reasons(found.by_reason()),
        "joined": labels.joined(found.allotment.joined),
        "weights": labels.weights(found.weighted, found.n),
        "other_method": _other_method(chosen, by_weight=by_weight),
        "grounds": _grounds(found, chosen, _method(request)),
        "named": _named(request.user, found),
        "no_repeat": no_repeat,
        "no_repeat_in": no_repeat.instrument_zh if wording.is_chinese() else no_repeat.instrument,
        **_work(found, absent),
    }


def _grounds(found: Design, chosen: Sequence[str], method: str) -> list[dict[str, Any]]:
    """Return each ground with its firms, and the address that shows the page with the other choice."""
    listed = []
    for name in design.BY_RULE:
        other = [one for one in design.BY_RULE if (one in chosen) != (one == name)]
        query = "&".join(f"exclude={one}" for one in other) or "exclude="
        listed.append(
            {
                "label": labels.REASONS[name],
                "count": len(found.linked.by_reason[name]),
                "is_chosen": name in chosen,
                "url": f"?{query}&method={method}",
                "is_warning": name == design.NO_REPEAT,
            }
        )
    return listed


def _named(person: Any, found: Design) -> list[dict[str, Any]]:
    """Return the first firms that stand on other draws, with the draw of each."""
    serials = {**found.linked.elsewhere, **found.linked.by_reason[design.HIGHER]}
    rows = Subject.objects.filter(code__in=sorted(serials)[:NAMED]).order_by("code")
    seen = people.within(rows, person, P.DRAW_COMMIT, region="region")
    return [{"name": row.name, "code": row.code, "serial": serials[row.code]} for row in seen]


def _work(found: Design, absent: Collection[str]) -> dict[str, Any]:
    """Return how many can go, and how many visits fall to each on average and at most."""
    try:
        team = designing.team(found, Wish(), absent)
    except ZhihengError as error:
        return {"team_fault": translated(error)}
    return {
        "team": team,
        "able": len(team.able),
        "away": len(team.away),
        "each": 2 * found.n / len(team.able),
        "most": min(team.cap, found.n),
    }
