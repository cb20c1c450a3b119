"""Lists from spreadsheets: upload, mapping with a guess, every fault by its cell, stored once or not at all.

A stage declares an ``ImportSpec`` and registers it in ``apps.ready()`` with ``imports.register(SPEC)``; the
pages live under ``/office/imports/<id>/``. The file is parsed in a child process; nothing enters a register
before the person says so, and while a fault stands only if the person chooses the good rows alone.
"""

from zhiheng.web.imports.spec import (
    About,
    ImportColumn,
    ImportFault,
    ImportRow,
    ImportSpec,
    Outlook,
    get,
    register,
    registered,
)

__all__ = [
    "About",
    "ImportColumn",
    "ImportFault",
    "ImportRow",
    "ImportSpec",
    "Outlook",
    "get",
    "register",
    "registered",
]
