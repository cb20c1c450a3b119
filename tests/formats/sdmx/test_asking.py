"""What an address of SDMX REST asks for, what is refused, and which rows answer it."""

from __future__ import annotations

import datetime as dt
from xml.etree import ElementTree

import polars as pl
import pytest

from zhiheng.errors import ZhihengError
from zhiheng.formats.sdmx import asking, offers, periods, problems, selecting, structures, writing
from zhiheng.formats.sdmx.structures import JSON_2_0, XML_2_1, XML_3_0

YEARS = ("2022", "2023", "2024")


def table() -> pl.DataFrame:
    """Two places, three years and the quarters of the last, with values that grow."""
    rows = [
        {"REF_AREA": area, "TIME_PERIOD": period, "FREQ": "A" if len(period) == 4 else "Q"}
        for area in ("330000", "110000")
        for period in (*YEARS, "2024-Q1", "2024-Q4")
    ]
    fixed = {"INDICATOR": "rate", "PURPOSE": "evaluation", "BASIS": "probability", "BREAKDOWN": "_T"}
    held = [
        row
        | fixed
        | {"ORIGIN": "estimated", "OBS_VALUE": f"9{place}.50", "N_OBS": str(90 + place), "NOTE": None}
        for place, row in enumerate(rows)
    ]
    kinds = dict.fromkeys(structures.COLUMNS, pl.String)
    spans = [periods.span(row["TIME_PERIOD"]) for row in rows]
    return pl.DataFrame(held, schema=kinds).with_columns(
        pl.Series(selecting.FIRST, [first for first, _last in spans]),
        pl.Series(selecting.LAST, [last for _first, last in spans]),
        pl.Series(
            selecting.RECORDED, [dt.datetime(2025, 1, 1 + place, tzinfo=dt.UTC) for place in range(10)]
        ),
    )


def kept(query: str = "", key: str = "*") -> list[tuple[str, str]]:
    found = selecting.keep(table(), asking.data(f"dataflow/ZH/DF_RATE/*/{key}", query))
    return [(row["REF_AREA"][:2], row["TIME_PERIOD"]) for row in found.iter_rows(named=True)]


def test_nothing_asked_gives_everything_by_key_and_time():
    assert kept() == [
        *(("11", year) for year in YEARS),
        *(("33", year) for year in YEARS),
        *(("11", "2024-Q1"), ("11", "2024-Q4"), ("33", "2024-Q1"), ("33", "2024-Q4")),
    ]


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("Q.330000", [("33", "2024-Q1"), ("33", "2024-Q4")]),
        ("*.110000.rate", [("11", year) for year in YEARS] + [("11", "2024-Q1"), ("11", "2024-Q4")]),
        ("A.330000+110000.*", [(area, year) for area in ("11", "33") for year in YEARS]),
        ("Q.330000,Q.110000..evaluation", [(a, q) for a in ("11", "33") for q in ("2024-Q1", "2024-Q4")]),
        ("M", []),
    ],
)
def test_a_key_narrows_by_place(key, expected):
    assert kept(key=key) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("c[TIME_PERIOD]=ge:2023%2Ble:2023", ["2023"]),
        ("c[TIME_PERIOD]=ge:2024-Q2", ["2024-Q4"]),
        ("c[TIME_PERIOD]=lt:2023", ["2022"]),
        ("c[TIME_PERIOD]=gt:2023+lt:2024-S2", ["2024-Q1"]),
        ("c[TIME_PERIOD]=2022,2024-Q4", ["2022", "2024-Q4"]),
        ("c[TIME_PERIOD]=ne:2022+ne:2024&c[FREQ]=A", ["2023"]),
        ("c[TIME_PERIOD]=ge:2022-W52%2Ble:2024-01-01/P3M", ["2023", "2024-Q1"]),
        ("c[TIME_PERIOD]=2024-01-01/P3M", ["2024-Q1"]),
        ("c[TIME_PERIOD]=gt:2023-T3", ["2024", "2024-Q1", "2024-Q4"]),
        ("c[TIME_PERIOD]=2020-W01,2020-T1,2020-D032,2020-02-29,2020-02-29T10:00:00Z", []),
        ("c[OBS_VALUE]=gt:93.5", ["2024-Q4"]),
        ("c[OBS_VALUE]=gt:0.935e2", ["2024-Q4"]),
        ("c[OBS_VALUE]=gt:1E2", []),
        ("c[OBS_VALUE]=le:91.500", ["2022", "2023"]),
        ("c[N_OBS]=92", ["2024"]),
        ("c[FREQ]=ne:A", ["2024-Q1", "2024-Q4"]),
        ("c[INDICATOR]=sw:ra+ew:te&c[FREQ]=Q", ["2024-Q1", "2024-Q4"]),
        ("c[INDICATOR]=nc:at", []),
        ("c[NOTE]=ne:x&c[FREQ]=Q", ["2024-Q1", "2024-Q4"]),
        ("lastNObservations=1", ["2024", "2024-Q4"]),
        ("firstNObservations=1", ["2022", "2024-Q1"]),
        ("limit=2", ["2022", "2023"]),
        ("offset=3&limit=1", ["2024-Q1"]),
        ("updatedAfter=2025-01-04T00:00:00Z", ["2024-Q4"]),
    ],
)
def test_conditions_and_counts_narrow_further(query, expected):
    assert [period for _area, period in kept(query, key="*.330000")] == expected


