"""How an office lays out its list: title rows, one or two header rows, merged cells, totals, notes below.

A row is left out only by a plain sign (a total word, a note below the table, the header printed again), and
every row left out is told. A cell merged downward says the same of each row that it covers.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from zhiheng.formats import cells
from zhiheng.formats.spreadsheet import Sheet

TOTAL, NOTE, REPEATED = "total", "note", "header"
_NOISE = re.compile(r"[\s_\-*：:（）()\[\]【】/、.。·]+")
_TOTAL = re.compile(
    r"(?:本页|全部|以上)?(?:合计|小计|总计|共计|累计)(?:[:：(（0-9].*)?|(?:sub|grand)?total:?"
)
_NOTE = re.compile(
    r"(?:注|备注|说明|附注|(?:填报|填表|填写|编制|情况)说明)(?:[:：0-9.、]|$)|"
    r".*[（(]?(?:盖章|公章|签字|签章|签名)[）)]?[:：]?$|[0-9]{4}[年.\-/][0-9]{1,2}[月.\-/][0-9]{1,2}日?$|"
    r".{2,40}(?:监督管理局|监管局|管理局|监管所|质量科|质监科)$|"
    r"(?:填表|填报|制表|审核|复核|审批|负责|单位负责|统计负责|联系)(?:人|单位|部门)?(?:[（(]?签[字章][)）]?)?[:：]|"
    r"(?:联系|咨询)?电话[:：]|(?:填报|制表|打印|报出)(?:日期|时间)[:：]|note[s]?:"
)
_SERIAL = {"序号", "序", "no", "#", "顺序号", "行号"}
_SENTENCE = re.compile(r"[。；;：:]")


@dataclass(frozen=True)
class LeftOut:
    """A row that is no row of the list, and by which sign: total, note or header."""

    row: int
    why: str
    text: str


@dataclass(frozen=True)
class Body:
    """The rows of the list below its header (number from 1, cells), and what was done to get them."""

    rows: Sequence[tuple[int, Sequence[str]]]
    left_out: Sequence[LeftOut]
    filled: Sequence[tuple[int, int, int]]


@dataclass(frozen=True)
class Name:
    """The name of a column as shown, and the forms in which it may be known."""

    shown: str
    forms: tuple[str, ...]


def short(text: str) -> str:
    """Return a header without spaces, brackets and the like, for comparing."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", text)).casefold()


def names(sheet: Sheet, header_row: int) -> list[Name]:
    """Return the name of every column; a group written above several columns is joined with theirs."""
    if not 1 <= header_row <= len(sheet.rows):
        return []
    below = sheet.rows[header_row - 1]
    if not has_groups(sheet, header_row):
        return [Name(cells.seen(text), (cells.seen(text),)) for text in below]
    groups = _groups(sheet, header_row - 1)
    width = max(len(below), len(groups))
    found = []
    for place in range(width):
        own = cells.seen(below[place]) if place < len(below) else ""
        group = groups[place] if place < len(groups) else ""
        if not own or not group or own == group:
            found.append(Name(own or group, (own or group,)))
        else:
            found.append(Name(f"{group} · {own}", (f"{group}{own}", own)))
    return found


def has_groups(sheet: Sheet, header_row: int) -> bool:
    """Say whether the row above the header names groups of its columns."""
    if header_row < 2 or header_row > len(sheet.rows):
        return False
    above, here = sheet.rows[header_row - 2], sheet.rows[header_row - 1]
    filled = [text for text in above if text.strip()]
    if len(filled) < 2 or any(":" in text or "：" in text for text in filled):
        return False
    for first_row, first, last_row, last in sheet.merged:
        if first_row == header_row - 1 and (last_row == header_row or 0 < last - first < len(here) - 1):
            return True
    return any(
        text.strip() and (place >= len(here) or not here[place].strip()) for place, text in enumerate(above)
    )


def _groups(sheet: Sheet, row: int) -> list[str]:
    """Return for each column the group above it: by the merged ranges, else by the last group to its left."""
    texts = [cells.seen(text) for text in sheet.rows[row - 1]]
    ranges = [(first, last) for first_row, first, _last_row, last in sheet.merged if first_row == row]
    if ranges:
        for first, last in ranges:
            spread = range(first, min(last, len(texts)))
            for place in spread:
                texts[place] = texts[first - 1]
        return texts
    below = sheet.rows[row]
    for place in range(1, len(texts)):
        if not texts[place] and place < len(below) and below[place].strip():
            texts[place] = texts[place - 1]
    return texts


def is_serial(header: str) -> bool:
    """Say whether a column holds the running numbers of the rows."""
    return short(header) in _SERIAL


