"""Finds subjects that may be one: by what their codes share, and by alike names and addresses, with reasons.

Comparing all pairs of 100,000 subjects would take 5 thousand million looks. Names are cut into pairs of
characters, and only subjects that share one of the rarest pairs of a name are compared; the order of the
rows plays no part. Pure: rows in, pairs out.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

KEYS_A_NAME = 3
MOST_A_BLOCK = 60
LEAST_SCORE = 70
LEAST_LENGTH = 2  # of what is left of a name
LEAST_NAME = 0.6

_FORMS = re.compile(
    "(股份有限责任公司|股份有限公司|有限责任公司|有限公司|集团公司|个体工商户|分公司|经营部|公司|集团)$"
)
_MARKS = re.compile(r"[\s\-_.,:;'\"()（）【】《》“”‘’·、,。/\\&]+")
_NUMBERS = re.compile("[0-9]+|第?[一二三四五六七八九十百]+(?=[分号厂店部期])")


@dataclass(frozen=True, slots=True)
class Row:
    """A subject as it is compared; ``addresses`` are those of its sites."""

    id: str
    code: str
    name: str
    region: str
    division: str = ""
    addresses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pair:
    """Two subjects that may be one, the smaller id first, with a score in per cent and its reasons."""

    first: str
    second: str
    score: int
    reasons: tuple[tuple[str, str], ...]


def plain(text: str) -> str:
    """Return a text in half width and small letters, without spaces and marks.

    >>> plain("甬江　机械（宁波）有限公司 ＡＢＣ")
    '甬江机械宁波有限公司abc'
    """
    return _MARKS.sub("", unicodedata.normalize("NFKC", text).lower())


def core(name: str, places: Iterable[str] = ()) -> str:
    """Return what is left of a name without the places in front and the form of company behind.

    >>> core("浙江省杭州市甬江机械有限责任公司", ("浙江省", "浙江", "杭州市", "杭州"))
    '甬江机械'
    >>> core("杭州甬江机械股份有限公司", ("浙江省", "浙江", "杭州市", "杭州"))
    '甬江机械'
    """
    text = plain(name)
    short = _FORMS.sub("", text)
    text = short if len(short) >= LEAST_LENGTH else text
    known = sorted(places, key=len, reverse=True)
    while True:
        place = next((one for one in known if text.startswith(one)), "")
        if not place or len(text) - len(place) < LEAST_LENGTH:
            return text
        text = text[len(place) :]


def grams(text: str) -> frozenset[str]:
    """Return the pairs of neighbouring characters of a text."""
    return frozenset(text[place : place + 2] for place in range(max(len(text) - 1, 1)))


def dice(one: frozenset[str], other: frozenset[str]) -> float:
    """Return twice the shared pairs over all pairs (Dice 1945): 1 for equal texts, 0 for nothing shared.

    >>> round(dice(grams("甬江机械"), grams("甬江机器")), 3)
    0.667
    """
    return 2 * len(one & other) / (len(one) + len(other)) if one or other else 0.0


def pairs(rows: Sequence[Row], places: dict[str, tuple[str, ...]] | None = None) -> list[Pair]:
    """Return the alike pairs, the likeliest first; ``places`` are names of each region to leave out."""
    known = places or {}
    cores = {row.id: core(row.name, known.get(row.region, ())) for row in rows}
    parts = {key: grams(text) for key, text in cores.items()}
    by_id = {row.id: row for row in rows}
    found = []
    for one, other in _candidates(rows, parts):
        pair = _compare(by_id[one], by_id[other], cores, parts)
        if pair is not None:
            found.append(pair)
    return sorted(found, key=lambda pair: (-pair.score, pair.first, pair.second))


def _candidates(rows: Sequence[Row], parts: dict[str, frozenset[str]]) -> Iterator[tuple[str, str]]:
    """Yield each pair once that shares an organisation number, an address or a rare part of its name."""
    counts: Counter[str] = Counter()
    for found in parts.values():
        counts.update(found)
    blocks: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        rarest = sorted(parts[row.id], key=lambda part: (counts[part], part))[:KEYS_A_NAME]
        keys = [f"n{part}" for part in rarest]
        keys += [f"a{plain(address)}" for address in row.addresses if address]
        for key in {f"o{organisation(row.code)}", *keys}:
            blocks[key].append(row.id)
    seen: set[tuple[str, str]] = set()
    for block in blocks.values():
        if not 1 < len(block) <= MOST_A_BLOCK:
            continue
        block.sort()
        for place, one in enumerate(block):
            for other in block[place + 1 :]:
                if (one, other) not in seen:
                    seen.add((one, other))
                    yield one, other


def organisation(code: str) -> str:
    """Return characters 9 to 17 of a social credit code, which name the organisation (GB 32100-2015, 4.3).

    >>> organisation("91140110B0681219X5")
    'B0681219X'
    """
    return code[8:17]


def _compare(one: Row, other: Row, cores: dict[str, str], parts: dict[str, frozenset[str]]) -> Pair | None:
    """Return the pair with its score and reasons, or nothing when too little speaks for it."""
    reasons: list[tuple[str, str]] = []
    is_one_code = organisation(one.code) == organisation(other.code)
    likeness = dice(parts[one.id], parts[other.id])
    if not is_one_code and (likeness < LEAST_NAME or _numbers(one.name) != _numbers(other.name)):
        return None
    score = 60 * likeness
    if cores[one.id] == cores[other.id]:
        reasons.append(("name-equal", cores[one.id]))
    elif likeness >= LEAST_NAME:
        reasons.append(("name-alike", str(round(100 * likeness))))
    if is_one_code:
        score += LEAST_SCORE
        reasons.append(("organisation-number", organisation(one.code)))
    nearest = _address(one, other)
    if nearest >= LEAST_NAME:
        score += 25 * nearest
        reasons.append(("address-equal" if nearest == 1 else "address-alike", str(round(100 * nearest))))
    if one.region == other.region:
        score += 15
        reasons.append(("region-equal", one.region))
    elif one.region[:4] == other.region[:4]:
        score += 8
        reasons.append(("city-equal", f"{one.region[:4]}00"))
    if one.division and one.division == other.division:
        score += 5
        reasons.append(("division-equal", one.division))
    if score < LEAST_SCORE:
        return None
    first, second = sorted((one.id, other.id))
    return Pair(first, second, min(round(score), 100), tuple(reasons))


def _address(one: Row, other: Row) -> float:
    """Return how alike the nearest two addresses are; numbers that differ make two places."""
    return max(
        (
            dice(grams(plain(a)), grams(plain(b))) if _digits(a) == _digits(b) else 0.0
            for a in one.addresses
            for b in other.addresses
        ),
        default=0.0,
    )


def _numbers(name: str) -> list[str]:
    return _NUMBERS.findall(unicodedata.normalize("NFKC", name))


def _digits(text: str) -> list[str]:
    return re.findall("[0-9]+", unicodedata.normalize("NFKC", text))
