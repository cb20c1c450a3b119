"""What may stand in the announcement of a draw: its keys, and how each part that is optional looks."""

from __future__ import annotations

from typing import Any

from zhiheng.formats.shapes import fields

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

OPTIONAL_KEYS = (
    "exclusions",
    "scope",
    "numbers",
    "joined",
    "custody",
    "beacon_fallbacks",
    "ids",
    "weighting",
    "reveal_by",
)
STATUSES = ("verified", "attested", "unverified", "unknown")


def check(said: dict[str, Any], used: dict[str, Any]) -> None:
    """Check every part of an announcement, and that the random text used is of its order."""
    fields.mapping(said, "announcement", ANNOUNCEMENT_KEYS, OPTIONAL_KEYS)
    check_numbers(said.get("numbers"))
    check_joined(said.get("joined"))
    check_custody(said.get("custody"))
    check_weighting(said.get("weighting"))
    check_beacon(said, used)
    if "reveal_by" in said:
        fields.day(said["reveal_by"], "announcement.reveal_by")


def check_numbers(said: dict[str, Any] | None) -> None:
    """Check where permanent numbers come from: the seed of the panel's first draw, a shift, a turn."""
    if said is None:
        return
    fields.mapping(said, "announcement.numbers", ("draw", "seed", "shift", "turn"))
    fields.text(said["draw"], "announcement.numbers.draw", most=64)
    fields.digest(said["seed"], "announcement.numbers.seed")
    fields.integer(said["turn"], "announcement.numbers.turn", 1)
    shift = fields.items(said["shift"], "announcement.numbers.shift")
    if len(shift) != 2 or not all(type(part) is int for part in shift) or not 0 < shift[0] < shift[1]:
        raise fields.refuse("announcement.numbers.shift", "it is no share of two whole numbers")


def check_joined(said: dict[str, Any] | None) -> None:
    """Check the table of joined strata: each of two classes or more, no class in two of them."""
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


def check_weighting(said: dict[str, Any] | None) -> None:
    """Check the table of a draw by weight: its classes with whole weights, and what follows from them."""
    if said is None:
        return
    fields.mapping(said, "announcement.weighting", ("rule", "classes", "certain", "left", "weight"))
    fields.one_of(said["rule"], "announcement.weighting.rule", ("zh-weight-1",))
    for name in ("certain", "left", "weight"):
        fields.integer(said[name], f"announcement.weighting.{name}")
    for row in fields.items(said["classes"], "announcement.weighting.classes"):
        keys = ("stratum", "population", "weight", "reason")
        fields.mapping(row, "announcement.weighting.classes", keys)
        fields.text(row["stratum"], "announcement.weighting.classes.stratum", most=64)
        fields.text(row["reason"], "announcement.weighting.classes.reason")
        fields.integer(row["population"], "announcement.weighting.classes.population", 1)
        fields.integer(row["weight"], "announcement.weighting.classes.weight", 1)
