"""Draws a QR code as SVG for a set page and as PNG for a Word file; equal words give an equal picture."""

from __future__ import annotations

import io

QUIET = 4
"""Modules of white around the code, as ISO/IEC 18004 asks for."""


def svg(payload: str) -> str:
    """Return the code as SVG."""
    held = io.BytesIO()
    _made(payload).save(held, kind="svg", border=QUIET, xmldecl=False, nl=False)
    return held.getvalue().decode()


def png(payload: str) -> bytes:
    """Return the code as PNG."""
    held = io.BytesIO()
    _made(payload).save(held, kind="png", border=QUIET, scale=8)
    return held.getvalue()


def _made(payload: str):
    import segno

    return segno.make(payload, error="m", micro=False)
