"""What the register itself puts on the page of a subject: licences with their scopes, and qualifications."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from zhiheng.people import clock, scope
from zhiheng.people.permissions import P
from zhiheng.web import slots

from . import labels, queries, rules_people
from . import queries_registers as registers
from .models import Subject

SHOWN = 20


def licences_panel(person: Any, subject: Subject) -> slots.Panel | None:
    """Return the licences of a subject, and for each product what is asked and whether it is there."""
    if person is None:
        return None
    on = clock.today()
    rows = list(registers.licences(person).filter(subject=subject).order_by("kind", "number")[: SHOWN + 1])
    held = registers.held(subject)
    products = queries.products(person).filter(subject=subject).order_by("name", "model")[:SHOWN]
    asked = []
    for product in products:
        found = registers.market_entry(product, subject, held, on)
        ways = dict.fromkeys(str(labels.ROUTES[route.route]) for route in found.routes)
        numbers = dict.fromkeys(said.number for _route, said in found.covered if said.number)
        asked.append((product, " / ".join(ways), labels.FULFILMENTS[found.state], "、".join(numbers)))
    may_edit = scope.may(person, P.REGISTRY_EDIT, region=subject.region)
    context = {
        "subject": subject,
        "rows": [(row, labels.LICENCES[row.shown]) for row in rows[:SHOWN]],
        "has_more": len(rows) > SHOWN,
        "asked": asked,
        "new_url": reverse("registry:licence_new", args=[subject.code]) if may_edit else "",
    }
    return slots.Panel(_("Licences and market entry"), "registry/licences_panel.html", context, id="licences")


def qualifications_panel(person: Any, subject: Subject) -> slots.Panel | None:
    """Return the persons of a subject who are qualified, and whether there is a chief quality officer."""
    if person is None:
        return None
    rows = list(registers.qualifications(person).filter(subject=subject).order_by("kind", "-valid_from"))
    may_edit = scope.may(person, P.REGISTRY_EDIT, region=subject.region)
    context = {
        "subject": subject,
        "rows": [
            (row, registers.read_name(row), labels.QUALIFICATIONS[row.kind], labels.PAPERS[row.shown])
            for row in rows[:SHOWN]
        ],
        "has_officer": any(row.kind == rules_people.CHIEF and row.shown == "valid" for row in rows),
        "may_edit": may_edit,
        "new_url": reverse("registry:qualification_new", args=[subject.code]) if may_edit else "",
    }
    title = _("Quality officers and qualifications")
    return slots.Panel(title, "registry/qualifications_panel.html", context, id="qualifications")
