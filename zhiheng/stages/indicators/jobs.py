"""What comes round by itself: bundles of figures that a kill kept from being written."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from . import bundles
from .models import Figure, Release


def write_bundles() -> int:
    """Write the bundles of headline figures in force that are not on disk, or are those of an older release.

    Return how many were written; twice does no harm.
    """
    current = Figure.objects.filter(division="", release__replaced_by__isnull=True).exclude(bundle_sha="")
    newest = {
        bundles.name(figure): figure
        for figure in current.order_by("release__recorded_at", "release_id").iterator()
    }
    lacking: dict[Any, list[Figure]] = defaultdict(list)
    for figure in newest.values():
        if not bundles.is_written(figure):
            lacking[figure.release_id].append(figure)
    for release in Release.objects.filter(pk__in=lacking):
        bundles.write(release, lacking[release.pk])
    return sum(map(len, lacking.values()))
