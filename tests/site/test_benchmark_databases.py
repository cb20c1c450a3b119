"""What a benchmark measures on each database stands under its name, and what lacks is said."""

from __future__ import annotations

from pathlib import Path

from bench.country import server


def measured(url: str, folder: str) -> tuple[str, bool]:
    return url.partition(":")[0], Path(folder).is_dir()


def test_each_database_has_an_address_and_a_folder_of_its_own():
    found = server.on_each(measured)

    is_there = server.binaries() is not None
    missing = "not measured: the server binaries are not installed"
    assert found == {"sqlite": ("sqlite", True), "postgresql": ("postgresql", True) if is_there else missing}


def test_without_a_server_it_is_said_that_it_was_not_measured(monkeypatch):
    monkeypatch.setattr(server, "binaries", lambda: None)

    assert server.on_each(measured)["postgresql"].startswith("not measured")
