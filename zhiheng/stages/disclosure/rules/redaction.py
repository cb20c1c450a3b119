"""Masks personal data in the words of a notice, and tells where and how often it did.

Masks look for what they know by form (numbers, addresses), by a word before it (联系人：…), or by a name that
the site gives them. Masking twice changes nothing. What a mask left in an earlier version is found again by
its text, so that a corrected notice still says how many places are masked.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from zhiheng.errors import BadInput
from zhiheng.formats import identifiers
from zhiheng.reference import notices

HIDDEN = "******"
SOLE_TRADER_PREFIX = "92"  # GB 32100: registered by market regulation (9), sole trader (2)
_FULL_WIDTH = {0xFF01 + n: 0x21 + n for n in range(94)} | {0x3000: 0x20}
_HAN = "\u4e00-\u9fff·"
_SIDE = r"(?<![0-9A-Za-z.])"
_END = r"(?![0-9A-Za-z])"
_ID = re.compile(
    rf"{_SIDE}[1-9]\d{{5}}(?:18|19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{{3}}[\dXx]{_END}", re.A
)
_MOBILE = re.compile(rf"{_SIDE}(?:\+?86[- ]?)?(1[3-9]\d)([- ]?)(\d{{4}})([- ]?)(\d{{4}}){_END}", re.A)
_LANDLINE = re.compile(rf"{_SIDE}(?:\((0\d{{2,3}})\)|(0\d{{2,3}})[- ])\d{{7,8}}(?:-\d{{1,6}})?{_END}", re.A)
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@((?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,})", re.A)
_HOUSE = re.compile(
    rf"(?<=[{_HAN}])((?:大道|路|街|巷|弄|里|胡同|村|庄)[东南西北中]?段?)"
    rf"((?:\s*[0-9A-Za-z一二三四五六七八九十百零-]+(?:号|弄|幢|栋|座|单元|楼|层|室|户|组|院)+){{1,8}}[0-9-]*)",
    re.A,
)
_WROTE = rf"[{_HAN}A-Za-z]"
_AFTER_NAME = re.compile(r"先生|女士|小姐|同志|等|和|及|的|称|说|表示|反映|到场|签字|签名")


@dataclass(frozen=True, slots=True)
class Mark:
    """One masked place: of which kind, what stands there now, and where in the masked text."""

    kind: str
    shown: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Redacted:
    """A masked text with its masked places in order."""

    text: str
    marks: tuple[Mark, ...] = ()


Found = tuple[int, int, str]
"""Where a mask found something (from, to), and what is put there."""


def redact(
    text: str,
    rule: notices.RedactionRule,
    *,
    names: Sequence[str] = (),
    known: Sequence[tuple[str, str]] = (),
) -> Redacted:
    """Return a text with everything masked that the rule names.

    ``names`` are names of persons that the site knows; ``known`` are (kind, text) of masks that an earlier
    version left, which are counted again where they still stand. What a mask cuts out may lay something else
    bare, so the text is looked at until a look changes nothing.
    """
    found = _look(text, rule, names, known)
    while (again := _look(found.text, rule, names, _left(known, found.marks))).text != found.text:
        found = again
    return again


def _left(known: Sequence[tuple[str, str]], marks: Sequence[Mark]) -> list[tuple[str, str]]:
    return list(dict.fromkeys([*known, *((mark.kind, mark.shown) for mark in marks)]))


def _look(
    text: str, rule: notices.RedactionRule, names: Sequence[str], known: Sequence[tuple[str, str]]
) -> Redacted:
    plain = text.translate(_FULL_WIDTH)  # sign for sign, so that places are the same in both
    taken: list[tuple[int, int, str, str]] = []
    for kind in rule.masks:
        for start, end, shown in _FINDERS[kind](plain, names):
            if all(end <= other[0] or start >= other[1] for other in taken):
                taken.append((start, end, shown, kind))
    for kind, shown in sorted(known, key=lambda one: -len(one[1])):
        for found in re.finditer(re.escape(shown), text):
            if all(found.end() <= other[0] or found.start() >= other[1] for other in taken):
                taken.append((found.start(), found.end(), shown, kind))
    return _masked(text, sorted(taken))


def _masked(text: str, taken: Sequence[tuple[int, int, str, str]]) -> Redacted:
    out, marks, at, size = [], [], 0, 0
    for start, end, shown, kind in taken:
        out += [text[at:start], shown]
        size += start - at
        marks.append(Mark(kind, shown, size, size + len(shown)))
        size += len(shown)
        at = end
    return Redacted("".join([*out, text[at:]]), tuple(marks))


def person(name: str) -> str:
    """Return a name with its surname alone.

    >>> person("张三丰"), person("欧阳修"), person("李四"), person("Zhang San")
    ('张某某', '欧阳某', '李某', 'Z***')
    """
    name = name.strip()
    if not name or not "\u4e00" <= name[0] <= "\u9fff":
        return f"{name[:1]}***" if name else ""
    kept = 2 if name[:2] in notices.words().compound_surnames and len(name) > 2 else 1
    return name[:kept] + "某" * max(len(name) - kept, 1)


def is_sole_trader(code: str) -> bool:
    """Say whether a social credit code is that of a sole trader (个体工商户)."""
    return code.startswith(SOLE_TRADER_PREFIX)


def sole_trader(name: str, code: str) -> tuple[str, str]:
    """Return name and code of a sole trader with what would name its owner masked.

    The end of the name that tells the trade stays, and the digits of the code that tell the region.

    >>> sole_trader("张三丰餐饮店", "92330106MA2XXXXXXX")
    ('张某某店', '92330106**********')
    """
    end = next((word for word in sorted(notices.words().firm_ends, key=len)[::-1] if name.endswith(word)), "")
    return f"{name[:1]}某某{end}", f"{code[:8]}{'*' * (len(code) - 8)}"


def tally(marks: Sequence[Mark]) -> list[dict[str, str | int]]:
    """Return how many places of each kind are masked by which text, in order of kind and text."""
    counted = Counter((mark.kind, mark.shown) for mark in marks)
    return [{"kind": kind, "shown": shown, "count": n} for (kind, shown), n in sorted(counted.items())]


def _id_numbers(text: str, _names: Sequence[str]) -> Iterator[Found]:
    for found in _ID.finditer(text):
        if not _is_uscc(found[0]):
            yield found.start(), found.end(), HIDDEN


def _is_uscc(code: str) -> bool:
    try:
        identifiers.check_uscc(code.upper(), demo=True)
    except BadInput:
        return False
    return True


def _phones(text: str, _names: Sequence[str]) -> Iterator[Found]:
    for found in _MOBILE.finditer(text):
        yield found.start(), found.end(), f"{found[1]}****{found[5]}"
    for found in _LANDLINE.finditer(text):
        yield found.start(), found.end(), f"{found[1] or found[2]}-****"


def _emails(text: str, _names: Sequence[str]) -> Iterator[Found]:
    for found in _EMAIL.finditer(text):
        yield found.start(), found.end(), f"***@{found[1]}"


def _accounts(text: str, _names: Sequence[str]) -> Iterator[Found]:
    for found in _labelled("account", r"([0-9](?:[ -]?[0-9]){7,})").finditer(text):
        yield found.start(1), found.end(1), HIDDEN


def _addresses(text: str, _names: Sequence[str]) -> Iterator[Found]:
    for found in _HOUSE.finditer(text):
        yield found.start(2), found.end(2), "***"


def _persons(text: str, names: Sequence[str]) -> Iterator[Found]:
    for name in sorted(set(names), key=len, reverse=True):
        for found in re.finditer(re.escape(name), text) if name.strip() else ():
            yield found.start(), found.end(), person(name)
    for found in _latin().finditer(text):
        yield found.start(1), found.end(1), person(found[1])
    label = _labelled("person", rf"({_WROTE}+)")
    for found in label.finditer(text):
        start, run = found.start(1), found[1]
        while True:
            size = _name_size(run)
            if not size:
                break
            yield start, start + size, person(run[:size])
            more = re.match(rf"[、,/和及]\s*({_WROTE}+)", text[start + size :])
            if more is None:
                break
            start, run = start + size + more.start(1), more[1]


def _name_size(run: str) -> int:
    """Return how many signs at the start of a run of letters are the name of a person; 0 for a firm."""
    held = notices.words()
    compound = run[:2] in held.compound_surnames
    if not (compound or run[:1] in held.surnames):
        return 0
    cut = _AFTER_NAME.split(run, maxsplit=1)[0]
    if cut.endswith(held.firm_ends) and len(cut) > 3 and "某" not in cut:
        return 0
    most = 4 if compound else 3
    return len(cut) if 2 <= len(cut) <= 4 else min(len(cut), most) if len(cut) > 4 else 0


@cache
def _latin() -> re.Pattern[str]:
    """Return the names in Latin letters that follow an English word for a person."""
    found = "|".join(map(re.escape, notices.words().labels["latin"]))
    return re.compile(rf"\b(?i:{found})\s*:\s*([A-Z][A-Za-z'-]+(?: [A-Z][A-Za-z'-]+){{1,2}})")


@cache
def _labelled(kind: str, then: str) -> re.Pattern[str]:
    found = "|".join(map(re.escape, sorted(notices.words().labels[kind], key=len, reverse=True)))
    gap = r"\s*[:为是]\s*" if kind == "person" else r"\s*[:为是]?\s*"
    return re.compile(rf"(?:{found}){gap}{then}", re.A)


def _nothing(_text: str, _names: Sequence[str]) -> Iterator[Found]:
    """Find nothing in words: names of sole traders are masked where a table names the firm."""
    return iter(())


_FINDERS: dict[str, Callable[[str, Sequence[str]], Iterator[Found]]] = {
    "id_number": _id_numbers,
    "phone": _phones,
    "email": _emails,
    "account": _accounts,
    "address": _addresses,
    "person": _persons,
    "sole_trader": _nothing,
}
