"""Finds a font of this machine that has Chinese, so that a paper is set with real, embedded characters."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from zhiheng.errors import Missing

FAMILIES = (
    "Noto Serif CJK SC",
    "Source Han Serif SC",
    "Source Han Serif CN",
    "Noto Serif SC",
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "WenQuanYi Zen Hei",
)
"""Free families that may be embedded, those with serifs first: they stand in for Song and Fangsong."""
PACKAGE = "fonts-noto-cjk"


@cache
def installed() -> frozenset[str]:
    """Return the families that this machine has."""
    import typst

    return frozenset(typst.Fonts(include_embedded_fonts=False).families())


def has_chinese() -> bool:
    """Say whether papers can be set as PDF here."""
    return any(family in installed() for family in FAMILIES)


def chinese() -> str:
    """Return the first family with Chinese, or say which package brings one."""
    found = next((family for family in FAMILIES if family in installed()), None)
    if found is None:
        raise Missing(
            f"No font with Chinese is installed here, so no PDF can be set (the package {PACKAGE} has one).",
            f"Take the Word file or the page instead, or install {PACKAGE} on the server.",
            code="no-chinese-font",
            package=PACKAGE,
        )
    return found


@cache
def version_of(family: str) -> str:
    """Return what tells two versions of a family apart: the start of the hash of its files."""
    import typst

    found = typst.Fonts(include_embedded_fonts=False).fonts()
    places = sorted({font.path for font in found if font.family == family and font.path})
    digest = hashlib.sha256()
    for place in places:
        digest.update(Path(place).read_bytes())
    return digest.hexdigest()[:12]
