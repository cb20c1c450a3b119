"""Names what this machine lacks, and what is lost by it; nothing here is needed for the demo to run."""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zhiheng.site.cli import print_json, say

CHROMIUM = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts")
CJK_FONT_FILES = ("*CJK*", "wqy-*", "*SourceHan*", "simsun*", "simhei*", "msyh*")


@dataclass(frozen=True, slots=True)
class Need:
    """Something the house can use: how to find it, what is lost without it, how to get it."""

    id: str
    name: str
    lost: str
    remedy: str
    find: Callable[[], str | None]


def program(*names: str) -> Callable[[], str | None]:
    """Return a search for the first of these programs."""
    return lambda: next((found for name in names if (found := shutil.which(name))), None)


def cjk_font() -> str | None:
    """Return a font that has Chinese, as fontconfig names it, else a font file that looks like one."""
    if shutil.which("fc-list"):
        listed = subprocess.run(
            ["fc-list", ":lang=zh-cn", "family"], capture_output=True, text=True, timeout=20, check=False
        )
        if families := sorted(filter(None, listed.stdout.splitlines())):
            return families[0].split(",")[0]
    for folder in map(Path, FONT_FOLDERS):
        for pattern in CJK_FONT_FILES:
            if found := next(folder.expanduser().rglob(pattern), None):
                return found.name
    return None


def postgresql() -> str | None:
    """Return the folder of the newest PostgreSQL server binaries."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return str(found[-1].parent) if found else shutil.which("initdb")


def site() -> str | None:
    """Return whether the packages of the site are installed."""
    return "django" if importlib.util.find_spec("django") else None


NEEDS = (
    Need("site", "the packages of the site", "pages, demo and jobs; the pure commands work",
         "pip install 'zhiheng[site]'", site),
    Need("font", "a Chinese font", "papers as PDF (Word files stay), Chinese in charts saved as pictures",
         "apt install fonts-noto-cjk", cjk_font),
    Need("poppler", "poppler", "the tests that read PDF files back are skipped",
         "apt install poppler-utils", program("pdftotext")),
    Need("chromium", "Chromium", "the browser journeys among the tests are skipped",
         "apt install chromium-headless-shell", program(*CHROMIUM)),
    Need("postgresql", "the PostgreSQL server", "the tests on PostgreSQL are skipped; the site uses SQLite",
         "apt install postgresql", postgresql),
    Need("gettext", "gettext", "nothing at run time; translators miss msgfmt and msgmerge",
         "apt install gettext", program("msgfmt")),
    Need("java", "Java", "the Spark engine; memory and DuckDB give the same answers in one process",
         "apt install default-jre-headless", program("java")),
    Need("r", "R", "the scripts that made the reference numbers of the methods cannot be run again",
         "apt install r-base-core", program("Rscript")),
    Need("go", "Go", "the tests that read the log with Go's own reader are skipped",
         "apt install golang-go golang-golang-x-mod-dev", program("go")),
)  # fmt: skip


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of ``zhiheng doctor``."""
    parser.add_argument("--brief", action="store_true", help="only what is missing, one line each")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """Say what is here and what is not; to lack something is no failure."""
    findings = [(need, need.find()) for need in NEEDS]
    if args.json:
        print_json(as_json(findings))
        return 0
    for need, found in findings:
        if found is None:
            say(f"doctor: missing: {need.name}. Lost: {need.lost}. To get it: {need.remedy}")
        elif not args.brief:
            say(f"doctor: found: {need.name} ({found})")
    if not args.brief:
        say(f"doctor: office: {office()}")
    if args.brief and all(found for _need, found in findings):
        say("doctor: nothing is missing here")
    return 0


def office() -> str:
    """Say whether this folder is that of a real office, of a demonstration, or of neither yet."""
    var = Path(os.environ.get("ZHIHENG_VAR", "var"))
    if (var / "office.json").exists():
        region = json.loads((var / "office.json").read_text(encoding="utf-8"))["region"]
        return f"started for region {region}; more lists: zhiheng init --region {region} --import FILE..."
    if (var / "demo.json").exists():
        return "none here, this is the demonstration; a real one: ZHIHENG_VAR=office zhiheng init --help"
    return "none yet; start one with zhiheng init --region CODE --import FILE..."


def as_json(findings: list[tuple[Need, str | None]]) -> dict[str, Any]:
    """Return the findings for a program to read."""
    return {
        "office": office(),
        "found": [{"id": need.id, "where": found} for need, found in findings if found],
        "missing": [
            {"id": need.id, "lost": need.lost, "remedy": need.remedy} for need, found in findings if not found
        ],
    }
