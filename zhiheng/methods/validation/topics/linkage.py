"""Adapters of likeness of texts and of record linkage."""

from __future__ import annotations

from typing import Any

import numpy as np

from zhiheng.methods import linkage, strings
from zhiheng.methods.validation.cases import Inputs


def similarity(given: Inputs) -> dict[str, Any]:
    """Return how alike texts are by four measures."""
    a, b = (np.atleast_1d(given[name]).tolist() for name in ("a", "b"))
    return {
        "jaro": strings.jaro(a, b),
        "jaro_winkler": lambda: strings.jaro_winkler(a, b, weight=given.number("jw_p")),
        "levenshtein": strings.levenshtein(a, b),
        "osa": strings.alignment(a, b),
    }


def weights(given: Inputs) -> dict[str, Any]:
    """Return the weights of patterns and the chances of a match."""
    found = linkage.weights(given.matrix("patterns"), given.numbers("m"), given.numbers("u"))
    return {"weight_log2": found, "match_probability": linkage.probability(found, given.number("lambda"))}


def fitted(given: Inputs) -> dict[str, Any]:
    """Return the chances that fit the counts of patterns best, from the given start."""
    start = Inputs(given["start"])
    found = linkage.fit(
        given.matrix("patterns"),
        given.numbers("counts"),
        m=start.numbers("m"),
        u=start.numbers("u"),
        share=start.number("lambda"),
    )
    return {"m": found.m, "u": found.u, "lambda": found.share}


ADAPTERS = {
    "string_similarity": similarity,
    "fellegi_sunter_weights": weights,
    "fellegi_sunter_em": fitted,
}
