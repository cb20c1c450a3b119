"""A running site on a copy of the story, a Chromium that never leaves this machine, and visitors."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests import serving
from tests.country import ROOT, Story, copied

from .visitor import Visitor

# A Chromium without a window comes first: it spares more than half of the time of a page.
PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
# Chromium calls home for lists and updates unless told not to; a test run talks to nobody.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--renderer-process-limit=1",  # else every context starts a process or two of its own
]
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
PATIENCE_MS = 10_000


@dataclass(frozen=True)
class Site:
    """A running site: where it answers and what it was built from."""

    address: str
    story: Story


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything in this folder."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


def chromium_path() -> str | None:
    """Return the system's Chromium, if there is one; none is ever downloaded."""
    return next(filter(None, map(shutil.which, PROGRAMS)), None)


# Package scope: Playwright holds an event loop open in this thread, and Django refuses a database beside one.
@pytest.fixture(scope="package")
def chromium(story_var: Story) -> Iterator[Any]:
    """A running Chromium; the story, which begins on the tables of this process, is told before it."""
    program = chromium_path()
    if program is None:
        pytest.skip("the system has no Chromium; journeys are not walked")
    playwright = pytest.importorskip("playwright.sync_api", reason="the package playwright is not installed")
    with playwright.sync_playwright() as driver:
        reads_chinese = {**os.environ, "LC_ALL": "C.UTF-8"}  # of files too: a locale that is not there is C
        browser = driver.chromium.launch(executable_path=program, args=ARGUMENTS, env=reads_chinese)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def site(story_var: Story, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site on a copy of the story, served as ``zhiheng serve`` serves it."""
    told = copied(story_var, tmp_path_factory.mktemp("journeys") / "var")
    port = serving.free_port()
    log = told.var.with_name("serve.log")
    with log.open("wb") as kept:
        server = subprocess.Popen(
            [sys.executable, "-m", "zhiheng.site.cli", "serve", "--port", str(port)],
            cwd=ROOT,
            env=told.environment,
            stdin=subprocess.DEVNULL,
            stdout=kept,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        serving.first_answer(f"http://127.0.0.1:{port}/", server, lambda: log.read_text(errors="replace"))
        yield Site(f"http://127.0.0.1:{port}", told)
    finally:
        serving.stop(server)


@pytest.fixture
def visitor(chromium: Any, site: Site) -> Iterator[Callable[..., Visitor]]:
    """Make visitors: ``visitor()`` reads Chinese at a desk; ``phone`` and ``scripts`` change the window."""
    contexts = []

    def come(*, phone: bool = False, scripts: bool = True, language: str = "zh-hans") -> Visitor:
        context = chromium.new_context(
            viewport=PHONE if phone else DESK,
            java_script_enabled=scripts,
            locale="en-GB" if language == "en" else "zh-CN",
            accept_downloads=True,
        )
        context.set_default_timeout(PATIENCE_MS)
        context.add_cookies([{"name": "language", "value": language, "url": site.address}])
        contexts.append(context)
        return Visitor(context.new_page(), site.address)

    yield come
    for context in contexts:
        context.close()


@pytest.fixture(scope="package")
def sessions() -> dict[str, Any]:
    """The sessions that are open, by login: nobody signs in for every test anew."""
    return {}


@pytest.fixture
def signed_in(
    visitor: Callable[..., Visitor], site: Site, sessions: dict[str, Any]
) -> Callable[..., Visitor]:
    """Let somebody of the demonstration come to the workbench: ``signed_in("province")``."""

    def come(login: str, **ways: Any) -> Visitor:
        who = visitor(**ways)
        if login in sessions:
            who.page.context.add_cookies(sessions[login])
            who.open("/office/")
        else:
            who.sign_in(login, site.story.passwords[login])
            kept = who.page.context.cookies()
            sessions[login] = [cookie for cookie in kept if cookie["name"] != "language"]
        return who

    return come
