"""Walks the source tree once for all house tests."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "zhiheng"
PURE = (
    "errors",
    "reference",
    "formats",
    "proof",
    "methods",
    "procedure",
    "world",
    "verification",
    "engine",
    "charts",
    "reports",
)


@cache
def modules() -> tuple[Path, ...]:
    """Every Python module of the product, migrations left out."""
    found = [*PACKAGE.rglob("*.py"), *(ROOT / "verifier").rglob("*.py"), *(ROOT / "bench").rglob("*.py")]
    return tuple(sorted(path for path in found if "migrations" not in path.parts))


@cache
def parsed(path: Path) -> ast.Module:
    """The syntax tree of one module."""
    return ast.parse(path.read_text(encoding="utf-8"))


def pure_modules() -> list[Path]:
    """Modules of the pure floors, and every stage's rules."""
    found = []
    for path in modules():
        if PACKAGE not in path.parents:
            continue
        parts = path.relative_to(PACKAGE).parts
        room = parts[0].removesuffix(".py")
        is_rules = room == "stages" and len(parts) > 2 and parts[2].removesuffix(".py") == "rules"
        if room in PURE or is_rules:
            found.append(path)
    return found


def templates() -> list[Path]:
    """Every HTML template of the product."""
    return sorted(PACKAGE.rglob("templates/**/*.html"))


def name(path: Path) -> str:
    """A path as a person names it."""
    return str(path.relative_to(ROOT))
