"""Sizes, names and habits that keep a module readable."""

from __future__ import annotations

import ast
import re

import pytest

from . import tree

FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "managers"}
CLOCKS = {
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
    ("time", "time"),
    ("timezone", "now"),
}

IN_ONE_FILE = {"verifier/verify.py": 600, "verifier/verify_numbers.py": 480}
"""Programs for strangers, which are one file each (ADR 32, 42)."""


def functions(path):
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return [node for node in ast.walk(tree.parsed(path)) if isinstance(node, kinds)]


def test_no_module_is_longer_than_400_lines():
    long = {tree.name(p): n for p in tree.modules() if (n := len(p.read_text("utf-8").splitlines())) > 400}

    assert {name: size for name, size in long.items() if size > IN_ONE_FILE.get(name, 400)} == {}


def test_no_function_is_longer_than_60_lines():
    long = {
        f"{tree.name(path)}:{node.name}": size
        for path in tree.modules()
        for node in functions(path)
        if (size := node.end_lineno - node.lineno + 1) > 60
    }

    assert long == {}


def test_every_module_says_in_one_sentence_what_it_does():
    silent = [
        tree.name(path)
        for path in tree.modules()
        if not (ast.get_docstring(tree.parsed(path)) or "").split("\n")[0].rstrip().endswith((".", "。"))
    ]

    assert silent == []


def test_no_module_hides_behind_a_name_without_an_idea():
    assert [tree.name(p) for p in tree.modules() if p.stem in FORBIDDEN_NAMES] == []


def test_public_functions_of_the_pure_floors_have_a_docstring():
    silent = [
        f"{tree.name(path)}:{node.name}"
        for path in tree.pure_modules()
        for node in tree.parsed(path).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]

    assert silent == []


def test_the_pure_floors_read_no_clock_and_no_hidden_randomness():
    found = []
    for path in tree.pure_modules():
        for node in ast.walk(tree.parsed(path)):
            if isinstance(node, ast.Import) and {a.name for a in node.names} & {"random", "secrets"}:
                found.append(tree.name(path))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                owner = node.func.value
                owner_name = getattr(owner, "attr", getattr(owner, "id", ""))
                if (owner_name, node.func.attr) in CLOCKS:
                    found.append(f"{tree.name(path)}:{node.lineno}")
                if node.func.attr == "default_rng" and not node.args:
                    found.append(f"{tree.name(path)}:{node.lineno}")

    assert found == []


def test_django_rooms_read_the_clock_in_one_place():
    found = [
        f"{tree.name(path)}:{node.lineno}"
        for path in tree.modules()
        if tree.PACKAGE in path.parents and tree.name(path) not in {"zhiheng/people/clock.py"}
        for node in ast.walk(tree.parsed(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and (getattr(node.func.value, "attr", getattr(node.func.value, "id", "")), node.func.attr)
        in CLOCKS - {("time", "time")}
    ]

    assert found == []


def action_modules():
    return sorted(
        path
        for path in tree.modules()
        if tree.PACKAGE in path.parents and "actions" in {path.stem, path.parent.name}
    )


def test_actions_are_keyword_only_and_say_who_acts():
    loose = []
    for path in action_modules():
        for node in tree.parsed(path).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                keywords = [a.arg for a in node.args.kwonlyargs]
                if node.args.args or "by" not in keywords:
                    loose.append(f"{tree.name(path)}:{node.name}")

    assert loose == []


@pytest.mark.parametrize("pattern", [r"/work/", r"/home/\w+", r"/tmp/zh", r"/Users/"])
def test_no_file_carries_a_path_of_one_machine(pattern):
    texts = [*tree.modules(), *tree.templates(), *tree.ROOT.glob("*.md"), *tree.ROOT.glob("docs/**/*.md")]

    assert [tree.name(p) for p in texts if re.search(pattern, p.read_text("utf-8"))] == []


def test_no_requirement_names_a_host():
    for path in (tree.ROOT / "requirements").glob("*.txt"):
        text = path.read_text("utf-8")
        assert "://" not in text
        assert "--hash=sha256:" in text
    assert not list(tree.ROOT.glob("**/uv.lock"))


def test_every_dependency_has_its_reason_beside_it():
    text = (tree.ROOT / "pyproject.toml").read_text("utf-8")
    block = text.split("dependencies = [", 1)[1].split("[project.scripts]", 1)[0]
    lines = [line.strip() for line in block.splitlines() if line.strip().startswith('"')]

    assert lines
    assert [line for line in lines if "#" not in line] == []
