"""The chart for pages elsewhere: the only page that may stand in a frame, and nothing can be done in it."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest

from tests.house.test_urls import PUBLIC, WELL_FORMED
from tests.indicators.conftest import REGION, SERIES
from zhiheng.stages.indicators.pages import embed

pytestmark = pytest.mark.django_db
URL = f"/figures/{SERIES}/embed/?region={REGION}"


def test_the_chart_may_be_framed_from_anywhere_and_sets_nothing(client, released):
    answer = client.get(URL)

    assert answer.status_code == 200
    assert "X-Frame-Options" not in answer
    assert answer["Content-Security-Policy"] == embed.POLICY
    assert "frame-ancestors *" in embed.POLICY and "default-src 'none'" in embed.POLICY
    assert answer.cookies == {}


@pytest.mark.parametrize(
    "address", [one for one in PUBLIC if one.name != "indicators:embed"], ids=lambda a: a.name
)
def test_no_other_public_page_may_stand_in_a_frame(client, address):
    answer = client.get(address.path(**WELL_FORMED))

    policy = answer["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy or "sandbox" in policy
    assert answer.get("X-Frame-Options", "DENY") == "DENY"


def test_it_holds_chart_table_date_licence_and_the_way_back_and_nothing_to_send(client, released, settings):
    html = client.get(f"{URL}&lang=en").content.decode()

    assert "<svg" in html and "<table" in html and "Data as of 3 Apr 2025" in html
    assert settings.DATA_LICENCE in html
    assert f"http://testserver/figures/{SERIES}/?region={REGION}" in html
    assert not re.search("<form|<script|<input|/office/|/sign-in/", html)
    assert len(html.encode()) < 40_000


@pytest.mark.parametrize(("lang", "expected"), [("en", "Data as of"), ("zh", "数据截至")])
def test_its_language_is_that_of_its_address(client, released, lang, expected):
    assert expected in client.get(f"{URL}&lang={lang}").content.decode()


def test_a_person_who_signed_in_is_not_known_in_it(client, person_with, released):
    client.force_login(person_with("officer"))

    html = client.get(URL).content.decode()

    assert "who-name" not in html and "/office/" not in html


def test_the_page_of_a_series_gives_the_words_to_copy(client, released):
    page = client.get(f"/figures/{SERIES}/").content.decode()

    (said,) = re.findall(r"&lt;iframe.*?&lt;/iframe&gt;", page)
    said = said.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&amp;", "&")
    assert 'title="' in said and "loading=" in said
    url = urlsplit(re.search(r'src="([^"]+)"', said).group(1).replace("&amp;", "&"))
    assert client.get(f"{url.path}?{url.query}").status_code == 200


@pytest.mark.parametrize("asked", ["region=999999", "region=x"])
def test_a_region_that_is_none_is_not_found_in_it(client, released, asked):
    assert client.get(f"/figures/{SERIES}/embed/?{asked}").status_code == 404


def test_a_series_without_a_number_there_says_so(client, office):
    assert (
        client.get(f"/figures/{SERIES}/embed/?region=650000&lang=en").content.decode().count("No number") == 1
    )
