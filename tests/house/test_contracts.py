"""The floors of the house hold, and every folder has its place."""

from __future__ import annotations

import ast
import logging
import tomllib

import pytest
from importlinter.cli import lint_imports

from zhiheng.stages import ORDER

from . import tree

TOP = {"zhiheng", "tests", "docs", "bench", "verifier", "requirements", ".ci"}
NOT_IN_A_LAYER = {"__init__"}


def config() -> dict:
    return tomllib.loads((tree.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]


@pytest.fixture
def loggers_as_they_are():
    """What sets up logging of its own, as import-linter does, silences every logger that stands already."""
    spoke = [
        one for one in logging.root.manager.loggerDict.values() if getattr(one, "disabled", True) is False
    ]
    yield
    for one in spoke:
        one.disabled = False


def test_the_import_contracts_are_kept(monkeypatch, loggers_as_they_are):
    monkeypatch.chdir(tree.ROOT)

    assert lint_imports(no_cache=True) == 0


def test_every_room_stands_on_a_floor():
    layers = next(c["layers"] for c in config()["contracts"] if "zhiheng.site" in c.get("layers", ()))
    placed = {room.strip().removeprefix("zhiheng.") for layer in layers for room in layer.split("|")}

    rooms = {p.stem for p in tree.PACKAGE.iterdir() if p.is_dir() or p.suffix == ".py"}
    rooms -= NOT_IN_A_LAYER | {"__pycache__"}

    assert rooms == placed, "place the new room in the layers of pyproject.toml, or remove it"


def test_every_stage_stands_in_the_order_of_the_loop():
    contract = next(c for c in config()["contracts"] if c.get("containers") == ["zhiheng.stages"])
    folders = {p.name for p in (tree.PACKAGE / "stages").iterdir() if p.is_dir()} - {"__pycache__"}

    assert folders == set(ORDER)
    assert contract["layers"] == list(reversed(ORDER))


def test_every_pure_room_is_held_to_the_contract_without_django():
    contract = next(c for c in config()["contracts"] if "django" in c.get("forbidden_modules", ()))

    assert {m.removeprefix("zhiheng.") for m in contract["source_modules"]} == set(tree.PURE)


def test_nothing_else_lies_at_the_root_of_the_repository():
    """What is left there by mistake is the first thing that a stranger sees."""
    lying = {path.name for path in tree.ROOT.iterdir() if path.is_file() and not path.name.startswith(".")}

    assert lying == {
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "LICENSE",
        "Makefile",
        "README.md",
        "README.zh-CN.md",
        "conftest.py",
        "pyproject.toml",
    }


def test_no_folder_stands_at_the_top_without_a_reason():
    tracked = {p.name for p in tree.ROOT.iterdir() if p.is_dir() and not p.name.startswith(".")}
    made = {"var", "build", "dist", "zhiheng.egg-info", "__pycache__"}

    assert tracked - made <= TOP


def test_rules_import_no_django():
    for path in tree.pure_modules():
        for node in ast.walk(tree.parsed(path)):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            assert not [n for n in names if n.split(".")[0] == "django"], tree.name(path)
