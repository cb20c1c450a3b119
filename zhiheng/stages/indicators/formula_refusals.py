"""What is refused of formulas, observations and the index, a sentence and a remedy for each, translated."""

from __future__ import annotations

from typing import Any

from zhiheng.errors import BadInput, Conflict, RuleRefused, ZhihengError

from .index_refusals import INDEX, LISTS
from .refusals import Refusal, _

FORMULAS: dict[str, Refusal] = {
    "bad-shape": (
        BadInput,
        _("The formula does not keep its form at %(field)s."),
        _("Correct it there; the page of the form says what belongs where."),
    ),
    "not-canonical": (
        BadInput,
        _("The text is not the JSON form of a formula."),
        _("Check brackets, quotation marks and commas; numbers are written as text."),
    ),
    "formula-without-series": (
        BadInput,
        _("The formula reads no series."),
        _("Name at least one series."),
    ),
    "formula-reads-itself": (
        BadInput,
        _("The formula reads %(series)s, which it defines itself."),
        _("Read other series, or give the result a name of its own."),
    ),
    "formula-circle": (
        BadInput,
        _("%(series)s is computed from the series that this formula defines: they would go in a circle."),
        _("Read series that do not rest on the result."),
    ),
    "formula-series-unknown": (
        BadInput,
        _("%(path)s: there is no series %(series)s."),
        _("Define the series first, or correct its name."),
    ),
    "formula-dimension-unknown": (
        BadInput,
        _("%(path)s: %(series)s is not cut by %(one)s."),
        _("Its dimensions: %(other)s."),
    ),
    "formula-dimension-over": (
        BadInput,
        _("%(path)s: what it adds up is not laid out by %(one)s."),
        _("Lay the series out with “by” first."),
    ),
    "formula-dimension": (
        BadInput,
        _("%(path)s: numbers laid out by %(one)s meet numbers laid out by %(other)s."),
        _("Lay them out alike, or add one up first."),
    ),
    "formula-level": (
        BadInput,
        _("%(path)s: %(series)s holds regions of every level; a total would count them twice."),
        _("Give the level of its regions."),
    ),
    "formula-total": (
        BadInput,
        _("%(path)s: numbers in %(one)s do not add up to a total."),
        _("Take their weighted mean, or divide totals of what they are made of."),
    ),
    "formula-cells": (
        BadInput,
        _("%(path)s: a result for the nation says how many cells it needs: %(one)s or more (%(other)s)."),
        _("Give “cells”: with fewer of them on record there is no number for the nation."),
    ),
    "formula-unit": (
        BadInput,
        _("%(path)s: the unit %(one)s does not go together with %(other)s."),
        _("Bring both to one unit, or standardise them first."),
    ),
    "formula-share": (
        BadInput,
        _("%(path)s: %(one)s by %(other)s is no share."),
        _("Leave the unit of the ratio out, or divide like by like."),
    ),
    "formula-logit": (
        BadInput,
        _("%(path)s: a logit is taken of shares of %(other)s, not of %(one)s."),
        _("Give the whole of the unit: 1, 100 or 1000."),
    ),
    "formula-grade": (
        BadInput,
        _("%(path)s: a grade is no number."),
        _("Compute with the scores behind it."),
    ),
    "formula-basis": (
        BadInput,
        _("%(path)s: the basis “%(one)s” would be mixed with “%(other)s”."),
        _("Keep figures of each basis apart; a composite that joins them says so and why."),
    ),
    "formula-purpose": (
        BadInput,
        _("%(path)s: the purpose “%(one)s” would be mixed with “%(other)s”."),
        _("Keep figures of each purpose apart; no formula joins them."),
    ),
    "formula-weights": (
        BadInput,
        _("%(path)s: the weights rest on “%(one)s”, not on a census or on records."),
        _("Weigh by a quantity that is known, not estimated."),
    ),
    "formula-says-unit": (
        BadInput,
        _("The formula gives the unit %(one)s, and says %(other)s."),
        _("Correct the formula, or what it says of itself."),
    ),
    "formula-says-basis": (
        BadInput,
        _("The formula gives the basis “%(one)s”, and says “%(other)s”."),
        _("Correct the formula, or what it says of itself."),
    ),
    "formula-says-purpose": (
        BadInput,
        _("The formula gives the purpose “%(one)s”, and says “%(other)s”."),
        _("Correct the formula, or what it says of itself."),
    ),
    "formula-not-of-series": (
        RuleRefused,
        _("The series %(series)s is in %(wanted)s; the formula gives %(found)s."),
        _("Define a series of its own for this result."),
    ),
    "formula-voices": (
        BadInput,
        _("The formula reads %(series)s twice, by different voices."),
        _("Read a series by one voice: our own numbers, those of others, or ours first."),
    ),
    "formula-standing": (
        Conflict,
        _("The series %(series)s has a formula of the version %(version)s already."),
        _("Give the new formula another version and say why it replaces the old one."),
    ),
    "formula-no-reason": (
        BadInput,
        _("The series %(series)s has a formula already."),
        _("Say why the new one replaces it; the old one stays readable."),
    ),
}
OBSERVATIONS: dict[str, Refusal] = {
    "observations-none": (BadInput, _("No number is given."), _("Give at least one.")),
    "observation-twice": (
        BadInput,
        _("%(series)s %(region)s %(period)s %(breakdown)s stands twice in the list."),
        _("Keep one of the two."),
    ),
    "observation-kind": (
        RuleRefused,
        _("%(series)s is measured as %(wanted)s; this number is %(found)s."),
        _("Record it under a series of its own."),
    ),
    "observation-dimension": (
        BadInput,
        _("“%(name)s” is no dimension of a breakdown."),
        _("Use one of %(known)s."),
    ),
    "observation-region": (
        BadInput,
        _("“%(region)s” is no region and no known group of regions."),
        _("Give the six digits of GB/T 2260, such as 330000; 000000 for the nation."),
    ),
    "observation-member": (
        BadInput,
        _("“%(member)s” is no member of the dimension %(name)s."),
        _("Use one of %(known)s."),
    ),
    "observation-scale": (
        BadInput,
        _("%(series)s %(region)s %(period)s: %(value)s lies outside the scale %(scale)s (%(unit)s)."),
        _("Correct the number or its unit; a growth rate is a series that states a scale of its own."),
    ),
    "observation-of-none": (
        BadInput,
        _("%(series)s %(region)s %(period)s: a number, and nothing was tested."),
        _("Leave the number tested empty where it is not known."),
    ),
    "observation-label": (
        BadInput,
        _("The period %(period)s is written %(written)s here."),
        _("Write it so; a label stands only where the days are not known."),
    ),
    "period-not-begun": (
        RuleRefused,
        _("The period %(period)s has not begun."),
        _("Correct the period; what is planned for it is a target, not a number."),
    ),
    "observation-overlaps": (
        RuleRefused,
        _("%(period)s shares days with %(other)s of the same series, region and breakdown."),
        _("Periods of one kind may not overlap; restate the standing one, or correct the days."),
    ),
    "observation-standing": (
        Conflict,
        _("%(series)s %(region)s %(period)s %(breakdown)s is published already, as %(value)s."),
        _("To restate it, say why; the old number stays readable."),
    ),
    "observation-made-here": (
        RuleRefused,
        _("%(series)s follows from a formula; its numbers are computed, not entered."),
        _("Correct the numbers that it reads; then compute it again."),
    ),
    "inputs-altered": (
        Conflict,
        _("The numbers on record are not those that this one was computed from."),
        _("Restore the database of this site from its last good copy."),
    ),
    "not-recorded": (
        Conflict,
        _("No public entry of the ledger recorded this number."),
        _("Restore the ledger and the evidence of this site from their last good copy."),
    ),
}
TABLE = FORMULAS | OBSERVATIONS | INDEX | LISTS


def refuse(code: str, **facts: Any) -> ZhihengError:
    """Return the refusal of this code with its facts filled in, to be raised."""
    kind, cause, remedy = TABLE[code]
    return kind(cause % facts, remedy % facts, code=code, **facts)
