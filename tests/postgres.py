"""A PostgreSQL server of a test run alone, started from the system's binaries."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from functools import cached_property
from itertools import count
from pathlib import Path

import pytest

running: list[PrivatePostgres] = []


class PrivatePostgres:
    """A server of this run alone, on a Unix socket in a short folder, gone with the run."""

    def __init__(self, folder: Path, binaries: Path, owner: str) -> None:
        self.folder, self.binaries, self.owner = folder, binaries, owner
        self.url = f"postgresql://{owner}@/postgres?host={folder}"
        self._names = count(1)

    def start(self) -> None:
        """Make the cluster and wait until it answers; its data need not outlive a power cut."""
        data = self.folder / "data"
        said = f"-D {data} -A trust -U {self.owner} -E UTF8 --no-sync --locale=C"
        self._run("initdb", *said.split())
        options = (
            f"-c listen_addresses='' -c unix_socket_directories={self.folder} -c fsync=off "
            "-c synchronous_commit=off -c full_page_writes=off -c max_connections=60 "
            # Statistics that come at some moment would let a test of a plan see now this one, now that one.
            "-c autovacuum=off"
        )
        self._run("pg_ctl", "-D", str(data), "-w", "-l", str(self.folder / "log"), "-o", options, "start")
        running.append(self)

    def new_database(self, *, migrated: bool = False) -> str:
        """Make an empty database, or one with every table, and return its address."""
        like = ("-T", self._with_schema) if migrated else ()
        return self._create(f"fresh_{next(self._names)}", *like)

    def _create(self, name: str, *like: str) -> str:
        self._run("createdb", "-h", str(self.folder), "-U", self.owner, *like, name)
        return f"postgresql://{self.owner}@/{name}?host={self.folder}"

    @cached_property
    def _with_schema(self) -> str:
        """The name of a database that is migrated once and copied from then on."""
        url = self._create("with_schema")
        with tempfile.TemporaryDirectory() as var:
            migrate(var, url)
        return "with_schema"

    def stop(self) -> None:
        """Stop the server and remove its folder; safe to call twice."""
        if self.folder.exists():
            self._run("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "stop", check=False)
            shutil.rmtree(self.folder, ignore_errors=True)

    def _run(self, program: str, *arguments: str, check: bool = True) -> None:
        command = [str(self.binaries / program), *arguments]
        if os.geteuid() == 0:
            command = ["runuser", "-u", self.owner, "--", *command]
        done = subprocess.run(
            command,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        if check and done.returncode:
            raise RuntimeError(f"{program} failed: {done.stderr.decode(errors='replace')}")


def migrate(var: Path | str, url: str) -> None:
    """Make the tables of a database as an office does."""
    environment = {**os.environ, "ZHIHENG_VAR": str(var), "DATABASE_URL": url}
    command = [sys.executable, "-m", "zhiheng.site.cli", "migrate"]
    subprocess.run(command, env=environment, check=True, capture_output=True)


def binaries() -> Path | None:
    """Return the folder of the newest PostgreSQL server here, if any."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    elsewhere = shutil.which("initdb")
    return Path(elsewhere).resolve().parent if elsewhere else None


def start() -> PrivatePostgres:
    """Start a private server; it refuses to run as root, so root lends it another account."""
    programs = binaries()
    if programs is None:
        raise pytest.UsageError("ZHIHENG_TEST_DATABASE=postgresql needs the PostgreSQL server binaries")
    owner = pwd.getpwuid(os.geteuid()).pw_name
    folder = Path(tempfile.mkdtemp(prefix="zhpg-", dir="/tmp"))
    if os.geteuid() == 0:
        owner = "postgres" if any(user.pw_name == "postgres" for user in pwd.getpwall()) else "nobody"
        shutil.chown(folder, owner)
    cluster = PrivatePostgres(folder, programs, owner)
    try:
        cluster.start()
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return cluster
