"""Who may do what: the one table of roles and permissions, open to everybody who signs in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from zhiheng.people import permissions, roles
from zhiheng.web.administration import words
from zhiheng.web.gate import page


@dataclass(frozen=True)
class MatrixRow:
    """One permission and, for each role in order, whether the role carries it."""

    id: str
    label: Any
    cells: tuple[bool, ...]
    is_administrative: bool


@page()
def matrix(request: HttpRequest) -> HttpResponse:
    """Show the table that ``may`` and ``within`` read."""
    found = list(roles.ROLES.values())
    context = {
        "title": _("Who may do what"),
        "roles": found,
        "rows": rows(found),
        "reasons": [(role, words.REASONS[role.id]) for role in found],
    }
    return render(request, "web/administration/matrix.html", context)


def rows(columns: list[roles.Role]) -> list[MatrixRow]:
    """Return one row a permission, in the order of the table of permissions."""
    return [
        MatrixRow(
            permission,
            words.PERMISSIONS[permission],
            tuple(permission in role.permissions for role in columns),
            permission in permissions.ADMINISTRATIVE,
        )
        for permission in permissions.ALL
    ]
