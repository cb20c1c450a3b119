"""The papers of a case: the receipt of an objection, and the order to correct."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from zhiheng.reports.paper import Facts, Heading, Line, Paper, Signs, Text
from zhiheng.web import wording

from .. import labels, queries, rules
from ..models import Case, Clock
from ..refusals import refuse
from . import parts

CORRECTION_RULES = ("spotcheck.rectify", "spotcheck.recheck")
LATER_RULES = ("spotcheck.second_recheck_from", "spotcheck.second_recheck_to")


def objection_receipt(case: Case, *, origin: str) -> Paper:
    """Return the receipt of an objection: what was filed, on which day, and that it was in time."""
    objection = getattr(case, "objection", None)
    if objection is None:
        raise refuse("paper-not-yet")
    visit = case.visit
    clocks = list(Clock.objects.filter(case=case, rule=rules.OBJECTION_RULE))
    facts = (
        (_("Number of the notice"), f"{parts.number(visit)}-T"),
        (_("Draw"), visit.selection.draw.serial),
        (_("Notice served on"), wording.day(case.served_on)),
        (_("Objection filed on"), wording.day(objection.filed_on)),
        (_("Kind"), str(dict(labels.OBJECTION_KINDS)[objection.kind])),
    )
    in_time = [parts.clock_said(clock) for clock in clocks]
    blocks = [
        Line(parts.addressee(case.subject.name)),
        Text(_("Your objection to the result of the spot check was received and is on file:")),
        Facts(facts),
        Heading(_("Grounds as filed")),
        Text(objection.grounds),
        Heading(_("In time")),
        *parts.numbered([*in_time, _("The objection was filed within this time.")]),
        Heading(_("What comes next")),
        *parts.numbered(
            [
                _("The office decides on the objection and gives its reason."),
                _("Until then the result is not final and is not published."),
                _("This receipt says nothing about whether the objection is right."),
            ]
        ),
        *filter(None, [parts.proof_of(clocks)]),
        Signs((parts.seal_of(case.region, objection.filed_on),)),
    ]
    return parts.made(
        "objection-receipt",
        title=_("Receipt of an objection"),
        number=f"{parts.number(visit)}-Y",
        dated=objection.filed_on,
        blocks=blocks,
        address=origin + reverse("inspection:case", args=[case.pk]),
    )


def order_to_correct(case: Case, *, origin: str) -> Paper:
    """Return the order to correct: the ground, what is to be done until when, and what follows otherwise."""
    clocks = list(Clock.objects.filter(case=case, rule__in=CORRECTION_RULES).order_by("due_on"))
    if not clocks:
        raise refuse("paper-not-yet")
    visit, ordered_on = case.visit, min(clock.started_on for clock in clocks)
    opening = _(
        "The sample of %(product)s taken from your firm on %(day)s (seal %(seal)s) does not conform, and "
        "the result is final. The items concerned are:"
    ) % {
        "product": visit.sample.product_name,
        "day": wording.day(visit.visited_on),
        "seal": visit.sample.seal_no,
    }
    failing = [one for one in queries.results(visit) if one.verdict == "fail"]
    orders = [
        _("Find the cause of the failure, and remove it from the product and from its making."),
        _("Report in writing to the office that sealed this order what was done, with the evidence."),
        *(parts.clock_said(clock) for clock in clocks),
    ]
    blocks = [
        Line(parts.addressee(case.subject.name)),
        Text(opening),
        parts.results_grid(failing),
        Heading(_("You are ordered")),
        *parts.numbered(orders),
        Heading(_("What follows")),
        *parts.numbered(_consequences(case.region)),
        *filter(None, [parts.proof_of(clocks)]),
        Signs((parts.seal_of(case.region, ordered_on),)),
    ]
    return parts.made(
        "order-to-correct",
        title=_("Order to correct after a spot check"),
        number=f"{parts.number(visit)}-Z",
        dated=ordered_on,
        blocks=blocks,
        address=origin + reverse("inspection:case", args=[case.pk]),
    )


def _consequences(region: str) -> list[str]:
    """Return the ladder that the table of the procedure holds, and its limits, each with how well known."""
    names = ("rechecking", "province_notice", "second_recheck", "suspended", "licence_revoked")
    steps = " → ".join(wording.bilingual(rules.CASES.state(name)) for name in names)
    ladder = _("Where the correction fails, the procedure goes on by these steps: %(steps)s.") % {
        "steps": steps
    }
    known = rules.CASES.confidence == "text"
    return [
        ladder if known else parts.joined((ladder, parts.unverified())),
        *(parts.limit_said(rule, region) for rule in LATER_RULES),
    ]
