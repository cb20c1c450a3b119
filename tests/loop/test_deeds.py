"""Every public action has a deed that is killed in its middle, so that a new action cannot go without one."""

from __future__ import annotations

import json

from tests.country import ROOT
from tests.house.test_actions_recorded import public_actions

from . import deeds
from .deeds import DEEDS, OFTEN


def test_every_public_action_has_a_deed():
    actions = {f"{module}.{name}" for module, name in public_actions()}
    named = {name for deed in DEEDS.values() for name in deed.actions}

    assert actions - named == set(), "write a deed for it in tests/loop/deeds"
    assert named - actions == set(), "no such action: correct the name in tests/loop/deeds"


def test_the_page_of_kills_names_the_actions_of_the_code():
    rows = json.loads((ROOT / "docs" / "proof" / "kills.json").read_text("utf-8"))["rows"]

    assert {name for row in rows for name in row["actions"]} == {
        f"{module}.{name}" for module, name in public_actions()
    }, "write the page again: make prove"
    assert all(row["holds"] for row in rows)


def test_each_deed_is_listed_once_under_its_own_name():
    assert len(DEEDS) == len(deeds._LISTED)


def test_the_deeds_of_every_suite_go_from_the_register_to_the_release():
    assert set(OFTEN) <= set(DEEDS)
    assert {DEEDS[name].actions[0].split(".")[2] for name in OFTEN} == {
        "registry",
        "draw",
        "inspection",
        "indicators",
    }
