"""What the register puts on pages of others: menu, lists still to import, words for its entries."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from zhiheng.people import scope
from zhiheng.people.permissions import P
from zhiheng.web import imports, slots, timeline

from . import lists, queries

MENU = (
    ("subjects", _("Subjects"), "registry:subjects", 20),
    ("products", _("Products"), "registry:products", 21),
    ("inspectors", _("Inspectors"), "registry:inspectors", 22),
    ("frames", _("Frames"), "registry:frames", 23),
)
VERBS = (
    ("registry.subject_registered", _("Entered the register")),
    ("registry.subject_updated", _("The record was corrected")),
    ("registry.subjects_imported", _("A list of subjects was imported")),
    ("registry.products_imported", _("A list of products was imported")),
    ("registry.inspectors_imported", _("A list of inspectors was imported")),
    ("registry.standing_set", _("The standing changed")),
    ("registry.frame_frozen", _("A frame was frozen")),
)
NEVER_IMPORTED = (
    (lists.SUBJECTS.id, _("Import the list of subjects"), queries.subjects),
    (lists.PRODUCTS.id, _("Import the list of products"), queries.products),
    (lists.INSPECTORS.id, _("Import the list of inspectors"), queries.inspectors),
)


def fill() -> None:
    """Put the register into the slots of the shell."""
    for id, label, url_name, order in MENU:
        slots.menu.add(slots.MenuItem(f"registry-{id}", label, url_name, P.REGISTRY_VIEW, order))
    for verb, label in VERBS:
        timeline.labels.add(verb, label)
    for spec in lists.ALL:
        imports.register(spec)
    slots.todo.add(todo)


def todo(person: Any) -> list[slots.TodoItem]:
    """Name the lists that were never imported in the person's region."""
    if not scope.may(person, P.REGISTRY_IMPORT):
        return []
    return [
        slots.TodoItem(
            id,
            label,
            1,
            reverse("web:import", args=[id]),
            rows=[slots.TodoRow(label, reverse("web:import", args=[id]), button=_("Import a list"))],
        )
        for id, label, found in NEVER_IMPORTED
        if not found(person).exists()
    ]
