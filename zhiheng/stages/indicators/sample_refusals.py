"""What is refused of uploaded samples, one sentence and one remedy for each, translated."""

from __future__ import annotations

from typing import Any

from zhiheng.errors import BadInput, Conflict, RuleRefused, ZhihengError

from .refusals import Refusal, _

TABLE: dict[str, Refusal] = {
    "city-alone": (
        RuleRefused,
        _("Stratum %(stratum)s: one city was drawn by chance, which tells nothing of the error."),
        _("Draw two cities or more in each stratum, or all of them for certain; join small strata."),
    ),
    "cities-left-out": (
        RuleRefused,
        _("No city was drawn by chance, and %(count)s of the region had no chance at all: %(cities)s."),
        _("Add the cities that were drawn by chance, or release for the cities alone that were taken."),
    ),
    "city-chances-differ": (
        BadInput,
        _("The city %(city)s has several chances to be drawn: %(said)s."),
        _("Give each city its one chance, between 0 and 1, in all its rows."),
    ),
    "city-in-two-strata": (
        BadInput,
        _("The city %(city)s stands in two strata."),
        _("Give each city one stratum."),
    ),
    "units-do-not-fit": (
        BadInput,
        _("City %(city)s: %(answered)s units answered, it is said to hold %(said)s."),
        _("Give the same number of units of the city in all its rows, not below those that answered."),
    ),
    "unit-alone": (
        RuleRefused,
        _("City %(city)s: one unit answered (in one group), which tells nothing of the error within it."),
        _("Draw two units or more in each city and group, or join small groups."),
    ),
    "groups-do-not-fit": (
        BadInput,
        _("These groups stand in the answers or in the known totals alone: %(groups)s."),
        _("Give the total of every group that answered, and no others; join groups without answers."),
    ),
    "totals-unreadable": (
        BadInput,
        _("The known totals hold “%(line)s”."),
        _("Write one group a line with its number of people, such as 18-39 1200000."),
    ),
    "sample-column-missing": (
        BadInput,
        _("The file has no column %(column)s."),
        _("Its first row names the columns: %(columns)s."),
    ),
    "sample-column-unknown": (
        BadInput,
        _("The column %(column)s is none that this release needs."),
        _("Take it out; the file becomes public evidence. Columns: %(columns)s."),
    ),
    "sample-personal": (
        RuleRefused,
        _("The column %(column)s looks as if it named private persons."),
        _(
            "Take it out before the file leaves your machine: what is released is public, and no name, "
            "telephone or identity number belongs in it."
        ),
    ),
    "sample-personal-value": (
        RuleRefused,
        _("Row %(row)s, column %(column)s looks like a telephone or identity number."),
        _("Take it out before the file leaves your machine: what is released is public."),
    ),
    "sample-value": (
        BadInput,
        _("Row %(row)s, column %(column)s: “%(value)s” cannot be read."),
        _("Expected: %(expected)s."),
    ),
    "sample-repeats": (
        RuleRefused,
        _("Every kind of row occurs a multiple of %(times)s times, as if it were in the file twice."),
        _(
            "Take out what was added twice; if all rows are samples, tell them apart by a column sample_no, "
            "or say as the reason why so many are alike: it is published."
        ),
    ),
    "sample-answers-alike": (
        RuleRefused,
        _("%(rows)s rows give the very answers of another row, which persons hardly do."),
        _("Take out what was added twice; if all rows are answers, tell them apart by a column sample_no."),
    ),
    "sample-number-twice": (
        BadInput,
        _("The sample number %(number)s stands in %(count)s rows."),
        _("Give each sample one row and a number of its own."),
    ),
    "sample-empty": (BadInput, _("The file holds no answer."), _("Give one row for each unit.")),
    "sample-unreadable": (
        BadInput,
        _("Row %(row)s has %(found)s cells, the header %(wanted)s."),
        _("Quote a cell that holds the separator, or add the missing cells."),
    ),
    "sample-region": (
        BadInput,
        _("The city %(city)s lies outside the region %(region)s."),
        _("Release for the region that the sample was drawn from."),
    ),
    "sample-series": (
        RuleRefused,
        _("The series %(series)s is not released from an uploaded sample."),
        _("Choose one of %(known)s."),
    ),
    "sample-questionnaire": (
        BadInput,
        _("The series %(series)s is scored by a questionnaire, and %(given)s is none of its own."),
        _("Choose one of %(known)s."),
    ),
    "sample-released": (
        Conflict,
        _("%(periods)s of this series and region were released already."),
        _("To revise them, release again and say why; the old numbers stay readable."),
    ),
    "cities-too-few": (
        BadInput,
        _("%(wanted)s cities are asked of stratum %(stratum)s, which holds %(cities)s."),
        _("Ask for two cities or more, at most as many as there are."),
    ),
}


def refuse(code: str, **facts: Any) -> ZhihengError:
    """Return the refusal of this code with its facts filled in, to be raised."""
    kind, cause, remedy = TABLE[code]
    return kind(cause % facts, remedy % facts, code=code, **facts)
