"""From any page with a number of our own, at most three clicks lead to a redacted inspection behind it."""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

import pytest

from tests import country

SERIES = "mfg_product_pass_rate"
PERIOD = country.QUARTERS[-1]
CLICKS = 3
RECORD = re.compile(r"/inspections/[0-9a-f-]{36}/")
# What leads from one number to what stands behind it, and nowhere else: no menu, no list of other things.
WAYS = re.compile(rf"/figures/{SERIES}/|{RECORD.pattern}")
SHOWN = (
    "/",
    "/figures/",
    f"/figures/{SERIES}/",
    f"/figures/{SERIES}/history/",
    f"/figures/{SERIES}/embed/?region={country.REGION}",
    f"/figures/{SERIES}/{country.REGION}/{PERIOD}/",
    f"/regions/{country.REGION}/",
)


def clicks(stranger, start: str) -> int:
    """Return the fewest clicks from a page to an inspection, along the ways of the series."""
    near, seen = [start], {start}
    for count in range(1, CLICKS + 1):
        following = []
        for url in near:
            page = stranger.open(url)
            for href, _words in page.links:
                link = urlsplit(urljoin(page.url, href))
                if RECORD.fullmatch(link.path):
                    return count
                whole = f"{link.path}?{link.query}"
                is_page = link.path.endswith("/") and WAYS.match(link.path)
                if is_page and whole not in seen and _is_of_the_place(link):
                    seen.add(whole)
                    following.append(whole)
        near = following
    return CLICKS + 1


def _is_of_the_place(link) -> bool:
    """Whether a link stays with the newest quarter: the way of a reader, and a short walk."""
    return PERIOD in link.path + link.query or not re.search("20[0-9]{2}", link.path + link.query)


@pytest.mark.parametrize("start", SHOWN)
def test_three_clicks_lead_from_a_number_to_a_redacted_record(stranger, start):
    assert clicks(stranger, start) <= CLICKS


def test_the_record_that_is_reached_names_the_draw_and_no_person(stranger):
    shown = stranger.open(f"/figures/{SERIES}/{country.REGION}/{PERIOD}/")

    record = stranger.click(shown, RECORD.pattern)

    assert record.status == 200 and f"{country.REGION}-{PERIOD}" in record.text
