"""What SDMX says of an observation: codes of the cross-domain list in their meaning, and one key for each."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from tests.indicators.conftest import BY
from tests.indicators.test_observations import QUARTER, another
from tests.indicators.test_samples import outline  # noqa: F401
from tests.indicators.test_sdmx import CSV, by_sdmx1, got, rows
from zhiheng.errors import BadInput
from zhiheng.formats.sdmx import structures
from zhiheng.reference import groupings, regions
from zhiheng.stages.indicators import actions

FLOW = "DF_NATIONAL_SPOT_CHECK_FAIL_RATE"
DATA = f"/sdmx/data/dataflow/ZH/{FLOW}/*"
GROUPS = [group.code for one in groupings.all() for group in one.groups]
PLACES = [*GROUPS, *(one.code for one in regions.all() if one.placeholder), "330106", "000000"]
NONE = {"value": None, "said": ""}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, "A"),
        ({"flags": ("thin",)}, "U"),
        ({"flags": ("imputed",)}, "I"),
        ({"flags": ("borrowed",), "status": "preliminary"}, "E"),
        ({"status": "preliminary"}, "P"),
        ({"flags": ("linked", "thin")}, "B"),
        ({**NONE, "status": "suppressed"}, "Q"),
        ({**NONE, "flags": ("missing",), "note": "除数为零 | it would divide by zero"}, "M"),
        ({**NONE, "flags": ("missing",), "note": "除数为零"}, "M"),
        (
            {**NONE, "flags": ("missing",), "note": "所需数据不予公布 | a number that it needs is withheld"},
            "Q",
        ),
        ({**NONE, "flags": ("missing",), "note": "年鉴缺页"}, "O"),
        ({**NONE, "lower": Decimal(99), "interval": "bound"}, "L"),
        ({**NONE, "said": "B"}, "M"),
    ],
)
def test_the_status_of_an_observation_is_that_of_the_cross_domain_list(client, outline, changes, code):  # noqa: F811
    actions.record(by=BY, rows=[replace(QUARTER, **changes)])

    row = rows(got(client, DATA, CSV)[1])[0]

    assert row["OBS_STATUS"] == code
    assert row["CONF_STATUS"] == ("N" if changes.get("status") == "suppressed" else "F")
    assert bool(row["OBS_VALUE"]) == (code not in "QMLO")
    assert code in structures.LISTS["CL_OBS_STATUS"][2]


def test_codes_of_status_are_read_back_as_they_were_sent(client, outline):  # noqa: F811
    gone = {**NONE, "flags": ("missing",), "note": "除数为零"}
    bound = {**NONE, "lower": Decimal(9), "interval": "bound"}
    actions.record(by=BY, rows=[QUARTER, another(period="2024Q4", **gone), another(period="2024Q3", **bound)])
    media = "application/vnd.sdmx.structure+xml;version=3.0.0"
    described = got(client, f"/sdmx/structure/dataflow/ZH/{FLOW}?references=all", media)[1]
    known = by_sdmx1(described)

    sent = got(client, DATA, "application/vnd.sdmx.data+xml;version=3.0.0")[1]

    read = by_sdmx1(sent, structure=known.structure["DSD_FIGURES"]).data[0].obs
    assert [one.attached_attribute["OBS_STATUS"].value for one in read] == ["L", "M", "A"]
    listed = {code.id: str(code.name.localizations["en"]) for code in known.codelist["CL_OBS_STATUS"]}
    assert listed["M"] == "Missing value; data cannot exist" and listed["Q"] == "Missing value; suppressed"


@pytest.mark.parametrize(
    ("label", "written"),
    [
        ("~2023", "2023"),
        ("~2023Q1", "2023Q1"),
        ("~2023-Q1", "2023Q1"),
        ("~2023-03", "2023-03"),
        ("~20230301-20230331", "20230301-20230331"),
        ("~2024R1", "~2024-R1"),
        ("~1993-H1", "~1993H1"),
    ],
)
def test_a_period_has_one_name_and_so_one_key_in_sdmx(outline, label, written):  # noqa: F811
    with pytest.raises(BadInput) as refused:
        actions.record(by=BY, rows=[another(period=label)])

    assert (refused.value.code, refused.value.facts["written"]) == ("observation-label", written)
    assert len(actions.record(by=BY, rows=[another(period=written)])) == 1


def test_every_area_of_the_data_stands_in_the_list_of_areas(client, outline):  # noqa: F811
    actions.record(by=BY, rows=[another(region=code) for code in PLACES])

    described = got(client, "/sdmx/structure/codelist/ZH/CL_AREA")[1].decode()

    sent = {row["REF_AREA"] for row in rows(got(client, DATA, CSV)[1])}
    assert sent == set(PLACES) and all(f'id="{code}"' in described for code in sent)
