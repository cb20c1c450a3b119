"""The pages on which a panel is announced and ended."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from zhiheng import people, web
from zhiheng.people.permissions import P
from zhiheng.web import breadcrumb, forms

from .. import actions, queries
from ..forms import PanelEndForm, PanelForm
from ..words import not_found


@web.page(permission=P.DRAW_COMMIT)
def panel(request: HttpRequest, serial: str) -> HttpResponse:
    """Announce that later draws go on with the numbers of a closed one."""
    draw = queries.draw(serial, request.user)
    people.require(request.user, P.DRAW_COMMIT, region=draw.region)
    here = reverse("draw:draw", args=[draw.serial])

    def act(form: PanelForm) -> str:
        actions.announce_panel(by=request.user, draw=draw, **form.cleaned_data)
        return here

    initial = {"shift": [1, 10]}
    form, answer = forms.handle(request, PanelForm, act=act, key=draw.serial, initial=initial)
    lead = _(
        "The draws of the same region, goods, channel and purpose in later periods take the tickets of this "
        "draw, counted from a start that turns each time: most firms stay, some are new."
    )
    return answer or _page(request, form, _("Announce a panel"), lead, serial)


@web.page(permission=P.DRAW_COMMIT)
def panel_end(request: HttpRequest, serial: str) -> HttpResponse:
    """End a panel, so that the next draw has a lottery of its own."""
    draw = queries.draw(serial, request.user)
    people.require(request.user, P.DRAW_COMMIT, region=draw.region)
    found = queries.panel_begun_by(draw)
    if found is None:
        raise not_found()

    def act(form: PanelEndForm) -> str:
        actions.end_panel(by=request.user, panel=found, reason=form.cleaned_data["reason"])
        return reverse("draw:draw", args=[draw.serial])

    form, answer = forms.handle(request, PanelEndForm, act=act, key=draw.serial)
    lead = _("The draws made so far stay as they are; the next one has a lottery of its own.")
    return answer or _page(request, form, _("End the panel"), lead, serial)


def _page(request: HttpRequest, form: object, title: str, lead: str, serial: str) -> HttpResponse:
    here = reverse("draw:draw", args=[serial])
    crumbs = breadcrumb.trail((_("Draws"), reverse("draw:draws")), (serial, here), title)
    context = {"form": form, "title": title, "lead": lead, "cancel_url": here, "crumbs": crumbs}
    return render(request, "web/form_page.html", context)
