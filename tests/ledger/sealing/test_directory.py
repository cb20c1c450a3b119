"""A log on disk grows by batches, resumes after anything, and signs nothing that breaks what it signed."""

from __future__ import annotations

import errno
import os
import random
import shutil

import pytest

from zhiheng.errors import CheckFailed
from zhiheng.ledger.sealing import directory, keys
from zhiheng.ledger.sealing.directory import Log
from zhiheng.proof import checkpoint, merkle, receipt, tiled, tiles

ORIGIN = "test.invalid/log"
KEY = keys.made(ORIGIN, b"k" * 32)


@pytest.fixture
def home(tmp_path):
    return tmp_path


def opened(home, key=KEY):
    return Log.open(home / "log", home / "log-state" / "log.journal", key.public, key.sign)


def entries(start, end):
    return [f'{{"number":{number}}}'.encode() for number in range(start, end)]


def root_of(size):
    tree = merkle.Tree()
    for entry in entries(0, size):
        tree.append(entry)
    return tree.root()


def of_folder(home):
    """Every file of the log with its bytes, but for narrow tiles that later ones replace."""
    files = (path for path in (home / "log").rglob("*") if path.is_file())
    return {str(path.relative_to(home)): path.read_bytes() for path in files if ".part-" not in path.name}


def test_a_new_log_says_that_it_is_empty(home):
    opened(home)

    said = opened(home).published()

    assert (said.origin, said.size, said.root.hex()) == (ORIGIN, 0, merkle.EMPTY_ROOT)


@pytest.mark.parametrize("step", [1, 100, 255, 256, 257, 1_000])
def test_a_log_grows_over_the_borders_of_tiles(home, step):
    log = opened(home)
    for start in range(0, 1_030, step):
        log.append(entries(start, min(start + step, 1_030)))

    assert log.published() == checkpoint.Checkpoint(ORIGIN, 1_030, root_of(1_030))
    assert log.entries(0, 1_030) == entries(0, 1_030)
    assert log.entries(250, 520) == entries(250, 520)


def test_the_way_by_which_a_log_grew_cannot_be_seen(tmp_path):
    folders = []
    for seed in (1, 2):
        home, steps = tmp_path / str(seed), random.Random(seed)
        log, size = opened(home), 0
        while size < 2_000:
            step = min(steps.choice((1, 30, 256, 700)), 2_000 - size)
            log.append(entries(size, size + step))
            size += step
            log = log if steps.random() < 0.5 else opened(home)
        wanted = {f"log/{path}" for tile in tiled.of_size(2_000) for path in directory.paths(tile)}
        found = of_folder(home)
        folders.append({name: found[name] for name in wanted | {"log/checkpoint", "log/vkey"}})

    assert folders[0] == folders[1]


def test_narrow_tiles_go_when_the_full_one_has_come(home):
    log = opened(home)
    for number in range(300):
        log.append(entries(number, number + 1))
    assert (home / "log" / "tile" / "0" / "001.p").exists()
    assert len(list((home / "log").rglob("*.p/*"))) < 2 * 256

    log.lay_down()

    assert not (home / "log" / "tile" / "0" / "000.p").exists()
    assert not (home / "log" / "tile" / "entries" / "000.p").exists()
    assert (home / "log" / "tile" / "0" / "001.p" / "44").exists()


def test_full_tiles_are_never_written_again(home):
    log = opened(home)
    log.append(entries(0, 600))
    full = {name: data for name, data in of_folder(home).items() if "tile" in name and ".p/" not in name}
    places = {name: (home / name).stat().st_mtime_ns for name in full}

    opened(home).append(entries(600, 900))

    assert len(full) == 4
    assert {name: (home / name).stat().st_mtime_ns for name in full} == places


def test_a_receipt_from_the_tiles_opens(home):
    log = opened(home)
    log.append(entries(0, 777))

    path = tuple(log.tree().inclusion(300))
    text = (home / "log" / "checkpoint").read_text()

    receipt.opened(receipt.Receipt(300, path, text), b'{"number":300}', KEY.public)


