"""The papers that go into the field: task sheet, sampling sheet, seal label."""

from __future__ import annotations

from datetime import date

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhiheng.reports.paper import Code, Facts, Grid, Paper, Place, Signs, Text
from zhiheng.stages.draw import labels as draw_labels
from zhiheng.web import wording

from .. import labels, rules
from ..models import Visit
from ..refusals import refuse
from . import parts

BOX = "□"


def task_sheet(visit: Visit, *, origin: str, share: str = "", entry: int | None = None) -> Paper:
    """Return the order to two inspectors to visit one drawn firm.

    ``entry`` is the number of the public entry that bound who goes where, before anybody left the office.
    """
    chosen = visit.selection
    drawn = (chosen.draw.serial, wording.period(visit.period))
    chance = f"{draw_labels.stratum(chosen.stratum)} · {_('Probability of being drawn')} {share}"
    # Two facts a row, so that the sheet with its receipt stays one page in both languages.
    firm, code, region, division = parts.firm_facts(visit)
    facts = (
        (firm[0], f"{firm[1]} · {code[1]}"),
        (region[0], f"{region[1]} · {division[1]}"),
        (_("Draw"), " · ".join(drawn)),
        (_("Risk class"), chance),
        (_("Inspectors"), parts.inspectors(visit)),
    )
    orders = (
        parts.samplers_said(visit.region),
        _("Firm and inspectors were decided by lot; neither may be exchanged for another."),
        _("Tell nobody of the visit before it takes place."),
        _("Record what you find. Refused, closed, not found and no goods are never counted as conforming."),
    )
    outcomes = "  ".join(f"{BOX} {name}" for _id, name in labels.OUTCOMES)
    blanks = (
        (_("Time of arrival"), ""),
        (_("Outcome of the visit"), outcomes),
        (_("Product"), ""),
        (_("Seal number"), ""),
        (_("Note"), ""),
    )
    return parts.made(
        "task-sheet",
        title=_("Task sheet of the spot check"),
        number=parts.number(visit),
        dated=_drawn_on(visit),
        blocks=(
            Facts(facts),
            *parts.numbered(orders),
            Facts(blanks),
            Signs((Place(_("Inspector")), Place(_("Inspector")), parts.seal_of(chosen.draw.region))),
            *_receipt(entry, origin),
        ),
        address=_address(visit, origin),
        style="sheet",
    )


def _receipt(entry: int | None, origin: str) -> tuple[Code, ...]:
    """Return the address at which anybody gets the receipt of the entry, as a QR code and in words."""
    if entry is None:
        return ()
    address = origin + reverse("web:published_entry", args=[entry])
    lines = (
        _("Receipt of this draw: public entry no. %(number)s") % {"number": entry},
        _(
            "The order was bound in the public log before anybody set out; "
            "whoever keeps the receipt can show it."
        ),
        address,
    )
    return (Code(address, lines),)


def sampling_sheet(visit: Visit, *, origin: str) -> Paper:
    """Return the record of a sampling, to be signed by the firm and both inspectors."""
    sample = getattr(visit, "sample", None)
    if sample is None:
        raise refuse("no-sample")
    facts = [
        *parts.firm_facts(visit),
        (_("Draw"), visit.selection.draw.serial),
        (_("Sampled on"), wording.day(visit.visited_on)),
        (_("Product"), sample.product_name),
        (_("Seal number"), sample.seal_no or ""),
        (_("Model and specification"), ""),
        (_("Trade mark"), ""),
        (_("Date or batch of production"), ""),
        (_("Standard that the product claims"), ""),
        (_("Size of the batch"), ""),
        (_("Number of samples"), ""),
        (_("Number of backup samples"), ""),
        (_("Place of sampling"), ""),
        (_("Laboratory"), sample.lab),
        (_("Inspectors"), parts.inspectors(visit)),
    ]
    said = _(
        "The samples were taken from goods ready for sale and sealed in the presence of the firm's "
        "representative, and the firm has read this sheet."
    )
    return parts.made(
        "sampling-sheet",
        title=_("Sampling sheet of the spot check"),
        number=parts.number(visit),
        dated=visit.visited_on,
        blocks=(
            Facts(tuple(facts)),
            Text(said),
            Facts(((_("What the firm remarks"), ""),)),
            Signs(
                (
                    Place(_("Inspector")),
                    Place(_("Inspector")),
                    Place(_("Representative of the firm"), "seal", _("Place of the firm's seal")),
                )
            ),
        ),
        address=_address(visit, origin),
        style="sheet",
    )


def seal_label(visit: Visit, *, origin: str) -> Paper:
    """Return the label of a seal with its number as a QR code, and the hands that the sample went through."""
    sample = getattr(visit, "sample", None)
    if sample is None:
        raise refuse("no-sample")
    if not sample.seal_no:
        raise refuse("unsealed")
    lines = (
        _("Seal number %(seal)s") % {"seal": sample.seal_no},
        _("Product: %(product)s") % {"product": sample.product_name},
        _("Firm: %(firm)s") % {"firm": visit.subject.name},
        _("Sampled on %(day)s") % {"day": wording.day(visit.visited_on)},
        _("Inspectors: %(names)s") % {"names": parts.inspectors(visit)},
        _("Do not open. A broken seal makes the sample void."),
    )
    hands = Grid(
        (_("Handed over by"), _("Taken over by"), _("Day and hour"), _("Seal unbroken")),
        (("", "", "", BOX), ("", "", "", BOX), ("", "", "", BOX)),
        (3, 3, 3, 2),
        caption=_("Hands that the sample goes through"),
    )
    return parts.made(
        "seal-label",
        title=_("Seal label of the sample"),
        number=sample.seal_no,
        dated=visit.visited_on,
        blocks=(
            Code(f"{_address(visit, origin)}?seal={sample.seal_no}", lines),
            Signs((Place(_("Inspector")), Place(_("Inspector")), Place(_("Representative of the firm")))),
            hands,
        ),
        address=_address(visit, origin),
        style="sheet",
    )


def is_sealed(visit: Visit) -> bool:
    """Say whether a visit has a sealed sample."""
    sample = getattr(visit, "sample", None)
    return sample is not None and bool(sample.seal_no)


def is_sampled(visit: Visit) -> bool:
    """Say whether a sample was taken."""
    return visit.state in rules.WITH_SAMPLE


def _drawn_on(visit: Visit) -> date:
    return timezone.localdate(visit.selection.draw.revealed_at)


def _address(visit: Visit, origin: str) -> str:
    return origin + reverse("inspection:visit", args=[visit.pk])
