"""A stranger who opens pages over HTTP and goes on only by links that the pages hold."""

from __future__ import annotations

import re
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit


class _Links(HTMLParser):
    """Collects the links of a page with their texts."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self._open: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        href = dict(attrs).get("href")
        if tag == "a" and href:
            self.found.append((href, ""))
            self._open = []

    def handle_data(self, data: str) -> None:
        if self._open is not None:
            self._open.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._open is not None:
            href, _text = self.found[-1]
            self.found[-1] = (href, " ".join("".join(self._open).split()))
            self._open = None


@dataclass(frozen=True)
class Page:
    """An answer: where it was found, its status, its bytes."""

    url: str
    status: int
    body: bytes

    @property
    def text(self) -> str:
        """The page as text."""
        return self.body.decode("utf-8-sig")

    @property
    def path(self) -> str:
        """The path of its address."""
        return urlsplit(self.url).path

    @property
    def links(self) -> list[tuple[str, str]]:
        """The links it holds, as (address, words)."""
        parser = _Links()
        parser.feed(self.text)
        return parser.found


@dataclass
class Stranger:
    """Somebody with a browser without scripts, who remembers the way."""

    address: str
    language: str = "zh-hans"
    way: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        """Open an address typed by hand; only the front page needs this."""
        url = urljoin(self.address, path)
        request = urllib.request.Request(url, headers={"Cookie": f"language={self.language}"})
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                page = Page(answer.geturl(), answer.status, answer.read())
        except urllib.error.HTTPError as error:
            page = Page(url, error.code, error.read())
        self.way.append(page.path)
        return page

    def click(self, page: Page, pattern: str) -> Page:
        """Follow the first link of a page whose address fits; without one the way ends here."""
        for href, _words in page.links:
            if re.fullmatch(pattern, urlsplit(href).path + (f"?{q}" if (q := urlsplit(href).query) else "")):
                return self.open(urljoin(page.url, href))
        raise AssertionError(f"{page.path} holds no link like {pattern}")
