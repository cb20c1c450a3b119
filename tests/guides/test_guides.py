"""What a guide tells a person to type or to open is typed and opened here."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from django.urls import resolve

from tests.country import REGION, ROOT

DOCS = ROOT / "docs"
GUIDES = sorted((DOCS / "guides").glob("*.md"))
SHELL = re.compile(r"^```sh\n(.*?)^```", re.M | re.S)
LINK = re.compile(r"\]\(([^)#\s]+)")
ADDRESS = re.compile(r"`(/[a-z0-9/_-]*/|/)`")
HAN = re.compile(r"[\u4e00-\u9fff]")


def commands(guide):
    """Return the lines that a guide tells a person to type."""
    return [line for block in SHELL.findall(guide.read_text("utf-8")) for line in block.splitlines() if line]


TYPED = [(guide.stem, line) for guide in GUIDES for line in commands(guide)]


@pytest.fixture(scope="module")
def root(story_var, tmp_path_factory):
    """The root of the repository as it looks after ``make demo``: the story lies in ``var``."""
    folder = tmp_path_factory.mktemp("root")
    for name in ("verifier", "tests", "docs"):
        (folder / name).symlink_to(ROOT / name)
    (folder / ".venv").symlink_to(sys.prefix)
    (folder / "var").symlink_to(story_var.var)
    return folder


def test_there_is_a_guide_for_each_kind_of_user_and_one_for_the_start_of_an_office():
    names = ["citizen", "field", "firm", "lab", "log", "nation", "office", "officer", "statistician"]
    assert [guide.stem for guide in GUIDES] == names


@pytest.mark.parametrize(("guide", "line"), TYPED)
def test_every_command_of_a_guide_works_as_it_stands(root, guide, line):
    done = subprocess.run(["bash", "-c", line], cwd=root, capture_output=True, text=True)

    assert done.returncode == 0, f"{guide}: {line}\n{done.stdout}{done.stderr}"
    assert done.stdout.strip()


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.stem)
def test_every_guide_says_what_to_see_to_do_and_how_to_check_in_both_languages(guide):
    text = guide.read_text("utf-8")
    heads = re.findall(r"^## (.+)$", text, re.M)

    assert heads == ["您会看到什么", "怎么做", "怎么核对", "What you see", "What to do", "How to check"]
    assert 30 <= len(text.splitlines()) <= 80
    assert commands(guide)
    assert not HAN.search(text.split("## What you see", 1)[1])


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.stem)
def test_every_address_in_a_guide_is_a_page(guide):
    for address in ADDRESS.findall(guide.read_text("utf-8")):
        if address != "/ledger/":  # followed by a number, as the guide says
            assert resolve(address).func.zh_page


def test_the_index_names_every_document():
    linked = {(DOCS / link).resolve() for link in LINK.findall((DOCS / "README.md").read_text("utf-8"))}
    written = {path.resolve() for path in DOCS.rglob("*.md")} - {(DOCS / "README.md").resolve()}

    assert written - linked == set()


@pytest.mark.parametrize("page", sorted(DOCS.rglob("*.md")), ids=lambda page: str(page.relative_to(DOCS)))
def test_every_link_leads_to_a_file(page):
    links = [link for link in LINK.findall(page.read_text("utf-8")) if "://" not in link]

    assert [link for link in links if not (page.parent / link).exists()] == []


def test_the_guides_name_the_country_that_the_demonstration_builds():
    from zhiheng.site.demo.scale import QUARTERS, SCALES

    assert SCALES["small"].region == REGION
    named = {match for guide in GUIDES for match in re.findall(r"20\d\dQ\d", guide.read_text("utf-8"))}
    assert named <= set(QUARTERS)
