"""The rules of a draw: how many units of each stratum, with which exact probability, by how many inspectors.

Everything here is pure: no Django, no clock, no randomness. Probabilities are exact fractions.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from zhiheng.formats import periods
from zhiheng.procedure import machine
from zhiheng.procedure.due import due
from zhiheng.proof import shares, weighting

from ..refusals import refuse

METHOD, BY_WEIGHT = "srs-within-strata", weighting.METHOD
PROCEDURE = machine.load("draw")
FRAME_FROZEN = "frame_frozen"
COMMITTED, REVEALED, CLOSED, ABORTED = "committed", "revealed", "closed", "aborted"
OPEN = (REVEALED, CLOSED)  # the units are drawn; the list is public only once the draw is closed

RESERVES = 3  # a stratum's spare units, in ticket order, used only for a logged reason
REVEAL, CLOSE = "draw.reveal", "draw.close"  # limits; a draw that lets one pass is shown as overdue
SECRET_BYTES = 32
BEACON_BYTES = 12  # 96 bits: below, the owner of the secret could try every outcome

# In words: four published draws of the welfare lottery, more than 96 bits; which four is fixed beforehand.
DEFAULT_BEACON_KIND = "text"
DEFAULT_BEACON_REFERENCE = "{day}之后最先公布的4期"

_KEY = re.compile(r"[0-9a-fA-F]{64}")
_DAY = re.compile(r"(?<![0-9])[0-9]{4}-[0-9]{2}-[0-9]{2}(?![0-9])")

# What enforces each condition that the table of the procedure names; the house tests that none is decoration.
GUARDS = {
    "reason_given": "zhiheng.stages.draw.rules.check_reason",
    "frame_hash_holds": "zhiheng.stages.draw.frames.data",
    "every_stratum_has_a_floor": "zhiheng.stages.draw.rules.allocation",
    "beacon_unknown_yet": "zhiheng.stages.draw.rules.beacons.announced",
    "beacon_of_the_announced_order": "zhiheng.stages.draw.rules.beacons.used",
    "two_shares": "zhiheng.stages.draw.custody.recovered",
    "day_of_reveal_passed": "zhiheng.stages.draw.rules.check_overdue",
    "every_visit_has_an_outcome": "zhiheng.stages.inspection.actions.close_draw",
}


@dataclass(frozen=True)
class Share:
    """One row of the allocation: N units of which n are drawn."""

    stratum: str
    population: int
    sample: int

    def __post_init__(self) -> None:
        probability(self.sample, self.population)

    @property
    def probability(self) -> Fraction:
        """The inclusion probability of every unit of the stratum."""
        return Fraction(self.sample, self.population)


def probability(sample: int, population: int) -> Fraction:
    """Return n/N exactly; zero, and more than one, are no probabilities of a draw.

    >>> probability(6, 120)
    Fraction(1, 20)
    """
    if not 1 <= sample <= population:
        raise refuse("no-probability", sample=sample, population=population)
    return Fraction(sample, population)


def allocation(
    strata: Mapping[str, int], fractions: Mapping[str, Sequence[int]], minimum: int
) -> tuple[Share, ...]:
    """Return how many units of each non-empty stratum are drawn.

    n_h = min(N_h, max(minimum, ceil(f_h N_h))), in whole numbers throughout. Rounding goes up, so that the
    realised fraction is never below the stated one, and every non-empty stratum has a floor above zero:
    without it the figure could say nothing about that class. Empty strata are left out.

    >>> shares = allocation({"A": 1001, "D": 4}, {"A": [1, 50], "D": [1, 2]}, minimum=5)
    >>> [(share.stratum, share.sample, share.population) for share in shares]
    [('A', 21, 1001), ('D', 4, 4)]
    """
    if minimum < 1:
        raise refuse("no-floor", minimum=minimum)
    shares = []
    for stratum in sorted(strata):
        population = strata[stratum]
        if population > 0:
            fraction = _fraction(stratum, fractions)
            stated = -(-population * fraction.numerator // fraction.denominator)
            shares.append(Share(stratum, population, min(population, max(minimum, stated))))
    if not shares:
        raise refuse("frame-empty")
    return tuple(shares)


def _fraction(stratum: str, fractions: Mapping[str, Sequence[int]]) -> Fraction:
    if stratum not in fractions:
        raise refuse("stratum-without-fraction", stratum=stratum)
    pair = fractions[stratum]
    if len(pair) != 2 or any(type(part) is not int for part in pair) or not 0 < pair[0] <= pair[1]:
        raise refuse("no-fraction", given=list(pair), stratum=stratum)
    return Fraction(*pair)


def reserves(n: int, *, by_weight: bool) -> int:
    """Return how many spare units a stratum has; in a draw by weight one stratum serves for all classes.

    >>> reserves(10, by_weight=False), reserves(200, by_weight=True)
    (3, 20)
    """
    return max(RESERVES, -(-n // 10)) if by_weight else RESERVES


def serial(region: str, period: str, number: int) -> str:
    """Return the serial number of an office's draw; numbers of a region and period leave no gap.

    >>> serial("330000", "2024Q1", 1)
    '330000-2024Q1-001'
    """
    if not periods.known(period) or number < 1:
        raise refuse("bad-period", period=period)
    return f"{region}-{period}-{number:03d}"


def period_of(name: str) -> str:
    """Return the period that a serial number names.

    >>> period_of("330000-2024Q1-001"), period_of("330106-20260301-20260531-012")
    ('2024Q1', '20260301-20260531')
    """
    return name.partition("-")[2].rpartition("-")[0]


def load_cap(units: int, inspectors: int, fewest: int | None = None) -> int:
    """Return the most units that one inspector takes: twice the even share, or what the scarcest units need.

    With twice the even share, more than one inspector always has room until the last unit is paired. Where
    conflicts and fields leave only ``fewest`` inspectors for some unit, these must have room even when all
    other units fell to them: (2 units - 1) / (fewest - 1), rounded up.

    >>> load_cap(units=30, inspectors=8), load_cap(units=30, inspectors=8, fewest=3)
    (16, 30)
    """
    even = 2 * -(-2 * units // inspectors) if inspectors else 0
    if fewest is None or fewest >= inspectors or fewest < 2:
        return even
    return max(even, -(-(2 * units - 1) // (fewest - 1)))


def check_inspectors(
    units: int, inspectors: Collection[str], conflicts: Mapping[str, Collection[str]]
) -> None:
    """Refuse a draw whose units could not each be visited by two inspectors without a conflict of interest.

    ``conflicts`` maps a unit of the frame to the inspectors who must not visit it.
    """
    if len(inspectors) < 2:
        raise refuse("few-inspectors", units=units, present=len(inspectors), missing=2 - len(inspectors))
    free = set(inspectors)
    worst, lacking = "", 0
    for unit, names in sorted(conflicts.items()):
        short = 2 - len(free.difference(names))
        if short > lacking:
            worst, lacking = unit, short
    if lacking:
        raise refuse("conflicts-leave-few", unit=worst, missing=lacking)


def reveal_by(committed_on: date) -> date:
    """Return the day by which the secret must be public."""
    return due(REVEAL, committed_on).due_on


def close_by(revealed_on: date) -> date:
    """Return the day by which a draw must be closed and its list public.

    >>> close_by(date(2026, 3, 5))
    datetime.date(2026, 7, 3)
    """
    return due(CLOSE, revealed_on).due_on


def overdue(state: str, reveal_on: date, close_on: date | None, today: date) -> str:
    """Return the limit that an open draw has let pass, or nothing.

    >>> overdue(COMMITTED, date(2026, 3, 19), None, date(2026, 3, 20))
    'draw.reveal'
    """
    if state == COMMITTED and today > reveal_on:
        return REVEAL
    return CLOSE if state == REVEALED and close_on is not None and today > close_on else ""


def check_beacon(beacon: bytes) -> bytes:
    """Return the beacon when it is long enough to stop the owner of the secret from choosing."""
    if len(beacon) < BEACON_BYTES:
        raise refuse("short-beacon", length=len(beacon), least=BEACON_BYTES)
    return beacon


def check_announced_beacon(reference: str, today: date) -> None:
    """Refuse to announce a public random text of a day that is past: it may be known already.

    Only a reference that names its day, as in 2025-03-05, can be checked beforehand.

    >>> check_announced_beacon("the 4 draws after 2025-03-05", date(2025, 3, 5))
    """
    for day in _days(reference):
        if day < today:
            raise refuse("beacon-past", day=day.isoformat(), field="beacon_reference")


def beacon_day(reference: str) -> date | None:
    """Return the first day that an announced random text names; nothing where it names none.

    >>> beacon_day("drand round of 2025-03-07, else that of 2025-03-08")
    datetime.date(2025, 3, 7)
    """
    return min(_days(reference), default=None)


def check_beacon_exists(reference: str, today: date) -> None:
    """Refuse a public random text before the day that its announcement names."""
    for day in _days(reference):
        if today < day:
            raise refuse("beacon-to-come", day=day.isoformat(), field="beacon")


def _days(reference: str) -> list[date]:
    found = []
    for text in _DAY.findall(reference):
        try:
            found.append(date.fromisoformat(text))
        except ValueError:
            continue
    return found


def check_overdue(name: str, state: str, reveal_by: date, today: date) -> None:
    """Refuse shares before the day of the reveal has passed: until then it is for the office to open."""
    if state != COMMITTED:
        raise refuse("share-not-now", draw=name)
    if today <= reveal_by:
        raise refuse("share-too-early", day=reveal_by.isoformat())


def check_custodian(office: str, body: str, public_key: str) -> None:
    """Refuse a custodian of no known office, without a name, or with what is no public key."""
    if office not in shares.OFFICES:
        raise refuse("no-such-office", office=office, field="office")
    if not body.strip():
        raise refuse("custodian-without-name", field="body")
    if public_key.strip() and not _KEY.fullmatch(public_key.strip()):
        raise refuse("bad-public-key", field="public_key")


def check_reason(reason: str) -> str:
    """Return the reason of an abort; without one nobody could judge it."""
    if not reason.strip():
        raise refuse("abort-without-reason", field="reason")
    return reason.strip()


def check_turn(strata: Iterable[tuple[str, int, int]], shift: Sequence[int]) -> None:
    """Refuse a panel that would leap over firms: it turns by no more than the share drawn in any stratum.

    ``strata`` are (name, sample, population), ``shift`` is a/b. With n/N < a/b the numbers between the end of
    one turn and the start of the next are never met, while those of the first turn come up again.
    """
    top, bottom = shift
    for stratum, sample, population in strata:
        if sample * bottom < top * population:
            share = f"{sample}/{population}"
            raise refuse("panel-leaps", field="shift", stratum=stratum, share=share, given=f"{top}/{bottom}")


def check_next(earlier: Sequence[tuple[str, str]], same: Sequence[tuple[str, str]] | None = None) -> int:
    """Return the number of the next draw of a region and period, given (serial, state) of the earlier ones.

    A second draw on the same thing (purpose, item of the catalogue and channel, ``same``) is refused unless
    every earlier one was aborted with its reason, under whatever duty it was made: otherwise one could draw
    again on another ground until a friend is left out. Draws on other things stand beside it.
    """
    for name, state in earlier if same is None else same:
        if state != ABORTED:
            raise refuse("second-draw", draw=name)
    return len(earlier) + 1
