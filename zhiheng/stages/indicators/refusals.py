"""What the rules of release refuse, one sentence and one remedy for each, said in the reader's language."""

from __future__ import annotations

from typing import Any

from zhiheng.errors import BadInput, Conflict, NotFound, RuleRefused, ZhihengError

Refusal = tuple[type[ZhihengError], str, str]


def _(text: str) -> str:
    """Mark a text for translation; a rule itself knows no language."""
    return text


REFUSALS: dict[str, Refusal] = {
    "counts-cannot-be": (
        BadInput,
        _("%(n)s answered units of %(population)s cannot be."),
        _("Check the counts of this cell."),
    ),
    "no-size-rule": (
        BadInput,
        _("A size rule of %(minimum)s and %(firm)s cannot hold."),
        _("Give a minimum of at least 1 and a second bound not below it."),
    ),
    "no-period": (
        BadInput,
        _("“%(period)s” is no period."),
        _(
            "Write 2026, 2026H1, 2026Q1, 2026-03, a campaign as 20260301-20260531, or an assessment year as "
            "20250701-20260630."
        ),
    ),
    "no-periods": (
        BadInput,
        _("No period is named."),
        _("Name at least one period to release."),
    ),
    "draw-not-revealed": (
        RuleRefused,
        _("The draw %(draw)s was not revealed."),
        _("Reveal it and finish its visits before its results are released."),
    ),
    "draw-not-finished": (
        RuleRefused,
        _("The draw %(draw)s still has %(open)s visits without an outcome."),
        _("Record every visit, refused and closed ones too, and every result before the release."),
    ),
    "draw-not-closed": (
        RuleRefused,
        _("The draw %(draw)s is not closed, so who was drawn is not public yet."),
        _("Close the draw first: the data set of a release names every drawn firm."),
    ),
    "draw-contestable": (
        RuleRefused,
        _("%(count)s failing results of the draw %(draw)s can still be contested."),
        _("Release once the time to object is over and objections are decided: the data set is public."),
    ),
    "joint-not-sealed": (
        RuleRefused,
        _("The record of the joint campaign %(joint)s is not sealed, so its weights are not settled."),
        _("Seal it once every draw of it is closed; then release."),
    ),
    "period-without-draw": (
        RuleRefused,
        _("There is no draw for %(periods)s."),
        _("A period needs a finished draw of its own, or of each of its half-years, quarters or months."),
    ),
    "region-not-covered": (
        RuleRefused,
        _("The draws of %(period)s leave out %(count)s registered firms of the region %(region)s."),
        _("Draw in every part of the region first, or release for the part that was drawn."),
    ),
    "frames-overlap": (
        RuleRefused,
        _("The draws %(one)s and %(other)s cover the same firms."),
        _("Name the draws to use: a firm counts once in a figure."),
    ),
    "kinds-mixed": (
        RuleRefused,
        _("The results hold %(found)s; the series is %(wanted)s."),
        _("Release results of each basis and purpose as a series of their own."),
    ),
    "verdict-open": (
        BadInput,
        _("The sampled unit %(unit)s has no settled verdict."),
        _("Record its result before the release."),
    ),
    "draw-by-weight": (
        RuleRefused,
        _(
            "The firms of the draw %(draw)s were drawn by weight, each with a probability of its own, and "
            "this figure weighs whole classes: the two are not mixed."
        ),
        _("Name the other draws of the period and say why this one is left aside."),
    ),
    "series-not-bound": (
        RuleRefused,
        _("No target is bound to the series %(series)s."),
        _("Bind the target to this series first, so that the figure says what it is measured against."),
    ),
    "series-not-estimated": (
        RuleRefused,
        _("The series %(series)s is not a share from a probability sample for evaluation."),
        _("Only such a series is estimated here; load a published value as published."),
    ),
    "released-already": (
        Conflict,
        _("%(periods)s of this series and region were released already."),
        _("To revise them, release again and say why; the old figures stay readable."),
    ),
    "revision-too-narrow": (
        RuleRefused,
        _("The earlier release holds %(lacking)s, which this one would drop."),
        _("Name all periods of the release that is to be replaced."),
    ),
    "revision-of-several": (
        RuleRefused,
        _("These periods belong to several earlier releases: %(releases)s."),
        _("Revise each of them by a release of its own, with exactly its periods."),
    ),
    "draws-left-aside": (
        RuleRefused,
        _("The revealed draws %(draws)s of this region and period would not be used."),
        _("Use them, or say why they are left aside; the reason is published with the figures."),
    ),
    "inputs-changed": (
        Conflict,
        _("Visits, results or releases changed while the figures were computed."),
        _("Nothing was released. Release again: the figures are computed from what stands now."),
    ),
    "outputs-altered": (
        RuleRefused,
        _("The outputs of the frame of the draw %(draw)s are not those that were frozen with it."),
        _("Restore the register from its last good copy; the ledger names the hash of the frozen outputs."),
    ),
    "no-draw": (
        RuleRefused,
        _("No draw of this region has results for the periods asked for."),
        _("Check region and periods, or finish the draw first."),
    ),
    "no-output": (
        RuleRefused,
        _("The frames of the region %(region)s hold no output value."),
        _("Enter the output values of its firms before the frame of the next draw is frozen."),
    ),
    "figure-withheld": (
        RuleRefused,
        _("This figure is withheld: %(n)s answered units are fewer than %(minimum)s."),
        _("Use a wider region, a longer period or all divisions."),
    ),
    "groups-differ": (
        BadInput,
        _("The two times have different groups, or one group twice."),
        _("Give each group once at both times."),
    ),
    "groups-do-not-add-up": (
        BadInput,
        _("The rates of the groups do not add up to that of the whole."),
        _("Split a change only by the groups that the whole is weighted from."),
    ),
    "covariance-too-large": (
        BadInput,
        _("A covariance of %(covariance)s is more than both errors allow (%(most)s)."),
        _("Check that covariance and errors speak of the same two figures."),
    ),
    "no-growth-rate": (
        BadInput,
        _("A growth rate needs a base year, a later year and a due year after it, all values above zero."),
        _("Give the years in order, and a target other than the value of the base year."),
    ),
    "no-such-bulletin": (
        NotFound,
        _("There is no bulletin of this form or language."),
        _("Choose Word or PDF, in Chinese or English, on the page of the release."),
    ),
    "year-twice": (
        BadInput,
        _("One year has two figures."),
        _("Bridge the break first, or choose one footing."),
    ),
    "no-error-assumed": (
        BadInput,
        _("A share of %(share)s of %(n)s records has no error that could be assumed."),
        _("Give a share between 0 and 1 and the number of its records."),
    ),
    "dataset-altered": (
        RuleRefused,
        _("The stored data give another figure than the released one."),
        _("Restore the evidence of this release from its last good copy."),
    ),
}


def refuse(code: str, **facts: Any) -> ZhihengError:
    """Return the refusal of this code with its facts filled in, to be raised."""
    kind, cause, remedy = REFUSALS[code]
    return kind(cause % facts, remedy % facts, code=code, **facts)
