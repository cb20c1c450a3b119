"""Says in Chinese what the pure floors refuse: they know no translations, so their sentences are matched.

A row of ``refusals.csv`` is a sentence as the code builds it, its values as numbered holes, and the same in
Chinese. Text that is Chinese already, or that no row knows, stays as it was raised.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from zhiheng.errors import ZhihengError
from zhiheng.reference import tables

_HOLE = re.compile(r"\\\{([0-9])\\\}")
_ROW = re.compile(r"\brow ([0-9]+): ")
_QUOTED = re.compile(r"'(.*)'|\"(.*)\"", re.DOTALL)


@dataclass(frozen=True)
class Told:
    """The cause and the remedy of a refusal in one language."""

    cause: str
    remedy: str


def told(error: ZhihengError, *, chinese: bool) -> Told:
    """Return what is said of a refusal."""
    if not chinese:
        return Told(str(error.cause), str(error.remedy))
    return Told(in_chinese(str(error.cause)), in_chinese(str(error.remedy)))


@lru_cache(maxsize=4096)
def in_chinese(text: str) -> str:
    """Return a sentence of the pure floors in Chinese; any other as it is.

    >>> in_chinese("The unit 千克 does not go with 万元.")
    '单位“千克”不能换算为“万元”。'
    >>> in_chinese("这一句已经是中文。")
    '这一句已经是中文。'
    """
    for pattern, chinese in () if text.endswith(("。", "；")) else _known():
        if found := pattern.fullmatch(text):
            values = [_unquoted(value) for value in found.groups()]
            return chinese.format(*(_phrase(value) for value in values))
    return text


def both_in_chinese(text: str) -> str:
    """Return a cause and its remedy, joined as an error says them, in Chinese where both are known.

    >>> both_in_chinese("There is no log in shard. Name the folder that holds the file checkpoint.")
    'shard中没有日志。请指明含有checkpoint文件的文件夹。'
    """
    for gap in re.finditer(r" (?=[A-Z])", text):
        cause, remedy = text[: gap.start()], text[gap.end() :]
        if in_chinese(cause) != cause and in_chinese(remedy) != remedy:
            said = in_chinese(cause)
            return f"{said}{'' if said.endswith('。') else '。'}{in_chinese(remedy)}"
    return in_chinese(text)


def is_known(pattern: str) -> bool:
    """Say whether a sentence with its holes has its Chinese; for the test that none lacks it."""
    return any(row["en"] == pattern for row in tables.rows("refusals.csv"))


def _phrase(value: str) -> str:
    """Return a part of a sentence, itself translated where it is a sentence of its own."""
    value = _ROW.sub(r"第\1行：", value)
    return value if value.startswith("第") or " " not in value else in_chinese(value)


def _unquoted(value: str) -> str:
    """Return a value without the quotation marks of Python; the Chinese sentence has its own."""
    found = _QUOTED.fullmatch(value)
    return value if found is None else found[1] or found[2] or ""


@cache
def _known() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Return the sentences, those with fewer holes and more words first."""
    rows = sorted(tables.rows("refusals.csv"), key=lambda row: (row["en"].count("{"), -len(row["en"])))
    return tuple((re.compile(_HOLE.sub("(.*?)", re.escape(row["en"])), re.DOTALL), row["zh"]) for row in rows)
