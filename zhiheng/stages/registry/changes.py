"""Says what changed since the last frame of the same kind, with a reason for each unit that is gone."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet

from zhiheng import ledger
from zhiheng.proof import frame, frame_changes

from .models import Frame, Licence, Product, Site, Subject, SubjectLink, SubjectVersion
from .rules_frames import Now, reason_of

PIECE = 500
Named = Callable[[str], str]


@dataclass(frozen=True)
class Changes:
    """What a frame changed: counts for the public entry, and the lines of its change file."""

    counts: dict[str, Any]
    data: bytes


@dataclass
class _Told:
    """What was recorded of some subjects since a frame: fields, and those that held before it already."""

    fields: dict[Any, set[str]] = field(default_factory=dict)
    earlier: dict[Any, set[str]] = field(default_factory=dict)
    merged: set[Any] = field(default_factory=set)

    def add(self, subject: Any, names: Iterable[str], *, is_earlier: bool = False) -> None:
        """Note the fields of one change."""
        for held in (self.fields, self.earlier) if is_earlier else (self.fields,):
            held.setdefault(subject, set()).update(names)


def last(region: str, kind: str) -> Frame | None:
    """Return the newest frame of a kind in a region."""
    return Frame.objects.filter(region=region, kind=kind).order_by("-frozen_at", "-id").first()


def since(
    before: Frame, data: bytes, *, same_rule: bool, is_whole: bool, old_name: Named, new_name: Named
) -> Changes:
    """Compare the office's own lists of two frames; names are those of the published files."""
    old = frame.read(io.BytesIO(ledger.evidence.read(before.evidence_sha)))
    found = list(frame_changes.compare(old, frame.read(io.BytesIO(data))))
    gone = [one.unit for one in found if one.kind == frame_changes.REMOVED]
    reasons = removed(before, gone, same_rule=same_rule, is_whole=is_whole)
    rows: list[tuple[str, ...]] = []
    for kind, unit, was, now in found:
        if kind == frame_changes.REMOVED:
            rows.append((kind, old_name(unit), reasons[unit]))
        elif kind == frame_changes.MOVED:
            rows.append((kind, new_name(unit), was, now))
        else:
            rows.append((kind, new_name(unit)))
    kinds = Counter(one.kind for one in found)
    counts = {
        "added": kinds[frame_changes.ADDED],
        "moved": kinds[frame_changes.MOVED],
        "removed": dict(sorted(Counter(reasons.values()).items())),
    }
    return Changes(counts, frame_changes.lines(rows))


def removed(before: Frame, codes: Collection[str], *, same_rule: bool, is_whole: bool) -> dict[str, str]:
    """Return why each of these units of an earlier frame is listed no more, by what the register recorded."""
    reasons = {}
    for piece in _pieces(list(codes)):
        rows = list(
            Subject.objects.filter(code__in=piece).values_list(
                "pk", "code", "is_active", "region", "division", "merged_into"
            )
        )
        told = _told([row[0] for row in rows], before)
        known = {
            code: Now(
                is_active=is_active,
                region=region,
                division=division,
                is_merged=into is not None and key in told.merged,
                told=frozenset(told.fields.get(key, ())),
                earlier=frozenset(told.earlier.get(key, ())),
            )
            for key, code, is_active, region, division, into in rows
        }
        for code in piece:
            reasons[code] = reason_of(known.get(code), before.region, is_whole=is_whole, same_rule=same_rule)
    return reasons


def _told(keys: list[Any], before: Frame) -> _Told:
    """Read what was recorded of some subjects since a frame was frozen."""
    found = _Told()
    for key, day, values in _since(SubjectVersion, before, keys, is_first=False).values_list(
        "subject", "valid_from", "values"
    ):
        found.add(key, values, is_earlier=day < before.as_of)
    links = SubjectLink.objects.filter(source__in=keys, kind="merge", undone_by__isnull=True)
    found.merged = set(links.filter(recorded_at__gt=before.frozen_at).values_list("source", flat=True))
    ended = Site.objects.filter(subject__in=keys, end_recorded_at__gt=before.frozen_at)
    for key in ended.values_list("subject", flat=True):
        found.add(key, ["channel"])
    for model in (Product, Licence):
        for key in _since(model, before, keys).values_list("subject", flat=True):
            found.add(key, ["goods"])
    return found


def _since(model: Any, before: Frame, keys: list[Any], **more: Any) -> QuerySet[Any]:
    return model.objects.filter(subject__in=keys, recorded_at__gt=before.frozen_at, **more).order_by()


def _pieces(codes: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(codes), PIECE):
        yield codes[start : start + PIECE]
