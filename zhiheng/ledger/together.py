"""Many new tables as one step of a migration, so that a fresh database stands in a fraction of the time.

Django renders every related model anew after each ``CreateModel``: with n related tables some n² / 2
renderings, nearly all the time that a first migration takes. Here the models enter the state first, all of
them are rendered once, and then the tables are made.
"""

from __future__ import annotations

from typing import Any

from django.db.migrations.operations.base import Operation
from django.db.migrations.operations.models import CreateModel
from django.db.migrations.state import ProjectState


class Together(Operation):
    """The tables of some ``CreateModel``, each of which may refer to any other of them."""

    reduces_to_sql = True
    reversible = True

    def __init__(self, tables: list[CreateModel]) -> None:
        self.tables = tables

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Add the models to the state, which is rendered when it is next asked for."""
        state.__dict__.pop(
            "apps", None
        )  # a cached property, rendered anew for each model as long as it is there
        for table in self.tables:
            table.state_forwards(app_label, state)

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Make the tables in their order; foreign keys to later ones are added by the editor at its end."""
        for table in self.tables:
            table.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Drop the tables, the last first."""
        for table in reversed(self.tables):
            table.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        """Return what ``migrate --plan`` and ``sqlmigrate`` write."""
        return f"Create {len(self.tables)} models together: {', '.join(table.name for table in self.tables)}"
