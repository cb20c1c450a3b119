"""Joins neighbouring strata of a draw whose quota is below the least numbers of all of them.

A quota of 1 to 7 firms over four credit classes leaves no two firms for each class. Then classes that stand
beside each other in the order of their names become one stratum, and every unit of it has the same exact
probability n/N. The rule leaves no choice, so that a stranger joins again and must come to the same strata::

    "joined": {"rule": "zh-join-1", "reason": "quota-below-floors", "quota": 3, "minimum": 2,
               "least": {"A": 1, ...},                                  where the duty states shares
               "strata": [{"stratum": "A~B", "of": ["A", "B"]}, ...]}   those made of several classes

The announcement holds this table, so it is bound before anybody knows who is drawn.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

RULE, REASON = "zh-join-1", "quota-below-floors"
Groups = list[list[str]]


def join(
    sizes: Mapping[str, int], quota: int, minimum: int, least: Mapping[str, int] | None = None
) -> Groups:
    """Return the strata that a quota can serve, each as the list of the classes in it.

    As long as the least numbers together exceed the quota, two neighbours become one: first neighbours of the
    same risk class (the first letter of the name), then those with the fewest units together, then the first
    in order. ``sizes`` gives N_h of each class, ``least`` what the duty states of some; a stratum's least
    number is min(N, max(minimum, sum of these)).

    >>> join({"A": 40, "B": 20, "C": 6, "D": 2}, quota=6, minimum=2)
    [['A'], ['B'], ['C', 'D']]
    >>> join({"A-A": 5, "A-x": 9, "B-x": 1}, quota=3, minimum=2)
    [['A-A', 'A-x'], ['B-x']]
    """
    groups = [[name] for name in sorted(sizes)]
    while len(groups) > 1 and sum(floor(group, sizes, minimum, least) for group in groups) > quota:
        place = min(range(len(groups) - 1), key=lambda at: _distance(groups[at], groups[at + 1], sizes, at))
        groups[place : place + 2] = [groups[place] + groups[place + 1]]
    return groups


def floor(
    group: Iterable[str], sizes: Mapping[str, int], minimum: int, least: Mapping[str, int] | None = None
) -> int:
    """Return the least number of units that a stratum of these classes asks for.

    >>> floor(["C", "D"], {"C": 6, "D": 2}, 2), floor(["D"], {"D": 1}, 2)
    (2, 1)
    """
    held = list(group)
    stated = sum((least or {}).get(name, 0) for name in held)
    return min(sum(sizes[name] for name in held), max(minimum, stated))


def name(group: Sequence[str]) -> str:
    """Return the name of a stratum: that of its class, or its first and last class.

    >>> name(["B"]), name(["A", "B", "C"])
    ('B', 'A~C')
    """
    return group[0] if len(group) == 1 else f"{group[0]}~{group[-1]}"


def table(
    groups: Groups, quota: int, minimum: int, least: Mapping[str, int] | None = None
) -> dict[str, Any] | None:
    """Return what the announcement says of joined strata; nothing where none was joined."""
    made = [{"stratum": name(group), "of": group} for group in groups if len(group) > 1]
    if not made:
        return None
    said: dict[str, Any] = {"rule": RULE, "reason": REASON, "quota": quota, "minimum": minimum}
    return {**said, **({"least": dict(sorted(least.items()))} if least else {}), "strata": made}


def names(joined: Mapping[str, Any] | None) -> dict[str, str]:
    """Return the joined stratum of each class that is part of one.

    >>> names(table([["A", "B"], ["C"]], 3, 2))
    {'A': 'A~B', 'B': 'A~B'}
    """
    return {of: row["stratum"] for row in (joined or {}).get("strata", ()) for of in row["of"]}


def _distance(
    one: list[str], other: list[str], sizes: Mapping[str, int], place: int
) -> tuple[bool, int, int]:
    return one[-1][0] != other[0][0], sum(sizes[held] for held in one + other), place
