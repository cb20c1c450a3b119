"""Why a firm was drawn: the rule, its inputs, the duty behind it, and how anybody checks it."""

from __future__ import annotations

from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from zhiheng.methods import multiframe
from zhiheng.people import roles
from zhiheng.reference import outline
from zhiheng.web import wording
from zhiheng.web.why import Why

from . import bundles, frames, labels, queries
from .memberships import Standing
from .models import Draw, Joint, Selection

RULE = "zh-draw-1"


def of_draw(draw: Draw) -> Why:
    """Return the ground of a whole draw."""
    return Why(
        rule=RULE,
        sentence=_(
            "The firms with the smallest keys are drawn over all classes: a key follows from the lottery "
            "ticket of the firm and its announced weight. The tickets follow from a secret committed "
            "beforehand and from a public random text that nobody knew then."
        )
        if draw.is_weighted
        else _(
            "Within each class the firms with the smallest lottery tickets are drawn. The tickets follow "
            "from a secret that was committed beforehand and from a public random text that nobody knew then."
        ),
        inputs=_shared(draw),
        **_ground(draw),
    )


def of_selection(chosen: Selection) -> Why:
    """Return the ground on which one firm was drawn."""
    draw = chosen.draw
    share = draw.strata.get(stratum=chosen.stratum)
    chance = "{}/{}".format(*chosen.chance(share))
    facts = {
        "stratum": labels.stratum(chosen.stratum),
        "population": wording.number(share.population),
        "sample": wording.number(share.sample),
        "order": wording.number(chosen.order),
    }
    return Why(
        rule=RULE,
        sentence=_by_weight(chance)
        if draw.is_weighted
        else _(
            "All %(population)s firms of class %(stratum)s were drawn, so nothing was left to chance: this "
            "firm was to be visited in any case."
        )
        % facts
        if share.sample == share.population
        else _(
            "Of the %(population)s firms of class %(stratum)s, %(sample)s were drawn by lot; the ticket of "
            "this firm is number %(order)s from the smallest."
        )
        % facts,
        inputs=[
            (_("Risk class"), labels.stratum(chosen.stratum)),
            (_("Probability"), chance),
            (_("Ticket"), chosen.ticket),
            (_("Social credit code"), chosen.unit_code),
            *_named(chosen),
            *_shared(draw),
        ],
        **_ground(draw),
    )


def _named(chosen: Selection) -> list[tuple[Any, Any]]:
    """Return the salted name by which certificate and frame know the firm, and whose ticket it is."""
    frame = chosen.draw.frame
    name = frames.namer(frame)(chosen.unit_code)
    return [(_("Name in the frozen list"), name)] if frame.is_salted else []


def _by_weight(chance: str) -> str:
    return _(
        "The firms were drawn by weight over all classes; by its class this firm was to be drawn with the "
        "probability %(chance)s."
    ) % {"chance": chance}


def of_joint(joint: Joint, held: Standing) -> Why:
    """Return the ground of the weights of a joint campaign."""
    return Why(
        rule=f"{multiframe.METHOD} / {multiframe.VERSION}",
        sentence=_(
            "Every drawn firm weighs 1 / the sum of its chances n/N in all lists that hold it, whichever "
            "draw chose it. Listed is what the frozen lists show by code; told is what a visit found; where "
            "it is unknown, the weight is given as a range and figures widen their interval by it."
        ),
        inputs=[
            (_("Item of the catalogue"), joint.item.name),
            *((_("Draw"), f"{serial}") for serial in held.serials),
            (_("Source of the formula"), "Bankier 1986; Kalton & Anderson 1986"),
        ],
        source=joint.basis,
        when=joint.sealed_at or joint.opened_at,
        check=[
            _("Check each draw by its certificate, which holds n, N and the frozen list."),
            _("Look each drawn firm up in the other frozen lists and add the chances; w is 1 over the sum."),
            _("Compare with the record, whose hash the ledger holds."),
        ],
    )


def _shared(draw: Draw) -> list[tuple[Any, Any]]:
    inputs = [
        (_("Frame"), _("%(count)s firms") % {"count": wording.number(draw.frame.unit_count)}),
        (_("Hash of the frame"), draw.frame.sha256),
        (_("Commitment"), draw.commitment),
        (_("Hash of the announcement"), draw.announcement_hash),
        (_("Public random text"), labels.beacon(draw)),
    ]
    inputs += [(_("Joined classes"), sentence) for sentence in labels.joined(draw.joined)]
    return [*inputs, (_("Seed"), draw.seed)] if draw.is_closed else inputs


def _ground(draw: Draw) -> dict[str, Any]:
    duty = draw.obligation
    article = outline.article(duty.article)
    return {
        "article": _("Outline, article %(number)s") % {"number": duty.article},
        "article_url": _clause(duty.article),
        "source": duty.basis,
        "confidence": "text" if article.state == "known" else article.state,
        "who": _committed(draw),
        "when": draw.committed_at,
        "check": steps(draw),
    }


def _committed(draw: Draw) -> str:
    """Return the role that announced the draw, as the ledger keeps it."""
    entry = queries.entries(draw, "draw.committed").first()
    if entry is None:
        return ""
    role = roles.ROLES.get(entry.actor.get("role", ""))
    return wording.bilingual(role) if role else str(entry.actor.get("role", ""))


def _clause(number: int) -> str:
    try:
        return reverse("plan:article", args=[number])
    except NoReverseMatch:
        return ""


def steps(draw: Draw) -> list[str]:
    """Return how anybody checks this draw."""
    if not draw.is_closed:
        return [
            _("Compare the hash of the announcement with the public ledger, which holds it since that day."),
            _("Once the last visit has ended, the certificate must have the hash that the ledger holds."),
        ]
    name = bundles.name(draw.serial)
    return [
        _("Download the certificate %(name)s from the public page of this draw.") % {"name": name},
        _("Run: zhiheng draw verify %(name)s") % {"name": name},
        _("Without Zhiheng, run: python verify.py %(name)s") % {"name": name},
    ]
