"""The validation report of statistical methods, a paper that a laboratory can file (ISO/IEC 17025, 7.11).

It names method, version, reference and result of every case, and the exact files and programs behind it.
"""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
import scipy

from zhiheng import __version__
from zhiheng.methods.validation.run import STATUSES, Verdict, by_topic

from .paper import Facts, Grid, Heading, Paper, Place, Signs, Text

STATUS_NAMES = {"passed": "一致 passed", "failed": "不一致 failed", "unsupported": "未实现 unsupported"}
# Beyond this many differences the machine-readable answer is the place to look.
DIFFERENCES_SHOWN = 40


def paper(verdicts: Sequence[Verdict], files: Mapping[str, str], *, dated: date) -> Paper:
    """Return the report of verdicts on cases from ``files`` (name and SHA-256)."""
    passed = sum(verdict.status == "passed" for verdict in verdicts)
    return Paper(
        name="validation-report",
        title="统计方法验证报告 Validation report of statistical methods",
        number=f"{passed}/{len(verdicts)} 一致 passed",
        dated=dated,
        blocks=(
            Facts(
                (
                    ("软件 Software", f"zhiheng {__version__}"),
                    ("运行环境 Run on", _environment()),
                    ("日期 Dated", dated.isoformat()),
                    ("结论 Result", _result(passed, len(verdicts))),
                )
            ),
            Text(
                "每例的输入由参照程序与本软件各算一次；差不超过该例的允许相对差为一致。模拟类用例按两侧抽样误差比较。"
                " Each case was computed by the reference program and by this software; within its relative "
                "tolerance they agree. Simulations are compared within the sampling error of both sides."
            ),
            Heading("用例文件 Files of cases"),
            Grid(("文件 File", "SHA-256"), tuple(files.items()), (2, 5), is_dense=True),
            Heading("按主题 By topic"),
            _topics(verdicts),
            Heading("逐例 Case by case"),
            _cases(verdicts),
            *_differences(verdicts),
            Signs((Place("验证人 Validated by"), Place("批准人 Approved by"))),
        ),
        orientation="landscape",
        style="sheet",
    )


def _environment() -> str:
    python = platform.python_version()
    return f"Python {python}, NumPy {np.__version__}, SciPy {scipy.__version__}"


def _result(passed: int, cases: int) -> str:
    if passed == cases:
        return f"全部 {cases} 例一致 all {cases} cases passed"
    return f"{cases} 例中 {cases - passed} 例未通过 {cases - passed} of {cases} cases did not pass"


def _topics(verdicts: Sequence[Verdict]) -> Grid:
    rows = tuple(
        (topic, *(str(counts[status]) for status in STATUSES)) for topic, counts in by_topic(verdicts).items()
    )
    head = ("主题 Topic", *(STATUS_NAMES[status] for status in STATUSES))
    return Grid(head, rows, (3, 2, 2, 2), right=(1, 2, 3))


def _cases(verdicts: Sequence[Verdict]) -> Grid:
    rows = []
    for verdict in verdicts:
        case, made = verdict.case, verdict.case.made_with
        worst = "-" if verdict.worst is None else f"{verdict.worst:.2g}"
        reference = " ".join(str(made[key]) for key in ("package",) if made.get(key)) or "-"
        if made.get("r"):
            reference = f"{reference} (R {made['r']})"
        rows.append((case.id, case.method, reference, f"{case.rtol:g}", worst, STATUS_NAMES[verdict.status]))
    head = ("用例 Case", "方法 Method", "参照 Reference", "允许差 rtol", "最大差 Worst", "结果 Result")
    return Grid(head, tuple(rows), (5, 4, 5, 2, 2, 3), right=(3, 4), is_dense=True)


def _differences(verdicts: Sequence[Verdict]) -> tuple[Heading | Grid, ...]:
    rows = []
    for verdict in verdicts:
        if verdict.reason:
            rows.append((verdict.case.id, "-", "-", verdict.reason))
        rows += [
            (verdict.case.id, finding.output, f"{finding.expected}", f"{finding.found}")
            for finding in verdict.findings
            if not finding.holds and not finding.is_absent
        ]
    if not rows:
        return ()
    head = ("用例 Case", "输出 Output", "应为 Expected", "得到 Found")
    shown = tuple(tuple(cell[:120] for cell in row) for row in rows[:DIFFERENCES_SHOWN])
    return (Heading("差异 Differences"), Grid(head, shown, (4, 3, 4, 5), is_dense=True))
