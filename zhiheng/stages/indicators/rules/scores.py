"""The score of an answered questionnaire, 0 to 100, by field and as a whole.

An answer a from 1 to 10 counts (a - 1) / 9 x 100. A field is the mean of its answered items by their weights;
the whole is the mean of the answered fields by theirs. What was left empty counts in neither; it is not zero.
"""

from __future__ import annotations

import numpy as np

from zhiheng.reference.questionnaires import HIGHEST, LOWEST, Questionnaire


def scores(answers: np.ndarray, of: Questionnaire) -> dict[str, np.ndarray]:
    """Return one score a person for the whole ("") and each field; NaN where nothing of it was answered.

    ``answers`` holds one row a person, one column an item in the order of the questionnaire, NaN for empty.

    >>> from zhiheng.reference import questionnaires
    >>> of = questionnaires.get("quality-perception")
    >>> found = scores(np.array([[10, 1, np.nan, 10, np.nan]]), of)
    >>> {name: value.tolist() for name, value in found.items()}
    {'': [75.0], 'goods': [50.0], 'works': [nan], 'services': [100.0], 'environment': [nan]}
    """
    points = (answers - LOWEST) / (HIGHEST - LOWEST) * 100
    by_field, start = {}, 0
    for field in of.fields:
        part = points[:, start : start + len(field.items)]
        by_field[field.id] = _mean(part, np.array([item.weight for item in field.items], float))
        start += len(field.items)
    whole = _mean(
        np.stack(list(by_field.values()), 1), np.array([field.weight for field in of.fields], float)
    )
    return {"": whole, **by_field}


def _mean(values: np.ndarray, weight: np.ndarray) -> np.ndarray:
    held = np.isfinite(values)
    below = held @ weight
    above = np.where(held, values, 0.0) @ weight
    return np.divide(above, below, out=np.full(below.size, np.nan), where=below > 0)
