"""Starts sites for tests: a port that nobody is given meanwhile, patience with a loaded machine, and an end.

The system hands ports from 32768 on to whoever connects, so that one that was free a moment ago may be taken
when the site begins to listen. A test takes one below.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import closing
from itertools import count

FIRST, LAST = 20_000, 32_000
STARTING_SECONDS = 120
ENDING_SECONDS = 60

# Processes that test side by side begin apart, and one does not ask again for what it has just been given.
_ports = count(os.getpid() * 61)


def free_port() -> int:
    """Return a port on which nobody listens and which the system gives to nobody."""
    for number in _ports:
        port = FIRST + number % (LAST - FIRST)
        with closing(socket.socket()) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError("there is no end of numbers")


def first_answer(address: str, server: subprocess.Popen, said: Callable[[], str] = str) -> int:
    """Wait until a site answers and return the status; a site that ended, or never answers, is a failure."""
    until = time.monotonic() + STARTING_SECONDS
    while time.monotonic() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=STARTING_SECONDS) as answer:
                answer.read()
                return answer.status
        except urllib.error.HTTPError as error:
            error.close()
            return error.code
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"no site answers at {address}: {said()[-3000:]}")


def stop(server: subprocess.Popen) -> None:
    """Ask a site and the worker beside it to stop; whoever stays is ended."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(server.pid, sign)
        except ProcessLookupError:
            return
        try:
            server.wait(ENDING_SECONDS)
        except subprocess.TimeoutExpired:
            continue
