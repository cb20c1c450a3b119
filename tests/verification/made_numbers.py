"""Bundles of numbers, one for each kind of node, made of a few inputs and a small ledger."""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from tests.verification import made
from zhiheng.engine import formula as engine
from zhiheng.formats.shapes import observation_bundle as shape
from zhiheng.formats.shapes.formula import Formula
from zhiheng.formats.shapes.observation import Observation
from zhiheng.proof import canonical
from zhiheng.verification import digests, observation

AT = datetime(2025, 3, 1, 9, tzinfo=UTC)
NATION = ("000000", "2024", "")
KIND = {"unit": "%", "basis": "probability", "purpose": "evaluation"}
CELLS = {"by": ["division"], "level": "province"}
X = {
    "330000|2024|division=13": ("91.25", "0.5"),
    "440000|2024|division=13": ("88.5", "0.25"),
    "440000|2024|division=17": ("80.125", "0.75"),
}
W = {
    "330000|2024|division=13": ("120.5", None),
    "440000|2024|division=13": ("77", None),
    "440000|2024|division=17": ("31.7", None),
}
PAIR = {"x": {"000000|2024|": ("93.93", "0.11")}, "y": {"000000|2024|": ("97.4", "0.3")}}
LINKED = {
    "x": {"000000|2017|": ("97.9", "0.1"), "000000|2018|": ("98.2", "0.2")},
    "y": {"000000|2018|": ("97.5", "0.15")},
}


def series(id: str, **more: Any) -> dict[str, Any]:
    return {"op": "series", "id": id, **more}


def link(scale: str, **more: Any) -> dict[str, Any]:
    return {
        "op": "index_link",
        "old": series("x"),
        "new": series("y"),
        "at": "2018",
        "scale": scale,
        **more,
    }


BY_2017 = ("000000", "2017", "")
ONE = {"x": {"000000|2017|": ("97.9", "0.1")}}
Made = tuple[dict[str, Any], Mapping[str, Mapping[str, tuple]], tuple[str, str, str]]
TREES: dict[str, Made] = {
    "difference": (
        {"op": "difference", "of": [{"op": "constant", "value": "100", "unit": "%"}, series("x")]},
        {"x": {"000000|2024|": ("2.96", "0.02")}},
        NATION,
    ),
    "sum": ({"op": "sum", "of": [series("x"), series("y"), series("x")]}, PAIR, NATION),
    "total": ({"op": "sum", "of": [series("x", **CELLS)], "over": ["division", "region"]}, {"x": X}, NATION),
    "counted": (
        {"op": "sum", "of": [series("x", by=["division"])], "over": ["division"], "cells": 2},
        {"x": {name: cell for name, cell in X.items() if name.startswith("44")}},
        ("440000", "2024", ""),
    ),
    "fixed": (
        series("x", where={"channel": "网店"}, by=["division"]),
        {"x": {"000000|2024|channel=网店;division=13": ("88.1", None)}},
        ("000000", "2024", "division=13"),
    ),
    "ratio": ({"op": "ratio", "of": [series("x"), series("y")], "unit": "%"}, PAIR, NATION),
    "mean": (
        {
            "op": "weighted_mean",
            "of": series("x", **CELLS),
            "by": series("w", **CELLS),
            "over": ["division", "region"],
        },
        {"x": X, "w": W},
        NATION,
    ),
    "mean with a weight of nothing": (
        {
            "op": "weighted_mean",
            "of": series("x", by=["division"]),
            "by": series("w", by=["division"]),
            "over": ["division"],
        },
        {
            "x": {"000000|2024|division=13": ("91.25", "0.5")},
            "w": {"000000|2024|division=13": ("3", None), "000000|2024|division=17": ("0", None)},
        },
        NATION,
    ),
    "score": (
        {
            "op": "linear",
            "weights": ["0.4", "0.6"],
            "plus": "-1",
            "as_basis": "probability",
            "because": "一个指数",
            "of": [
                {"op": "standardise", "of": series("x"), "low": "10", "high": "99"},
                {"op": "standardise", "of": series("y"), "low": "0", "high": "90", "direction": "lower"},
            ],
        },
        PAIR,
        NATION,
    ),
    "new footing": (link("difference"), {"y": {"000000|2018|": ("97.5", None)}}, ("000000", "2018", "")),
    "linked": (link("difference"), LINKED, BY_2017),
    "by ratio": (link("ratio"), LINKED, BY_2017),
    "by logit": (link("logit"), LINKED, BY_2017),
    "bridged": (link("difference", step="-0.7"), ONE, BY_2017),
    "bridged by assessment years": (
        {**link("difference", step="-0.7"), "at": "20250701-20260630"},
        {"x": {"000000|20240701-20250630|": ("97.9", "0.1")}},
        ("000000", "20240701-20250630", ""),
    ),
    "bridged by ratio": (link("ratio", step="1.02", step_error="0.01"), ONE, BY_2017),
    "bridged by logit": (link("logit", step="-0.3357", step_error="0.02"), ONE, BY_2017),
}


def formula(root: Mapping[str, Any], **more: Any) -> Formula:
    head = {"type": "zhiheng/formula/1", "id": "made", "version": "1"}
    return Formula.from_dict({**head, **KIND, "root": root, **more})


