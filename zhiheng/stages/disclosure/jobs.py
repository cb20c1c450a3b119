"""What comes round by itself for notices: files that a kill kept from being written."""

from __future__ import annotations

from . import bundles, monitor, queries


def write_bundles() -> int:
    """Write the files of published notices that are not on disk, or are those of an older version.

    Return how many were written; twice does no harm.
    """
    written = 0
    for notice in queries.published().order_by("issued_on", "id").iterator():
        if not bundles.is_written(notice):
            bundles.write(notice)
            written += 1
    return written


def watch() -> int:
    """Run the public monitor; return how many findings stand."""
    monitor.look()
    return len(monitor.standing())
