"""A draw certificate holds everything from which a stranger repeats a draw.

抽取凭证: announcement, secret, beacon, outcome. ``proof.draw`` makes it and ``verification.draw`` checks it;
here stand the fields and what must agree among them without any computation.
"""

from __future__ import annotations

import re
from dataclasses import MISSING, dataclass
from dataclasses import fields as dataclass_fields
from typing import Any

from zhiheng.formats.shapes import draw_announcement, fields

TYPE = "zhiheng/draw-certificate/1"
_HEX = re.compile(r"([0-9a-f]{2}){1,4096}")
_SECRET = re.compile(r"([0-9a-f]{2}){32,1024}")
REASON = re.compile(r"[a-z][a-z-]{1,31}")


@dataclass(frozen=True)
class StratumEntry:
    """One stratum: N_h units of the frame that could be drawn, n_h drawn, probability exactly (n_h, N_h)."""

    stratum: str
    population: int
    sample: int
    probability: tuple[int, int] | None

    def __post_init__(self) -> None:
        fields.text(self.stratum, "strata.stratum", most=64)
        fields.integer(self.population, "strata.population", 1)
        fields.integer(self.sample, "strata.sample")
        if self.sample > self.population:
            raise fields.refuse("strata.sample", f"{self.sample} of {self.population} cannot be drawn")
        if self.probability is not None and tuple(self.probability) != (self.sample, self.population):
            raise fields.refuse("strata.probability", "it is not [sample, population] of its stratum")


@dataclass(frozen=True)
class SelectedUnit:
    """One drawn unit: its stratum, its place in the order of tickets there, its two inspectors."""

    unit: str
    stratum: str
    order: int
    inspectors: tuple[str, str]
    probability: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        fields.text(self.unit, "selected.unit", most=64)
        fields.text(self.stratum, "selected.stratum", most=64)
        fields.integer(self.order, "selected.order", 1)
        if len(self.inspectors) != 2 or self.inspectors[0] == self.inspectors[1]:
            raise fields.refuse("selected.inspectors", "two different inspectors belong here")
        for key in self.inspectors:
            fields.text(key, "selected.inspectors", most=64)
        if self.probability is not None:
            fields.ratio(list(self.probability), "selected.probability", most_one=True)

    def to_dict(self) -> dict[str, Any]:
        """Return the unit as plain JSON values; its own probability where it has one."""
        plain = {**vars(self), "inspectors": list(self.inspectors)}
        share = plain.pop("probability")
        return plain if share is None else {**plain, "probability": list(share)}


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
    fields: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        fields.text(self.key, "pairing.inspectors.key", most=64)
        fields.text(self.office, "pairing.inspectors.office", most=120)
        for division in self.fields:
            fields.matching(division, "pairing.inspectors.fields", fields.DIVISION, "a two-digit division")


@dataclass(frozen=True)
class ExcludedUnit:
    """One unit of the frame that could not be drawn this time: probability 0, with its reason."""

    unit: str
    reason: str
    note: str

    def __post_init__(self) -> None:
        fields.text(self.unit, "exclusions.unit", most=64)
        fields.matching(self.reason, "exclusions.reason", REASON, "the code of a reason")
        if not isinstance(self.note, str) or len(self.note) > 400:
            raise fields.refuse("exclusions.note", "it is no text of at most 400 characters")


@dataclass(frozen=True)
class Opening:
    """What binds the salted name of one drawn unit to it: the unit and its own salt."""

    unit: str
    id: str
    salt: str

    def __post_init__(self) -> None:
        fields.digest(self.unit, "openings.unit")
        fields.text(self.id, "openings.id", most=64)
        fields.digest(self.salt, "openings.salt")