def signature(spec_id: str, shown: Sequence[Name]) -> str:
    """Return the hash of a header: the same columns in the same order have the same."""
    kept = [short(name.shown) for name in shown]
    while kept and not kept[-1]:
        kept.pop()
    return hashlib.sha256(json.dumps([spec_id, kept], ensure_ascii=False).encode()).hexdigest()


def stated_unit(sheet: Sheet, header_row: int) -> str:
    """Return the unit that a title row above the header states for the whole table."""
    for texts in sheet.rows[: max(header_row - 1, 0)]:
        for text in texts:
            if unit := cells.unit_in_title(text):
                return unit
    return ""


def body(sheet: Sheet, header_row: int, required: Collection[int]) -> Body:
    """Return the rows below the header; ``required`` are the columns (from 1) that each row must fill."""
    rows, filled = _filled(sheet, header_row)
    header = _texts(sheet.rows[header_row - 1]) if header_row <= len(sheet.rows) else []
    kept: list[tuple[int, Sequence[str]]] = []
    left_out: list[LeftOut] = []
    for number, texts in rows:
        if why := _sign(texts, header, required):
            left_out.append(LeftOut(number, why, _first(texts)))
        else:
            kept.append((number, texts))
    while kept and _is_note(kept[-1][1], required):
        number, texts = kept.pop()
        left_out.append(LeftOut(number, NOTE, _first(texts)))
    left_out.sort(key=lambda one: one.row)
    return Body(kept, tuple(left_out), filled)


def _filled(
    sheet: Sheet, header_row: int
) -> tuple[list[tuple[int, Sequence[str]]], tuple[tuple[int, int, int], ...]]:
    """Return the rows that hold anything, cells merged downward filled in; and those ranges."""
    rows = [
        (number, texts)
        for number, texts in enumerate(sheet.rows[header_row:], header_row + 1)
        if any(text.strip() for text in texts)
    ]
    down = [
        (first, first_row, last_row)
        for first_row, first, last_row, last in sheet.merged
        if first == last and header_row < first_row < last_row and _cell(sheet, first_row, first)
    ]
    if not down:
        return rows, ()
    more: dict[int, dict[int, str]] = {}
    for place, first_row, last_row in down:
        for number in range(first_row + 1, min(last_row, len(sheet.rows)) + 1):
            more.setdefault(number, {})[place - 1] = _cell(sheet, first_row, place)
    return [(number, _with(texts, more.get(number, {}))) for number, texts in rows], tuple(sorted(down))


def _cell(sheet: Sheet, row: int, place: int) -> str:
    texts = sheet.rows[row - 1] if row <= len(sheet.rows) else ()
    return texts[place - 1] if place <= len(texts) else ""


def _with(texts: Sequence[str], more: dict[int, str]) -> Sequence[str]:
    if not more:
        return texts
    width = max(len(texts), max(more) + 1)
    return [
        more[place] if place in more else texts[place] if place < len(texts) else "" for place in range(width)
    ]


def _sign(texts: Sequence[str], header: Sequence[str], required: Collection[int]) -> str:
    """Return by which sign a row is no row of the list; lists are long, so cheap questions come first."""
    leading = [text for _count, text in zip(range(2), filter(str.strip, texts), strict=False)]
    if header and short(leading[0]) == header[0] and _texts(texts) == header:
        return REPEATED
    if not any("计" in text or "total" in text.casefold() for text in leading):
        return ""
    words = (re.sub(r"\s+", "", cells.plain(text)).casefold() for text in leading)
    return TOTAL if any(map(_TOTAL.fullmatch, words)) and _lacks(texts, required) else ""


def _is_note(texts: Sequence[str], required: Collection[int]) -> bool:
    """Say whether a last row is a note: it begins like one, or is one sentence in one cell."""
    if not _lacks(texts, required):
        return False
    filled = list(_plain(texts))
    if _NOTE.match(re.sub(r"\s+", "", filled[0]).casefold()):
        return True
    return len(filled) == 1 and len(filled[0]) >= 12 and bool(_SENTENCE.search(filled[0]))


def _lacks(texts: Sequence[str], required: Collection[int]) -> bool:
    """Say whether a column that every row must fill is empty in this one."""
    return not required or any(place > len(texts) or not texts[place - 1].strip() for place in required)


def _plain(texts: Sequence[str]) -> Iterator[str]:
    return (cells.plain(text) for text in texts if text.strip())


def _texts(texts: Sequence[str]) -> list[str]:
    return [short(text) for text in texts if text.strip()]


def _first(texts: Sequence[str]) -> str:
    return next(_plain(texts), "")[:60]
