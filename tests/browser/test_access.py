"""WCAG 2.2 AA by axe-core: every public page and the main pages of the office, both languages and widths.

Which pages there are is found by walking: one page of each route that links lead to. What is reached is held
against the list of all addresses, so that a new page cannot stay out of sight.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from tests.house.test_urls import PUBLIC, SEND_ONLY
from tests.loop.crawl import links, shape

axe = pytest.importorskip(
    "axe_playwright_python", reason="the package axe-playwright-python is not installed"
)

# The fast lane sees each language at one width, the slow one at the other too.
SEEN = (
    ("zh-hans", 390),
    ("en", 1440),
    pytest.param("zh-hans", 1440, marks=pytest.mark.prove),
    pytest.param("en", 390, marks=pytest.mark.prove),
)
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],
}
FOUND = """rules => axe.run(document, rules).then(found => found.violations.flatMap(
  one => one.nodes.map(node => `${one.id}: ${node.html.slice(0, 160)}`
    + ` (${node.failureSummary.split('\\n')[1] || ''})`)))"""
# Whoever works in the office sees these pages most; the walk begins at the workbench and stays in the office.
OFFICE = (
    ("province", "zh-hans", 1440),
    ("province", "en", 390),
    ("statistician", "zh-hans", 1440),
    ("inspector", "en", 390),
    ("firm", "zh-hans", 390),
    ("leader", "en", 1440),
)
MOST_IN_OFFICE = 12
# Two that no link of the story leads to: the list of joint campaigns, and the chart that is lent elsewhere.
STARTS = ("/", "/joint/", "/figures/mfg_product_pass_rate/embed/?region=330000")
NOT_REACHED = {
    "draw:public_joint",  # the story has no joint campaign
    "inspection:my_page",  # these three open with the access code of a notice alone
    "inspection:my_receipt",
    "inspection:my_send",
    "web:witness_seen",  # it answers witnesses, with text
}


@pytest.fixture(scope="package")
def program() -> str:
    """The program of axe-core as the package carries it."""
    return next(Path(axe.__file__).parent.rglob("axe.min.js")).read_text("utf-8")


def pages(ask: Any, *starts: str, most: int = 10_000) -> dict[str, str]:
    """Return one address for each route of HTML that links lead to from some pages, by the shape of it."""
    waiting, met, found = deque(starts), Counter(), {}
    while waiting and len(found) < most:
        url = waiting.popleft()
        answer = ask(url)
        if answer.status != 200 or not answer.headers.get("content-type", "").startswith("text/html"):
            continue
        found[shape(url)] = url
        for link in links(answer.text(), url):
            way = shape(link)
            if link.startswith("/office/") == starts[0].startswith("/office/") and not met[way]:
                met[way] += 1
                waiting.append(link)
    return found


@pytest.fixture(scope="package")
def public_pages(site: Any, chromium: Any) -> dict[str, str]:
    """Every public page that a stranger is led to from the front page."""
    context = chromium.new_context()
    try:
        return pages(lambda url: context.request.get(site.address + url, max_redirects=0), *STARTS)
    finally:
        context.close()


def violations(who: Any, program: str, urls: Any, width: int) -> list[str]:
    """Return what axe finds on these pages at a width."""
    found = []
    who.page.set_viewport_size({"width": width, "height": 900})
    for url in urls:
        answer = who.page.goto(who.start + url)
        assert answer.status == 200, f"{url} answered {answer.status}"
        who.page.evaluate(program)
        found += [f"{url} at {width} px: {one}" for one in who.page.evaluate(FOUND, RULES)]
    return found


def test_the_walk_reaches_every_public_page(public_pages):
    reached = {name.partition("?")[0] for name in public_pages}

    pages_of_html = {one.name for one in PUBLIC if not _is_a_file(one)} - SEND_ONLY
    assert pages_of_html - reached == NOT_REACHED


def _is_a_file(address: Any) -> bool:
    return "." in address.route.rsplit("/", 1)[-1] or address.route.startswith(("api/", "log/", "sdmx/"))


@pytest.mark.parametrize(("language", "width"), SEEN)
def test_no_public_page_breaks_a_rule_of_access(visitor, program, public_pages, language, width):
    assert violations(visitor(language=language), program, public_pages.values(), width) == []


@pytest.mark.parametrize(("login", "language", "width"), OFFICE)
def test_no_main_page_of_the_office_breaks_a_rule_of_access(signed_in, program, login, language, width):
    who = signed_in(login, language=language)
    mine = pages(
        lambda url: who.page.context.request.get(who.start + url, max_redirects=0),
        "/office/",
        most=MOST_IN_OFFICE,
    )

    assert len(mine) > 3
    assert violations(who, program, mine.values(), width) == []


def test_a_fault_would_be_found(visitor, program):
    who = visitor()
    who.open("/")
    who.page.evaluate("document.querySelector('main').append(document.createElement('button'))")
    who.page.evaluate(program)

    assert any(one.startswith("button-name") for one in who.page.evaluate(FOUND, RULES))


@pytest.fixture
def elsewhere(site: Any) -> Iterator[str]:
    """Another site on this machine, with three frames: the chart that is lent, a list, and the sign-in."""
    urls = ("/figures/mfg_product_pass_rate/embed/?region=330000&lang=en", "/figures/", "/sign-in/")
    body = "".join(f'<iframe src="{site.address}{url}"></iframe>' for url in urls).encode()

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_given: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()
    server.server_close()


def test_a_chart_lent_to_another_site_shows_there_and_no_other_page_does(chromium, elsewhere):
    context = chromium.new_context()
    page = context.new_page()

    page.goto(elsewhere)
    page.wait_for_load_state("networkidle")

    lent, *others = page.main_frame.child_frames
    assert lent.locator("figure svg").count() == 1 and lent.locator("table tbody tr").count() >= 2
    assert [one.url.startswith("chrome-error:") for one in others] == [True, True]
    context.close()


@pytest.mark.parametrize("url", ["/", "/regions/330000/", "/compare/", "/figures/mfg_product_pass_rate/"])
def test_a_printed_page_has_no_menu_and_says_its_address_and_time(visitor, url):
    who = visitor()
    who.open(url)

    who.page.emulate_media(media="print")

    for hidden in (".top", ".filters", ".crumbs", ".ways-bar", "#embed"):
        assert who.page.locator(f"{hidden}:visible").count() == 0, hidden
    foot = who.page.locator(".print-foot")
    assert foot.is_visible()
    assert site_path(foot.inner_text(), who.start) == url
    assert who.page.evaluate("new Date().getFullYear()") and "20" in foot.inner_text()


def site_path(words: str, start: str) -> str:
    """Return the path that a foot prints after the name of the site."""
    return words.split(start)[1].split()[0]