@dataclass(frozen=True)
class DrawCertificate:
    """One finished draw. ``pairing`` is {cap, inspectors, conflicts}; ``committed`` the hash of the entry
    that put the announcement into the ledger before the beacon existed; ``data`` says whether the units are
    invented (demonstration) or firms of a real register (operational); ``exclusions`` are the units of the
    frame with probability 0, left out where there are none; ``openings`` name the drawn units of a frame
    with salted ids, and stand there alone."""

    serial: str
    obligation: str
    region: str
    period: str
    announcement: dict[str, Any]
    announcement_hash: str
    commitment: str
    secret: str
    beacon: dict[str, Any]
    seed: str
    frame: dict[str, Any]
    strata: tuple[StratumEntry, ...]
    selected: tuple[SelectedUnit, ...]
    reserves: tuple[ReserveUnit, ...]
    pairing: dict[str, Any]
    committed: str
    data: str
    exclusions: tuple[ExcludedUnit, ...] = ()
    openings: tuple[Opening, ...] = ()

    def __post_init__(self) -> None:
        fields.text(self.serial, "serial", most=64)
        fields.text(self.obligation, "obligation", most=64)
        fields.region(self.region, "region")
        fields.period(self.period, "period")
        fields.one_of(self.data, "data", fields.DATA)
        for name in ("announcement_hash", "commitment", "seed", "committed"):
            fields.digest(getattr(self, name), name)
        fields.matching(self.secret, "secret", _SECRET, "a secret of at least 32 bytes in hexadecimal")
        fields.mapping(self.beacon, "beacon", ("kind", "ref", "value"), ("status", "skipped"))
        fields.matching(self.beacon["value"], "beacon.value", _HEX, "a beacon in hexadecimal")
        fields.mapping(self.frame, "frame", ("sha256", "size"))
        fields.digest(self.frame["sha256"], "frame.sha256")
        fields.integer(self.frame["size"], "frame.size", 1)
        self._check_pairing()
        draw_announcement.check(self.announcement, self.beacon)
        self._check_openings()
        self._check_probabilities()
        self._check_agreement()

    def _check_pairing(self) -> None:
        pairing = fields.mapping(self.pairing, "pairing", ("cap", "inspectors", "conflicts"))
        if pairing["cap"] is not None:
            fields.integer(pairing["cap"], "pairing.cap", 1)
        for entry in fields.items(pairing["inspectors"], "pairing.inspectors"):
            said = dict(fields.mapping(entry, "pairing.inspectors", ("key", "office"), ("fields",)))
            said["fields"] = tuple(fields.items(said.get("fields", []), "pairing.inspectors.fields"))
            InspectorEntry(**said)
        for entry in fields.items(pairing["conflicts"], "pairing.conflicts"):
            conflict = fields.mapping(entry, "pairing.conflicts", ("unit", "inspector"))
            fields.text(conflict["unit"], "pairing.conflicts.unit", most=64)
            fields.text(conflict["inspector"], "pairing.conflicts.inspector", most=64)

    def _check_openings(self) -> None:
        """Check that with salted ids every drawn unit is opened once, and with open ones none is."""
        said = self.announcement.get("ids")
        if said is not None:
            fields.one_of(said, "announcement.ids", ("salted",))
        drawn = [row.unit for row in self.selected] if said is not None else []
        if sorted(row.unit for row in self.openings) != sorted(drawn):
            raise fields.refuse("openings", "they are not those of the drawn units, each once")

    def _check_probabilities(self) -> None:
        """Check that units have probabilities of their own in a draw by weight, and in no other."""
        said = self.announcement.get("weighting")
        is_weighted = said is not None
        own = {row.probability is not None for row in self.selected}
        shared = {row.probability is not None for row in self.strata}
        if own - {is_weighted} or shared - {not is_weighted}:
            raise fields.refuse("selected.probability", "it stands with each unit in a draw by weight alone")

    def _check_agreement(self) -> None:
        """Refuse fields that contradict the announcement or one another."""
        said = self.announcement
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
            "strata": strata,
            "n": sum(row.sample for row in self.strata),
        }
        for name, stated in pairs.items():
            if said[name] != stated:
                raise fields.refuse(f"announcement.{name}", "it differs from what the certificate says")
        if sum(row.population for row in self.strata) + len(self.exclusions) != self.frame["size"]:
            raise fields.refuse("strata", "their populations do not add up to the size of the frame")
        count = said.get("exclusions", {"count": 0}).get("count")
        if count != len(self.exclusions):
            raise fields.refuse("exclusions", f"{len(self.exclusions)} stand here, {count} were announced")
        if len(self.selected) != said["n"]:
            raise fields.refuse("selected", f"{len(self.selected)} units stand here, not {said['n']}")
        units = [row.unit for row in (*self.selected, *self.reserves, *self.exclusions)]
        if len(set(units)) != len(units):
            raise fields.refuse("selected", "a unit stands twice among drawn, reserves and excluded")

    def to_dict(self) -> dict[str, Any]:
        """Return the certificate as plain JSON values."""
        plain = {field.name: getattr(self, field.name) for field in dataclass_fields(self)}
        gone = [dict(vars(row)) for row in plain.pop("exclusions")]
        opened = [dict(vars(row)) for row in plain.pop("openings")]
        return {
            "type": TYPE,
            **plain,
            **({"exclusions": gone} if gone else {}),
            **({"openings": opened} if opened else {}),
            "strata": [
                {**vars(row), "probability": None if row.probability is None else list(row.probability)}
                for row in self.strata
            ],
            "selected": [row.to_dict() for row in self.selected],
            "reserves": [dict(vars(row)) for row in self.reserves],
        }

    @classmethod
    def from_dict(cls, value: Any) -> DrawCertificate:
        """Build the certificate from plain JSON values, refusing unknown and missing fields by name."""
        names = [field.name for field in dataclass_fields(cls)]
        optional = ["exclusions", "openings"]
        names = [name for name in names if name not in optional]
        plain = dict(fields.mapping(value, "draw certificate", ["type", *names], optional))
        fields.one_of(plain.pop("type"), "type", (TYPE,))
        plain["strata"] = tuple(_rows(plain["strata"], StratumEntry, "strata", "probability"))
        plain["selected"] = tuple(_rows(plain["selected"], SelectedUnit, "selected", "inspectors"))
        plain["reserves"] = tuple(_rows(plain["reserves"], ReserveUnit, "reserves"))
        if "exclusions" in plain:
            plain["exclusions"] = tuple(_rows(plain["exclusions"], ExcludedUnit, "exclusions"))
        if "openings" in plain:
            plain["openings"] = tuple(_rows(plain["openings"], Opening, "openings"))
        return cls(**plain)


def _rows(value: Any, kind: Any, name: str, pair: str = "") -> list[Any]:
    known = dataclass_fields(kind)
    keys = [field.name for field in known if field.default is MISSING]
    optional = [field.name for field in known if field.default is not MISSING]
    rows = []
    for entry in fields.items(value, name):
        plain = dict(fields.mapping(entry, name, keys, optional))
        for held in {pair, "probability"} & set(plain):
            if plain[held] is not None:
                plain[held] = tuple(fields.items(plain[held], f"{name}.{held}"))
        rows.append(kind(**plain))
    return rows
