"""Pages as of a day: what was known then, said on the page, with links that keep the day and one back."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from decimal import Decimal

import pytest
from django.urls import reverse

from tests.indicators.conftest import BY, REGION, SERIES, moment
from tests.indicators.test_observations import QUARTER, RATE
from zhiheng.people import clock
from zhiheng.reference import regions
from zhiheng.stages.indicators import actions, promises, queries, vintages
from zhiheng.stages.indicators.pages import sdmx
from zhiheng.stages.plan import queries as plan

pytestmark = pytest.mark.django_db

BEFORE, AFTER = "2025-04-02", "2025-04-03"
"""The day before the release of the fixture, and its own."""
TARGET = "CN-2025-4"
PAGES = ("/", "/figures/", f"/plan/targets/{TARGET}/")


@pytest.fixture(params=["zh-hans", "en"])
def reader(request, client):
    client.cookies["language"] = request.param
    return client


def text(response) -> str:
    assert response.status_code == 200
    return response.content.decode()


def share(released) -> str:
    return f"{100 * released.figures.get(division='', region=REGION).estimate:.2f}%"


@pytest.mark.parametrize("page", PAGES)
def test_a_page_as_of_a_day_says_so_and_leads_back_to_today(reader, released, page):
    before, after, now = (text(reader.get(page + ask)) for ask in (f"?as_of={BEFORE}", f"?as_of={AFTER}", ""))

    for shown in (before, after):
        assert 'class="drafted" role="status"' in shown and f'<a href="{page}">' in shown
    assert 'class="drafted" role="status"' not in now
    assert share(released) not in before
    assert share(released) in after and share(released) in now


@pytest.mark.parametrize("page", PAGES)
def test_a_day_that_is_none_is_refused_with_a_remedy(client, released, page):
    assert client.get(f"{page}?as_of=soon").status_code == 400


@pytest.mark.parametrize("page", PAGES)
def test_a_correction_does_not_reach_an_earlier_day(client, office, released, page, monkeypatch):
    from zhiheng.stages.indicators import rules

    first = share(released)
    monkeypatch.setattr(rules, "size_rule", lambda: rules.SizeRule(minimum=10_000, firm=10_000))
    with clock.at(moment("2025-05-03T10:00:00")):
        actions.release(by=BY, series=office.series, region=REGION, periods=["2025Q1"], reason="更正")

    then, now = text(client.get(f"{page}?as_of=2025-05-02")), text(client.get(page))

    assert first in then and first not in now


def test_links_of_the_front_page_keep_its_day(client, released):
    page = text(client.get(f"/?as_of={AFTER}"))

    links = re.findall(r'href="(/(?:figures|plan/targets)/[^"]+)"', page)
    kept = [link for link in links if "as_of=" in link]
    figure = reverse("indicators:figure", args=[SERIES, REGION, "2025Q1"])
    assert f"{figure}?as_of={AFTER}" in kept
    assert f"{reverse('plan:target', args=[TARGET])}?as_of={AFTER}" in kept
    assert {client.get(link.replace("&amp;", "&")).status_code for link in kept} == {200}


def test_the_list_of_series_keeps_the_day_and_knows_no_younger_source(client, released):
    page = text(client.get("/figures/?as_of=2024-06-30"))
    now = text(client.get("/figures/"))

    assert f'href="/figures/{SERIES}/?as_of=2024-06-30"' in page
    assert "93.93" in now and "93.93" not in page


def test_a_published_number_counts_from_the_last_day_that_its_source_may_have():
    every = plan.observations(SERIES)
    (newest,) = [row for row in every if row.period == "2024" and not row.breakdown]
    day = newest.known_on

    assert newest in plan.observations(SERIES, known_on=day)
    assert newest not in plan.observations(SERIES, known_on=day - dt.timedelta(days=1))
    assert plan.latest_of([SERIES], known_on=dt.date(2000, 1, 1)) == {}


def test_the_chance_of_a_target_is_that_which_a_day_could_know(office):
    target = plan.target(TARGET)

    early, late = promises.of(target, dt.date(2025, 1, 1)), promises.of(target, dt.date(2026, 1, 1))

    assert early.newest is None or early.newest.period < late.newest.period
    assert late.chance.at is not None
    assert late.chance == promises.of(target).chance


def test_before_it_was_bound_a_target_has_no_series(office):
    target = plan.target(TARGET)

    before = plan.as_bound(target, target.bound_at - dt.timedelta(microseconds=1))

    assert (before.binding, before.series, target.binding) == ("unbound", None, "bound")
    assert plan.as_bound(target, target.bound_at) is target
    assert plan.as_bound(target, None) is target


def test_the_front_page_before_anything_was_released_says_by_which_day(reader, released):
    page = text(reader.get(f"/?as_of={BEFORE}"))

    assert share(released) not in page
    assert re.search(r"截至该日尚未发布|Nothing was released by that day", page)


def test_the_newest_headline_of_each_series_is_that_of_the_day(released):
    assert queries.newest_of(as_of=moment(f"{BEFORE}T23:59:59")) == {}
    assert queries.newest_of()[SERIES].release == released
    assert queries.newest_of([SERIES], as_of=moment(f"{AFTER}T23:59:59"))[SERIES].release == released


COUNTIES = [
    one.code for one in regions.all() if one.code[:2] in ("34", "35", "36") and not one.code.endswith("00")
]


def _more(count: int) -> None:
    """Record many numbers of many regions, in several vintages."""
    for place in range(3):
        rows = [
            replace(
                QUARTER, region=code, period=f"202{place}Q1", valid_from=None, valid_to=None,
                value=Decimal(n % 100), said=str(n % 100),
            )
            for n, code in enumerate(COUNTIES[: 5 * (count - 1)])
        ]  # fmt: skip
        actions.record(by=BY, rows=rows)


BUDGET = [
    *PAGES,
    *(f"{page}?as_of={AFTER}" for page in PAGES),
    *("/data/", f"/data/{RATE}/", "/data/catalogue.jsonld", "/data/changes.json", "/data/changes.atom"),
    *(f"/figures/{RATE}/history/?cell=330000||others", f"/figures/{RATE}/history/?as_of=2025-06-02"),
    f"/figures/{RATE}/number/?region=330000&period=2025Q1",
    "/sdmx/structure/dataflow?references=all",
    "/sdmx/data/dataflow/ZH/DF_NATIONAL_SPOT_CHECK_FAIL_RATE/*/Q.330000",
    "/sdmx/data/dataflow/ZH/DF_NATIONAL_SPOT_CHECK_FAIL_RATE/*/Q.330000?asOf=2025-06-02T10:00:00Z",
]


@pytest.mark.parametrize("page", BUDGET)
def test_the_queries_of_a_page_and_the_rows_they_read_do_not_grow_with_the_observations(
    client, released, page
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    actions.record(by=BY, rows=[QUARTER])
    body(client.get(page))
    sdmx._table.cache_clear()
    with CaptureQueriesContext(connection) as few:
        before = body(client.get(page))

    _more(12)

    with CaptureQueriesContext(connection) as many:
        after = body(client.get(page))
    assert len(many) <= len(few) and len(many) <= 25
    assert len(after) < len(before) + 30_000
    scans = [one["sql"] for one in many if "indicators_observation" in one["sql"]]
    assert all("region" in sql.partition("WHERE")[2] for sql in scans)


def body(response) -> bytes:
    assert response.status_code == 200
    return b"".join(response.streaming_content) if response.streaming else response.content


def test_the_history_lists_a_bounded_number_of_lines_and_finds_any_other_by_its_code(client, released):
    actions.record(by=BY, rows=[QUARTER])
    _more(30)
    client.cookies["language"] = "en"

    page = text(client.get(f"/figures/{RATE}/history/"))
    other = text(client.get(f"/figures/{RATE}/history/?region={COUNTIES[141]}"))

    assert vintages.lines(RATE).count() > 120
    assert page.count("<option") <= 121 and "Another region, by its code" in page
    assert f'value="{COUNTIES[141]}||others" selected' in other
    assert client.get(f"/figures/{RATE}/history/?region=999999").status_code == 404


def test_an_early_history_offers_no_line_that_was_not_known(client, office):
    with clock.at(moment("2025-06-05T09:00:00")):
        actions.record(by=BY, rows=[QUARTER])

    with clock.at(moment("2025-06-06T09:00:00")):
        early = text(client.get(f"/figures/{RATE}/history/?as_of=2025-06-04"))
        later = text(client.get(f"/figures/{RATE}/history/?as_of=2025-06-05"))

    assert "330000||others" not in early and f'<a href="/figures/{RATE}/history/">' in early
    assert "330000||others" in later


def test_a_break_that_was_declared_later_is_not_told_of_an_earlier_day(office):
    series = "agri_routine_monitoring_pass_rate"

    def known(day: str):
        return promises.declared_of([series], moment(f"{day}T23:59:59"))[series]

    assert known("2020-01-01") == []
    assert known("2024-12-02") == promises.declared_of([series])[series] != []


TODAY_ONLY = (
    "/plan/",
    "/plan/articles/27/",
    "/questionnaires/",
    "/data/",
    f"/data/{SERIES}/",
    "/data/changes.atom",
    "/data/catalogue.jsonld",
    "/draws/",
    "/verify/",
)


@pytest.mark.parametrize("page", TODAY_ONLY)
@pytest.mark.parametrize("day", ["2025-05-20", "yesterday", "2999-01-01"])
def test_a_page_that_is_not_kept_by_day_refuses_to_be_asked_for_one(client, released, page, day):
    client.cookies["language"] = "en"

    assert client.get(page).status_code == 200
    refused = client.get(f"{page}?as_of={day}")

    assert refused.status_code == 400
    assert "not kept by day" in refused.content.decode()


def test_what_was_sent_and_done_is_not_called_refused_for_the_day_in_the_address(client, released):
    client.cookies["language"] = "en"

    sent = client.post("/verify/?as_of=2025-05-20")

    assert sent.resolver_match.func.zh_page.public
    assert "not kept by day" not in sent.content.decode()
    assert client.head("/verify/?as_of=2025-05-20").status_code == 400


@pytest.mark.parametrize("page", [*PAGES, "/regions/", f"/regions/{REGION}/", "/compare/", "/index/"])
def test_a_day_to_come_is_refused_and_today_is_not(reader, released, page):
    mark = "&" if "?" in page else "?"

    for day in ("2999-01-01", "2025-06-03"):
        refused = reader.get(f"{page}{mark}as_of={day}")
        assert refused.status_code == 400
        assert re.search("还没有到|has not come yet", refused.content.decode())
    assert reader.get(f"{page}{mark}as_of=2025-06-02").status_code == 200


def test_every_public_page_honours_the_day_or_refuses_it(client, released):
    """A day that is none is noticed by every public address that answers without words."""
    from django.urls import NoReverseMatch, get_resolver, reverse

    names = [
        f"{space}:{name}"
        for space, (_prefix, resolver) in get_resolver().namespace_dict.items()
        for name in resolver.reverse_dict
        if isinstance(name, str)
    ]
    seen = 0
    for name in names:
        try:
            page = reverse(name)
        except NoReverseMatch:
            continue
        answer = client.get(page)
        mark = getattr(answer.resolver_match.func, "zh_page", None) if answer.status_code == 200 else None
        if mark and mark.public and not page.startswith(("/api/", "/sdmx/")):
            seen += 1
            assert client.get(f"{page}?as_of=2025-13-40").status_code == 400, page
    assert seen > 12


def test_sdmx_takes_a_day_alone_as_its_end_here_and_refuses_a_moment_to_come(client, released):
    flow = "/sdmx/data/dataflow/ZH/DF_MFG_PRODUCT_PASS_RATE/*?asOf="
    recorded = "2025-04-03"  # at ten in the morning, two o'clock in UTC

    def sent(at: str) -> bytes:
        with clock.at(moment("2025-06-02T12:00:00")):
            return body(client.get(f"{flow}{at}&format=csv")).partition(b"\n")[2]

    assert sent(recorded) == sent("2025-04-03T15:59:59Z")
    assert client.get(f"{flow}2025-04-02").status_code == 404
    assert client.get(f"{flow}2025-06-02").status_code == 200
    for day in ("2025-06-03", "2199-01-01", "2025-06-02T16:00:01Z"):
        answer = client.get(f"{flow}{day}")
        assert answer.status_code == 422
        assert b"asOf has not come yet" in answer.content
