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
from zhiheng.ledger.statement import PERSONAL_KEYS, VISIBILITIES
from zhiheng.people import personal, roles
from zhiheng.web import timeline

DEADLINES = "spotcheck."  # begins the name of a rule of dates, not of a verb
VERB = re.compile(r"[a-z][a-z0-9]*\.[a-z][a-z0-9_]*[a-z0-9]\Z")
# Verbs that neither the story nor a deed writes: a test that names the verb, or a walked verb that the same
# function writes with the same detail.
OTHERWISE = {
    "access.locked": "tests/inspection/test_firm.py",
    "access.opened": "access.refused",
    "access.refused": "tests/inspection/test_firm.py",
    "ledger.log_ended": "tests/ledger/sealing/test_renewal.py",
    "people.locked_out": "tests/people/test_sign_in.py",
    "people.sign_in_refused": "tests/people/test_sign_in.py",
    "plan.obligation_done": "tests/plan/test_actions.py",
    "plan.obligation_drafted": "tests/plan/test_actions.py",
    "plan.obligation_lapsed": "plan.obligation_withdrawn",
    "registry.brand_added": "registry.site_added",
    "registry.brand_ended": "registry.role_ended",
    "registry.site_ended": "registry.role_ended",
    "result.annulled": "result.cleared",
    "result.failed": "result.reported",
    "result.passed": "result.reported",
    "sample.testing": "sample.received",
    "visit.not_found": "visit.closed",
    **{
        f"case.{step}": "case.corrected"
        for step in (
            "correction_time_over",
            "objection_upheld",
            "overturned",
            "party_accepted",
            "producer_released",
            "recheck_failed",
            "recheck_overdue",
            "retest_ended",
            "retest_failed",
            "retest_laboratory_named_late",
            "retest_lapsed",
            "second_recheck_failed",
            "second_recheck_open",
            "second_recheck_overdue",
            "second_recheck_passed",
            "third_recheck_failed",
            "third_recheck_passed",
            "transfer_returned",
        )
    },
    **{
        f"site.{step}": "site.findings"
        for step in (
            "checked",
            "corrected",
            "not_started",
            "recheck_failed",
            "recheck_passed",
            "referred",
            "refused",
            "stopped",
            "suspended",
        )
    },
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


def test_every_verb_was_walked_or_is_named_with_what_covers_it(walked):
    statements, _values = walked
    found = {said["verb"] for said in statements}

    assert found | set(OTHERWISE) == set(timeline.labels.verbs()), "walk the new verb: write a deed"
    assert not found & set(OTHERWISE), "walked: take it out of OTHERWISE"
    for verb, cover in OTHERWISE.items():
        path = ROOT / OTHERWISE.get(cover, cover)
        assert cover in found or (
            path.is_file() and (cover if cover in OTHERWISE else verb) in path.read_text("utf-8")
        ), verb


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
