"""Checksums of pages are held against the bytes; pyarrow writes them and is the other one who checks them."""

from __future__ import annotations

import io
from contextlib import suppress

import numpy as np
import polars as pl
import pyarrow.parquet
import pytest

from zhiheng.errors import CheckFailed
from zhiheng.formats import parquet_pages

WAYS = [
    {"data_page_version": "1.0"},
    {"data_page_version": "2.0", "compression": "zstd"},
    {"use_dictionary": False, "compression": "none"},
    {"row_group_size": 500, "data_page_size": 1000, "compression": "gzip"},
]


def table() -> pl.DataFrame:
    random = np.random.default_rng(2)
    columns = {"division": random.integers(13, 42, 4000), "weight": random.random(4000)}
    return pl.DataFrame(columns | {"name": ["甲", None] * 2000, "passed": random.random(4000) < 0.9})


def written(path, **how) -> bytes:
    pyarrow.parquet.write_table(table().to_arrow(), path, **how)
    return path.read_bytes()


@pytest.mark.parametrize("how", WAYS)
def test_every_page_with_a_checksum_is_held_against_it(tmp_path, how):
    written(tmp_path / "sums", write_page_checksum=True, **how)
    written(tmp_path / "none", write_page_checksum=False, **how)

    with_sums, without = (parquet_pages.check(tmp_path / name) for name in ("sums", "none"))

    assert with_sums.is_checked and not without.is_checked
    assert (with_sums.pages, without.checked) == (without.pages, 0)


@pytest.mark.parametrize("how", WAYS)
def test_no_damage_that_a_reader_does_not_see_is_passed_over(tmp_path, how):
    path = tmp_path / "sums"
    good, random = written(path, write_page_checksum=True, **how), np.random.default_rng(1)
    footer = len(good) - 8 - int.from_bytes(good[-8:-4], "little")

    for at in random.integers(4, footer, 60).tolist():
        data = bytearray(good)
        data[at] ^= 1 << int(random.integers(8))
        path.write_bytes(data)
        with suppress(CheckFailed, OSError):
            parquet_pages.check(path)
            # What is left are signs of a page's header: it cannot be read, or the table is still the same.
            assert pl.from_arrow(pyarrow.parquet.read_table(io.BytesIO(bytes(data)))).equals(table())


def test_a_file_of_polars_has_none_and_what_is_no_parquet_has_none(tmp_path):
    table().write_parquet(tmp_path / "plain")
    (tmp_path / "text").write_text("division,passed")
    (tmp_path / "empty").touch()

    assert parquet_pages.check(tmp_path / "plain").pages > 4
    assert [parquet_pages.check(tmp_path / name).checked for name in ("plain", "text", "empty")] == [0, 0, 0]


def test_a_file_that_breaks_off_behind_checked_pages_is_refused_or_has_none(tmp_path):
    path = tmp_path / "sums"
    good = written(path, write_page_checksum=True, row_group_size=500)
    path.write_bytes(good[:100] + good[1000:])

    with pytest.raises(CheckFailed, match="damaged"):
        parquet_pages.check(path)
