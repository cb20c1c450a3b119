"""An inspector's phone: the visits to make as cards, one visit on one screen that outlives a lost line."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhiheng import web
from zhiheng.people import clock
from zhiheng.people.permissions import P
from zhiheng.web import forms, wording

from .. import actions, custody, firm_queries, queries, rules
from ..firm_forms import AddForm, FieldForm
from ..firm_refusals import refuse
from ..labels import VISIT_STATES
from ..models import Visit
from ..rules.sampling import Paper
from .assignments import noted

# The camera comes with the file field; the place alone asks the browser, and the browser asks the person.
PERMISSIONS = "camera=(), geolocation=(self), microphone=(), payment=(), usb=()"
WAITING, DONE = 60, 20


@web.page(permission=P.INSPECTION_RECORD)
def field(request: HttpRequest) -> HttpResponse:
    """Show the visits to make, those to confirm, and what this phone still keeps."""
    own = queries.own_visits(request.user).prefetch_related("subject__products")
    waiting = list(own.filter(state__in=(rules.ASSIGNED, rules.SAMPLED))[:WAITING])
    noted(request.user, waiting)
    done = own.filter(visited_on=clock.today()).exclude(state__in=(rules.ASSIGNED, rules.SAMPLED))
    context = {
        "title": _("On the spot"),
        "lead": wording.day(clock.today()),
        "waiting": waiting,
        "to_confirm": firm_queries.to_confirm(request.user),
        "done": list(done[:DONE]),
        "words": words(),
        "account": str(request.user.pk),
        "left": _left(),
    }
    return _answer(request, "inspection/field.html", context)


@web.page(permission=P.INSPECTION_RECORD)
def visit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Record one visit with its pictures, or add pictures to one that was recorded."""
    found = queries.visit(request.user, pk)
    custody.recorder(request.user, found)
    noted(request.user, [found])
    is_new = found.state == rules.ASSIGNED or request.POST.get("form") == FieldForm.form_id

    def act(form: Any) -> str:
        said = form.cleaned_data
        papers = _papers(said)
        if not is_new:
            if not papers:
                raise refuse("nothing-sent", field="photos")
            actions.attach_files(by=request.user, visit=found, papers=papers)
        else:
            names = ("outcome", "visited_on", "product_name", "seal_no", "lab", "note")
            kept = {name: said[name] for name in names}
            actions.record_visit(by=request.user, visit=found, files=papers, **kept)
        return reverse("inspection:field_visit", args=[found.pk])

    initial = {"visited_on": clock.today(), "lab": firm_queries.last_lab(request.user)} if is_new else None
    form_class = FieldForm if is_new else AddForm
    form, answer = forms.handle(request, form_class, act=act, key=str(found.pk), initial=initial)
    if answer is not None:
        return answer
    context = {
        "title": found.subject.name,
        "visit": found,
        "form": form,
        "is_new": is_new,
        "standing": VISIT_STATES[found.state],
        "pair": [found.selection.first_inspector, found.selection.second_inspector],
        "products": list(found.subject.products.order_by("name")[:6]),
        "files": firm_queries.files(found),
        "confirmation": firm_queries.confirmation(found),
        "started": queries.started(found),
        "is_drawn_for": firm_queries.is_drawn_for(request.user, found),
        "may_confirm": _may_confirm(request.user, found),
        "words": words(),
        "account": str(request.user.pk),
        "left": _left(),
    }
    return _answer(request, "inspection/field_visit.html", context, status=422 if form.errors else 200)


@web.page(permission=P.INSPECTION_RECORD)
@require_POST
def confirm(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Confirm a visit as the second inspector."""
    found = queries.visit(request.user, pk)
    actions.confirm_visit(by=request.user, visit=found)
    return HttpResponseRedirect(reverse("inspection:field_visit", args=[found.pk]))


@web.page(permission=P.INSPECTION_RECORD)
def worker(request: HttpRequest) -> HttpResponse:
    """Hand out the script that opens kept pages without a line; its address limits it to the field pages."""
    path = Path(str(finders.find("inspection/worker.js")))
    return HttpResponse(path.read_bytes(), content_type="text/javascript; charset=utf-8")


def words() -> dict[str, str]:
    """Return what the script says, in the language of the page."""
    return {
        "kept": _("Kept on this phone, not sent yet"),
        "sending": _("Sending"),
        "sent": _("Sent"),
        "mend": _("Needs mending: open it, the faults are marked"),
        "mend_here": _("Needs mending: the faults are marked above"),
        "signed_out": _("Kept on this phone; sign in again to send it"),
        "offline": _(
            "No connection. What you enter is kept on this phone and sent once when the line is back."
        ),
        "stale": _(
            "No connection: this page was kept on this phone at {time}. What you enter is kept here too and "
            "sent once when the line is back."
        ),
        "sign_in": _("Sign in"),
        "send": _("Send now"),
        "open": _("Open"),
        "place": _("Add my place (to about 1 km)"),
        "place_set": _("Place added, to about 1 km"),
        "place_not": _("The phone did not give its place; it is not needed."),
        "files": _("Kept here: "),
        "drop": _("Remove from this phone"),
        "drop_sure": _("Remove what is kept of this visit on this phone? It was not sent."),
        "full": _("This phone keeps no more. Send first, or take fewer pictures."),
    }


def _left() -> int:
    """Return the seconds until the day is over: so long may a phone keep the pages of its visits."""
    now = timezone.localtime(clock.now())
    end = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return int((end - now).total_seconds())


def _papers(said: dict[str, Any]) -> list[Paper]:
    """Return pictures and pages with when and where; a time that the phone says wrongly is left out."""
    taken = [_moment(text) for text in said["taken"].split(",")] if said["taken"] else []
    photos = [
        Paper(
            one.name, one.data, "photo", taken_at=taken[at] if at < len(taken) else None, place=said["place"]
        )
        for at, one in enumerate(said["photos"])
    ]
    return [*photos, *(Paper(one.name, one.data, "page") for one in said["online"])]


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    aware = moment if timezone.is_aware(moment) else timezone.make_aware(moment)
    return aware if aware <= clock.now() else None


def _may_confirm(person: Any, found: Visit) -> bool:
    if found.state == rules.ASSIGNED or not firm_queries.is_drawn_for(person, found):
        return False
    return firm_queries.recorder_of(found) not in (None, str(person.pk))


def _answer(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    response = render(request, template, context, status=status)
    response["Permissions-Policy"] = PERMISSIONS
    return response
