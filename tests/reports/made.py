"""Papers that hold one of each part."""

from __future__ import annotations

from datetime import date

from zhiheng.reports.paper import Code, Facts, Grid, Heading, Line, Paper, Place, Signs, Text

DAY = date(2025, 3, 3)
MARK = "演示数据 · Demonstration data"
BLOCKS = (
    Line("示范水壶厂:"),
    Text("经抽签确定,对你单位的产品进行监督抽查。"),
    Heading("一、检验结果"),
    Facts((("样品", "电水壶"), ("封样编号", "S-001"), ("备注", ""))),
    Grid(("项目", "实测值"), (("铅", "0.12"), ("=1+1", "-3")), (3, 1), caption="检验项目", right=(1,)),
    Text("可以提出异议。", number="(一)"),
    Code("https://example.invalid/office/visits/1/", ("封样编号 S-001", "扫码核对")),
    Signs((Place("检查人员签名"), Place("抽查主管部门", "seal", "此处加盖公章"))),
)


def paper(**changes) -> Paper:
    """Return a letter with every kind of part."""
    said = {
        "name": "notice",
        "title": "产品质量监督抽查检验结果通知书",
        "number": "编号:330000-2025Q1-A001",
        "dated": DAY,
        "blocks": BLOCKS,
        "address": "https://example.invalid/office/cases/1/",
        "mark": MARK,
    }
    return Paper(**{**said, **changes})


def sheets(count: int):
    """Yield forms that differ in their number."""
    for n in range(1, count + 1):
        yield paper(
            name="task-sheet",
            title="抽查任务单",
            number=f"编号:{n:05d}",
            style="sheet",
            blocks=(Facts((("企业", f"示范企业{n}号"),)), Text("两人同行。")),
        )
