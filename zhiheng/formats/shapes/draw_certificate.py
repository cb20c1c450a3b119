"""A draw certificate holds everything from which a stranger repeats a draw.

抽取凭证: announcement, secret, beacon, outcome. ``proof.draw`` makes it and ``verification.draw`` checks it;
here stand the fields and what must agree among them without any computation.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from dataclasses import fields as dataclass_fields
from typing import Any

from zhiheng.formats.shapes import fields

TYPE = "zhiheng/draw-certificate/1"
_HEX = re.compile(r"([0-9a-f]{2}){1,4096}")
_SECRET = re.compile(r"([0-9a-f]{2}){32,1024}")
ANNOUNCEMENT_KEYS = (
    "alg",
    "draw_id",
    "hash",
    "method",
    "obligation",
    "region",
    "period",
    "n",
    "reserves",
    "strata",
    "frame_hash",
    "frame_size",
    "commitment",
    "beacon",
    "pairing_hash",
)


@dataclass(frozen=True)
class StratumEntry:
    """One stratum: N_h units in the frame, n_h drawn, probability exactly (n_h, N_h)."""

    stratum: str
    population: int
    sample: int
    probability: tuple[int, int]

    def __post_init__(self) -> None:
        fields.text(self.stratum, "strata.stratum", most=64)
        fields.integer(self.population, "strata.population", 1)
        fields.integer(self.sample, "strata.sample")
        if self.sample > self.population:
            raise fields.refuse("strata.sample", f"{self.sample} of {self.population} cannot be drawn")
        if tuple(self.probability) != (self.sample, self.population):
            raise fields.refuse("strata.probability", "it is not [sample, population] of its stratum")


@dataclass(frozen=True)
class SelectedUnit:
    """One drawn unit: its stratum, its place in the order of tickets there, its two inspectors."""

    unit: str
    stratum: str
    order: int
    inspectors: tuple[str, str]

    def __post_init__(self) -> None:
        fields.text(self.unit, "selected.unit", most=64)
        fields.text(self.stratum, "selected.stratum", most=64)
        fields.integer(self.order, "selected.order", 1)
        if len(self.inspectors) != 2 or self.inspectors[0] == self.inspectors[1]:
            raise fields.refuse("selected.inspectors", "two different inspectors belong here")
        for key in self.inspectors:
            fields.text(key, "selected.inspectors", most=64)


@dataclass(frozen=True)
class ReserveUnit:
    """One reserve: the units next in order, used only with a logged reason."""

    unit: str
    stratum: str
    order: int

    def __post_init__(self) -> None:
        fields.text(self.unit, "reserves.unit", most=64)
        fields.text(self.stratum, "reserves.stratum", most=64)
        fields.integer(self.order, "reserves.order", 1)


@dataclass(frozen=True)
class InspectorEntry:
    """One inspector who could have been paired: code and office, never a name."""

    key: str
    office: str

    def __post_init__(self) -> None:
        fields.text(self.key, "pairing.inspectors.key", most=64)
        fields.text(self.office, "pairing.inspectors.office", most=120)


@dataclass(frozen=True)
class DrawCertificate:
    """One finished draw. ``pairing`` is {cap, inspectors, conflicts}; ``committed`` the hash of the entry
    that put the announcement into the ledger before the beacon existed; ``data`` says whether the units are
    invented (demonstration) or firms of a real register (operational)."""

    serial: str
    obligation: str
    region: str
    period: str
    announcement: dict[str, Any]
    announcement_hash: str
    commitment: str
    secret: str
    beacon: dict[str, str]
    seed: str
    frame: dict[str, Any]
    strata: tuple[StratumEntry, ...]
    selected: tuple[SelectedUnit, ...]
    reserves: tuple[ReserveUnit, ...]
    pairing: dict[str, Any]
    committed: str
    data: str

    def __post_init__(self) -> None:
        fields.text(self.serial, "serial", most=64)
        fields.text(self.obligation, "obligation", most=64)
        fields.region(self.region, "region")
        fields.period(self.period, "period")
        fields.one_of(self.data, "data", fields.DATA)
        for name in ("announcement_hash", "commitment", "seed", "committed"):
            fields.digest(getattr(self, name), name)
        fields.matching(self.secret, "secret", _SECRET, "a secret of at least 32 bytes in hexadecimal")
        fields.mapping(self.announcement, "announcement", ANNOUNCEMENT_KEYS)
        fields.mapping(self.beacon, "beacon", ("kind", "ref", "value"))
        fields.matching(self.beacon["value"], "beacon.value", _HEX, "a beacon in hexadecimal")
        fields.mapping(self.frame, "frame", ("sha256", "size"))
        fields.digest(self.frame["sha256"], "frame.sha256")
        fields.integer(self.frame["size"], "frame.size", 1)
        self._check_pairing()
        self._check_agreement()

    def _check_pairing(self) -> None:
        pairing = fields.mapping(self.pairing, "pairing", ("cap", "inspectors", "conflicts"))
        if pairing["cap"] is not None:
            fields.integer(pairing["cap"], "pairing.cap", 1)
        for entry in fields.items(pairing["inspectors"], "pairing.inspectors"):
            InspectorEntry(**fields.mapping(entry, "pairing.inspectors", ("key", "office")))
        for entry in fields.items(pairing["conflicts"], "pairing.conflicts"):
            conflict = fields.mapping(entry, "pairing.conflicts", ("unit", "inspector"))
            fields.text(conflict["unit"], "pairing.conflicts.unit", most=64)
            fields.text(conflict["inspector"], "pairing.conflicts.inspector", most=64)

    def _check_agreement(self) -> None:
        """Refuse fields that contradict the announcement or one another."""
        said = self.announcement
        beacon = {"kind": self.beacon["kind"], "ref": self.beacon["ref"]}
        strata = [
            {"stratum": row.stratum, "population": row.population, "sample": row.sample}
            for row in self.strata
        ]
        pairs = {
            "draw_id": self.serial,
            "obligation": self.obligation,
            "region": self.region,
            "period": self.period,
            "commitment": self.commitment,
            "frame_hash": self.frame["sha256"],
            "frame_size": self.frame["size"],
            "beacon": beacon,
            "strata": strata,
            "n": sum(row.sample for row in self.strata),
        }
        for name, stated in pairs.items():
            if said[name] != stated:
                raise fields.refuse(f"announcement.{name}", "it differs from what the certificate says")
        if sum(row.population for row in self.strata) != self.frame["size"]:
            raise fields.refuse("strata", "their populations do not add up to the size of the frame")
        if len(self.selected) != said["n"]:
            raise fields.refuse("selected", f"{len(self.selected)} units stand here, not {said['n']}")
        units = [row.unit for row in (*self.selected, *self.reserves)]
        if len(set(units)) != len(units):
            raise fields.refuse("selected", "a unit stands here twice")

    def to_dict(self) -> dict[str, Any]:
        """Return the certificate as plain JSON values."""
        plain = {field.name: getattr(self, field.name) for field in dataclass_fields(self)}
        return {
            "type": TYPE,
            **plain,
            "strata": [{**vars(row), "probability": list(row.probability)} for row in self.strata],
            "selected": [{**vars(row), "inspectors": list(row.inspectors)} for row in self.selected],
            "reserves": [dict(vars(row)) for row in self.reserves],
        }

    @classmethod
    def from_dict(cls, value: Any) -> DrawCertificate:
        """Build the certificate from plain JSON values, refusing unknown and missing fields by name."""
        names = [field.name for field in dataclass_fields(cls)]
        plain = dict(fields.mapping(value, "draw certificate", ["type", *names]))
        fields.one_of(plain.pop("type"), "type", (TYPE,))
        plain["strata"] = tuple(_rows(plain["strata"], StratumEntry, "strata", "probability"))
        plain["selected"] = tuple(_rows(plain["selected"], SelectedUnit, "selected", "inspectors"))
        plain["reserves"] = tuple(_rows(plain["reserves"], ReserveUnit, "reserves"))
        return cls(**plain)


def _rows(value: Any, kind: Any, name: str, pair: str = "") -> list[Any]:
    keys = [field.name for field in dataclass_fields(kind)]
    rows = []
    for entry in fields.items(value, name):
        plain = dict(fields.mapping(entry, name, keys))
        if pair:
            plain[pair] = tuple(fields.items(plain[pair], f"{name}.{pair}"))
        rows.append(kind(**plain))
    return rows
