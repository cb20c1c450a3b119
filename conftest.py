"""What all tests share: a private folder, a stopped clock, persons with a role, and the two databases.

``REQUIRE_ALL=1`` makes a skip a failure. ``ZHIHENG_TEST_DATABASE=postgresql`` runs the suite on a private
PostgreSQL started from the system's binaries. ``ZHIHENG_PROVE=1`` lets the slow lane in.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings as hypothesis_settings

REQUIRE_ALL = os.environ.get("REQUIRE_ALL") == "1"
PROVE = os.environ.get("ZHIHENG_PROVE") == "1"
MOMENT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # a Monday, nine in the morning in Beijing
_clusters: list[PrivatePostgres] = []

# Two loaded cores make any one example slow; a hanging test is what the time limit of the run is for.
hypothesis_settings.register_profile("house", deadline=None)
hypothesis_settings.load_profile("house")


# --- the run --------------------------------------------------------------------------------------


def pytest_configure(config: pytest.Config) -> None:
    """Point the settings, which pytest-django has read by now, at what a test may touch."""
    from django.conf import settings

    folder = Path(tempfile.mkdtemp(prefix="zhiheng-tests-"))
    config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))
    settings.VAR = folder / "var"
    settings.SECRET_KEY = "only-for-tests-" + "x" * 50
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
    _settings_changed("TASKS", settings.TASKS)
    if "DATABASE_URL" not in os.environ and os.environ.get("ZHIHENG_TEST_DATABASE") == "postgresql":
        cluster = start_postgres()
        config.add_cleanup(cluster.stop)
        # Workers of xdist inherit the address instead of starting a server each.
        os.environ["DATABASE_URL"] = cluster.url
    _use_database(os.environ.get("DATABASE_URL", ""))
    _let_flush_pass_the_guards()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop what the run started."""
    while _clusters:
        _clusters.pop().stop()


def _settings_changed(name: str, value: Any) -> None:
    from django.core.signals import setting_changed

    setting_changed.send(sender=None, setting=name, value=value, enter=True)


def _use_database(url: str) -> None:
    """Give Django the database of the run: PostgreSQL by its address, else SQLite in memory."""
    from django.conf import settings
    from django.db import connections

    from zhiheng.site import database

    settings.DATABASES = {"default": database.from_url(url, var=settings.VAR)}
    connections.settings = connections.configure_settings(settings.DATABASES)
    if hasattr(connections._connections, "default"):
        del connections["default"]


def _let_flush_pass_the_guards() -> None:
    """Emptying tables between transactional tests is the one moment when the triggers step aside."""
    from django.db.backends.base.operations import BaseDatabaseOperations

    from zhiheng.ledger import guards
    from zhiheng.stages.registry.guards import GUARDS

    flush = BaseDatabaseOperations.execute_sql_flush

    def flush_past_the_guards(self: Any, statements: list[str]) -> None:
        with guards.lifted(self.connection), GUARDS.lifted(self.connection):
            flush(self, statements)

    BaseDatabaseOperations.execute_sql_flush = flush_past_the_guards


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the slow lane out unless it is asked for; it is not skipped, it belongs to another run."""
    if PROVE:
        return
    slow = [item for item in items if item.get_closest_marker("prove")]
    if slow:
        config.hook.pytest_deselected(items=slow)
        items[:] = [item for item in items if not item.get_closest_marker("prove")]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    """Turn a skip into a failure where everything must be there."""
    return _refuse_skip((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Any:
    """Do the same for a module that skips itself as a whole."""
    return _refuse_skip((yield))


def _refuse_skip(report: Any) -> Any:
    if REQUIRE_ALL and report.outcome == "skipped" and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        report.outcome = "failed"
        report.longrepr = (
            f"REQUIRE_ALL=1 and this was skipped: {reason.removeprefix('Skipped: ')} ({report.nodeid})"
        )
    return report


# --- PostgreSQL -----------------------------------------------------------------------------------


class PrivatePostgres:
    """A server of this run alone, on a Unix socket in a short folder, gone with the run."""

    def __init__(self, folder: Path, binaries: Path, owner: str) -> None:
        self.folder, self.binaries, self.owner = folder, binaries, owner
        self.url = f"postgresql://{owner}@/postgres?host={folder}"
        self._names = count(1)

    def start(self) -> None:
        """Make the cluster and wait until it answers; its data need not outlive a power cut."""
        data = self.folder / "data"
        self._run(
            "initdb",
            "-D",
            str(data),
            "-A",
            "trust",
            "-U",
            self.owner,
            "-E",
            "UTF8",
            "--no-sync",
            "--locale=C",
        )
        options = (
            f"-c listen_addresses='' -c unix_socket_directories={self.folder} -c fsync=off "
            "-c synchronous_commit=off -c full_page_writes=off -c max_connections=60"
        )
        self._run("pg_ctl", "-D", str(data), "-w", "-l", str(self.folder / "log"), "-o", options, "start")
        _clusters.append(self)

    def new_database(self) -> str:
        """Make an empty database and return its address."""
        name = f"fresh_{next(self._names)}"
        self._run("createdb", "-h", str(self.folder), "-U", self.owner, name)
        return f"postgresql://{self.owner}@/{name}?host={self.folder}"

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


def postgres_binaries() -> Path | None:
    """Return the folder of the newest PostgreSQL server here, if any."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    elsewhere = shutil.which("initdb")
    return Path(elsewhere).resolve().parent if elsewhere else None


