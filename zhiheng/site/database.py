"""Reads ``DATABASE_URL``: SQLite in a file by default, PostgreSQL over TCP or a Unix socket."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from zhiheng.errors import BadInput

# WAL lets readers go on while one writes; FULL syncs at every commit, since an entry once answered must
# outlive a power cut (https://www.sqlite.org/pragma.html#pragma_synchronous).
SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA cache_size=-65536"
)
SQLITE_BUSY_SECONDS = 20
# Pages ask for few rows: compiling for the planner's worst case and starting helpers cost more than they save
# (https://www.postgresql.org/docs/current/jit-decision.html), and a page of an index costs little more than
# the next one of a table where memory or a solid-state disk holds both
# (https://www.postgresql.org/docs/current/runtime-config-query.html#GUC-RANDOM-PAGE-COST).
POSTGRESQL_SETTINGS = "-c jit=off -c max_parallel_workers_per_gather=0 -c random_page_cost=1.1"


def from_url(url: str, *, var: Path) -> dict[str, Any]:
    """Return Django's database settings for a URL.

    >>> from_url("postgresql://zh@/quality?host=/run/postgresql", var=Path("var"))["HOST"]
    '/run/postgresql'
    """
    if not url:
        return _sqlite(str(var / "zhiheng.sqlite3"))
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        path = unquote(parts.path).removeprefix("/")
        if parts.netloc or not path:
            raise _refused(url, "sqlite:///relative/file.sqlite3 or sqlite:////absolute/file.sqlite3")
        return _sqlite(path)
    if parts.scheme in ("postgresql", "postgres"):
        return _postgresql(url)
    raise _refused(url, "sqlite:///file.sqlite3 or postgresql://user@host/name")


def _sqlite(path: str) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "OPTIONS": {
            "timeout": SQLITE_BUSY_SECONDS,
            "transaction_mode": "IMMEDIATE",
            "init_command": SQLITE_PRAGMAS,
        },
    }


def _postgresql(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    name = unquote(parts.path).removeprefix("/")
    try:
        options = dict(parse_qsl(parts.query, strict_parsing=True)) if parts.query else {}
    except ValueError:
        raise _refused(url, "options like ?sslmode=require&host=/run/postgresql") from None
    host = options.pop("host", unquote(parts.hostname or ""))
    try:
        port = str(parts.port or options.pop("port", ""))
    except ValueError:
        raise _refused(url, "a port between 1 and 65535") from None
    if not name or "/" in name:
        raise _refused(url, "one database name after the host")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": port,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"options": POSTGRESQL_SETTINGS} | options,
    }


def _refused(url: str, wanted: str) -> BadInput:
    # The URL itself is not repeated: it may hold a password.
    return BadInput(
        f"DATABASE_URL ({urlsplit(url).scheme or 'no scheme'}) cannot be read.", f"Write {wanted}."
    )
