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

OPTIONAL_KEYS = ("exclusions", "scope", "numbers", "joined", "custody", "beacon_fallbacks", "ids")
STATUSES = ("verified", "attested", "unverified", "unknown")
REASON = re.compile(r"[a-z][a-z-]{1,31}")


@dataclass(frozen=True)
class StratumEntry:
    """One stratum: N_h units of the frame that could be drawn, n_h drawn, probability exactly (n_h, N_h)."""

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
        fields.mapping(self.announcement, "announcement", ANNOUNCEMENT_KEYS, OPTIONAL_KEYS)
        fields.mapping(self.beacon, "beacon", ("kind", "ref", "value"), ("status", "skipped"))
        fields.matching(self.beacon["value"], "beacon.value", _HEX, "a beacon in hexadecimal")
        fields.mapping(self.frame, "frame", ("sha256", "size"))
        fields.digest(self.frame["sha256"], "frame.sha256")
        fields.integer(self.frame["size"], "frame.size", 1)
        self._check_pairing()
        self._check_numbers()
        self._check_joined()
        check_custody(self.announcement.get("custody"))
        check_beacon(self.announcement, self.beacon)
        self._check_openings()
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

    def _check_numbers(self) -> None:
        """Check where permanent numbers come from: the seed of the panel's first draw, a shift, a turn."""
        said = self.announcement.get("numbers")
        if said is None:
            return
        fields.mapping(said, "announcement.numbers", ("draw", "seed", "shift", "turn"))
        fields.text(said["draw"], "announcement.numbers.draw", most=64)
        fields.digest(said["seed"], "announcement.numbers.seed")
        fields.integer(said["turn"], "announcement.numbers.turn", 1)
        shift = fields.items(said["shift"], "announcement.numbers.shift")
        if len(shift) != 2 or not all(type(part) is int for part in shift) or not 0 < shift[0] < shift[1]:
            raise fields.refuse("announcement.numbers.shift", "it is no share of two whole numbers")

    def _check_joined(self) -> None:
        """Check the table of joined strata: each of two classes or more, no class in two of them."""
        said = self.announcement.get("joined")
        if said is None:
            return
        keys = ("rule", "reason", "quota", "minimum", "strata")
        fields.mapping(said, "announcement.joined", keys, ("least",))
        fields.one_of(said["rule"], "announcement.joined.rule", ("zh-join-1",))
        fields.one_of(said["reason"], "announcement.joined.reason", ("quota-below-floors",))
        fields.integer(said["quota"], "announcement.joined.quota", 1)
        fields.integer(said["minimum"], "announcement.joined.minimum", 1)
        least = said.get("least", {})
        known = tuple(least) if isinstance(least, dict) else ()
        for count in fields.mapping(least, "announcement.joined.least", (), known).values():
            fields.integer(count, "announcement.joined.least")
        held: list[str] = []
        for row in fields.items(said["strata"], "announcement.joined.strata"):
            fields.mapping(row, "announcement.joined.strata", ("stratum", "of"))
            classes = fields.items(row["of"], "announcement.joined.strata.of")
            held += [fields.text(name, "announcement.joined.strata.of", most=64) for name in classes]
            if len(classes) < 2 or len(set(held)) != len(held):
                raise fields.refuse("announcement.joined.strata", "a stratum does not join several classes")

    def _check_openings(self) -> None:
        """Check that with salted ids every drawn unit is opened once, and with open ones none is."""
        said = self.announcement.get("ids")
        if said is not None:
            fields.one_of(said, "announcement.ids", ("salted",))
        drawn = [row.unit for row in self.selected] if said is not None else []
        if sorted(row.unit for row in self.openings) != sorted(drawn):
            raise fields.refuse("openings", "they are not those of the drawn units, each once")

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
            "strata": [{**vars(row), "probability": list(row.probability)} for row in self.strata],
            "selected": [{**vars(row), "inspectors": list(row.inspectors)} for row in self.selected],
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


def check_beacon(said: dict[str, Any], used: dict[str, Any]) -> None:
    """Refuse a random text out of the announced order, or one that took its place without a reason."""
    more = fields.mapping(said.get("beacon_fallbacks", {"order": []}), "beacon_fallbacks", ("order",))
    order = [said["beacon"], *fields.items(more["order"], "beacon_fallbacks.order")]
    for one in order:
        fields.mapping(one, "announcement.beacon", ("kind", "ref"))
        fields.text(one["kind"], "announcement.beacon.kind", most=32)
        fields.text(one["ref"], "announcement.beacon.ref")
    if "status" in used:
        fields.one_of(used["status"], "beacon.status", STATUSES)
    skipped = fields.items(used.get("skipped", []), "beacon.skipped")
    for row in skipped:
        fields.text(fields.mapping(row, "beacon.skipped", ("kind", "ref", "reason"))["reason"], "reason")
    named = [*({"kind": row["kind"], "ref": row["ref"]} for row in skipped)]
    named.append({"kind": used["kind"], "ref": used["ref"]})
    if named != order[: len(named)]:
        raise fields.refuse("announcement.beacon", "it differs from what the certificate says")


def check_custody(said: Any) -> None:
    """Check who holds shares of the secret: seats from 1 on, each with an office, a body and a commitment."""
    if said is None:
        return
    fields.mapping(said, "announcement.custody", ("rule", "threshold", "custodians"))
    fields.one_of(said["rule"], "announcement.custody.rule", ("zh-share-1",))
    fields.integer(said["threshold"], "announcement.custody.threshold", 2)
    rows = fields.items(said["custodians"], "announcement.custody.custodians")
    for place, row in enumerate(rows, 1):
        fields.mapping(row, "announcement.custody.custodians", ("seat", "office", "body", "commitment"))
        fields.digest(row["commitment"], "announcement.custody.custodians.commitment")
        fields.text(row["office"], "announcement.custody.custodians.office", most=16)
        fields.text(row["body"], "announcement.custody.custodians.body", most=120)
        if row["seat"] != place:
            raise fields.refuse("announcement.custody.custodians.seat", f"the seat {place} belongs here")
    if said["threshold"] > len(rows):
        raise fields.refuse("announcement.custody.threshold", "more shares are needed than there are")


def _rows(value: Any, kind: Any, name: str, pair: str = "") -> list[Any]:
    keys = [field.name for field in dataclass_fields(kind)]
    rows = []
    for entry in fields.items(value, name):
        plain = dict(fields.mapping(entry, name, keys))
        if pair:
            plain[pair] = tuple(fields.items(plain[pair], f"{name}.{pair}"))
        rows.append(kind(**plain))
    return rows
