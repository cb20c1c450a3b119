"""Turns the faults of the rules into sentences: what is wrong, and what to do next."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from zhiheng.errors import BadInput

from . import identity_words, rules, sayings

FIELDS = {
    "code": _("Social credit code"),
    "subject": _("Social credit code of the firm"),
    "name": _("Name as registered"),
    "region": _("Region"),
    "division": _("Division"),
    "size": _("Size"),
    "channel": _("Channel"),
    "risk_class": _("Risk class"),
    "credit_class": _("Credit class"),
    "output_value": _("Output value"),
    "model": _("Model"),
    "standard": _("Standard"),
    "gtin": _("GTIN"),
    "unit": _("Unit"),
    "fields": _("Fields"),
    "conflicts": _("Must not check"),
    "kind": _("Kind"),
    "value": _("Class"),
    "reason": _("Reason"),
    "valid_from": _("Valid from"),
    "as_of": _("As of"),
    "purpose": _("Purpose"),
    **identity_words.FIELDS,
    **sayings.FIELDS,
}

# rule -> (what is wrong, what to do next)
SENTENCES = {
    "required": (_("Nothing is filled in."), _("Fill in this field.")),
    "too-long": (_("The text is longer than %(most)s characters."), _("Shorten it.")),
    "not-a-choice": (_("“%(value)s” is not one of the allowed values."), _("Use one of: %(allowed)s.")),
    "not-plain": (
        _("The text holds a tab, a line break or another control character."),
        _("Type it again on one line."),
    ),
    "not-a-name": (
        _("A name is empty, longer than 120 characters, or holds a tab or a line break."),
        _("Correct the column of names."),
    ),
    "code-length": (
        _("The social credit code has %(length)s characters instead of 18."),
        _("Copy all 18 characters from the licence."),
    ),
    "code-characters": (
        _("The social credit code holds a character that cannot stand there."),
        _("Use digits and capital letters without I, O, S, V and Z; characters 3 to 8 are digits."),
    ),
    "code-check": (
        _("The check character should be %(expected)s, not %(given)s: at least one character is wrong."),
        _("Compare every character with the licence."),
    ),
    "code-invented": (
        _("This code belongs to the demonstration country."),
        _("Enter the code of the real firm; invented firms live in demonstration mode alone."),
    ),
    "code-real-in-demo": (
        _("This looks like the code of a real firm, and this site shows demonstration data."),
        _("Use an invented code that begins with %(prefix)s, or enter real firms on your own site."),
    ),
    "code-unknown": (
        _("No subject with this code is in the part of the register that you may see."),
        _("Register the subject first, or correct the code."),
    ),
    "gtin-check": (
        _("This is no GTIN: it needs 8, 12, 13 or 14 digits and a right check digit."),
        _("Compare every digit with the label."),
    ),
    "gtin-invented": (_("This GTIN belongs to the demonstration country."), _("Enter the real GTIN.")),
    "gtin-real-in-demo": (
        _("This looks like a real GTIN, and this site shows demonstration data."),
        _("Use an invented GTIN that begins with %(prefix)s."),
    ),
    "gtin-taken": (
        _("Another product in the register carries this GTIN."),
        _("Compare the two products; one GTIN stands for one product."),
    ),
    "region-unknown": (
        _("The region code “%(value)s” is not in the list of regions."),
        _("Give the six digits of GB/T 2260 of the county or city."),
    ),
    "region-ambiguous": (
        _("%(count)s places are called “%(value)s”: %(places)s."),
        _("Give the six digits, or the name with its city or province."),
    ),
    "region-level": (
        _("%(region)s is not a county or a city."),
        _("Give the county where the subject stands, or the city when it has no counties."),
    ),
    "region-placeholder": (
        _("%(region)s (%(value)s) is a row of statistics, not a place with a government."),
        _("Give the code of the county itself."),
    ),
    "region-outside": (
        _("This region is outside your appointment."),
        _("Leave the row out, or ask the office of that region to enter it."),
    ),
    "division-unknown": (
        _("“%(value)s” is not a manufacturing division."),
        _("Give two digits from 13 to 43 of GB/T 4754-2017."),
    ),
    "output-value": (
        _("The output value must be a number that is not negative."),
        _("Give the yearly output in units of 10,000 yuan, for example 1250.5."),
    ),
    "repeated": (
        _("The same code stands in row %(first)s already."),
        _("Keep one row for each code."),
    ),
    "taken": (
        _("This code is in the register already."),
        _("Open the record and correct it there."),
    ),
    "not-today": (
        _("A frame holds the register as it stands now, so it cannot be frozen for %(value)s."),
        _("Freeze it as of today, %(today)s."),
    ),
    "ids-unknown": (
        _("“%(value)s” says neither open nor salted."),
        _("Choose whether the list names firms by their codes or by salted names."),
    ),
    "ids-without-reason": (
        _("Under their codes the class of every firm would be public, and no reason is given."),
        _("Write the reason of the legal owner, which is published, or let the list go by salted names."),
    ),
    "day-to-come": (_("This day has not come yet."), _("Give today or an earlier day.")),
    **identity_words.SENTENCES,
    **sayings.SENTENCES,
}


def field(name: str) -> str:
    """Return the name of a field as a person reads it."""
    return str(FIELDS.get(name, name))


def cause(fault: rules.Fault) -> str:
    """Say what is wrong."""
    return str(SENTENCES[fault.rule][0]) % {"value": fault.value, **dict(fault.facts)}


def remedy(fault: rules.Fault) -> str:
    """Say what to do next."""
    return str(SENTENCES[fault.rule][1]) % {"value": fault.value, **dict(fault.facts)}


def refuse(faults: Sequence[rules.Fault], *, row: int | None = None) -> None:
    """Raise one refusal that names the first fault, and carries all of them; do nothing without faults."""
    if not faults:
        return
    first = faults[0]
    names = {"field": field(first.field), "cause": cause(first), "row": row}
    if row is None:
        text = gettext("%(field)s: %(cause)s") % names
    else:
        text = gettext("Row %(row)s, %(field)s: %(cause)s") % names
    raise BadInput(text, remedy(first), code=first.rule, field=first.field, faults=tuple(faults))
