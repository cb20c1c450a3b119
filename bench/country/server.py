"""Starts a private PostgreSQL from the system's binaries, thrown away afterwards or kept in a folder."""

from __future__ import annotations

import getpass
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

# For a country that is loaded once and then read: nothing waits for the disk; memory as a small server has.
LOADED = {
    "shared_buffers": "2GB",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "8GB",
    "checkpoint_timeout": "30min",
    "autovacuum": "off",  # the filling ends with VACUUM ANALYZE
    "maintenance_work_mem": "1GB",
}

PLAIN = {"shared_buffers": "256MB"}

# As a machine that writes all day is set up; every commit waits for the disk.
DURABLE = {
    "shared_buffers": "2GB",
    "max_wal_size": "8GB",
    "checkpoint_timeout": "30min",
    "wal_buffers": "64MB",
}


def binaries() -> Path | None:
    """Return the folder of the newest server programs, or None where none are installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return found[-1].parent if found else None


@contextmanager
def running(
    programs: Path, *, keep: Path | None = None, settings: Mapping[str, str] = PLAIN
) -> Iterator[str]:
    """Yield the address of a server on a Unix socket; a kept folder is started again where it stands.

    The server refuses to run as root, so root lends an account.
    """
    owner, prefix = _owner()
    folder = keep or Path(tempfile.mkdtemp(prefix="zhpg-", dir="/tmp"))
    folder.mkdir(parents=True, exist_ok=True)
    if prefix:
        shutil.chown(folder, owner)
    data = folder / "data"

    def control(program: str, *arguments: str) -> None:
        command = [*prefix, str(programs / program), "-D", str(data), *arguments]
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    said = {"listen_addresses": "''", "unix_socket_directories": str(folder), **settings}
    options = " ".join(f"-c {name}={value}" for name, value in said.items())
    try:
        if not data.exists():
            control("initdb", "-A", "trust", "-U", owner, "-E", "UTF8", "--no-sync", "--locale=C")
        control("pg_ctl", "-w", "-t", "300", "-l", str(folder / "log"), "-o", options, "start")
        yield f"postgresql://{owner}@/postgres?host={folder}"
    finally:
        if (data / "postmaster.pid").exists():
            control("pg_ctl", "-m", "fast", "-t", "300", "stop")
        if keep is None:
            shutil.rmtree(folder, ignore_errors=True)


def on_each(measured: Callable[[str, str], Any]) -> dict[str, Any]:
    """Return what is measured at the address of a database with a folder of its own.

    On SQLite, and on PostgreSQL where its programs are installed.
    """
    with tempfile.TemporaryDirectory(prefix="zhiheng-bench-") as folder:
        found = {"sqlite": measured(f"sqlite:///{folder}/bench.sqlite3", folder)}
    programs = binaries()
    if programs is None:
        return found | {"postgresql": "not measured: the server binaries are not installed"}
    with running(programs) as url, tempfile.TemporaryDirectory(prefix="zhiheng-bench-") as folder:
        return found | {"postgresql": measured(url, folder)}


def _owner() -> tuple[str, list[str]]:
    if os.geteuid() != 0:
        return getpass.getuser(), []
    owner = "postgres" if any(user.pw_name == "postgres" for user in pwd.getpwall()) else "nobody"
    return owner, ["runuser", "-u", owner, "--"]
