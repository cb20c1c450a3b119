"""The ledger for the audit administrator: list, entry, and a check of the whole chain at once."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhiheng.ledger.models import Entry
from zhiheng.people import clock, roles
from zhiheng.people.permissions import P
from zhiheng.proof import canonical
from zhiheng.web import breadcrumb, timeline, wording
from zhiheng.web.administration import queries, words
from zhiheng.web.gate import page
from zhiheng.web.tables import Column, Filter, State, Table
from zhiheng.web.why import Why


def verb_label(entry: Entry) -> str:
    """Return the words of an entry's verb."""
    return str(timeline.labels.get(entry.verb)[0])


def role_label(entry: Entry) -> str:
    """Return the role in which somebody acted; the ledger holds no names."""
    return role_name(entry.actor.get("role", ""))


def role_name(role_id: str) -> str:
    """Return the name of a role, of the installation itself, or of a person acting for himself."""
    if role_id in roles.ROLES:
        return wording.bilingual(roles.get(role_id))
    return {roles.SYSTEM_ROLE: _("The installation"), "self": _("The person")}.get(role_id, role_id)


def verbs() -> list[tuple[str, Any]]:
    """Return the verbs that have words, for the filter."""
    return [(verb, timeline.labels.get(verb)[0]) for verb in timeline.labels.verbs()]


def _address(entry: Entry) -> str:
    return reverse("web:ledger_entry", args=[entry.seq])


TABLE = Table(
    columns=(
        Column("seq", gettext_lazy("Entry number"), kind="number", url=_address, sort=("seq",)),
        Column("at", gettext_lazy("When"), kind="moment", sort=("at", "seq")),
        Column("verb", gettext_lazy("Event"), field="verb", value=verb_label),
        Column("region", gettext_lazy("Region"), kind="region"),
        Column("role", gettext_lazy("Recorded by"), value=role_label),
        Column("visibility", gettext_lazy("Visibility"), kind="state", states=words.VISIBILITY),
        Column("hash", gettext_lazy("Hash"), kind="code", sortable=False),
    ),
    filters=(
        Filter("verb", gettext_lazy("Event"), "choice", choices=verbs),
        Filter("region", gettext_lazy("Region"), "region"),
        Filter("at", gettext_lazy("Day"), "date", "at__date"),
        Filter(
            "visibility",
            gettext_lazy("Visibility"),
            "choice",
            choices=lambda: [(key, state.label) for key, state in words.VISIBILITY.items()],
        ),
    ),
    default_sort="-seq",
    export_name="ledger",
    caption=gettext_lazy("Ledger"),
    empty=gettext_lazy("Nothing was recorded yet."),
)


@page(permission=P.AUDIT_VIEW)
def listing(request: HttpRequest) -> HttpResponse:
    """List the entries, newest first."""
    found = queries.entries(request.user).defer("detail", "previous")
    return TABLE.respond(request, found, "web/administration/entries.html", {"title": _("Ledger")})


@page(permission=P.AUDIT_VIEW)
def entry(request: HttpRequest, seq: int) -> HttpResponse:
    """Show one entry: what it says, its hash, and whether both fit."""
    context = shown(queries.entry(request.user, seq))
    context["crumbs"] = breadcrumb.trail((_("Ledger"), reverse("web:ledger")), context["title"])
    return render(request, "web/administration/entry.html", context)


@page(permission=P.AUDIT_VIEW)
def check(request: HttpRequest) -> HttpResponse:
    """Check the whole chain when the button is pressed, and show the answer."""
    answer = queries.check_chain() if request.method == "POST" else None
    context = {
        "title": _("Check of the chain"),
        "crumbs": breadcrumb.trail((_("Ledger"), reverse("web:ledger")), _("Check of the chain")),
        "answer": answer,
        "checked_at": clock.now(),
    }
    status = 422 if answer is not None and not answer.holds else 200
    return render(request, "web/administration/check.html", context, status=status)


def shown(found: Entry) -> dict[str, Any]:
    """Return what the page of an entry says, for the office and for the public alike."""
    links = queries.links(found)
    return {
        "title": _("Ledger entry %(number)s") % {"number": found.seq},
        "entry": found,
        "standing": [
            State(_("The hash fits the statement"), "done")
            if links.has_its_hash
            else State(_("The hash does not fit the statement"), "stopped"),
            State(_("Hangs on the entry before"), "done")
            if links.names_the_one_before
            else State(_("Does not hang on the entry before"), "stopped"),
        ],
        "identity": [
            (_("Event"), verb_label(found)),
            (_("When"), wording.moment(found.at)),
            (_("Region"), wording.region_path(found.region)),
            (_("Recorded by"), role_label(found)),
            (_("Visibility"), words.VISIBILITY[found.visibility].label),
        ],
        "subjects": links.statement["subjects"],
        "statement": canonical.dumps(links.statement).decode(),
        "why": why_chained(found),
    }


def why_chained(found: Entry) -> Why:
    """Return why an entry cannot be changed unseen, and how a stranger checks it."""
    return Why(
        rule=_("Each entry carries the hash of the one before"),
        sentence=_(
            "The entry is only ever added, never changed. Its hash is computed from what it says and from "
            "the hash of the entry before it, so a change anywhere shows in every later hash."
        ),
        inputs=[
            (_("Entry number"), found.seq),
            (_("Previous hash"), found.previous),
            (_("Hash"), found.hash),
        ],
        when=found.at,
        check=[
            _("Write the statement without “seq” and “previous” as RFC 8785 JSON; its SHA-256 is “body”."),
            _("Write {“body”, “previous”, “seq”} as RFC 8785 JSON; its SHA-256 is the hash of the entry."),
            _("Compare it with the hash shown here, and “previous” with the hash of the entry before."),
        ],
    )
