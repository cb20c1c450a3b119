"""The list of qualifications, their counts by place, size and title, and the forms that enter and end one."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhiheng.errors import BadInput
from zhiheng.people import clock, scope
from zhiheng.people.permissions import P
from zhiheng.web import breadcrumb, forms, wording
from zhiheng.web.gate import page
from zhiheng.web.tables import Column, Filter, Table
from zhiheng.web.tables.narrowing import region_code

from .. import actions, grounds_registers, labels, lists_registers, queries
from .. import queries_registers as registers
from ..forms_registers import EndForm, QualificationForm
from ..models import QUALIFICATION_KINDS, SIZES, Qualification
from .files import table_file
from .frames import own_region
from .lists import _import_link

TABLE = Table(
    id="qualifications",
    caption=gettext_lazy("Qualifications"),
    columns=(
        Column("person", gettext_lazy("Name"), value=lambda row: registers.read_name(row), sortable=False),
        Column("kind", gettext_lazy("Kind"), states=labels.QUALIFICATIONS, sortable=False),
        Column("title", gettext_lazy("Title or post"), sortable=False),
        Column(
            "belongs_to",
            gettext_lazy("Firm or unit"),
            value=lambda row: row.subject.name if row.subject else row.inspector.unit,
            url=lambda row: _owner_url(row),
            sortable=False,
        ),
        Column("place", gettext_lazy("Region"), kind="region", sortable=False),
        Column("valid_from", gettext_lazy("Valid from"), kind="date", sort=("valid_from", "pk")),
        Column("valid_until", gettext_lazy("Valid until"), kind="date", sort=("valid_until", "pk")),
        Column("shown", gettext_lazy("State"), kind="state", states=labels.PAPERS, sortable=False),
    ),
    filters=(
        Filter("kind", gettext_lazy("Kind"), "choice", choices=QUALIFICATION_KINDS),
        Filter("state", gettext_lazy("State"), "choice", field="shown", choices=labels.pairs(labels.PAPERS)),
        Filter("region", gettext_lazy("Region"), "region", field="place"),
        Filter("until", gettext_lazy("Valid until"), "date", field="valid_until"),
    ),
    default_sort="-valid_from",
    search_fields=("title", "subject__code", "subject__name"),
    search_label=gettext_lazy("Title, code or firm begins with"),
    export_name="qualifications",
    empty=gettext_lazy(
        "No qualification is registered in your region yet. Import a list, or enter one at its firm."
    ),
)


def _owner_url(row: Qualification) -> str:
    if row.subject is not None:
        return reverse("registry:subject", args=[row.subject.code])
    return reverse("registry:inspector", args=[row.inspector.code])


@page(permission=P.REGISTRY_VIEW)
def qualifications(request: HttpRequest) -> HttpResponse:
    """List the qualifications of the region."""
    links = [
        (_("Coverage and counts"), reverse("registry:qualification_counts")),
        *_import_link(request.user, lists_registers.QUALIFICATIONS.id),
    ]
    context = {"title": _("Qualifications"), "links": links}
    return TABLE.respond(request, registers.qualifications(request.user), "registry/list.html", context)


@page(permission=P.REGISTRY_VIEW)
def counts(request: HttpRequest) -> HttpResponse:
    """Show the coverage with chief quality officers, and the counts by kind and title."""
    region = _region(request)
    on = clock.today()
    coverage = registers.coverage(request.user, region, on)
    titles = registers.titles(request.user, region, on)
    if request.GET.get("format") in ("csv", "xlsx"):
        return _file(request.GET["format"], request.GET.get("table", ""), coverage, titles)
    here = f"{reverse('registry:qualification_counts')}?region={region}"
    context = {
        "title": _("Coverage and counts of qualifications"),
        "crumbs": breadcrumb.trail(
            (_("Qualifications"), reverse("registry:qualifications")), _("Coverage and counts")
        ),
        "region": region,
        "on": on,
        "coverage": [(row, _size(row.size)) for row in coverage],
        "titles": [(row, labels.QUALIFICATIONS[row.kind]) for row in titles],
        "files": {name: f"{here}&table={name}&format=" for name in ("coverage", "titles")},
        "why": grounds_registers.of_coverage(region, on),
    }
    return render(request, "registry/counts.html", context)


def _region(request: HttpRequest) -> str:
    text = request.GET.get("region", "").strip()[:60]
    return region_code(text) if text else own_region(request.user)


def _size(size: str) -> Any:
    return dict(SIZES).get(size, _("All sizes"))


def _file(kind: str, table: str, coverage: list[Any], titles: list[Any]) -> HttpResponse:
    if table == "titles":
        head = (_("Kind"), _("Title or post"), _("Hold today"), _("End within 90 days"), _("Hold no more"))
        rows = [
            (str(labels.QUALIFICATIONS[row.kind]), row.title, row.holding, row.soon, row.over)
            for row in titles
        ]
        return table_file(kind, head, rows, "qualification-titles")
    if table != "coverage":
        raise BadInput(_("There is no such table."), _("Choose a file on the page of counts."))
    head = (
        _("Region"),
        _("Code"),
        _("Size"),
        _("Makers in business"),
        _("With a chief quality officer"),
        _("Coverage rate"),
    )
    rows = [
        (
            wording.region_name(row.place),
            row.place,
            str(_size(row.size)),
            row.makers,
            row.with_officer,
            wording.percent(row.share),
        )
        for row in coverage
    ]
    return table_file(kind, head, rows, "chief-quality-officers")


@page(permission=P.REGISTRY_EDIT)
def qualification_new(request: HttpRequest, code: str) -> HttpResponse:
    """Enter a qualification of a subject's person."""
    subject = queries.subject(request.user, code)
    scope.require(request.user, P.REGISTRY_EDIT, region=subject.region)

    def act(form: QualificationForm) -> str:
        actions.register_qualification(by=request.user, row={"subject": subject.code, **form.cleaned_data})
        return reverse("registry:subject", args=[subject.code]) + "#qualifications"

    form, answer = forms.handle(request, QualificationForm, act=act, key=str(subject.pk))
    context = {
        "form": form,
        "title": _("Enter a qualification"),
        "lead": f"{subject.name} · {subject.code}",
        "crumbs": breadcrumb.trail(
            (_("Subjects"), reverse("registry:subjects")),
            (subject.name, reverse("registry:subject", args=[subject.code])),
            _("Enter a qualification"),
        ),
    }
    return answer or render(request, "web/form_page.html", context)


@page(permission=P.REGISTRY_EDIT)
def qualification_end(request: HttpRequest, pk: Any) -> HttpResponse:
    """End a qualification or an appointment."""
    found = registers.qualification(request.user, pk)
    back = _owner_url(found)

    def act(form: EndForm) -> str:
        actions.end_qualification(by=request.user, qualification=found, **form.cleaned_data)
        return back

    today: dt.date = clock.today()
    form, answer = forms.handle(request, EndForm, act=act, key=str(found.pk), initial={"ended_on": today})
    context = {
        "form": form,
        "title": _("End a qualification"),
        "lead": f"{registers.read_name(found)} · {found.title}",
        "crumbs": breadcrumb.trail(
            (_("Qualifications"), reverse("registry:qualifications")), _("End a qualification")
        ),
        "cancel_url": back,
    }
    return answer or render(request, "web/form_page.html", context)