def test_what_was_recorded_later_than_a_moment_is_told_apart():
    assert kept("updatedAfter=2025-01-09T00:00:00Z") == [("11", "2024-Q4")]


def test_columns_are_sent_as_asked():
    asked = asking.data("dataflow/ZH/X", "attributes=N_OBS,OBS_STATUS&measures=none")

    assert selecting.keep(table(), asked).columns[-2:] == ["OBS_STATUS", "N_OBS"]
    assert "OBS_VALUE" not in asked.columns


LONG = "A" * 4_000
REFUSED = [
    ("nothing/ZH/X", "", 100, "There is nothing of the kind"),
    ("dataflow/ZH/X/*/*/*", "", 140, "too many parts"),
    ("dataflow/ECB/X", "", 100, "agency"),
    ("dataflow/ZH/a b", "", 140, "no identifier"),
    ("dataflow/ZH/X/one", "", 140, "no version"),
    ("dataflow/ZH/X/1.2.3.4", "", 140, "no version"),
    ("dataflow/ZH/X/1.2", "", 100, "three numbers"),
    ("dataflow/ZH/X/1", "", 100, "three numbers"),
    ("dataflow/ZH/X/1.2.0-draft", "", 100, "three numbers"),
    ("dataflow/ZH/X/1.2.0,1.3.0", "", 501, "One version"),
    ("dataflow/ZH/*", "", 501, "One dataflow"),
    ("datastructure/ZH/DSD_FIGURES", "", 501, "not given by datastructure"),
    ("dataflow/ZH/X/*/" + "." * 9, "", 140, "has 10 places"),
    ("dataflow/ZH/X/*/" + ",".join("A" * 51), "", 510, "More than 50 keys"),
    ("dataflow/ZH/X", "x=1", 140, "no parameter"),
    ("dataflow/ZH/X", "c=1", 140, "no parameter"),
    ("dataflow/ZH/X", "c[NO]=1", 150, "no component"),
    ("dataflow/ZH/X", "c[REF_AREA]=1&c[REF_AREA]=2", 140, "stands twice"),
    ("dataflow/ZH/X", "c[REF_AREA]=ge:1", 150, "has no order"),
    ("dataflow/ZH/X", "c[OBS_VALUE]=many", 150, "no number"),
    ("dataflow/ZH/X", "c[OBS_VALUE]=nan", 150, "no number"),
    ("dataflow/ZH/X", "c[REF_AREA]=", 140, "empty or longer"),
    ("dataflow/ZH/X", "c[NOTE]=" + "x" * 121, 140, "empty or longer"),
    ("dataflow/ZH/X", "c[FREQ]=" + ",".join("A" * 201), 510, "More than 200 values"),
    ("dataflow/ZH/X", f"c[NOTE]={LONG}", 510, "longer than this service reads"),
    ("dataflow/ZH/X", "asOf=yesterday", 140, "no moment"),
    ("dataflow/ZH/X", "asOf=9999-12-31T23:59:59-14:00", 140, "no moment"),
    ("dataflow/ZH/X", "updatedAfter=0001-01-01T00:00:00%2B14:00", 140, "no moment"),
    ("dataflow/ZH/X", "limit=0", 140, "no number that can be used"),
    ("dataflow/ZH/X", "limit=%D9%A3", 140, "no number that can be used"),
    ("dataflow/ZH/X", "offset=-1", 140, "no number that can be used"),
    ("dataflow/ZH/X", "lastNObservations=9999999999", 140, "no number that can be used"),
    ("dataflow/ZH/X", "attributes=OBS_VALUE", 150, "names what there is not"),
    ("dataflow/ZH/X", "includeHistory=true", 501, "one at a time"),
    ("dataflow/ZH/X", "dimensionAtObservation=TIME_PERIOD", 501, "given flat"),
    ("dataflow/ZH/X", "sort=TIME_PERIOD", 501, "not answered here"),
]


@pytest.mark.parametrize(("path", "query", "code", "words"), REFUSED)
def test_a_bad_question_is_refused_by_its_number_with_what_to_do_next(path, query, code, words):
    with pytest.raises(ZhihengError) as caught:
        asking.data(path, query)

    assert problems.number(caught.value.http_status) == code
    assert words in caught.value.cause
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("path", "query", "code"),
    [
        ("nothing", "", 100),
        ("dataflow/ZH/X/1.0.0/more", "", 140),
        ("codelist/ZH/CL_AREA", "detail=allstubs", 501),
        ("codelist/ZH/CL_AREA", "references=parents", 501),
        ("codelist/ZH/CL_AREA", "c[FREQ]=A", 140),
    ],
)
def test_a_bad_question_for_structures_is_refused(path, query, code):
    with pytest.raises(ZhihengError) as caught:
        asking.structure(path, query)

    assert problems.number(caught.value.http_status) == code


