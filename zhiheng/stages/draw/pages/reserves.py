"""The page on which a reserve steps in for a drawn firm that could not be inspected."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from zhiheng import people, web
from zhiheng.people.permissions import P
from zhiheng.web import breadcrumb, forms

from .. import actions, labels, queries, visited
from ..forms import ReserveForm, reserve_form
from ..words import not_found


@web.page(permission=P.DRAW_REVEAL)
def reserve(request: HttpRequest, serial: str) -> HttpResponse:
    """Choose the drawn firm whose visit failed, and say why a reserve is needed."""
    draw = queries.draw(serial, request.user)
    people.require(request.user, P.DRAW_REVEAL, region=draw.region)
    here = reverse("draw:draw", args=[draw.serial])
    failed = {str(chosen.pk): chosen for chosen in queries.replaceable(draw)}

    def act(form: ReserveForm) -> str:
        chosen = failed.get(form.cleaned_data["selection"])
        if chosen is None:
            raise not_found()
        actions.use_reserve(by=request.user, selection=chosen, reason=form.cleaned_data["reason"])
        return here

    choices = [
        (key, f"{one.subject.name} · {labels.OUTCOMES.get(visited.failed(one), '')}")
        for key, one in failed.items()
    ]
    form, answer = forms.handle(request, reserve_form(choices), act=act, key=draw.serial)
    context = {
        "form": form,
        "title": _("Let a reserve step in"),
        "lead": _(
            "The next ticket of the same class is taken. The drawn firm keeps its outcome: it stays an "
            "unanswered visit in every figure, and the reserve does not count in its place."
        )
        if choices
        else _("No drawn firm waits for a reserve: a visit must have failed first."),
        "crumbs": breadcrumb.trail((_("Draws"), reverse("draw:draws")), (draw.serial, here)),
        "cancel_url": here,
    }
    return answer or render(request, "web/form_page.html", context)
