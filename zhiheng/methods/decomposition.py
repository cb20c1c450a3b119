"""Why a rate changed: because its parts changed, or because the mix of parts did (Kitagawa 1955).

A national pass rate can rise while every division stands still, only because output moved to better
divisions; a change should never be published without saying which.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from zhiheng.errors import BadInput
from zhiheng.methods import arrays

VERSION = "1"


@dataclass(frozen=True)
class Effect:
    """A part of a change, with its standard error and what each group brings to it."""

    estimate: float
    standard_error: float
    by_group: np.ndarray


@dataclass(frozen=True)
class Change:
    """The change of a rate and its two parts: ``rate`` + ``mix`` = ``total``."""

    total: Effect
    rate: Effect
    mix: Effect
    method: str = "kitagawa"
    version: str = VERSION


def change(before: Groups, after: Groups) -> Change:
    """Return the change of R = sum s_g r_g and its parts by rates and by mix.

    Rate effect sum (s0 + s1)/2 (r1 - r0), mix effect sum (s1 - s0) (r0 + r1)/2; they add up to the change
    exactly (Kitagawa 1955), and are the means over both orders of change (Das Gupta 1993). Errors by the
    delta method, the two times taken as independent samples, and the rates of groups as independent of each
    other and of the shares.

    >>> before = Groups([0.6, 0.4], [0.95, 0.90], [0.01, 0.02])
    >>> found = change(before, Groups([0.5, 0.5], [0.96, 0.92], [0.01, 0.02]))
    >>> print(round(found.total.estimate, 4), round(found.rate.estimate, 4), round(found.mix.estimate, 4))
    0.01 0.0145 -0.0045
    >>> print(round(found.rate.standard_error, 4))
    0.0149
    """
    for groups in (before, after):
        arrays.instance(groups, Groups, "time")
    if before.share.shape != after.share.shape:
        raise BadInput("The two times have different groups.", "Give the same groups in the same order.")
    s0, s1, r0, r1 = before.share, after.share, before.rate, after.rate
    rate = _effect(
        (s0 + s1) / 2 * (r1 - r0),
        before,
        after,
        (-(s0 + s1) / 2, (s0 + s1) / 2),
        ((r1 - r0) / 2, (r1 - r0) / 2),
    )
    mix = _effect(
        (s1 - s0) * (r0 + r1) / 2,
        before,
        after,
        ((s1 - s0) / 2, (s1 - s0) / 2),
        (-(r0 + r1) / 2, (r0 + r1) / 2),
    )
    total = _effect(s1 * r1 - s0 * r0, before, after, (-s0, s1), (-r0, r1))
    return Change(total, rate, mix)


@dataclass(frozen=True)
class Groups:
    """Shares s_g that add up to 1, rates r_g (0 to 1) and their standard errors at one time.

    ``share_covariance`` is that of the shares where they are estimated; shares from a register have none.
    """

    share: Any
    rate: Any
    error: Any
    share_covariance: Any = None

    def __post_init__(self) -> None:
        given = {"shares": self.share, "rates": self.rate, "errors": self.error}
        share, rate, error = (arrays.numbers(part, name) for name, part in given.items())
        if share.ndim != 1 or not share.size or not share.shape == rate.shape == error.shape:
            raise BadInput("The groups do not fit.", "Give a share, a rate and an error for each group.")
        if not np.all(share >= 0) or abs(share.sum() - 1) > 1e-6:
            raise BadInput(f"The shares add up to {share.sum():.6g}.", "They are parts of one whole.")
        if not np.all((rate >= 0) & (rate <= 1)):
            raise BadInput("A rate lies outside 0 to 1.", "Give shares of passes; join groups without one.")
        if not np.all(np.isfinite(error) & (error >= 0)):
            raise BadInput("A standard error is negative or unknown.", "Give errors of zero or more.")
        covariance = np.zeros((share.size, share.size))
        if self.share_covariance is not None:
            covariance = arrays.table(self.share_covariance, "covariance of the shares")
        if covariance.shape != (share.size, share.size) or not np.allclose(covariance, covariance.T):
            raise BadInput("The covariance of the shares is no symmetric square.", "One row a group.")
        if np.linalg.eigvalsh(covariance)[0] < -1e-9 * max(np.abs(covariance).max(), 1e-300):
            raise BadInput(
                "The covariance of the shares is none.", "No sum of shares varies less than nothing."
            )
        for name, value in (
            ("share", share),
            ("rate", rate),
            ("error", error),
            ("share_covariance", covariance),
        ):
            object.__setattr__(self, name, arrays.frozen(value))


def _effect(
    parts: np.ndarray,
    before: Groups,
    after: Groups,
    by_rate: tuple[np.ndarray, np.ndarray],
    by_share: tuple[np.ndarray, np.ndarray],
) -> Effect:
    variance = 0.0
    for groups, rate, share in zip((before, after), by_rate, by_share, strict=True):
        variance += float(((rate * groups.error) ** 2).sum() + share @ groups.share_covariance @ share)
    return Effect(float(parts.sum()), float(np.sqrt(max(variance, 0.0))), parts)
