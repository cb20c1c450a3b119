"""The examples of the shapes: built here, kept in tests/data/shapes, and compared by the tests."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import yaml

from tests.verification import made
from zhiheng.formats.shapes import CustodyStep, ResultRecord

FOLDER = Path(__file__).parents[1] / "data" / "shapes"


def result_record() -> dict[str, Any]:
    """Return a failing result of a drawn unit under guarded acceptance."""
    return ResultRecord(
        result="01900000-0000-7000-8000-0000000000aa",
        sample="ZJ-2024Q1-000123",
        item="甲醛释放量",
        method="GB/T 17657-2022 4.60",
        value="0.124",
        unit="mg/m³",
        uncertainty="0.012",
        limit="0.124",
        limit_kind="upper",
        decision_rule="guarded-acceptance",
        verdict="fail",
        basis="probability",
        purpose="evaluation",
        probability=(8, 20),
        custody=(
            CustodyStep("2024-02-20T10:30:00+08:00", "ZJ-003", "ZJ-STORE-1", "F-000123"),
            CustodyStep("2024-02-21T09:00:00+08:00", "ZJ-STORE-1", "LAB-07", "F-000123"),
        ),
        lab="LAB-07",
        reported_on="2024-03-01",
    ).to_dict()


def procedure_table() -> dict[str, Any]:
    """Return the draw's procedure, as the house itself holds it."""
    import zhiheng.procedure

    path = Path(zhiheng.procedure.__file__).parent / "data" / "draw.yaml"
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def limit() -> dict[str, Any]:
    """Return the fifteen days of article 15 of the Product Quality Law."""
    from zhiheng.reference import limits

    plain = asdict(limits.get("spotcheck.objection_law"))
    return json.loads(json.dumps(plain, default=lambda day: day.isoformat()))


def all_examples() -> dict[str, Any]:
    """Return every example by the name of its shape."""
    draw = made.draw_bundle()
    return {
        "result_record": result_record(),
        "draw_certificate": draw["certificate"],
        "figure_bundle": made.figure_bundles()[""],
        "ledger_entry": draw["ledger"][0],
        "frame_proof": made.frame_proof(made.frame_rows()[17].id, "salted"),
        "procedure_table": procedure_table(),
        "limit": limit(),
    }


def write() -> None:
    """Write the examples anew; run this after a shape has changed on purpose."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, value in all_examples().items():
        (FOLDER / f"{name}.json").write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    write()