def test_a_name_with_a_control_character_is_told_in_well_formed_xml():
    with pytest.raises(ZhihengError, match="stands twice") as caught:
        asking.data("dataflow/ZH/X", "c[%01]=a&c[%01]=b")

    told = ElementTree.fromstring(problems.xml(140, {"en": caught.value.cause}))

    assert "stands twice" in "".join(told.itertext())


def test_a_period_that_is_none_is_refused_before_any_row_is_looked_at():
    asked = asking.data("dataflow/ZH/X", "c[TIME_PERIOD]=ge:soon")

    with pytest.raises(ZhihengError, match="no period of SDMX"):
        selecting.keep(table(), asked)


@pytest.mark.parametrize(
    ("header", "form"),
    [
        ("", XML_3_0),
        ("*/*", XML_3_0),
        ("text/csv", writing.CSV_2_0),
        ("application/vnd.sdmx.data+csv;version=2.0.0", writing.CSV_2_0),
        ("application/vnd.sdmx.data+csv;version=2.0.0;labels=id", writing.CSV_2_0),
        ("application/vnd.sdmx.structurespecificdata+xml;version=2.1", XML_2_1),
        ("application/xml;q=0.3, text/csv;q=0.9", writing.CSV_2_0),
        ("text/html, application/xml;q=0.9, */*;q=0.1", XML_3_0),
        ("*/*;q=0.5, application/xml;q=0, application/vnd.sdmx.data+xml;q=0", writing.CSV_2_0),
        ("application/vnd.sdmx.data+json, application/*;q=0.2", XML_3_0),
    ],
)
def test_the_form_is_the_one_that_is_liked_best(header, form):
    assert offers.choose(header, offers.DATA).form == form


@pytest.mark.parametrize(
    "header",
    [
        "text/html",
        "application/vnd.sdmx.data+json;version=2.0.0",
        "application/vnd.sdmx.data+csv;version=1.0.0",
        "text/csv;q=0",
        "text/csv;labels=both",
        "text/csv;q=nan",
        "," * 3_000,
    ],
)
def test_a_form_that_is_not_written_is_not_acceptable(header):
    with pytest.raises(problems.NotAcceptable) as caught:
        offers.choose(header, offers.DATA)

    assert caught.value.http_status == 406
    assert "application/vnd.sdmx.data+csv;version=2.0.0" in caught.value.remedy


def test_structures_come_as_json_too():
    assert offers.choose("application/json", offers.STRUCTURE).form == JSON_2_0
    assert offers.choose("", offers.STRUCTURE, short="xml-2.1").form == XML_2_1
    with pytest.raises(problems.NotAcceptable):
        offers.choose("", offers.STRUCTURE, short="xlsx")


@pytest.mark.parametrize(
    "text", ["2025", "2025H2", "2025Q4", "2025-03", "20260301-20260531", "20260301-20260301"]
)
def test_a_period_of_ours_comes_back(text):
    assert periods.read(periods.written(text).text) == text


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2025-A1", "2025-01-01", "2025-12-31"),
        ("2020-W01", "2019-12-30", "2020-01-05"),
        ("2020-W53", "2020-12-28", "2021-01-03"),
        ("2025-T1", "2025-01-01", "2025-04-30"),
        ("2025-T3", "2025-09-01", "2025-12-31"),
        ("2024-D366", "2024-12-31", "2024-12-31"),
        ("2025-01-01/P3M", "2025-01-01", "2025-03-31"),
        ("2025-01-31/P1M", "2025-01-31", "2025-02-27"),
        ("2024-02-29/P1Y", "2024-02-29", "2025-02-27"),
        ("2025-01-01/P1Y2M3D", "2025-01-01", "2026-03-03"),
        ("2025-01-01T12:00:00/PT36H", "2025-01-01", "2025-01-02"),
        ("2025-01-01T00:00:00Z/P1D", "2025-01-01", "2025-01-01"),
        ("2025-03-01T10:00:00+08:00", "2025-03-01", "2025-03-01"),
    ],
)
def test_a_period_of_the_standard_has_its_days(text, first, last):
    assert [day.isoformat() for day in periods.span(text)] == [first, last]


@pytest.mark.parametrize(
    "text",
    [
        "2021-W53",
        "2025-W00",
        "2025-T4",
        "2025-D366",
        "2025-D000",
        "2025-01-01/P",
        "2025-01-01/PT",
        "2025-01-01/P1DT",
    ],
)
def test_what_the_year_does_not_have_and_a_length_of_nothing_are_no_period(text):
    with pytest.raises(ZhihengError):
        periods.span(text)


@pytest.mark.parametrize(
    "text", ["", "2025-13", "2025-Q5", "2025-02-30", "2025-01-01/P0D", "0000", "９", "9999-12-31/P9999D"]
)
def test_what_is_no_period_of_sdmx_is_refused(text):
    with pytest.raises(ZhihengError):
        periods.span(text)
