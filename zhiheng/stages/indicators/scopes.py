"""Which draws a series is about: all goods for the headline, or items of one vertical, perhaps one channel.

The purpose belongs to it: a draw for enforcement or risk screening never feeds a series of evaluation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from zhiheng.reference import indicators
from zhiheng.stages.draw.models import Draw
from zhiheng.stages.plan.models import PLAIN_THING

from .rules import figures

HEADLINE = "mfg_product_pass_rate"
"""The series of the Outline's target on manufactured products."""

_KNOWN = {found.id: found for found in indicators.all()}


@dataclass(frozen=True)
class Scope:
    """What a series is about; without a vertical it is all goods through all channels."""

    vertical: str = ""
    channel: str = ""
    purpose: str = "evaluation"

    @property
    def is_plain(self) -> bool:
        """Whether it is the evaluation of all goods, which the headline of the Outline measures."""
        return not self.vertical

    @property
    def method(self) -> str:
        """The method of its headline: by output, by one list, or over several lists."""
        if self.is_plain:
            return figures.WEIGHTED
        return figures.DOMAIN if self.channel else figures.SEVERAL

    def draws(self, rows: QuerySet[Draw]) -> QuerySet[Draw]:
        """Keep the draws that are about it.

        Over several lists these are draws on all channels, and those of joint campaigns, whose overlaps are
        known; one channel alone of no campaign says nothing about the others.
        """
        if self.is_plain:
            return rows.filter(thing=PLAIN_THING)
        found = rows.filter(obligation__item__vertical=self.vertical, obligation__purpose=self.purpose)
        if self.channel:
            return found.filter(obligation__channel=self.channel)
        return found.filter(Q(obligation__channel="") | Q(obligation__joint_frame__isnull=False))


PLAIN = Scope()


def of(series: Any) -> Scope:
    """Return what a series is about; one that the reference data do not describe is about all goods."""
    known = _KNOWN.get(series.pk)
    return PLAIN if known is None else Scope(known.vertical, known.channel, known.purpose)


def verticals() -> list[str]:
    """Return the verticals on whose items a series is estimated."""
    return sorted({found.vertical for found in _KNOWN.values() if found.vertical})


def measured() -> list[str]:
    """Return the series that are estimated from the draws on a vertical, with or without a target."""
    return [found.id for found in _KNOWN.values() if found.vertical]
