"""The list of subjects, the record of one, and the forms that enter or correct one."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhiheng import ledger
from zhiheng.people import scope
from zhiheng.people.permissions import P
from zhiheng.web import breadcrumb, forms, slots, timeline, wording
from zhiheng.web.gate import page
from zhiheng.web.tables import Column, Filter, State, Table

from .. import actions, grounds, lists, own_forms, queries
from ..forms import SubjectChange, SubjectForm, division_choices
from ..models import CHANNELS, CLASSES, SIZES, Subject

PRODUCTS_SHOWN = 20
ACTIVE = {
    True: State(gettext_lazy("In business"), "done"),
    False: State(gettext_lazy("Not in business"), "stopped"),
}
YES_NO = (("True", gettext_lazy("In business")), ("False", gettext_lazy("Not in business")))

TABLE = Table(
    id="subjects",
    caption=gettext_lazy("Subjects"),
    columns=(
        Column(
            "code",
            gettext_lazy("Social credit code"),
            kind="code",
            url=lambda row: reverse("registry:subject", args=[row.code]),
            sort=("code",),
        ),
        Column("name", gettext_lazy("Name of the subject"), sort=("name", "code")),
        Column("region", gettext_lazy("Region"), kind="region", sort=("region", "code")),
        Column("division", gettext_lazy("Division"), kind="division", sort=("division", "region", "code")),
        Column("size", gettext_lazy("Size"), states=dict(SIZES), sortable=False),
        Column("channel", gettext_lazy("Channel"), states=dict(CHANNELS), sortable=False),
        Column("risk_class", gettext_lazy("Risk class"), sort=("risk_class", "region", "code")),
        Column(
            "output_value",
            gettext_lazy("Output value"),
            kind="number",
            places=2,
            unit=gettext_lazy("10,000 yuan a year"),
            sortable=False,
        ),
        Column("is_active", gettext_lazy("State"), kind="state", states=ACTIVE, sortable=False),
    ),
    filters=(
        Filter("region", gettext_lazy("Region"), "region"),
        Filter("division", gettext_lazy("Division"), "choice", choices=lambda: division_choices()[1:]),
        Filter("size", gettext_lazy("Size"), "choice", choices=SIZES),
        Filter("risk_class", gettext_lazy("Risk class"), "choice", choices=CLASSES),
        Filter("is_active", gettext_lazy("State"), "choice", choices=YES_NO),
    ),
    default_sort="region",
    search_fields=("code", "name"),
    search_label=gettext_lazy("Code or name begins with"),
    export_name="subjects",
    own=own_forms.SUBJECTS,
    empty=gettext_lazy("No subject is registered in your region yet. Import a list, or enter the first one."),
)


@page(permission=P.REGISTRY_VIEW)
def subjects(request: HttpRequest) -> HttpResponse:
    """List the subjects of the region."""
    context: dict[str, Any] = {"title": _("Subjects"), "links": _links(request.user)}
    return TABLE.respond(request, queries.subjects(request.user), "registry/list.html", context)


def _links(person: Any) -> list[tuple[Any, str]]:
    found = []
    if scope.may(person, P.REGISTRY_EDIT):
        found.append((_("Enter a subject"), reverse("registry:subject_new")))
    if scope.may(person, P.REGISTRY_IMPORT):
        found.append((_("Import a list"), reverse("web:import", args=[lists.SUBJECTS.id])))
    return found


@page(permission=P.REGISTRY_VIEW)
def subject(request: HttpRequest, code: str) -> HttpResponse:
    """Show one subject: who it is, where it stands, what happened."""
    found = queries.subject(request.user, code)
    standings = list(queries.standings(found))
    entries = ledger.timeline("subject", str(found.pk))
    may_edit = scope.may(request.user, P.REGISTRY_EDIT, region=found.region)
    context = {
        "title": found.name,
        "subject": found,
        "crumbs": [
            *breadcrumb.trail((_("Subjects"), reverse("registry:subjects"))),
            *breadcrumb.region_trail(found.region, _region_url, last_is_link=True),
        ],
        "identity": _identity(found),
        "standing": [
            State(_("Risk class %(value)s") % {"value": found.risk_class}),
            *(
                [State(_("Credit class %(value)s") % {"value": found.credit_class})]
                if found.credit_class
                else []
            ),
            ACTIVE[found.is_active],
        ],
        "standings": standings,
        "products": list(
            queries.products(request.user)
            .filter(subject=found)
            .order_by("name", "model")[: PRODUCTS_SHOWN + 1]
        ),
        "products_shown": PRODUCTS_SHOWN,
        "why": grounds.of_class(found, standings),
        "items": [*timeline.from_entries(entries), _entered(found)],
        "panels": slots.panels.collect("subject", request.user, found),
        "actions": [(_("Correct the record"), reverse("registry:subject_edit", args=[found.code]))]
        if may_edit
        else [],
    }
    return render(request, "registry/subject.html", context)


def _region_url(code: str) -> str:
    return f"{reverse('registry:subjects')}?region={code}"


def _entered(found: Subject) -> timeline.TimelineItem:
    return timeline.TimelineItem(found.recorded_at, _("Entered the register"), tone="done")


def _identity(found: Subject) -> list[tuple[Any, Any]]:
    return [
        (_("Social credit code"), found.code),
        (_("Region"), wording.region_path(found.region)),
        (_("Division"), f"{found.division} {wording.division_name(found.division)}"),
        (_("Size"), found.get_size_display()),
        (_("Channel"), found.get_channel_display()),
        (_("Output value (10,000 yuan a year)"), wording.number(found.output_value)),
    ]


@page(permission=P.REGISTRY_EDIT)
def subject_new(request: HttpRequest) -> HttpResponse:
    """Enter a subject."""

    def act(form: SubjectForm) -> str:
        made = actions.register_subject(by=request.user, row=form.cleaned_data)
        return reverse("registry:subject", args=[made.code])

    form, answer = forms.handle(request, SubjectForm, act=act, title=_("Enter a subject"))
    context = {
        "form": form,
        "title": _("Enter a subject"),
        "crumbs": breadcrumb.trail((_("Subjects"), reverse("registry:subjects")), _("Enter a subject")),
    }
    return answer or render(request, "web/form_page.html", context)


@page(permission=P.REGISTRY_EDIT)
def subject_edit(request: HttpRequest, code: str) -> HttpResponse:
    """Correct a subject."""
    found = queries.subject(request.user, code)
    scope.require(request.user, P.REGISTRY_EDIT, region=found.region)
    names = ("name", "region", "division", "channel", "size", "output_value", "is_active")

    def act(form: SubjectChange) -> str:
        actions.update_subject(by=request.user, subject=found, changes=form.cleaned_data)
        return reverse("registry:subject", args=[found.code])

    form, answer = forms.handle(
        request,
        SubjectChange,
        act=act,
        key=str(found.pk),
        title=found.name,
        initial={name: getattr(found, name) for name in names},
    )
    here = (found.name, reverse("registry:subject", args=[found.code]))
    context = {
        "form": form,
        "title": _("Correct the record"),
        "lead": f"{found.name} · {found.code}",
        "crumbs": breadcrumb.trail(
            (_("Subjects"), reverse("registry:subjects")), here, _("Correct the record")
        ),
    }
    return answer or render(request, "web/form_page.html", context)
