"""WCAG 2.2 AA by axe-core: every public page and the main pages of the office, both languages and widths.

Which pages there are is found by walking: one page of each route that links lead to. What is reached is held
against the list of all addresses, so that a new page cannot stay out of sight.
"""

from __future__ import annotations

import subprocess
import sys
from collections import Counter, deque
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.urls import resolve

from tests.country import ROOT
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
BY_CODE = {"inspection:my_page", "inspection:my_receipt", "inspection:my_send"}
NOT_REACHED = {*BY_CODE, "web:witness_seen"}  # the last one answers witnesses, with text
OPEN_JOINT = """
from zhiheng.site import setup
setup.start(demo=True)
from tests import country
from tests.loop.deeds.cast import person
from zhiheng.stages.draw import actions
from zhiheng.stages.registry.models import CatalogueItem
item = CatalogueItem.objects.filter(region=country.REGION, state="issued").order_by("year", "code").last()
made = actions.open_joint(
    by=person("province"), region=country.REGION, period=f"{item.year}Q4", item=item,
    quotas={"factory": 12, "shop": 12}, basis="walk over every page", purpose="risk-screening",
)
print(f"/joint/{made.serial}/")
"""
ISSUE_CODE = """
from zhiheng.site import setup
setup.start(demo=True)
from tests.loop.deeds.cast import person
from zhiheng.stages.inspection import actions
from zhiheng.stages.inspection.models import Case
case = Case.objects.filter(state="notified").order_by("pk").first()
issued = actions.issue_code(by=person("province"), visit=case.visit)
print(issued.access.organisation, issued.code, case.pk)
"""


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


def done_on(site: Any, program: str) -> str:
    """Act on the site in a process of its own, as the office would, and return what it says."""
    command = [sys.executable, "-c", program]
    done = subprocess.run(
        command, cwd=ROOT, env=site.story.environment, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@pytest.fixture(scope="package")
def public_pages(site: Any, chromium: Any) -> dict[str, str]:
    """Every public page that a stranger is led to from the front page, a joint campaign among them."""
    assert done_on(site, OPEN_JOINT).startswith("/joint/")
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


@pytest.mark.parametrize(("language", "width"), SEEN)
def test_no_page_that_a_firm_opens_by_its_code_breaks_a_rule_of_access(
    visitor, site, program, language, width
):
    organisation, code, case = done_on(site, ISSUE_CODE).split()
    firm = visitor(language=language)
    firm.open("/my/")
    firm.page.fill("#id_organisation", organisation)
    firm.page.fill("#id_code", code)
    firm.click("main form.form button")
    send = f"/my/cases/{case}/material/"
    firm.open(send)
    firm.page.fill("#id_said", "补充一份检验报告。")
    firm.click("main form.form button")
    receipt = firm.page.url.removeprefix(firm.start)

    own = firm.page.request.get(f"{firm.start}/my/page/").text()
    urls = ["/my/page/", *sorted(url for url in links(own, "/my/page/") if url.startswith("/my/cases/"))]

    assert send in urls and {resolve(url).view_name for url in (*urls, receipt)} == BY_CODE
    assert violations(firm, program, [*urls, receipt], width) == []


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
