"""A log is reread whole from its folder by the key that the reader knows; the first fault is named."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from zhiheng.ledger.sealing import keys
from zhiheng.ledger.sealing.directory import Log
from zhiheng.site import cli
from zhiheng.verification import log as verification

KEY = keys.made("test.invalid/log", b"v" * 32)


@pytest.fixture
def folder(tmp_path):
    log = Log.open(tmp_path / "log", tmp_path / "state" / "journal", KEY.public, KEY.sign)
    for start in (0, 200, 300, 700):
        log.append([b'{"n":%d}' % number for number in range(start, start + 150)])
    return tmp_path / "log"


def test_a_whole_log_holds(folder, capsys):
    assert cli.main(["log", "verify", str(folder), "--json"]) == 0

    said = json.loads(capsys.readouterr().out)
    assert said["ok"] and said["size"] == 600 and len(said["root"]) == 64 and said["file"] == ""
    assert [step["name"] for step in said["steps"]] == [
        "key",
        "checkpoint",
        "entries",
        "root",
        "earlier tiles",
    ]


def every_file(folder):
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_one_changed_byte_in_any_file_is_refused_and_named(folder):
    for place in every_file(folder):
        before = place.read_bytes()
        for at in {0, len(before) // 2, len(before) - 1}:
            data = bytearray(before)
            data[at] ^= 1
            place.write_bytes(data)

            checked = verification.check(folder)

            name = str(place.relative_to(folder))
            assert not checked.report.ok, (name, at)
            assert checked.file in (name, "", f"tile/0/{name[-3:]}") or name.startswith("tile/entries")
        place.write_bytes(before)
    assert verification.check(folder).report.ok


def test_a_missing_file_of_the_last_checkpoint_is_named(folder, capsys):
    (folder / "tile" / "entries" / "001").unlink()

    assert cli.main(["log", "verify", str(folder), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["file"] == "tile/entries/001"


def test_what_lies_beyond_the_checkpoint_is_nobodys_promise(folder):
    (folder / "tile" / "0" / "007").write_bytes(b"\0" * 8192)
    (folder / "tile" / "0" / "002.p" / "255").write_bytes(b"\0" * 8160)

    assert verification.check(folder).report.ok


def test_the_key_that_the_reader_knows_decides(folder, capsys):
    other = keys.made("test.invalid/log", b"w" * 32).public

    assert cli.main(["log", "verify", str(folder), "--vkey", str(KEY.public)]) == 0
    assert cli.main(["log", "verify", str(folder), "--vkey", str(other)]) == 1
    assert "is not the one that was given" in capsys.readouterr().err


def test_wrong_use_ends_with_2(folder, tmp_path, capsys):
    assert cli.main(["log", "verify", str(tmp_path / "nowhere")]) == 2
    assert cli.main(["log", "verify", str(folder / "checkpoint")]) == 2
    assert cli.main(["log", "verify", str(folder), "--vkey", "no key"]) == 2
    assert cli.main(["log"]) == 2


def test_the_command_loads_no_django_and_starts_in_half_a_second(folder):
    command = (
        "import sys; from zhiheng.site import cli; cli.main(sys.argv[1:]); print('django' in sys.modules)"
    )
    worked = sum(os.times()[2:4])

    done = subprocess.run(
        [sys.executable, "-c", command, "log", "verify", str(folder)], capture_output=True, text=True
    )

    assert done.stdout.splitlines()[-1] == "False"
    assert sum(os.times()[2:4]) - worked < 3, "of work, however long a loaded machine takes for it"
