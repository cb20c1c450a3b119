"""Whatever a person does in a stage stands in the ledger: every public action leads to an entry.

The walk is over the syntax tree: from a public function of a stage's ``actions`` through the functions that
it names (of its module, of the modules beside it, of other actions) to ``ledger.record`` or ``record_rows``.
"""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

from . import tree

RECORDS = {"record", "record_rows"}


@cache
def action_modules() -> dict[str, Path]:
    """The action modules of the stages and of people, by dotted name."""
    found = {}
    for path in tree.modules():
        if tree.PACKAGE in path.parents and "actions" in {path.stem, path.parent.name}:
            dotted = ".".join(path.relative_to(tree.ROOT).with_suffix("").parts)
            found[dotted.removesuffix(".__init__")] = path
    return found


@cache
def functions(module: str) -> dict[str, ast.FunctionDef]:
    """The functions of a module by name."""
    body = tree.parsed(action_modules()[module]).body
    return {node.name: node for node in body if isinstance(node, ast.FunctionDef)}


@cache
def imported(module: str) -> dict[str, str]:
    """What a module imports from action modules: the name here, the module (and function) there."""
    path, found = action_modules()[module], {}
    package = module if path.stem == "__init__" else module.rpartition(".")[0]
    for node in ast.walk(tree.parsed(path)):
        if isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*above, *([base] if base else [])])
            found.update({alias.asname or alias.name: f"{base}.{alias.name}" for alias in node.names})
    return found


def names_used(function: ast.FunctionDef) -> set[tuple[str, str]]:
    """Every (owner, name) that a function mentions; the owner is empty for a plain name."""
    used = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            used.add((node.value.id, node.attr))
        elif isinstance(node, ast.Name):
            used.add(("", node.id))
    return used


def records(module: str, name: str, seen: frozenset[str] = frozenset()) -> bool:
    """Whether a function leads to the ledger."""
    here = f"{module}.{name}"
    function = functions(module).get(name)
    if function is None or here in seen:
        return False
    return any(_leads(module, owner, used, seen | {here}) for owner, used in names_used(function))


def _leads(module: str, owner: str, used: str, seen: frozenset[str]) -> bool:
    whence = imported(module).get(owner or used, "")
    if used in RECORDS and whence in {"zhiheng.ledger", f"zhiheng.ledger.{used}", "zhiheng.ledger.entries"}:
        return True
    if not owner and not whence:
        return records(module, used, seen)
    target = whence if owner else whence.rpartition(".")[0]
    return target in action_modules() and records(target, used, seen)


def public_actions() -> list[tuple[str, str]]:
    """Every public function of an action module."""
    return [
        (module, name)
        for module in sorted(action_modules())
        for name in functions(module)
        if not name.startswith("_")
    ]


def test_every_action_leads_to_an_entry_of_the_ledger():
    assert not [f"{module}.{name}" for module, name in public_actions() if not records(module, name)]


def test_the_walk_reaches_the_actions_of_every_stage():
    rooms = {
        module.split(".")[2] for module, _name in public_actions() if module.startswith("zhiheng.stages.")
    }

    assert {"registry", "plan", "draw", "inspection", "indicators"} <= rooms
    assert len(public_actions()) > 25


def test_the_walk_finds_an_action_that_records_nothing(monkeypatch):
    silent = ast.parse("def order(*, by):\n    return store(by)\n\ndef store(by):\n    return by.record()\n")
    found = {node.name: node for node in silent.body}
    monkeypatch.setitem(globals(), "functions", lambda _module: found)

    assert not records("zhiheng.stages.draw.actions", "order")


def test_no_entry_is_written_around_the_actions():
    """Pages and queries do not write to the ledger themselves."""
    rooms = {"pages", "queries", "slots", "forms", "urls", "labels", "listing"}
    found = [
        f"{tree.name(path)}:{node.lineno}"
        for path in tree.modules()
        if tree.PACKAGE / "stages" in path.parents and rooms & {path.stem, path.parent.name}
        for node in ast.walk(tree.parsed(path))
        if isinstance(node, ast.Attribute)
        and node.attr in RECORDS
        and getattr(node.value, "id", "") in {"ledger", "entries"}
    ]

    assert found == []
