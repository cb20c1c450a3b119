"""A visitor walks through pages, and every page must hold what is promised of all of them.

Promised of every page: it names its language, has one ``h1``, every field and every picture has a name, no id
stands twice, nothing comes from or goes to another host, the console stays silent, and the page never scrolls
sideways.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

FAULTS = """() => {
  const named = field => field.labels?.length || field.getAttribute('aria-label')
    || field.getAttribute('aria-labelledby') || field.title;
  const fields = [...document.querySelectorAll('input:not([type=hidden]), select, textarea')];
  const ids = [...document.querySelectorAll('[id]')].map(node => node.id);
  const silent = [...document.querySelectorAll('a[href], button')].filter(node =>
    !(node.innerText || node.textContent).trim() && !node.getAttribute('aria-label')
    && !node.querySelector('img[alt]'));
  return {
    lang: document.documentElement.lang,
    title: document.title.trim(),
    h1: document.querySelectorAll('h1').length,
    unnamed: fields.filter(field => !named(field)).map(field => field.outerHTML.slice(0, 120)),
    pictures: [...document.querySelectorAll('img:not([alt])')].map(node => node.src),
    drawings: [...document.querySelectorAll('svg')].filter(node =>
      !node.closest('[aria-hidden=true]') && !node.getAttribute('aria-label') && !node.querySelector('title')
      && !node.closest('[role=img]') && !node.closest('figure')).length,
    silent: silent.map(node => node.outerHTML.slice(0, 120)),
    twice: ids.filter((id, place) => ids.indexOf(id) !== place),
    headless: [...document.querySelectorAll('table')].filter(node => !node.querySelector('th[scope]')).length,
    wide: document.scrollingElement.scrollWidth - window.innerWidth,
  };
}"""


class Visitor:
    """One person at one window: walks, and looks at each page with the same eyes."""

    def __init__(self, page: Any, start: str) -> None:
        self.page, self.start = page, start
        self.host = urlsplit(start).netloc
        self.seen: list[str] = []
        self.strangers: list[str] = []
        self.complaints: list[str] = []
        page.on("request", self._on_request)
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def open(self, address: str, *, status: int = 200) -> None:
        """Go to an address of the site and look at the page."""
        answer = self.page.goto(self.start + address)
        assert answer.status == status, f"{address} answered {answer.status}"
        self.look()

    def click(self, target: Any) -> None:
        """Follow a link or press a button that leads to a page, and look at that page."""
        found = self.page.locator(target).first if isinstance(target, str) else target.first
        with self.page.expect_navigation(wait_until="load"):
            found.click()
        self.look()

    def follow(self, start: str, end: str = "/", *, within: str = "main") -> None:
        """Follow the first link in sight that leads below an address, or to it where none leads below."""
        below = self.page.locator(f'{within} a[href^="{start}"][href$="{end}"]:not([href="{start}"]):visible')
        self.click(below if below.count() else f'{within} a[href="{start}"]:visible')

    def text(self, selector: str = "main") -> str:
        """Return the words of a part of the page."""
        return self.page.locator(selector).first.inner_text()

    def why(self) -> str:
        """Open the first why drawer and return what it says."""
        drawer = self.page.locator("details.why").first
        drawer.locator("summary").click()
        return drawer.inner_text()

    def sign_in(self, login: str, password: str) -> None:
        """Sign in through the form."""
        self.open("/sign-in/")
        self.page.fill("#id_login", login)
        self.page.fill("#id_password", password)
        self.click(self.page.locator("main form button").first)
        assert urlsplit(self.page.url).path == "/office/", self.text("body")

    def look(self) -> None:
        """Check what is promised of every page."""
        where = urlsplit(self.page.url).path
        self.seen.append(where)
        found = self.page.evaluate(FAULTS)
        assert found["lang"] in {"zh-CN", "en"}, f"{where} names no language"
        assert found["title"], f"{where} has no title"
        assert found["h1"] == 1, f"{where} has {found['h1']} h1"
        for kind in ("unnamed", "pictures", "silent", "twice"):
            assert found[kind] == [], f"{where} {kind}: {found[kind]}"
        assert found["drawings"] == 0, f"{where} has {found['drawings']} drawings without a name"
        assert found["headless"] == 0, f"{where} has {found['headless']} tables without scope"
        assert found["wide"] <= 0, f"{where} scrolls sideways by {found['wide']} px"
        assert self.strangers == [], f"{where} asked another host: {self.strangers}"
        assert self.complaints == [], f"{where} complained: {self.complaints}"

    def _on_request(self, request: Any) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https", "ws", "wss"} and parts.netloc != self.host:
            self.strangers.append(request.url)

    def _on_console(self, message: Any) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(f"{message.type}: {message.text}")
