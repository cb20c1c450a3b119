"""Times a message of SDMX-ML 3.0 of a million observations beside the same message by pysdmx, in one run.

Both write the columns that a figure with its interval needs, to a file, from a table that stands in memory,
each in a process of its own. The bytes are compared: what the peer writes is what we write.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import importlib.util
import json
import resource
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

import numpy as np

NAME = "sdmx: SDMX-ML 3.0 of 10^6 observations, to a file"
GOAL = "< 15 s for 10^6 observations, byte for byte what pysdmx writes"

HEADING = ("T1", dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
ATTRIBUTES = ("OBS_STATUS", "UNIT_MEASURE", "CI_LOWER", "CI_UPPER", "STD_ERROR", "INTERVAL", "N_OBS")


def run(quick: bool = False) -> dict:
    """Return seconds and memory of both, and whether their bytes are the same."""
    rows = 20_000 if quick else 1_000_000
    result: dict = {"rows": rows, "goal": GOAL}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "figures.parquet"
        _write(path, rows)
        result["zhiheng"] = _measure("zhiheng", path)
        result["zhiheng, every column"] = _measure("whole", path)
        result["zhiheng, SDMX-CSV"] = _measure("csv", path)
        result["pysdmx"] = _measure("pysdmx", path)
    ours, theirs = result["zhiheng"], result["pysdmx"]
    if "seconds" in theirs:
        result["pysdmx_by_ours"] = round(theirs["seconds"] / ours["seconds"], 1)
        result["same_bytes"] = theirs["sha256"] == ours["sha256"]
    return result


def _write(path: Path, rows: int) -> None:
    import polars as pl

    from zhiheng.formats.sdmx import structures

    random = np.random.Generator(np.random.Philox(20230206))
    number = np.arange(rows)
    rate = 90 + 10 * random.random(rows)
    decimals = {
        name: pl.Series(name, np.round(rate + shift, 4)).cast(pl.Decimal(12, 4)).cast(pl.String)
        for name, shift in (("OBS_VALUE", 0), ("CI_LOWER", -0.4), ("CI_UPPER", 0.4))
    }
    texts = {
        "FREQ": "Q",
        "INDICATOR": "mfg_product_pass_rate",
        "PURPOSE": "evaluation",
        "BASIS": "probability",
        "ORIGIN": "estimated",
        "OBS_STATUS": "A",
        "UNIT_MEASURE": "%",
        "STD_ERROR": "0.2041",
        "INTERVAL": "design",
    }
    frame = pl.DataFrame(
        {
            "REF_AREA": pl.Series(110000 + number % 3_000).cast(pl.String),
            "BREAKDOWN": "division=" + pl.Series(13 + number // 3_000 % 29).cast(pl.String),
            "TIME_PERIOD": pl.Series(1990 + number // 87_000).cast(pl.String) + "-Q1",
            "N_OBS": pl.Series(random.integers(30, 900, rows)).cast(pl.String),
            **decimals,
        }
    ).with_columns(pl.lit(value).alias(name) for name, value in texts.items())
    missing = [name for name in structures.COLUMNS if name not in frame.columns]
    frame.with_columns(pl.lit(None, pl.String).alias(name) for name in missing).select(
        structures.COLUMNS
    ).write_parquet(path)


def _measure(who: str, path: Path) -> dict:
    if who == "pysdmx" and importlib.util.find_spec("pandas") is None:
        return {"absent": "pysdmx[data] is not installed"}
    done = subprocess.run(
        [sys.executable, __file__, who, str(path)], capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def _ours(frame, target: Path, form: str, columns) -> None:
    from zhiheng.formats.sdmx import structures, writing

    flow = structures.Flow("mfg_product_pass_rate", "", "", "1.1.0")
    heading = structures.Heading(*HEADING, is_test=True)
    with target.open("wb") as file:
        for piece in writing.write([frame], flow, heading, form, columns=columns):
            file.write(piece)


def _theirs(frame, target: Path, columns) -> None:
    from pysdmx.io import write_sdmx
    from pysdmx.io.format import Format
    from pysdmx.io.pd import PandasDataset
    from pysdmx.model import Component, Components, Concept, DataType, Organisation, Role, Schema
    from pysdmx.model.message import Header

    from zhiheng.formats.sdmx import structures

    roles = {one.id: Role.DIMENSION for one in structures.DIMENSIONS} | {"OBS_VALUE": Role.MEASURE}
    parts = [
        Component(
            id=name,
            required=name in roles,
            role=roles.get(name, Role.ATTRIBUTE),
            concept=Concept(name),
            local_dtype=DataType.STRING,
            attachment_level=None if name in roles else "O",
        )
        for name in columns
    ]
    flow = structures.Flow("mfg_product_pass_rate", "", "", "1.1.0")
    schema = Schema(
        context="dataflow",
        agency=structures.AGENCY,
        id=flow.id,
        version=flow.version,
        components=Components(parts),
        artefacts=[],
    )
    held = PandasDataset(structure=schema, data=frame)
    head = Header(id=HEADING[0], test=True, prepared=HEADING[1], sender=Organisation(structures.AGENCY))
    write_sdmx(held, sdmx_format=Format.DATA_SDMX_ML_3_0, output_path=str(target), header=head)


def _main(who: str, path: str) -> None:
    import polars as pl

    from zhiheng.formats.sdmx import structures, writing

    warnings.simplefilter("ignore")  # pysdmx and pandas warn of each other
    columns = [*(one.id for one in structures.DIMENSIONS), "OBS_VALUE", *ATTRIBUTES]
    frame = pl.read_parquet(path)
    target = Path(path).with_suffix(f".{who}")
    if who == "whole":
        digests = [
            pl.lit(hashlib.sha256(name.encode()).hexdigest()).alias(name) for name in ("INPUTS", "BUNDLE")
        ]
        frame = frame.with_columns(*digests, *(pl.lit("0").alias(name) for name in ("REVISION", "DEFF")))
        columns = list(structures.COLUMNS)
    if who == "pysdmx":
        frame = frame.select(columns).to_pandas()
    began = time.perf_counter()
    if who == "pysdmx":
        _theirs(frame, target, columns)
    else:
        _ours(frame, target, writing.CSV_2_0 if who == "csv" else structures.XML_3_0, columns)
    seconds = time.perf_counter() - began
    with target.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    said = {"seconds": round(seconds, 2), "mib": target.stat().st_size >> 20, "peak_gib": round(peak, 2)}
    print(json.dumps(said | {"sha256": digest}))


if __name__ == "__main__":
    _main(*sys.argv[1:])
