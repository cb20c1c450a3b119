"""Every field that says something about a natural person, what erases it, and what only sounds so.

A name as ``app.Model.field``. None of what ``FIELDS`` names may stand in an entry of the ledger; of what
``WORDS`` names an entry holds a salted number (``ledger.words``), or they are public and nothing erases them.
No field is kept against an erasure by a period of its own: the code knows no rule that would set one.
"""

from __future__ import annotations

from dataclasses import dataclass

PERSON = "people.actions.erase_person"
INSCRIBED = "people.actions.erase_words"


@dataclass(frozen=True)
class Field:
    """What a field says of somebody, and the action that destroys it."""

    says: str
    erased_by: str


FIELDS: dict[str, Field] = {
    "people.Person.login": Field("who signs in", PERSON),
    "people.Person.display_name": Field("who signs in", PERSON),
    "people.ApiToken.label": Field("free words of a person about a key", PERSON),
    "registry.Inspector.name": Field("who makes visits; entries name the code", PERSON),
    "registry.Qualification.person": Field("who holds a qualification; entries bind the name", INSCRIBED),
    "registry.Site.address": Field("may be where the owner of a small firm lives", INSCRIBED),
    "inspection.Objection.grounds": Field("what somebody wrote in an objection", INSCRIBED),
    "inspection.Sent.said": Field("what somebody sent from a firm's page", INSCRIBED),
    "inspection.VisitFile.said": Field("what an inspector wrote about a picture", INSCRIBED),
}

# Free words of persons in office, shown by the record that they are about.
WORDS: dict[str, Field] = {
    "disclosure.NoticeVersion.reason": Field("stands in a public notice", ""),
    "draw.Draw.abort_reason": Field("told in public", ""),
    "draw.Exclusion.note": Field("told in public with the draw", ""),
    "draw.Exclusion.reason": Field("one of a fixed list", ""),
    "draw.Panel.end_reason": Field("told in public", ""),
    "draw.Panel.reason": Field("told in public", ""),
    "draw.Substitution.reason": Field("why a reserve stepped in", INSCRIBED),
    "indicators.Formula.reason": Field("stands beside a public formula", ""),
    "indicators.Observation.note": Field("stands beside a public number", ""),
    "indicators.Observation.reason": Field("stands beside a public number", ""),
    "indicators.Release.reason": Field("stands beside a public figure", ""),
    "indicators.Vintage.reason": Field("stands beside the vintage of public numbers", ""),
    "inspection.Decision.reason": Field("why an objection was decided so", INSCRIBED),
    "inspection.Measure.reason": Field("why sale was stopped or publication held", INSCRIBED),
    "inspection.Move.condition": Field("how a sample arrived", INSCRIBED),
    "inspection.Move.reason": Field("why a sample was refused or sent on", INSCRIBED),
    "inspection.Reassignment.reason": Field("why another pair goes", INSCRIBED),
    "inspection.Report.reason": Field("part of a signed report, whose digest is public", ""),
    "inspection.ReportDraft.reason": Field("becomes part of a signed report, or goes with the draft", ""),
    "inspection.Retest.reason": Field("why this laboratory", INSCRIBED),
    "inspection.SiteCheck.note": Field("why a check of a site went on so", INSCRIBED),
    "inspection.Transfer.answer_reason": Field("why a case was taken or returned", INSCRIBED),
    "inspection.Transfer.reason": Field("why a case was offered", INSCRIBED),
    "inspection.Visit.note": Field("how a visit ended", INSCRIBED),
    "ledger.Words.text": Field("the words themselves", INSCRIBED),
    "plan.Obligation.weights_reason": Field("stands beside a public duty", ""),
    "plan.SeriesBreak.reason": Field("written in the reference, not by a person", ""),
    "plan.SeriesVersion.reason": Field("stands beside a public definition", ""),
    "plan.Target.binding_reason": Field("written by a rule and not by a person", ""),
    "registry.CatalogueIssue.reason": Field("the preface of a public catalogue", ""),
    "registry.CatalogueItem.reason": Field("stands in a public catalogue", ""),
    "registry.CatalogueItem.state_reason": Field("why a candidate was dropped", INSCRIBED),
    "registry.Certificate.end_reason": Field("why a certificate ended", INSCRIBED),
    "registry.DuplicatePair.reason": Field("why two records are one or not", INSCRIBED),
    "registry.Frame.ids_reason": Field("told in public", ""),
    "registry.LabScope.end_reason": Field("why a scope ended", INSCRIBED),
    "registry.LabVersion.reason": Field("why a laboratory was changed", INSCRIBED),
    "registry.Licence.reason": Field("why a licence was suspended", INSCRIBED),
    "registry.Qualification.end_reason": Field("why a qualification ended", INSCRIBED),
    "registry.Standing.reason": Field("why a firm has its class", INSCRIBED),
    "registry.SubjectLink.reason": Field("why records were merged", INSCRIBED),
}

# Rows that a person left open between two requests; they go with the account, files and all.
ASIDE: dict[str, str] = {
    "web.Draft": "a form that was begun",
    "web.Submission": "the answer to a form that was sent",
    "web.Upload": "a list that was uploaded, with its rows",
}

THINGS: dict[str, str] = {
    "registry.Subject.name": "a firm; its name is public by law",
    "registry.Product.name": "a product",
    "registry.Site.name": "a place of work",
    "registry.Brand.name": "a brand",
    "registry.Lab.name": "a laboratory",
    "registry.CatalogueItem.name": "an item of the catalogue",
    "draw.Panel.name": "a panel of draws",
    "inspection.Party.name": "a firm or a platform",
    "inspection.Site.name": "a construction project",
    "inspection.VisitFile.name": "a file",
    "inspection.Sample.product_name": "a product",
    "inspection.Sample.producer_name": "a firm",
    "inspection.Access.inspector": "the number of a certificate",
    "inspection.Confirmation.inspector": "the number of a certificate",
    "indicators.Observation.said": "a number as its source printed it",
    "web.Upload.name": "a file; goes with the upload",
    "ledger.Evidence.name": "a file",
    "ledger.Anchor.note": "a signed checkpoint",
    "disclosure.NoticeVersion.note": "a signed note",
}
