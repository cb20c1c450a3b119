"""No entry of the ledger says who anybody is: every verb is walked, in the story or by a deed."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from tests.country import ROOT, copied
from tests.house import tree
from tests.house.test_actions_recorded import action_modules
from zhiheng.ledger import free_words
from zhiheng.ledger.statement import PERSONAL_KEYS, VISIBILITIES
from zhiheng.people import personal, roles
from zhiheng.web import timeline

DEADLINES = "spotcheck."  # begins the name of a rule of dates, not of a verb
VERB = re.compile(r"[a-z][a-z0-9]*\.[a-z][a-z0-9_]*[a-z0-9]\Z")
# Verbs of the tables of procedure that no entry has: the step is taken together with the next one.
NEVER = {
    "result.failed": "a verdict follows from the results, which are recorded as result.reported",
    "result.passed": "a verdict follows from the results, which are recorded as result.reported",
    "sample.testing": "testing begins with the first result, recorded as result.reported",
    "site.checked": "the answers decide at once: site.conforming or site.findings",
}
SOUNDS_WRITTEN = re.compile(r"[\u3400-\u9fff]|\s")
# What holds Chinese or spaces and is no sentence of a person.
NAMES = {
    "after": "numbers of certificates",
    "before": "numbers of certificates",
    "body": "a public body",
    "brand": "a brand",
    "item": "an item that is tested",
    "method": "a method of testing",
    "name": "a firm, a brand, a laboratory or an item: names of things",
    "platform": "a platform",
    "product": "a product",
    "quantity": "how much",
    "scope": "what a licence covers",
    "taker": "an office or a laboratory",
    "title": "a qualification",
}


@pytest.fixture(scope="module")
def walked(story_var, tmp_path_factory):
    """Every statement of the story and of all deeds, and every personal value that was known meanwhile."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "tests.loop.walker"],
        cwd=ROOT,
        env=copied(story_var, tmp_path_factory.mktemp("walked") / "var").environment,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    found = json.loads(done.stdout)
    return [said for some in found["statements"].values() for said in some], found["values"]


def leaves(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Yield every text of a statement with the key under which it stands."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield from leaves(item, name)
    elif isinstance(value, list):
        for item in value:
            yield from leaves(item, key)
    else:
        yield key, str(value)


def faults(statements: list[dict[str, Any]], values: dict[str, list[str]]) -> set[tuple[str, str, str]]:
    """Return verb, field and value where a statement holds something personal.

    A login is looked for as a whole text, since short ones are parts of other words; those that are the word
    for a role say nothing about anybody.
    """
    texts = {text: said["verb"] for said in statements for _key, text in leaves(said)}
    logins = set(values["people.Person.login"]) - set(roles.ROLES) - {roles.SYSTEM_ROLE}
    found = {(texts[login], "people.Person.login", login) for login in logins if login in texts}
    for field in set(values) - {"people.Person.login"}:
        for value in values[field]:
            found |= {(verb, field, value) for text, verb in texts.items() if value in text}
    return found


def keys(value: Any) -> set[str]:
    """Return every key of a statement."""
    if isinstance(value, dict):
        return set(value).union(*(keys(item) for item in value.values()))
    return set().union(*(keys(item) for item in value)) if isinstance(value, list) else set()


def test_no_entry_holds_a_personal_value(walked):
    statements, values = walked

    assert set(values) == set(personal.FIELDS)
    assert faults(statements, values) == set()


def test_no_entry_has_a_personal_key(walked):
    statements, _values = walked

    assert not {said["verb"] for said in statements if keys(said) & PERSONAL_KEYS}


def test_the_walk_meets_every_visibility_and_values_of_persons(walked):
    statements, values = walked

    assert {said["visibility"] for said in statements} == set(VISIBILITIES)
    for field in ("people.Person.login", "people.Person.display_name", "registry.Inspector.name"):
        assert len(values[field]) > 5


def test_a_name_in_an_entry_is_found(walked):
    statements, values = walked
    name, login = values["registry.Inspector.name"][0], "kill-own"
    told = {"verb": "draw.told", "detail": {"who": [f"由{name}检查"]}, "subjects": [["person", login]]}

    assert {(field, value) for _verb, field, value in faults([*statements, told], values)} == {
        ("registry.Inspector.name", name),
        ("people.Person.login", login),
    }


def test_every_verb_was_walked(walked):
    statements, _values = walked
    found = {said["verb"] for said in statements}

    assert found | set(NEVER) == set(timeline.labels.verbs()), "walk the new verb: write a deed or a way"
    assert not found & set(NEVER), "walked: take it out of NEVER"


def written_in(statements: list[dict[str, Any]]) -> set[str]:
    """Return verb and key of all that sounds like words of a person or stands where they write."""
    return {
        f"{said['verb']} {key}"
        for said in statements
        for key, text in leaves(said["detail"])
        if text and key not in NAMES and (SOUNDS_WRITTEN.search(text) or key in free_words.KEYS)
    }


def test_no_entry_holds_free_words_but_those_that_are_public_by_rule(walked):
    statements, _values = walked
    named = free_words.PUBLISHED | free_words.CHOSEN

    written = written_in(statements)

    assert written <= set(named), "bind it with ledger.bound"
    assert len(written & set(named)) > 10


def test_every_line_of_public_words_is_one_that_something_looks_at(walked):
    """The ledger asks for the keys of ``KEYS``; any other line is met on the walk, or it guards nothing."""
    statements, _values = walked
    named = free_words.PUBLISHED | free_words.CHOSEN

    unasked = {one for one in named if one.split()[1] not in free_words.KEYS}

    assert unasked - written_in(statements) == set(), "drop the line: neither the ledger nor the walk asks"


def test_what_was_erased_stands_in_no_entry_and_in_no_row(walked):
    statements, _values = walked
    erased = [said for said in statements if said["verb"] == "ledger.words_erased"]

    assert erased and all(said["detail"]["texts"] for said in erased)


def test_every_verb_of_the_actions_has_words_and_so_is_walked():
    modules = [tree.parsed(path) for path in action_modules().values()]
    parts = {
        id(part)
        for body in modules
        for node in ast.walk(body)
        if isinstance(node, ast.JoinedStr)
        for part in node.values
    }
    written = {
        node.value
        for body in modules
        for node in ast.walk(body)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in parts
        and VERB.match(node.value)
    }

    assert len(written) > 60
    unknown = written - set(timeline.labels.verbs())
    assert {verb for verb in unknown if not verb.startswith(DEADLINES)} == set()
