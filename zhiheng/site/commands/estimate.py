"""``zhiheng estimate FILE... --design COLS``: rates with intervals from CSV or Parquet; needs no site."""

from __future__ import annotations

import argparse
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from zhiheng.errors import BadInput
from zhiheng.site.cli import print_json, say

# What a column may be, and the names by which it is known without being told.
ROLES: dict[str, tuple[str, ...]] = {
    "outcome": (
        "outcome",
        "y",
        "result",
        "verdict",
        "pass",
        "passed",
        "结果",
        "结论",
        "检验结论",
        "是否合格",
        "测得值",
    ),
    "stratum": ("stratum", "strata", "class", "risk_class", "层", "分层", "类别", "风险分类"),
    "population": (
        "population",
        "n_h",
        "fpc",
        "frame_units",
        "层总体",
        "总体数",
        "总体单位数",
        "抽样框企业数",
    ),
    "probability": ("probability", "pi", "inclusion_probability", "入样概率", "抽取概率"),
    "weight": ("weight", "w", "权重", "抽样权重"),
    "psu": ("psu", "cluster", "初级单元", "群"),
}
PASS = {"1", "pass", "passed", "conforms", "true", "yes", "合格", "符合", "是"}
FAIL = {"0", "fail", "failed", "does not conform", "false", "no", "不合格", "不符合", "否"}
NO_ANSWER = {
    *("", "na", "nan", "null", "none", "void", "refused", "closed", "not_found", "no_stock", "/", "-", "—"),
    *("拒检", "拒绝检查", "停业", "查无下落", "无样品", "无样品可抽", "检验无效", "未抽样"),
}
HEADER = f"{'estimate':>10} {'lower':>10} {'upper':>10} {'std.error':>10} {'n':>8}  domain"
FAULTS_SHOWN = 20
MANY_DOMAINS = 20_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument(
        "file",
        type=Path,
        nargs="+",
        metavar="FILE",
        help="CSV or Parquet with one row a drawn unit, a snapshot",
    )
    parser.add_argument(
        "--design",
        default="",
        metavar="COLS",
        help="role=column,...: outcome, stratum, population, probability, weight, psu "
        "(a+b joins two columns); "
        "without it columns with these names are taken",
    )
    parser.add_argument("--by", default="", metavar="COLS", help="columns whose values make domains")
    parser.add_argument(
        "--mean", action="store_true", help="the outcome is a measured value, not pass or fail"
    )
    parser.add_argument("--level", type=float, default=0.95, help="confidence level (default 0.95)")
    parser.add_argument(
        "--lonely",
        choices=("adjust", "average", "certainty", "refuse"),
        default="adjust",
        help="how a stratum with one cluster counts in the error",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    from zhiheng.site.commands import estimate_files, sources

    estimate_files.add_arguments(parser)
    sources.add_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Print the estimate; a file that cannot be honoured raises and becomes exit code 2."""
    if not 0 < args.level < 1:
        raise BadInput(f"A level of {args.level} is not between 0 and 1.", "Write 0.95 for 95 %.")
    from zhiheng.formats import columns
    from zhiheng.site.commands import estimate_files, sources

    if estimate_files.are_for_an_engine(args):
        return estimate_files.run(args)
    file = args.file[0]
    table = columns.read(file)
    roles = design_roles(table.names, args.design)
    answer = {
        **sources.named([file], sources.expected(args.sha256, [file]))[0],
        "rows": len(table),
        "design": roles,
        **_estimates(table, roles, args),
    }
    if args.json:
        print_json(answer)
    else:
        print("\n".join(_lines(answer)))
    for warning in answer["warnings"]:
        say(f"estimate: {warning}")
    return 0


def design_roles(names: Sequence[str], asked: str) -> dict[str, str]:
    """Return the column of each role: as asked, else by the names a role is known by.

    >>> design_roles(("id", "verdict", "class", "N_h"), "")
    {'outcome': 'verdict', 'stratum': 'class', 'population': 'N_h'}
    >>> design_roles(("a", "b"), "y=a,stratum=b")
    {'outcome': 'a', 'stratum': 'b'}
    """
    known = {alias: role for role, aliases in ROLES.items() for alias in aliases}
    found: dict[str, str] = {}
    for part in filter(None, (piece.strip() for piece in asked.split(","))):
        word, _, column = part.partition("=")
        role = known.get(word.strip().lower())
        column = column.strip() or word.strip()
        if role is None:
            raise BadInput(f"{word!r} is no role of a column.", f"Roles: {', '.join(ROLES)}.", code="no-role")
        for piece in [column] if column in names else column.split("+"):
            if piece not in names:
                raise BadInput(
                    f"The file has no column {piece!r}.",
                    f"Its columns are: {', '.join(names)}.",
                    code="no-column",
                )
        if role in found:
            raise BadInput(f"The role {role} is given twice.", "Name one column for it.", code="role-twice")
        found[role] = column
    for role, aliases in ROLES.items():
        if role not in found and (not asked or role == "outcome"):
            free = (name for name in names if name.lower() in aliases and name not in found.values())
            match = next(free, None)
            found |= {role: match} if match else {}
    if "outcome" not in found:
        raise BadInput(
            "No column is known to hold the outcome.", "Name it: --design outcome=COLUMN.", code="no-outcome"
        )
    return found


def _estimates(table: Any, roles: dict[str, str], args: argparse.Namespace) -> dict[str, Any]:
    import numpy as np

    from zhiheng.methods import tabulated

    y = outcomes(table, roles["outcome"], is_mean=args.mean)
    design = tabulated.Design(
        **{role: _labels(table, roles[role]) for role in ("stratum", "psu") if role in roles},
        **{
            role: numbers(table, roles[role], role)
            for role in ("population", "probability", "weight")
            if role in roles
        },
    )
    ways = {"is_share": not args.mean, "lonely": args.lonely, "level": args.level}
    answered = np.isfinite(y)
    try:
        overall = tabulated.estimate(y, design, **ways)
    except BadInput as error:
        raise _with_rows(error, table.numbers) from None
    keys, labels = _domains(table, args.by)
    each = tabulated.by_domain(y, design, labels, **ways) if keys else []
    return {
        "measure": "mean" if args.mean else "share",
        "answered": int(answered.sum()),
        "response": float(answered.mean()),
        "overall": asdict(overall),
        "domains": [{"domain": key, **asdict(one)} for key, one in zip(keys, each, strict=True)],
        "warnings": _warnings(roles, int(answered.sum()), table),
    }


def _with_rows(error: BadInput, numbers: Sequence[int]) -> BadInput:
    """Return a refusal that also names the rows of the file that it is about."""
    places = error.facts.get("rows", ())
    if not places:
        return error
    shown = ", ".join(
        [*(str(numbers[at]) for at in places[:FAULTS_SHOWN]), *["…"][: len(places) - FAULTS_SHOWN]]
    )
    return BadInput(f"Row {shown} of the file: {error.cause}", error.remedy, code=error.code)


def _labels(table: Any, name: str) -> Any:
    """Return a column of labels; ``a+b`` is both columns together, as the strata of several draws need."""
    import numpy as np

    if name in table.names:
        return np.asarray(table.column(name))
    rows = zip(*(table.column(piece) for piece in name.split("+")), strict=True)
    return np.asarray(["\x1f".join(row) for row in rows])


def _warnings(roles: dict[str, str], answered: int, table: Any) -> list[str]:
    from zhiheng.engine.repeats import times

    rows = len(table)
    found = repeated(times(Counter(zip(*table.values.values(), strict=True)).values()))
    if not {"population", "probability", "weight"} & set(roles):
        found.append(
            "No population, probability or weight is given: every row counts the same. After a draw that "
            "looks harder at risky firms this says what was found, not what the population is like."
        )
    if answered < rows:
        found.append(f"{rows - answered} of {rows} rows have no outcome and are never counted as a pass.")
    return found


def repeated(times: int) -> list[str]:
    """Return what is told where each kind of row occurs a multiple of ``times``."""
    if times == 1:
        return []
    return [
        f"Every kind of result occurs a multiple of {times} times: were they handed in twice? "
        "The error would then be too small. Keep the number of each sample, and each of them once."
    ]


def outcomes(table: Any, name: str, *, is_mean: bool) -> Any:
    if is_mean:
        return numbers(table, name, "outcome", may_lack=True)
    import numpy as np

    y = np.full(len(table), np.nan)
    wrong = []
    for place, text in enumerate(table.column(name)):
        word = text.lower()
        if word in PASS or word in FAIL:
            y[place] = word in PASS
        elif word not in NO_ANSWER:
            wrong.append((table.numbers[place], text))
    _refuse(
        wrong,
        name,
        "is neither a pass nor a failure",
        "Write 1 or 0, 合格 or 不合格; leave it empty if unknown.",
    )
    return y


def numbers(table: Any, name: str, role: str, *, may_lack: bool = False) -> Any:
    import numpy as np

    values = np.full(len(table), np.nan)
    wrong = []
    for place, text in enumerate(table.column(name)):
        if may_lack and text.lower() in NO_ANSWER:
            continue
        try:
            values[place] = float(_fraction(text))
        except ValueError:
            wrong.append((table.numbers[place], text))
            continue
        if not math.isfinite(values[place]):
            wrong.append((table.numbers[place], text))
    _refuse(wrong, name, f"is no number for the {role}", "Write plain numbers such as 0.25, 1/4 or 1200.")
    return values


def _fraction(text: str) -> float:
    """Return a number, also written as a fraction such as 167/1331, which a certificate holds."""
    above, stroke, below = text.partition("/")
    if not stroke:
        return float(text)
    if not float(below):
        raise ValueError(text)
    return float(above) / float(below)


def _refuse(wrong: Sequence[tuple[int, str]], name: str, rule: str, remedy: str) -> None:
    if not wrong:
        return
    shown = "; ".join(f"row {number}: {text[:40]!r}" for number, text in wrong[:FAULTS_SHOWN])
    more = "; …" if len(wrong) > FAULTS_SHOWN else ""
    raise BadInput(
        f"{len(wrong)} cells of column {name!r}: the value {rule} ({shown + more}).", remedy, code="bad-cells"
    )


def _domains(table: Any, asked: str) -> tuple[list[dict[str, str]], list[int]]:
    """Return the domains in the order of their values, and the place of each row's domain among them."""
    names = [name.strip() for name in asked.split(",") if name.strip()]
    if not names:
        return [], []
    keys = list(zip(*(table.column(name) for name in names), strict=True))
    found = sorted(set(keys))
    if len(found) > MANY_DOMAINS:
        raise BadInput(
            f"{asked} makes {len(found)} domains.",
            "Choose columns with fewer values, such as region and division.",
            code="many-domains",
        )
    places = {key: place for place, key in enumerate(found)}
    return [dict(zip(names, key, strict=True)) for key in found], [places[key] for key in keys]


def _lines(answer: dict[str, Any]) -> list[str]:
    roles = ", ".join(f"{role}={column}" for role, column in answer["design"].items())
    overall = answer["overall"]
    rows = [("", overall), *((" ".join(one["domain"].values()), one) for one in answer["domains"])]
    return [
        f"{answer['file']}: {answer['rows']} rows, {answer['answered']} answered; {roles}",
        f"method {overall['method']}/{overall['version']}, interval {overall['interval']}, "
        f"level {overall['level']}; raw {_number(overall['raw'])}",
        HEADER,
        *(line(name or "(all)", one) for name, one in rows),
    ]


def line(name: str, one: dict[str, Any]) -> str:
    """Return one estimate under the header."""
    numbers = (_number(one[key]) for key in ("estimate", "lower", "upper", "standard_error"))
    return " ".join(f"{number:>10}" for number in numbers) + f" {one['n']:>8}  {name}"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.5g}"
