"""Says on what ground scopes, market entry, coverage and catalogues stand, and how to check it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from zhiheng.reference.market_routes import Route
from zhiheng.web import wording
from zhiheng.web.why import Why

from . import labels, rules_catalogue, rules_labs, rules_licences, rules_people
from .grounds import clause
from .models import Inspector, Lab, Licence
from .queries_catalogue import Catalogue

MARKET, PEOPLE, LABS, BUILDING = 27, 20, 23, 14


def of_licence(found: Licence) -> Why:
    """Say how it is found whether a licence covers a product."""
    article, url, _confidence = clause(MARKET)
    return Why(
        rule=rules_licences.MATCHING_RULE,
        sentence=_(
            "A licence covers a product that it names, or whose name shares a part of its scope; an empty "
            "scope leaves the answer open. It holds between its days unless it is suspended or withdrawn."
        ),
        inputs=[
            (_("Kind"), found.get_kind_display()),
            (_("Scope of the licence"), found.scope or wording.NOTHING),
            (_("Product"), str(found.product or wording.NOTHING)),
        ],
        article=article,
        article_url=url,
        source=_("The rule of matching is a rule of this house; the annex of the licence decides in doubt"),
        confidence="memory",
        when=found.recorded_at,
        check=[
            _("Compare the scope with the annex of the licence at the issuing body."),
            _("Read every row below: none was overwritten, each later row names its reason."),
        ],
    )


def of_entry(routes: Sequence[Route], on: dt.date, name: str) -> Why:
    """Say why a route into the market applies to a product, and how sure that is."""
    article, url, _confidence = clause(MARKET)
    inputs: list[tuple[Any, Any]] = [(_("Name looked up"), name), (_("Day"), wording.day(on))]
    for route in routes:
        chinese = wording.is_chinese()
        instrument = route.instrument_zh if chinese else route.instrument
        inputs.append((wording.bilingual(route), f"{instrument} {route.item}".strip()))
        inputs.append((_("Word found in the name"), route.word(name)))
        inputs.append((_("Where it was read"), route.source_zh if chinese else route.source))
    sentence = (
        _("The name holds a word of a category of the matrix; the longest word decides.")
        if routes
        else _("No category of the matrix has a word in this name, so the route is unknown; it is not free.")
    )
    return Why(
        rule=rules_licences.ROUTE_RULE,
        sentence=sentence,
        inputs=inputs,
        article=article,
        article_url=url,
        source=_("Catalogues as named; a row that was not read in its text reminds and decides nothing"),
        confidence=min((route.confidence for route in routes), key=_DOUBT.index, default=""),
        check=[
            _("Open the official catalogue in force on the day and look for the product."),
            _("Where two routes fit, the delimitation (such as the rated voltage) decides which applies."),
        ],
    )


_DOUBT = ("memory", "secondary", "text")


def of_coverage(region: str, on: dt.date) -> Why:
    """Say what the coverage rate counts."""
    article, url, confidence = clause(PEOPLE)
    return Why(
        rule=rules_people.COVERAGE_RULE,
        sentence=_(
            "Counted are the makers of the register in business; one is covered when a chief quality officer "
            "holds the post on the day. It is a census of the register, so it has no sampling error; a firm "
            "that did not report its officer counts as not covered."
        ),
        inputs=[(_("Region"), wording.region_path(region)), (_("Day"), wording.day(on))],
        article=article,
        article_url=url,
        source=_("Article on chief quality officers; the definition of the rate is a rule of this house"),
        confidence=confidence,
        check=[
            _("Filter the list of qualifications by kind and state, and count the firms."),
            _("Filter the list of subjects by region, size and channel, and count the makers."),
        ],
    )


def of_test(item: str, method: str, on: dt.date) -> Why:
    """Say how it is found who may test an item."""
    article, url, confidence = clause(LABS)
    return Why(
        rule=rules_labs.SCOPE_RULE,
        sentence=_(
            "A laboratory may test an item by a method when the newest line of its scope holds on the day "
            "and its approval has not run out."
        ),
        inputs=[
            (_("Test item"), item or wording.NOTHING),
            (_("Method"), method or wording.NOTHING),
            (_("Day"), wording.day(on)),
        ],
        article=article,
        article_url=url,
        source=_("Scopes as entered from the annexes of the approvals"),
        confidence=confidence,
        check=[_("Compare the line with the annex of the approval at the body that issued it.")],
    )


def of_lab(found: Lab, on: dt.date) -> Why:
    """Say on what ground the scope of a laboratory is shown."""
    return of_test(_("every line of this laboratory"), "", on)


def of_duty(found: Inspector, on: dt.date, papers: int) -> Why:
    """Say why an inspector can or cannot be drawn on a day."""
    article, url, confidence = clause(MARKET)
    return Why(
        rule="inspector/active-certified-not-on-leave/1",
        sentence=_(
            "An inspector can be drawn who is on duty and not on leave. Of whom certificates are on record, "
            "one must hold on the day; of whom none is on record, nothing is known, so the word of the "
            "office stands."
        ),
        inputs=[(_("Day"), wording.day(on)), (_("Certificates on record"), papers)],
        article=article,
        article_url=url,
        source=_("Article on random inspection; the order of these checks is a rule of this house"),
        confidence=confidence,
        check=[_("Read the time line: each certificate, leave and step is an entry of the ledger.")],
    )


def of_catalogue(found: Catalogue) -> Why:
    """Say how a catalogue came to be, and how a stranger checks it."""
    article, url, confidence = clause(MARKET)
    return Why(
        rule=rules_catalogue.ISSUE_RULE,
        sentence=_(
            "The whole catalogue of a region and year is issued together and never changes; what changes "
            "afterwards is a supplement with its reason. What holds is the latest row of each category."
        ),
        inputs=[
            (_("Region"), wording.region_path(found.region)),
            (_("Year"), found.year),
            (_("Issues"), len(found.issues)),
            (_("Categories that hold"), len(found.items)),
        ],
        article=article,
        article_url=url,
        source=_("Article on watching key products; the order of issue is a rule of this house"),
        confidence=confidence,
        when=found.latest.issued_at,
        check=[
            _("Download the file of an issue and compute its SHA-256: it must be the hash shown here."),
            _("Compare it with the hash in the public entry of the ledger."),
        ],
    )


def degree(confidence: str) -> Any:
    """Return a degree of confidence as a state."""
    return labels.CONFIDENCES.get(confidence, labels.CONFIDENCES["memory"])
