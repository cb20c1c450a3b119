"""The made bundles, once a session, and the stranger's verifier loaded from its file."""

from __future__ import annotations

import importlib.util
import json
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


class Stranger:
    """verifier/verify.py as a module of its own; its checks are given plain values here, not a file."""

    def __init__(self) -> None:
        spec = importlib.util.spec_from_file_location("stranger_verify", VERIFIER)
        self._module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(self._module)

    def __getattr__(self, name: str):
        return getattr(self._module, name)

    def check_draw(self, bundle: dict, folder: Path) -> str:
        try:
            return self._module.check_draw(self._records(bundle), folder)[0]
        except OSError as error:
            raise self.Refused(str(error)) from None

    def check_figure(self, bundle: dict, folder: Path) -> str:
        return self._module.check_figure(self._records(bundle), folder)[0]

    def compute(self, body: dict) -> dict:
        return self._module.compute(self._records(body))

    def _records(self, value):
        return json.loads(json.dumps(value), object_pairs_hook=self._module.Record)


@pytest.fixture(scope="session")
def stranger():
    return Stranger()
