"""Freezes a frame: who could be drawn in a region, as one file whose hash is public before any draw."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from zhiheng import ledger
from zhiheng.errors import RuleRefused
from zhiheng.people import clock, scope
from zhiheng.people.permissions import P
from zhiheng.proof import frame as frame_file
from zhiheng.reference import regions

from .. import rules, store, words
from ..models import Frame, Subject

MEDIA_TYPE = "text/tab-separated-values"


@transaction.atomic
def freeze_frame(*, by: Any, region: str, as_of: dt.date, purpose: str) -> Frame:
    """Freeze the active subjects of a region in covered divisions; the same request twice is one frame."""
    scope.require(by, P.DRAW_COMMIT)
    words.refuse(rules.frame_faults(region, as_of, purpose, today=clock.today()))
    actor = scope.require(by, P.DRAW_COMMIT, region=region)
    data, summary = frame_file.from_columns(*_columns(region))
    if not summary.size:
        raise RuleRefused(
            gettext("No active subject of a covered division is registered in this region."),
            gettext("Import the list of subjects first."),
            code="frame-empty",
        )
    known = Frame.objects.filter(region=region, as_of=as_of, purpose=purpose, sha256=summary.sha256).first()
    if known is not None:
        return known
    kept = ledger.evidence.store(data, name=f"frame-{region}-{as_of}.tsv", media_type=MEDIA_TYPE)
    frame = Frame.objects.create(
        region=region,
        as_of=as_of,
        purpose=purpose,
        definition=rules.frame_definition(region),
        unit_count=summary.size,
        sha256=summary.sha256,
        evidence_sha=kept.sha256,
        strata=dict(summary.strata),
        frozen_at=clock.now(),
    )
    ledger.record(
        by=actor,
        verb="registry.frame_frozen",
        subjects=[("frame", str(frame.id)), ("region", region)],
        detail={
            "as_of": as_of.isoformat(),
            "purpose": purpose,
            "rule": rules.FRAME_RULE,
            "sha256": frame.sha256,
            "strata": frame.strata,
            "units": frame.unit_count,
        },
        visibility="public",
        region=region,
    )
    return frame


def _columns(region: str) -> tuple:
    """Read what a frame says of its units; divisions are sorted out here to keep the query on one index."""
    found = Subject.objects.filter(region__range=regions.span(region), is_active=True).order_by()
    covered = rules.covered_divisions()
    rows = [
        row
        for row in store.texts(found.values_list("code", "risk_class", "region", "division"))
        if row[3] in covered
    ]
    codes, classes, places, divisions = zip(*rows, strict=True) if rows else ((), (), (), ())
    return codes, 1, classes, places, divisions
