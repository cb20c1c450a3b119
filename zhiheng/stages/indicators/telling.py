"""Writes a change in sentences: the word, the interval, the split, the breaks, what was assumed.

Every text about a change comes from here, on pages and in bulletins. A change that is not distinguishable
has a sentence of its own that knows no rise and no fall; no other place puts a word to a difference.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import floor, log10

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhiheng.reference import parameters
from zhiheng.stages.plan import said as plan_said
from zhiheng.web import wording

from . import rules
from .rules import attainment, contribution, published
from .rules import headline as headlines
from .rules.headline import Headline

UNSPLIT = {
    headlines.NO_GROUPS: gettext_lazy(
        "It cannot be split: the sizes of its parts are not known at both times."
    ),
    headlines.TOO_THIN: gettext_lazy(
        "It cannot be split: no division has enough answers of its own at both times."
    ),
    headlines.ONE_GROUP: gettext_lazy("There is nothing to split inside one division."),
    headlines.ONE_PART: gettext_lazy("It cannot be split: this is one part of the series."),
    headlines.NOT_WEIGHTED: gettext_lazy(
        "It cannot be split by division: this rate is weighted by the draw, not by output."
    ),
    headlines.OTHER_TOTAL: gettext_lazy("It cannot be split: its parts add up to another change."),
    headlines.NOT_BRIDGED: gettext_lazy("It cannot be split across a break of the series."),
}
REFUSED = {
    headlines.KINDS_DIFFER: gettext_lazy("Not comparable: the two figures differ in basis or purpose."),
    headlines.WITHHELD: gettext_lazy("Not comparable: one of the two figures is withheld."),
    headlines.NOT_BRIDGED: gettext_lazy(
        "Not comparable: the series breaks in between and no bridge is known."
    ),
    headlines.MIXED: gettext_lazy(
        "Not comparable: the series breaks inside one of the two periods, whose value stands on both "
        "footings."
    ),
    headlines.NOT_PLACED: gettext_lazy(
        "Not comparable: the series breaks, and on which side of the break a period without days lies is "
        "not known."
    ),
    headlines.NO_ERROR: gettext_lazy(
        "Whether anything changed cannot be told: a value was published without interval."
    ),
    headlines.BRIDGE_WITHOUT_ERROR: gettext_lazy(
        "Whether anything changed cannot be told: the error of the bridge is unknown."
    ),
}
ASSUMED_OF_CHANGE = {
    published.AS_IF_RANDOM: gettext_lazy(
        "The units were not drawn by chance; the interval takes them as if they had been."
    ),
    attainment.DESIGN_EFFECT: gettext_lazy(
        "The values were published without errors; the interval takes a design effect of %(effect)s."
    ),
}
ASSUMED = {
    attainment.DESIGN_EFFECT: gettext_lazy(
        "published without an error, so a design effect of %(effect)s is assumed"
    ),
    attainment.RECORDS: gettext_lazy("about %(records)s records a year"),
    attainment.SMALLEST_N: gettext_lazy(
        "where the number of records is unknown, the smallest one published is taken"
    ),
    attainment.NO_STEP: gettext_lazy("breaks in between without a known bridge are taken as making no step"),
    attainment.EXACT: gettext_lazy("published without any error and taken as exact"),
}
MOST_GROUPS = 3
SCORES = ("index", "score")
"""Units whose differences are points of a scale; those of a rate are percentage points."""


def points(unit: str) -> str:
    """Return the unit of a difference as the head of a column or an axis names it."""
    if unit == "%":
        return _("percentage points")
    return _("points") if unit in SCORES else plan_said.unit(unit)


def amount(number: str, unit: str) -> str:
    """Return a difference, written with its sign, with the unit behind it."""
    said = {"number": number, "unit": plan_said.unit(unit)}
    if unit == "%":
        return _("%(number)s percentage points") % said
    return (_("%(number)s points") if unit in SCORES else _("%(number)s %(unit)s")) % said


@dataclass(frozen=True)
class Told:
    """A change in sentences, for a page or a paper; ``tone`` is that of its mark."""

    word: str
    said: str
    split: str
    largest: str
    breaks: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def sentences(self) -> tuple[str, ...]:
        """All of it in order, without what is empty."""
        return tuple(
            text for text in (self.said, self.split, self.largest, *self.breaks, *self.notes) if text
        )


def told(found: Headline, unit: str) -> Told:
    """Return a change of a number in sentences, which name its unit."""
    return Told(
        word=found.word,
        said=difference(found, unit),
        split=_split(found, unit),
        largest=_largest(found, unit),
        breaks=_breaks(found, unit),
        notes=tuple(notes(found)),
    )


def notes(found: Headline) -> list[str]:
    """Return what the interval of a change assumes, and what it counts."""
    said = [str(ASSUMED_OF_CHANGE[name]) % {"effect": design_effect()} for name in found.assumptions]
    if found.covariance:
        said.append(_("Both periods share firms of one panel; the interval counts their covariance."))
    return said


def design_effect() -> str:
    """Return the design effect that is assumed where a rate was published without an error."""
    return wording.number(parameters.value("assumed_design_effect"))


def assumed(name: str, series_id: str | None) -> str:
    """Say one assumption behind a chance, with the values that it takes for a series."""
    records = parameters.value("records_a_year").get(series_id)
    return str(ASSUMED[name]) % {"effect": design_effect(), "records": wording.number(records)}


def difference(found: Headline, unit: str) -> str:
    """Say what a change allows to be said; a difference inside its uncertainty is none."""
    refused = found.refused
    if found.word == rules.NOT_COMPARABLE:
        return str(REFUSED[refused]) if refused else _("not comparable")
    if found.lower is None:
        numbers = {"difference": amount(signed(found.difference), unit), "why": REFUSED[refused]}
        return _("%(difference)s between the two values, without an interval. %(why)s") % numbers
    is_clear = found.word in (rules.UP, rules.DOWN)
    size = _size(100 * abs(found.difference or 0.0)) if is_clear else signed(found.difference)
    if is_clear and found.lower == found.upper:
        words = _("higher by %(difference)s") if found.word == rules.UP else _("lower by %(difference)s")
        counted = _("both numbers are complete counts, which no sampling makes uncertain")
        return f"{words % {'difference': amount(size, unit)}}{_('; ')}{counted}"
    numbers = {
        "difference": amount(size, unit),
        "lower": signed(found.lower),
        "upper": signed(found.upper),
    }
    said = {
        rules.UP: _("higher by %(difference)s (95%% interval %(lower)s to %(upper)s)"),
        rules.DOWN: _("lower by %(difference)s (95%% interval %(lower)s to %(upper)s)"),
        rules.NOT_DISTINGUISHABLE: _(
            "no change this sample can tell: %(difference)s (95%% interval %(lower)s to %(upper)s)"
        ),
    }
    return said[found.word] % numbers


def _size(points: float) -> str:
    """Return the size of a change that is there: what two decimals would show as nothing gets more of them.

    >>> _size(3.21), _size(0.0042), _size(0.0)
    ('3.21', '0.004', '0.00')
    """
    is_small = 0 < points < 0.005
    return f"{points:.{-floor(log10(points)) if is_small else 2}f}"


def _split(found: Headline, unit: str) -> str:
    if found.word == rules.NOT_COMPARABLE:
        return ""
    if found.split is None:
        return str(UNSPLIT[found.unsplit])
    return _(
        "Of this, %(rate)s come from the rates inside the parts (95%% interval %(rate_bounds)s) and "
        "%(mix)s from their mix (%(mix_bounds)s)."
    ) % {
        "rate": amount(signed(found.split.rate.estimate), unit),
        "rate_bounds": bounds(found.split.rate),
        "mix": amount(signed(found.split.mix.estimate), unit),
        "mix_bounds": bounds(found.split.mix),
    }


def _largest(found: Headline, unit: str) -> str:
    if found.split is None:
        return ""
    named = [f"{group_name(one.name)} {signed(one.total)}" for one in found.split.by_group[:MOST_GROUPS]]
    said = {"unit": points(unit), "groups": _(", ").join(named)}
    return _("The largest shares of the difference, in %(unit)s: %(groups)s.") % said


def group_name(name: str) -> str:
    """Return the name of a part: a division, the others together, or the words that were published."""
    if name == contribution.REST:
        return _("other divisions together")
    return wording.division_name(name) if name.isdigit() else name


def _breaks(found: Headline, unit: str) -> tuple[str, ...]:
    if found.word == rules.NOT_COMPARABLE and not found.breaks:
        return ()
    if not found.breaks:
        return (_("No break of the series is recorded between the two periods."),)
    return tuple(break_note(one, unit) for one in found.breaks)


def break_note(one: headlines.Break, unit: str) -> str:
    """Say where a series breaks, and by which bridge it is crossed."""
    step = amount(signed(one.step), unit)
    facts = {"at": wording.period(one.at), "old": one.old, "new": one.new, "step": step}
    if one.step is None:
        return _("The series breaks in %(at)s, from “%(old)s” to “%(new)s”; no bridge is known.") % facts
    if one.step_error is None:
        return (
            _(
                "The series breaks in %(at)s, from “%(old)s” to “%(new)s”: %(step)s on the same year, "
                "published without an error."
            )
            % facts
        )
    return _("The series breaks in %(at)s, from “%(old)s” to “%(new)s”, bridged by %(step)s.") % facts


def signed(value: float | None) -> str:
    """Return a difference in points, a hundredth of what the rules of change take as one, with its sign."""
    text = f"{100 * (value or 0.0):+.2f}"
    return "0.00" if text in ("+0.00", "-0.00") else text


def bounds(part: contribution.Part) -> str:
    """Return the interval of a part of a change in points."""
    return _("%(lower)s to %(upper)s") % {"lower": signed(part.lower), "upper": signed(part.upper)}
