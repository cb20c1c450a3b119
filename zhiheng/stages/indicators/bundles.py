"""The file from which a stranger computes a figure again: the same at any time."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings

from zhiheng import ledger
from zhiheng.ledger.models import Entry
from zhiheng.proof import canonical
from zhiheng.verification import figure as verification

from . import collecting, rules
from .models import Figure, Release
from .refusals import refuse
from .rules import figures
from .rules.dataset import by_draw


def name(shown: Figure) -> str:
    """Return the file name of the bundle of a figure."""
    return f"figure-{shown.name}.json"


def folder() -> Path:
    """Return where bundles lie."""
    return Path(settings.VAR) / "bundles"


def compose(shown: Figure) -> bytes:
    """Return the bundle of one shown figure, built again from the evidence of its release."""
    return next(compose_all(shown.release, [shown]))


def compose_all(release: Release, chosen: list[Figure]) -> Iterator[bytes]:
    """Yield the bundles of some figures of one release; the evidence is read once."""
    base, found = collecting.stored(release)
    rows, reduced = by_draw(found), figures.reduce(base, found)
    terms = _terms(release)
    places = _places(release)
    for shown in chosen:
        if not shown.bundle_sha:
            raise refuse("figure-withheld", n=shown.n, minimum=terms.size_rule.minimum)
        part = figures.cut(base, reduced, shown.region, shown.period)
        value = next(v for v in figures.values(part, terms.size_rule) if v.division == shown.division)
        body = figures.body(part, value, rows, terms)
        if verification.digest(body) != shown.bundle_sha:
            raise refuse("dataset-altered")
        serials = [draw.serial for draw in part.draws]
        bundle = verification.bundle(
            body, inclusion=places[shown.bundle_sha], entries=_entries(release, serials)
        )
        yield canonical.dumps(bundle)


def write_headlines(release: Release) -> list[Path]:
    """Write the bundles of the headline figures of a release; safe to run twice."""
    chosen = list(release.figures.filter(division="").exclude(bundle_sha="").order_by("region", "period"))
    return [
        _replace(folder() / name(shown), data)
        for shown, data in zip(chosen, compose_all(release, chosen), strict=True)
    ]


def _terms(release: Release) -> figures.Terms:
    said = release.parameters
    return figures.Terms(
        series=release.series_id,
        vintage=release.vintage.isoformat(),
        basis=release.basis,
        purpose=release.purpose,
        size_rule=rules.SizeRule(**said["size_rule"]),
        target=said["target"],
        dataset_sha256=release.dataset_sha,
    )


def _places(release: Release) -> dict[str, dict[str, Any]]:
    """Return the place of each figure's digest under the root that the ledger names."""
    digests = sorted(release.figures.exclude(bundle_sha="").values_list("bundle_sha", flat=True))
    root, places = verification.seal(digests)
    if root != release.figures_root:
        raise refuse("dataset-altered")
    return dict(zip(digests, places, strict=True))


def _entries(release: Release, serials: list[str]) -> list[dict[str, Any]]:
    """Return the entry of the release and those that name the certificates of its draws, oldest first."""
    found: dict[int, Entry] = {}
    for entry in ledger.timeline("release", str(release.pk), public_only=True):
        found[entry.seq] = entry
    for start in range(0, len(serials), 200):
        held = Entry.objects.filter(
            verb="draw.revealed",
            visibility="public",
            subjects__kind="draw",
            subjects__key__in=serials[start : start + 200],
        ).prefetch_related("subjects")
        found.update({entry.seq: entry for entry in held})
    return [
        {"statement": ledger.statement_of(entry), "hash": entry.hash} for _seq, entry in sorted(found.items())
    ]


def _replace(place: Path, data: bytes) -> Path:
    place.parent.mkdir(parents=True, exist_ok=True)
    part = place.with_name(f".{place.name}.{os.getpid()}.part")
    part.write_bytes(data)
    part.replace(place)
    return place
