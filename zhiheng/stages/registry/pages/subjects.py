"""The list of subjects, the record of one, and the forms that enter or correct one."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhiheng.people import clock, scope
from zhiheng.people.permissions import P
from zhiheng.web import breadcrumb, forms, slots, wording
from zhiheng.web.gate import page
from zhiheng.web.tables import Column, Filter, State, Table

from .. import actions, grounds, happened, lists, own_forms, queries
from ..forms import SubjectChange, SubjectForm, division_choices
from ..models import CHANNELS, CLASSES, SIZES, Subject

PRODUCTS_SHOWN = 20
LATEST = 10  # lines of the time line on the record; the whole has a page of its own
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
    links = [
        *_links(request.user),
        (_("Sites"), reverse("registry:sites")),
        (_("Brands"), reverse("registry:brands")),
    ]
    context: dict[str, Any] = {"title": _("Subjects"), "links": links}
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
    """Show one subject: who it is, where it stands, what belongs to it, what happened."""
    found = queries.subject(request.user, code)
    standings = list(queries.standings(found))
    latest = happened.of_subject(request.user, found, size=LATEST)
    may_edit = scope.may(request.user, P.REGISTRY_EDIT, region=found.region)
    goods = queries.products(request.user).filter(subject=found).order_by("name", "model")
    context = {
        "title": found.name,
        "subject": found,
        "crumbs": [
            *breadcrumb.trail((_("Subjects"), reverse("registry:subjects"))),
            *breadcrumb.region_trail(found.region, _region_url, last_is_link=True),
        ],
        "identity": _identity(found),
        "standing": _standing(found),
        "standings": standings,
        "products": list(goods[: PRODUCTS_SHOWN + 1]),
        "products_shown": PRODUCTS_SHOWN,
        "links": queries.links(found),
        "own": _own(request.user, found),
        "may_edit": may_edit and found.merged_into is None,
        "why": grounds.of_class(found, standings),
        "items": latest.items,
        "hidden": latest.hidden,
        "today": clock.today().isoformat(),
        "panels": slots.panels.collect("subject", request.user, found),
        "actions": _actions(found) if may_edit else [],
    }
    return render(request, "registry/subject.html", context)


def _standing(found: Subject) -> list[State]:
    states = [State(_("Risk class %(value)s") % {"value": found.risk_class})]
    if found.credit_class:
        states.append(State(_("Credit class %(value)s") % {"value": found.credit_class}))
    return [*states, ACTIVE[found.is_active]]


def _actions(found: Subject) -> list[tuple[Any, str]]:
    """Return what an officer may do with the record; a merged one is only corrected or stood up again."""
    steps = [(_("Correct the record"), "registry:subject_edit")]
    if found.merged_into is None:
        steps += [
            (_("Merge into another record"), "registry:subject_merge"),
            (_("Split off a part"), "registry:subject_split"),
        ]
    else:
        steps.insert(0, (_("Undo the merge"), "registry:subject_undo_merge"))
    return [(label, reverse(name, args=[found.code])) for label, name in steps]


def _own(person: Any, found: Subject) -> list[dict[str, Any]]:
    """Return the sites, roles and brands of a subject, those that go on first."""
    kinds = (
        ("sites", _("Sites"), _("Add a site"), _("No site of this subject is registered.")),
        ("roles", _("Roles"), _("Add a role"), _("No role of this subject is registered.")),
        ("brands", _("Brands"), _("Add a brand"), _("No brand of this subject is registered.")),
    )
    held = []
    for kind, title, add, empty in kinds:
        rows = queries.belongings(person, kind).filter(subject=found)[: PRODUCTS_SHOWN + 1]
        rows = sorted(rows, key=lambda row: row.valid_until is not None)
        held.append({"kind": kind, "title": title, "add": add, "empty": empty, "rows": rows})
    return held


def _region_url(code: str) -> str:
    return f"{reverse('registry:subjects')}?region={code}"


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
        day = form.cleaned_data["valid_from"]
        actions.update_subject(by=request.user, subject=found, changes=form.cleaned_data, valid_from=day)
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
