"""The commands of the site say in one line what stands in the way, and serve what there is."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests import serving
from zhiheng.errors import BadInput, Conflict
from zhiheng.site import cli
from zhiheng.site.commands import doctor, serve

ROOT = Path(__file__).resolve().parents[2]


def environment(var):
    return {**os.environ, "ZHIHENG_VAR": str(var), "DATABASE_URL": "", "ZHIHENG_SECRET_KEY": "s" * 60}


def zhiheng(*arguments, var):
    return subprocess.run(
        [sys.executable, "-m", "zhiheng.site.cli", *arguments],
        cwd=ROOT,
        env=environment(var),
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.fixture(scope="module")
def migrated(with_schema, tmp_path_factory):
    return with_schema(tmp_path_factory.mktemp("site"))


def one_after_the_other(*commands, var):
    """Run commands in one process, which loads Django once; return their codes, and what it said."""
    program = f"from zhiheng.site import cli; print([cli.main(one) for one in {list(map(list, commands))!r}])"
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=environment(var),
        capture_output=True,
        text=True,
        timeout=120,
    )
    return json.loads(done.stdout.splitlines()[-1]), done.stderr


def test_nothing_starts_on_a_schema_that_is_not_there(tmp_path):
    codes, said = one_after_the_other(["serve", "--no-worker"], ["worker", "--batch"], ["tick"], var=tmp_path)

    assert codes == [2, 2, 2]
    assert "Traceback" not in said
    assert len(said.splitlines()) == said.count("zhiheng migrate") == 3


def test_migrate_is_done_once_and_can_be_asked_for(tmp_path):
    codes, _said = one_after_the_other(
        ["migrate", "--check"], ["migrate"], ["migrate", "--check"], var=tmp_path
    )

    assert codes == [1, 0, 0]


def test_a_command_starts_without_the_rooms_of_scipy_and_polars():
    """They take half a second that every command and every process of a site would wait."""
    program = "import sys; from zhiheng.site import setup; setup.start(); print([*sys.modules])"

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert "'zhiheng.stages.draw.slots'" in done.stdout
    assert "'scipy.special'" not in done.stdout
    assert "'polars'" not in done.stdout


def test_a_database_of_another_version_is_not_served(migrated, tmp_path):
    """The folding of ADR 24 leaves databases behind that know steps this version does not."""
    shutil.copy(migrated / "zhiheng.sqlite3", tmp_path)
    with sqlite3.connect(tmp_path / "zhiheng.sqlite3") as database:
        database.execute(
            "INSERT INTO django_migrations (app, name, applied)"
            " VALUES ('registry', '0009_older', '2026-01-01')"
        )

    done = zhiheng("serve", "--no-worker", var=tmp_path)

    assert done.returncode == 2
    assert "registry.0009_older" in done.stderr
    assert "zhiheng init" in done.stderr


def test_migrate_sets_fallen_guards_up_again(with_schema, tmp_path):
    import sqlite3

    with_schema(tmp_path)
    file = sqlite3.connect(tmp_path / "zhiheng.sqlite3")
    file.execute("DROP TRIGGER ledger_guard_ledger_entry_delete")
    file.execute("DROP TRIGGER registry_guard_licence_update")
    file.commit()

    assert zhiheng("migrate", var=tmp_path).returncode == 0

    names = {row[0] for row in file.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")}
    file.close()
    assert {"ledger_guard_ledger_entry_delete", "registry_guard_licence_update"} <= names


def test_tick_and_worker_run_through(migrated):
    ticked = zhiheng("tick", "--json", var=migrated)
    worked = zhiheng("worker", "--batch", var=migrated)

    assert ticked.returncode == worked.returncode == 0, ticked.stderr + worked.stderr
    assert set(json.loads(ticked.stdout)["jobs"]) >= {"deliver", "sessions"}


def test_serve_answers_and_ends_when_told_to(migrated, tmp_path):
    port, log = serving.free_port(), tmp_path / "serve.log"
    address = f"http://127.0.0.1:{port}/"
    with log.open("wb") as kept:
        served = subprocess.Popen(
            [sys.executable, "-m", "zhiheng.site.cli", "serve", "--port", str(port)],
            cwd=ROOT,
            env=environment(migrated),
            stderr=kept,
            start_new_session=True,
        )
    try:
        answer = serving.first_answer(address + "sign-in/", served, log.read_text)
        with urllib.request.urlopen(address + "static/web/zhiheng.css", timeout=60) as style:
            kind = style.headers["Content-Type"]
        with pytest.raises(urllib.error.HTTPError) as missing:
            urllib.request.urlopen(address + "no-such-page/", timeout=60)
        missing.value.close()

        served.send_signal(signal.SIGINT)
        ended = served.wait(serving.ENDING_SECONDS)
    finally:
        serving.stop(served)

    assert (answer, missing.value.code, ended) == (200, 404, 0)
    assert kind.startswith("text/css")
    assert address in log.read_text()
    assert "Traceback" not in log.read_text()


def test_a_taken_port_is_named_with_a_way_out(migrated):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        done = zhiheng("serve", "--port", str(port), "--no-worker", var=migrated)

    assert done.returncode == 2
    assert f"--port {port + 1}" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(("host", "port"), [("127.0.0.1", 0), ("127.0.0.1", 70_000), ("192.0.2.1", 8000)])
def test_an_impossible_address_is_refused(host, port):
    with pytest.raises(BadInput):
        serve.require_free_port(host, port)


def test_a_taken_port_has_a_code_of_its_own():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(Conflict) as caught:
            serve.require_free_port(*taken.getsockname())

    assert caught.value.code == "port-taken"


def test_doctor_names_what_is_missing_and_what_is_lost(monkeypatch, capsys):
    needs = (
        doctor.Need("here", "a thing", "x", "get it", lambda: "/bin/thing"),
        doctor.Need("gone", "another", "its use", "apt install another", lambda: None),
    )
    monkeypatch.setattr(doctor, "NEEDS", needs)

    code = doctor.run(parsed("--brief"))

    said = capsys.readouterr().err
    assert code == 0
    assert "another. Lost: its use. To get it: apt install another" in said
    assert "a thing" not in said


def test_doctor_says_when_nothing_is_missing(monkeypatch, capsys):
    monkeypatch.setattr(doctor, "NEEDS", (doctor.Need("here", "a thing", "x", "y", lambda: "/bin/thing"),))

    assert doctor.run(parsed("--brief")) == 0
    assert "nothing is missing" in capsys.readouterr().err


def test_doctor_prints_exactly_one_json_object(tmp_path):
    done = zhiheng("doctor", "--json", var=tmp_path)

    found = json.loads(done.stdout)
    assert {need["id"] for need in found["found"] + found["missing"]} == {need.id for need in doctor.NEEDS}
    assert all(need["lost"] and need["remedy"] for need in found["missing"])


def test_doctor_finds_a_chinese_font_without_fontconfig(monkeypatch, tmp_path):
    monkeypatch.setattr(doctor.shutil, "which", lambda name: None)
    monkeypatch.setattr(doctor, "FONT_FOLDERS", (str(tmp_path),))
    assert doctor.cjk_font() is None

    (tmp_path / "opentype").mkdir()
    (tmp_path / "opentype" / "NotoSansCJK-Regular.ttc").touch()

    assert doctor.cjk_font() == "NotoSansCJK-Regular.ttc"


def parsed(*arguments):
    import argparse

    parser = argparse.ArgumentParser()
    doctor.add_arguments(parser)
    return parser.parse_args(arguments)


def test_doctor_says_whether_an_office_was_started_here(monkeypatch, tmp_path):
    monkeypatch.setenv("ZHIHENG_VAR", str(tmp_path))
    before = doctor.office()
    (tmp_path / "office.json").write_text('{"region": "330106"}', encoding="utf-8")

    assert "zhiheng init --region CODE" in before
    assert "330106" in doctor.office()


def test_the_help_page_lists_the_start_of_an_office():
    assert "init" in cli.build_parser().format_help()
