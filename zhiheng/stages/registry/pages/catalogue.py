"""The office's side of the catalogue of key products: candidates, issue, supplements, lists in and out."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhiheng import ledger
from zhiheng.people import clock, scope
from zhiheng.people.permissions import P
from zhiheng.web import breadcrumb, forms, slots, timeline, wording
from zhiheng.web.gate import page
from zhiheng.web.tables import Column, Filter, Table

from .. import actions, labels, lists_catalogue
from .. import queries_catalogue as catalogues
from .. import reading_registers as cells
from ..forms_catalogue import IssueForm, ItemChange, ItemForm, YearForm
from ..forms_registers import ReasonForm
from ..models import VERTICALS, CatalogueItem
from .catalogue_public import divisions_of, tests_of
from .frames import own_region
from .lists import _import_link

TABLE = Table(
    id="catalogue",
    caption=gettext_lazy("Catalogue of key products"),
    columns=(
        Column(
            "code",
            gettext_lazy("Code"),
            kind="code",
            url=lambda row: reverse("registry:catalogue_item", args=[row.pk]),
            sort=("code", "pk"),
        ),
        Column("name", gettext_lazy("Category"), sort=("name", "pk")),
        Column(
            "year",
            gettext_lazy("Year"),
            value=lambda row: str(row.year),
            sort=("year", "region", "code", "pk"),
        ),
        Column("region", gettext_lazy("Region"), kind="region", sort=("region", "code", "pk")),
        Column("vertical", gettext_lazy("Field of goods"), states=labels.FIELDS_OF_GOODS, sortable=False),
        Column(
            "tests",
            gettext_lazy("Test items"),
            kind="number",
            value=lambda row: len(row.test_items),
            sortable=False,
        ),
        Column("supplement", gettext_lazy("Which issue"), value=lambda row: issue_name(row), sortable=False),
        Column("state", gettext_lazy("State"), kind="state", states=labels.CATALOGUE, sortable=False),
    ),
    filters=(
        Filter("region", gettext_lazy("Region"), "region"),
        Filter("year", gettext_lazy("Year"), "choice", choices=lambda: _years()),
        Filter("vertical", gettext_lazy("Field of goods"), "choice", choices=VERTICALS),
        Filter("state", gettext_lazy("State"), "choice", choices=labels.pairs(labels.CATALOGUE)),
    ),
    default_sort="-year",
    search_fields=("code", "name"),
    search_label=gettext_lazy("Code or category begins with"),
    export_name="catalogue",
    empty=gettext_lazy(
        "No category is proposed in your region yet. Propose one, import a list or copy a year."
    ),
)


def _years() -> list[tuple[str, str]]:
    this = clock.today().year
    return [(str(year), str(year)) for year in range(this + 1, this - 9, -1)]


def issue_name(row: CatalogueItem) -> Any:
    """Return of which issue a row is."""
    if row.state in ("candidate", "dropped"):
        return wording.NOTHING
    if row.supplement == 0:
        return _("First issue")
    return _("Supplement %(number)s") % {"number": row.supplement}


@page(permission=P.REGISTRY_VIEW)
def catalogue(request: HttpRequest) -> HttpResponse:
    """List the items of catalogues: candidates, issued ones and what was taken out."""
    links: list[tuple[Any, str]] = []
    if scope.may(request.user, P.REGISTRY_EDIT):
        links = [
            (_("Propose a category"), reverse("registry:catalogue_new")),
            (_("Issue a catalogue"), reverse("registry:catalogue_issue")),
            (_("Copy the year before"), reverse("registry:catalogue_copy")),
            (_("Take over building materials"), reverse("registry:catalogue_materials")),
        ]
    links += _import_link(request.user, lists_catalogue.ITEMS.id)
    links.append((_("Public catalogues"), reverse("registry:catalogues")))
    context = {"title": _("Catalogue of key products"), "links": links}
    return TABLE.respond(request, catalogues.items(request.user), "registry/list.html", context)


@page(permission=P.REGISTRY_VIEW)
def item(request: HttpRequest, pk: Any) -> HttpResponse:
    """Show one item with its reason, hazards and test items."""
    found = catalogues.item(request.user, pk)
    entries = [
        *ledger.timeline("catalogue_item", str(found.pk)),
        *ledger.timeline("catalogue", f"{found.region}-{found.year}"),
    ]
    entries = sorted({entry.seq: entry for entry in entries}.values(), key=lambda entry: -entry.seq)
    context = {
        "title": found.name,
        "item": found,
        "crumbs": breadcrumb.trail(
            (_("Catalogue of key products"), reverse("registry:catalogue")), found.name
        ),
        "standing": [labels.CATALOGUE[found.state]],
        "identity": _identity(found),
        "tests": tests_of(found),
        "items": timeline.from_entries(entries),
        "panels": slots.panels.collect("catalogue_item", request.user, found),
        "actions": _actions(request.user, found),
    }
    return render(request, "registry/catalogue_item.html", context)


def _identity(found: CatalogueItem) -> list[tuple[Any, Any]]:
    return [
        (_("Code of the category"), found.code),
        (_("Region"), wording.region_path(found.region)),
        (_("Year"), found.year),
        (_("Field of goods"), found.get_vertical_display()),
        (_("Divisions"), divisions_of(found) or wording.NOTHING),
        (_("Words of product names"), "、".join(found.keywords) or wording.NOTHING),
        (_("Every producer in turn"), _("yes") if found.is_full_coverage else _("no")),
        (_("Which issue"), issue_name(found)),
        (_("Source"), found.source or wording.NOTHING),
    ]


def _actions(person: Any, found: CatalogueItem) -> list[tuple[Any, str]]:
    links = []
    if scope.may(person, P.REGISTRY_EDIT, region=found.region):
        if found.state == "candidate":
            links += [
                (_("Change the candidate"), reverse("registry:catalogue_edit", args=[found.pk])),
                (_("Drop the candidate"), reverse("registry:catalogue_drop", args=[found.pk])),
            ]
        elif found.state == "issued":
            links += [
                (_("Propose a change of it"), f"{reverse('registry:catalogue_new')}?from={found.pk}"),
                (_("Take it out by a supplement"), reverse("registry:catalogue_drop", args=[found.pk])),
            ]
    if found.state in ("issued", "ended"):
        links.append(
            (_("The public catalogue"), reverse("registry:public_catalogue", args=[found.region, found.year]))
        )
    return links


def _initial(found: CatalogueItem) -> dict[str, Any]:
    names = (
        "code",
        "name",
        "vertical",
        "divisions",
        "reason",
        "source",
        "is_full_coverage",
        "region",
        "year",
    )
    sides = {side: str(word) for side, word in labels.SIDES.items()}
    return {name: getattr(found, name) for name in names} | {
        "keywords": "\n".join(found.keywords),
        "hazards": "\n".join(found.hazards),
        "test_items": cells.written(found.test_items, sides),
    }


@page(permission=P.REGISTRY_EDIT)
def item_new(request: HttpRequest) -> HttpResponse:
    """Propose a category, perhaps as a change of an issued one."""

    def act(form: ItemForm) -> str:
        made = actions.propose_item(by=request.user, row=form.cleaned_data)
        return reverse("registry:catalogue_item", args=[made.pk])

    before = request.GET.get("from", "")
    initial: dict[str, Any] = {"region": own_region(request.user), "year": clock.today().year}
    if before:
        initial = _initial(catalogues.item(request.user, before)) if _is_key(before) else initial
    title = _("Propose a category")
    form, answer = forms.handle(request, ItemForm, act=act, title=title, key=before[:36], initial=initial)
    return answer or render(request, "web/form_page.html", _form(form, title))


def _is_key(text: str) -> bool:
    plain = text.replace("-", "")
    return len(plain) == 32 and all(one in "0123456789abcdef" for one in plain)


@page(permission=P.REGISTRY_EDIT)
def item_edit(request: HttpRequest, pk: Any) -> HttpResponse:
    """Change a candidate."""
    found = catalogues.one(catalogues.items(request.user).filter(pk=pk, state="candidate"))
    scope.require(request.user, P.REGISTRY_EDIT, region=found.region)

    def act(form: ItemChange) -> str:
        where = {"region": found.region, "year": found.year, "code": found.code}
        made = actions.propose_item(by=request.user, row=where | form.cleaned_data)
        return reverse("registry:catalogue_item", args=[made.pk])

    form, answer = forms.handle(
        request, ItemChange, act=act, key=str(found.pk), title=found.name, initial=_initial(found)
    )
    title = _("Change the candidate")
    return answer or render(request, "web/form_page.html", _form(form, title, f"{found.code} · {found.year}"))


@page(permission=P.REGISTRY_EDIT)
def item_drop(request: HttpRequest, pk: Any) -> HttpResponse:
    """Drop a candidate, or take an issued item out by a supplement."""
    found = catalogues.item(request.user, pk)
    back = reverse("registry:catalogue_item", args=[found.pk])

    def act(form: ReasonForm) -> str:
        made = actions.drop_item(by=request.user, item=found, **form.cleaned_data)
        return reverse("registry:catalogue_item", args=[made.pk])

    form, answer = forms.handle(request, ReasonForm, act=act, key=str(found.pk), title=found.name)
    is_candidate = found.state == "candidate"
    title = _("Drop the candidate") if is_candidate else _("Take it out by a supplement")
    lead = f"{found.name} · {found.year}"
    return answer or render(request, "web/form_page.html", _form(form, title, lead) | {"cancel_url": back})


@page(permission=P.REGISTRY_EDIT)
def issue(request: HttpRequest) -> HttpResponse:
    """Issue the candidates of a region and year together."""

    def act(form: IssueForm) -> str:
        made = actions.issue_catalogue(by=request.user, **form.cleaned_data)
        return reverse("registry:public_catalogue", args=[made.region, made.year])

    waiting = catalogues.items(request.user).filter(state="candidate").order_by("-year", "region", "code")
    initial = {"region": own_region(request.user), "year": clock.today().year}
    form, answer = forms.handle(request, IssueForm, act=act, initial=initial)
    context = _form(form, _("Issue a catalogue"))
    context["waiting"] = list(waiting[:200])
    context["lead"] = _(
        "All candidates of the region and year are issued together and become public. They never change "
        "afterwards; later candidates are issued as a supplement with its reason."
    )
    return answer or render(request, "registry/catalogue_issue.html", context)


@page(permission=P.REGISTRY_EDIT)
def copy_year(request: HttpRequest) -> HttpResponse:
    """Make what held in the year before candidates of a year."""
    title = _("Copy the year before")
    lead = _("What held in the catalogue of the year before becomes candidates of the year you give.")
    return _fill(request, actions.copy_year, title, lead)


@page(permission=P.REGISTRY_EDIT)
def building_materials(request: HttpRequest) -> HttpResponse:
    """Make the categories of building materials candidates of a year."""
    title = _("Take over building materials")
    lead = _(
        "Nine categories with hazards and test items stand ready. Their test items were not read in the "
        "standards: each says so, and you check them before you issue the catalogue."
    )
    return _fill(request, actions.propose_building_materials, title, lead)


def _fill(request: HttpRequest, action: Any, title: str, lead: str) -> HttpResponse:
    def act(form: YearForm) -> str:
        said = form.cleaned_data
        action(by=request.user, **said)
        where = f"region={said['region']}&year={said['year']}&state=candidate"
        return f"{reverse('registry:catalogue')}?{where}"

    initial = {"region": own_region(request.user), "year": clock.today().year}
    form, answer = forms.handle(request, YearForm, act=act, key=action.__name__, initial=initial)
    return answer or render(request, "web/form_page.html", _form(form, title) | {"lead": lead})


def _form(form: Any, title: str, lead: str = "") -> dict[str, Any]:
    crumbs = breadcrumb.trail((_("Catalogue of key products"), reverse("registry:catalogue")), title)
    return {"form": form, "title": title, "lead": lead, "crumbs": crumbs}
