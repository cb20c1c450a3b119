"""The file from which a stranger computes a figure again: the same at any time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings

from zhiheng import ledger
from zhiheng.ledger import files
from zhiheng.ledger.models import Entry
from zhiheng.ledger.sealing import receipts, sequencer
from zhiheng.proof import canonical
from zhiheng.stages.draw.models import Draw
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
        listed = _entries(release, serials)
        bundle = verification.bundle(
            body,
            inclusion=places[shown.bundle_sha],
            entries=[{"statement": ledger.statement_of(entry), "hash": entry.hash} for entry in listed],
            log=receipts.field_of(listed),
        )
        yield canonical.dumps(bundle)


def write_headlines(release: Release) -> list[Path]:
    """Write the bundles of the headline figures of a release; safe to run twice."""
    chosen = list(release.figures.filter(division="").exclude(bundle_sha="").order_by("region", "period"))
    return write(release, chosen)


def write(release: Release, chosen: list[Figure]) -> list[Path]:
    """Write the bundles of some figures of one release, sealing first; each whole or not at all."""
    sequencer.seal_if_possible()
    return [
        files.write_whole(folder() / name(shown), data)
        for shown, data in zip(chosen, compose_all(release, chosen), strict=True)
    ]


def is_written(shown: Figure) -> bool:
    """Whether the bundle on disk is that of this figure, not of a release before it, and holds receipts."""
    place = folder() / name(shown)
    return place.exists() and shown.bundle_sha.encode() in place.read_bytes() and receipts.is_in(place)


def _terms(release: Release) -> figures.Terms:
    said = release.parameters
    return figures.Terms(
        data=said["data"],
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


def _entries(release: Release, serials: list[str]) -> list[Entry]:
    """Return the entries that bind a figure, oldest first.

    These are the entry of the release, those that name the certificates of its draws, and those that froze
    their frames with the outputs that weigh the divisions.
    """
    found: dict[int, Entry] = {}
    for entry in ledger.timeline("release", str(release.pk), public_only=True):
        found[entry.seq] = entry
    for start in range(0, len(serials), 200):
        some = serials[start : start + 200]
        frames = Draw.objects.filter(serial__in=some).values_list("frame_id", flat=True)
        found.update(_about("draw.revealed", "draw", some))
        found.update(_about("registry.frame_frozen", "frame", [str(key) for key in frames]))
    return [entry for _seq, entry in sorted(found.items())]


def _about(verb: str, kind: str, keys: list[str]) -> dict[int, Entry]:
    """Return the public entries of one verb about some things, by their number."""
    held = Entry.objects.filter(
        verb=verb, visibility="public", subjects__kind=kind, subjects__key__in=keys
    ).prefetch_related("subjects")
    return {entry.seq: entry for entry in held}