def row(id: str, key: str, value: str | None, error: str | None, **more: Any) -> Observation:
    """Return an input: an estimate of ours whose own bundle is that of a number."""
    region, period, breakdown = key.split("|")
    said = {"origin": "estimated", "inputs_sha": "a" * 64, **KIND, **more}
    return Observation(
        series=id,
        region=region,
        period=period,
        breakdown=breakdown,
        value=None if value is None else Decimal(value),
        standard_error=None if error is None else Decimal(error),
        recorded_at=AT,
        **said,
    )


def rows(cells: Mapping[str, Mapping[str, tuple]]) -> list[Observation]:
    return [row(id, key, *cell) for id, table in cells.items() for key, cell in table.items()]


def computed(tree: Formula, given: Sequence[Observation], key: tuple, **more: Any) -> Observation:
    """Return what a formula gives at a cell, as the office records it."""
    run = engine.run(tree, engine.tables_of(given))
    used = set(run.inputs(key))
    assert len(used) == len(given), "an input of the test is not used"
    said = {
        "origin": "computed",
        "value": run.value(key),
        "standard_error": run.error(key),
        "formula_sha": digests.formula_sha(tree),
        "inputs_sha": digests.inputs_sha(given),
        "flags": ("demonstration",),
        **KIND,
        **more,
    }
    region, period, breakdown = key
    return Observation(
        series=tree.id, region=region, period=period, breakdown=breakdown, recorded_at=AT, **said
    )


def by(tree: Formula, given: Sequence[Observation]) -> dict[str, Any]:
    """Return what a number of ours names that a formula is said to have given from these inputs."""
    return {
        "origin": "computed",
        "formula_sha": digests.formula_sha(tree),
        "inputs_sha": digests.inputs_sha(given),
    }


def sealed(
    said: Observation, tree: Formula | None, given: Iterable[Observation], beside: int = 2
) -> dict[str, Any]:
    """Return the bundle of a number that was recorded together with some others."""
    ledger, sha = made.Ledger(), digests.observation_sha(said)
    if tree is not None:
        voice = said.voice
        detail = {"formula_sha256": said.formula_sha, "formula": tree.to_dict(), "voice": voice}
        ledger.append("indicators.formula_defined", detail, subjects=[("series", tree.id)])
    shas = [sha, *(f"{place:064x}" for place in range(1, beside + 1))]
    root, count = digests.observations_root(shas)
    detail = {"observations_root": root, "observations_count": count, "rows_sha256": "b" * 64}
    ledger.append("indicators.observations_recorded", detail, subjects=[("series", said.series)])
    inputs = [(digests.observation_sha(one), one) for one in given]
    return observation.bundle(
        shape.body(said, tree, said.formula_sha, inputs),
        inclusion=digests.place_of(shas, sha),
        entries=ledger.entries,
    )


def bundle(name: str) -> dict[str, Any]:
    """Return the bundle of a number that one of the trees gives."""
    root, cells, key = TREES[name]
    tree, given = formula(root), rows(cells)
    return sealed(computed(tree, given, key), tree, given)


def with_interval(name: str) -> dict[str, Any]:
    """Return the same with the normal interval of value and standard error."""
    root, cells, key = TREES[name]
    tree, given = formula(root), rows(cells)
    said = computed(tree, given, key)
    lower, upper = engine.ends(said.value, said.standard_error)
    return sealed(replace(said, interval="model", lower=lower, upper=upper, level="0.95"), tree, given)


def published(**more: Any) -> dict[str, Any]:
    """Return the bundle of a number that others said."""
    said = {"origin": "published", "source": "公报 2025", "evidence": "B", "inputs_sha": "", **more}
    return sealed(row("x", "000000|2024|", "93.93", None, **said), None, [])


def resealed(bundle: Mapping[str, Any]) -> dict[str, Any]:
    """Return a bundle whose digests, ledger and proofs fit again, as whoever keeps the ledger could do it."""
    body = copy.deepcopy(dict(bundle["body"]))
    said = body["observation"]
    for one in body["inputs"]:
        one["sha256"] = _digest(one["observation"])
    body["inputs"].sort(key=lambda one: one["sha256"])
    if body["formula"]:
        body["formula"]["sha256"] = said["formula_sha"] = _digest(body["formula"]["tree"])
        shas = sorted({one["sha256"] for one in body["inputs"]})
        said["inputs_sha"] = canonical.digest({"type": digests.INPUTS, "observations": shas})
    ledger = made.Ledger()
    if body["formula"]:
        own = said["origin"] in ("computed", "estimated")
        detail = {"formula_sha256": said["formula_sha"], "voice": "own" if own else "others"}
        ledger.append("indicators.formula_defined", detail, subjects=[("series", "made")])
    sha = _digest(said)
    root, count = digests.observations_root([sha])
    detail = {"observations_root": root, "observations_count": count}
    ledger.append("indicators.observations_recorded", detail, subjects=[("series", "made")])
    inclusion = digests.place_of([sha], sha)
    head = {"type": observation.bundles.OBSERVATION_TYPE, "body": body, "digest": _digest(body)}
    return {**head, "inclusion": inclusion, "ledger": ledger.entries}


def _digest(value: Any) -> str:
    """Return the digest of a value that may be deeper than any file may be."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
