"""The adapters of composite figures hold for any input of the format, not for the kept cases alone."""

from __future__ import annotations

import numpy as np
import pytest

from zhiheng.methods import composite, normalisation, weighting
from zhiheng.methods.validation.cases import Inputs
from zhiheng.methods.validation.topics import index


def test_alpha_of_data_that_are_no_scores_is_their_own():
    data = np.random.default_rng(3).normal(size=(10, 3))

    found = index.aggregated(Inputs({"data": data.tolist(), "weights": [1, 1, 1]}))

    assert found["cronbach"]() == pytest.approx(weighting.alpha(data))


def test_a_tree_of_other_weights_is_rolled_up_with_them():
    rng = np.random.default_rng(4)
    weights = {"level1": [0.4, 0.6], "level2": [0.2, 0.3, 0.5] * 2, "level3": [0.3, 0.7] * 6}
    values = rng.uniform(size=(8, 12))

    found = index.tree(Inputs({"values": values.tolist(), "weights": weights}))

    leaf = np.outer([0.4, 0.6], np.outer([0.2, 0.3, 0.5], [0.3, 0.7]).ravel()).ravel()
    scores = normalisation.min_max(values, low=60, high=100)
    assert found["index"] == pytest.approx(composite.aggregate(scores, leaf))
