"""The file of an uploaded sample: its columns, its values, and that it names no private person.

What is released is public evidence, so a column or value that looks like a person is refused before anything
is kept. Rows are kept in a fixed order, so that the order of asking tells nothing.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

import numpy as np

from zhiheng.engine.repeats import times
from zhiheng.errors import ZhihengError
from zhiheng.formats import delimited
from zhiheng.reference import regions
from zhiheng.reference.questionnaires import HIGHEST, LOWEST, Questionnaire

from ..sample_refusals import refuse
from .families import DESIGN, GROUP, NUMBER, VERDICT, Family
from .samples import SCORE

PERSONAL = re.compile(
    r"姓名|名字|电话|手机|身份|证件|住址|地址|邮箱|微信|签名|出生|生日|openid|wechat|e.?mail|phone|mobile|"
    r"\btel\b|^name$|full.?name|surname|address|birth|passport|id.?(card|number|no)\b|\bip\b",
    re.IGNORECASE,
)
NUMBERS = re.compile(r"1[3-9]\d{9}|\d{17}[\dXx]|[^@\s]+@[^@\s]+\.[a-z]+")
ALIASES = {
    "层": "stratum",
    "城市": "city",
    "入样概率": "chance",
    "单位数": "units",
    "组": GROUP,
    "品类": "category",
    "环节": "link",
    "结果": VERDICT,
    "不合格原因": "cause",
    "工程类型": "project",
    "样品编号": NUMBER,
    "样本编号": NUMBER,
    "问卷编号": NUMBER,
}
WORDS = {"pass": 1.0, "合格": 1.0, "符合": 1.0, "fail": 0.0, "不合格": 0.0, "不符合": 0.0}
NO_CAUSE = "—"
LONGEST = 60  # characters of a name or number
ANSWERS, ALIKE = 8, 0.01
"""From how many answers on two persons hardly give the same ones, and which share of rows may, of these."""


@dataclass(frozen=True)
class Table:
    """The columns of a sample by name, as texts, each value checked.

    ``is_numbered`` says that each row had a sample number of its own, which is not kept.
    """

    columns: dict[str, list[str]]
    is_numbered: bool = False

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))

    def texts(self, name: str) -> np.ndarray:
        """Return one column as texts."""
        return np.array(self.columns[name])

    def numbers(self, name: str) -> np.ndarray:
        """Return one column as numbers, NaN where it is empty."""
        return np.array([float(text) if text else np.nan for text in self.columns[name]])

    def passed(self) -> np.ndarray:
        """Return 1 for each unit that passed, 0 for one that failed."""
        return np.array([WORDS[text] for text in self.columns[VERDICT]])

    def to_csv(self) -> bytes:
        """Return the table as CSV, its rows in the order of their texts."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(self.columns)
        writer.writerows(sorted(zip(*self.columns.values(), strict=True)))
        return text.getvalue().encode()


def read(data: bytes, family: Family, form: Questionnaire | None, *, region: str) -> Table:
    """Read a file, or refuse it and name the row and column at fault."""
    text, _encoding = delimited.decode(data)
    head = text.partition("\n")[0]
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=max(",\t;", key=head.count)))
    wanted = family.columns(form)
    names = _names(rows[0] if rows else (), wanted, family)
    held: dict[int, list[str]] = {}
    for number, row in enumerate(rows[1:], 2):
        if not any(cell.strip() for cell in row):
            continue
        if len(row) != len(names):
            raise refuse("sample-unreadable", row=number, found=len(row), wanted=len(names), field="file")
        held[number] = [
            _value(cell.strip(), name, number, family, region) for name, cell in zip(names, row, strict=True)
        ]
    if not held:
        raise refuse("sample-empty", field="file")
    by_name = dict(zip(names, map(list, zip(*held.values(), strict=True)), strict=True))
    numbers = dict(zip(held, by_name.get(NUMBER, ()), strict=NUMBER in by_name))
    _check_numbers(numbers)
    return Table({name: by_name[name] for name in wanted if name in by_name}, any(numbers.values()))


