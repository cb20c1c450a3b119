"""Two clients that others wrote ask the service as they ask any other, by their own addresses."""

from __future__ import annotations

import warnings
from datetime import datetime

import pytest
from requests import Response
from requests.adapters import BaseAdapter

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("with_published")]


FLOW = "DF_MFG_PRODUCT_PASS_RATE"


class Within(BaseAdapter):
    """Carries the requests of a client to the site in this very process."""

    def __init__(self, site) -> None:
        super().__init__()
        self.site = site

    def send(self, request, **_how):
        import io

        path = request.url.removeprefix("http://testserver")
        answer = self.site.get(path, headers={"Accept": request.headers.get("Accept", "*/*")})
        found = Response()
        found.status_code, found.url, found.request = answer.status_code, request.url, request
        found.headers.update(answer.headers)
        found.raw = io.BytesIO(b"".join(answer.streaming_content) if answer.streaming else answer.content)
        return found

    def close(self) -> None:
        """Hold nothing open."""


@pytest.fixture
def sdmx1(client):
    """Return a client of sdmx1 that knows this service by its address alone."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # sdmx1 and pandas warn of each other
        import sdmx
        from sdmx.source import add_source, sources

        add_source(
            {"id": "ZH", "name": "Z", "url": "http://testserver/sdmx", "versions": ["3.0.0"]}, override=True
        )
        asking = sdmx.Client("ZH")
        asking.session.mount("http://testserver", Within(client))
        yield asking
        del sources["ZH"]


def test_sdmx1_lists_the_dataflows_describes_one_and_loads_its_data(sdmx1, released):
    listed = sdmx1.dataflow()
    described = sdmx1.dataflow(FLOW, params={"references": "descendants"})
    loaded = sdmx1.data(FLOW, key="Q.330000.*.*.*.*.*")

    assert len(listed.dataflow) == 11
    assert "DSD_FIGURES" in described.structure
    periods = {one.dimension["TIME_PERIOD"].value for one in loaded.data[0].obs}
    assert periods == {"2025-Q1"}
    assert loaded.data[0].obs[0].value


def test_what_pysdmx_asks_is_understood(client, office):
    from pysdmx.api.dc.query import DateTimeFilter, MultiFilter, NumberFilter, Operator, TextFilter
    from pysdmx.api.qb import (
        ApiVersion,
        DataContext,
        DataQuery,
        StructureQuery,
        StructureReference,
        StructureType,
    )

    conditions = MultiFilter(
        [
            TextFilter("REF_AREA", Operator.IN, ["000000", "PRD"]),
            DateTimeFilter("TIME_PERIOD", Operator.BETWEEN, [datetime(2020, 1, 1), datetime(2024, 12, 31)]),
            NumberFilter("OBS_VALUE", Operator.GREATER_THAN, 93.5),
        ]
    )
    asked = DataQuery(DataContext.DATAFLOW, "ZH", FLOW, "+", "A", conditions)
    described = StructureQuery(StructureType.DATAFLOW, "ZH", FLOW, references=StructureReference.DESCENDANTS)

    csv = {"Accept": "application/vnd.sdmx.data+csv;version=2.0.0"}
    answers = [
        client.get(f"/sdmx{asked.get_url(ApiVersion.V2_0_0, omit)}", headers=csv) for omit in (True, False)
    ]
    structure = client.get(f"/sdmx{described.get_url(ApiVersion.V2_0_0)}")

    first, second = (b"".join(one.streaming_content).decode().splitlines()[1:] for one in answers)
    places = sorted(",".join(line.split(",")[4:5] + line.split(",")[10:12]) for line in first)
    assert places == ["000000,2023,93.65", "000000,2024,93.93", "PRD,2024,94.73"]
    assert first == second
    assert structure.content.count(b"<str:Codelist ") == 9
