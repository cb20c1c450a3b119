"""Messages of SDMX: read back by two programs that others wrote, and byte for byte those of pysdmx."""

from __future__ import annotations

import datetime as dt
import io
import warnings

import polars as pl
import pytest

from zhiheng.formats.sdmx import structures, writing

HEADING = structures.Heading("T1", dt.datetime(2025, 4, 3, 2, 0, tzinfo=dt.UTC), is_test=True)
FLOW = structures.Flow("rate", "合格率 & <率>", "rate & <x>", "1.3.0", "说明", "what it is")
AREAS = {"000000": ("全国", "Nation"), "330000": ("浙江省", "Zhejiang")}
XML = (structures.XML_3_0, structures.XML_2_1)
PLAIN = {
    "FREQ": "Q",
    "REF_AREA": "330000",
    "INDICATOR": "rate",
    "PURPOSE": "evaluation",
    "BASIS": "probability",
    "ORIGIN": "estimated",
    "BREAKDOWN": "_T",
    "TIME_PERIOD": "2025-Q1",
    "OBS_VALUE": "93.930",
    "OBS_STATUS": "A",
    "CI_LOWER": "93.10",
    "N_OBS": "100",
}
ROWS = (
    PLAIN,
    PLAIN | {"BREAKDOWN": "channel=shop;division=13", "OBS_VALUE": "94.10", "N_OBS": "5"},
    PLAIN | {"TIME_PERIOD": "2025-S1", "OBS_VALUE": None, "CI_LOWER": None, "OBS_STATUS": "Q"},
    PLAIN | {"FREQ": "_O", "TIME_PERIOD": "2026-03-01/P92D", "OBS_VALUE": "93.93000300000001"},
)
HARD = PLAIN | {"SOURCE": "质检 & <总局> \"甲\" '乙'\n下一行,\t完", "NOTE": "=1+1"}


def table(*rows: dict[str, str | None]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=dict.fromkeys(structures.COLUMNS, pl.String))


def written(form: str, *rows: dict[str, str | None]) -> bytes:
    return b"".join(writing.write([table(*rows)], FLOW, HEADING, form))


