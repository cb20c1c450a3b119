"""What the register puts on pages of others: menu, lists still to import, words for its entries."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from zhiheng.people import clock, scope
from zhiheng.people.permissions import P
from zhiheng.web import imports, slots, timeline

from . import (
    belonging_lists,
    happened,
    lists,
    lists_catalogue,
    lists_labs,
    lists_registers,
    panels,
    queries,
)
from . import queries_registers as registers

SOON, ROWS = 30, 10
MENU = (
    ("subjects", _("Subjects"), "registry:subjects", 20),
    ("products", _("Products"), "registry:products", 21),
    ("inspectors", _("Inspectors"), "registry:inspectors", 22),
    ("frames", _("Frames"), "registry:frames", 23),
    ("licences", _("Licences"), "registry:licences", 24),
    ("qualifications", _("Qualifications"), "registry:qualifications", 25),
    ("catalogue", _("Key products"), "registry:catalogue", 27),
    ("duplicates", _("Possible duplicates"), "registry:duplicates", 28),
)
PUBLIC_MENU = (
    ("catalogues", _("Key products"), "registry:catalogues", 12),
    ("routes", _("Market entry"), "registry:routes", 14),
)
VERBS = (
    ("registry.subject_registered", _("Entered the register")),
    ("registry.subject_updated", _("The record was corrected")),
    ("registry.subjects_imported", _("A list of subjects was imported")),
    ("registry.products_imported", _("A list of products was imported")),
    ("registry.inspectors_imported", _("A list of inspectors was imported")),
    ("registry.standing_set", _("The standing changed")),
    ("registry.frame_frozen", _("A frame was frozen")),
    ("registry.unit_opened", _("A firm was given its own line of a list")),
    ("registry.subject_merged", _("Two records were merged")),
    ("registry.merge_undone", _("A merge was undone")),
    ("registry.subject_split", _("A record was split")),
    ("registry.duplicates_searched", _("Possible duplicates were searched for")),
    ("registry.duplicate_decided", _("Two alike records were judged")),
    ("registry.site_added", _("A site was added")),
    ("registry.site_ended", _("A site ended")),
    ("registry.role_added", _("A role was added")),
    ("registry.role_ended", _("A role ended")),
    ("registry.brand_added", _("A brand was added")),
    ("registry.brand_ended", _("A brand ended")),
    ("registry.batch_added", _("A batch was added")),
    ("registry.sites_imported", _("A list of sites was imported")),
    ("registry.brands_imported", _("A list of brands was imported")),
    ("registry.batches_imported", _("A list of batches was imported")),
    ("registry.licence_registered", _("A licence was entered")),
    ("registry.licence_corrected", _("A licence was corrected")),
    ("registry.licence_state_set", _("The state of a licence changed")),
    ("registry.licences_imported", _("A list of licences was imported")),
    ("registry.qualification_registered", _("A qualification was entered")),
    ("registry.qualification_ended", _("A qualification ended")),
    ("registry.qualifications_imported", _("A list of qualifications was imported")),
    ("registry.lab_registered", _("The laboratory entered the register")),
    ("registry.lab_changed", _("The record of the laboratory was changed")),
    ("registry.labs_imported", _("A list of laboratories was imported")),
    ("registry.scope_entered", _("A line of the scope was entered")),
    ("registry.scopes_imported", _("Lines of the scope were imported")),
    ("registry.scope_ended", _("A line of the scope was taken back")),
    ("registry.certificate_registered", _("A certificate was entered")),
    ("registry.inspector_struck_off", _("Struck off")),
    ("registry.inspector_on_duty", _("Put on duty again")),
    ("registry.leave_entered", _("Leave was entered")),
    ("registry.leave_cancelled", _("Leave was cancelled")),
    ("registry.leave_imported", _("A list of leave was imported")),
    ("registry.conflicts_set", _("Whom not to check was changed")),
    ("registry.catalogue_item_proposed", _("The category was proposed")),
    ("registry.catalogue_item_dropped", _("The candidate was dropped")),
    ("registry.catalogue_imported", _("A list of candidates was imported")),
    ("registry.catalogue_copied", _("Candidates were taken over")),
    ("registry.catalogue_issued", _("The catalogue was issued")),
    ("registry.catalogue_supplemented", _("A supplement was issued")),
)
NEVER_IMPORTED = (
    (lists.SUBJECTS.id, _("Import the list of subjects"), queries.subjects),
    (lists.PRODUCTS.id, _("Import the list of products"), queries.products),
    (lists.INSPECTORS.id, _("Import the list of inspectors"), queries.inspectors),
)


def fill() -> None:
    """Put the register into the slots of the shell."""
    for id, label, url_name, order in MENU:
        permission = P.REGISTRY_EDIT if id == "duplicates" else P.REGISTRY_VIEW
        slots.menu.add(slots.MenuItem(f"registry-{id}", label, url_name, permission, order))
    slots.menu.add(slots.MenuItem("registry-labs", _("Laboratories"), "registry:labs", P.INSPECTION_VIEW, 26))
    for id, label, url_name, order in PUBLIC_MENU:
        slots.menu.add(slots.MenuItem(id, label, url_name, order=order, public=True))
    for verb, label in VERBS:
        timeline.labels.add(verb, label)
    for spec in (
        *lists.ALL,
        *belonging_lists.ALL,
        *lists_registers.ALL,
        *lists_labs.ALL,
        lists_catalogue.ITEMS,
    ):
        imports.register(spec)
    slots.panels.add("subject", panels.licences_panel)
    slots.panels.add("subject", panels.qualifications_panel)
    slots.todo.add(todo)
    slots.todo.add(to_judge)
    slots.records.add("subject", happened.subjects)
    slots.records.add("product", happened.products)
    slots.records.add("site", happened.sites)
    slots.records.add("role", happened.roles)
    slots.records.add("brand", happened.brands)
    timeline.groups.add(happened.OWN_GROUP, _("Register"), "registry.")


def todo(person: Any) -> list[slots.TodoItem]:
    """Name the lists that were never imported in the person's region, and the licences that end soon."""
    if not scope.may(person, P.REGISTRY_IMPORT):
        return []
    never = [
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
    return [*never, *_ending(person)]


def to_judge(person: Any) -> list[slots.TodoItem]:
    """Return the pairs of alike records that wait for a person's word."""
    if not scope.may(person, P.REGISTRY_EDIT):
        return []
    rows = queries.pairs(person).filter(decision="open").order_by("-score", "id")
    url = f"{reverse('registry:duplicates')}?decision=open"
    return [slots.queue("registry-duplicates", _("Alike records to judge"), rows, url, _pair)]


def _pair(pair: Any) -> slots.TodoRow:
    return slots.TodoRow(
        f"{pair.first.name} / {pair.second.name}",
        reverse("registry:duplicate", args=[pair.pk]),
        about=f"{pair.score}%",
        button=_("Compare"),
    )


def _ending(person: Any) -> list[slots.TodoItem]:
    """Name the licences that end soon, the nearest first."""
    today = clock.today()
    last = today + timedelta(days=SOON)
    rows = registers.licences(person).filter(state="valid", valid_until__range=(today, last))
    rows = rows.order_by("valid_until", "number")
    url = f"{reverse('registry:licences')}?state=valid&until_from={today}&until_to={last}"
    label = gettext("Licences that end soon")
    item = slots.queue("registry-licences-ending", label, rows, url, _ends, tone="due", shown=ROWS)
    return [item] if item.count else []


def _ends(one: Any) -> slots.TodoRow:
    return slots.TodoRow(
        one.number,
        reverse("registry:licence", args=[one.pk]),
        about=one.subject.name,
        due_on=one.valid_until,
        button=gettext("Look at it"),
    )
