"""Go's own reader of signed notes and tiles accepts the log directory, and refuses it when one byte changes.

The reader is built from Debian's packages alone (golang-go, golang-golang-x-mod-dev), without a module proxy.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from zhiheng.ledger.sealing import keys
from zhiheng.ledger.sealing.directory import Log

SOURCE = Path(__file__).parent / "reader" / "main.go"
PACKAGES = Path("/usr/share/gocode/src/golang.org/x/mod/sumdb/tlog")
SIZE = 70_000


@pytest.fixture(scope="module")
def go_reader(tmp_path_factory):
    if shutil.which("go") is None or not PACKAGES.exists():
        pytest.skip("Go and its package x/mod are not installed (golang-go, golang-golang-x-mod-dev)")
    home = tmp_path_factory.mktemp("go")
    program = home / "reader"
    environment = {
        **os.environ,
        "GO111MODULE": "off",
        "GOPATH": f"{home}:/usr/share/gocode",
        "GOCACHE": str(home / "cache"),
        "GOFLAGS": "-p=1",
    }
    subprocess.run(["go", "build", "-o", str(program), str(SOURCE)], env=environment, check=True)
    return program


@pytest.fixture(scope="module")
def directory(tmp_path_factory):
    """A log that grew past 65 536 entries, so that it has tiles of three levels."""
    home = tmp_path_factory.mktemp("log")
    key = keys.made("test.invalid/log", b"g" * 32)
    log = Log.open(home / "log", home / "log-state" / "log.journal", key.public, key.sign)
    done = 0
    for end in (1, 255, 256, 257, 65_535, 65_536, 65_537, SIZE):
        log.append([b'{"n":%d}' % number for number in range(done, end)])
        done = end
    return log


def read(program, folder):
    return subprocess.run([str(program), str(folder)], capture_output=True, text=True, timeout=120)


def test_an_independent_reader_accepts_the_directory(go_reader, directory):
    done = read(go_reader, directory.files.path)

    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [str(SIZE), directory.edge.root().hex()]


@pytest.mark.parametrize(
    "name",
    [
        "checkpoint",
        "vkey",
        "tile/0/000",
        "tile/0/273.p/112",
        "tile/1/000",
        "tile/2/000.p/1",
        "tile/entries/000",
        "tile/entries/273.p/112",
    ],
)
def test_an_independent_reader_refuses_one_changed_byte(go_reader, directory, tmp_path, name):
    copy = tmp_path / "log"
    shutil.copytree(directory.files.path, copy)
    data = bytearray((copy / name).read_bytes())
    data[len(data) // 2] ^= 1
    (copy / name).write_bytes(data)

    assert read(go_reader, copy).returncode == 1
