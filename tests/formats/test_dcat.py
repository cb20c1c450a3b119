"""The catalogue of data is a graph that another program reads, with what DCAT-AP asks for."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from zhiheng.formats import dcat

from . import linked

AT = dt.datetime(2025, 4, 3, 10, 0, tzinfo=dt.timezone(dt.timedelta(hours=8)))
HOME = "https://data.example/data/"


def whole(licence: str = "https://licence.example/1") -> dcat.Catalogue:
    editions = [
        dcat.Edition(
            f"{HOME}rate/#v-{day}",
            f"1.{day}.0",
            AT.replace(day=day),
            [dcat.File(f"{HOME}rate/{day}.csv", "text/csv", "CSV")],
            ["更正一处录入"] if day > 1 else [],
        )
        for day in (1, 2)
    ]
    words = dcat.Words("合格率", "pass rate")
    listed = dcat.Listed(f"{HOME}rate/", "rate", words, words, [dcat.Words("评价", "Evaluation")], editions)
    return dcat.Catalogue(
        HOME, "https://data.example/sdmx/", words, dcat.Words("说明", "about"), "An office", licence, [listed]
    )


@pytest.fixture
def graph():
    return linked.graph(json.dumps(dcat.write(whole())))


def values(graph, kind: str, *names: str) -> list[set[str]]:
    import rdflib

    found = []
    for node in graph.subjects(rdflib.RDF.type, rdflib.URIRef(dcat.CONTEXT["dcat"] + kind)):
        found.append(set())
        for name in names:
            prefix, _colon, term = name.partition(":")
            objects = set(graph.objects(node, rdflib.URIRef(dcat.CONTEXT[prefix] + term)))
            found[-1] |= {name for _one in objects}
    return found


@pytest.mark.parametrize(
    ("kind", "count", "names"),
    [
        ("Catalog", 1, ("dct:title", "dct:description", "dct:publisher", "dcat:dataset", "dct:license")),
        ("DatasetSeries", 1, ("dct:title", "dct:description", "dcat:first", "dcat:last")),
        (
            "Dataset",
            2,
            ("dct:title", "dct:description", "dcat:inSeries", "dcat:version", "dcat:distribution"),
        ),
        ("Distribution", 2, ("dcat:accessURL", "dcat:downloadURL", "dcat:mediaType", "dct:license")),
        ("DataService", 1, ("dct:title", "dcat:endpointURL", "dcat:servesDataset")),
    ],
)
def test_each_kind_has_what_the_profile_asks_for(graph, kind, count, names):
    assert values(graph, kind, *names) == [set(names)] * count


def test_a_vintage_follows_the_one_before_and_says_why(graph):
    import rdflib

    space = rdflib.Namespace(dcat.CONTEXT["dcat"])
    later = rdflib.URIRef(f"{HOME}rate/#v-2")

    assert graph.value(later, space.prev) == rdflib.URIRef(f"{HOME}rate/#v-1")
    assert str(graph.value(later, rdflib.URIRef(dcat.CONTEXT["adms"] + "versionNotes"))) == "更正一处录入"
    assert graph.value(later, rdflib.DCTERMS.issued).toPython() == AT.replace(day=2)


def test_names_stand_in_both_languages(graph):
    import rdflib

    titles = graph.objects(rdflib.URIRef(f"{HOME}rate/#series"), rdflib.DCTERMS.title)

    assert {(one.language, str(one)) for one in titles} == {("zh", "合格率"), ("en", "pass rate")}


def test_a_licence_that_nobody_gave_is_not_guessed():
    assert "dct:license" not in json.dumps(dcat.write(whole(licence="")))
    assert json.dumps(dcat.write(whole())).count('"dct:license"') == 4


def test_reading_it_asks_no_other_host():
    assert isinstance(dcat.write(whole())["@context"], dict)
