"""Opens verifier/verify.html from disk in a Chromium without any network, and hands it files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parents[2] / "verifier" / "verify.html"
CHECK = """async ([name, files, vkey]) => {
    const held = new Map(files.map(([one, words]) => [one, new TextEncoder().encode(words)]));
    return await zhiheng.verify(name, held, vkey);
}"""
CHECK_EACH = """async ([files, changed]) => {
    const held = new Map(files.map(([one, words]) => [one, new TextEncoder().encode(words)]));
    const found = [];
    for (const words of changed) {
        held.set("mutant.json", new TextEncoder().encode(words));
        const report = await zhiheng.verify("mutant.json", held, "");
        found.push([report.ok, report.steps.at(-1).state, report.steps.at(-1).found[0]]);
    }
    return found;
}"""


class Paper:
    """The page as a person has it: a file, opened while nothing can be reached."""

    def __init__(self, browser: Any, *, phone: bool = False) -> None:
        size = {"width": 390, "height": 844} if phone else {"width": 1440, "height": 900}
        self.context = browser.new_context(viewport=size, offline=True, locale="zh-CN")
        self.context.set_default_timeout(120_000)
        self.asked: list[str] = []
        self.complaints: list[str] = []
        self.page = self.context.new_page()
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on(
            "console", lambda said: self.complaints.append(said.text) if said.type == "error" else None
        )
        self.page.goto(PAGE.as_uri())

    def check(self, name: str, files: Mapping[str, Any], vkey: str = "") -> dict[str, Any]:
        """Return the report on one file; values that are no text are written as JSON."""
        return self.page.evaluate(CHECK, [name, _texts(files), vkey])

    def check_each(self, changed: list[str], files: Mapping[str, Any] | None = None) -> list[list[Any]]:
        """Return (ok, last state, reason) of each changed text."""
        return self.page.evaluate(CHECK_EACH, [_texts(files or {}), changed])

    def hand_in(self, *paths: Path) -> None:
        """Choose files in the page and wait for its verdict."""
        self.page.set_input_files("#files", [str(path) for path in paths])
        self.page.locator("#verdict.holds, #verdict.fails").wait_for()

    def close(self) -> None:
        """Close the window."""
        self.context.close()


def _texts(files: Mapping[str, Any]) -> list[list[str]]:
    return [
        [name, held if isinstance(held, str) else json.dumps(held, ensure_ascii=False)]
        for name, held in files.items()
    ]
