"""Adapters of signs of invented results."""

from __future__ import annotations

from typing import Any

from zhiheng.methods import digits, integrity
from zhiheng.methods.validation.cases import Inputs

# benford.analysis 0.1.5 divides its distortion factor by this; see ``digits.distortion``.
THEIR_SCALE = 39.0685


def first_digit(given: Inputs) -> dict[str, Any]:
    """Return the tests of first digits; the other program looks at positive values alone."""
    x = given.numbers("x")
    x = x[x > 0]
    found = digits.benford(x)
    return {
        "counts": found.counts,
        "chisq": found.chi_square,
        "chisq_p": found.p,
        "MAD": found.mean_absolute_deviation,
        "distortion": lambda: digits.distortion(x, scale=THEIR_SCALE),
        "mantissa_arc": found.mantissa_arc,
    }


def terminal_digit(given: Inputs) -> dict[str, Any]:
    """Return the test of the last recorded digit; another program tests however few values there are."""
    found = digits.last_digits(given.numbers("x"), given.whole("decimals"), least=1)
    return {"counts": found.counts, "chisq": found.chi_square, "p": found.p}


def duplicate_run(given: Inputs) -> dict[str, Any]:
    """Return the longest run that comes twice, its places counted from 1; unknown where none does."""
    found = integrity.repeated_run(given.numbers("x"))
    places = (found.first + 1, found.second + 1) if found.length else (None, None)
    return {"length": found.length, "first_1based": places[0], "second_1based": places[1]}


def by_lab(given: Inputs) -> dict[str, Any]:
    """Return the variances of laboratories and which are too small."""
    found = integrity.under_dispersion(given.numbers("x"), given.labels("lab"))
    return {"variance": found.variance, "f_lower_p": found.p, "bartlett": found.bartlett}


ADAPTERS = {
    "benford_first_digit": first_digit,
    "terminal_digit": terminal_digit,
    "duplicate_run": duplicate_run,
    "underdispersion_by_lab": by_lab,
}
