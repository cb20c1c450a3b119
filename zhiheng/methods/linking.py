"""Joins series across a change of definition, weights or base, with the error that the join adds.

A figure before and after a change of method is never set side by side unlinked. Sources: ILO and others
(2004), Consumer Price Index Manual, chapter 9; van den Brakel, Smith & Compton (2008), Survey Methodology 34.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from scipy import special

from zhiheng.errors import BadInput
from zhiheng.methods import arrays

VERSION = "1"
Scale = Literal["difference", "ratio", "logit"]


def chain(links: Any, *, base: float = 100.0) -> np.ndarray:
    """Return the chained index base, base L_1, base L_1 L_2, ... of period-on-period links L_t above zero.

    >>> chain([1.02, 0.99]).round(3).tolist()
    [100.0, 102.0, 100.98]
    """
    factor = arrays.vector(links, "links")
    base = arrays.number(base, "base")
    if np.any(factor <= 0) or not base > 0:
        raise BadInput(
            "A link or the base is not above zero.", "Give ratios of one period to the one before."
        )
    return base * np.concatenate([[1.0], np.cumprod(factor)])


def rebase(index: Any, at: int, *, base: float = 100.0) -> np.ndarray:
    """Return base I_t / I_at: the same movements with another period set to ``base``.

    >>> rebase([50, 100, 110], 1).tolist()
    [50.0, 100.0, 110.0]
    """
    x = arrays.vector(index, "index")
    base, at = arrays.number(base, "base"), arrays.whole(at, "place", least=-x.size, most=x.size - 1)
    if not base > 0 or np.any(x <= 0):
        raise BadInput("The index or the base is not above zero.", "Give an index of figures above zero.")
    return base * x / x[at]


def laspeyres_link(before: Any, after: Any, weights: Any) -> float:
    """Return sum w_i x_i1 / x_i0: the link of two periods with the value shares w of the earlier.

    >>> print(laspeyres_link([100, 50], [110, 50], [0.6, 0.4]))
    1.06
    """
    x0 = arrays.vector(before, "earlier figures")
    x1 = arrays.vector(after, "later figures", size=x0.size)
    if np.any(x0 <= 0) or np.any(x1 <= 0):
        raise BadInput("A figure is not above zero.", "Links are ratios of figures above zero.")
    return float(arrays.shares(weights, "weights", x0.size) @ (x1 / x0))


@dataclass(frozen=True)
class Linked:
    """One series on the new footing with its errors, and the step between the footings with its error."""

    values: np.ndarray
    errors: np.ndarray
    is_linked: np.ndarray
    step: float
    step_error: float
    method: str
    version: str = VERSION


def splice(old: Any, new: Any, overlap: int, *, errors: Any = None, scale: Scale = "ratio") -> Linked:
    """Return the old series lifted to the new footing by the ``overlap`` periods measured on both.

    On the scale g (identity, logarithm or logit; logit for rates within 0 to 1), step d = mean over the
    overlap of g(new) - g(old); linked old = g^-1(g(old) + d). The last ``overlap`` periods of ``old`` are the
    first of ``new``. ``errors`` is the pair of standard errors of old and new, all independent; error of d =
    sqrt(sum (e_old^2 + e_new^2)) / overlap on the scale g, and linked
    values carry it beside their own (delta method; the same d for all, so their changes do not).

    >>> found = splice([90, 92, 94], [96, 97], 1)
    >>> print(found.values.round(2).tolist(), round(found.step, 4))
    [91.91, 93.96, 96.0, 97.0] 0.0211
    """
    if not arrays.is_one_of(scale, Scale):
        raise BadInput(f"There is no scale {scale!r}.", "Give 'difference', 'ratio' or 'logit'.")
    a, b = arrays.vector(old, "old series"), arrays.vector(new, "new series")
    overlap = arrays.whole(overlap, "overlap", least=0)
    if not 1 <= overlap <= min(a.size, b.size):
        raise BadInput(
            f"The two series cannot share {overlap} periods.", "Measure one period on both footings."
        )
    given = (np.zeros(a.size), np.zeros(b.size)) if errors is None else errors
    if not isinstance(given, list | tuple) or len(given) != 2:
        raise BadInput("The errors are no pair.", "Give those of the old series, then those of the new.")
    ea = arrays.vector(given[0], "errors of the old series", size=a.size)
    eb = arrays.vector(given[1], "errors of the new series", size=b.size)
    if np.any(ea < 0) or np.any(eb < 0):
        raise BadInput("A standard error is negative.", "Give errors of zero or more.")
    (ga, da), (gb, db) = _to(a, scale), _to(b, scale)
    before = a.size - overlap
    step = float((gb[:overlap] - ga[before:]).mean())
    own = (ea * da) ** 2
    squares = own[before:].sum() + ((eb * db)[:overlap] ** 2).sum()
    step_error = float(np.sqrt(squares)) / overlap
    lifted = ga[:before] + step
    values = _back(lifted, scale)
    # _to gives dg/dx, so an error on the scale g is divided by it.
    slope = _to(values, scale)[1]
    return Linked(
        values=np.concatenate([values, b]),
        errors=np.concatenate([np.sqrt(own[:before] + step_error**2) / slope, eb]),
        is_linked=np.arange(before + b.size) < before,
        step=step,
        step_error=step_error,
        method=f"splice-{scale}",
    )


def _to(x: np.ndarray, scale: str) -> tuple[np.ndarray, np.ndarray]:
    """Return g(x) and its derivative."""
    if scale == "difference":
        return x, np.ones_like(x)
    if scale == "ratio":
        if np.any(x <= 0):
            raise BadInput("A value is not above zero.", "Link by 'difference'.")
        return np.log(x), 1 / x
    if np.any((x <= 0) | (x >= 1)):
        raise BadInput("A rate is not between 0 and 1.", "Link by 'difference', or give shares of 0 to 1.")
    return special.logit(x), 1 / (x * (1 - x))


def _back(g: np.ndarray, scale: str) -> np.ndarray:
    if scale == "difference":
        return g
    return np.exp(g) if scale == "ratio" else special.expit(g)