def start_postgres() -> PrivatePostgres:
    """Start a private server; it refuses to run as root, so root lends it another account."""
    binaries = postgres_binaries()
    if binaries is None:
        raise pytest.UsageError("ZHIHENG_TEST_DATABASE=postgresql needs the PostgreSQL server binaries")
    owner = pwd.getpwuid(os.geteuid()).pw_name
    folder = Path(tempfile.mkdtemp(prefix="zhpg-", dir="/tmp"))
    if os.geteuid() == 0:
        owner = "postgres" if any(user.pw_name == "postgres" for user in pwd.getpwall()) else "nobody"
        shutil.chown(folder, owner)
    cluster = PrivatePostgres(folder, binaries, owner)
    try:
        cluster.start()
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return cluster


@pytest.fixture(scope="session")
def postgres() -> PrivatePostgres:
    """A private PostgreSQL server, whatever the suite itself runs on."""
    if postgres_binaries() is None:
        pytest.skip("the PostgreSQL server binaries are not installed")
    return _clusters[0] if _clusters else start_postgres()


# --- what a test starts from ----------------------------------------------------------------------

_numbers = count(1)


@pytest.fixture(autouse=True)
def var() -> Iterator[Path]:
    """The folder of the data, one for each test; it comes into being when something is written."""
    from django.conf import settings

    before = settings.VAR
    settings.VAR = before.parent / f"var-{next(_numbers)}"
    yield settings.VAR
    shutil.rmtree(settings.VAR, ignore_errors=True)
    settings.VAR = before


@pytest.fixture
def frozen_now() -> Iterator[datetime]:
    """The clock stands still: Monday 2 March 2026, nine in the morning in Beijing."""
    from zhiheng.people import clock

    with clock.at(MOMENT) as moment:
        yield moment


@pytest.fixture
def at() -> Callable[..., Any]:
    """``with at("2026-04-01"): ...`` lets something happen at another time."""
    from zhiheng.people import clock

    @contextmanager
    def stopped(moment: datetime | date | str) -> Iterator[datetime]:
        with clock.at(moment.isoformat() if isinstance(moment, date) else moment) as there:
            yield there

    return stopped


@pytest.fixture
def person_with(db: None) -> Callable[..., Any]:
    """Make a person who holds one role: ``person_with("officer", region="330000")``."""
    from zhiheng.people.models import Appointment, Person

    def make(role: str, region: str = "000000", organisation: str = "", **fields: Any) -> Person:
        number = next(_numbers)
        password = fields.pop("password", None)
        person = Person(
            login=fields.pop("login", f"{role}-{number}"),
            display_name=fields.pop("display_name", f"测试{number}"),
            created_at=MOMENT,
            **fields,
        )
        person.set_password(password) if password else person.set_unusable_password()
        person.save()
        Appointment.objects.create(
            person=person, role=role, region=region, organisation=organisation, valid_from=date(2000, 1, 1)
        )
        return person

    return make


@pytest.fixture
def actor() -> Any:
    """Someone acting, as the ledger keeps it: an officer of the nation."""
    from zhiheng.ledger.actor import Actor

    return Actor("018f0000-0000-7000-8000-000000000001", "officer", "000000")


@pytest.fixture(autouse=True)
def _language_of_the_house() -> Iterator[None]:
    """Leave no language behind: a page read in English by one test is no wish of the next."""
    from django.utils import translation

    yield
    translation.deactivate()