# --- resuming --------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(12))
def test_a_loss_of_power_costs_nothing_that_was_promised(home, seed):
    chance = random.Random(seed)
    log = opened(home)
    log.append(entries(0, 300))
    log.lay_down()
    kept = of_folder(home)
    log.append(entries(300, 900))
    whole = of_folder(home)

    for name, data in whole.items():
        if kept.get(name) != data and chance.random() < 0.7:
            (home / name).write_bytes(chance.choice((b"", data[: len(data) // 2], b"\0" * len(data))))
    resumed = opened(home)

    assert resumed.published() == checkpoint.Checkpoint(ORIGIN, 900, root_of(900))
    assert {name: data for name, data in of_folder(home).items() if name in whole} == whole


def test_a_torn_end_of_the_journal_was_never_signed(home):
    log = opened(home)
    log.append(entries(0, 10))
    with log.journal.place.open("ab") as file:
        file.write(b"0123456789abcdef" * 3)

    resumed = opened(home)
    resumed.append(entries(10, 20))

    assert opened(home).published().root == root_of(20)


def test_a_small_journal_laid_down_now_and_then_resumes_alike(home, monkeypatch):
    monkeypatch.setattr(directory, "LAID_DOWN_EVERY", 2_000)
    for start in range(0, 1_000, 50):
        opened(home).append(entries(start, start + 50))

    assert opened(home).published().root == root_of(1_000)
    assert (home / "log-state" / "log.journal").stat().st_size < 5_000


def test_another_writer_is_noticed(home):
    log = opened(home)
    other = opened(home)
    other.append(entries(0, 1))

    assert other.is_current
    assert not log.is_current


# --- refusing --------------------------------------------------------------------------------------


def damage(place, at=0):
    data = bytearray(place.read_bytes())
    data[at] ^= 1
    place.write_bytes(data)


@pytest.fixture
def laid_down(home):
    log = opened(home)
    log.append(entries(0, 1_000))
    log.lay_down()
    return home


@pytest.mark.parametrize("name", ["tile/0/003.p/232", "tile/1/000.p/3", "tile/entries/003.p/232"])
def test_an_altered_file_at_the_edge_is_never_built_upon(laid_down, name):
    damage(laid_down / "log" / name, at=5)

    with pytest.raises(CheckFailed, match=r"cannot be signed|does not hold"):
        opened(laid_down)


def test_a_lost_memory_is_never_made_anew(laid_down):
    shutil.rmtree(laid_down / "log-state")

    with pytest.raises(CheckFailed, match="its memory of what was signed is not"):
        opened(laid_down)


def test_a_memory_from_an_older_backup_is_refused(home):
    opened(home).append(entries(0, 10))
    shutil.copytree(home / "log-state", home / "backup")
    opened(home).append(entries(10, 20))
    shutil.rmtree(home / "log-state")
    (home / "backup").rename(home / "log-state")

    with pytest.raises(CheckFailed, match="signed at size 20, and its memory ends at 10"):
        opened(home)


def test_an_unreadable_memory_is_refused(laid_down):
    damage(laid_down / "log-state" / "log.journal")

    with pytest.raises(CheckFailed, match="cannot be read"):
        opened(laid_down)


def test_a_checkpoint_of_another_tree_is_refused(laid_down, tmp_path):
    other = tmp_path / "other"
    opened(other).append([b"something else"] * 10)
    shutil.copy(other / "log" / "checkpoint", laid_down / "log" / "checkpoint")

    with pytest.raises(CheckFailed, match="has another root"):
        opened(laid_down)


def test_a_checkpoint_that_somebody_else_signed_is_refused(laid_down):
    place = laid_down / "log" / "checkpoint"
    text, _, signature = place.read_text().rpartition(" ")
    changed = signature[:20] + ("A" if signature[20] != "A" else "B") + signature[21:]
    place.write_text(f"{text} {changed}")

    with pytest.raises(CheckFailed, match="does not hold"):
        opened(laid_down)


def test_a_missing_tile_is_named(laid_down):
    (laid_down / "log" / "tile" / "0" / "003.p" / "232").unlink()

    with pytest.raises(CheckFailed, match=r"tile/0/003\.p/232"):
        opened(laid_down)


def test_a_bundle_holds_what_a_bundle_may_hold(home):
    from zhiheng.errors import BadInput

    log = opened(home)
    log.append([b"", b"x" * tiles.LONGEST_ENTRY])

    with pytest.raises(BadInput):
        log.append([b"x" * (tiles.LONGEST_ENTRY + 1)])
    assert opened(home).size == 2


# --- failures of the disk ---------------------------------------------------------------------------


def fail(*_arguments):
    raise OSError(errno.EIO, "made to fail")


def test_a_log_that_failed_is_opened_again_before_it_goes_on(home, monkeypatch):
    log = opened(home)
    with monkeypatch.context() as broken, pytest.raises(OSError, match="made to fail"):
        broken.setattr(Log, "_write", fail)
        log.append(entries(0, 10))

    with pytest.raises(CheckFailed, match="has changed since it was opened"):
        log.append(entries(0, 10))

    assert opened(home).published().root == root_of(10)


def test_a_batch_that_could_not_be_synced_is_taken_back(home, monkeypatch):
    log = opened(home)
    with monkeypatch.context() as broken, pytest.raises(OSError, match="made to fail"):
        broken.setattr(os, "fdatasync", fail)
        log.append(entries(0, 10))

    resumed = opened(home)

    assert resumed.size == 0


def test_nothing_is_signed_over_a_journal_that_was_not_synced(home, monkeypatch):
    opened(home).append(entries(0, 10))
    (home / "log" / "checkpoint").unlink()
    monkeypatch.setattr(os, "fsync", fail)

    with pytest.raises(OSError, match="made to fail"):
        opened(home)

    assert not (home / "log" / "checkpoint").exists()
