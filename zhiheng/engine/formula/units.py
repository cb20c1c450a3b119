"""Which units add up: amounts and counts do; shares, indices, scores, means and quotients never do.

A unit that is not known to add up is taken as one that does not: nothing is guessed.
"""

from __future__ import annotations

import re
import unicodedata

_MONEY = "元 人民币 人民币元 美元 欧元 港元 CNY RMB USD EUR HKD yuan dollars euros"
_THINGS = (
    "人 人次 人日 户 户次 家 家次 个 件 件次 批 批次 台 套 辆 部 项 起 次 例 条 份 张 种 只 头 宗 所 名 组 "
    "篇 处 座 架 箱 瓶 包 袋 盒 双 本 册 枚 块 支 count persons people firms enterprises companies "
    "households units items pieces cases batches lots samples products complaints accidents injuries deaths "
    "recalls certificates standards patents brands inspections visits laboratories"
)
_MATTER = (
    "吨 千克 公斤 克 t kg g tonnes tons 吨标准煤 吨标煤 tce tCO2 tCO2e 吨二氧化碳 吨二氧化碳当量 "
    "千瓦时 kWh MWh GWh TWh 焦耳 吉焦 J kJ MJ GJ TJ 升 L 立方米 m3 米 公里 千米 m km "
    "平方米 m2 平方公里 km2 公顷 ha 亩"
)
_KNOWN = "|".join(re.escape(word) for word in sorted({*_MONEY.split(), *_THINGS.split(), *_MATTER.split()}))
_MANY = r"(?:10\^?\d+|10*|hundred|thousand|million|billion|trillion|[kKMG])"
_UNIT = re.compile(rf"(?:[十百千万亿]{{1,3}}|{_MANY}(?:[ ]{_MANY})?[ ])?(?:{_KNOWN})")


def adds_up(unit: str) -> bool:
    """Tell whether numbers in this unit may be totalled: amounts of money, things and matter.

    >>> {adds_up(unit) for unit in ("亿元", "人", "万吨标准煤", "100 million CNY", "10^4 t", "m³")}
    {True}
    >>> {adds_up(unit) for unit in ("%", "％", "1", "index", "分", "件/百万元", "人均元", "CNY per head")}
    {False}
    """
    return _UNIT.fullmatch(unicodedata.normalize("NFKC", unit).strip()) is not None
