"""The pages of joint campaigns: their lists, what these share, and what each drawn firm weighs by it."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhiheng import ledger, people, web
from zhiheng.ledger import evidence
from zhiheng.people import clock
from zhiheng.people.permissions import P
from zhiheng.stages.plan.models import CHANNELS, PURPOSES
from zhiheng.web import breadcrumb, forms, timeline, wording
from zhiheng.web.tables import Column, Filter, State, Table

from .. import actions, labels, memberships, queries, reasons
from ..joint_forms import JointForm, SealForm
from ..memberships import Standing, Unit
from ..models import Joint
from ..words import not_found

STATES = {
    "open": State(gettext_lazy("Under way"), "running"),
    "sealed": State(gettext_lazy("Sealed"), "done"),
}
NAMES = dict(CHANNELS)
MOST_PATTERNS = 40


def _state(joint: Joint) -> str:
    return "sealed" if joint.sealed_at else "open"


def _joints(url_name: str) -> Table:
    return Table(
        id="joints",
        caption=gettext_lazy("Joint campaigns"),
        export_name="joint-campaigns",
        empty=gettext_lazy("No joint campaign was opened yet. It needs an issued item of the catalogue."),
        columns=(
            Column(
                "serial",
                gettext_lazy("Serial number"),
                kind="link",
                url=lambda row: reverse(url_name, args=[row.serial]),
            ),
            Column("item", gettext_lazy("Item of the catalogue"), field="item__name", sortable=False),
            Column("region", gettext_lazy("Region"), kind="region"),
            Column("period", gettext_lazy("Period"), value=lambda row: wording.period(row.period)),
            Column("purpose", gettext_lazy("Purpose"), value=lambda row: row.get_purpose_display()),
            Column("state", gettext_lazy("State"), kind="state", value=_state, states=STATES, sortable=False),
            Column("opened_at", gettext_lazy("Opened"), kind="date"),
        ),
        filters=(
            Filter("region", gettext_lazy("Region"), kind="region"),
            Filter("purpose", gettext_lazy("Purpose"), kind="choice", choices=PURPOSES),
        ),
        search_fields=("serial",),
        search_label=gettext_lazy("Serial number begins with"),
        default_sort="-opened_at",
    )


OFFICE, PUBLIC = _joints("draw:joint"), _joints("draw:public_joint")


@web.page(permission=P.DRAW_VIEW)
def office_joints(request: HttpRequest) -> HttpResponse:
    """List the joint campaigns of the regions this person works for."""
    more = {
        "title": _("Joint campaigns"),
        "lead": _lead(),
        "may_open": people.may(request.user, P.PLAN_EDIT),
    }
    return OFFICE.respond(request, queries.joints(request.user), "draw/joint_list.html", more)


@web.page(public=True)
def public_joints(request: HttpRequest) -> HttpResponse:
    """List every joint campaign."""
    more = {"title": _("Joint campaigns"), "lead": _lead()}
    return PUBLIC.respond(request, queries.joints(), "draw/public_list.html", more)


def _lead() -> str:
    return _(
        "The same goods are drawn at factories, in shops and online at once. A firm that stands in several "
        "lists counts once: it weighs less, because it could be drawn more often."
    )


@web.page(permission=P.PLAN_EDIT)
def joint_new(request: HttpRequest) -> HttpResponse:
    """Open a joint campaign."""

    def act(form: JointForm) -> str:
        made = actions.open_joint(by=request.user, **form.said())
        return reverse("draw:joint", args=[made.serial])

    today = clock.today()
    held = [one.region for one in request.user.held_on(today)]
    initial = {
        "region": held[0] if held else "",
        "period": f"{today.year}Q{(today.month - 1) // 3 + 1}",
        "basis": "",
    }
    title = _("Open a joint campaign")
    form, answer = forms.handle(request, JointForm, act=act, title=title, initial=initial)
    context = {"form": form, "title": title, "lead": _lead(), "cancel_url": reverse("draw:joints")}
    return answer or render(request, "web/form_page.html", context)


@web.page(permission=P.DRAW_VIEW)
def office_joint(request: HttpRequest, serial: str) -> HttpResponse:
    """Show one joint campaign: its lists, what they share, chances and weights."""
    joint = queries.joint(serial, request.user)
    held = memberships.standing(joint)
    context = _shared(joint, held, "draw:draw") | {
        "actions": _actions(request.user, joint),
        "prepare": {row.channel: row.obligation_id for row in joint.frames.all()},
        "may_prepare": people.may(request.user, P.DRAW_COMMIT, region=joint.region),
        "crumbs": breadcrumb.trail((_("Joint campaigns"), reverse("draw:joints")), joint.serial),
        "items": timeline.from_entries(ledger.timeline("joint", joint.serial)),
        **_weights(joint, held),
    }
    return render(request, "draw/office_joint.html", context)


@web.page(public=True)
def public_joint(request: HttpRequest, serial: str) -> HttpResponse:
    """Show one joint campaign as everybody can check it; weights are public once it is sealed."""
    joint = queries.joint(serial)
    held = memberships.standing(joint)
    context = _shared(joint, held, "draw:public_draw") | {
        "title": _("Joint campaign %(serial)s") % {"serial": joint.serial},
        "crumbs": breadcrumb.trail((_("Joint campaigns"), reverse("draw:public_joints")), joint.serial),
        "items": timeline.from_entries(ledger.timeline("joint", joint.serial, public_only=True)),
        **(_weights(joint, held) if joint.sealed_at else {}),
    }
    return render(request, "draw/public_joint.html", context)


@web.page(public=True)
def record(request: HttpRequest, serial: str) -> HttpResponse:
    """Hand out the sealed record: chances and weight of each drawn firm."""
    joint = queries.joint(serial)
    if not joint.record_sha:
        raise not_found()
    answer = HttpResponse(evidence.read(joint.record_sha), content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="joint-{joint.serial}.json"'
    return answer


@web.page(permission=P.DRAW_REVEAL)
def joint_seal(request: HttpRequest, serial: str) -> HttpResponse:
    """Seal the record of a joint campaign."""
    joint = queries.joint(serial, request.user)
    here = reverse("draw:joint", args=[joint.serial])

    def act(_form: SealForm) -> str:
        actions.seal_joint(by=request.user, joint=joint)
        return here

    form, answer = forms.handle(request, SealForm, act=act, key=joint.serial)
    lead = _(
        "The chances of every drawn firm in all lists and its weight are written down and published. From "
        "then on no answer about other lists is taken."
    )
    context = {"form": form, "title": _("Seal the record"), "lead": lead, "cancel_url": here}
    return answer or render(request, "web/form_page.html", context)


def _actions(person: Any, joint: Joint) -> list[tuple[Any, str]]:
    found = []
    if not joint.sealed_at and people.may(person, P.DRAW_REVEAL, region=joint.region):
        found.append((_("Seal the record"), reverse("draw:joint_seal", args=[joint.serial])))
    if joint.sealed_at:
        found.append((_("Download the record"), reverse("draw:joint_record", args=[joint.serial])))
    return [*found, (_("Public page"), reverse("draw:public_joint", args=[joint.serial]))]


def _shared(joint: Joint, held: Standing, draw_url: str) -> dict[str, Any]:
    counted = memberships.shared(held)
    order = list(held.draws)
    samples: Counter[str] = Counter()
    for (serial, _name), row in held.sizes.items():
        samples[serial] += row.sample
    channels = [row.channel for row in joint.frames.all()]
    return {
        "title": joint.serial,
        "joint": joint,
        "standing": [STATES[_state(joint)]],
        "identity": [
            (_("Item of the catalogue"), joint.item.name),
            (_("Region"), wording.region_path(joint.region)),
            (_("Period"), wording.period(joint.period)),
            (_("Purpose"), joint.get_purpose_display()),
            (_("Ground of the duty"), joint.basis),
            *([(_("Hash of the record"), joint.record_sha)] if joint.record_sha else []),
        ],
        "frames": [
            _frame(name, held, samples, draw_url)
            for name in sorted(channels, key=[name for name, _label in CHANNELS].index)
        ],
        "order": [NAMES[name] for name in order],
        "overlap": [(NAMES[one], [counted[one, other] for other in order]) for one in order],
        "why": reasons.of_joint(joint, held),
    }


def _frame(name: str, held: Standing, samples: Counter[str], draw_url: str) -> dict[str, Any]:
    draw = held.draws.get(name)
    if draw is None:
        return {"channel": name, "label": NAMES[name], "draw": None}
    return {
        "channel": name,
        "label": NAMES[name],
        "draw": draw,
        "url": reverse(draw_url, args=[draw.serial]),
        "state": labels.STATES[draw.state],
        "firms": draw.frame.unit_count,
        "drawn": samples[draw.serial],
    }


def _weights(joint: Joint, held: Standing) -> dict[str, Any]:
    """Return how many drawn firms stand in how many lists, and the weight of each pattern of chances."""
    found = memberships.units(joint, held)
    names = {draw.serial: NAMES[name] for name, draw in held.draws.items()}
    patterns = Counter(_pattern(one, names) for one in found)
    rows = [(*key, count) for key, count in sorted(patterns.items(), key=lambda row: (-row[1], str(row[0])))]
    return {
        "known": [_known(serial, label, found) for serial, label in names.items()],
        "patterns": rows[:MOST_PATTERNS],
        "more_patterns": max(len(rows) - MOST_PATTERNS, 0),
    }


def _known(serial: str, label: Any, found: list[Unit]) -> dict[str, Any]:
    mine = [one for one in found if one.draw == serial]
    sources = Counter(row.source for one in mine for row, _chance in (*one.others, *one.possible))
    return {
        "label": label,
        "drawn": len(mine),
        "several": sum(1 for one in mine if one.others),
        "listed": sources[memberships.LISTED],
        "told": sources[memberships.TOLD],
        "unknown": sources[memberships.UNKNOWN],
    }


def _pattern(one: Unit, names: dict[str, Any]) -> tuple[str, str, str, str]:
    """Return own chance, the other chances, the weight, and the least weight where something is unknown."""
    others = " + ".join(f"{names[row.other]} {_said(chance)}" for row, chance in one.others)
    unknown = " + ".join(f"{names[row.other]} ≤ {_said(chance)}" for row, chance in one.possible)
    most, least = one.weights
    beyond = _("%(frames)s (unknown)") % {"frames": unknown} if unknown else ""
    weight = wording.number(float(most), 3)
    if most != least:
        weight = f"{wording.number(float(least), 3)}–{weight}"
    own = f"{names[one.draw]} {_said(one.own)}"
    return own, " + ".join(filter(None, (others, beyond))) or wording.NOTHING, weight, _said(most)


def _said(value: Fraction) -> str:
    return f"{value.numerator}/{value.denominator}" if value.denominator != 1 else str(value.numerator)
