"""Checks the bytes that a stranger handed in; made to run in a child process (``formats.sandbox``)."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from zhiheng.proof import canonical
from zhiheng.verification import bundles

PARSER = "zhiheng.verification.handed_in:check"


def check(data: bytes, *, draws: str) -> dict[str, Any] | None:
    """Return the report on a bundle as plain values, or nothing where the file is no bundle.

    ``draws`` is the folder where the frame file of a draw is looked for. The draws of a figure are not: they
    may be more than a page can wait for, and who distrusts the office brings them to the offline check.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # each of its threads would reserve address space
    value = canonical.loads(data)
    kind = value.get("type") if isinstance(value, dict) else None
    if kind not in bundles.TYPES:
        return None
    beside = None if kind in (bundles.FIGURE_TYPE, bundles.OBSERVATION_TYPE) else Path(draws)
    return bundles.check(value, beside=beside).to_dict()
