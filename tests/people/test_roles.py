"""The matrix of roles and permissions changes on purpose only; the three administrators stay apart."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest

from zhiheng.errors import UnknownCode
from zhiheng.people import roles
from zhiheng.people.permissions import ADMINISTRATIVE, ALL, BUSINESS, P
from zhiheng.people.roles import ADMINISTRATORS, ROLES, Role

MATRIX = Path(__file__).with_name("matrix.txt")


def matrix() -> str:
    columns = [(role.id, role.scope, role.permissions) for role in ROLES.values()]
    lines = [["", *(role_id for role_id, _, _ in columns)], ["scope", *(scope for _, scope, _ in columns)]]
    for permission in ALL:
        lines.append([permission, *("x" if permission in held else "." for _, _, held in columns)])
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    rows = ("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines)
    return "\n".join(row.rstrip() for row in rows) + "\n"


def test_the_matrix_is_the_one_that_was_agreed():
    assert matrix() == MATRIX.read_text(encoding="utf-8"), (
        "roles or permissions changed; when on purpose, write the new matrix to tests/people/matrix.txt"
    )


def test_every_permission_is_carried_by_some_role():
    assert [permission for permission in ALL if not roles.carrying(permission)] == []


def test_every_role_says_in_both_languages_what_it_is_and_why():
    for role in ROLES.values():
        assert role.zh and role.en and role.reason.endswith(".")


def test_administrators_hold_no_business_permission_and_share_none():
    held = [ROLES[role_id].permissions for role_id in sorted(ADMINISTRATORS)]

    assert len(held) == 3
    assert not any(permissions & BUSINESS for permissions in held)
    assert all(not (one & other) for one, other in combinations(held, 2))
    assert frozenset().union(*held) == ADMINISTRATIVE


def test_nobody_else_holds_an_administrative_permission():
    for role in ROLES.values():
        if role.id not in ADMINISTRATORS:
            assert not role.permissions & ADMINISTRATIVE, role.id


@pytest.mark.parametrize("pair", list(combinations(sorted(ADMINISTRATORS), 2)))
def test_two_administrators_are_never_one_person(pair):
    assert not roles.are_apart(set(pair))


@pytest.mark.parametrize("business", sorted(set(ROLES) - ADMINISTRATORS))
@pytest.mark.parametrize("administrator", sorted(ADMINISTRATORS))
def test_an_administrator_does_no_business_work(administrator, business):
    assert not roles.are_apart({administrator, business})


def test_the_one_who_counts_is_not_the_one_who_draws():
    assert not ROLES["statistician"].permissions & {P.DRAW_COMMIT, P.DRAW_REVEAL, P.INSPECTION_RECORD}
    assert P.FIGURE_RELEASE not in ROLES["officer"].permissions
    assert P.DRAW_VIEW not in ROLES["inspector"].permissions


@pytest.mark.parametrize("ask", [lambda: roles.get("king"), lambda: roles.carrying("draw.undo")])
def test_an_unknown_name_is_refused(ask):
    with pytest.raises(UnknownCode):
        ask()


def test_a_role_with_an_unknown_permission_cannot_be_built():
    with pytest.raises(UnknownCode):
        Role("x", "x", "x", "x.", frozenset({"draw.undo"}))
