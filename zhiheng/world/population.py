"""A synthetic country of firms whose every verdict is known, streamed from a seed.

A firm is a number. Its attributes, its verdict in a quarter and its answer to a visit follow from the seed
and that number alone, so a population of a thousand firms is the head of one of ten million.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from functools import cached_property

import numpy as np

from zhiheng.errors import BadInput
from zhiheng.formats import identifiers
from zhiheng.reference import industries, regions
from zhiheng.world import assumptions, country, names, outcomes, streams
from zhiheng.world.assumptions import CHANNELS, CLASSES, SIZES
from zhiheng.world.streams import BLOCK

VERSION = "1"
_DTYPES = {
    "serial": np.int32,
    "region": np.int32,
    "division": np.int8,
    "size": np.int8,
    "credit_class": np.int8,
    "channel": np.int8,
    "output_value": np.float32,
    "relative_risk": np.float32,
}


@dataclass(frozen=True)
class Columns:
    """Firms as columns; codes are positions in ``SIZES``, ``CLASSES`` and ``CHANNELS``.

    ``region`` is the six-digit county code as a number, ``division`` that of GB/T 4754, ``output_value`` is
    in 10 000 yuan a year, ``relative_risk`` the chance of failing relative to the country's level.
    """

    serial: np.ndarray
    region: np.ndarray
    division: np.ndarray
    size: np.ndarray
    credit_class: np.ndarray
    channel: np.ndarray
    output_value: np.ndarray
    relative_risk: np.ndarray

    def __len__(self) -> int:
        return self.serial.size

    def take(self, chosen: slice | np.ndarray) -> Columns:
        """Return some of the firms.

        >>> len(Population(seed=1, firms=10).columns.take(slice(2, 5)))
        3
        """
        return Columns(*(getattr(self, f.name)[chosen] for f in fields(self)))

    @staticmethod
    def join(parts: list[Columns]) -> Columns:
        """Return the firms of several columns one after the other."""
        return Columns(*(np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(Columns)))


@dataclass(frozen=True)
class Truth:
    """The true pass rate of a finite population: a share of firm-quarters, and the same weighted by output.

    ``output_weighted`` is sum_d V_d P_d / sum_d V_d with V_d the output and P_d the share of passing
    firm-quarters of division d; ``parts`` holds the same for each value of what was asked for.
    """

    period: str
    firms: int
    output_value: float
    unit_weighted: float
    output_weighted: float
    parts: dict[str, Truth] = field(default_factory=dict)


@dataclass(frozen=True)
class Population:
    """Firms of one region (or several), with known truth; equal seeds give equal countries.

    >>> country = Population(seed=20230206, firms=2000, regions="330000")
    >>> country.columns.region.min() // 10_000, len(country.columns)
    (np.int32(33), 2000)
    """

    seed: int
    firms: int
    regions: str | tuple[str, ...] = regions.NATION
    divisions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not 1 <= self.firms < 10**8:
            raise BadInput(f"{self.firms} firms cannot be made.", "Ask for 1 to 99 999 999 firms.")
        asked = (self.regions,) if isinstance(self.regions, str) else tuple(self.regions)
        object.__setattr__(self, "regions", tuple(regions.get(code).code for code in asked))
        known = tuple(industries.get(code).code for code in self.divisions)
        object.__setattr__(self, "divisions", known or tuple(d.code for d in industries.covered()))
        streams.generator(self.seed, streams.COUNTRY)
        if not self._country.region.size:
            raise BadInput(
                f"No firm reports from {', '.join(asked)}.", "Ask for one of the 31 reporting provinces."
            )

    @property
    def blocks(self) -> int:
        """Return how many blocks of 65 536 firms there are."""
        return -(-self.firms // BLOCK)

    @cached_property
    def columns(self) -> Columns:
        """Return all firms at once: 20 bytes each, so ask for ``batches`` beyond a few million."""
        return Columns.join([self.block(number) for number in range(self.blocks)])

    def batches(self, size: int = BLOCK) -> Iterator[Columns]:
        """Yield all firms in order, ``size`` at a time; the firms are the same whatever the size."""
        if size < 1:
            raise BadInput(f"Batches of {size} firms cannot be.", "Give a size of 1 or more.")
        for start in range(0, self.firms, size):
            yield self.between(start, min(start + size, self.firms))

    def between(self, start: int, stop: int) -> Columns:
        """Return the firms with numbers from ``start`` up to, not including, ``stop``."""
        if not 0 <= start < stop <= self.firms:
            raise BadInput(f"There are no firms {start} to {stop}.", f"Numbers run from 0 to {self.firms}.")
        parts = []
        for number in range(start // BLOCK, -(-stop // BLOCK)):
            first = number * BLOCK
            parts.append(self.block(number).take(slice(max(start - first, 0), stop - first)))
        return parts[0] if len(parts) == 1 else Columns.join(parts)

    def block(self, number: int) -> Columns:
        """Return the firms of one block; the last block may be short. The two latest are kept."""
        kept = self._recent.get(number)
        if kept is None:
            kept = self._recent[number] = self._made(number)
            while len(self._recent) > 2:
                self._recent.pop(next(iter(self._recent)))
        return kept

    def _made(self, number: int) -> Columns:
        made = self._country
        random = streams.generator(self.seed, streams.FIRMS, number)
        uniform = random.random((5, BLOCK), dtype=np.float32)
        noise = random.standard_normal(BLOCK, dtype=np.float32)
        region = streams.pick(uniform[0], made.region_share)
        division = streams.pick(uniform[1], made.division_share)
        size = streams.pick(uniform[2], made.size_share)
        credit = streams.pick(uniform[3], made.class_share)
        channel = streams.pick(uniform[4], made.channel_share)
        output = np.exp(made.log_output[size] + made.log_division_output[division] + noise * made.spread)
        risk = made.region_risk[region] * made.division_risk[division] * made.size_risk[size]
        risk *= made.class_risk[credit] * made.channel_risk[channel]
        found = (
            np.arange(number * BLOCK, (number + 1) * BLOCK),
            made.region[region],
            made.division[division],
            size,
            credit,
            channel,
            np.round(output),
            risk,
        )
        keep = min(BLOCK, self.firms - number * BLOCK)
        columns = [a[:keep].astype(t) for a, t in zip(found, _DTYPES.values(), strict=True)]
        for column in columns:
            column.setflags(write=False)  # blocks are kept and handed out again
        return Columns(*columns)

    def failure_probability(self, firms: Columns, period: str) -> np.ndarray:
        """Return the chance of each firm to fail in a quarter."""
        (quarter,) = self._quarters(period, one=True)
        return np.minimum(firms.relative_risk * self._level(quarter), assumptions.HIGHEST_FAILURE)

    def passes(self, number: int, quarter: int) -> np.ndarray:
        """Return the true verdicts of the firms of one block in a quarter (2023Q1 = 0)."""
        return self._passes(self.block(number), number, quarter)

    def _passes(self, firms: Columns, number: int, quarter: int) -> np.ndarray:
        random = streams.generator(self.seed, streams.VERDICTS, number, quarter)
        uniform = random.random(BLOCK, dtype=np.float32)
        risk = np.minimum(firms.relative_risk * self._level(quarter), assumptions.HIGHEST_FAILURE)
        return uniform[: len(firms)] >= risk

    def truth(self, period: str, by: str | None = None) -> Truth:
        """Return the true pass rates of a quarter or a year, for all firms and by ``by``.

        ``by`` is region (county), province, division, size, credit_class or channel. The truth is that of
        this finite population: what a census without error would find.
        """
        quarters = self._quarters(period)
        tables: dict[str, np.ndarray] = {}
        width = len(self.divisions)
        position = np.zeros(100, dtype=np.int64)
        position[[int(code) for code in self.divisions]] = np.arange(width)
        for number in range(self.blocks):
            firms = self.block(number)
            passed = sum(self._passes(firms, number, quarter).astype(np.float64) for quarter in quarters)
            keys, home = np.unique(_keys(firms, by), return_inverse=True)
            cell = home * width + position[firms.division]
            columns = (np.ones(len(firms)), passed / len(quarters), firms.output_value.astype(np.float64))
            sums = [np.bincount(cell, c, keys.size * width).reshape(-1, width) for c in columns]
            for row, key in enumerate(keys):
                tables[key] = tables.get(key, 0.0) + np.stack([s[row] for s in sums])
        whole = sum(tables.values())
        parts = {} if by is None else {str(key): _truth(period, tables[key]) for key in sorted(tables)}
        return _truth(period, whole, parts)

    def outcomes(self, indices: np.ndarray, period: str) -> outcomes.Outcomes:
        """Return what visits to these firms meet in a quarter: see ``outcomes.Outcomes``."""
        return outcomes.of(self, self._checked(indices), *self._quarters(period, one=True))

    def firms_at(self, indices: np.ndarray) -> Columns:
        """Return chosen firms in the order asked for."""
        indices = self._checked(indices)
        parts, places = [], []
        for number in np.unique(indices // BLOCK):
            here = np.flatnonzero(indices // BLOCK == number)
            parts.append(self.block(int(number)).take(indices[here] - number * BLOCK))
            places.append(here)
        back = np.empty(indices.size, dtype=np.int64)
        back[np.concatenate(places)] = np.arange(indices.size)
        return Columns.join(parts).take(back)

    def codes(self, firms: Columns) -> np.ndarray:
        """Return the invented unified social credit codes of firms, with right check characters."""
        return identifiers.demo_uscc_array(firms.serial, firms.region)

    def names(self, firms: Columns) -> np.ndarray:
        """Return invented names of firms, each marked as a demonstration."""
        return names.firms(self.seed, firms.serial, firms.region, firms.division)

    def _checked(self, indices: np.ndarray) -> np.ndarray:
        indices = np.asarray(indices, dtype=np.int64)
        if indices.ndim != 1 or not indices.size or indices.min() < 0 or indices.max() >= self.firms:
            raise BadInput("Some firms are not in this population.", f"It has numbers below {self.firms}.")
        return indices

    def _quarters(self, period: str, *, one: bool = False) -> tuple[int, ...]:
        found = assumptions.quarters(period)
        if one and len(found) != 1:
            raise BadInput(f"{period} is a year.", "Name one quarter, such as 2024Q3.")
        return found

    @cached_property
    def _country(self) -> country.Country:
        return country.make(self.seed, self.regions, self.divisions)

    @cached_property
    def _recent(self) -> dict[int, Columns]:
        return {}

    @cached_property
    def _levels(self) -> dict[int, float]:
        return {}

    def _level(self, quarter: int) -> float:
        if quarter not in self._levels:
            self._levels[quarter] = self._country.level(1 - assumptions.pass_level(quarter))
        return self._levels[quarter]


def _keys(firms: Columns, by: str | None) -> np.ndarray:
    words = {"size": SIZES, "credit_class": CLASSES, "channel": CHANNELS}
    if by is None:
        return np.zeros(len(firms), dtype=np.int8)
    if by in words:
        return np.array(words[by])[getattr(firms, by)]
    if by == "province":
        return firms.region // 10_000 * 10_000
    if by in ("region", "division"):
        return getattr(firms, by)
    raise BadInput(f"There is no truth by {by!r}.", "Ask by region, province, division, size, ...")


def _truth(period: str, table: np.ndarray, parts: dict[str, Truth] | None = None) -> Truth:
    units, passed, output = table
    held = units > 0
    weighted = float((output[held] * passed[held] / units[held]).sum() / output.sum())
    share = float(passed.sum() / units.sum())
    return Truth(period, int(units.sum()), float(output.sum()), share, weighted, parts or {})
