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
    "quota": _("Quota"),
    "item": _("Item of the catalogue"),
    "purpose": _("Purpose"),
    "channel": _("Channel"),
    "weights": _("Weights"),
    "weights_reason": _("Reason of the weights"),
    "burden_periods": _("Quarters that count as drawn lately"),
    "cycle_from": _("Cycle from"),
    "cycle_to": _("Cycle until"),
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
    "period-shape": (
        _("“%(value)s” is no period."),
        _(
            "Write 2026, 2026H1, 2026Q1, 2026-03, a campaign as 20260301-20260531, or an assessment year as "
            "20250701-20260630."
        ),
    ),
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
    "not-a-quota": (
        _("“%(value)s” is no number of units to draw."),
        _("Write a whole number from 1 to %(most)s."),
    ),
    "weight-unknown": (
        _("“%(value)s” is no kind of weight."),
        _("Weights are given by risk class, by credit class and for those drawn lately."),
    ),
    "weight-outside": (
        _("The weight of class %(class)s is no whole number from 1 to %(most)s."),
        _("Give each class a weight of 1 or more: a weight of zero would leave it without any inspection."),
    ),
    "weight-without-quota": (
        _("Weights by class share out a quota, and no quota is given."),
        _("Give a quota, or leave the weights out and state shares."),
    ),
    "burden-outside": (
        _("“%(value)s” is no number of periods."),
        _("Write a whole number from 0 to %(most)s."),
    ),
    "burden-without-share": (
        _("The number of periods and the share of those drawn lately belong together."),
        _("Fill in both, such as 4 periods and 1/2, or neither."),
    ),
    "cycle-elsewhere": (
        _("The cycle %(value)s does not hold the period of this obligation."),
        _("Begin the cycle at or before this period and end it at or after it."),
    ),
    "campaign-alone": (
        _("A campaign stands alone: no period of its kind comes before or after it."),
        _("Leave this field empty, or set the duty for a year, half-year, quarter or month."),
    ),
    "cycle-too-long": (
        _("The cycle is longer than %(most)s years."),
        _("Choose a shorter one."),
    ),
    "item-unknown": (
        _("No issued item “%(value)s” of that year’s catalogue holds in this region."),
        _("Look for its code in the catalogue; a candidate must be issued first."),
    ),
    "item-without-scope": (
        _("The item “%(value)s” names neither a division nor a keyword, so nobody can be found for it."),
        _("Complete the item in the catalogue first."),
    ),
    "repeated": (
        _("The row says the same as row %(first)s."),
        _("Leave one of them out."),
    ),
    "region-outside": (
        _("The region “%(value)s” lies outside your appointment."),
        _("Leave the row to the office of that region or of one above it."),
    ),
    "not-a-choice": (
        _("“%(value)s” is none of the known values."),
        _("Write one of: %(allowed)s."),
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


def refuse(faults: Sequence[obligations.Fault], *, row: int = 0) -> None:
    """Raise one refusal that names the first fault and carries all; do nothing without faults."""
    if faults:
        first = faults[0]
        names = {"field": field(first.field), "cause": cause(first), "row": row}
        said = gettext("Row %(row)s, %(field)s: %(cause)s") if row else gettext("%(field)s: %(cause)s")
        raise BadInput(
            said % names,
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


def refuse_unsettled(found: tuple[str, binding.Decision] | None) -> None:
    """Raise the refusal of a definition that would leave a bound target without its one series."""
    if found is None:
        return
    target, decision = found
    raise RuleRefused(
        gettext("The target %(target)s is bound by its name, which would no longer fit exactly one series.")
        % {"target": target},
        gettext("Give the series a name of its own, which says what it measures differently."),
        code=f"series-{decision.rule}",
        rule=binding.RULE,
    )


SERIES_FIELDS = {
    "id": _("Identifier"),
    "zh": _("Name in Chinese"),
    "en": _("Name in English"),
    "unit": _("Unit"),
    "basis": _("Basis"),
    "purpose": _("Purpose"),
    "direction": _("Direction"),
    "frequency": _("Frequency"),
    "definition": _("Definition in Chinese"),
    "definition_en": _("Definition in English"),
    "population": _("Population in Chinese"),
    "population_en": _("Population in English"),
    "owner": _("Owner"),
    "lower": _("Least possible value"),
    "upper": _("Greatest possible value"),
    "reason": _("Reason"),
}
SERIES_FAULTS = {
    "required": (_("%(field)s is not filled in."), _("Fill in this field.")),
    "shape": (
        _("%(field)s begins with a small letter and holds small letters, digits and underscores."),
        _("Write it like food_supervision_pass_rate."),
    ),
    "long": (_("%(field)s is too long."), _("Shorten it.")),
    "unknown": (_("%(field)s is not one of the known ones."), _("Choose one of the list.")),
    "number": (_("%(field)s is no number."), _("Write it like -100 or 0.5, or leave it empty.")),
    "below": (
        _("The greatest possible value does not lie above the least."),
        _("Correct one of the two, or leave both empty: the unit has its own."),
    ),
    "changed": (
        _("%(field)s of a series never changes."),
        _("Numbers of another kind are another series: define it under a name of its own."),
    ),
}


def refuse_series(codes: Sequence[str]) -> None:
    """Raise the first fault of a definition, in the language of the reader."""
    if not codes:
        return
    name, _dash, kind = codes[0].replace("too-long", "long").rpartition("-")
    cause, remedy = SERIES_FAULTS[kind]
    facts = {"field": SERIES_FIELDS[name]}
    refusal = RuleRefused if kind == "changed" else BadInput
    raise refusal(gettext(cause) % facts, gettext(remedy), code=f"series-{codes[0]}")


BREAK_FIELDS = {
    "at": _("First period on the new footing"),
    "dimension": _("Breakdown that breaks"),
    "scale": _("Scale of the bridge"),
    "old": _("Old footing"),
    "new": _("New footing"),
    "bridge": _("Bridge"),
    "error": _("Standard error of the bridge"),
    "reason": _("Reason in Chinese"),
    "reason_en": _("Reason in English"),
    "source": _("Source"),
    "confidence": _("How surely it is known"),
}
BREAK_FAULTS = {
    "required": SERIES_FAULTS["required"],
    "long": SERIES_FAULTS["long"],
    "unknown": SERIES_FAULTS["unknown"],
    "shape": (
        _("%(field)s is not written as one."),
        _("Write a period as 2024Q1, a number as -0.7; a ratio is above zero, an error is not below zero."),
    ),
    "standing": (
        _("%(field)s: a break from the same day is declared already, written otherwise."),
        _("Declare it anew under the period as it stands in the history of the series."),
    ),
    "same": (_("%(field)s is the same as the old one."), _("Name both footings so that they differ.")),
    "alone": (_("%(field)s is given without a bridge."), _("Give the bridge, or leave the error out.")),
}


def refuse_break(codes: Sequence[str]) -> None:
    """Raise the first fault of a break, in the language of the reader."""
    if codes:
        name, _dash, kind = codes[0].replace("too-long", "long").rpartition("-")
        cause, remedy = BREAK_FAULTS[kind]
        said = gettext(cause) % {"field": BREAK_FIELDS[name]}
        raise BadInput(said, gettext(remedy), code=f"break-{codes[0]}", field=name)
