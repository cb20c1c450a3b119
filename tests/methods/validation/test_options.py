"""Cases of the format that none of the kept files holds: null, defaults, options, scalars and objects.

The numbers of the survey cases were printed by R 4.2.2 with survey 4.1.1, from the calls beside them; the
others are small enough to be worked out beside them.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from zhiheng.errors import BadInput
from zhiheng.methods.validation import cases, run

SAMPLE = {
    "stratum": [1] * 5 + [2] * 5,
    "y": [1, 0, 1, 1, 1, 1, 1, 0, 1, 1],
    "x": [3.1, 8.4, 2.2, 5.9, 4.4, 9.3, 7.7, 6.1, 12.5, 1.8],
    "size": [2, 7, 3, 6, 5, 8, 7, 5, 9, 2],
    "weight": [8] * 5 + [20] * 5,
    "N_h": [40, 100],
}
ONLY_Y = {name: SAMPLE[name] for name in ("stratum", "y", "weight", "N_h")}
# svydesign(~1, strata = ~stratum, weights = ~weight, fpc = ~N); svymean(~y, .); and without fpc.
FINITE = {"mean_fpc": 0.8, "se_fpc": 0.149147235841579, "df": 8}
INFINITE = {"mean_nofpc": 0.8, "se_nofpc": 0.153861851632414}
GROUPS = {
    "g": [1, 2] * 5,
    "v": [1, 1, 2, 2, 1, 2, 2, 1, 1, 2],
    "pop_g": {"1": 60, "2": 82},
    "pop_v": {"1": 75, "2": 67},
}
PATTERNS = [[i & 1, i >> 1 & 1, i >> 2 & 1] for i in range(8)]
COUNTS = [2383, 40, 644, 112, 132, 72, 56, 561]


def verdict(topic, method, inputs, expected, rtol=1e-8):
    row = {"id": "-", "method": method, "inputs": inputs, "expected": expected, "rtol": rtol}
    (case,) = cases.parse({"format": cases.FORMAT, "topic": topic, "cases": [row]})
    return run.judge(case)


def assert_met(*case, **options):
    found = verdict(*case, **options)

    assert (found.status, found.reason, [f for f in found.findings if not f.holds]) == ("passed", "", [])


@pytest.mark.parametrize(
    ("inputs", "expected"),
    [
        (ONLY_Y, FINITE | INFINITE),
        (ONLY_Y | {"N_h": {"1": 40, "2": 100}}, FINITE),
        (
            ONLY_Y | {"stratum": ["u"] * 5 + ["t"] * 5, "N_h": {"u": 40, "t": 100}},
            FINITE,
        ),
        (ONLY_Y | {"N_h": [40] * 5 + [100] * 5}, FINITE),
        (ONLY_Y | {"N_h": None}, INFINITE | {"se_fpc": INFINITE["se_nofpc"]}),
        (ONLY_Y | {"N_h": [None, None]}, INFINITE | {"se_fpc": INFINITE["se_nofpc"]}),
        ({n: v for n, v in ONLY_Y.items() if n != "N_h"}, INFINITE),
    ],
)
def test_sizes_of_strata_may_be_an_object_or_unknown_and_only_what_is_asked_for_is_needed(inputs, expected):
    assert_met("survey", "stratified_taylor", inputs, expected)


def test_a_stratum_without_its_size_is_refused_in_words():
    found = verdict("survey", "stratified_taylor", ONLY_Y | {"N_h": [40]}, FINITE)

    assert (found.status, "N_h" in found.reason) == ("failed", True)


def test_intervals_of_a_share_follow_the_level_of_the_case():
    # svyciprop(~y, design, method = ., level = 0.9)
    expected = {
        "logit": [0.414080756975206, 0.957698467912764],
        "likelihood": [0.443621904054404, 0.976294779507521],
        "asin": [0.47507782350056, 0.986381568320506],
        "beta": [0.420679627724941, 0.978807101398156],
        "mean": [0.522653550287633, 1.07734644971237],
    }

    assert_met("survey", "svyciprop", SAMPLE | {"level": 0.9}, expected, rtol=1e-6)


def test_quantiles_are_those_that_the_case_asks_for():
    # svyquantile(~x, design, c(.2, .9), ci = FALSE)
    assert_met("survey", "svyquantile", SAMPLE | {"p": [0.2, 0.9]}, {"p": [0.2, 0.9], "q": [2.2, 12.5]})


def test_numbers_as_labels_meet_the_text_keys_of_json():
    # postStratify(design, ~g, .) and rake(design, list(~g, ~v), ., epsilon = 1e-12), design without fpc
    inputs = SAMPLE | GROUPS | {"N_h": None}
    s, t = 8.63157894736842, 21.5789473684211
    expected = {
        "post_w": [7.5, s, 7.5, s, 7.5, t, 18.75, t, 18.75, t],
        "post_mean": 6.6626019273536,
        "post_se": 1.2019470154597,
        "rake_w": [
            *(8.53238902180198, 10.4583569719689, 6.17264268625658, 7.56595843301699, 8.53238902180198),
            *(18.9148960825425, 15.4316067156414, 26.1458924299222, 21.3309725545049, 18.9148960825425),
        ],
    }

    assert_met("survey", "calibration", inputs, expected, rtol=1e-8)


@pytest.mark.parametrize(
    ("inputs", "is_list"),
    [
        ({"x": [3, 5], "n": 10}, True),
        ({"x": 3, "n": 10, "level": 0.95}, False),
        ({"x": 3, "n": 10}, True),
    ],
)
def test_counts_may_share_one_sample_size_and_the_level_has_a_default(inputs, is_list):
    x = np.atleast_1d(inputs["x"])
    rows = [
        {"x": int(k), "n": 10, "jeffreys": stats.beta.ppf([0.025, 0.975], k + 0.5, 10.5 - k).tolist()}
        for k in x
    ]

    assert_met("survey", "binomial_ci", inputs, rows if is_list else rows[0])


def test_vectors_of_two_lengths_are_refused_in_words():
    found = verdict("survey", "binomial_ci", {"x": [1, 2], "n": [5, 6, 7]}, [])

    assert (found.status, "differ in length" in found.reason) == ("failed", True)


def test_a_cell_of_one_unit_has_a_rate_and_no_error():
    inputs = {"n": [[1, 9], [30, 12]], "passed": [[1, 7], [28, 12]], "value": [[4, 2], [7, 8]]}
    national = (4 * 1 + 2 * 7 / 9 + 7 * 28 / 30 + 8 * 1) / 21

    assert_met("survey", "pass_rate_value_weighted", inputs, {"national": national})
    assert verdict("survey", "pass_rate_value_weighted", inputs, {"national_se": 0.1}).status == "failed"


@pytest.mark.parametrize("known", [{}, {"N": None}])
def test_a_sample_size_needs_no_population_and_has_a_default_level(known):
    n0 = stats.norm.ppf(0.975) ** 2 * 0.3 * 0.7 / 0.05**2
    expected = {"n0": n0, "n_fpc": n0}

    assert_met("allocation", "n_for_proportion", {"p": 0.3, "half_width": 0.05} | known, expected)


def test_a_unit_without_size_is_never_drawn():
    expected = {"pi": [0, 4 / 9, 6 / 9, 8 / 9]}

    assert_met("draw", "inclusion_probabilities", {"mos": [0, 2, 3, 4], "n": 2}, expected)


@pytest.mark.parametrize("sizes", [[1, 2], {"a": 1, "b": 2}])
def test_strata_may_ask_for_different_numbers_of_units(sizes):
    inputs = {"u": [0.9, 0.1, 0.5, 0.3, 0.7], "stratum": list("aabbb"), "n_per_stratum": sizes}

    assert_met(
        "draw", "permanent_random_numbers", inputs, {"srs_by_stratum": {"a": [2], "b": [3, 4]}}, rtol=0
    )


def test_a_start_needs_no_probabilities():
    inputs = {"u": [0.9, 0.1, 0.5], "start": 0.8, "n": 2}

    assert_met("draw", "permanent_random_numbers", inputs, {"srs_shifted_start": [1, 2]}, rtol=0)


def test_forty_last_digits_are_compared_where_another_program_did():
    x = [k / 100 for k in range(40)]

    assert_met("fraud", "terminal_digit", {"x": x, "decimals": 2}, {"counts": [4] * 10, "chisq": 0, "p": 1})


def test_no_repeated_run_has_no_places():
    expected = {"length": 0, "first_1based": None, "second_1based": None}

    assert_met("fraud", "duplicate_run", {"x": [1, 2, 3, 4]}, expected, rtol=0)


def test_limits_before_the_first_unit_are_all_shares_and_none_wraps_round():
    # The mixture over p of t ones in t units is 1 / (t + 1): the limit is where p^t = alpha / (t + 1).
    expected = {"lower": [0, (0.05 / 4) ** (1 / 3)], "upper": [1, 1]}

    assert_met("sequential", "robbins_bernoulli_cs", {"x": [1, 1, 1], "t": [0, 3]}, expected)


@pytest.mark.parametrize("t", [4, -1, 1.5])
def test_limits_after_units_that_are_not_there_are_refused_in_words(t):
    found = verdict("sequential", "robbins_bernoulli_cs", {"x": [1, 1, 1], "t": t}, {"lower": 0})

    assert (found.status, "0 to 3 units" in found.reason) == ("failed", True)


def test_a_text_with_an_unknown_side_is_unknown_and_winkler_has_a_default():
    inputs = {"a": ["DWAYNE", None, "kitten"], "b": ["DUANE", "x", "sitting"]}
    # Winkler's own example: J = (4/6 + 4/5 + 4/4) / 3, one common first letter.
    jaro = (4 / 6 + 4 / 5 + 1) / 3

    assert_met("linkage", "string_similarity", inputs, {"levenshtein": [2, None, 3]})
    assert_met(
        "linkage", "string_similarity", {"a": "DWAYNE", "b": "DUANE"}, {"jaro_winkler": 0.9 * jaro + 0.1}
    )


@pytest.mark.parametrize("start", [{}, {"start": None}, {"start": {"m": 0.8, "u": 0.1, "lambda": 0.1}}])
def test_a_fit_of_linkage_may_start_anywhere_sensible(start):
    """The top of the likelihood is the same from all of them: that of a plain EM written here."""
    g, c = np.array(PATTERNS, dtype=float), np.array(COUNTS, dtype=float)
    m, u, share = np.full(3, 0.7), np.full(3, 0.2), 0.3
    for _round in range(3000):
        a = share * np.prod(np.where(g == 1, m, 1 - m), axis=1)
        b = (1 - share) * np.prod(np.where(g == 1, u, 1 - u), axis=1)
        mine = c * a / (a + b)
        m, u, share = mine @ g / mine.sum(), (c - mine) @ g / (c - mine).sum(), mine.sum() / c.sum()
    expected = {"m": m.tolist(), "u": u.tolist(), "lambda": share}

    assert_met("linkage", "fellegi_sunter_em", {"patterns": PATTERNS, "counts": COUNTS} | start, expected)


def test_judgements_rounded_to_two_decimals_are_taken_as_written():
    inputs = {"pairwise": [[1, 3, 5], [0.33, 1, 2], [0.2, 0.5, 1]]}
    values, vectors = np.linalg.eig(np.array(inputs["pairwise"]))
    first = np.abs(vectors[:, np.argmax(values.real)].real)

    assert_met("index", "weights_ahp_entropy", inputs, {"ahp": (first / first.sum()).tolist()})


def raw_and_scores(decimals=15):
    raw = np.random.default_rng(5).normal(50, [9, 3, 1], (9, 3)).round(decimals)
    scores = 60 + 40 * (raw - raw.min(axis=0)) / np.ptp(raw, axis=0)
    covariance = np.cov(raw, rowvar=False)
    return raw.tolist(), scores.tolist(), 1.5 * (1 - np.trace(covariance) / covariance.sum())


def aggregate_case(scores, alpha):
    return {
        "id": "aggregate",
        "method": "aggregate",
        "inputs": {"data": scores},
        "expected": {"cronbach": alpha, "amean": np.mean(scores, axis=1).tolist()},
        "rtol": 1e-8,
    }


def test_alpha_before_scoring_comes_from_the_case_that_holds_the_indicators():
    raw, scores, alpha = raw_and_scores()
    measured = {
        "id": "normalise",
        "method": "normalise",
        "inputs": {"data": raw},
        "expected": {"minmax_60_100": scores},
        "rtol": 1e-8,
    }
    others = [
        measured | {"id": f"no scores {place}", "inputs": {"data": data}, "expected": {}}
        for place, data in enumerate((["a"], [[1], [1]], [[1, None]], 5, scores))
    ]
    rows = [aggregate_case(scores, alpha), *others, measured]

    found = [
        run.judge(case).status
        for case in cases.parse({"format": cases.FORMAT, "topic": "index", "cases": rows})
    ]

    assert (found[0], found[-1]) == ("passed", "passed")


@pytest.mark.parametrize(("decimals", "status"), [(3, "passed"), (15, "unsupported")])
def test_alpha_before_scoring_of_a_case_alone_is_read_from_its_decimals_or_unsupported(decimals, status):
    _raw, scores, alpha = raw_and_scores(decimals)
    (case,) = cases.parse(
        {"format": cases.FORMAT, "topic": "index", "cases": [aggregate_case(scores, alpha)]}
    )

    found = run.judge(case)

    assert found.status == status
    assert status == "passed" or found.reason == "no output cronbach"


def test_places_from_one_do_not_wrap_round():
    assert cases.Inputs({"at": [1, 3]}).positions("at").tolist() == [0, 2]
    for at in (0, -1, 1.5, [1, None]):
        with pytest.raises(BadInput, match="places from 1"):
            cases.Inputs({"at": at}).positions("at")


def test_weights_need_no_share_of_matches():
    inputs = {"m": 0.9, "u": 0.1, "patterns": [[1], [0]]}

    assert_met("linkage", "fellegi_sunter_weights", inputs, {"weight_log2": [math.log2(9), -math.log2(9)]})
