"""Cases that were computed by R and kept beside the scripts that made them."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np

from zhiheng.methods.survey import Sample

DATA = Path(__file__).parent / "data"


def cases(method: str) -> list[dict]:
    """Return the vector cases of one method."""
    found = json.loads((DATA / "vectors" / "survey.json").read_text("utf-8"))["cases"]
    return [case for case in found if case["method"] == method]


def post_stratified() -> dict[str, dict[str, float]]:
    """Return what R survey printed for the small country of post_stratified.R."""
    with (DATA / "post_stratified.csv").open(encoding="utf-8") as file:
        return {row.pop("figure"): {k: float(v) for k, v in row.items()} for row in csv.DictReader(file)}


def calibrated_replicates() -> dict[str, float]:
    """Return what R survey printed for the rows of calibrated_replicates.R."""
    with (DATA / "calibrated_replicates.csv").open(encoding="utf-8") as file:
        return {row["figure"]: float(row["value"]) for row in csv.DictReader(file)}


def smoothed_variances() -> list[dict[str, str]]:
    """Return what R limma printed for the variances of smoothed_variances.R."""
    with (DATA / "smoothed_variances.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def posterior_areas(case: str) -> dict[str, np.ndarray]:
    """Return the columns of one case that base R integrated in posterior_areas.R."""
    with (DATA / "posterior_areas.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row.pop("case") == case]
    return {name: np.array([float(row[name]) for row in rows]) for name in rows[0]}


def five_sums(inputs: dict, *, by_domain: bool, population: np.ndarray | None = None) -> Sample:
    """Reduce unit rows of a case to the five sums; no finite correction without a population."""
    stratum = np.unique(inputs["stratum"], return_inverse=True)[1]
    names = np.asarray(inputs["domain"]) if by_domain else np.zeros(stratum.size)
    domain = np.unique(names, return_inverse=True)[1]
    y, w = np.asarray(inputs["y"], dtype=float), np.asarray(inputs["weight"], dtype=float)
    shape = (stratum.max() + 1, domain.max() + 1)
    cell = stratum * shape[1] + domain

    def add(values: np.ndarray) -> np.ndarray:
        return np.bincount(cell, weights=values, minlength=shape[0] * shape[1]).reshape(shape)

    # A population without bound makes the finite correction 1.
    size = np.full(shape[0], 1e18) if population is None else population
    return Sample(size, add(np.ones_like(w)), add(w), add(w * y), add(w * w), add(w * w * y))
