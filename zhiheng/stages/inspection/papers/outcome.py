"""The papers about a result: the notice to the firm, and the report of the test."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from zhiheng.people import roles
from zhiheng.proof import canonical
from zhiheng.reports.paper import Facts, Grid, Heading, Line, Paper, Place, Signs, Text
from zhiheng.web import wording

from .. import labels, queries, records, rules
from ..models import Case, Clock, Party, Report, Visit
from ..refusals import refuse
from . import parts


def notice(visit: Visit, *, origin: str) -> Paper:
    """Return the notice of a result to the firm: what was found, and what it may do until when."""
    if not visit.verdict:
        raise refuse("paper-not-yet")
    case = getattr(visit, "case", None)
    sample, chosen = visit.sample, visit.selection
    results = queries.results(visit)
    opening = _(
        "Your firm was drawn by lot (%(draw)s). On %(day)s a sample of %(product)s was taken under the seal "
        "%(seal)s and tested by the laboratory %(lab)s. The results are:"
    ) % {
        "draw": chosen.draw.serial,
        "day": wording.day(visit.visited_on),
        "product": sample.product_name,
        "seal": sample.seal_no,
        "lab": sample.lab,
    }
    blocks = [
        Line(parts.addressee(visit.subject.name)),
        Text(opening),
        parts.results_grid(results),
        Text(decided(visit.verdict)),
        *_rights(visit, case),
        Signs((parts.seal_of(visit.region, _told_on(visit, case)),)),
    ]
    return parts.made(
        "notice",
        title=_("Notice of the result of a spot check"),
        number=f"{parts.number(visit)}-T",
        dated=_told_on(visit, case),
        blocks=blocks,
        address=origin + reverse("inspection:my"),
    )


def party_notice(role: str) -> Callable[..., Paper]:
    """Return what sets the notice to the producer on the label or to the platform of a case."""

    def made(case: Case, *, origin: str) -> Paper:
        visit, party = case.visit, Party.objects.filter(case=case, role=role).first()
        if party is None:
            raise refuse("paper-not-yet")
        sample, told_on = visit.sample, party.served_on or case.opened_on
        opening = _OPENINGS[role] % {
            "draw": visit.selection.draw.serial,
            "day": wording.day(visit.visited_on),
            "product": sample.product_name,
            "firm": case.subject.name,
            "lab": sample.lab,
        }
        return parts.made(
            f"notice-{role}",
            title=_("Notice of the result of a spot check"),
            number=f"{parts.number(visit)}-T{_SUFFIX[role]}",
            dated=told_on,
            blocks=[
                Line(parts.addressee(party.name)),
                Text(opening),
                parts.results_grid(queries.results(visit)),
                Text(decided(visit.verdict)),
                *_rights_of(case, party),
                Signs((parts.seal_of(case.region, told_on),)),
            ],
            address=origin + reverse("inspection:my"),
        )

    return made


_SUFFIX = {rules.PRODUCER: "S", rules.PLATFORM: "P"}
_OPENINGS = {
    rules.PRODUCER: _lazy(
        "The label of a product names your firm as its producer. On %(day)s a sample of %(product)s was "
        "taken at %(firm)s (%(draw)s) and tested by the laboratory %(lab)s. The results are:"
    ),
    rules.PLATFORM: _lazy(
        "A product was sold on your platform. On %(day)s a sample of %(product)s was taken from %(firm)s "
        "(%(draw)s) and tested by the laboratory %(lab)s. The results are:"
    ),
}


def _rights_of(case: Case, party: Party) -> list:
    """Return what a party may do: a producer objects within its own time, a platform is told."""
    own_page = _(
        "The result, your dates and your papers stand on a page of your own at the address below; the social "
        "credit code and the access code on the enclosed sheet open it."
    )
    if not party.may_object:
        return [Heading(_("What you can do")), *parts.numbered([own_page])]
    clock = Clock.objects.filter(case=case, party=party, rule=rules.OBJECTION_RULE).first()
    limit = parts.clock_said(clock) if clock else parts.limit_said(rules.OBJECTION_RULE, case.region)
    bodies = [
        limit,
        _("An objection states its grounds in writing; you can also object that the product is not yours."),
        own_page,
    ]
    if not clock:
        bodies.append(_("The time runs from the day on which this notice was received."))
    proof = parts.proof_of([clock]) if clock else None
    return [Heading(_("Your rights")), *parts.numbered(bodies), *filter(None, [proof])]


def _rights(visit: Visit, case: Case | None) -> list:
    """Return the rights of the firm; once the notice was served, with the last day and its count."""
    clock = case and Clock.objects.filter(case=case, rule=rules.OBJECTION_RULE).first()
    if clock:
        limit, proof = parts.clock_said(clock), parts.proof_of([clock])
    else:
        limit, proof = parts.limit_said(rules.OBJECTION_RULE, visit.region), None
    bodies = [
        limit,
        _("An objection can be against the sampling or against the test; it states its grounds in writing."),
        _(
            "It can be filed on the firm's own page at the address below, which the access code on the "
            "enclosed sheet opens, or handed to the office that sealed this notice."
        ),
    ]
    if visit.verdict == "fail" and not clock:
        bodies.append(_("The time runs from the day on which this notice was received."))
    found = [Heading(_("Your rights")), *parts.numbered(bodies)]
    return [*found, proof] if proof else found


def _told_on(visit: Visit, case: Case | None) -> date:
    if case is not None:
        return case.served_on or case.opened_on
    return max((one.reported_on for one in queries.results(visit)), default=visit.visited_on)


def test_report(visit: Visit, *, origin: str) -> Paper:
    """Return the report of a test from the recorded results, each with the hash of its record.

    Where the laboratory signed its report, the paper carries number, version and signature of that.
    """
    results = queries.results(visit)
    if not results:
        raise refuse("paper-not-yet")
    sample, signed = visit.sample, queries.newest_report(visit)
    lab = parts.lab_name(sample.lab)
    reported_on = signed.reported_on if signed else max(one.reported_on for one in results)
    facts = [
        (_("Sample"), sample.product_name),
        (_("Seal number"), sample.seal_no or ""),
        (_("Laboratory"), lab),
        *parts.firm_facts(visit),
        (_("Sampled on"), wording.day(visit.visited_on)),
        (_("Reported on"), wording.day(reported_on)),
        *(_signature(signed) if signed else ()),
    ]
    by_rule = {str(dict(labels.DECISION_RULES)[one.decision_rule]) for one in results}
    hashes = Grid(
        (_("Item"), _("Hash of the record (SHA-256)")),
        tuple((one.item, canonical.digest(records.of_result(one).to_dict())) for one in results),
        (1, 4),
        caption=_("Records behind this report"),
        is_dense=True,
    )
    return parts.made(
        "test-report",
        title=_("Test report of the spot check"),
        number=signed.number if signed else f"{parts.number(visit)}-R",
        key=f"{parts.number(visit)}-R",
        dated=reported_on,
        blocks=(
            Facts(tuple(facts)),
            parts.results_grid(results, caption=_("Results")),
            *parts.specimens_grid(sample),
            Text(_("Decision rule: %(rules)s") % {"rules": "; ".join(sorted(by_rule))}),
            Text(decided(visit.verdict)),
            hashes,
            Text(_("These results hold for the sealed sample alone.")),
            Signs((Place(_("Tested by")), Place(_("Checked by")), Place(_("Approved by")))),
            Signs((Place(lab, "seal", _("Place of the laboratory's seal")),)),
        ),
        address=origin + reverse("inspection:visit", args=[visit.pk]),
        style="sheet",
    )


def _signature(signed: Report) -> list[tuple[str, str]]:
    """Return what says which version was signed, when and in which role; the person is not named on paper."""
    rows = [
        (_("Version"), str(signed.version)),
        (_("Signed at"), wording.moment(signed.signed_at)),
        (_("Signed by"), wording.bilingual(roles.get("lab"))),
        (_("SHA-256 of the record"), signed.sha256),
    ]
    return [*rows, (_("Reason"), signed.reason)] if signed.reason else rows


def decided(verdict: str) -> str:
    """Return the decision as a whole sentence."""
    if verdict == "pass":
        return _("Decision: the sample conforms.")
    if verdict == "fail":
        return _("Decision: the sample does not conform.")
    return _("Decision: none yet, further items follow.")
