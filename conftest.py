"""What all tests share: a private folder, a stopped clock, persons with a role, and the two databases.

``REQUIRE_ALL=1`` makes a skip a failure. ``ZHIHENG_TEST_DATABASE=postgresql`` runs the suite on a private
PostgreSQL started from the system's binaries. ``ZHIHENG_PROVE=1`` lets the slow lane in. ``--seed`` chooses
what tests take from chance (``tests.chance``).
"""

from __future__ import annotations

import gc
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from tests import postgres as postgresql

pytest_plugins = ["tests.chance"]

REQUIRE_ALL = os.environ.get("REQUIRE_ALL") == "1"
PROVE = os.environ.get("ZHIHENG_PROVE") == "1"
MOMENT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # a Monday, nine in the morning in Beijing
# Folders whose files share one site, all modules parsed, or one Spark, and files that share one PostgreSQL.
TOGETHER = ("tests/browser/", "tests/engine/", "tests/loop/", "tests/house/")
ON_POSTGRESQL = (
    "tests/disclosure/test_at_once.py",
    "tests/inspection/test_uploads_at_once.py",
    "tests/ledger/sealing/test_kill.py",
    "tests/ledger/test_kill.py",
    "tests/ledger/test_writers.py",
    "tests/registry/test_twins.py",
)
# What takes a process longest, in the order in which it is handed out; all else follows as it is found.
LONGEST = (
    "tests/browser/",
    "tests/indicators/test_actions.py",
    "tests/loop/",
    "postgresql",
    "tests/indicators/test_pages.py",
    "tests/site/test_commands.py",
    "tests/ledger/test_on_postgresql.py",
    "tests/inspection/test_deeds.py",
    "tests/inspection/test_pages.py",
    "tests/house/",
    "tests/engine/",
)

# A process of tests has one core to itself, and NumPy reads this when it is loaded: workers inherit it.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# Two loaded cores make any one example slow; a hanging test is what the time limit of the run is for.
# Another seed looks at other examples, so that fewer of them at a time find as much in the end.
TOO_SLOW = [HealthCheck.too_slow]
hypothesis_settings.register_profile("house", deadline=None, max_examples=50, suppress_health_check=TOO_SLOW)
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
    settings.WHITENOISE_AUTOREFRESH = True  # or every client of every test would list all static files
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
    _settings_changed("TASKS", settings.TASKS)
    if "DATABASE_URL" not in os.environ and os.environ.get("ZHIHENG_TEST_DATABASE") == "postgresql":
        cluster = postgresql.start()
        config.add_cleanup(cluster.stop)
        # Workers of xdist inherit the address instead of starting a server each.
        os.environ["DATABASE_URL"] = cluster.url
    _use_database(os.environ.get("DATABASE_URL", ""))
    _let_flush_pass_the_guards()
    os.fsync = lambda _handle: None  # what a test writes need not outlive a power cut
    config.option.loadscopereorder = False  # the order of the run is made below, not by the number of tests


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop what the run started."""
    while postgresql.running:
        postgresql.running.pop().stop()


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

    from zhiheng.site.commands import migrate

    flush = BaseDatabaseOperations.execute_sql_flush

    def flush_past_the_guards(self: Any, statements: list[str]) -> None:
        with ExitStack() as lifted:
            for one in migrate.guards():
                lifted.enter_context(one.lifted(self.connection))
            flush(self, statements)

    BaseDatabaseOperations.execute_sql_flush = flush_past_the_guards


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the slow lane out unless it is asked for; it is not skipped, it belongs to another run.

    The longest files begin first, so that none of them is left to one process when the other has ended.
    """
    if PROVE:
        return
    slow = [item for item in items if item.get_closest_marker("prove")]
    if slow:
        config.hook.pytest_deselected(items=slow)
        items[:] = [item for item in items if not item.get_closest_marker("prove")]
    first = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: first.get(_unit(item.nodeid), len(first)))


def pytest_collection_finish() -> None:
    """Let the collector of garbage pass over what stays for the whole run: modules, models, tests."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Hand whole files to the processes, and the journeys together: they share one site and one Chromium."""
    from xdist.scheduler import LoadFileScheduling

    class ByUnit(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return _unit(nodeid)

    return ByUnit(config, log) if config.getvalue("dist") == "loadfile" else None


def _unit(nodeid: str) -> str:
    """Return what of the run stays in one process: a file, or those that share a server."""
    file = nodeid.partition("::")[0]
    if file in ON_POSTGRESQL:
        return "postgresql"
    return next((folder for folder in TOGETHER if file.startswith(folder)), file)


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


@pytest.fixture(scope="session")
def postgres() -> postgresql.PrivatePostgres:
    """A private PostgreSQL server, whatever the suite itself runs on."""
    if postgresql.binaries() is None:
        pytest.skip("the PostgreSQL server binaries are not installed")
    return postgresql.running[0] if postgresql.running else postgresql.start()


# --- what a test starts from ----------------------------------------------------------------------


@pytest.fixture(scope="session")
def schema(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with every table and no row: whoever starts a process copies it (``with_schema``)."""
    from django.db import connection

    var = tmp_path_factory.mktemp("schema")
    file = var / "zhiheng.sqlite3"
    if connection.vendor != "sqlite" or not connection.is_in_memory_db():  # or no test of this run needs one
        postgresql.migrate(var, "")
        return file
    with django_db_blocker.unblock(), closing(sqlite3.connect(file)) as copy:
        connection.ensure_connection()
        connection.connection.backup(copy)
    return file


@pytest.fixture(scope="session")
def with_schema(schema: Path) -> Callable[[Path], Path]:
    """``with_schema(var)`` makes a folder of data as ``zhiheng migrate`` leaves it."""

    def make(var: Path) -> Path:
        var.mkdir(parents=True, exist_ok=True)
        shutil.copy(schema, var / schema.name)
        return var

    return make


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

    numbers = count(1)

    def make(role: str, region: str = "000000", organisation: str = "", **fields: Any) -> Person:
        number = next(numbers)
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
def kept_steps(db: None) -> Any:
    """``kept_steps.step(name, build)`` builds what many tests begin with once, then puts it back."""
    from tests.kept import Kept

    return Kept()


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
