"""Every field of the database that says something about a natural person, and those that only sound so.

A name as ``app.Model.field``. None of what the first table names may stand in an entry of the ledger.
"""

from __future__ import annotations

FIELDS: dict[str, str] = {
    "people.Person.login": "who signs in; destroyed by erase_person",
    "people.Person.display_name": "who signs in; destroyed by erase_person",
    "people.ApiToken.label": "free words of a person about a key; destroyed by erase_person",
    "registry.Inspector.name": "who makes visits; entries name the code",
    "registry.Qualification.person": "who holds a qualification; entries name the number of the row",
    "registry.Site.address": "may be where the owner of a small firm lives",
    "inspection.Objection.grounds": "what somebody wrote in an objection",
    "inspection.Sent.said": "what somebody sent from a firm's page; bound by a salted number",
    "inspection.VisitFile.said": "what an inspector wrote about a picture",
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
    "web.Upload.name": "a file",
    "ledger.Evidence.name": "a file",
}
