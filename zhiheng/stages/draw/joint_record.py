"""The record of a joint campaign, from which a stranger recomputes the weight of every drawn firm."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from django.conf import settings

from zhiheng.methods import multiframe

from . import memberships
from .memberships import Standing, Unit
from .models import Joint

TYPE = "zhiheng/joint-record/1"
RULE = "w = 1 / sum n/N over the lists that hold the firm"
SOURCE = "Bankier 1986; Kalton and Anderson 1986 (single frame); Mecatti 2007 (multiplicity)"


def compose(joint: Joint, held: Standing) -> dict[str, Any]:
    """Return the record as plain JSON values; shares and weights are pairs of whole numbers."""
    counted = memberships.shared(held)
    return {
        "type": TYPE,
        "data": "demonstration" if settings.DEMO else "operational",
        "joint": joint.serial,
        "region": joint.region,
        "period": joint.period,
        "item": {"code": joint.item.code, "region": joint.item.region, "year": joint.item.year},
        "purpose": joint.purpose,
        "basis": joint.basis,
        "method": {"id": multiframe.METHOD, "version": multiframe.VERSION, "rule": RULE, "source": SOURCE},
        "frames": [_frame(name, held) for name in held.draws],
        "shared": [
            {"one": one, "other": other, "firms": count}
            for (one, other), count in sorted(counted.items())
            if one < other
        ],
        "units": [_unit(one) for one in memberships.units(joint, held)],
    }


def _frame(channel: str, held: Standing) -> dict[str, Any]:
    draw = held.draws[channel]
    return {
        "channel": channel,
        "draw": draw.serial,
        "certificate_sha256": draw.certificate_sha,
        "frame_sha256": draw.frame.sha256,
        "firms": draw.frame.unit_count,
        "strata": [
            {"stratum": name, "population": row.population, "sample": row.sample}
            for (serial, name), row in sorted(held.sizes.items())
            if serial == draw.serial
        ],
    }


def _unit(one: Unit) -> dict[str, Any]:
    most, least = one.weights
    return {
        "draw": one.draw,
        "unit": one.unit,
        "stratum": one.stratum,
        "chance": _pair(one.own),
        "also": [
            {
                "draw": row.other,
                "source": row.source,
                "code": row.code,
                "stratum": row.stratum,
                "chance": _pair(chance),
            }
            for row, chance in one.others
        ],
        "unknown": [{"draw": row.other, "at_most": _pair(chance)} for row, chance in one.possible],
        "weight": _pair(most),
        "least_weight": _pair(least),
        "multiplicity_weight": _pair(one.by_count),
    }


def _pair(value: Fraction) -> list[int]:
    return [value.numerator, value.denominator]
