"""What the commands of the pure floors refuse has its Chinese: every sentence of these modules."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import zhiheng
from zhiheng.reference import refusals, tables

ROOT = Path(zhiheng.__file__).parent
MODULES = (
    *("formats/cells.py", "formats/columns.py", "formats/delimited.py", "formats/spreadsheet.py"),
    *("formats/sandbox.py", "formats/workbook_guard.py", "procedure/due.py", "procedure/pauses.py"),
    *("reference/limits.py", "reference/regions.py", "reference/industries.py", "reference/calendar.py"),
    *("site/commands/due.py", "site/commands/estimate.py", "site/commands/verify.py"),
    *("site/commands/init.py", "site/cli.py", "methods/tabulated.py", "verification/bundles.py"),
    *("site/commands/proof.py", "proof/vectors/__init__.py", "proof/vectors/draws.py"),
    *(
        "proof/vectors/rounds.py",
        "proof/receipt.py",
        "proof/note.py",
        "proof/checkpoint.py",
        "proof/policy.py",
    ),
    *("verification/log.py", "verification/log_folder.py", "verification/log_tree.py"),
    *("proof/witness.py", "proof/providers.py", "proof/sm4.py", "proof/lottery.py", "proof/lottery_fast.py"),
    *("proof/beacons/__init__.py", "proof/beacons/reading.py", "proof/beacons/dice.py"),
    *("engine/reduction.py", "engine/tally.py", "engine/running.py", "engine/expressions.py"),
    *("engine/duck.py", "engine/spark.py", "engine/opening.py", "engine/snapshot.py"),
    *("engine/computing.py", "engine/sources.py", "site/commands/compute.py"),
    *("site/commands/estimate_files.py", "methods/cells.py"),
    *("site/commands/sources.py", "formats/parquet_pages.py"),
    *("proof/beacons/lots.py", "proof/beacons/drand.py", "proof/beacons/provinces.py", "proof/hashes.py"),
    *("formats/sdmx/asking.py", "formats/sdmx/offers.py", "formats/sdmx/periods.py"),
    "formats/sdmx/versions.py",
    *("formats/sdmx/structures.py", "stages/indicators/opendata.py", "stages/indicators/pages/sdmx.py"),
)
FAMILY = {"BadInput", "UnknownCode", "NotFound", "CheckFailed", "LimitExceeded", "Missing", "Conflict"}
NOTED = {"_fault", "lost", "_refused", "damaged", "demand"}


def pattern(node: ast.AST) -> str | None:
    """Return a sentence with its values as numbered holes; None for what is no literal."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if not isinstance(node, ast.JoinedStr):
        return None
    parts, holes = [], 0
    for part in node.values:
        if isinstance(part, ast.Constant):
            parts.append(part.value)
        else:
            parts.append(f"{{{holes}}}")
            holes += 1
    return "".join(parts)


def sentences(module: str) -> list[str]:
    found = []
    for node in ast.walk(ast.parse((ROOT / module).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in FAMILY:
            found += [pattern(argument) for argument in node.args[:2]]
        elif isinstance(node, ast.Call) and (
            getattr(node.func, "id", "") in NOTED or getattr(node.func, "attr", "") == "refused"
        ):
            found += [pattern(argument) for argument in node.args]
        elif isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if getattr(key, "value", "") in ("rule", "remedy"):
                    found.append(pattern(value))
    return [text for text in found if text and " " in text]


@pytest.mark.parametrize("module", MODULES)
def test_every_sentence_that_a_command_or_a_reader_of_files_refuses_with_has_its_chinese(module):
    lacking = [text for text in sentences(module) if not refusals.is_known(text)]

    assert lacking == []


def test_the_sentences_are_found_at_all():
    assert sum(len(sentences(module)) for module in MODULES) > 80


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("The unit 千克 does not go with 万元.", "单位“千克”不能换算为“万元”。"),
        ("The date '20250916' is not written as a day or a moment.", "“20250916”不是约定的日期或时刻写法。"),
        ("名录.csv cannot be read: No such file or directory.", "名录.csv无法读取：没有这个文件。"),
        ("x.csv cannot be read: No such file or directory.", "x.csv无法读取：没有这个文件。"),
        (
            "Row 2, 3 of the file: Stratum 'A' has two sizes, 5 and 6.",
            "文件第2, 3行：层“A”的总体数前后不一：5与6。",
        ),
        ("Wrong use: the following arguments are required: --region.", "用法不对：缺少：--region。"),
    ],
)
def test_values_stand_where_they_belong(english, chinese):
    assert refusals.in_chinese(english).endswith(chinese)


def test_no_row_loses_a_value_or_leaves_english():
    for row in tables.rows("refusals.csv"):
        assert all(f"{{{number}}}" in row["zh"] for number in range(row["en"].count("{")))
        assert any("\u4e00" <= sign <= "\u9fff" for sign in row["zh"])