def check_repeats(table: Table, form: Questionnaire | None, *, reason: str) -> int:
    """Return how many times a table seems to hold its rows, 1 unless nothing tells its samples apart.

    A table that seems to repeat is refused where no reason is given, since it is a sign and no proof; answers
    that are those of other rows are refused whatever is said. Answers that are all the same (ten on
    everything) are common and not looked at.
    """
    if table.is_numbered:
        return 1
    kinds = Counter(zip(*table.columns.values(), strict=True))
    if (many := times(kinds.values())) > 1 and not reason.strip():
        raise refuse("sample-repeats", times=many, field="reason")
    asked = [] if form is None else [list(table.columns).index(item.id) for item in form.items]
    full = {row: count for row, count in kinds.items() if _is_full([row[place] for place in asked])}
    more = sum(full.values()) - len(full)
    if more > max(2, ALIKE * sum(full.values())):
        raise refuse("sample-answers-alike", rows=more, field="file")
    return many


def _is_full(answers: Sequence[str]) -> bool:
    given = [answer for answer in answers if answer]
    return len(given) >= ANSWERS and len(set(given)) > 2


def _check_numbers(numbers: Mapping[int, str]) -> None:
    """Refuse numbers of samples, by row, that some rows lack or that stand twice; none at all say nothing."""
    if not any(numbers.values()):
        return
    for row, number in numbers.items():
        if not number:
            place = {"row": row, "column": NUMBER, "value": "", "field": "file"}
            raise refuse("sample-value", **place, expected=f"1–{LONGEST}")
    for number, count in Counter(numbers.values()).most_common(1):
        if count > 1:
            raise refuse("sample-number-twice", number=number, count=count, field="file")


def _names(head: Sequence[str], wanted: Sequence[str], family: Family) -> list[str]:
    names = [ALIASES.get(name.strip(), name.strip()) for name in head]
    said = ", ".join(wanted)
    for name in names:
        if PERSONAL.search(name):
            raise refuse("sample-personal", column=name, field="file")
    for name in names:
        if name not in (*wanted, NUMBER) or names.count(name) > 1:
            raise refuse("sample-column-unknown", column=name or "—", columns=said, field="file")
    for name in wanted:
        if name not in names and not (family.kind == SCORE and name == GROUP):
            raise refuse("sample-column-missing", column=name, columns=said, field="file")
    return names


def _value(text: str, name: str, row: int, family: Family, region: str) -> str:
    place = {"row": row, "column": name, "value": text[:40], "field": "file"}
    if NUMBERS.fullmatch(text):
        raise refuse("sample-personal-value", row=row, column=name, field="file")
    if name == "city":
        return _city(text, region, place)
    if name in ("chance", "units"):
        return _design(text, name, place)
    if name == VERDICT:
        if text not in WORDS:
            raise refuse("sample-value", **place, expected=" / ".join(WORDS))
        return "pass" if WORDS[text] else "fail"
    if name == "cause" and not text:
        return NO_CAUSE
    if name == NUMBER:
        if len(text) > LONGEST:
            raise refuse("sample-value", **place, expected=f"1–{LONGEST}")
        return text
    if name in DESIGN or name == GROUP or name in family.by:
        if not text or len(text) > LONGEST or set(text) & set(";=\n\r\t") or text[0] in "=+@":
            raise refuse("sample-value", **place, expected=f"1–{LONGEST}")
        return text
    if text and not (text.isascii() and text.isdigit() and LOWEST <= int(text) <= HIGHEST):
        raise refuse("sample-value", **place, expected=f"{LOWEST}–{HIGHEST}")
    return text


def _city(text: str, region: str, place: dict) -> str:
    try:
        code = regions.get(text).code
    except ZhihengError:
        raise refuse("sample-value", **place, expected="GB/T 2260, 330100") from None
    if not regions.contains(region, code):
        raise refuse("sample-region", city=text, region=region, field="file")
    return code


def _design(text: str, name: str, place: dict) -> str:
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal(-1)
    is_right = number.is_finite() and (0 < number <= 1 if name == "chance" else 1 <= number < 10**12)
    if not is_right:
        raise refuse(
            "sample-value", **place, expected="0 < chance <= 1" if name == "chance" else "units >= 1"
        )
    return text


def totals(text: str) -> dict[str, int]:
    """Read known totals of groups, one a line: the name and how many people.

    >>> totals("18-39 1200000\\n60- 400000")
    {'18-39': 1200000, '60-': 400000}
    """
    found: dict[str, int] = {}
    for line in filter(str.strip, text.splitlines()):
        name, _space, number = line.strip().rpartition(" ")
        digits = number.replace(",", "")
        if not name.strip() or not (digits.isascii() and digits.isdigit()) or int(digits) < 1:
            raise refuse("totals-unreadable", line=line[:40], field="totals")
        found[name.strip()] = int(digits)
    return found
