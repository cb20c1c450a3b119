"""The 151 systems are all there, and coverage claims only what it can show."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from zhiheng.errors import UnknownCode
from zhiheng.reference import systems
from zhiheng.site import cli

ROOT = Path(__file__).resolve().parents[2]


def test_there_are_151_systems_in_nine_groups_and_three_kinds():
    found = systems.all()

    assert len(found) == 151
    assert Counter(system.id[0] for system in found) == dict(
        zip("ABCDEFGHI", (20, 18, 18, 23, 21, 17, 14, 16, 4), strict=True)
    )
    assert Counter(system.kind for system in found) == {"C": 60, "S": 75, "T": 16}


def test_every_system_has_both_names_and_articles_that_exist():
    for system in systems.all():
        assert system.zh and system.en
        assert system.zh != system.en
        assert all(1 <= number <= 32 for number in system.articles)
    assert len({system.zh for system in systems.all()}) == 151
    assert sum(27 in system.articles for system in systems.all() if system.id != "A1") == 35


def test_core_and_supporting_systems_belong_to_a_capability():
    known = {f"K{number}" for number in range(1, 13)}

    for system in systems.all():
        assert set(system.capability) <= known
        assert system.capability or system.kind == "T"


def test_coverage_names_every_system_once_in_order():
    assert [row.id for row in systems.coverage()] == [system.id for system in systems.all()]
    assert {row.state for row in systems.coverage()} <= set(systems.STATES)


def test_what_works_names_a_page_a_command_and_a_test():
    for row in systems.coverage():
        if row.state == "works":
            assert row.page.startswith("/") and row.page.endswith("/"), row.id
            assert row.command.split()[0] == "zhiheng" and row.command.split()[1] in cli.COMMANDS, row.id
            assert row.test.startswith("tests/"), row.id
        if row.state == "method":
            # A page would make it work; a command is there where one reaches the mathematics.
            assert row.test.startswith("tests/") and not row.page, row.id
            assert not row.command or row.command.split()[1] in cli.COMMANDS, row.id
        if row.state == "absent":
            assert not row.page and not row.command and not row.test, row.id


def test_a_test_that_coverage_names_exists():
    named = {row.test for row in systems.coverage() if row.test}

    assert {test for test in named if not (ROOT / test).is_file()} == set()


def test_an_unknown_system_is_refused():
    with pytest.raises(UnknownCode, match="A1 to I4"):
        systems.get("Z9")


def test_the_command_prints_one_object_with_all_systems(capsys):
    assert cli.main(["coverage", "--json"]) == 0

    printed = json.loads(capsys.readouterr().out)
    assert len(printed["systems"]) == 151
    assert set(printed["systems"][0]) == {"id", "zh", "en", "kind", "state", "page", "command", "test"}


def test_the_table_ends_with_a_count(capsys):
    assert cli.main(["coverage", "--state", "works"]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert lines[-1].startswith("151: works ")
    assert len(lines) == 1 + sum(row.state == "works" for row in systems.coverage())
