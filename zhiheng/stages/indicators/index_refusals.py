"""What is refused of an index and of a classification, one sentence and one remedy for each, translated."""

from __future__ import annotations

from zhiheng.errors import BadInput, RuleRefused

from .refusals import Refusal, _

INDEX: dict[str, Refusal] = {
    "index-weight-missing": (
        BadInput,
        _("These have no weight: %(names)s."),
        _("Give each part, dimension and statistic a weight; 0 leaves one out."),
    ),
    "index-name-unknown": (
        BadInput,
        _("“%(name)s” is no part, dimension or statistic of the index."),
        _("The names are: %(known)s."),
    ),
    "index-weight-negative": (
        BadInput,
        _("The weight of “%(name)s” is below zero."),
        _("Give weights of zero or more."),
    ),
    "index-weights-sum": (
        BadInput,
        _("The weights below “%(name)s” add up to %(sum)s, not to 1."),
        _("Correct them: the weights below each node add up to 1; fractions such as 1/3 may be written."),
    ),
    "index-goalposts-missing": (
        BadInput,
        _("These statistics have no goalposts: %(names)s."),
        _("Give each a lower and an upper goalpost in its unit."),
    ),
    "index-goalposts-order": (
        BadInput,
        _("The lower goalpost of “%(name)s” is %(low)s and not below the upper one, %(high)s."),
        _("Write the lower one first; for a statistic where less is better too."),
    ),
    "index-line": (
        BadInput,
        _("The line “%(line)s” could not be read."),
        _("Write a name and its numbers with a space between, such as: %(example)s."),
    ),
    "index-name-twice": (
        BadInput,
        _("“%(name)s” stands twice."),
        _("Keep one of the two lines."),
    ),
    "index-unit": (
        RuleRefused,
        _("“%(name)s” of %(place)s is in %(found)s; the index reads it in %(wanted)s."),
        _("Convert the number, or record it under a series of its own; units are never mixed."),
    ),
    "index-none-whole": (
        RuleRefused,
        _("No region has all statistics for %(period)s; what is missing: %(names)s."),
        _("Record the missing numbers first; nothing is filled in for them."),
    ),
    "index-no-goalposts": (
        BadInput,
        _("No goalposts are chosen."),
        _("Choose a set, take them from the numbers of a year, or write them line by line."),
    ),
    "index-no-base": (
        BadInput,
        _("The numbers of %(period)s give no goalposts for “%(name)s”: fewer than two different values."),
        _("Choose a period with numbers of several regions or divisions, or write the goalposts."),
    ),
    "index-no-period": (
        BadInput,
        _("“%(period)s” is no period."),
        _("Write the period as 2025, 2025H1, 2025Q4 or 2025-03."),
    ),
    "index-set-unknown": (
        BadInput,
        _("There is no set “%(name)s”."),
        _("Choose one of the list."),
    ),
}
LISTS: dict[str, Refusal] = {
    "list-series-unknown": (
        BadInput,
        _("There is no series called “%(name)s”."),
        _("Write the whole name of the series, or its identifier."),
    ),
    "list-series-shared": (
        BadInput,
        _("Several series are called “%(name)s”: %(known)s."),
        _("Write the identifier of the one that is meant."),
    ),
    "list-region-unknown": (
        BadInput,
        _("“%(name)s” is no region."),
        _("Write six digits, the full name, or 全国."),
    ),
    "list-division-unknown": (
        BadInput,
        _("“%(name)s” is no division of manufacturing."),
        _("Write the two digits of GB/T 4754—2017 or the name."),
    ),
    "list-category": (
        BadInput,
        _("“%(name)s” is no category."),
        _("Write a short name without semicolon or equals sign."),
    ),
    "list-number": (
        BadInput,
        _("“%(text)s” is no number."),
        _("Write a number alone, such as 93.65; the unit stands in its own column."),
    ),
    "list-count": (
        BadInput,
        _("“%(text)s” is no whole number."),
        _("Write how many were tested, such as 1200."),
    ),
    "list-choice": (
        BadInput,
        _("“%(text)s” is not one of the allowed words."),
        _("Write one of %(known)s."),
    ),
    "list-too-long": (
        BadInput,
        _("The text is longer than %(most)s characters."),
        _("Shorten it."),
    ),
    "list-repeated": (
        BadInput,
        _("The same number stands in row %(first)s already."),
        _("Keep one of the two rows: series, region, period, division and category name a number once."),
    ),
    "list-unit": (
        RuleRefused,
        _("The unit is “%(found)s”; the series is in “%(wanted)s”."),
        _("Convert the number and write the unit of the series."),
    ),
    "list-scale": (
        BadInput,
        _("%(value)s lies outside the scale %(scale)s of the series."),
        _("Correct the number or its unit."),
    ),
    "list-of-none": (
        BadInput,
        _("A number stands here, and nothing was tested."),
        _("Leave the cell empty where it is not known how many were tested."),
    ),
    "list-standing": (
        RuleRefused,
        _("The number was recorded already, as %(value)s."),
        _("Say in the column of reasons why it is corrected; the old one stays readable."),
    ),
}
