"""Serves the site on 127.0.0.1:8000, with a worker beside it, so that there is one thing to start."""

from __future__ import annotations

import argparse
import errno
import socket
import subprocess
import sys

from zhiheng.errors import BadInput, Conflict
from zhiheng.site import setup
from zhiheng.site.cli import say
from zhiheng.site.commands import migrate

THREADS = 4
"""Requests answered at once by one process; most of their time they wait for the database."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of ``zhiheng serve``."""
    parser.add_argument(
        "--host", default="127.0.0.1", help="address to listen on (default: this machine alone)"
    )
    parser.add_argument("--port", type=int, default=8000, help="port to listen on")
    parser.add_argument("--workers", type=int, default=1, help="processes that answer requests")
    parser.add_argument("--no-worker", action="store_true", help="start no job worker beside the site")


def run(args: argparse.Namespace) -> int:
    """Check what would stop the server, then serve until interrupted."""
    serve(host=args.host, port=args.port, workers=args.workers, with_worker=not args.no_worker)
    return 0


def serve(*, host: str = "127.0.0.1", port: int = 8000, workers: int = 1, with_worker: bool = True) -> None:
    """Serve what ``VAR`` holds; the process ends when interrupted."""
    setup.start()
    migrate.require_up_to_date()
    require_free_port(host, port)
    jobs = _start_worker() if with_worker else None
    say(f"serve: http://{host}:{port}/ (stop with Ctrl-C)")
    try:
        _server(host, port, workers).serve()
    finally:
        if jobs is not None:
            jobs.terminate()
            jobs.wait(timeout=30)


def require_free_port(host: str, port: int) -> None:
    """Refuse a port that is taken or not ours, in words instead of a traceback."""
    if not 1 <= port <= 65535:
        raise BadInput(f"{port} is not a port.", "Choose a number between 1024 and 65535.")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise _port_refused(host, port, error) from error


def _port_refused(host: str, port: int, error: OSError) -> Conflict | BadInput:
    if error.errno == errno.EADDRINUSE:
        return Conflict(
            f"Port {port} on {host} is taken by another program.",
            f"Stop that program, or choose another port: zhiheng serve --port {port + 1}",
            code="port-taken",
        )
    if error.errno == errno.EACCES:
        return BadInput(f"Port {port} is reserved for the system.", "Choose a port above 1023.")
    return BadInput(f"{host} is not an address of this machine.", "Use 127.0.0.1, or 0.0.0.0 for all.")


def _server(host: str, port: int, workers: int):
    from granian.constants import Interfaces
    from granian.server import Server

    return Server(
        "zhiheng.site.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=THREADS,
        websockets=False,
        respawn_failed_workers=True,
        log_enabled=False,
    )


def _start_worker() -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "zhiheng.site.cli", "worker", "--tick-every", "60"], stdin=subprocess.DEVNULL
    )
