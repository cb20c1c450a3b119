"""The files of notices: proof, PDF and Word, the feed, and the key of the office."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from zhiheng import web
from zhiheng.people import clock
from zhiheng.stages.draw.words import not_found
from zhiheng.web.tables import export

from .. import bundles, labels, papers, queries, signing
from ..models import NoticeVersion
from . import links


@web.page(public=True)
def proof(request: HttpRequest, number: str) -> HttpResponse:
    """Hand out the file from which a stranger checks a notice."""
    found = queries.public_notice(number)
    answer = HttpResponse(bundles.compose(found), content_type="application/json")
    return export.attach(export.mark(answer), bundles.name(found))


@web.page(public=True)
def paper(request: HttpRequest, number: str, form: str) -> HttpResponse:
    """Hand out the newest version as a paper; one whose words are hidden has none."""
    found = queries.public_notice(number)
    if found.is_hidden or form not in papers.FORMS:
        raise not_found()
    newest = queries.versions(found)[-1]
    data, media_type = papers.render(found, newest, form, address=links.permanent(request, found))
    name = export.marked(f"notice-{found.number}-v{newest.version}.{form}")
    return export.attach(export.mark(HttpResponse(data, content_type=media_type)), name)


@web.page(public=True)
def key(request: HttpRequest) -> HttpResponse:
    """Show the key by which notices are signed now, in the line form of signed notes."""
    return HttpResponse(f"{signing.vkey()}\n", content_type="text/plain; charset=utf-8")


@web.page(public=True)
def feed(request: HttpRequest) -> HttpResponse:
    """Return the newest versions of all notices as an Atom feed (RFC 4287)."""
    rows = queries.feed()
    here = request.build_absolute_uri(reverse("disclosure:feed"))
    updated = (rows[0].recorded_at if rows else clock.now()).isoformat()
    title = _("Notices") + (f" · {export.DEMO_MARK}" if export.is_demo() else "")
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{request.LANGUAGE_CODE}">',
        f"<title>{escape(title)}</title><id>{escape(here)}</id><updated>{updated}</updated>",
        f"<author><name>{escape(_('Zhiheng'))}</name></author>",
        f'<link rel="self" href={quoteattr(here)}/>',
        *(_entry(request, row) for row in rows),
        "</feed>",
    ]
    answer = HttpResponse("\n".join(lines) + "\n", content_type="application/atom+xml; charset=utf-8")
    return export.mark(answer)


def _entry(request: HttpRequest, row: NoticeVersion) -> str:
    notice = row.notice
    address = request.build_absolute_uri(
        reverse("disclosure:public_version", args=[notice.number, row.version])
    )
    act = labels.ACTS[row.act].label
    name = _("Words hidden") if notice.is_hidden else labels.title(notice)
    summary = f"{act} · {notice.number} v{row.version}" + (f" · {row.reason}" if row.reason else "")
    when = row.recorded_at.isoformat()
    return (
        f"<entry><title>{escape(name)}</title><id>{escape(address)}</id><updated>{when}</updated>"
        f"<link href={quoteattr(address)}/><category term={quoteattr(notice.kind)}/>"
        f"<summary>{escape(summary)}</summary></entry>"
    )
