"""Chooses the form of an answer by what a program says that it accepts (RFC 9110, section 12.5.1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from zhiheng.formats.sdmx import problems
from zhiheng.formats.sdmx.structures import JSON_2_0, XML_2_1, XML_3_0
from zhiheng.formats.sdmx.writing import CSV_2_0

MOST_HEADER, MOST_RANGES = 2_000, 50


@dataclass(frozen=True, slots=True)
class Offer:
    """One form: its media type with the version, the plain types it also answers to, its short name."""

    form: str
    media: str
    version: str
    plain: tuple[str, ...]
    short: str
    suffix: str

    @property
    def content_type(self) -> str:
        """The value of the header Content-Type."""
        return f"{self.media};version={self.version}"


DATA = (
    Offer(
        XML_3_0,
        "application/vnd.sdmx.data+xml",
        "3.0.0",
        ("application/xml", "text/xml"),
        "xml",
        "xml",
    ),
    Offer(CSV_2_0, "application/vnd.sdmx.data+csv", "2.0.0", ("text/csv", "application/csv"), "csv", "csv"),
    Offer(XML_2_1, "application/vnd.sdmx.structurespecificdata+xml", "2.1", (), "xml-2.1", "xml"),
)
STRUCTURE = (
    Offer(
        XML_3_0,
        "application/vnd.sdmx.structure+xml",
        "3.0.0",
        ("application/xml", "text/xml"),
        "xml",
        "xml",
    ),
    Offer(JSON_2_0, "application/vnd.sdmx.structure+json", "2.0.0", ("application/json",), "json", "json"),
    Offer(XML_2_1, "application/vnd.sdmx.structure+xml", "2.1", (), "xml-2.1", "xml"),
)


@dataclass(frozen=True, slots=True)
class Range:
    """One part of an Accept header: a media range, its version, its other parameters, its quality."""

    media: str
    version: str
    labels: str
    quality: float


def ranges(header: str) -> tuple[Range, ...]:
    """Return the parts of an Accept header; what cannot be read counts for nothing.

    >>> [(one.media, one.version, one.quality) for one in ranges("text/csv;q=0.5, a/b; version=2.1, x;q=z")]
    [('text/csv', '', 0.5), ('a/b', '2.1', 1.0), ('x', '', 0.0)]
    """
    found = []
    for part in header[:MOST_HEADER].split(",")[:MOST_RANGES]:
        media, *rest = (piece.strip() for piece in part.split(";"))
        held = dict(piece.partition("=")[::2] for piece in rest if "=" in piece)
        found.append(
            Range(
                media.lower(),
                held.get("version", "").strip('"').rstrip("+"),
                held.get("labels", "id").strip('"'),
                _quality(held.get("q", "1")),
            )
        )
    return tuple(found)


def choose(header: str, offered: Sequence[Offer], *, short: str = "") -> Offer:
    """Return the form that is liked best, the first one of equals; ``short`` names one outright."""
    if short:
        named = next((one for one in offered if one.short == short), None)
        if named is None:
            raise _none_of(offered)
        return named
    asked = ranges(header or "*/*")
    best = max(offered, key=lambda one: _liked(one, asked))
    if _liked(best, asked) <= 0:
        raise _none_of(offered)
    return best


def prefers_json(header: str) -> bool:
    """Say whether an error is better told in JSON than in XML.

    >>> prefers_json("application/vnd.sdmx.structure+json"), prefers_json("text/csv"), prefers_json("*/*")
    (True, False, False)
    """
    asked = ranges(header or "*/*")
    json = max((one.quality for one in asked if one.media.endswith("json")), default=0.0)
    return json > max((one.quality for one in asked if one.media.endswith("xml")), default=0.0)


def _liked(offer: Offer, asked: Sequence[Range]) -> float:
    """Return the quality of the most precise range that an offer falls under."""
    fitting = [(place, one.quality) for one in asked if (place := _precision(offer, one))]
    return max(fitting, default=(0, 0.0))[1]


def _precision(offer: Offer, one: Range) -> int:
    if one.labels != "id":
        return 0
    if one.media == offer.media:
        if one.version and not offer.version.startswith(one.version):
            return 0
        return 4 if one.version else 3
    if one.media in offer.plain:
        return 3
    if one.media.endswith("/*") and one.media != "*/*":
        known = (offer.media, *offer.plain)
        return 2 if any(name.startswith(one.media[:-1]) for name in known) else 0
    return 1 if one.media == "*/*" else 0


def _quality(text: str) -> float:
    """Return a quality between 0 and 1; what is none counts as 0.

    >>> _quality("0.7"), _quality("nan"), _quality("x")
    (0.7, 0.0, 0.0)
    """
    try:
        value = float(text)
    except ValueError:
        return 0.0
    return min(max(value, 0.0), 1.0) if value == value else 0.0


def _none_of(offered: Sequence[Offer]) -> problems.NotAcceptable:
    known = ", ".join(one.content_type for one in offered)
    return problems.refused(  # type: ignore[return-value]
        "not-acceptable", "None of the forms that you accept is written here.", f"Written are: {known}."
    )
