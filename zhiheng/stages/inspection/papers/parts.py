"""What several papers share: the office, the number, the cited limit with its confidence, the results."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from zhiheng.procedure import wording as procedure
from zhiheng.reference import limits
from zhiheng.reports.paper import Grid, Paper, Place, Text
from zhiheng.stages.registry.models import Lab
from zhiheng.web import wording
from zhiheng.web.tables import export

from .. import labels
from ..models import Clock, Result, Sample, Visit

LANGUAGES = {"zh": "zh-hans", "en": "en"}
ORDINALS = "一二三四五六七八九十"


@contextmanager
def spoken_in(language: str) -> Iterator[None]:
    """Write a paper in its own language, whatever the page of the person is in."""
    with translation.override(LANGUAGES[language]):
        yield


def language() -> str:
    """Return the language a paper is being written in."""
    return "zh" if wording.is_chinese() else "en"


def made(
    name: str, *, title: str, number: str, dated: date, blocks: Iterable[Any], key: str = "", **more: Any
) -> Paper:
    """Return a paper in the language at hand, marked where everything is invented.

    Its name is the kind and the number, or a key that is the house's own: so is its file called.
    """
    return Paper(
        name=f"{name}-{key or number}",
        title=title,
        number=_("No. %(number)s") % {"number": number},
        dated=dated,
        blocks=tuple(blocks),
        mark=export.DEMO_MARK if export.is_demo() else "",
        language=language(),
        hash_label=_("Hash of the content (SHA-256)"),
        **more,
    )


def number(visit: Visit) -> str:
    """Return by which number a visit is known on paper: its draw, its class, its place in the order."""
    chosen = visit.selection
    return f"{chosen.draw.serial}-{chosen.stratum}{chosen.order:03d}"


def lab_name(code: str) -> str:
    """Return a laboratory by its name on record with its code, or by its code alone."""
    found = Lab.objects.filter(code=code).first()
    return f"{found.name} {code}" if found else code


def office(region: str) -> str:
    """Return who issues a paper; which body that is, its seal says."""
    return _("%(region)s: authority in charge of the spot check") % {"region": wording.region_path(region)}


def seal_of(region: str, on: date | None = None) -> Place:
    """Return the dotted place of the office's seal, with the day of the paper below it."""
    label = office(region) if on is None else f"{office(region)}\n{wording.day(on)}"
    return Place(label, "seal", _("Place of the official seal"))


def ordinal(n: int) -> str:
    """Return the number of a paragraph as an official paper counts them: （一） or (1)."""
    return f"（{ORDINALS[n - 1]}）" if language() == "zh" and n <= 10 else f"({n}) "


def numbered(bodies: Iterable[str]) -> list[Text]:
    """Return paragraphs with their numbers."""
    return [Text(body, ordinal(n)) for n, body in enumerate(bodies, 1)]


def limit_said(rule: str, region: str, on: date | None = None) -> str:
    """Return a time limit in one sentence: instrument, article, amount, and how well it is known."""
    limit = limits.get(rule, region, on=on)
    said = procedure.rule(limit)[0 if language() == "zh" else 1]
    return said if limit.is_verified else joined((said, unverified()))


def samplers_said(region: str) -> str:
    """Return how many inspectors come together at least, and which instrument says so."""
    limit, chosen = limits.get("spotcheck.samplers", region), language()
    said = _("At least %(count)s inspectors come together and show their certificates (%(source)s).") % {
        "count": limit.amount,
        "source": (limit.instrument_zh if chosen == "zh" else f"{limit.instrument}, ")
        + procedure.article(limit, chosen),
    }
    return said if limit.is_verified else joined((said, unverified()))


def unverified() -> str:
    """Return the warning that stands behind a limit whose text was not read."""
    return _("(To be checked: its text was not read, so this line is a reminder and no ground.)")


def clock_said(clock: Clock) -> str:
    """Return a running limit with its day."""
    proof = clock.proof[language()]
    said = [limit_said(clock.rule, proof["jurisdiction"], clock.started_on), proof["reading"]]
    if proof["status"] == "provisional":
        said.append(_("(Provisional: a holiday notice is not held yet.)"))
    return joined(said)


def joined(sentences: Iterable[str]) -> str:
    """Return sentences one after the other, with a space between them in English."""
    return ("" if language() == "zh" else " ").join(sentences)


def proof_of(clocks: Iterable[Clock]) -> Grid | None:
    """Return how each day was counted, step by step, so that the reader can count again."""
    rows = [
        (name if n == 0 else "", f"{step['from']} → {step['to']}", step["because"])
        for clock in clocks
        for name in [wording.bilingual(limits.get(clock.rule, clock.proof[language()]["jurisdiction"]))]
        for n, step in enumerate(clock.proof[language()]["steps"])
    ]
    if not rows:
        return None
    return Grid(
        (_("Time limit"), _("From and to"), _("Why")),
        tuple(rows),
        (2, 2, 5),
        caption=_("How the days were counted"),
    )


def results_grid(results: Iterable[Result], *, caption: str = "") -> Grid:
    """Return the measured items with their limits and verdicts."""
    rows = tuple(
        (
            f"{one.item}\n{one.specimen.seal_no}" if one.specimen else one.item,
            one.method,
            f"{one.said}{f' ± {one.uncertainty}' if one.uncertainty else ''} {one.unit}",
            f"{dict(labels.LIMIT_KINDS)[one.limit_kind]} {one.limit} {one.unit}",
            str(dict(labels.VERDICTS)[one.verdict]),
        )
        for one in results
    )
    head = (_("Item"), _("Method"), _("Measured value"), _("Limit"), _("Verdict"))
    return Grid(head, rows, (3, 4, 3, 3, 2), caption=caption)


def specimens_grid(sample: Sample) -> tuple[Grid, ...]:
    """Return the sealed parts of a sample with their use, the spare one too; nothing for a single one."""
    rows = tuple(
        (one.seal_no, str(one.get_role_display()), one.quantity or "—", one.kept_at)
        for one in sample.specimens.all()
    )
    head = (_("Seal number"), _("Use"), _("Quantity"), _("Where it is kept"))
    return (Grid(head, rows, (3, 2, 2, 4), caption=_("Parts of the sample")),) if rows else ()


def inspectors(visit: Visit) -> str:
    """Return the two drawn inspectors with their certificate numbers."""
    both = (visit.selection.first_inspector, visit.selection.second_inspector)
    return ("、" if language() == "zh" else ", ").join(
        f"{one.name}({one.code})" for one in both if one is not None
    )


def firm_facts(visit: Visit) -> list[tuple[str, str]]:
    """Return who was drawn, and where."""
    return [
        (_("Firm"), visit.subject.name),
        (_("Social credit code"), visit.selection.unit_code),
        (_("Region"), wording.region_path(visit.region)),
        (_("Division"), f"{visit.division} {wording.division_name(visit.division)}"),
    ]


def addressee(name: str) -> str:
    """Return the first line of a letter."""
    return _("To %(firm)s:") % {"firm": name}
