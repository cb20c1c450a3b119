"""The rules of sampling: what is noted of a sample, when it may be received, which values are doubtful."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from zhiheng.errors import UnknownCode
from zhiheng.formats import units

from ..refusals import refuse

FAR_FROM_LIMIT = 1_000
"""From this many times the limit a value is looked at twice: a slipped point or another unit is likely."""


MOST_FILES, MOST_MB = 16, 20
GROUNDS = BROKEN, MISMATCH, SHORT, DAMAGED, TEMPERATURE, OTHER = (
    "seal",
    "mismatch",
    "quantity",
    "damaged",
    "temperature",
    "other",
)
"""Why a laboratory may refuse a sample; a broken seal is one ground of its own, the last needs its words."""
_PLACE = re.compile(r"(-?\d{1,2})(\.\d+)?,(-?\d{1,3})(\.\d+)?")


@dataclass(frozen=True, slots=True)
class Paper:
    """A file that somebody hands in: name, bytes, what it is and shows, when and where it was taken."""

    name: str
    data: bytes
    kind: str = "document"
    said: str = ""
    taken_at: datetime | None = None
    place: str = ""

    def __post_init__(self) -> None:
        if not self.data:
            raise refuse("empty-file", name=self.name, field="file")
        if len(self.data) > MOST_MB << 20:
            raise refuse("large-file", name=self.name, most=MOST_MB, field="file")


def coarse(place: str) -> str:
    """Return a place to two decimals of a degree, about a kilometre; an exact one is never kept.

    >>> coarse("30.274156,120.155071"), coarse("")
    ('30.27,120.16', '')
    """
    if not place:
        return ""
    if not _PLACE.fullmatch(place):
        raise refuse("bad-place", place=place[:40], field="place")
    latitude, longitude = (float(part) for part in place.split(","))
    if abs(latitude) > 90 or abs(longitude) > 180:
        raise refuse("bad-place", place=place[:40], field="place")
    return f"{latitude:.2f},{longitude:.2f}"


def check_count(papers: Sequence[Paper]) -> None:
    """Refuse more files than are taken at a time."""
    if len(papers) > MOST_FILES:
        raise refuse("many-files", count=len(papers), most=MOST_FILES, field="file")


@dataclass(frozen=True, slots=True)
class Bought:
    """What was paid for a sample; an order needs its paper. Who bought it is not noted."""

    price_paid: Decimal
    bought_on: date
    platform: str = ""
    platform_code: str = ""
    shop: str = ""
    order: Paper | None = None

    def __post_init__(self) -> None:
        if not self.price_paid.is_finite() or self.price_paid < 0:
            raise refuse("no-price", field="price_paid")
        if self.platform and self.order is None:
            raise refuse("no-order", field="order")


@dataclass(frozen=True, slots=True)
class Described:
    """What the label and the inspectors say of a sample, beside its product name."""

    brand: str = ""
    model: str = ""
    batch_no: str = ""
    made_on: str = ""
    quantity: str = ""
    standard: str = ""
    producer_name: str = ""
    producer_code: str = ""
    producer_region: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was noted."""
        return not any(getattr(self, name) for name in self.__dataclass_fields__)

    def __post_init__(self) -> None:
        if (self.producer_code or self.producer_region) and not self.producer_name.strip():
            raise refuse("no-producer-name", field="producer_name")


@dataclass(frozen=True, slots=True)
class Receipt:
    """How a sample arrived: its seal, its condition, its temperature where that matters."""

    is_seal_intact: bool
    condition: str = ""
    temperature: str = ""
    place: str = ""

    def __post_init__(self) -> None:
        if self.temperature:
            _number(self.temperature, "temperature")


def check_receipt(receipt: Receipt, *, seal_no: str) -> None:
    """Refuse to take in a sample whose seal is broken; it goes back with a reason instead."""
    if not receipt.is_seal_intact:
        raise refuse("seal-broken", seal_no=seal_no, field="is_seal_intact")


def check_refusal(ground: str, reason: str, receipt: Receipt) -> None:
    """Refuse a refusal whose ground is unknown, is not said, or contradicts what was seen of the seal."""
    if ground not in GROUNDS:
        raise refuse("no-ground", field="ground")
    if ground == OTHER and not reason.strip():
        raise refuse("no-reason", field="reason")
    if (ground == BROKEN) == receipt.is_seal_intact:
        raise refuse("ground-not-the-seal", field="is_seal_intact")


def check_from_afar(kind: str, *, files: int, on_site: str) -> None:
    """Refuse a finding made from afar that no file shows."""
    if kind != on_site and not files:
        raise refuse("no-files", field="file")


def check_able(code: str, why: str, *, on: date) -> None:
    """Refuse a visit by an inspector who could not make it on that day."""
    if why:
        raise refuse(f"inspector-{why}", inspector=code, on=on.isoformat(), field="visited_on")


def check_possible(value: str, unit: str) -> None:
    """Refuse a value that its unit forbids, such as a concentration below zero."""
    try:
        found = units.get(unit)
    except UnknownCode:
        return  # the record says so in its own words
    if found.is_never_negative and _number(value, "value") < 0:
        raise refuse("below-zero", value=value, unit=unit, field="value")


def is_doubtful(value: str, limit: str, uncertainty: str | None = None) -> bool:
    """Say whether a value should be compared with the paper once more before it is believed.

    >>> is_doubtful("120", "0.1"), is_doubtful("0.12", "0.1"), is_doubtful("5", "20", "9")
    (True, False, True)
    """
    try:
        measured, bound = abs(Decimal(value)), abs(Decimal(limit))
        wide = abs(Decimal(uncertainty)) if uncertainty else Decimal(0)
    except InvalidOperation:
        return False
    if bound and measured >= bound * FAR_FROM_LIMIT:
        return True
    return bool(measured) and wide > measured


def check_doubt(value: str, limit: str, uncertainty: str | None, *, is_confirmed: bool) -> None:
    """Ask once more for a value of an unlikely size, unless the person said that it is right."""
    if not is_confirmed and is_doubtful(value, limit, uncertainty):
        raise refuse("doubtful-value", value=value, limit=limit, field="is_confirmed")


def _number(text: str, field: str) -> Decimal:
    try:
        found = Decimal(text)
    except InvalidOperation:
        raise refuse("bad-shape", field=field) from None
    if not found.is_finite():
        raise refuse("bad-shape", field=field)
    return found
