"""The card of a synthetic country: all that a stranger needs to make it again and to know its truth."""

from __future__ import annotations

from typing import Any

from zhiheng.world.assumptions import CHANNELS, CLASSES, SIZES
from zhiheng.world.population import VERSION, Population, Truth

FORMAT = "zhiheng-population/1"

# Column, type, unit and codes; a code is the position in its list.
COLUMNS: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    ("serial", "int32", "", ()),
    ("region", "int32", "GB/T 2260 county", ()),
    ("division", "int8", "GB/T 4754 division", ()),
    ("size", "int8", "", SIZES),
    ("credit_class", "int8", "", CLASSES),
    ("channel", "int8", "", CHANNELS),
    ("output_value", "float32", "10 000 yuan a year", ()),
    ("relative_risk", "float32", "", ()),
)


def card(population: Population, period: str) -> dict[str, Any]:
    """Return the card as plain values without floats: shares are decimal texts with eight places.

    >>> made = card(Population(seed=1, firms=50, regions="330000"), "2024Q1")
    >>> made["firms"], made["truth"]["period"], made["columns"][3]["codes"][0]
    (50, '2024Q1', 'large')
    """
    head = population.between(0, min(3, population.firms))
    return {
        "format": FORMAT,
        "version": VERSION,
        "seed": str(population.seed),
        "firms": population.firms,
        "regions": list(population.regions),
        "divisions": list(population.divisions),
        "columns": [
            {"name": name, "type": kind, "unit": unit, "codes": list(codes)}
            for name, kind, unit, codes in COLUMNS
        ],
        "truth": _truth(population.truth(period, "division")),
        "head": [
            {
                "code": str(code),
                "name": str(name),
                "region": f"{region:06d}",
                "division": f"{division:02d}",
                "size": SIZES[size],
                "credit_class": CLASSES[credit],
                "channel": CHANNELS[channel],
                "output_value": str(int(output)),
            }
            for code, name, region, division, size, credit, channel, output in zip(
                population.codes(head),
                population.names(head),
                head.region,
                head.division,
                head.size,
                head.credit_class,
                head.channel,
                head.output_value,
                strict=True,
            )
        ],
    }


def _truth(truth: Truth) -> dict[str, Any]:
    return {
        "period": truth.period,
        "unit_weighted": f"{truth.unit_weighted:.8f}",
        "output_weighted": f"{truth.output_weighted:.8f}",
        "by_division": {key: f"{part.unit_weighted:.8f}" for key, part in truth.parts.items()},
    }
