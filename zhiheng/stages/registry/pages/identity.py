"""Merges, splits, and the list of alike records with the page on which a person judges a pair."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhiheng.people import clock, scope
from zhiheng.people.permissions import P
from zhiheng.web import breadcrumb, forms, wording
from zhiheng.web.gate import page
from zhiheng.web.tables import Column, Filter, State, Table

from .. import actions, queries
from ..identity_forms import DecisionForm, MergeForm, SearchForm, SplitForm, UndoForm
from ..models import DECISIONS, DuplicatePair, Subject

_TONES = {"open": "todo", "later": "running", "same": "done", "different": "done"}
STATES = {value: State(label, _TONES[value]) for value, label in DECISIONS}
REASONS = {
    "name-equal": gettext_lazy("The names are equal without place and form of company: %(value)s"),
    "name-alike": gettext_lazy("The names are alike to %(value)s%%"),
    "organisation-number": gettext_lazy(
        "Characters 9 to 17 of the codes, which name the organisation, are equal: %(value)s"
    ),
    "address-equal": gettext_lazy("Two of their sites have the same address"),
    "address-alike": gettext_lazy("The addresses of two sites are alike to %(value)s%%"),
    "region-equal": gettext_lazy("Both are in %(region)s"),
    "city-equal": gettext_lazy("Both are in %(region)s"),
    "division-equal": gettext_lazy("Both are in division %(value)s"),
}

PAIRS = Table(
    id="duplicates",
    caption=gettext_lazy("Possible duplicates"),
    columns=(
        Column(
            "first",
            gettext_lazy("One record"),
            value=lambda row: f"{row.first.name} {row.first.code}",
            url=lambda row: reverse("registry:duplicate", args=[row.pk]),
            sortable=False,
        ),
        Column(
            "second",
            gettext_lazy("Other record"),
            value=lambda row: f"{row.second.name} {row.second.code}",
            sortable=False,
        ),
        Column("region", gettext_lazy("Region"), kind="region", sort=("region", "pk")),
        Column(
            "score",
            gettext_lazy("Likeness"),
            kind="number",
            unit=gettext_lazy("per cent"),
            sort=("score", "pk"),
        ),
        Column("decision", gettext_lazy("Decision"), kind="state", states=STATES, sortable=False),
        Column("found_at", gettext_lazy("Found at"), kind="moment", sortable=False),
    ),
    filters=(
        Filter("region", gettext_lazy("Region"), "region"),
        Filter("decision", gettext_lazy("Decision"), "choice", choices=DECISIONS),
    ),
    default_sort="-score",
    export_name="duplicates",
    empty=gettext_lazy("No alike records are on the list. Search for them in your region."),
)


@page(permission=P.REGISTRY_EDIT)
def duplicates(request: HttpRequest) -> HttpResponse:
    """List the pairs of alike records."""
    context = {
        "title": _("Possible duplicates"),
        "lead": _("The list shows likeness; only a person decides whether two records are one firm."),
        "links": [(_("Search for alike records"), reverse("registry:duplicates_search"))],
    }
    return PAIRS.respond(request, queries.pairs(request.user), "registry/list.html", context)


@page(permission=P.REGISTRY_EDIT)
def duplicates_search(request: HttpRequest) -> HttpResponse:
    """Search a region for alike records."""
    title = _("Search for alike records")

    def act(form: SearchForm) -> str:
        actions.search_duplicates(by=request.user, region=form.cleaned_data["region"])
        return f"{reverse('registry:duplicates')}?decision=open"

    held = [one.region for one in request.user.held_on(clock.today()) if one.region]
    initial = {"region": held[0]} if held else None
    form, answer = forms.handle(request, SearchForm, act=act, title=title, initial=initial)
    context = {
        "form": form,
        "title": title,
        "lead": _("Compares names, sites and codes. Pairs that were judged are not asked about again."),
        "crumbs": breadcrumb.trail((_("Possible duplicates"), reverse("registry:duplicates")), title),
        "cancel_url": reverse("registry:duplicates"),
    }
    return answer or render(request, "web/form_page.html", context)


@page(permission=P.REGISTRY_EDIT)
def duplicate(request: HttpRequest, pk: Any) -> HttpResponse:
    """Show two alike records side by side, and let a person judge them."""
    found = queries.pair(request.user, pk)
    parties = [(one.code, f"{one.name} ({one.code})") for one in (found.first, found.second)]

    def act(form: DecisionForm) -> str:
        said = {name: form.cleaned_data[name] for name in ("decision", "reason", "keep")}
        actions.decide_duplicate(by=request.user, pair=found, **said)
        return reverse("registry:duplicate", args=[pk])

    form, answer = forms.handle(request, DecisionForm, act=act, key=str(pk), parties=parties)
    context = {
        "form": form,
        "title": _("Are these one firm?"),
        "pair": found,
        "state": STATES[found.decision],
        "is_settled": found.decision in ("same", "different"),
        "reasons": [reason(*one) for one in found.reasons],
        "rows": _side_by_side(found),
        "crumbs": breadcrumb.trail(
            (_("Possible duplicates"), reverse("registry:duplicates")), _("Are these one firm?")
        ),
    }
    return answer or render(request, "registry/duplicate.html", context)


def reason(name: str, value: str) -> str:
    """Return a reason of likeness as a sentence."""
    return str(REASONS[name]) % {"value": value, "region": wording.region_path(value)}


def _side_by_side(found: DuplicatePair) -> list[tuple[Any, str, str]]:
    both = (found.first, found.second)
    sites = queries.open_sites(both)
    rows: list[tuple[Any, Any]] = [
        (_("Social credit code"), lambda one: one.code),
        (_("Name as registered"), lambda one: one.name),
        (_("Region"), lambda one: wording.region_path(one.region)),
        (_("Division"), lambda one: f"{one.division} {wording.division_name(one.division)}"),
        (_("Size"), lambda one: one.get_size_display()),
        (_("Channel"), lambda one: one.get_channel_display()),
        (_("Risk class"), lambda one: one.risk_class),
        (_("Sites"), lambda one: " · ".join(sites.get(one.pk, ())) or wording.NOTHING),
        (_("Entered the register"), lambda one: wording.day(one.recorded_at)),
        (_("In business"), lambda one: _("yes") if one.is_active else _("no")),
    ]
    return [(label, str(read(both[0])), str(read(both[1]))) for label, read in rows]


def _subject(request: HttpRequest, code: str) -> Subject:
    found = queries.subject(request.user, code)
    scope.require(request.user, P.REGISTRY_EDIT, region=found.region)
    return found


def _form_page(request: HttpRequest, found: Subject, form: Any, title: str, lead: str) -> HttpResponse:
    here = reverse("registry:subject", args=[found.code])
    context = {
        "form": form,
        "title": title,
        "lead": f"{found.name} · {found.code}{_(': ')}{lead}",
        "cancel_url": here,
        "crumbs": breadcrumb.trail((_("Subjects"), reverse("registry:subjects")), (found.name, here), title),
    }
    return render(request, "web/form_page.html", context)


@page(permission=P.REGISTRY_EDIT)
def merge(request: HttpRequest, code: str) -> HttpResponse:
    """Merge a subject into another."""
    found = _subject(request, code)

    def act(form: MergeForm) -> str:
        kept = queries.subject_named(request.user, form.cleaned_data["into"], field="into")
        actions.merge_subjects(
            by=request.user,
            gone=found,
            kept=kept,
            reason=form.cleaned_data["reason"],
            day=form.cleaned_data["day"],
        )
        return reverse("registry:subject", args=[kept.code])

    form, answer = forms.handle(
        request, MergeForm, act=act, key=str(found.pk), initial={"day": clock.today()}
    )
    lead = _("This record goes out of business and points to the survivor. Nothing of it is rewritten.")
    return answer or _form_page(request, found, form, _("Merge into another record"), lead)


@page(permission=P.REGISTRY_EDIT)
def undo_merge(request: HttpRequest, code: str) -> HttpResponse:
    """Undo the merge of a subject."""
    found = _subject(request, code)

    def act(form: UndoForm) -> str:
        actions.undo_merge(by=request.user, gone=found, reason=form.cleaned_data["reason"])
        return reverse("registry:subject", args=[code])

    form, answer = forms.handle(request, UndoForm, act=act, key=str(found.pk))
    lead = _("Merge and undoing both stay on record.")
    return answer or _form_page(request, found, form, _("Undo the merge"), lead)


@page(permission=P.REGISTRY_EDIT)
def split(request: HttpRequest, code: str) -> HttpResponse:
    """Split a part off a subject."""
    found = _subject(request, code)

    def act(form: SplitForm) -> str:
        said = dict(form.cleaned_data)
        day, why = said.pop("day"), said.pop("reason")
        part = actions.split_subject(by=request.user, whole=found, row=said, reason=why, day=day)
        return reverse("registry:subject", args=[part.code])

    names = ("region", "division", "channel", "size", "risk_class")
    initial = {name: getattr(found, name) for name in names} | {"day": clock.today()}
    form, answer = forms.handle(request, SplitForm, act=act, key=str(found.pk), initial=initial)
    lead = _("The part becomes a subject with a code of its own; both keep the history that they share.")
    return answer or _form_page(request, found, form, _("Split off a part"), lead)
