"""The shared story served over HTTP on this machine alone, for reading."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.country import ROOT, Story, copied

from .stranger import Stranger

STARTING_SECONDS = 120


@pytest.fixture(scope="package")
def address(story_var: Story, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running site on a copy of the story."""
    told = copied(story_var, tmp_path_factory.mktemp("loop") / "var")
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
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
        _wait_for(f"http://127.0.0.1:{port}/", server)
        yield f"http://127.0.0.1:{port}/"
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(timeout=20)


@pytest.fixture(params=["zh-hans", "en"])
def stranger(request, address) -> Stranger:
    """A stranger who reads Chinese, and one who reads English."""
    return Stranger(address, request.param)


def _wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + STARTING_SECONDS
    while time.monotonic() < until and server.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"the site does not answer at {address}")
