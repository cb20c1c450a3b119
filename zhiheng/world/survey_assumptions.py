"""What the invented surveys and monitoring rounds are made of: every number here is an assumption.

No source tells how cities, produce or answers differ; the spreads are chosen so that a city matters and one
round of the size of the national monitoring gives a design effect above one.
"""

from __future__ import annotations

PEOPLE, PEOPLE_SPREAD = 1_500_000, 0.55  # median people of a city, sigma of the logarithm
CAPITAL_PEOPLE = 2.5  # times that of another city
LOTS, LOTS_SPREAD = 2_400, 0.5  # median lots of farm produce of a city that a round could sample

CATEGORIES = ("蔬菜", "水果", "茶叶", "畜禽产品", "水产品")
CATEGORY_SHARE = (0.42, 0.18, 0.06, 0.20, 0.14)
CATEGORY_FAILURE = (1.1, 0.9, 0.8, 0.5, 1.9)  # relative
LINKS = ("生产基地", "批发市场", "零售")
LINK_SHARE = (0.45, 0.25, 0.30)
LINK_FAILURE = (0.7, 1.1, 1.3)
FARM_FAILURE = 0.022
CITY_FAILURE_SPREAD = 0.45  # sigma of the logarithm between cities
ROUND_SPREAD = 0.05  # sigma of the logarithm between rounds of one city

GROUPS = ("18-39", "40-59", "60-")
GROUP_SHARE = (0.42, 0.36, 0.22)
GROUP_SHIFT = (-0.3, 0.0, 0.4)  # points of the scale 1 to 10
GROUP_RESPONSE = (1.0, 0.8, 0.5)  # relative chance to answer: what calibration puts right
ANSWER_MEAN, ANSWER_SPREAD = 7.6, 1.4
PERSON_SPREAD, CITY_SPREAD, ITEM_SPREAD = 1.1, 0.35, 0.4
USED = 0.7  # chance that a person used the services of a field within the year
YEARLY_RISE = 0.08

BATCH_FAILURE = 0.028  # of food batches in supervision sampling, which goes where problems are expected
CAUSES = ("农兽药残留", "微生物污染", "食品添加剂", "质量指标不符", "重金属等污染物", "其他")
CAUSE_SHARE = (0.36, 0.20, 0.18, 0.10, 0.08, 0.08)
FOODS = ("食用农产品", "餐饮食品", "糕点", "酒类", "调味品")
FOOD_SHARE = (0.46, 0.22, 0.12, 0.10, 0.10)
FOOD_FAILURE = (1.2, 1.6, 0.7, 0.5, 0.4)  # relative
