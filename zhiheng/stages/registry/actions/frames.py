"""Freezes a frame: who could be drawn in a region, and for what output, public by hash before any draw."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from zhiheng import ledger
from zhiheng.errors import RuleRefused
from zhiheng.people import clock, scope
from zhiheng.people.permissions import P
from zhiheng.proof import canonical
from zhiheng.proof import frame as frame_file
from zhiheng.reference import regions

from .. import rules, store, words
from ..models import Frame, Subject

MEDIA_TYPE = "text/tab-separated-values"
INLINE_UP_TO = 64  # totals; an entry with more names them by the hash of their file alone


@dataclass(frozen=True)
class _Output:
    """The output of the units of a frame by province and division, as it is stored and hashed."""

    totals: dict[str, dict[str, str]]
    data: bytes
    sha256: str

    @property
    def is_short(self) -> bool:
        """Whether the ledger entry can say it in full."""
        return sum(map(len, self.totals.values())) <= INLINE_UP_TO


@dataclass(frozen=True)
class Chosen:
    """Other units than all of a region: the columns of a frame with the output of each, and what they are."""

    columns: tuple
    amounts: tuple
    definition: str
    rule: str


@transaction.atomic
def freeze_frame(
    *, by: Any, region: str, as_of: dt.date, purpose: str, chosen: Chosen | None = None
) -> Frame:
    """Freeze the active subjects of a region in covered divisions; the same request twice is one frame.

    ``as_of`` is today: the register says what is so now. The outputs that weigh a figure are settled with
    the list, from exactly its units. A duty with goods or strata of its own gives its units as ``chosen``.
    """
    scope.require(by, P.DRAW_COMMIT)
    words.refuse(rules.frame_faults(region, as_of, purpose, today=clock.today()))
    actor = scope.require(by, P.DRAW_COMMIT, region=region)
    columns, amounts = (chosen.columns, chosen.amounts) if chosen else _columns(region)
    data, summary = frame_file.from_columns(*columns)
    if not summary.size:
        raise RuleRefused(
            gettext("No active subject of a covered division is registered in this region."),
            gettext("Import the list of subjects first."),
            code="frame-empty",
        )
    output = _output(columns, amounts)
    known = Frame.objects.filter(
        region=region,
        as_of=as_of,
        purpose=purpose,
        sha256=summary.sha256,
        outputs_sha256=output.sha256,
    ).first()
    if known is not None:
        return known
    kept = ledger.evidence.store(data, name=f"frame-{region}-{as_of}.tsv", media_type=MEDIA_TYPE)
    ledger.evidence.store(output.data, name=f"outputs-{region}-{as_of}.json", media_type="application/json")
    frame = Frame.objects.create(
        region=region,
        as_of=as_of,
        purpose=purpose,
        definition=chosen.definition if chosen else rules.frame_definition(region),
        unit_count=summary.size,
        sha256=summary.sha256,
        evidence_sha=kept.sha256,
        strata=dict(summary.strata),
        outputs=output.totals,
        outputs_sha256=output.sha256,
        frozen_at=clock.now(),
    )
    _record(actor, frame, output, chosen.rule if chosen else rules.FRAME_RULE)
    return frame


def _record(actor: Any, frame: Frame, output: _Output, rule: str) -> None:
    """Write the public entry that binds the list and its outputs before any draw."""
    ledger.record(
        by=actor,
        verb="registry.frame_frozen",
        subjects=[("frame", str(frame.id)), ("region", frame.region)],
        detail={
            "as_of": frame.as_of.isoformat(),
            "outputs": output.totals if output.is_short else None,
            "outputs_sha256": output.sha256,
            "purpose": frame.purpose,
            "rule": rule,
            "sha256": frame.sha256,
            "strata": frame.strata,
            "units": frame.unit_count,
        },
        visibility="public",
        region=frame.region,
    )


def _output(columns: tuple, amounts: tuple) -> _Output:
    _codes, _weight, _classes, places, divisions = columns
    totals = rules.output_totals(places, divisions, amounts)
    data = canonical.dumps(totals)
    return _Output(totals, data, hashlib.sha256(data).hexdigest())


def _columns(region: str) -> tuple[tuple, tuple]:
    """Read what a frame says of its units, and the output of each, at one moment and from one index."""
    found = Subject.objects.filter(region__range=regions.span(region), is_active=True).order_by()
    covered = rules.covered_divisions()
    rows = [
        row
        for row in store.plain(found.values_list("code", "risk_class", "region", "division", "output_value"))
        if row[3] in covered
    ]
    codes, classes, places, divisions, amounts = zip(*rows, strict=True) if rows else ((), (), (), (), ())
    return (codes, 1, classes, places, divisions), amounts
