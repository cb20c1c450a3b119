"""Brings the database schema up to date and makes sure that the ledger is guarded."""

from __future__ import annotations

import argparse
from typing import Any

from zhiheng.errors import Conflict, Missing
from zhiheng.site import setup
from zhiheng.site.cli import say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of ``zhiheng migrate``."""
    parser.add_argument(
        "--check", action="store_true", help="change nothing; exit 1 when something is to be done"
    )


def run(args: argparse.Namespace) -> int:
    """Apply what is waiting, or only say so."""
    setup.start()
    if args.check:
        found = waiting()
        say(f"migrate: {len(found)} steps are waiting" if found else "migrate: the schema is up to date")
        return 1 if found else 0
    found = apply()
    say(f"migrate: {len(found)} steps applied" if found else "migrate: the schema was up to date")
    return 0


def waiting() -> list[str]:
    """Return the migrations that the database still lacks."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]


def unknown() -> list[str]:
    """Return the steps that the database has taken and this version does not know (ADR 24)."""
    from django.db import connection
    from django.db.migrations.loader import MigrationLoader

    loader = MigrationLoader(connection)
    ours = {app for app, _name in loader.disk_migrations}
    strange = set(loader.applied_migrations) - set(loader.disk_migrations)
    return sorted(f"{app}.{name}" for app, name in strange if app in ours)


def apply() -> list[str]:
    """Apply the migrations that wait and return which; Django builds every model twice to see that none does.

    SQLite drops the triggers of a table it rebuilds, so they are set up again.
    """
    from django.core.management import call_command
    from django.db import connection

    found = waiting()
    if found:
        call_command("migrate", interactive=False, verbosity=0)
    for one in guards():
        if one.standing(connection) != one.expected(connection.vendor):
            one.install(connection)
    return found


def guards() -> tuple[Any, ...]:
    """Return the guards of all insert-only tables."""
    from zhiheng.ledger import guards
    from zhiheng.stages.disclosure.guards import GUARDS as OF_NOTICES
    from zhiheng.stages.indicators.guards import GUARDS as OF_FIGURES
    from zhiheng.stages.plan.guards import GUARDS as OF_SERIES
    from zhiheng.stages.registry.guards import GUARDS as OF_REGISTER

    return (guards, OF_REGISTER, OF_SERIES, OF_FIGURES, OF_NOTICES)


def require_up_to_date() -> None:
    """Refuse to start on a schema that is not that of this version."""
    from django.db import OperationalError

    try:
        found, strange = waiting(), unknown()
    except OperationalError as error:
        raise Missing(
            "The database does not answer.",
            "Start it, or correct DATABASE_URL; then try again.",
            code="no-database",
        ) from error
    if strange:
        raise Conflict(
            f"The database was made by another version: this one does not know {', '.join(strange[:3])}.",
            "Export your lists with that version, set ZHIHENG_VAR or DATABASE_URL to a new place, read them"
            " in again with zhiheng init (or run zhiheng demo there).",
            code="another-version",
        )
    if found:
        raise Missing(
            f"The database lacks {len(found)} schema steps of this version.",
            "Run: zhiheng migrate (or zhiheng demo for a reference country).",
            code="not-migrated",
        )
