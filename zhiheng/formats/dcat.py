"""Writes a catalogue of data as DCAT-AP in JSON-LD: one series a DatasetSeries, one vintage a Dataset.

The context stands in the file itself, so that reading it asks no other host. What an office has not said,
such as its licence, is left out and never guessed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

CONTEXT: Mapping[str, Any] = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "adms": "http://www.w3.org/ns/adms#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
SDMX = "https://sdmx.org/standards-2/"
CHINA = "http://publications.europa.eu/resource/authority/country/CHN"
_LANGUAGES = "http://publications.europa.eu/resource/authority/language/"
_MEDIA = "https://www.iana.org/assignments/media-types/"


@dataclass(frozen=True, slots=True)
class Words:
    """A text in both languages."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class File:
    """One file of a vintage: its address, media type, and the standard that it keeps to."""

    url: str
    media: str
    name: str
    standard: str = ""


@dataclass(frozen=True, slots=True)
class Edition:
    """One vintage of a series: its address, version, moment, why it came about, and its files."""

    url: str
    version: str
    issued: datetime
    files: Sequence[File]
    reasons: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Listed:
    """One series: its address, names, what it measures, and its editions, the oldest first."""

    url: str
    id: str
    title: Words
    description: Words
    keywords: Sequence[Words]
    editions: Sequence[Edition]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The whole: its addresses, who publishes it, under which licence, and every series."""

    url: str
    service: str
    title: Words
    description: Words
    publisher: str
    licence: str
    listed: Sequence[Listed]


def write(whole: Catalogue) -> dict[str, Any]:
    """Return the JSON-LD document of a catalogue."""
    publisher = {"@id": f"{whole.url}#publisher"}
    datasets = [_edition(whole, one, place) for one in whole.listed for place in range(len(one.editions))]
    catalogue = {
        "@id": whole.url,
        "@type": "dcat:Catalog",
        "dct:title": _words(whole.title),
        "dct:description": _words(whole.description),
        "dct:publisher": publisher,
        "dct:language": [{"@id": f"{_LANGUAGES}{code}"} for code in ("ZHO", "ENG")],
        "dct:spatial": {"@id": CHINA},
        "foaf:homepage": {"@id": whole.url},
        "dcat:dataset": [{"@id": one["@id"]} for one in datasets]
        + [{"@id": f"{one.url}#series"} for one in whole.listed],
        "dcat:service": {"@id": whole.service},
        **_licence(whole),
        **_latest([one for listed in whole.listed for one in listed.editions]),
    }
    service = {
        "@id": whole.service,
        "@type": "dcat:DataService",
        "dct:title": _words(Words("SDMX接口", "SDMX REST service")),
        "dcat:endpointURL": {"@id": whole.service},
        "dct:conformsTo": {"@id": SDMX},
        "dct:publisher": publisher,
        "dcat:servesDataset": [{"@id": one["@id"]} for one in datasets],
        **_licence(whole),
    }
    agent = {"@id": publisher["@id"], "@type": "foaf:Agent", "foaf:name": whole.publisher}
    series = [_series(whole, one) for one in whole.listed]
    return {"@context": CONTEXT, "@graph": [catalogue, service, agent, *series, *datasets]}


def _series(whole: Catalogue, one: Listed) -> dict[str, Any]:
    return {
        "@id": f"{one.url}#series",
        "@type": "dcat:DatasetSeries",
        "dct:identifier": one.id,
        "dct:title": _words(one.title),
        "dct:description": _words(one.description),
        "dct:publisher": {"@id": f"{whole.url}#publisher"},
        "dcat:landingPage": {"@id": one.url},
        **({"dcat:first": {"@id": one.editions[0].url}} if one.editions else {}),
        **({"dcat:last": {"@id": one.editions[-1].url}} if one.editions else {}),
        **_latest(one.editions),
    }


def _edition(whole: Catalogue, one: Listed, place: int) -> dict[str, Any]:
    held = one.editions[place]
    said = {"dcat:prev": {"@id": one.editions[place - 1].url}} if place else {}
    if held.reasons:
        said["adms:versionNotes"] = [{"@language": "zh", "@value": text} for text in held.reasons]
    return {
        "@id": held.url,
        "@type": "dcat:Dataset",
        "dct:identifier": f"{one.id}/{held.version}",
        "dct:title": _words(
            Words(f"{one.title.zh}，版本{held.version}", f"{one.title.en}, version {held.version}")
        ),
        "dct:description": _words(one.description),
        "dcat:keyword": [word for both in one.keywords for word in _words(both)],
        "dcat:version": held.version,
        "dct:issued": _moment(held.issued),
        "dcat:inSeries": {"@id": f"{one.url}#series"},
        "dct:publisher": {"@id": f"{whole.url}#publisher"},
        "dcat:landingPage": {"@id": one.url},
        "dcat:distribution": [_file(whole, file) for file in held.files],
        **said,
    }


def _file(whole: Catalogue, one: File) -> dict[str, Any]:
    return {
        "@id": one.url,
        "@type": "dcat:Distribution",
        "dct:title": one.name,
        "dcat:accessURL": {"@id": one.url},
        "dcat:downloadURL": {"@id": one.url},
        "dcat:mediaType": {"@id": f"{_MEDIA}{one.media}"},
        **({"dct:conformsTo": {"@id": one.standard}} if one.standard else {}),
        **_licence(whole),
    }


def _licence(whole: Catalogue) -> dict[str, Any]:
    return {"dct:license": {"@id": whole.licence}} if whole.licence else {}


def _latest(editions: Sequence[Edition]) -> dict[str, Any]:
    return {"dct:modified": _moment(max(one.issued for one in editions))} if editions else {}


def _moment(value: datetime) -> dict[str, str]:
    return {"@type": "xsd:dateTime", "@value": value.isoformat()}


def _words(both: Words) -> list[dict[str, str]]:
    """Return a text in both languages, each once.

    >>> [one["@language"] for one in _words(Words("甲", "a"))]
    ['zh', 'en']
    """
    found = [{"@language": "zh", "@value": both.zh}, {"@language": "en", "@value": both.en}]
    return [one for one in found if one["@value"]]
