"""What everybody reads: the list of notices, one notice at its permanent address, each of its versions."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from zhiheng import web
from zhiheng.reference import notices as kinds
from zhiheng.stages.draw.words import not_found
from zhiheng.stages.inspection import qr
from zhiheng.web import breadcrumb, timeline, wording
from zhiheng.web.why import Why

from .. import bundles, labels, listing, queries, rules, showing
from ..models import Notice, NoticeVersion
from ..rules import content
from . import links

SHOWN_ROWS = 200


@web.page(public=True)
def notices(request: HttpRequest) -> HttpResponse:
    """List every notice that was ever published, the withdrawn ones too."""
    context = {
        "title": _("Notices"),
        "lead": _("Results, announcements and figures as they were published, with every correction."),
        "feed_url": reverse("disclosure:feed"),
    }
    return listing.PUBLIC.respond(request, queries.published(), "disclosure/public_list.html", context)


@web.page(public=True)
def notice(request: HttpRequest, number: str) -> HttpResponse:
    """Show a notice as it stands now."""
    found = queries.public_notice(number)
    return _shown(request, found, queries.versions(found), found.version)


@web.page(public=True)
def version(request: HttpRequest, number: str, version: int) -> HttpResponse:
    """Show one version of a notice, and say when it is not the newest."""
    found = queries.public_notice(number)
    versions = queries.versions(found)
    if not 1 <= version <= len(versions):
        raise not_found()
    return _shown(request, found, versions, version)


def _shown(request: HttpRequest, found: Notice, versions: list[NoticeVersion], number: int) -> HttpResponse:
    chosen = versions[number - 1]
    address = links.permanent(request, found)
    is_seen = bundles.is_shown(found, chosen)
    seen = showing.of(chosen.said) if is_seen else None
    is_newest = number == len(versions)
    context: dict[str, Any] = {
        "title": seen.title if seen else _("Words of this version are hidden"),
        "notice": found,
        "version": chosen,
        "is_newest": is_newest,
        "is_seen": is_seen,
        "seen": seen,
        "standing": _standing(found, chosen, is_newest=is_newest),
        "identity": _identity(found, chosen),
        "body_rows": SHOWN_ROWS,
        "body_slice": f":{SHOWN_ROWS}",
        "signature": _signature(chosen),
        "about": links.about(chosen.said) if is_seen else [],
        "downloads": links.downloads(found),
        "proof_url": reverse("disclosure:notice_json", args=[found.number]),
        "history": _history(found, versions),
        "items": timeline.from_entries(
            reversed(queries.entries(found)),
            url=_entry_url,
        ),
        "permanent_url": address,
        "newest_url": reverse("disclosure:public_notice", args=[found.number]),
        "qr": qr.square(address, _("Permanent address of this notice")),
        "command": f"zhiheng verify {bundles.name(found)}",
        "why": _why(found, chosen),
        "crumbs": breadcrumb.trail((_("Notices"), reverse("disclosure:public_notices")), found.number),
    }
    return render(request, "disclosure/public_notice.html", context)


def _entry_url(entry: Any) -> str:
    return reverse("web:published_entry", args=[entry.seq])


def _standing(found: Notice, chosen: NoticeVersion, *, is_newest: bool) -> list[Any]:
    state = labels.STATES[found.state]
    if is_newest:
        return [state]
    return [labels.ACTS[chosen.act], state]


def _identity(found: Notice, chosen: NoticeVersion) -> list[tuple[Any, Any]]:
    rows = [
        (_("Notice number"), found.number),
        (_("Kind"), labels.kind(found.kind)),
        (_("Region"), wording.region_path(found.region)),
        (_("Published on"), wording.day(found.issued_on)),
        (_("Version"), wording.number(chosen.version)),
    ]
    if chosen.version > 1:
        rows.append((_("This version is of"), wording.day(chosen.recorded_at)))
    return rows


def _signature(chosen: NoticeVersion) -> list[tuple[Any, Any]]:
    return [
        (_("Digest of the words, SHA-256"), chosen.sha256),
        (_("Signed by the key"), chosen.vkey),
    ]


def _history(found: Notice, versions: list[NoticeVersion]) -> list[dict[str, Any]]:
    """Return every version, newest first, with what changed against the one before it."""
    language = "zh" if wording.is_chinese() else "en"
    rows = []
    for before, after in zip([None, *versions], versions, strict=False):
        may_compare = before is not None and not found.is_hidden and after.act == rules.ACTS["correct"]
        rows.append(
            {
                "version": after,
                "act": labels.ACTS[after.act],
                "url": reverse("disclosure:public_version", args=[found.number, after.version]),
                "changes": content.difference(before.said, after.said, language) if may_compare else [],
            }
        )
    return rows[::-1]


def _why(found: Notice, chosen: NoticeVersion) -> Why:
    kind = kinds.kind(found.kind)
    first = kind.basis(found.region)[0]
    due = rules.due(kind, found.event_on, found.region)
    inputs = []
    if due is not None:
        inputs = [
            (kind.event_zh if wording.is_chinese() else kind.event, wording.day(found.event_on)),
            (_("To be published by"), wording.day(due.due_on)),
            (_("Published on"), wording.day(found.issued_on)),
        ]
    sentence = _(
        "The numbers and lists are taken from the records when a version is made; an officer writes the "
        "words around them. Personal data are masked before anything is signed or logged. A correction is a "
        "new version with a public reason; a withdrawal leaves number, days, reasons and digests here."
    )
    return Why(
        rule=labels.kind(found.kind),
        sentence=sentence,
        inputs=inputs,
        article=showing.basis_line(first.as_data()),
        confidence=first.confidence,
        when=chosen.recorded_at,
        check=[
            _("Download the file of this notice."),
            f"zhiheng verify {bundles.name(found)}",
            _("Compare the key and the last hash that the check prints with those published here."),
        ],
    )
