"""Turns what the rules of the plan find into sentences: what is wrong, and what to do next."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from zhiheng.errors import BadInput, RuleRefused

from .rules import binding, obligations

FIELDS = {
    "region": _("Region"),
    "period": _("Period"),
    "article": _("Article"),
    "basis": _("Ground of the duty"),
    "fractions": _("Share drawn of each class"),
    "minimum_per_stratum": _("Least number in a class"),
    "name": _("Name of the indicator"),
    "unit": _("Unit"),
    "direction": _("Direction"),
}

SENTENCES = {
    "required": (_("Nothing is filled in."), _("Fill in this field.")),
    "too-long": (_("The text is longer than %(most)s characters."), _("Shorten it.")),
    "region-unknown": (
        _("The region code “%(value)s” is not in the list of regions."),
        _("Give the six digits of GB/T 2260."),
    ),
    "period-shape": (_("“%(value)s” is not a quarter."), _("Write it like 2024Q1.")),
    "article-unknown": (
        _("The Outline has no article %(value)s."),
        _("Give the number of an article from 1 to 32."),
    ),
    "class-unknown": (_("“%(value)s” is not a class."), _("The classes are A, B, C and D.")),
    "class-missing": (
        _("Class %(class)s has no share."),
        _("Give every class a share above zero: a class that is never drawn has no pass rate."),
    ),
    "share-outside": (
        _("The share of class %(class)s is not between zero and one."),
        _("Write it as two whole numbers, such as 1/12; it must be above zero."),
    ),
    "floor-too-low": (
        _("“%(value)s” is too few, or no whole number."),
        _("Draw at least %(least)s in every class: from fewer no uncertainty can be told."),
    ),
}


def field(name: str) -> str:
    """Return the name of a field as a person reads it."""
    return str(FIELDS.get(name, name))


def cause(fault: obligations.Fault) -> str:
    """Say what is wrong."""
    return str(SENTENCES[fault.rule][0]) % {"value": fault.value, **dict(fault.facts)}


def remedy(fault: obligations.Fault) -> str:
    """Say what to do next."""
    return str(SENTENCES[fault.rule][1]) % {"value": fault.value, **dict(fault.facts)}


def refuse(faults: Sequence[obligations.Fault]) -> None:
    """Raise one refusal that names the first fault and carries all; do nothing without faults."""
    if faults:
        first = faults[0]
        names = {"field": field(first.field), "cause": cause(first)}
        raise BadInput(
            gettext("%(field)s: %(cause)s") % names,
            remedy(first),
            code=first.rule,
            field=first.field,
            faults=tuple(faults),
        )


def refuse_mismatch(decision: binding.Decision) -> None:
    """Raise the refusal of a series that plainly does not measure what was promised."""
    if decision.state == "mismatch":
        facts = {"field": field(decision.field), "promised": decision.promised, "measured": decision.measured}
        raise RuleRefused(
            gettext("%(field)s differs: the target says “%(promised)s”, the series says “%(measured)s”.")
            % facts,
            gettext("Choose the series that measures exactly what the target names."),
            code=decision.rule,
            rule=binding.RULE,
        )
