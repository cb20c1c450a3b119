"""Lets several processes enter the same qualification at the same moment, and reports what stands.

Run as ``python -m tests.registry.twins WRITERS`` with ``DATABASE_URL`` and ``ZHIHENG_VAR``.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from tests.ledger.victim import in_fork
from tests.ledger.writers import forked
from zhiheng.site import setup


def prepare() -> None:
    """Set up the schema with one subject."""
    from tests.registry.conftest import subject_row
    from zhiheng.people.scope import System
    from zhiheng.site.commands import migrate
    from zhiheng.stages.registry import actions

    migrate.apply()
    actions.register_subject(by=System("test"), row=subject_row())


def enter() -> int:
    """Enter the qualification; 3 when it stands already."""
    from tests.registry.conftest import qualification_row
    from zhiheng.errors import BadInput
    from zhiheng.people.scope import System
    from zhiheng.stages.registry import actions

    try:
        actions.register_qualification(by=System("test"), row=qualification_row())
    except BadInput as error:
        return 3 if error.code == "qualification-stands" else 4
    return 0


def state() -> dict[str, Any]:
    """Count what was stored and what the ledger tells of it."""
    from zhiheng.ledger.models import Entry
    from zhiheng.stages.registry.models import Qualification

    told = Entry.objects.filter(verb="registry.qualification_registered")
    return {"rows": Qualification.objects.count(), "entries": told.count()}


def main(writers: int) -> None:
    """Let them all enter it at once."""
    setup.start()
    in_fork(prepare)
    codes = forked([enter] * writers)
    print(json.dumps({"codes": sorted(codes), **in_fork(state)[1]}))


if __name__ == "__main__":
    main(int(sys.argv[1]))
