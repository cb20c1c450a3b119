"""The list of frozen frames, the page of one, its file, and the form that freezes one."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from zhiheng import ledger
from zhiheng.people import clock, scope
from zhiheng.people.permissions import P
from zhiheng.proof.pseudonyms import SALTED
from zhiheng.reference import regions
from zhiheng.web import breadcrumb, forms, slots, timeline, wording
from zhiheng.web.gate import page
from zhiheng.web.tables import Column, Filter, Table
from zhiheng.web.tables.export import attach, mark, marked

from .. import actions, grounds, labels, queries
from ..forms_frames import FrameForm, OpenForm
from ..models import Frame
from .frames_public import download, named

TABLE = Table(
    id="frames",
    caption=gettext_lazy("Frames"),
    columns=(
        Column(
            "region",
            gettext_lazy("Region"),
            kind="region",
            url=lambda row: reverse("registry:frame", args=[row.pk]),
            sort=("region", "pk"),
        ),
        Column("as_of", gettext_lazy("As of"), kind="date"),
        Column("purpose", gettext_lazy("Purpose"), sortable=False),
        Column("unit_count", gettext_lazy("Units"), kind="number", sortable=False),
        Column(
            "sha256", gettext_lazy("Hash"), kind="code", value=lambda row: row.sha256[:12], sortable=False
        ),
        Column("frozen_at", gettext_lazy("Frozen at"), kind="moment"),
    ),
    filters=(
        Filter("region", gettext_lazy("Region"), "region"),
        Filter("as_of", gettext_lazy("As of"), "date"),
    ),
    default_sort="-as_of",
    export_name="frames",
    empty=gettext_lazy("No frame has been frozen in your region yet. A draw needs one."),
)


@page(permission=P.REGISTRY_VIEW)
def frames(request: HttpRequest) -> HttpResponse:
    """List the frames of the region."""
    links: list[tuple[Any, str]] = []
    if scope.may(request.user, P.DRAW_COMMIT):
        links.append((_("Freeze a frame"), reverse("registry:frame_new")))
    context = {"title": _("Frames"), "links": links}
    return TABLE.respond(request, queries.frames(request.user), "registry/list.html", context)


@page(permission=P.REGISTRY_VIEW)
def frame(request: HttpRequest, pk: Any) -> HttpResponse:
    """Show one frame: its hash, its strata, its definition."""
    found = queries.frame(request.user, pk)
    strata = [
        (name, wording.number(count), wording.percent(count / found.unit_count))
        for name, count in found.strata.items()
    ]
    context = {
        "title": _("Frame of %(region)s, %(day)s")
        % {"region": wording.region_name(found.region), "day": wording.day(found.as_of)},
        "crumbs": breadcrumb.trail((_("Frames"), reverse("registry:frames")), wording.day(found.as_of)),
        "frame": found,
        "definition": grounds.definition(found),
        "identity": [
            (_("Region"), wording.region_path(found.region)),
            (_("As of"), wording.day(found.as_of)),
            (_("Purpose"), found.purpose),
            (_("Units"), wording.number(found.unit_count)),
            *named(found),
        ],
        "strata": strata,
        "outputs": _outputs(found),
        "why": grounds.of_frame(found),
        "items": timeline.from_entries(ledger.timeline("frame", str(found.pk))),
        "panels": slots.panels.collect("frame", request.user, found),
        "removed": labels.removed(found.changes.get("removed", {})),
        "actions": _actions(request.user, found),
    }
    return render(request, "registry/frame.html", context)


def _actions(person: Any, found: Frame) -> list[tuple[Any, str]]:
    links = [(_("Download the frame file"), reverse("registry:frame_file", args=[found.pk]))]
    if scope.may(person, P.DRAW_COMMIT, region=found.region):
        links.append((_("Hand a firm its own proof"), reverse("registry:frame_unit", args=[found.pk])))
    return [*links, (_("Public page"), reverse("registry:public_frame", args=[found.pk]))]


def _outputs(found: Frame) -> list[tuple[str, str]]:
    """Return the output of each division in the frame, summed over its provinces."""
    totals: Counter[str] = Counter()
    for parts in found.outputs.values():
        for division, text in parts.items():
            totals[division] += Decimal(text)
    return [
        (wording.division_name(division), wording.number(total)) for division, total in sorted(totals.items())
    ]


@page(permission=P.REGISTRY_VIEW)
def frame_file(request: HttpRequest, pk: Any) -> HttpResponse:
    """Send the frame file; its hash was checked while it was read."""
    found = queries.frame(request.user, pk)
    data = ledger.evidence.read(found.sha256)
    response = HttpResponse(data, content_type="text/tab-separated-values; charset=utf-8")
    name = f"frame-{found.region}-{found.as_of}-{found.sha256[:12]}.tsv"
    return attach(mark(response), marked(name))


@never_cache
@page(permission=P.DRAW_COMMIT)
def frame_unit(request: HttpRequest, pk: Any) -> HttpResponse:
    """Make the file that shows one firm its own line, to be handed to that firm alone."""
    found = queries.frame(request.user, pk)
    form = OpenForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        answer = actions.open_unit(by=request.user, frame=found, code=form.cleaned_data["code"])
        if answer.proof is not None:
            return download(answer)
        form.add_error("code", _("This firm is not on the list."))
    title = _("Hand a firm its own proof")
    context = {
        "form": form,
        "title": title,
        "lead": _(
            "The file shows the line of this firm and that it stands in the list. With salted names it also "
            "holds the salt of the firm: whoever has it learns the class, so give it to this firm alone."
        ),
        "crumbs": breadcrumb.trail(
            (_("Frames"), reverse("registry:frames")),
            (wording.day(found.as_of), reverse("registry:frame", args=[found.pk])),
            title,
        ),
    }
    return render(request, "web/form_page.html", context)


@page(permission=P.DRAW_COMMIT)
def frame_new(request: HttpRequest) -> HttpResponse:
    """Freeze a frame."""

    def act(form: FrameForm) -> str:
        made = actions.freeze_frame(by=request.user, as_of=clock.today(), **form.cleaned_data)
        return reverse("registry:frame", args=[made.pk])

    initial = {"region": own_region(request.user), "names_from": request.GET.get("names_from", "")}
    earlier = queries.frames(request.user).filter(ids=SALTED)
    form, answer = forms.handle(
        request, FrameForm, act=act, title=_("Freeze a frame"), initial=initial, earlier=earlier
    )
    context = {
        "form": form,
        "title": _("Freeze a frame"),
        "lead": _(
            "The register is taken as it stands today. From then on neither the list nor the outputs that "
            "weigh it can change: their hashes are public before anything is drawn."
        ),
        "crumbs": breadcrumb.trail((_("Frames"), reverse("registry:frames")), _("Freeze a frame")),
    }
    return answer or render(request, "web/form_page.html", context)


def own_region(person: Any) -> str:
    """Return the region of a person's first appointment."""
    held = [item.region for item in person.held_on(clock.today())]
    return held[0] if held else regions.NATION
