"""The words for figures: their state, what a change allows to be said, and where they stand to a target."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhiheng.stages.plan.models import BASES, PURPOSES
from zhiheng.web import wording

from . import rules, telling
from .models import Figure, Release

# state -> (word, tone)
STATES = {
    rules.PUBLISHED: (gettext_lazy("Published"), "done"),
    rules.THIN: (gettext_lazy("Thin: few units"), "running"),
    rules.CENSUS: (gettext_lazy("Census: every unit answered"), "done"),
    rules.SUPPRESSED: (gettext_lazy("Withheld"), "stopped"),
}
RELEASE_STATES = {
    "in force": (gettext_lazy("In force now"), "done"),
    "replaced": (gettext_lazy("Replaced by a later release"), "stopped"),
}
CONFIDENCES = {
    "text": gettext_lazy("the text of the source was read"),
    "secondary": gettext_lazy("read in a report of the source"),
    "memory": gettext_lazy("from memory, unverified"),
}
AGAINST = {
    rules.REACHED: gettext_lazy("The whole interval lies at or above the target."),
    rules.NOT_REACHED: gettext_lazy("The whole interval lies below the target."),
    rules.REACHED_UNSURE: gettext_lazy(
        "The figure stands at the target or above, and its interval holds the target too: reached, not "
        "distinguishable from it."
    ),
    rules.OPEN: gettext_lazy(
        "The interval holds the target, so this sample cannot tell whether it is reached."
    ),
}
AGAINST_MOST = {
    rules.REACHED: gettext_lazy("The whole interval lies at or below the target."),
    rules.NOT_REACHED: gettext_lazy("The whole interval lies above the target."),
    rules.REACHED_UNSURE: gettext_lazy(
        "The figure stands at the target or below, and its interval holds the target too: reached, not "
        "distinguishable from it."
    ),
    rules.OPEN: AGAINST[rules.OPEN],
}
AGAINST_TONE = {
    rules.REACHED: "done",
    rules.REACHED_UNSURE: "running",
    rules.NOT_REACHED: "stopped",
    rules.OPEN: "running",
}
AGAINST_WORD = {
    rules.REACHED: gettext_lazy("Reached"),
    rules.REACHED_UNSURE: gettext_lazy("Reached, not distinguishable"),
    rules.NOT_REACHED: gettext_lazy("Not reached"),
    rules.OPEN: gettext_lazy("Cannot be told"),
}
CHANGE_WORD = {
    rules.UP: gettext_lazy("higher"),
    rules.DOWN: gettext_lazy("lower"),
    rules.NOT_DISTINGUISHABLE: gettext_lazy("no clear change"),
    rules.NOT_COMPARABLE: gettext_lazy("not comparable"),
}
BASIS, PURPOSE = dict(BASES), dict(PURPOSES)


def name(series: Any) -> str:
    """Return the name of a series as a heading begins."""
    words = wording.bilingual(series)
    return words[:1].upper() + words[1:]


def division(code: str) -> str:
    """Return the name of a division, or the word for all of them."""
    return wording.division_name(code) if code else _("All divisions")


def withheld(figure: Figure) -> str:
    """Say why a figure is not shown."""
    return too_few_answered(figure.n, figure.release)


def too_few_answered(n: int | None, release: Release) -> str:
    """Say that a number is withheld because fewer answered than its release asks for."""
    minimum = release.parameters["size_rule"]["minimum"]
    return _("withheld: %(n)s answered, fewer than %(minimum)s") % {"n": n, "minimum": minimum}


def too_few(figure: Figure) -> str:
    """Say in few words why a figure is not shown, beside its state."""
    return _("fewer than %(minimum)s answered") % figure.release.parameters["size_rule"]


def share(figure: Figure | None, places: int = 2) -> str:
    """Return a figure with its interval, or why it is not shown."""
    if figure is None:
        return wording.NOTHING
    if not figure.is_shown:
        return withheld(figure)
    return wording.interval(figure.estimate, figure.lower, figure.upper, places=places)


def limits(figure: Figure) -> str:
    """Return the bounds of the interval alone."""
    if not figure.is_shown:
        return wording.NOTHING
    return f"{wording.points(figure.lower, 1)}–{wording.points(figure.upper, 1)}"


def bounds(moved: rules.Headline) -> str:
    """Return a difference with its interval, in points; without one where a bridge has no error."""
    if moved.difference is None:
        return wording.NOTHING
    signed = telling.signed
    if moved.lower is None:
        return signed(moved.difference)
    return f"{signed(moved.difference)} ({signed(moved.lower)}…{signed(moved.upper)})"


def against(figure: Figure) -> str:
    """Return the state of a figure against the target of its release."""
    target = figure.release.parameters.get("target")
    if target is None:
        return rules.OPEN
    return rules.against_target(
        lower=figure.lower,
        upper=figure.upper,
        target=float(target["value"]) / 100,
        estimate=figure.estimate,
        operator=target["operator"],
    )


def against_in_words(word: str, operator: str) -> str:
    """Return where an interval lies to a target, in a sentence."""
    return str((AGAINST_MOST if operator == rules.AT_MOST else AGAINST)[word])


def interval_note(figure: Figure) -> str:
    """Say how the interval was made."""
    return _("95%% interval from the design of the draw; design effect %(effect)s") % {
        "effect": f"{figure.design_effect:.2f}" if figure.design_effect else wording.NOTHING
    }


def role(release: Release) -> str:
    """Return who released: the role, never the person."""
    from zhiheng.people import roles

    found = roles.ROLES.get(release.actor_role)
    return wording.bilingual(found) if found else _("Installation")


def target_text(target: dict[str, Any]) -> str:
    """Return a target as a number with its unit and year."""
    if target["operator"] == rules.AT_MOST:
        return _("at most %(value)s %(unit)s by %(due)s") % target
    return _("%(value)s %(unit)s by %(due)s") % target


def target_value(target: dict[str, Any]) -> str:
    """Return the value of a target with its unit; of one that says "at most" it says so."""
    value = f"{target['value']}{target['unit']}"
    return _("at most %(value)s") % {"value": value} if target["operator"] == rules.AT_MOST else value
