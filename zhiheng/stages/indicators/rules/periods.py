"""Which draws a figure of a period rests on, and periods in their order.

The rule: a figure of a period rests on the draws of that very period. Where there is none, it rests on draws
of one shorter kind that fill the period without a gap: a year on its half-years, else its quarters, else its
months. So a year's draw never counts in a quarter, nor a quarter's in a month, and kinds are not mixed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from zhiheng.formats import periods

from ..refusals import refuse


def check_period(period: str) -> str:
    """Return the period when it is one; refuse anything else."""
    if not periods.known(period):
        raise refuse("no-period", period=period)
    return period


def is_year(period: str) -> bool:
    """Tell a year from a shorter period."""
    return periods.parse(check_period(period)).kind == periods.YEAR


def candidates(period: str) -> tuple[str, ...]:
    """Return the periods whose draws could feed a figure: itself, and what fills it.

    >>> candidates("2025H1")
    ('2025H1', '2025Q1', '2025Q2', '2025-01', '2025-02', '2025-03', '2025-04', '2025-05', '2025-06')
    """
    return tuple(text for way in _ways(period) for text in way)


def made_of(period: str, held: Collection[str]) -> tuple[str, ...]:
    """Return the periods whose draws feed a figure, given those that have draws.

    Where no kind fills the period, it is the longest kind of which some are there, so that it can be said
    which are lacking; without any, the quarters of a year, else the period itself.

    >>> made_of("2025", {"2025Q1", "2025Q2", "2025Q3", "2025Q4"})
    ('2025Q1', '2025Q2', '2025Q3', '2025Q4')
    >>> made_of("2025", {"2025", "2025Q1", "2025Q2", "2025Q3", "2025Q4"}), made_of("2025Q1", {"2025"})
    (('2025',), ('2025Q1',))
    """
    ways = _ways(period)
    for way in ways:
        if all(text in held for text in way):
            return way
    begun = [way for way in ways if any(text in held for text in way)]
    quarters = [way for way in ways if is_year(period) and len(way) == 4]
    return (begun or quarters or ways)[0]


def _ways(period: str) -> list[tuple[str, ...]]:
    whole = periods.parse(check_period(period))
    kinds = (whole.kind, *(kind for kind in periods.KINDS if kind != whole.kind))
    return [tuple(part.text for part in parts) for kind in kinds if (parts := whole.parts(kind))]


def previous(period: str) -> str:
    """Return the period of the same kind just before; nothing before a campaign, which stands alone.

    >>> previous("2025Q1"), previous("2025"), previous("20260301-20260531")
    ('2024Q4', '2024', '')
    """
    found = periods.parse(check_period(period))
    return "" if found.kind == periods.CAMPAIGN else found.step(-1).text


def in_order(texts: Iterable[str]) -> list[str]:
    """Return periods oldest first, a longer one after those in it, without repeats."""
    return periods.in_order(check_period(text) for text in texts)
