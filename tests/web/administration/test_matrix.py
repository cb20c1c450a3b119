"""The table of roles and permissions is open to everybody who signs in, and is the one the code reads."""

from __future__ import annotations

import pytest
from django.utils import translation

from zhiheng.people import permissions, roles
from zhiheng.web.administration import matrix, words

URL = "/office/people/matrix/"


@pytest.mark.django_db
def test_anyone_who_signs_in_reads_it_in_both_languages(person_with, signed_in):
    page = signed_in(person_with("inspector", "330106")).get(URL).content.decode()

    for role in roles.ROLES.values():
        assert role.zh in page and role.en.replace("'", "&#x27;") in page
    for permission in permissions.ALL:
        assert f'<code class="quiet">{permission}</code>' in page


@pytest.mark.django_db
def test_a_stranger_does_not(client):
    assert client.get(URL).status_code == 302


def test_every_cell_is_what_the_roles_carry():
    columns = list(roles.ROLES.values())

    found = {
        (row.id, role.id)
        for row in matrix.rows(columns)
        for role, yes in zip(columns, row.cells, strict=True)
        if yes
    }

    assert found == {(permission, role.id) for role in columns for permission in role.permissions}


def test_every_permission_and_every_role_has_its_words():
    assert set(words.PERMISSIONS) == set(permissions.ALL)
    assert set(words.REASONS) == set(roles.ROLES)


def test_the_reasons_on_the_page_are_those_of_the_table():
    with translation.override("en"):
        shown = {name: str(reason) for name, reason in words.REASONS.items()}

    assert shown == {role.id: role.reason for role in roles.ROLES.values()}


def test_every_reason_for_closing_has_its_words():
    from zhiheng.people.actions import CLOSING_REASONS

    assert set(words.CLOSING) == set(CLOSING_REASONS)
