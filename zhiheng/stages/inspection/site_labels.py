"""The words of checks of construction works: states, steps, verbs of the ledger."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zhiheng.reference import checks
from zhiheng.stages.draw.labels import named, states
from zhiheng.web import wording

from .rules import sites as rules

SITE_STATES = states(
    rules.TABLE,
    {
        rules.PLANNED: "todo",
        "findings": "todo",
        "rectifying": "running",
        "rechecking": "todo",
        "suspended": "stopped",
        "conforming": "done",
        "closed": "done",
        "referred": "stopped",
    },
)
STEPS = {
    "check": _("Record the check"),
    "refuse": _("The check was refused"),
    "not_start": _("The works have not started"),
    "standstill": _("The works stand still"),
    "order_correction": _("Order to correct"),
    "suspend": _("Suspend the works"),
    "report_corrected": _("Record the report of the correction"),
    "recheck_pass": _("The re-check conforms"),
    "recheck_fail": _("The re-check does not conform"),
    "refer": _("Refer for a penalty"),
}
VERBS = {
    "site.registered": (_("Construction site entered"), "done"),
    "site.check_planned": (_("Check of a site planned"), "running"),
}


def verbs() -> dict[str, tuple]:
    """Return the words and tone of every verb of site checks."""
    found = {
        edge.verb: (named(rules.TABLE.state(edge.target)), SITE_STATES[edge.target].tone)
        for edge in rules.TABLE.transitions
    }
    return {**found, **VERBS}


def project_types() -> list[tuple[str, str]]:
    """Return the types of project with their names."""
    return [(one.code, wording.bilingual(one)) for one in checks.subjects(checks.ENGINEERING)]
