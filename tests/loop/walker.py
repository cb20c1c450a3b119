"""Performs every deed on a copied story and prints what the ledger says, and what nobody may read there.

Run as ``python -m tests.loop.walker`` in the environment of a copied story. Prints one JSON object:
``statements`` of the story and of each deed, and the personal ``values`` that the database knew meanwhile.
Each deed is undone before the next one, as it would be on a copy of its own.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator
from typing import Any

from tests.country import without_syncing
from tests.loop import deeds
from zhiheng.site import setup


def values() -> dict[str, list[str]]:
    """Return every personal value that the database holds, by the field that holds it."""
    from django.apps import apps

    from zhiheng.people import personal

    found = {}
    for field in personal.FIELDS:
        model, _, name = field.rpartition(".")
        rows = apps.get_model(model).objects.order_by().values_list(name, flat=True).distinct()
        found[field] = sorted({text for row in rows for text in _texts(row)})
    return found


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif value:
        yield str(value)


def done(deed: str) -> tuple[list[dict[str, Any]], dict[str, list[str]]]:
    """Perform a deed, return what it recorded and what is personal after it, and undo it."""
    from django.db import transaction

    from zhiheng import ledger
    from zhiheng.ledger.models import Head

    before = Head.objects.get(pk=1).seq
    with transaction.atomic():
        deeds.DEEDS[deed].act()
        said = [link["statement"] for link in ledger.links() if link["statement"]["seq"] > before]
        known = values()
        transaction.set_rollback(True)
    return said, known


def main() -> None:
    """Walk the story and every deed."""
    setup.start()
    from zhiheng import ledger
    from zhiheng.people import clock

    importlib.import_module("zhiheng.stages.indicators.jobs")
    without_syncing()
    with clock.at(deeds.prepare()):
        deeds.prepare_for_now()
        statements = {"": [link["statement"] for link in ledger.links()]}
        known = {field: set(texts) for field, texts in values().items()}
        for name in deeds.DEEDS:
            statements[name], after = done(name)
            for field, texts in after.items():
                known[field].update(texts)
    print(
        json.dumps({"statements": statements, "values": {key: sorted(kept) for key, kept in known.items()}})
    )


if __name__ == "__main__":
    main()
