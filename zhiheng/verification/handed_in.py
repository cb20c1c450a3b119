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
    if kind == bundles.FIGURE_TYPE:
        from zhiheng.verification import figure

        return figure.check(value).to_dict()
    if kind == bundles.DRAW_TYPE:
        from zhiheng.verification import draw

        return draw.check(value, beside=Path(draws)).to_dict()
    if kind == bundles.CLOSING_TYPE:
        from zhiheng.verification import closing

        return closing.check(value).to_dict()
    if kind == bundles.ASSIGNMENT_TYPE:
        from zhiheng.verification import assignment

        return assignment.check(value).to_dict()
    if kind == bundles.NOTICE_TYPE:
        from zhiheng.verification import notice

        return notice.check(value).to_dict()
    return None