def cells(row: dict[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in row.items() if value is not None}


def structure_message(form: str) -> bytes:
    lists = structures.named(AREAS, {"rate": ("合格率", "rate")})
    return structures.write(HEADING, form, flows=[FLOW], lists=lists, has_structure=True, has_concepts=True)


def by_sdmx1(data: bytes, **given):
    import sdmx

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # sdmx1 and pandas warn of each other
        return sdmx.read_sdmx(io.BytesIO(data), **given)


def by_pysdmx(data: bytes):
    from pysdmx.io import read_sdmx

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return read_sdmx(data.decode(), validate=data.startswith(b"<?xml"))


@pytest.mark.parametrize("form", XML)
def test_sdmx1_reads_structure_and_data_back_without_a_difference(form):
    structure = by_sdmx1(structure_message(form)).structure[structures.DSD]

    message = by_sdmx1(written(form, *ROWS, HARD), structure=structure)

    read = [
        {key: value.value for key, value in one.dimension.values.items()}
        | {key: value.value for key, value in one.attached_attribute.items()}
        | ({} if one.value is None else {"OBS_VALUE": one.value})
        for one in message.data[0].obs
    ]
    assert read == [cells(row) for row in (*ROWS, HARD)]


@pytest.mark.parametrize("form", XML)
def test_the_structure_names_everything_in_both_languages(form):
    message = by_sdmx1(structure_message(form))
    structure = message.structure[structures.DSD]

    assert [one.id for one in structure.dimensions.components] == [one.id for one in structures.DIMENSIONS]
    assert [one.id for one in structure.attributes.components] == [one.id for one in structures.ATTRIBUTES]
    assert message.dataflow[FLOW.id].name.localizations == {"zh": FLOW.zh, "en": FLOW.en}
    assert message.codelist["CL_AREA"]["330000"].name.localizations == {"zh": "浙江省", "en": "Zhejiang"}
    assert structure.dimensions.get("REF_AREA").local_representation.enumerated.id == "CL_AREA"


@pytest.mark.parametrize("form", [*XML, writing.CSV_2_0])
def test_pysdmx_reads_the_data_back_and_holds_them_against_the_schema_of_the_standard(form):
    found = by_pysdmx(written(form, *ROWS, HARD)).data[0].data

    read = [
        {name: value for name, value in row.items() if value} for row in found.fillna("").to_dict("records")
    ]
    assert [{key: str(value) for key, value in row.items()} for row in read] == [
        cells(row) for row in (*ROWS, HARD)
    ]


@pytest.mark.parametrize("form", XML)
def test_the_structure_keeps_to_the_schema_of_the_standard(form):
    message = by_pysdmx(structure_message(form))

    assert {one.id for one in message.get_data_structure_definitions()} == {structures.DSD}
    assert {one.id for one in message.get_codelists()} == {*structures.LISTS, "CL_AREA", "CL_INDICATOR"}


@pytest.mark.parametrize("form", [*XML, writing.CSV_2_0])
def test_the_bytes_are_those_of_pysdmx(form):
    """Where every column is text, for it then keeps a decimal as it was given."""
    from pysdmx.io import write_sdmx
    from pysdmx.io.format import Format
    from pysdmx.io.pd import PandasDataset
    from pysdmx.model import Component, Components, Concept, DataType, Organisation, Role, Schema
    from pysdmx.model.message import Header

    roles = {one.id: Role.DIMENSION for one in structures.DIMENSIONS} | {"OBS_VALUE": Role.MEASURE}
    parts = Components(
        [
            Component(
                id=name,
                required=name in roles and name != "OBS_VALUE",
                role=roles.get(name, Role.ATTRIBUTE),
                concept=Concept(name),
                local_dtype=DataType.STRING,
                attachment_level=None if name in roles else "O",
            )
            for name in structures.COLUMNS
        ]
    )
    schema = Schema(
        context="dataflow",
        agency=structures.AGENCY,
        id=FLOW.id,
        version=FLOW.version,
        components=parts,
        artefacts=[],
    )
    heading = Header(id="T1", test=True, prepared=HEADING.prepared, sender=Organisation(structures.AGENCY))
    form_of = {
        structures.XML_3_0: Format.DATA_SDMX_ML_3_0,
        structures.XML_2_1: Format.DATA_SDMX_ML_2_1_STR,
        writing.CSV_2_0: Format.DATA_SDMX_CSV_2_0_0,
    }
    given = {} if form == writing.CSV_2_0 else {"header": heading}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        held = PandasDataset(structure=schema, data=table(*ROWS).to_pandas(use_pyarrow_extension_array=False))
        theirs = write_sdmx(held, sdmx_format=form_of[form], **given)

    assert written(form, *ROWS).decode() == theirs


def test_pieces_of_a_message_join_without_a_seam(monkeypatch):
    whole = [written(form, *ROWS) for form in writing.FORMS]
    monkeypatch.setattr(writing, "PIECE", 3)

    assert [written(form, *ROWS) for form in writing.FORMS] == whole


def test_a_sign_that_xml_cannot_hold_does_not_break_the_message():
    row = PLAIN | {"NOTE": "甲\x00乙\x0b丙"}

    message = by_sdmx1(written(structures.XML_3_0, row))

    assert "甲\ufffd乙\ufffd丙" in str(message.data[0].obs[0].dimension)


def test_the_structure_as_json_names_everything_in_both_languages():
    import json

    message = json.loads(structure_message(structures.JSON_2_0))

    flow = message["data"]["dataflows"][0]
    assert flow["names"] == {"en": FLOW.en, "zh": FLOW.zh}
    assert flow["name"] == FLOW.en
    assert "\ue000" not in json.dumps(message, ensure_ascii=False)


@pytest.mark.parametrize("form", XML)
def test_a_message_without_observations_is_whole(form):
    assert by_sdmx1(written(form)).data[0].obs == []
    assert written(writing.CSV_2_0).decode().count("\n") == 1
