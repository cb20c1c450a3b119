"""The pages of draws: lists, the record for the office, the announcement and the proof for everybody."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from zhiheng import ledger, people, web
from zhiheng.errors import NotFound
from zhiheng.people import clock
from zhiheng.people.permissions import P
from zhiheng.stages.plan import said as plan_said
from zhiheng.web import breadcrumb, forms, slots, timeline, wording

from .. import actions, beacon_forms, bundles, labels, listing, objections, queries, reasons, rules
from ..beacon_forms import RevealForm
from ..forms import AbortForm, CommitForm, commit_form
from ..labels import STATES
from ..models import Draw
from ..rules import design


@web.page(permission=P.DRAW_VIEW)
def office_draws(request: HttpRequest) -> HttpResponse:
    """List the draws of the regions this person works for."""
    rows = queries.with_sizes(queries.draws(request.user))
    more = {"title": _("Draws"), "may_commit": people.may(request.user, P.DRAW_COMMIT)}
    return listing.OFFICE.respond(request, rows, "draw/list.html", more)


@web.page(permission=P.DRAW_VIEW)
def office_draw(request: HttpRequest, serial: str) -> HttpResponse:
    """Show one draw: state, strata, drawn firms, what happened, what can be done."""
    draw = queries.draw(serial, request.user)
    strata = queries.strata(draw)
    units = listing.units(strata, is_public=False)
    context = {
        **_shared(draw, strata),
        "table": units.page(request, queries.selections(draw)),
        "identity": _identity(draw),
        "standing": [STATES[draw.state]],
        "actions": _actions(request.user, draw),
        "items": timeline.from_entries(queries.happened(draw)),
        "panels": slots.panels.collect("draw", request.user, draw),
        "crumbs": breadcrumb.trail((_("Draws"), reverse("draw:draws")), draw.serial),
    }
    return render(request, "draw/office_draw.html", context)


@web.page(permission=P.DRAW_COMMIT)
def commit(request: HttpRequest) -> HttpResponse:
    """Commit a draw: everything is fixed but the outcome."""

    def act(form: CommitForm) -> str:
        said = form.cleaned_data
        objections.check(said["frame"], beacon_forms.announced(said), said["objection_reason"])
        draw = actions.commit(
            by=request.user,
            obligation=said["obligation"],
            frame=said["frame"],
            beacon_kind=said["beacon_kind"],
            beacon_reference=said["beacon_reference"],
            fallbacks=said["fallbacks"],
            away=said.get("away", ()),
            objection_reason=said["objection_reason"],
        )
        return reverse("draw:draw", args=[draw.serial])

    wanted = commit_form(request.user, is_sent=request.method == "POST")
    form, answer = forms.handle(request, wanted, act=act, initial=beacon_forms.suggested())
    title = _("Commit a draw")
    lead = _(
        "The site takes a secret and publishes its hash. From then on neither the office nor the "
        "public random text alone decides who is drawn."
    )
    return answer or _form(request, form, title, lead, reverse("draw:draws"))


@web.page(permission=P.DRAW_REVEAL)
def reveal(request: HttpRequest, serial: str) -> HttpResponse:
    """Enter the public random text and draw."""
    draw = queries.draw(serial, request.user)

    def act(form: RevealForm) -> str:
        said = form.cleaned_data
        text = said["beacon"].replace("\r\n", "\n")  # a browser sends the lines of a box as CRLF
        actions.reveal(by=request.user, draw=draw, beacon=text.encode(), skipped=said.get("skipped", ()))
        return reverse("draw:draw", args=[draw.serial])

    order = queries.beacon_order(draw)
    wanted = beacon_forms.reveal_form(draw, len(order))
    form, answer = forms.handle(request, wanted, act=act, key=draw.serial)
    title = _("Reveal the draw %(serial)s") % {"serial": draw.serial}
    named = "; ".join(map(labels.beacon_text, order))
    lead = _("Announced as its public random text: %(beacon)s") % {"beacon": named}
    return answer or _form(request, form, title, lead, reverse("draw:draw", args=[draw.serial]))


@web.page(permission=P.DRAW_REVEAL)
def abort(request: HttpRequest, serial: str) -> HttpResponse:
    """Give up a draw before its reveal, with a public reason."""
    draw = queries.draw(serial, request.user)

    def act(form: AbortForm) -> str:
        actions.abort(by=request.user, draw=draw, reason=form.cleaned_data["reason"])
        return reverse("draw:draw", args=[draw.serial])

    form, answer = forms.handle(request, AbortForm, act=act, key=draw.serial)
    title = _("Abort the draw %(serial)s") % {"serial": draw.serial}
    lead = _("The serial number stays visible for ever, with the reason. The duty then needs a new draw.")
    return answer or _form(request, form, title, lead, reverse("draw:draw", args=[draw.serial]))


@web.page(public=True)
def public_draws(request: HttpRequest) -> HttpResponse:
    """List every draw, the aborted ones too."""
    rows = queries.with_sizes(queries.public_draws())
    lead = _("Who is inspected is decided by lot. Every draw is announced before its outcome can be known.")
    return listing.PUBLIC.respond(request, rows, "draw/public_list.html", {"title": _("Draws"), "lead": lead})


@web.page(public=True)
def public_draw(request: HttpRequest, serial: str) -> HttpResponse:
    """Show one draw as everybody can check it."""
    draw = queries.draw(serial)
    strata = queries.strata(draw)
    units = listing.units(strata, is_public=True)
    entries = queries.entries(draw).reverse()[: queries.SHOWN]
    context = {
        **_shared(draw, strata),
        "title": _("Draw %(serial)s") % {"serial": draw.serial},
        "table": units.page(request, queries.public_selections(draw)),
        "identity": _identity(draw),
        "standing": [STATES[draw.state]],
        "items": timeline.from_entries(entries),
        "panels": slots.panels.collect("draw", None, draw),
        "executions": queries.entries(draw, queries.EXECUTION).count(),
        "objections_until": objections.of(draw).until,
        "announcement": draw.announcement,
        "command": f"zhiheng draw verify {bundles.name(draw.serial)}",
        "alone": f"python verify.py {bundles.name(draw.serial)}",
        "crumbs": breadcrumb.trail((_("Draws"), reverse("draw:public_draws")), draw.serial),
    }
    return render(request, "draw/public_draw.html", context)


@web.page(public=True)
def certificate(request: HttpRequest, serial: str) -> FileResponse:
    """Hand out the bundle from which a stranger repeats the draw."""
    place = bundles.find(_closed(serial))
    return FileResponse(
        place.open("rb"), as_attachment=True, filename=place.name, content_type="application/json"
    )


@web.page(public=True)
def closing(request: HttpRequest, serial: str) -> FileResponse:
    """Hand out the closing record: what became of every unit, and every step that was bound, opened."""
    draw = _closed(serial)
    if not draw.closing_sha:
        raise NotFound(
            _("This draw was closed without a closing record."),
            _("Its certificate and the visits are public."),
        )
    return FileResponse(
        ledger.evidence.path(draw.closing_sha).open("rb"),
        as_attachment=True,
        filename=bundles.closing_name(serial),
        content_type="application/json",
    )


@web.page(public=True)
def frame_file(request: HttpRequest, serial: str) -> FileResponse:
    """Hand out the frozen frame beside a bundle that is too small to hold it."""
    draw = _closed(serial)
    place = ledger.evidence.path(draw.frame.sha256)
    return FileResponse(
        place.open("rb"),
        as_attachment=True,
        filename=bundles.frame_name(serial),
        content_type="text/tab-separated-values",
    )


def _closed(serial: str) -> Draw:
    draw = queries.draw(serial)
    if not draw.is_closed:
        raise NotFound(
            _("The certificate of this draw is not public yet."),
            _("It is published when the last visit has ended; until then the ledger holds its hash."),
        )
    return draw


def _form(request: HttpRequest, form: Any, title: str, lead: str, cancel: str) -> HttpResponse:
    context = {"form": form, "title": title, "lead": lead, "cancel_url": cancel}
    return render(request, "web/form_page.html", context)


def _shared(draw: Draw, strata: list[Any]) -> dict[str, Any]:
    for row in strata:
        row.label = labels.stratum(row.stratum)
    return {
        "title": draw.serial,
        "draw": draw,
        "strata": strata,
        "n": sum(row.sample for row in strata),
        "size": sum(row.population for row in strata),
        "why": reasons.of_draw(draw),
        "joined": labels.joined(draw.joined),
        "weights": labels.weights(draw.weighted, sum(row.sample for row in strata)),
        "excluded": labels.reasons(queries.excluded_counts(draw)),
        **_replaced(draw, sum(row.sample for row in strata)),
        "overdue": rules.overdue(draw.state, draw.reveal_by, draw.close_by, clock.today()),
    }


def _replaced(draw: Draw, n: int) -> dict[str, Any]:
    """Return the reserves that stepped in, and their share of the drawn units."""
    found = queries.substitutions(draw)
    share = len(found) / n if n else 0.0
    return {"replaced": found, "replaced_share": share, "is_much": share > float(design.SUBSTITUTIONS_HIGH)}


def _identity(draw: Draw) -> list[tuple[Any, Any]]:
    duty = draw.obligation
    rows = [
        (_("Region"), wording.region_path(draw.region)),
        (_("Period"), wording.period(draw.period)),
        (_("Inspection duty"), duty.basis),
        (_("What is inspected"), plan_said.about(duty)),
        (_("Frame"), _frame_words(draw)),
        (_("Hash of the frame"), draw.frame.sha256),
        (_("Commitment"), draw.commitment),
        (_("Hash of the announcement"), draw.announcement_hash),
        *_beacons(draw),
        (_("Reveal by"), wording.day(draw.reveal_by)),
        (_("Objections to the list until"), _objection_words(draw)),
    ]
    if draw.close_by is not None:
        rows.append((_("Close by"), wording.day(draw.close_by)))
    if draw.panel is not None:
        rows.append((_("Panel"), draw.panel.name))
    if draw.is_revealed:
        rows.append((_("Hash of the certificate"), draw.certificate_sha))
    if draw.closing_sha:
        rows.append((_("Hash of the closing record"), draw.closing_sha))
    if draw.is_closed or draw.abort_reason:
        rows.append((_("Secret"), draw.secret))
    if draw.is_closed:
        rows += [
            (_("Public random text as used"), labels.random_text(draw.beacon["value"])),
            *labels.beacon_facts(draw.beacon),
            (_("Seed"), draw.seed),
        ]
    if draw.abort_reason:
        rows.append((_("Reason of the abort"), draw.abort_reason))
    return rows


def _beacons(draw: Draw) -> list[tuple[Any, Any]]:
    """Return the announced random text and what replaces it."""
    first, *others = map(labels.beacon_text, queries.beacon_order(draw))
    replaced = [(_("Where it cannot be had"), "; ".join(others))] if others else []
    return [(_("Public random text"), first), *replaced]


def _frame_words(draw: Draw) -> str:
    facts = {"day": wording.day(draw.frame.as_of), "count": wording.number(draw.frame.unit_count)}
    return _("%(count)s firms as of %(day)s") % facts


def _objection_words(draw: Draw) -> str:
    """Say until when firms may object, to whom, and whether the draw waited for it."""
    window = objections.of(draw)
    facts = {
        "day": wording.day(window.until),
        "place": wording.region_name(draw.region),
        "why": window.reason,
    }
    if not window.is_cut_short:
        return _("%(day)s, in writing to the office of %(place)s that made the list") % facts
    if not window.reason:
        return _("%(day)s; the draw did not wait for it, and no reason was given") % facts
    return _("%(day)s; the draw did not wait for it: %(why)s") % facts


def _actions(person: Any, draw: Draw) -> list[tuple[Any, str]]:
    found = []
    if draw.state == rules.COMMITTED and people.may(person, P.DRAW_REVEAL, region=draw.region):
        found.append((_("Reveal"), reverse("draw:reveal", args=[draw.serial])))
        found.append((_("Abort"), reverse("draw:abort", args=[draw.serial])))
    if draw.is_revealed and people.may(person, P.DRAW_REVEAL, region=draw.region) and not draw.is_closed:
        found.append((_("Let a reserve step in"), reverse("draw:reserve", args=[draw.serial])))
    if draw.is_closed and people.may(person, P.DRAW_COMMIT, region=draw.region):
        found += _panel_actions(draw)
    if draw.is_closed:
        found.append((_("Download the certificate"), reverse("draw:certificate", args=[draw.serial])))
    found.append((_("Public page"), reverse("draw:public_draw", args=[draw.serial])))
    return found


def _panel_actions(draw: Draw) -> list[tuple[Any, str]]:
    panel = queries.panel_begun_by(draw)
    if panel is None and draw.panel_id is None:
        return [(_("Announce a panel"), reverse("draw:panel", args=[draw.serial]))]
    if panel is not None and panel.ended_at is None:
        return [(_("End the panel"), reverse("draw:panel_end", args=[draw.serial]))]
    return []
