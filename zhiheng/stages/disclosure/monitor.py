"""Looks at the public entries by rules that any stranger can run; keeps what was found, and since when."""

from __future__ import annotations

from django.db import transaction

from zhiheng import ledger
from zhiheng.people import clock
from zhiheng.proof import canonical
from zhiheng.verification import monitor
from zhiheng.verification.monitor import Finding

from .models import Look, Observation


def look() -> Look:
    """Run the monitor over all public entries, and note what is new and what is found no more."""
    seen = monitor.read(ledger.published())
    found = {_key(one): one for one in monitor.found(seen, today=clock.today())}
    now = clock.now()
    with transaction.atomic():
        known = {row.key: row for row in Observation.objects.select_for_update()}
        for key, one in found.items():
            row = known.get(key) or Observation(key=key, found_at=now)
            row.rule, row.kind, row.subject = one.rule, one.kind, one.subject[:128]
            row.facts, row.entries, row.gone_at = dict(one.facts), list(one.entries), None
            row.save()
        for key in known.keys() - found.keys():
            if known[key].gone_at is None:
                known[key].gone_at = now
                known[key].save(update_fields=["gone_at"])
        return Look.objects.create(looked_at=now, entries=len(seen.links))


def last() -> Look | None:
    """Return the newest look."""
    return Look.objects.first()


def standing() -> list[Observation]:
    """Return what the last look found."""
    return list(Observation.objects.filter(gone_at__isnull=True))


def past() -> list[Observation]:
    """Return what was found once and is found no more, the newest first."""
    return list(Observation.objects.filter(gone_at__isnull=False).order_by("-gone_at", "id"))


def _key(one: Finding) -> str:
    return canonical.digest({"rule": one.rule, "subject": one.subject, "entries": list(one.entries)})
