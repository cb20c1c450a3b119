"""The lists of draws and of drawn units."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from zhiheng.formats.periods import in_order
from zhiheng.stages.plan import said as plan_said
from zhiheng.stages.plan.models import PURPOSES
from zhiheng.web import wording
from zhiheng.web.tables import Column, Filter, Table

from . import labels, rules
from .labels import STATES
from .models import Draw, Selection


def periods() -> list[tuple[str, str]]:
    """Return the periods that have draws, newest first."""
    found = Draw.objects.order_by().values_list("period", flat=True).distinct()
    return [(period, wording.period(period)) for period in reversed(in_order(found))]


def _period(draw: Draw) -> str:
    return wording.period(draw.period)


def _draws(url_name: str) -> Table:
    return Table(
        id="draws",
        caption=_("Draws"),
        export_name="draws",
        empty=_("No draw was announced yet. A draw begins with an inspection duty and a frozen frame."),
        columns=(
            Column(
                "serial",
                _("Serial number"),
                kind="link",
                url=lambda draw: reverse(url_name, args=[draw.serial]),
            ),
            Column("region", _("Region"), kind="region"),
            Column("period", _("Period"), value=_period, sort=("period", "pk")),
            Column(
                "about",
                _("What is inspected"),
                value=lambda draw: plan_said.about(draw.obligation),
                sortable=False,
            ),
            Column("state", _("State"), kind="state", states=STATES),
            Column("units", _("Firms in the frame"), field="frame__unit_count", kind="number"),
            Column("n", _("Firms to draw"), kind="number", sortable=False),
            Column("committed_at", _("Announced"), kind="date"),
            Column("reveal_by", _("Reveal by"), kind="date"),
        ),
        filters=(
            Filter("region", _("Region"), kind="region"),
            Filter("period", _("Period"), kind="choice", choices=periods),
            Filter("purpose", _("Purpose"), kind="choice", choices=PURPOSES, field="obligation__purpose"),
            Filter("state", _("State"), kind="choice", choices=[(s, STATES[s].label) for s in _SHOWN]),
        ),
        search_fields=("serial",),
        search_label=_("Serial number begins with"),
        default_sort="-committed_at",
    )


_SHOWN = (rules.COMMITTED, rules.REVEALED, rules.CLOSED, rules.ABORTED)
OFFICE = _draws("draw:draw")
PUBLIC = _draws("draw:public_draw")


def units(strata: Sequence[Any], *, is_public: bool) -> Table:
    """Return the list of drawn units with their probabilities; the public sees masked names of inspectors."""
    shares = {row.stratum: row for row in strata}
    classes = [(name, labels.stratum(name)) for name in shares]
    return Table(
        id="units",
        caption=_("Drawn firms"),
        export_name="drawn-firms",
        empty=_("The firms are drawn at the reveal; before it nobody knows them, not even the office."),
        columns=(
            _firm(is_public),
            Column("unit_code", _("Social credit code"), kind="code"),
            Column("region", _("Region"), field="subject__region", kind="region", sortable=False),
            Column(
                "stratum",
                _("Risk class"),
                value=lambda row: labels.stratum(row.stratum),
                sort=("stratum", "order", "pk"),
            ),
            Column(
                "probability",
                _("Probability"),
                value=lambda row: "{}/{}".format(*row.chance(shares[row.stratum])),
                kind="code",
            ),
            Column("order", _("Place"), kind="number", sortable=False),
            Column("ticket", _("Ticket"), kind="code", value=lambda row: f"{row.ticket[:12]}…"),
            Column("inspectors", _("Inspectors"), value=lambda row: pair(row, is_public=is_public)),
        ),
        filters=(
            Filter(
                "stratum",
                _("Risk class"),
                kind="choice",
                choices=classes,
            ),
            Filter("region", _("Region"), kind="region", field="subject__region"),
        ),
        search_fields=("subject__name", "unit_code"),
        search_label=_("Firm or code begins with"),
        default_sort="stratum",
        size=25,
    )


def _firm(is_public: bool) -> Column:
    if is_public:
        return Column("subject", _("Firm"), field="subject__name")
    return Column(
        "subject",
        _("Firm"),
        field="subject__name",
        kind="link",
        url=lambda row: reverse("registry:subject", args=[row.unit_code]),
    )


def pair(row: Selection, *, is_public: bool) -> str:
    """Return the two inspectors of a unit; the public sees the first character of each name."""
    both = [one.name for one in (row.first_inspector, row.second_inspector) if one is not None]
    return "、".join(masked(name) if is_public else name for name in both)


def masked(name: str) -> str:
    """Return a personal name as the public sees it: the first character and a star.

    >>> masked("张三丰"), masked("")
    ('张*', '')
    """
    return f"{name[0]}*" if name else ""
