"""Drafts the bulletin of a release in plain words; every number in it is bound to the figure that says it.

A number stands in a sentence with a mark, and the last table names for each mark the figure, its address and
the SHA-256 of its bundle. Sentences on change come from ``telling`` alone, which knows no rise inside an
interval.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from zhiheng.reports import pdf, word
from zhiheng.reports.paper import Code, Grid, Heading, Paper, Text
from zhiheng.web import wording
from zhiheng.web.tables import export

from .. import comparing, queries, rules, sentences, telling
from ..models import Figure, Release
from ..refusals import refuse
from . import cards

FORMS = {"pdf": pdf, "docx": word}
LANGUAGES = {"zh": "zh-hans", "en": "en"}
_DIGEST = re.compile(r"([0-9a-f]{32})([0-9a-f]{32})")


@dataclass
class Bound:
    """The figures that a bulletin has cited so far, in the order of their marks."""

    figures: list[Figure] = field(default_factory=list)

    def mark(self, figure: Figure) -> str:
        """Return the mark of a figure, a new one where it was not cited before."""
        keys = [one.pk for one in self.figures]
        if figure.pk not in keys:
            self.figures.append(figure)
            keys.append(figure.pk)
        return f"[{keys.index(figure.pk) + 1}]"

    def share(self, figure: Figure) -> str:
        """Return a figure with its interval and its mark; a withheld one says why, without a number."""
        between = "" if wording.is_chinese() else " "
        return f"{sentences.share(figure)}{between}{self.mark(figure)}"


def render(release: Release, form: str, *, language: str, origin: str) -> tuple[bytes, str]:
    """Return the bulletin as a file of this form in this language, with its media type."""
    if form not in FORMS or language not in LANGUAGES:
        raise refuse("no-such-bulletin")
    with translation.override(LANGUAGES[language]):
        paper, _bound = compose(release, origin=origin)
        return FORMS[form].render(paper), FORMS[form].MEDIA_TYPE


def compose(release: Release, *, origin: str) -> tuple[Paper, Bound]:
    """Return the paper of a release in the language at hand, and the figures that its numbers rest on."""
    bound, blocks = Bound(), []
    headlines = [row for row in _headlines(release) if row.region == release.region]
    for figure in headlines:
        blocks += _period(figure, bound)
    blocks += _elsewhere(release, bound)
    blocks += [
        Heading(_("How the numbers came about")),
        *(Text(text) for text in _method(release, headlines)),
    ]
    blocks += _bindings(bound, origin)
    address = origin + (cards.series_url(headlines[-1]) if headlines else "")
    return (
        Paper(
            name=f"bulletin-{release.series_id}-{release.region}-{release.vintage}",
            title=_("Draft bulletin: %(series)s, %(region)s") % _about(release),
            number=" · ".join(wording.period(period) for period in release.periods),
            dated=release.vintage,
            blocks=(*blocks, Code(address, (_("Permanent address: %(address)s") % {"address": address},))),
            address=address,
            mark=export.DEMO_MARK if release.parameters["data"] == "demonstration" else "",
            language="zh" if wording.is_chinese() else "en",
        ),
        bound,
    )


def _about(release: Release) -> dict[str, str]:
    return {"series": wording.bilingual(release.series), "region": wording.region_name(release.region)}


def _headlines(release: Release) -> list[Figure]:
    rows = list(release.figures.filter(division="").select_related("series", "release"))
    order = rules.in_order(row.period for row in rows)
    return sorted(rows, key=lambda row: (order.index(row.period), row.region))


def _period(figure: Figure, bound: Bound) -> list[Any]:
    facts = _about(figure.release) | {
        "period": wording.period(figure.period),
        "share": bound.share(figure),
    }
    said = [_("In %(period)s the %(series)s in %(region)s was %(share)s.") % facts]
    if not figure.is_shown:
        said = [_("In %(period)s the %(series)s in %(region)s is %(share)s.") % facts]
    if figure.is_shown and (answer := cards.answer(figure)) is not None:
        target = figure.release.parameters["target"]
        said.append(
            _("Target: %(target)s. %(answer)s")
            % {"target": sentences.target_text(target), "answer": answer["sentence"]}
        )
    blocks = [Heading(wording.period(figure.period)), Text(_joined(said))]
    return [*blocks, *_change(figure, bound), *_divisions(figure, bound)]


def _change(figure: Figure, bound: Bound) -> list[Text]:
    period, moment = rules.previous(figure.period), figure.release.recorded_at
    before = queries.figure(figure.series_id, figure.region, period, as_of=moment)
    if before is None:
        return [Text(_("There is no figure of the period before to compare with."))]
    told = telling.told(comparing.compare(before, figure, as_of=moment), figure.series.unit)
    lead = _("In %(period)s it was %(share)s; set side by side: %(said)s") % {
        "period": wording.period(before.period),
        "share": bound.share(before),
        "said": f"{told.said} {bound.mark(before)}{bound.mark(figure)}",
    }
    return [Text(_joined([lead])), Text(_joined(told.sentences[1:]))]


def _divisions(figure: Figure, bound: Bound) -> list[Any]:
    rows = queries.divisions_of(figure.release, figure.region, figure.period)
    shown = sorted((row for row in rows if row.is_shown), key=lambda row: row.division)
    withheld = len(rows) - len(shown)
    if not shown:
        return []
    head = (_("Division"), _("Pass rate"), _("95% interval"), _("Answered units"), _("Mark"))
    table = tuple(
        (
            sentences.division(row.division),
            wording.percent(row.estimate),
            sentences.limits(row),
            wording.number(row.n),
            bound.mark(row),
        )
        for row in shown
    )
    caption = _("Divisions in %(period)s; %(count)s more are withheld for too few answers") % {
        "period": wording.period(figure.period),
        "count": withheld,
    }
    return [Grid(head, table, (6, 2, 3, 2, 1), caption=caption, right=(1, 2, 3), is_dense=True)]


def _elsewhere(release: Release, bound: Bound) -> list[Any]:
    rows = [row for row in _headlines(release) if row.region != release.region]
    if not rows:
        return []
    head = (_("Region"), _("Period"), _("Pass rate"), _("Mark"))
    table = tuple(
        (
            wording.region_name(row.region),
            wording.period(row.period),
            sentences.share(row),
            bound.mark(row),
        )
        for row in rows
    )
    return [Heading(_("By region")), Grid(head, table, (3, 3, 6, 1), is_dense=True)]


def _method(release: Release, headlines: list[Figure]) -> list[str]:
    basis = {
        "basis": sentences.BASIS.get(release.basis, release.basis),
        "purpose": sentences.PURPOSE.get(release.purpose, release.purpose),
        "draws": wording.number(len(release.parameters["draws"])),
        "units": wording.number(release.dataset_rows),
    }
    said = [
        _("Basis: %(basis)s; purpose: %(purpose)s; draws: %(draws)s; drawn units: %(units)s.") % basis,
        _("Intervals of 95%% come from the design of the draws.") % {},
    ]
    chinese = wording.is_chinese()
    warning = release.series.warning if chinese else release.series.warning_en
    if release.reason:
        said.append(_("This release replaces an earlier one: %(reason)s") % {"reason": release.reason})
    return [*said, warning] if warning and headlines else said


def _bindings(bound: Bound, origin: str) -> list[Any]:
    """Return the table that binds each mark to its figure, its address and the digest of its bundle."""
    head = (_("Mark"), _("Figure"), _("Address and SHA-256 of the bundle"))
    rows = tuple(
        (
            bound.mark(figure),
            cards.figure_title(figure),
            "\n".join(
                (f"{origin}{cards.figure_url(figure)}", _in_halves(figure.bundle_sha) or _("withheld"))
            ),
        )
        for figure in bound.figures
    )
    return [Heading(_("Where each number comes from")), Grid(head, rows, (1, 4, 7), is_dense=True)]


def _in_halves(text: str) -> str:
    return _DIGEST.sub(r"\1 \2", text)


def _joined(said: Any) -> str:
    """Return sentences as one paragraph: Chinese ones stand close, English ones apart, each with its end."""
    chinese = wording.is_chinese()
    ends = tuple("。！？.!?") if chinese else tuple(".!?")
    closed = (text if text.endswith(ends) else f"{text}{'。' if chinese else '.'}" for text in map(str, said))
    return ("" if chinese else " ").join(closed)
