"""Adapters of likeness of texts and of record linkage."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from zhiheng.methods import linkage, strings
from zhiheng.methods.validation.cases import Inputs


def similarity(given: Inputs) -> dict[str, Any]:
    """Return how alike texts are by four measures; unknown where a side is."""
    a, b = (np.atleast_1d(np.asarray(given[name], dtype=object)).tolist() for name in ("a", "b"))
    if len(a) != len(b) and 1 in (len(a), len(b)):
        a, b = (a * len(b), b) if len(a) == 1 else (a, b * len(a))
    known = [place for place, pair in enumerate(zip(a, b, strict=False)) if None not in pair]
    if len(a) != len(b) or len(known) == len(a):
        known = slice(None)

    def alike(by: Callable[..., np.ndarray], **options: float) -> Callable[[], np.ndarray]:
        def found() -> np.ndarray:
            if isinstance(known, slice):
                return by(a, b, **options)
            values = np.full(len(a), np.nan)
            values[known] = by([a[k] for k in known], [b[k] for k in known], **options)
            return values

        return found

    return {
        "jaro": alike(strings.jaro),
        "jaro_winkler": alike(strings.jaro_winkler, weight=given.number("jw_p", 0.1)),
        "levenshtein": alike(strings.levenshtein),
        "osa": alike(strings.alignment),
    }


def weights(given: Inputs) -> dict[str, Any]:
    """Return the weights of patterns and the chances of a match."""
    found = linkage.weights(given.matrix("patterns"), _chance(given, "m", 0.9), _chance(given, "u", 0.1))
    return {
        "weight_log2": found,
        "match_probability": lambda: linkage.probability(found, given.number("lambda")),
    }


def fitted(given: Inputs) -> dict[str, Any]:
    """Return the chances that fit the counts of patterns best, from the given start."""
    start = Inputs(given["start"] if given.is_known("start") else {})
    found = linkage.fit(
        given.matrix("patterns"),
        given.numbers("counts") if given.is_known("counts") else None,
        m=_chance(start, "m", 0.9),
        u=_chance(start, "u", 0.1),
        share=start.number("lambda", 0.1),
    )
    return {"m": found.m, "u": found.u, "lambda": found.share}


def _chance(given: Inputs, name: str, default: float) -> Any:
    """Return the chance of each field, or the one for all."""
    if not given.is_known(name):
        return default
    found = given.numbers(name)
    return found if found.size > 1 else float(found.ravel()[0])


ADAPTERS = {
    "string_similarity": similarity,
    "fellegi_sunter_weights": weights,
    "fellegi_sunter_em": fitted,
}
