"""Freezes a frame: who could be drawn in a region, and for what output, public by hash before any draw."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from zhiheng import ledger
from zhiheng.errors import RuleRefused
from zhiheng.ledger import files
from zhiheng.ledger.models import Entry
from zhiheng.people import clock, scope
from zhiheng.people.permissions import P
from zhiheng.proof import canonical, frame_index
from zhiheng.proof import frame as frame_file
from zhiheng.proof.pseudonyms import SALTED, Names
from zhiheng.reference import regions

from .. import changes, listed, names, rules, rules_frames, store, words
from ..models import Frame, Subject
from ..models.frames import ONCE

MEDIA_TYPE = "text/tab-separated-values"
OPENED = "registry.unit_opened"
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
    """Other units than all of a region: the columns of a frame with the output of each, and what they are.

    ``kind`` names the lists that are compared with one another from one frame to the next.
    """

    columns: tuple
    amounts: tuple
    definition: str
    rule: str
    kind: str


@dataclass(frozen=True)
class _Published:
    """The file that everybody may get, its hash and index, and the key of its names where it has one."""

    data: bytes
    sha256: str
    index: frame_index.Index
    key: bytes | None
    name: Callable[[str], str]


@transaction.atomic
def freeze_frame(
    *,
    by: Any,
    region: str,
    as_of: dt.date,
    purpose: str,
    chosen: Chosen | None = None,
    ids: str = rules_frames.DEFAULT_IDS,
    ids_reason: str = "",
    names_from: Frame | None = None,
    names_key: bytes | None = None,
) -> Frame:
    """Freeze the active subjects of a region in covered divisions; the same request twice is one frame.

    ``as_of`` is today: the register says what is so now. The outputs that weigh a figure are settled with
    the list, from exactly its units. A duty with goods or strata of its own gives its units as ``chosen``.
    Units stand in public under salted names, unless the legal owner decides with a reason that ``ids`` are
    their codes. ``names_from`` is an earlier salted frame whose names go on, as the draws of a panel need it.
    ``names_key`` makes the names those of a demonstration; else the system gives their key.
    """
    scope.require(by, P.DRAW_COMMIT)
    words.refuse(rules.frame_faults(region, as_of, purpose, today=clock.today()))
    words.refuse(rules_frames.ids_faults(ids, ids_reason))
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
    frame = Frame(
        region=region,
        kind=chosen.kind if chosen else rules.FRAME_RULE,
        as_of=as_of,
        purpose=purpose,
        definition=chosen.definition if chosen else rules.frame_definition(region),
        unit_count=summary.size,
        evidence_sha=summary.sha256,
        ids=ids,
        ids_reason=ids_reason.strip(),
        names_from=(names_from.names_from or names_from) if names_from and ids == SALTED else None,
        strata=dict(summary.strata),
        outputs=output.totals,
        outputs_sha256=output.sha256,
    )
    known = _known(frame)
    if known is not None:
        return known
    published = _published(frame, data, names_key)
    return _keep(actor, frame, data, published, output, chosen.rule if chosen else rules.FRAME_RULE)


def _known(frame: Frame) -> Frame | None:
    """Return the frame that was frozen by the same request before."""
    same = (*ONCE, "names_from_id")
    return Frame.objects.filter(**{name: getattr(frame, name) for name in same}).first()


def _keep(actor: Any, frame: Frame, data: bytes, published: _Published, output: _Output, rule: str) -> Frame:
    """Store the lists and what changed since the last frame, and bind all of it in the ledger."""
    label = f"{frame.region}-{frame.as_of}"
    ledger.evidence.store(data, name=f"frame-{label}.tsv", media_type=MEDIA_TYPE)
    ledger.evidence.store(output.data, name=f"outputs-{label}.json", media_type="application/json")
    if frame.is_salted:
        ledger.evidence.store(published.data, name=f"frame-{label}-salted.tsv", media_type=MEDIA_TYPE)
    frame.sha256, frame.merkle_root = published.sha256, published.index.root
    frame.frozen_at = clock.now()
    before = changes.last(frame.region, frame.kind)
    if before is not None:
        found = changes.since(
            before,
            data,
            same_rule=before.definition == frame.definition,
            is_whole=frame.kind == rules.FRAME_RULE,
            old_name=names.namer(before),
            new_name=published.name,
        )
        frame.previous, frame.changes = before, found.counts
        kept = ledger.evidence.store(found.data, name=f"changes-{label}.tsv", media_type=MEDIA_TYPE)
        frame.changes_sha = kept.sha256
    frame.save(force_insert=True)
    if published.key is not None:
        names.keep(frame, published.key)
    files.write_whole(listed.index_path(frame), published.index.dump())
    _record(actor, frame, output, rule)
    return frame


def _published(frame: Frame, data: bytes, key: bytes | None) -> _Published:
    """Return the file as everybody may get it: with the codes, or with salted names in their place."""
    if not frame.is_salted:
        return _Published(data, frame.evidence_sha, frame_index.build(io.BytesIO(data)), None, str)
    key = (key or names.new_key()) if frame.names_from is None else None
    called = Names(key) if key is not None else names.of(frame)
    salted = called.file(io.BytesIO(data))
    sha256 = hashlib.sha256(salted).hexdigest()
    return _Published(salted, sha256, frame_index.build(io.BytesIO(salted)), key, called.of)


@transaction.atomic
def open_unit(*, by: Any, frame: Frame, code: str) -> listed.Answer:
    """Make the file that shows a firm its own line in a list, with its salt; that it was handed out is kept.

    Whoever has the salt of a firm learns its class, so the office gives the file to that firm alone. One
    entry stands for each firm of a list, however often the file is made again.
    """
    actor = scope.require(by, P.DRAW_COMMIT, region=frame.region)
    answer = listed.opened(frame, code)
    subject = Subject.objects.filter(code=code).first()
    if subject is None or not answer.is_listed:
        return answer
    about = [("frame", str(frame.id)), ("subject", str(subject.pk))]
    told = Entry.objects.filter(verb=OPENED, subjects__kind="frame", subjects__key=str(frame.id))
    if not told.filter(pk__in=Entry.objects.filter(verb=OPENED, subjects__key=str(subject.pk))).exists():
        ledger.record(by=actor, verb=OPENED, subjects=about, detail={}, region=frame.region)
    return answer


def _record(actor: Any, frame: Frame, output: _Output, rule: str) -> None:
    """Write the public entry that binds the list and its outputs before any draw."""
    before = frame.previous
    ledger.record(
        by=actor,
        verb="registry.frame_frozen",
        subjects=[("frame", str(frame.id)), ("region", frame.region)],
        detail={
            "as_of": frame.as_of.isoformat(),
            "changes": {**frame.changes, "sha256": frame.changes_sha} if before else None,
            "ids": frame.ids,
            "ids_reason": frame.ids_reason,
            "kind": frame.kind,
            "merkle_root": frame.merkle_root,
            "names_from": str(frame.names_from_id) if frame.names_from_id else None,
            "objections_until": rules_frames.objections_until(frame.as_of).isoformat(),
            "outputs": output.totals if output.is_short else None,
            "outputs_sha256": output.sha256,
            "previous": str(before.id) if before else None,
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
