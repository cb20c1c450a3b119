"""Size and share of quality-competitive industry: outputs of the divisions that count by a dated rule."""

from __future__ import annotations

from zhiheng.formats.shapes import formula as shape
from zhiheng.reference.quality_index import OUTPUT, Classification

SIZE, SHARE = SERIES = ("quality_competitive_output", "quality_competitive_share")
UNITS = {SIZE: "亿元", SHARE: "%"}


def formula(rule: Classification, series: str, *, version: str) -> shape.Formula:
    """Return the formula of the size, or of the share, by a rule: sums of outputs of single divisions.

    A division without a number makes both missing: nothing is counted as zero. The share is of the printed
    output of all manufacturing.
    """
    parts = tuple(shape.Series(OUTPUT, (("division", code),), voice="others") for code in rule.divisions)
    size = shape.Sum(parts) if len(parts) > 1 else parts[0]
    root: shape.Node = size
    if series == SHARE:
        root = shape.Ratio((size, shape.Series(OUTPUT, voice="others")), "%")
    return shape.Formula(series, version, UNITS[series], "administrative", "evaluation", root)
