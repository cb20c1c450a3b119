"""What is refused of construction sites and their checks: one sentence and one remedy each."""

from __future__ import annotations

from zhiheng.errors import BadInput, Conflict, RuleRefused
from zhiheng.stages.draw import refusals as shared


def _(text: str) -> str:
    """Mark a text for translation; a rule itself knows no language."""
    return text


SITES: dict[str, shared.Refusal] = {
    "items-unanswered": (
        BadInput,
        _("These items have no answer: %(items)s."),
        _("Answer every item at every point; leave a point out that was not looked at."),
    ),
    "item-unknown": (
        BadInput,
        _("The item %(item)s does not belong to this type of project."),
        _("Take the items from the list of the type of project."),
    ),
    "no-check-items": (
        RuleRefused,
        _("No items to check are on record for the type of project “%(kind)s”."),
        _("Enter them with their source in the reference data first."),
    ),
    "no-project-type": (
        BadInput,
        _("“%(kind)s” is no type of project."),
        _("Choose one of the list."),
    ),
    "site-incomplete": (
        BadInput,
        _("The site has no code, no name or no builder."),
        _("Copy them from the permit of the works."),
    ),
    "site-known": (
        Conflict,
        _("The project %(code_of_site)s is in the register with another name, region or type."),
        _("Compare the code with the permit of the works."),
    ),
    "site-check-planned": (
        Conflict,
        _("A check of this site in %(period)s is planned already, with another pair."),
        _("Open the planned check; its page says who goes."),
    ),
    "site-check-recorded": (
        Conflict,
        _("What was found at this check was recorded already, and it was something else."),
        _("A check is recorded once. Ask the office to note the error in the case file."),
    ),
    "no-points": (
        BadInput,
        _("No point of the site was looked at."),
        _("Record at least one point, or say why the site could not be checked."),
    ),
    "no-place-of-point": (
        BadInput,
        _("The point %(number)s has no place."),
        _("Say where it is, such as a storey and an axis."),
    ),
    "no-day-to-correct": (
        BadInput,
        _("The order states no day by which to correct, or one that has passed."),
        _("Enter a later day; no time limit of law is known for it here."),
    ),
}
