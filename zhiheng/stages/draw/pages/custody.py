"""The pages of the shares: a custodian's own seats, sheets shown once, shares given back, a draw opened."""

from __future__ import annotations

from typing import Any

import segno
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from zhiheng import people, web
from zhiheng.people import clock
from zhiheng.people.permissions import P
from zhiheng.web import breadcrumb, forms, wording

from .. import actions, custody, labels, queries, rules
from ..beacon_forms import reveal_form
from ..custody_forms import CustodianForm, GiveForm, HandOutForm, custodian_form
from ..models import Draw, HeldShare
from ..words import not_found


@web.page(permission=P.DRAW_CUSTODY)
def seats(request: HttpRequest) -> HttpResponse:
    """Show a custodian the draws in which this person holds a share, and what can be done with it."""
    held = custody.seats(request.user)
    context = {
        "title": _("Shares I hold"),
        "lead": _(
            "You hold one of three shares of the secret of these draws. Two of them open a draw that its "
            "office does not open in time; yours alone tells nothing."
        ),
        "rows": [(one, custody.standing_of(one), _steps(one)) for one in held],
    }
    return render(request, "draw/custody_seats.html", context)


@web.page(permission=P.DRAW_CUSTODY)
def take(request: HttpRequest, serial: str) -> HttpResponse:
    """Show a custodian the own share, once, as a sheet to print or write down."""
    held = _own(request, serial)
    return _sheet(request, held, reverse("draw:share_take", args=[serial]), reverse("draw:seats"))


@web.page(permission=P.DRAW_COMMIT)
def hand_out(request: HttpRequest, serial: str, seat: int) -> HttpResponse:
    """Show the office the share of a body without an account, once, or its sealed box."""
    draw = queries.draw(serial, request.user)
    people.require(request.user, P.DRAW_COMMIT, region=draw.region)
    held = next((one for one in custody.of_draw(draw) if one.seat == seat), None)
    if held is None or held.custodian.person_id is not None:
        raise not_found()
    here = reverse("draw:share_hand_out", args=[serial, seat])
    return _sheet(request, held, here, reverse("draw:draw", args=[serial]))


def _sheet(request: HttpRequest, held: HeldShare, here: str, back: str) -> HttpResponse:
    made: list[str] = []

    def act(_form: HandOutForm) -> str:
        made.append(actions.hand_out_share(by=request.user, draw=held.draw, seat=held.seat))
        return back

    form, answer = forms.handle(request, HandOutForm, act=act, key=here)
    if answer is not None and not made:
        return answer
    held.refresh_from_db()
    context = {
        "title": _("Share of seat %(seat)s") % {"seat": held.seat},
        "held": held,
        "office": dict(labels.OFFICES)[held.custodian.office],
        "form": form,
        "cancel_url": back,
        "is_sealed": bool(held.custodian.public_key),
        "is_gone": held.handed_at is not None and not held.box,
        "written": _spaced(made[0]) if made else "",
        "square": _square(made[0], _("The share as a code")) if made else "",
    }
    return render(request, "draw/share_sheet.html", context)


@web.page(permission=P.DRAW_CUSTODY)
def give(request: HttpRequest, serial: str) -> HttpResponse:
    """Take in a share once the day of the reveal has passed."""
    draw = custody.draw(serial, request.user)

    def act(form: GiveForm) -> str:
        actions.give_share(by=request.user, draw=draw, written=form.cleaned_data["share"])
        return reverse("draw:seats")

    form, answer = forms.handle(request, GiveForm, act=act, key=serial)
    lead = _("The office was to open this draw by %(day)s. Enter the share as it stands on its sheet.")
    return answer or _page(request, form, _("Give a share of %(serial)s"), lead, draw)


@web.page(permission=P.DRAW_CUSTODY)
def recover(request: HttpRequest, serial: str) -> HttpResponse:
    """Open a draw from two shares, with the public random text that was announced."""
    draw = custody.draw(serial, request.user)
    order = queries.beacon_order(draw)

    def act(form: Any) -> str:
        said = form.cleaned_data
        text = said["beacon"].replace("\r\n", "\n")
        skipped = said.get("skipped", ())
        actions.recover(by=request.user, draw=draw, beacon=text.encode(), skipped=skipped)
        return reverse("draw:public_draw", args=[serial])

    form, answer = forms.handle(request, reveal_form(draw, len(order)), act=act, key=f"recover {serial}")
    named = "; ".join(map(labels.beacon_text, order))
    lead = _("The office was to open this draw by %(day)s. Announced as its public random text: ") + named
    return answer or _page(request, form, _("Open the draw %(serial)s from its shares"), lead, draw)


@web.page(permission=P.DRAW_COMMIT)
def custodians(request: HttpRequest) -> HttpResponse:
    """Show and name the three custodians of one's own region."""
    region = queries.home(request.user)
    here = reverse("draw:custodians")

    def act(form: CustodianForm) -> str:
        said = form.cleaned_data
        actions.name_custodian(
            by=request.user,
            region=region,
            office=said["office"],
            body=said["body"],
            person=said["person"],
            public_key=said["public_key"],
        )
        return here

    form, answer = forms.handle(request, custodian_form(region), act=act, key=region)
    if answer:
        return answer
    context = {
        "title": _("Custodians of the shares"),
        "lead": wording.region_path(region),
        "named": [(dict(labels.OFFICES)[one.office], one) for one in custody.named(region)],
        "serving": custody.standing(region),
        "region": region,
        "form": form,
        "crumbs": breadcrumb.trail((_("Draws"), reverse("draw:draws")), _("Custodians of the shares")),
    }
    return render(request, "draw/custodians.html", context)


def _page(request: HttpRequest, form: Any, title: str, lead: str, draw: Draw) -> HttpResponse:
    context = {
        "form": form,
        "title": title % {"serial": draw.serial},
        "lead": lead % {"day": wording.day(draw.reveal_by)} if "%(day)s" in lead else lead,
        "cancel_url": reverse("draw:seats"),
    }
    return render(request, "web/form_page.html", context)


def _own(request: HttpRequest, serial: str) -> HeldShare:
    for one in custody.seats(request.user):
        if one.draw.serial == serial:
            return one
    raise not_found()


def _steps(held: HeldShare) -> list[tuple[Any, str]]:
    """Return what a custodian can do with a share now."""
    draw, found = held.draw, []
    if draw.state != rules.COMMITTED:
        return []
    if held.handed_at is None or held.box:
        found.append((_("Take my share"), reverse("draw:share_take", args=[draw.serial])))
    if clock.today() > draw.reveal_by:
        found.append((_("Give a share"), reverse("draw:share_give", args=[draw.serial])))
        if draw.held_shares.exclude(given="").count() >= custody.THRESHOLD:
            found.append((_("Open the draw"), reverse("draw:recover", args=[draw.serial])))
    return found


def _spaced(written: str) -> str:
    """Return a share in groups of five signs, so that it can be written down."""
    return " ".join(written[at : at + 5] for at in range(0, len(written), 5))


def _square(text: str, name: str) -> SafeString:
    """Return the code of a share as a picture in the page itself; segno escapes the title."""
    code = segno.make(text, error="m", micro=False)
    return mark_safe(code.svg_inline(scale=4, border=2, title=str(name), svgclass="qr", lineclass=None))
