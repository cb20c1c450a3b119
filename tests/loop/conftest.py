"""The shared story served over HTTP on this machine alone, for reading."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests import serving
from tests.country import ROOT, Story, copied

from .stranger import Stranger


@pytest.fixture(scope="package")
def address(story_var: Story, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running site on a copy of the story."""
    told = copied(story_var, tmp_path_factory.mktemp("loop") / "var")
    port = serving.free_port()
    command = [sys.executable, "-m", "zhiheng.site.cli", "serve", "--port", str(port), "--no-worker"]
    server = subprocess.Popen(
        command,
        cwd=ROOT,
        env=told.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        serving.first_answer(f"http://127.0.0.1:{port}/", server)
        yield f"http://127.0.0.1:{port}/"
    finally:
        serving.stop(server)


@pytest.fixture(params=["zh-hans", "en"])
def stranger(request, address) -> Stranger:
    """A stranger who reads Chinese, and one who reads English."""
    return Stranger(address, request.param)
