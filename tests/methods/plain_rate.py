"""The output-weighted rate and its interval from released rows, in the standard library alone, step by step.

This is the page docs/methods/pass-rate.md as a program: no arrays, no shared code with the product.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from statistics import NormalDist


def weighted(rows, frame, output, *, classes, alone_from=30, level=0.95):
    """Return estimate, lower, upper, standard error and coverage.

    ``rows`` are (stratum, division, passed 0 or 1) of answered units; ``frame`` maps (stratum, division) to
    units; ``output`` maps a division to its value; ``classes`` maps a stratum to its class.
    """
    population, units = Counter(), Counter()
    for (h, d), count in frame.items():
        population[h] += count
        units[d] += count
    answered = Counter(h for h, _, _ in rows)
    weight = {h: population[h] / r for h, r in answered.items()}

    expected = defaultdict(float)
    for (h, d), count in frame.items():
        expected[d] += count * answered[h] / population[h] if population[h] else 0.0
    pooled, before = set(), 0.0
    held = sorted((d for d in output if units[d]), key=lambda d: expected[d])
    for d in held:
        if expected[d] < alone_from or (pooled and before < alone_from):
            pooled.add(d)
        before += expected[d]

    def group(d):
        return "remainder" if d in pooled else d

    worth = {d: output[d] / units[d] if d in pooled else 1.0 for d in held}
    value, below, above = defaultdict(float), defaultdict(float), defaultdict(float)
    for d in held:
        value[group(d)] += output[d]
    for h, d, y in rows:
        below[group(d)] += weight[h] * worth[d]
        above[group(d)] += weight[h] * worth[d] * y
    total = sum(value[g] for g in below)
    rate = {g: above[g] / below[g] for g in below}
    estimate = sum(value[g] * rate[g] for g in below) / total

    z, squares = defaultdict(list), Counter()
    for h, d, y in rows:
        g = group(d)
        u = weight[h] * worth[d] * value[g] / (total * below[g])
        z[h].append(u * (y - rate[g]))
        squares[h] += u * u
    linear = smooth = spread = 0.0
    failing = smoothed(rows, weight, classes, 1 - estimate)
    for h, values in z.items():
        r = len(values)
        free = 1 - r / population[h]
        mean = sum(values) / r
        linear += free * (r / (r - 1) * sum((v - mean) ** 2 for v in values) if r > 1 else values[0] ** 2)
        q = failing[classes[h]]
        smooth += free * q * (1 - q) * squares[h]
        spread += free * squares[h]
    lower, upper = interval(estimate, linear, smooth, spread, len(rows), level)
    reached = {d for _, d, _ in rows}
    coverage = sum(v for d, v in output.items() if d in reached) / sum(output.values())
    return estimate, lower, upper, math.sqrt(linear), coverage


def smoothed(rows, weight, classes, failure):
    """Return the smoothed rate of failure of each class."""
    n, w, failed = Counter(), Counter(), Counter()
    for h, _, y in rows:
        n[classes[h]] += 1
        w[classes[h]] += weight[h]
        failed[classes[h]] += weight[h] * (1 - y)
    k = math.sqrt(len(rows))
    return {c: (n[c] * failed[c] / w[c] + k * failure) / (n[c] + k) for c in n}


def interval(p, linear, smooth, spread, units, level):
    """Return Wilson's limits on the effective sample size of the composite variance."""
    if spread == 0:
        return p, p
    failures = min(p, 1 - p) / spread
    trust = failures / (failures + 30)
    variance = trust * linear + (1 - trust) * smooth
    n = p * (1 - p) / variance if p * (1 - p) > 1e-12 else 1 / spread
    z = NormalDist().inv_cdf(0.5 + level / 2)
    z += (z**3 + z) / (4 * max(units - 1, 1))
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return max(0.0, min(p, centre - half)), min(1.0, max(p, centre + half))
