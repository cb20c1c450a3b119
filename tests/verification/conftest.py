"""The made bundles, once a session, and the stranger's verifier loaded from its file."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from tests.verification import made

VERIFIER = Path(__file__).parents[2] / "verifier" / "verify.py"


@pytest.fixture(scope="session")
def draw_bundle() -> dict:
    return made.draw_bundle()


@pytest.fixture(scope="session")
def figure_bundles() -> dict[str, dict]:
    return made.figure_bundles()


@pytest.fixture(scope="session")
def stranger():
    """Return verifier/verify.py as a module of its own."""
    spec = importlib.util.spec_from_file_location("stranger_verify", VERIFIER)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
