"""Performs every deed and way on a copied story and prints what the ledger says, and what is personal.

Run as ``python -m tests.loop.walker`` in the environment of a copied story. Prints one JSON object:
``statements`` of the story and of each deed, and the personal ``values`` that the database knew meanwhile.
Each deed is undone before the next one, as it would be on a copy of its own.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable, Iterator
from typing import Any

from tests.country import without_syncing
from tests.loop import deeds, ways
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


def done(act: Callable[[], None]) -> tuple[list[dict[str, Any]], dict[str, list[str]]]:
    """Perform a deed or a way, return what it recorded and what is personal after it, and undo it."""
    from django.db import transaction

    from zhiheng import ledger
    from zhiheng.ledger.models import Head

    before = Head.objects.get(pk=1).seq
    with transaction.atomic():
        act()
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
        for name, act in {**{name: deed.act for name, deed in deeds.DEEDS.items()}, **ways.WAYS}.items():
            statements[name], after = done(act)
            for field, texts in after.items():
                known[field].update(texts)
        before = ledger.check()
        ways.renews_the_log()
        links = (link["statement"] for link in ledger.links())
        statements["renews_the_log"] = [said for said in links if said["seq"] > before]
    print(
        json.dumps({"statements": statements, "values": {key: sorted(kept) for key, kept in known.items()}})
    )


if __name__ == "__main__":
    main()
