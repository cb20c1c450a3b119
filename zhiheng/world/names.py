"""Invented names of firms, made on demand from their numbers; each carries the word 演示 and names nobody."""

from __future__ import annotations

from functools import cache

import numpy as np

from zhiheng.reference import regions
from zhiheng.world import words

_ENDINGS = ("省", "市", "壮族自治区", "回族自治区", "维吾尔自治区", "自治区")


def firms(seed: int, serial: np.ndarray, region: np.ndarray, division: np.ndarray) -> np.ndarray:
    """Return one name a firm: province, 演示, three syllables, trade, 有限公司.

    The syllables of firm i are i mixed with the seed by a multiplication modulo a prime, so neighbours in
    the list do not look alike. Two firms may share a name; their codes differ.

    >>> firms(1, np.array([5]), np.array([330106]), np.array([17])).tolist()
    ['浙江演示曜厚信纺织有限公司']
    """
    first, second = np.array(words.FIRST), np.array(words.SECOND)
    mixed = (np.asarray(serial, dtype=np.int64) * 48_271 + seed % 2_147_483_647 + 1) % 2_147_483_647
    mixed = mixed * 16_807 % 2_147_483_647
    parts = [
        np.array(_short_names())[np.asarray(region) // 10_000],
        words.MARK,
        first[mixed % first.size],
        second[mixed // first.size % second.size],
        second[mixed // (first.size * second.size) % second.size],
        np.array(_trades())[np.asarray(division)],
        "有限公司",
    ]
    name = parts[0]
    for part in parts[1:]:
        name = np.char.add(name, part)
    return name


@cache
def _short_names() -> tuple[str, ...]:
    names = [""] * 100
    for region in regions.provinces():
        zh = region.zh
        for ending in _ENDINGS:
            zh = zh.removesuffix(ending)
        names[int(region.code[:2])] = zh
    return tuple(names)


@cache
def _trades() -> tuple[str, ...]:
    return tuple(words.PRODUCTS[code].trade if code in words.PRODUCTS else "" for code in range(100))
