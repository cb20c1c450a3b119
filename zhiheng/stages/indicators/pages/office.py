"""The pages of the office: releases, one release, a new one, and the board of what is covered."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from zhiheng import ledger, web
from zhiheng.people.permissions import P
from zhiheng.reports import fonts
from zhiheng.web import forms, wording
from zhiheng.web import timeline as timelines
from zhiheng.web.tables import export

from .. import actions, queries, sentences
from ..forms import ReleaseForm
from . import bulletin, cards, standing
from .listing import RELEASES


@web.page(permission=P.FIGURE_VIEW)
def releases(request: HttpRequest) -> HttpResponse:
    """List the releases of one's regions."""
    may_release = queries.may_release(request.user)
    again = standing.again(request.user)[: standing.MOST] if may_release else []
    context = {"title": _("Releases"), "may_release": may_release, "again": again}
    return RELEASES.respond(request, queries.releases(request.user), "indicators/releases.html", context)


@web.page(permission=P.FIGURE_VIEW)
def release(request: HttpRequest, pk: str) -> HttpResponse:
    """Show one release: what it holds, what it rests on, what happened to it."""
    found = queries.release(request.user, pk)
    is_replaced = hasattr(found, "replaced_by")
    label, tone = sentences.RELEASE_STATES["replaced" if is_replaced else "in force"]
    headlines = list(found.figures.filter(division="").order_by("region", "period"))
    context = {
        "title": _("Release of %(day)s") % {"day": wording.day(found.vintage)},
        "identity": _identity(found),
        "standing": [{"label": label, "tone": tone}],
        "rows": [
            {"figure": row, "url": cards.figure_url(row), "share": sentences.share(row)} for row in headlines
        ],
        "release": found,
        "restated": standing.of_release(found.pk, request.user),
        "actions": [(_("Data set (CSV)"), reverse("indicators:dataset", args=[found.pk])), *_drafts(found)],
        "items": timelines.from_entries(ledger.timeline("release", str(found.pk))),
    }
    return render(request, "indicators/release.html", context)


def _drafts(found: Any) -> list[tuple[str, str]]:
    """Return the links to the bulletin in its forms and languages; PDF only where this machine can set it."""
    forms = [("docx", "Word"), *([("pdf", "PDF")] if fonts.has_chinese() else [])]
    return [
        (
            _("Bulletin draft, %(language)s (%(form)s)") % {"language": language, "form": label},
            reverse("indicators:bulletin", args=[found.pk, code, form]),
        )
        for code, language in (("zh", "中文"), ("en", "English"))
        for form, label in forms
    ]


@web.page(permission=P.FIGURE_VIEW)
def bulletin_file(request: HttpRequest, pk: str, language: str, form: str) -> HttpResponse:
    """Return the draft of a bulletin of one release, its numbers bound to their figures."""
    found = queries.release(request.user, pk)
    origin = request.build_absolute_uri("/").rstrip("/")
    data, media_type = bulletin.render(found, form, language=language, origin=origin)
    name = export.marked(f"bulletin-{found.series_id}-{found.region}-{found.vintage}-{language}.{form}")
    return export.attach(export.mark(HttpResponse(data, content_type=media_type)), name)


def _identity(found: Any) -> list[tuple[str, Any]]:
    return [
        (_("Series"), sentences.name(found.series)),
        (_("Region"), wording.region_name(found.region)),
        (_("Periods"), " · ".join(wording.period(period) for period in found.periods)),
        (_("Estimation method"), f"{found.method} / {found.method_version}"),
        (_("Draws"), wording.number(len(found.parameters["draws"]))),
        (_("Drawn units"), wording.number(found.dataset_rows)),
        (_("Data set, SHA-256"), found.dataset_sha),
        (_("Root over all figures"), found.figures_root),
        (_("Draws left aside"), ", ".join(found.parameters["unused"]) or wording.NOTHING),
        (_("Reason given"), found.reason or wording.NOTHING),
    ]


@web.page(permission=P.FIGURE_RELEASE)
def new_release(request: HttpRequest) -> HttpResponse:
    """Release figures; every refusal shows on the form, which computes them before it is acted upon."""

    def act(form: ReleaseForm) -> str:
        made = actions.publish(by=request.user, prepared=form.prepared)
        return reverse("indicators:release", args=[made.pk])

    initial = {name: request.GET.get(name, "") for name in ("series", "region", "periods", "reason")}
    form, answer = forms.handle(
        request, ReleaseForm, act=act, title=_("Release figures"), initial=initial, by=request.user
    )
    context = {
        "title": _("Release figures"),
        "form": form,
        "lead": _(
            "The draws of the region and periods are taken as they stand; every drawn unit must have "
            "an outcome. What is released is public at once."
        ),
    }
    return answer or render(request, "web/form_page.html", context)


@web.page(permission=P.FIGURE_VIEW)
def coverage(request: HttpRequest) -> HttpResponse:
    """Show, by region and quarter, how far visits are recorded and what was released."""
    rows = queries.coverage(request.user)
    context = {
        "title": _("Coverage"),
        "rows": rows,
        "figures": [
            {
                "label": _("Draws of the last quarters"),
                "value": wording.number(len(rows)),
                "interval": "",
                "period": "",
            },
            {
                "label": _("Ready for release"),
                "value": wording.number(sum(row.is_ready for row in rows)),
                "interval": "",
                "period": "",
            },
        ],
    }
    return render(request, "indicators/coverage.html", context)
